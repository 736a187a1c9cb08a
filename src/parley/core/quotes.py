"""Quotes: the beginnings of messages that others answer, for renderings that show them."""

from collections import OrderedDict
from typing import Final, Self

from msgspec import Struct

from .events import RelatedEvent
from .forms import Message

QUOTES_MOST: Final = 1_024
"""At most this many quotes are held."""

_TEXT_CHARS: Final = 400
"""A quote holds at most this much of the text. A rendering shows much less, but may leave out characters."""


class QuotedMessage(Struct):
    """The beginning of a message in its present form.

    Attributes:
        user, name: who wrote it.
        text: the beginning of its text; empty if it was erased.
        title: the title of the thread whose root it is.
        erased: whether it was erased.
        as_of: the seq of the last event that was applied.
    """

    user: int
    name: str
    text: str
    title: str
    erased: bool
    as_of: int

    @classmethod
    def of(cls, message: Message) -> Self:
        return cls(
            message.user, message.name, message.text[:_TEXT_CHARS], message.title, message.erased > 0, message.as_of
        )

    def apply(self, event: RelatedEvent) -> None:
        """Apply a change of the message. One that was applied before is ignored."""
        if event.seq <= self.as_of:
            return
        self.as_of = event.seq
        if event.kind == "edited":
            self.text = event.text[:_TEXT_CHARS]
        elif event.kind == "titled":
            self.title = event.text
        elif event.kind == "erased":
            self.text, self.title, self.erased = "", "", True


class Quotes:
    """The quotes of the messages that were answered last, as of the durable log.

    Whoever shows a message that answers another one has to put the other one here before. If it is not here, the answer
    is shown without its first words.
    """

    def __init__(self) -> None:
        self._quotes: OrderedDict[tuple[int, int], QuotedMessage] = OrderedDict()

    def put(self, room: int, seq: int, quote: QuotedMessage) -> None:
        """Hold a quote, unless a newer form of the message is held. Later changes have to be applied."""
        held = self._quotes.get((room, seq))
        if held is None or held.as_of < quote.as_of:
            self._quotes[room, seq] = quote
        self._quotes.move_to_end((room, seq))
        if len(self._quotes) > QUOTES_MOST:
            self._quotes.popitem(last=False)

    def apply(self, event: RelatedEvent) -> None:
        """Apply an event that became durable."""
        if (quote := self._quotes.get((event.room, event.target))) is not None:
            quote.apply(event)

    def find(self, room: int, seq: int) -> QuotedMessage | None:
        """Return the quote of a message, if it is held."""
        return self._quotes.get((room, seq))

    def clear(self) -> None:
        """Drop all quotes: texts were erased in the store."""
        self._quotes.clear()
