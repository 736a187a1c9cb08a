"""The current room of the user, the open question, and the output of lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from msgspec import Struct

from parley.clients.model.names import bare, fold
from parley.clients.model.room_ref import RoomRef
from parley.clients.protocol.requests import UserRequest
from parley.clients.protocol.session import ClientSession

from .render import Style, TextLine, safe

About = Literal["name", "password", "invitation", "new password", "once more"]
_PROMPTS: Final[dict[About, str]] = {
    "name": "Input username >>> ",
    "password": "Password >>> ",
    "invitation": "Invitation >>> ",
    "new password": "New password >>> ",
    "once more": "The same once more >>> ",
}


class Prompt(Struct, frozen=True):
    """A question that the next typed line answers, and the reason for asking."""

    about: About
    why: str = ""

    @property
    def text(self) -> str:
        return _PROMPTS[self.about]

    @property
    def hidden(self) -> bool:
        """Whether the answer must not be shown while it is typed."""
        return self.about in ("password", "new password", "once more")

    @property
    def required(self) -> bool:
        """Whether the server lets the user in only with the answer."""
        return self.about in ("name", "password", "invitation")


class Window:
    """The state that the parts of a chat share.

    Args:
        session: the session.
        room: the room to join first.
        now: the session's clock, in seconds.
        show: takes a line for the user.

    Attributes:
        room: the current room, to which typed lines go: its name without `#`, or `@PEOPLE`; None if the user has left
            it.
        asking: the question that the next line answers; None if there is none.
    """

    def __init__(
        self, session: ClientSession, room: str, now: Callable[[], float], show: Callable[[TextLine], None]
    ) -> None:
        self.session = session
        self.now = now
        self.room: str | None = bare(room)
        self.asking: Prompt | None = None
        self.show = show

    def ask(self, request: UserRequest) -> None:
        self.session.ask(request, self.now())

    def room_or_complain(self, room: str = "") -> str | None:
        """Return `room`, or the current room if `room` is empty. If there is none, tell the user and return None."""
        if room or self.room:
            return bare(room) or self.room
        self.problem("You are in no room. /join ROOM")
        return None

    def is_here(self, place: RoomRef) -> bool:
        """Return whether that is the current room."""
        if self.room is None:
            return False
        # Two rooms may have the same name, if one is private.
        here = self.session.place_of(self.room)
        return fold(self.room) == fold(place.address) if here is None else here.id == place.id

    def line(self, text: str, style: Style) -> None:
        self.show(TextLine(safe(text), style))

    def answer(self, text: str) -> None:
        self.line(text, "answer")

    def notice(self, text: str) -> None:
        self.line(text, "notice")

    def problem(self, text: str) -> None:
        self.line(text, "problem")
