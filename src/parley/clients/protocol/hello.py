"""Coming in, and coming back: who one is, and what has happened meanwhile."""

from __future__ import annotations

from typing import Final

from parley.clients.protocol import effects as fx
from parley.clients.protocol.requests import ChangeTopic, CreateRoom, LeaveRoom, MakeAccount, ModerateRoom, TakeName
from parley.wire import web
from parley.wire.limits import FRAME_BYTES

from .line import Line
from .state import Phase

HELLO_SECONDS: Final = 15.0
"""How long a server may take to answer a hello."""

ACCOUNT_FIRST: Final = (
    "This invitation is for making an account: open its link in a browser, and come back with the password."
)

GUEST: Final = "guest"
"""The role of those who have no account."""

_NAME_REFUSED: Final = ("name_taken", "name_invalid", "name_needed", "sign_in_needed")
_PASSWORD_REFUSED: Final = ("password_needed", "sign_in_wrong", "sign_in_throttled")
_INVITATION_REFUSED: Final = ("invitation_needed", "invitation_unknown")
_TOKEN_REFUSED: Final = ("token_unknown", "session_unknown")
_NOT_AGAIN: Final = ("kick", "ban", "mute")
"""What moderators do that is done once more when it is asked for again."""


class Hello(Line):
    """See `Session`. Here it says who it is, and goes on where it was."""

    def _go_on(self, now: float) -> None:
        if self.phase is Phase.ASKING:
            self._greet(now)
        elif self.phase is Phase.APART and self.connect_at is None:
            self.connect_at = now

    def _greet(self, now: float) -> None:
        if self.account and self.token is None and self._password is None:
            # A name alone would do for a guest, if the account has been deleted meanwhile.
            self._ask_user(fx.AskPassword("password_needed", f"The password of {self.name} is needed."))
            return
        self.phase = Phase.GREETING
        self._timeout = now + HELLO_SECONDS
        self._sign_in_needed = False
        name, password, invitation = self.name, None, None
        if self.token is not None:
            name = self.name if self._name_chosen else None
        elif self._password is not None:
            password = self._password.value
        elif not self._invitation_held:
            invitation = self._invitation
        seen = [web.SeenRoom(each.id, each.epoch, each.seq) for each in self._rooms.all]
        hello = web.Hello(web.PROTOCOL, name, self.token, seen, password, invitation)
        # With very many rooms the hello grows too long. What it does not say is made up for by pages of history.
        while len(web.encode(hello)) > FRAME_BYTES and seen:
            seen = seen[: len(seen) // 2]
            hello = web.Hello(web.PROTOCOL, name, self.token, seen, password, invitation)
        self._outlet.transmit(hello)

    def _ask_user(self, question: fx.AskName | fx.AskPassword | fx.AskInvitation) -> None:
        self.phase = Phase.ASKING
        self._emit(question)

    def _ready(self, frame: web.Ready, now: float) -> None:
        self.phase = Phase.READY
        self._timeout = None
        self._ready_since = now
        self._limits = frame.limits
        self._rooms.page_limit = frame.limits.page
        self._name_chosen = False
        if frame.user is not None:
            if self._met and self.user != frame.user.id:
                self._rooms.drop_others()
                self._renewed = True
            self.user = self._rooms.me = frame.user.id
            if frame.token is not None:
                self.token = frame.token
            self.name, self.account = frame.user.name, frame.user.role != GUEST
            self._password = None
            if not self._invitation_held:
                self._invitation = None
            self._emit(fx.Remember(self.name, self.token, frame.token is not None, self.account))
        self._emit(fx.Online(self.name, first=not self._met))
        self._met = True
        self._rooms.listed(frame.rooms, all_of_them=self.account and not self._renewed)
        self._renewed = False
        self._bind_entries()
        self._settle_attempted()
        self._pump(now)

    def _refused_hello(self, frame: web.Error, now: float) -> None:
        self._timeout = None
        if frame.code in _PASSWORD_REFUSED and not self._nobody:
            self._password = None
            self._ask_user(fx.AskPassword(frame.code, frame.message))
        elif frame.retry_after is not None:
            self._come_back = frame.retry_after / 1000
            self._hang_up(frame.message)
        elif frame.code in _TOKEN_REFUSED and self.token is not None:
            self._lose_token(frame)
            self._greet(now)
        elif frame.code == "account_needed" and self._invitation is not None and not self._invitation_held:
            self._invitation_held = True
            self._emit(fx.InvitationKept())
            self._greet(now)
        elif frame.code in _INVITATION_REFUSED and not self._nobody:
            message = ACCOUNT_FIRST if self._invitation_held else frame.message
            self._ask_user(fx.AskInvitation("account_needed" if self._invitation_held else frame.code, message))
        elif frame.code in _NAME_REFUSED and not self._nobody:
            self._sign_in_needed = frame.code == "sign_in_needed"
            self._ask_user(fx.AskName(frame.code, frame.message))
        elif self.phase is not Phase.ASKING:  # there, the server may grow tired of waiting; the connection will end
            self._end(frame.message)

    def _lose_token(self, frame: web.Error) -> None:
        """The server does not know our token: a guest starts anew, who has an account signs in again."""
        assert self.token is not None
        self._emit(fx.Disown(self.token))
        self.token = None
        if self.account or frame.code == "session_unknown":
            self.account = True
            self._emit(fx.SignedOut(frame.message))
        else:
            self._rooms.drop_others()
            self._renewed = True
            self._emit(fx.NewIdentity(len(self.unsent)))

    def _settle_attempted(self) -> None:
        """Find out what became of the request whose answer was lost."""
        request, self._attempted = self._attempted, None
        match request:
            case LeaveRoom(room=room) if self._rooms.named(room) is None:
                self._line.remove(request)
            case TakeName(name=name) if self.name == name:
                self._line.remove(request)
                self._emit(fx.Answered(request, web.Done()))
            case ChangeTopic(room=room, topic=topic):
                self._line.remove(request)
                stream = self._rooms.named(room)
                if stream is not None and stream.topic == topic:
                    self._emit(fx.Answered(request, web.Done(), stream.place))
                else:
                    self._emit(fx.Uncertain(request))
            case CreateRoom(room=room) if (stream := self._rooms.live_named(room)) and stream.kind == "private":
                self._line.remove(request)
                self._emit(fx.Entered(stream.place, stream.topic, request))
            case ModerateRoom(action=action) if action in _NOT_AGAIN:
                self._line.remove(request)
                self._emit(fx.Uncertain(request))
            case MakeAccount() if self.account:
                self._line.remove(request)
                self._emit(fx.Answered(request, web.Done()))
