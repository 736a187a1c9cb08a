"""The present form of a message: what it is like after all events that changed it. A fold over the log."""

from collections.abc import Iterable
from typing import Self

from msgspec import Struct, field
from msgspec.structs import replace

from .erasure import is_erased_with_account, tombstone
from .events import Event, RelatedEvent
from .kinds import KINDS_OF_CHANGES, MESSAGE_KINDS
from .records import PutForm


class Message(Struct, weakref=True):
    """A message in its present form. It changes with `apply`.

    Attributes:
        room, seq, at, user, name, kind: those of its event.
        text: the present text; empty if the message was erased.
        mentions: the present mentions.
        target, thread, reply, also: those of its event.
        as_of: the seq of the newest event that changed it; its own seq if none did.
        edited: the seq of the newest edit; 0: never edited.
        edits: how many edits there were.
        erased: the seq of the event that erased it; its own seq if it was erased because its author's account was
            deleted; 0: it is there.
        by: the id of the user who erased it.
        pinned: the seq of the event that pinned it; 0: it is not pinned.
        title: the title of the thread whose root it is.
        replies: how many messages of that thread are there.
        last: the seq of the newest message of that thread, erased ones included.
        reactions: for each emoji the users who react with it, with the seq of the event; in the order of the first one.
    """

    room: int
    seq: int
    at: int
    user: int
    name: str
    kind: str
    text: str = ""
    mentions: tuple[int, ...] | None = None
    target: int = 0
    thread: int = 0
    reply: int = 0
    also: bool = False
    as_of: int = 0
    edited: int = 0
    edits: int = 0
    erased: int = 0
    by: int = 0
    pinned: int = 0
    title: str = ""
    replies: int = 0
    last: int = 0
    reactions: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, event: Event) -> Self:
        """Return the form of a message that nothing has changed."""
        message = cls(event.room, event.seq, event.at, event.user, event.name, event.kind, event.text, event.mentions)
        message.as_of = event.seq
        if isinstance(event, RelatedEvent):
            message.target, message.thread = event.target, event.thread
            message.reply, message.also, message.erased = event.reply, event.also, event.erased
            if is_erased_with_account(event):
                message.by = event.user
        return message

    @property
    def is_changed(self) -> bool:
        return self.as_of != self.seq

    def apply(self, event: RelatedEvent) -> None:
        """Apply an event that changes this message. Call it for these events in the order of their seq; an event that
        was applied before is ignored.
        """
        if event.seq <= self.as_of:
            return
        self.as_of = event.seq
        match event.kind:
            case "edited":
                self.text, self.mentions = event.text, event.mentions
                self.edited = event.seq
                self.edits += 1
            case "erased":
                self.text, self.mentions, self.title, self.pinned, self.reactions = "", None, "", 0, {}
                self.erased, self.by = event.seq, event.user
            case "reacted":
                if event.text:  # otherwise it was erased with its message
                    self.reactions.setdefault(event.text, {})[event.user] = event.seq
            case "unreacted":
                if users := self.reactions.get(event.text):
                    users.pop(event.user, None)
                    if not users:
                        del self.reactions[event.text]
            case "pinned":
                self.pinned = event.seq
            case "unpinned":
                self.pinned = 0
            case "titled":
                self.title = event.text

    def apply_to_thread(self, event: RelatedEvent) -> None:
        """Apply an event of the thread whose root this message is: a new message, or one that is erased."""
        if event.seq <= self.as_of:
            return
        if event.kind in MESSAGE_KINDS:
            self.replies += not is_erased_with_account(event)
            self.last = event.seq
        elif event.kind == "erased":
            self.replies -= 1
        else:
            return
        self.as_of = event.seq

    def apply_any(self, event: RelatedEvent) -> None:
        """Apply an event that changes this message, or that is of the thread whose root it is."""
        if event.kind in KINDS_OF_CHANGES and event.target == self.seq:
            self.apply(event)
        else:
            self.apply_to_thread(event)

    def form(self) -> PutForm:
        """Return the record that stores the form."""
        counts: list[tuple[str, int]] = [(emoji, len(users)) for emoji, users in self.reactions.items()]
        return PutForm(
            self.room, self.seq, self.as_of, self.edited, self.edits, self.erased, self.by, self.pinned, self.title,
            self.replies, self.last, counts,
        )  # fmt: skip


class Shown(Struct):
    """A listed event in its present form, as a page shows it to a user.

    Attributes:
        event: the event, as it is in the log.
        form: its form; None if nothing has changed it.
        text, mentions: the present ones, if it was edited and is there.
        mine: the emoji with which the user reacts, the oldest reaction first.
    """

    event: Event
    form: PutForm | None = None
    text: str = ""
    mentions: tuple[int, ...] | None = None
    mine: tuple[str, ...] = ()

    @classmethod
    def of(cls, event: Event, message: Message, user: int) -> Self:
        """Return what a page shows `user` of a message."""
        since = {emoji: users[user] for emoji, users in message.reactions.items() if user in users}
        mine = tuple(sorted(since, key=since.__getitem__))
        form = message.form() if message.is_changed else None
        if not message.edited or message.erased:
            return cls(event, form, mine=mine)
        return cls(event, form, message.text, message.mentions, mine)

    def presented(self) -> Event:
        """Return the event with its present text, for a client that does not know of forms."""
        if self.form is None or not self.form.edited or self.form.erased:
            return self.event
        return replace(self.event, text=self.text, mentions=self.mentions)


def apply_to_shown(items: dict[int, Shown], event: Event, user: int) -> None:
    """Apply an event to what a page shows `user`, by seq. An event that changes nothing of it is ignored."""
    for seq in changed_by(event):
        item = items.get(seq)
        if item is None or not isinstance(event, RelatedEvent):
            continue
        message = Message.of(item.event)
        form = item.form or message.form()
        if event.seq <= form.as_of:
            continue
        counts = dict(form.reactions)
        mine = item.mine
        if event.kind == "reacted":
            counts[event.text] = counts.get(event.text, 0) + 1
            mine = (*mine, event.text) if event.user == user else mine
        elif event.kind == "unreacted":
            counts[event.text] = counts.get(event.text, 0) - 1
            mine = tuple(emoji for emoji in mine if emoji != event.text) if event.user == user else mine
        # Everything but the reactions follows the same rules as `Message`.
        for name in _OF_FORM:
            setattr(message, name, getattr(form, name))
        message.text, message.mentions = item.text, item.mentions
        if event.kind in KINDS_OF_CHANGES and event.target == seq:
            message.apply(event)
        else:
            message.apply_to_thread(event)
        left = [] if message.erased else [(emoji, count) for emoji, count in counts.items() if count > 0]
        item.form = replace(message.form(), reactions=left)
        item.text, item.mentions, item.mine = message.text, message.mentions, () if message.erased else mine
        if message.erased:
            item.event = tombstone(item.event, event.seq) if item.event.salt else item.event


def is_listed(event: Event, thread: int = 0) -> bool:
    """Tell whether a page in present form lists an event: messages of the thread, or, for the room, messages and all
    other events that change no message.
    """
    if not isinstance(event, RelatedEvent):
        return not thread
    if event.kind in KINDS_OF_CHANGES:
        return False
    return event.thread == thread or (not thread and event.also)


_OF_FORM = ("as_of", "edited", "edits", "erased", "by", "pinned", "title", "replies", "last")


def changed_by(event: Event) -> tuple[int, ...]:
    """Return the seqs of the messages whose form an event changes: its target, and the root of its thread."""
    if not isinstance(event, RelatedEvent):
        return ()
    if event.kind in KINDS_OF_CHANGES:
        if event.kind == "erased" and event.thread:
            return (event.target, event.thread)
        return (event.target,)
    return (event.thread,) if event.thread else ()


def fold_into(messages: dict[int, Message], event: Event) -> None:
    """Apply an event of a log to the messages that are held of it, by seq. A message is added; a change of a message
    that is not held is ignored.
    """
    if event.kind in MESSAGE_KINDS:
        messages[event.seq] = Message.of(event)
    if not isinstance(event, RelatedEvent):
        return
    if event.kind in KINDS_OF_CHANGES and (message := messages.get(event.target)):
        message.apply(event)
    if event.thread and (root := messages.get(event.thread)):
        root.apply_to_thread(event)


def present(events: Iterable[Event]) -> dict[int, Message]:
    """Return the present forms of all messages of a log, by seq."""
    messages: dict[int, Message] = {}
    for event in events:
        fold_into(messages, event)
    return messages
