"""The changes that a batch of events makes in the tables beside the log."""

from collections.abc import Collection

from parley.core.events import Event, RelatedEvent, departed
from parley.core.folding import runs_of
from parley.core.kinds import KINDS_OF_CHANGES


class Changes:
    """The net effect of events other than messages, as the rows to give to each query. It does on tables what
    `parley.core.state` does in memory.

    Attributes:
        put_users: (id, name, 1 if the user holds the name after the batch, else 0).
        put_rooms: (id, name).
        put_names: (room, its new name).
        put_topics: (room, topic).
        put_members: (room, user, seq of the `joined` event).
        drop_members: (room, user).
        put_runs: (room, first seq, last seq) of the batch's runs of comings and goings.
    """

    def __init__(self, events: Collection[Event]) -> None:
        users: dict[int, tuple[str, int]] = {}
        rooms: dict[int, str] = {}
        names: dict[int, str] = {}
        topics: dict[int, str] = {}
        members: dict[tuple[int, int], int | None] = {}
        for event in events:
            kind = event.kind
            if kind == "joined":
                members[event.room, event.user] = event.seq
            elif gone := departed(event):
                members[event.room, gone] = None
            elif kind == "named":
                users[event.user] = (event.text, 1)
            elif kind == "released":
                users[event.user] = (event.name, 0)
            elif kind == "created":
                rooms[event.room] = event.text
            elif kind == "room_renamed":
                names[event.room] = event.text
            elif kind == "topic":
                topics[event.room] = event.text
        self.put_users = [(user, name, here) for user, (name, here) in users.items()]
        self.put_rooms = list(rooms.items())
        self.put_names = list(names.items())
        self.put_topics = list(topics.items())
        self.put_members = [(room, user, seq) for (room, user), seq in members.items() if seq is not None]
        self.drop_members = [place for place, seq in members.items() if seq is None]
        self.put_runs = runs_of(events)


class RelatedChanges:
    """The net effect of related events, as the rows to give to each query.

    Attributes:
        put_changes: (room, message, seq of the change).
        put_replies: (room, root of the thread, seq of the message).
        put_reactions: (room, message, emoji, user, seq of the event).
        drop_reactions: (room, message, emoji, user).
        erased: (room, message, seq of the event that erases it).
    """

    def __init__(self, events: Collection[RelatedEvent]) -> None:
        self.put_changes: list[tuple[int, int, int]] = []
        self.put_replies: list[tuple[int, int, int]] = []
        self.erased: list[tuple[int, int, int]] = []
        reactions: dict[tuple[int, int, str, int], int | None] = {}
        for event in events:
            kind = event.kind
            if kind not in KINDS_OF_CHANGES:
                if event.thread:
                    self.put_replies.append((event.room, event.thread, event.seq))
                continue
            self.put_changes.append((event.room, event.target, event.seq))
            if kind == "reacted":
                reactions[event.room, event.target, event.text, event.user] = event.seq
            elif kind == "unreacted":
                reactions[event.room, event.target, event.text, event.user] = None
            elif kind == "erased":
                self.erased.append((event.room, event.target, event.seq))
        self.put_reactions = [(*place, seq) for place, seq in reactions.items() if seq is not None]
        self.drop_reactions = [place for place, seq in reactions.items() if seq is None]
