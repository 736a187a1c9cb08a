"""Events as lines."""

from collections.abc import Iterable

from msgspec import Struct

from parley.core.events import Event, RelatedEvent
from parley.core.forms import Shown
from parley.core.kinds import MESSAGE_KINDS
from parley.core.rendering import AnySignal, ReactionsSignal
from parley.gateways.view import View
from parley.wire.sentences import (
    BOT,
    Quoted,
    about_text,
    direct_lines,
    event_text,
    message_text,
    reactions_text,
    state_text,
)

_COMINGS = ("joined", "left")


def framed(lines: Iterable[str], *, raw: bool) -> bytes:
    """Return lines as bytes, each with a newline at its end; with `raw`, only between the lines."""
    text = "\n".join(lines)
    return (text if raw or not text else text + "\n").encode()


class _Lines(Struct, frozen=True, kw_only=True):
    """The shared part of both renderings.

    Attributes:
        view: has the messages that others answer.
        raw: whether the client sends messages without a terminator, so that the server's messages have none either.
        numbers: whether each message is shown with its number.
        reactions: whether reactions are shown.
        floor: the seq of the first event that the reader may see; 0 if they may see all. Readers of a private room who
            came at different times do not share a rendering.
    """

    view: View
    raw: bool = False
    numbers: bool = False
    reactions: bool = True
    floor: int = 0

    def piece(self, room: int, events: list[bytes]) -> bytes:
        return b"\n".join(filter(None, events)) if self.raw else b"".join(events)

    def signal(self, signal: AnySignal) -> bytes:
        if not isinstance(signal, ReactionsSignal) or not self.reactions:
            return b""
        return self._tagged(reactions_text(signal.seq, signal.people, signal.name, signal.emoji, back=signal.back))

    @property
    def prefix(self) -> str:
        """What every line begins with, without the space after it; empty if there is nothing."""
        return ""

    def _tagged(self, text: str) -> bytes:
        if not text:
            return b""
        if prefix := self.prefix:
            text = f"{prefix} " + text.replace("\n", f"\n{prefix} ")
        return (text if self.raw else text + "\n").encode()

    def _named(self, user: int, name: str) -> str:
        return name + BOT if self.view.is_bot(user) else name

    def quoted(self, room: int, seq: int) -> Quoted:
        """Return what is shown of a message that another one answers."""
        if seq < self.floor:
            return Quoted(seq, "before")
        quote = self.view.quotes.find(room, seq)
        if quote is None:
            return Quoted(seq)
        if quote.erased:
            return Quoted(seq, "deleted")
        return Quoted(seq, "there", self._named(quote.user, quote.name), quote.text)

    def _about(self, event: Event) -> str:
        """Return what stands after the name of who says something: see `about_text`."""
        if not isinstance(event, RelatedEvent):
            return ""
        if not event.thread:
            return about_text(self.quoted(event.room, event.target)) if event.target else ""
        quote = self.view.quotes.find(event.room, event.thread)
        answered = self.quoted(event.room, event.reply) if event.reply else None
        title = "" if quote is None else quote.title
        return about_text(answered, self.quoted(event.room, event.thread), title)

    def _change(self, event: RelatedEvent) -> str:
        """Return a change of a message as text. Reactions are not shown one by one: see `ReactionsSignal`."""
        if event.kind in ("reacted", "unreacted"):
            return ""
        # Whoever came later learns that an earlier message was edited, and not how.
        text = "" if event.kind == "edited" and event.target < self.floor else event.text
        whom = None if event.about is None else event.about.name
        return event_text(event.kind, event.name, text, self.view.is_bot(event.user), whom, target=event.target)

    def _number(self, event: Event, *, always: bool = False) -> int:
        return event.seq if self.numbers or always else 0

    def _state(self, item: Shown) -> str:
        form = item.form
        if form is None:
            return ""
        return state_text(item.event.seq, form.reactions, form.replies, form.title, pinned=form.pinned > 0)

    def _deleted(self, event: Event) -> str:
        user = self.view.state.users.get(event.user)
        return f"[{event.seq}] a deleted message" + ("" if user is None else f" of {user.name}")


class RoomLines(_Lines, frozen=True):
    """The events of a room. Every line begins with `tag`: the room's name, or nothing in the current room. `comings`
    tells whether comings and goings are shown.
    """

    tag: str = ""
    comings: bool = True

    @property
    def prefix(self) -> str:
        return self.tag

    def event(self, event: Event) -> bytes:
        if event.kind in _COMINGS and not self.comings:
            return b""
        number = self._number(event)
        if isinstance(event, RelatedEvent):
            if event.erased:
                return b""
            if event.kind not in MESSAGE_KINDS:
                return self._tagged(self._change(event))
        about = event.about
        whom, until = (None, 0) if about is None else (about.name, about.until)
        bot = self.view.is_bot(event.user)
        return self._tagged(
            event_text(event.kind, event.name, event.text, bot, whom, until, about=self._about(event), number=number)
        )

    def shown(self, item: Shown, *, number: bool = False) -> bytes:
        """Return a message in its present form, with its number if `number` is set."""
        event = item.presented()
        if item.form is not None and item.form.erased:
            return self._tagged(self._deleted(event))
        text = message_text(
            event.kind,
            self._named(event.user, event.name),
            event.text,
            self._about(item.event),
            number=self._number(event, always=number),
            edited=item.form is not None and item.form.edited > 0,
        )
        return self._tagged("\n".join(filter(None, (text, self._state(item)))))


class DirectLines(_Lines, frozen=True):
    """The messages of a direct room, for the member `me`; `other` are the names of the others."""

    me: int
    other: str

    @property
    def prefix(self) -> str:
        return f"@{self.other}"

    def event(self, event: Event) -> bytes:
        if isinstance(event, RelatedEvent):
            if event.erased:
                return b""
            if event.kind not in MESSAGE_KINDS:
                return self._tagged(self._change(event))
        to = self.other if event.user == self.me else None
        bot = self.view.is_bot(event.user)
        about, number = self._about(event), self._number(event)
        lines = direct_lines(event.kind, event.name, event.text, bot=bot, to=to, about=about, number=number)
        return framed(lines, raw=self.raw)
