"""Sends messages: finds the room of each, and records its result."""

from __future__ import annotations

from typing import Final

import msgspec

from parley.clients.model.names import PEOPLE_SEPARATOR, fold
from parley.clients.model.room_stream import RoomStream
from parley.wire import web
from parley.wire.limits import FRAME_BYTES

from . import effects as fx
from .greeting import Greeting
from .outlet import Outlet
from .queues import ConversationQueues, QueuedItem
from .requests import OutboxEntry
from .room_streams import RoomStreams, folded_address

SILENT_SECONDS: Final = 2.0
"""The user is told of a refused message only if the wait until its next attempt is longer than this."""

_NOT_A_MEMBER: Final = ("room_not_joined", "room_unknown")


class Posting:
    """Sends messages and settles them.

    A message goes to the room it was written in, by the id of that room; by name if the room was not known, or does not
    exist any more. A join by name creates a room if there is none. Therefore a message that was written in a private
    room, or in a room from which the user was kicked or banned, is never sent by name. It is sent with the room's id,
    and the server refuses it unless it was stored before.

    Attributes:
        frame_bytes: the size of the longest frame that the server takes.
    """

    def __init__(self, outlet: Outlet, rooms: RoomStreams, queues: ConversationQueues, greeting: Greeting) -> None:
        self.frame_bytes = FRAME_BYTES
        self._outlet = outlet
        self._rooms = rooms
        self._queues = queues
        self._greeting = greeting
        self._sent: dict[str, QueuedItem] = {}  # messages that were sent and have no answer yet, by key
        self._in_doubt: set[str] = set()  # the keys of messages that were sent on any connection and have no answer yet
        self._maybe_sent: set[str] = set()  # the keys of messages that any session may have sent
        self._rejoined_for: set[str] = set()  # the keys of messages for which a room was joined again

    def keep(self, entry: OutboxEntry) -> OutboxEntry:
        """Take a message into the outbox."""
        self._outlet.emit(fx.Keep(entry))
        self.add(entry)
        return entry

    def add(self, entry: OutboxEntry, *, maybe_sent: bool = False) -> None:
        """Put a message that is in the outbox into its queue.

        Args:
            maybe_sent: whether an earlier session may have sent it.
        """
        if maybe_sent:
            self._maybe_sent.add(entry.key)
        self._queues.add(entry, self._rooms.names_of(entry.to, entry.room))

    def is_in_doubt(self, entry: OutboxEntry) -> bool:
        return entry.key in self._in_doubt

    def rewrite(self, entry: OutboxEntry, text: str) -> bool:
        """Change the text of a message that was never sent. Return whether that was so."""
        waiting = self._never_sent(entry)
        if waiting is not None:
            waiting.item = msgspec.structs.replace(entry, text=text)
            self._outlet.emit(fx.Keep(waiting.item))
        return waiting is not None

    def discard(self, entry: OutboxEntry) -> bool:
        """Delete a message that was never sent. Return whether that was so."""
        waiting = self._never_sent(entry)
        if waiting is not None:
            self._queues.remove(waiting)
            self._outlet.emit(fx.Drop(entry))
        return waiting is not None

    def _never_sent(self, entry: OutboxEntry) -> QueuedItem | None:
        if entry.key in self._maybe_sent:
            return None
        return next((waiting for waiting in self._queues.entries.values() if waiting.item is entry), None)

    def start(self, waiting: QueuedItem, entry: OutboxEntry) -> bool:
        """Send the first message of a queue. Return True if it is settled at once."""
        frame: web.Send | web.Tell
        if entry.to[0] == "@" and not entry.room and PEOPLE_SEPARATOR not in entry.to:
            if entry.reply or entry.thread:
                return self._refuse(waiting, entry, "What it answers is not there.")
            frame = web.Tell(entry.key, entry.to[1:], entry.text, entry.kind)
        else:
            room = self._destination(entry)
            if room is None:
                return False
            if not room:
                return self._refuse(waiting, entry, "That room is not there.")
            there = self._rooms.get(room)
            # In another history of the room, the number means another message: only the words are sent.
            same = not entry.epoch or there is None or there.epoch == entry.epoch
            answers = (entry.reply, entry.thread) if same else (0, 0)
            frame = web.Send(entry.key, room, entry.text, entry.kind, *answers)
        if len(web.encode(frame)) > self.frame_bytes:
            # The server would end the connection at each attempt to send it.
            return self._refuse(waiting, entry, f"A message has at most {self.frame_bytes:,} bytes. It was not sent.")
        self._queues.start(waiting)
        self._sent[entry.key] = waiting
        self._in_doubt.add(entry.key)
        self._maybe_sent.add(entry.key)
        self._outlet.transmit(frame)
        return False

    def _destination(self, entry: OutboxEntry) -> int | None:
        """Return the id of the room for a message. None: the message has to wait until the room is joined. 0: there is
        no such room.
        """
        name = entry.to[1:]
        if entry.room:
            there = self._rooms.get(entry.room)
            if there is not None:
                restored = there.is_called(name) and (there.kind != "public") == entry.confined
                if there.epoch == entry.epoch or restored:
                    return there.id
            alike = self._rooms.live_named(entry.to)
            if not entry.confined and alike and alike.kind == "public" and alike.epoch != entry.epoch:
                return alike.id  # the server was restored from a backup, and the room was created again
            if entry.confined or self._greeting.account:
                # The user is not in the room. Sent with the id, the message is accepted only if it was stored before.
                return 0 if there is not None else entry.room
        if entry.to[0] == "@" or entry.confined:
            stream = self._rooms.live_named(entry.to)
            return 0 if stream is None or stream.kind == "public" else stream.id
        stream = self._rooms.live_or_join(name)
        return None if stream is None else stream.id

    def stored(self, frame: web.Stored) -> None:
        """Handle the answer that a message is stored."""
        waiting = self._sent.get(frame.key)
        if waiting is not None and isinstance(waiting.item, OutboxEntry):
            self._settle(waiting, fx.Settle(waiting.item, "stored", frame.room, frame.seq))

    def refused(self, frame: web.Error, now: float) -> bool:
        """Handle a refusal. Return whether it concerns a message that was sent."""
        waiting = self._sent.get(frame.key or "")
        if waiting is None or not isinstance(waiting.item, OutboxEntry):
            return False
        entry = waiting.item
        self._in_doubt.discard(entry.key)
        if self._queues.postpone(frame, now, waiting):
            self._retry(waiting, entry)
            if frame.retry_after is not None and frame.retry_after > SILENT_SECONDS * 1000:
                self._outlet.emit(fx.Postponed(entry, frame.message, frame.retry_after / 1000))
            return True
        bound = entry.confined or (self._greeting.account and entry.room) or entry.to[0] == "@"
        if frame.code in _NOT_A_MEMBER and not bound and entry.key not in self._rejoined_for:
            # Another client of the user has left the room, or the room has a new id after a restore: join it once more.
            self._rejoined_for.add(entry.key)
            self._retry(waiting, entry)
            if (stream := self._rooms.named(entry.to)) is not None:
                stream.end()
        else:
            self._refuse(waiting, entry, frame.message or frame.code)
        return True

    def join_refused(self, room: str, why: str) -> None:
        """Refuse the message that waits for a room, given by its folded name, because the room can't be joined."""
        waiting = self._queues.first(folded_address(room))
        if waiting is None or not isinstance(entry := waiting.item, OutboxEntry):
            return
        if entry.to[0] == "#" and fold(entry.to[1:]) == room:
            self._refuse(waiting, entry, why)

    def bind(self, out_of: RoomStream | None = None) -> None:
        """Restrict messages to the private room that they were written for, so that they do not go to another room of
        that name.

        Args:
            out_of: a room from which the user was kicked or banned. Messages that were written there before must not
                join it again.
        """
        private = {fold(stream.name): stream for stream in self._rooms.live if stream.kind == "private"}
        for waiting in self._queues.entries.values() if private or out_of else ():
            entry = waiting.item
            if not isinstance(entry, OutboxEntry) or entry.confined or entry.to[0] != "#":
                continue
            bound = None if entry.room else private.get(fold(entry.to[1:]))
            if out_of is not None and (entry.room == out_of.id or (not entry.room and out_of.is_called(entry.to[1:]))):
                bound = out_of
            if bound is not None:
                waiting.item = msgspec.structs.replace(entry, room=bound.id, epoch=bound.epoch, confined=True)
                self._outlet.emit(fx.Keep(waiting.item))

    def lost(self) -> None:
        """Call it when the connection has ended: no message is waiting for an answer any more."""
        self._sent.clear()

    def _retry(self, waiting: QueuedItem, entry: OutboxEntry) -> None:
        del self._sent[entry.key]
        self._queues.reset(waiting)

    def _refuse(self, waiting: QueuedItem, entry: OutboxEntry, why: str) -> bool:
        self._settle(waiting, fx.Settle(entry, "refused", why=why))
        return True

    def _settle(self, waiting: QueuedItem, settled: fx.Settle) -> None:
        key = settled.entry.key
        self._sent.pop(key, None)
        self._in_doubt.discard(key)
        self._maybe_sent.discard(key)
        self._rejoined_for.discard(key)
        self._queues.remove(waiting)
        self._outlet.emit(settled)
