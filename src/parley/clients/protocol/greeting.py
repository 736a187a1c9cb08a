"""The user's identity: the hello of each connection, and the answers to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import structs

from parley.wire import web
from parley.wire.limits import FRAME_BYTES

from . import effects as fx
from .connection_state import ConnectionState, Phase
from .outlet import Outlet
from .requests import Secret
from .room_streams import RoomStreams

ACCOUNT_FIRST: Final = (
    "This invitation is for making an account: open its link in a browser, and come back with the password."
)

GUEST: Final = "guest"
"""The role of users without an account."""

_NAME_REFUSED: Final = ("name_taken", "name_invalid", "name_needed", "sign_in_needed")
_PASSWORD_REFUSED: Final = ("password_needed", "sign_in_wrong", "sign_in_throttled")
_INVITATION_REFUSED: Final = ("invitation_needed", "invitation_unknown")
_TOKEN_REFUSED: Final = ("token_unknown", "session_unknown")


class Greeting:
    """Sends the hello on each connection and handles the server's answer.

    Args:
        unsent: returns how many messages are not settled.
        name, token, account, password, invitation, new_token, offered: see `ClientSession`.

    Attributes:
        name: the user's name; None for an observer.
        token: the token by which the server knows the user.
        account: whether the name belongs to an account.
        user: the user's id; None until it is known.
        invitation: the code of an invitation that was not used yet.
        observer: whether the session has no name, so that it can only watch public rooms.
        changed: whether the user may be a different one from the user to whom the session's rooms and messages belong.
    """

    def __init__(
        self,
        outlet: Outlet,
        connection: ConnectionState,
        rooms: RoomStreams,
        unsent: Callable[[], int],
        name: str | None,
        token: str | None,
        account: bool,
        password: Secret | None,
        invitation: str | None,
        new_token: Callable[[], str] | None,
        offered: str | None,
    ) -> None:
        self.name = name
        self.token = token
        self.account = account
        self.user: int | None = None
        self.invitation = invitation
        self.observer = name is None
        self.changed = False
        self._outlet = outlet
        self._connection = connection
        self._rooms = rooms
        self._unsent = unsent
        self._password = password  # kept until the server has answered, and no longer
        self._new_token = new_token
        self._offered = offered  # the token offered by a new guest's hello; `ready` confirms it
        self._invitation_saved = False  # the invitation is for `MakeAccount`, not for hello
        self._name_chosen = False  # the user chose the name after the server issued the token
        self._sign_in_needed = False
        self._met = False

    def greet(self, now: float) -> None:
        """Send hello, or ask the user for the password if there is no token."""
        if self.account and self.token is None and self._password is None:
            # With the name alone, the user would become a guest if the account was deleted meanwhile.
            self._connection.ask(fx.AskPassword("password_needed", f"The password of {self.name} is needed."))
            return
        self._connection.greet(now)
        self._sign_in_needed = False
        name, password, invitation, offered = self.name, None, None, None
        if self.token is not None:
            name = self.name if self._name_chosen else None
        elif self._password is not None:
            password = self._password.value
        else:
            invitation = None if self._invitation_saved else self.invitation
            offered = None if name is None else self._offer()
        seen = [web.SeenRoom(each.id, each.epoch, each.seq) for each in self._rooms.all]
        hello = web.Hello(web.PROTOCOL, name, self.token, seen, password, invitation, offered)
        # With very many rooms the frame would be too long. Rooms that it leaves out are caught up by pages of history.
        while len(web.encode(hello)) > FRAME_BYTES and seen:
            seen = seen[: len(seen) // 2]
            hello = structs.replace(hello, seen=seen)
        self._outlet.transmit(hello)

    def _offer(self) -> str | None:
        """Return the token that a new guest's hello offers. It is the same one until the server has answered."""
        if self._offered is None and self._new_token is not None:
            self._offered = self._new_token()
            self._outlet.emit(fx.Offer(self._offered))
        return self._offered

    def ready(self, frame: web.Ready, now: float) -> None:
        """Handle `ready`, the answer to an accepted hello: take the user's name, token and id from it."""
        self._connection.ready(now)
        self._name_chosen = False
        if frame.user is not None:
            if self._met and self.user != frame.user.id:
                self._rooms.drop("private", "direct")
                self.changed = True
            self.user = self._rooms.me = frame.user.id
            if frame.token is not None:
                self.token = frame.token
            self.name, self.account = frame.user.name, frame.user.role != GUEST
            self._password = self._offered = None
            if not self._invitation_saved:
                self.invitation = None
            self._outlet.emit(fx.Remember(self.name, self.token, frame.token is not None, self.account))
        self._outlet.emit(fx.Online(self.name, first=not self._met))
        self._met = True
        self._rooms.listed(frame.rooms, all_of_them=self.account and not self.changed)
        self.changed = False

    def refused(self, frame: web.Error, now: float) -> None:
        """Handle the refusal of a hello: send another one, ask the user, or end the session."""
        self._connection.deadline = None
        if frame.code in _PASSWORD_REFUSED and not self.observer:
            self._password = None
            self._connection.ask(fx.AskPassword(frame.code, frame.message))
        elif frame.retry_after is not None:
            self._connection.come_back_in(frame.retry_after / 1000)
            self._connection.hang_up(frame.message)
        elif frame.code in _TOKEN_REFUSED and self.token is not None:
            self.lose_token(frame)
            self.greet(now)
        elif frame.code in _TOKEN_REFUSED and self._offered is not None:
            self._offered = None  # the server has accepted it before, for a guest who has signed out since
            self._connection.hang_up(frame.message)
        elif frame.code == "account_needed" and self.invitation is not None and not self._invitation_saved:
            self._invitation_saved = True
            self._outlet.emit(fx.InvitationKept())
            self.greet(now)
        elif frame.code in _INVITATION_REFUSED and not self.observer:
            code, message = frame.code, frame.message
            if self._invitation_saved:
                code, message = "account_needed", ACCOUNT_FIRST
            self._connection.ask(fx.AskInvitation(code, message))
        elif frame.code in _NAME_REFUSED and not self.observer:
            self._sign_in_needed = frame.code == "sign_in_needed"
            self._connection.ask(fx.AskName(frame.code, frame.message))
        elif self._connection.phase is not Phase.ASKING:
            self._connection.end(frame.message)
        # Otherwise the user took too long to answer a question, and the server ends the connection.

    def lose_token(self, frame: web.Error) -> None:
        """Delete a token that the server does not know. A guest then starts as a new guest; the owner of an account
        signs in again.
        """
        assert self.token is not None
        self._outlet.emit(fx.Disown(self.token))
        self.token = None
        if self.account or frame.code == "session_unknown":
            self.account = True
            self._outlet.emit(fx.SignedOut(frame.message))
        else:
            self._rooms.drop("private", "direct")
            self.changed = True
            self._outlet.emit(fx.NewIdentity(self._unsent()))

    def renamed(self, name: str) -> None:
        """Take the user's new name."""
        if self.name != name:
            self.name = name
            self._outlet.emit(fx.Remember(name, self.token, False, self.account))

    def registered(self) -> None:
        """Record that the user's name belongs to an account now."""
        assert self.name is not None
        self.account, self.invitation = True, None
        self._outlet.emit(fx.Remember(self.name, self.token, False, True))

    # Answers of the user

    def take_name(self, name: str, now: float) -> None:
        if self.account or self._sign_in_needed:
            self.token, self.account = None, False  # the token belongs to the account of another name, or was refused
            self.changed = True
        self._password = self._offered = None
        self.name, self._name_chosen = name, True
        self._go_on(now)

    def take_password(self, password: Secret, now: float) -> None:
        self.changed = self.changed or not self.account
        self._password = password
        self._go_on(now)

    def take_invitation(self, code: str, now: float) -> None:
        self.invitation, self._invitation_saved = code, False
        self._go_on(now)

    def take_token(self, name: str, token: str, now: float) -> None:
        self.name, self.token = name, token
        self._go_on(now)

    def _go_on(self, now: float) -> None:
        if self._connection.phase is Phase.ASKING:
            self.greet(now)
        else:
            self._connection.come_back(now)
