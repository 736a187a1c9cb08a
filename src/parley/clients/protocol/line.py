"""The line: what the user wants, in the order in which it was said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from parley.clients.model.names import fold
from parley.clients.model.room_stream import RoomStream
from parley.clients.protocol import effects as fx
from parley.clients.protocol.requests import (
    AskMembers,
    AskRooms,
    AskStatus,
    ChangeTopic,
    CreateRoom,
    JoinRoom,
    LeaveRoom,
    MakeAccount,
    ModerateRoom,
    OutboxEntry,
    Query,
    Quit,
    Request,
    SetLevel,
    StartDirect,
    TakeName,
)
from parley.wire import web

from .state import Phase, State

SEVERAL: Final = ", "
"""What is between the names of a direct room's people."""

BYE_SECONDS: Final = 5.0
"""How long a server may take to answer a bye."""


class Line(State):
    """See `Session`. Here it is started what is at the head of the line."""

    def _keep(self, entry: OutboxEntry, now: float) -> OutboxEntry:
        self._emit(fx.Keep(entry))
        self._line.append(entry)
        self._pump(now)
        return entry

    def _ask(self, request: Request, now: float) -> Request:
        self._line.append(request)
        self._pump(now)
        return request

    def _pump(self, now: float) -> None:
        """Start what can be started."""
        if self.phase is not Phase.READY:
            return
        if self._stalled_until > now:
            for item in [item for item in self._line if isinstance(item, Query) and not self._rooms.joining]:
                self._start_read(item)
                self._line.remove(item)
            return
        self._rooms.rejoin()
        while self._flight is None and self._line and self._start(self._line[0], now):
            pass

    def _start(self, item: OutboxEntry | Request, now: float) -> bool:
        """Start the head of the line; returns whether the line may move on."""
        if self._rooms.joining and not isinstance(item, OutboxEntry | JoinRoom | TakeName | MakeAccount):
            return False  # it may be about the room that is being joined
        match item:
            case OutboxEntry():
                return self._start_entry(item)
            case JoinRoom(room=room):
                if (stream := self._joined(room)) is None:
                    return False
                self._drop_head()
                self._emit(fx.Entered(stream.place, stream.topic, item))
            case LeaveRoom(room=room) | ChangeTopic(room=room) | ModerateRoom(room=room) | SetLevel(room=room):
                if (stream := self._there(item, room)) is None:
                    self._drop_head()
                    return True
                stream.leaving = isinstance(item, LeaveRoom)
                self._fly(item)
                self._outlet.transmit(_about_room(item, stream.id, self._flight_id))
            case TakeName(name=name):
                self._fly(item)
                self._outlet.transmit(web.Rename(name, self._flight_id))
            case CreateRoom(room=room, lead=lead):
                self._fly(item)
                self._rooms.plan(room, lead=lead)
                self._outlet.transmit(web.Create(room, True, self._flight_id))
            case StartDirect(names=names):
                self._fly(item)
                self._outlet.transmit(web.Gather(list(names), self._flight_id))
            case MakeAccount(password=password):
                self._fly(item)
                self._outlet.transmit(web.Register(password.value, self._invitation, self._flight_id))
            case Quit(words=words, stay=stay):
                if self._reads:
                    return False  # their answers are still to come
                self._start_quit(words, stay, now)
                return False
            case _:
                self._start_read(item)
                self._drop_head()
        return self._flight is None

    def _start_entry(self, entry: OutboxEntry) -> bool:
        frame: web.Send | web.Tell
        if entry.to[0] == "@" and not entry.room and SEVERAL not in entry.to:
            frame = web.Tell(entry.key, entry.to[1:], entry.text, entry.kind)
        else:
            room = self._destination(entry)
            if room is None:
                return False
            if not room:
                self._refuse(entry, "That room is not there.")
                return True
            frame = web.Send(entry.key, room, entry.text, entry.kind)
        limit = self._limits.frame_bytes
        if len(web.encode(frame)) > limit:
            # The server would end the connection, again and again.
            self._refuse(entry, f"A message has at most {limit:,} bytes. It was not sent.")
            return True
        self._fly(entry)
        self._in_doubt = entry.key
        self._outlet.transmit(frame)
        return False

    def _destination(self, entry: OutboxEntry) -> int | None:
        """Return the id of the room that a message goes to; None: it is being joined; 0: it goes nowhere."""
        name = entry.to[1:]
        if entry.room:
            there = self._rooms.get(entry.room)
            if there is not None:
                restored = fold(there.name) == fold(name) and (there.kind != "public") == entry.confined
                if there.epoch == entry.epoch or restored:
                    return there.id
            alike = self._rooms.live_named(entry.to)
            if not entry.confined and alike and alike.kind == "public" and alike.epoch != entry.epoch:
                return alike.id  # the history was restored, and the room made again
            if entry.confined or self.account:
                # We are not in it: the server only stores it if it has done so before.
                return 0 if there is not None else entry.room
        if entry.to[0] == "@" or entry.confined:
            stream = self._rooms.live_named(entry.to)
            return 0 if stream is None or stream.kind == "public" else stream.id
        stream = self._joined(name)
        return None if stream is None else stream.id

    def _bind_entries(self, out_of: RoomStream | None = None) -> None:
        """See to it that no message goes by name to another room than the private one it was written for.

        Args:
            out_of: a room that we were sent out of: what was written in it before does not take us back in.
        """
        private = {fold(stream.name): stream for stream in self._rooms.live if stream.kind == "private"}
        for place, item in enumerate(self._line if private or out_of else ()):
            if not isinstance(item, OutboxEntry) or item.confined or item.to[0] != "#":
                continue
            bound = None if item.room else private.get(fold(item.to[1:]))
            if out_of is not None and (item.room == out_of.id or (not item.room and out_of.is_called(item.to[1:]))):
                bound = out_of
            if bound is not None:
                entry = msgspec.structs.replace(item, room=bound.id, epoch=bound.epoch, confined=True)
                self._line[place] = entry
                if self._flight is item:
                    self._flight = entry
                self._emit(fx.Keep(entry))

    def _start_read(self, request: Query) -> None:
        place = None
        frame: web.History | web.GetMembers | web.GetRooms
        id_ = self._outlet.next_id()
        if isinstance(request, AskRooms):
            frame = web.GetRooms(id_)
        else:
            if (stream := self._there(request, request.room)) is None:
                return
            place = stream.place
            if isinstance(request, AskMembers | AskStatus):
                frame = web.GetMembers(stream.id, id_)
            else:
                limit = min(request.limit, self._limits.page)
                frame = web.History(stream.id, limit, before=request.before, messages=True, id=id_)
        self._reads[id_] = (request, place)
        self._outlet.transmit(frame)

    def _start_quit(self, words: str, stay: bool, now: float) -> None:
        self._rooms.acknowledge(())  # those who come for a moment only tell of what they got, too
        if stay:
            self._end()
            return
        self._timeout = now + BYE_SECONDS
        self.phase = Phase.LEAVING
        self._outlet.transmit(web.Bye(words))

    def _fly(self, item: OutboxEntry | Request) -> None:
        self._flight = item
        self._flight_id = "" if isinstance(item, OutboxEntry) else self._outlet.next_id()

    def _refuse(self, entry: OutboxEntry, why: str) -> None:
        self._drop_head()
        self._emit(fx.Settle(entry, "refused", why=why))

    def _there(self, request: Request, room: str) -> RoomStream | None:
        """Return the room if we are in it; complain if not."""
        stream = self._rooms.live_named(room)
        if stream is None:
            address = room if room.startswith("@") else f"#{room}"
            self._emit(fx.Failed(request, "room_not_joined", f"You are not in {address}. Join it first."))
        return stream

    def _joined(self, room: str) -> RoomStream | None:
        """Return the room if we are in it; ask to join it if not."""
        stream = self._rooms.live_named(room)
        if stream is None:
            self._rooms.join(room)
        return stream


def conversation(names: Iterable[str], me: str | None) -> str:
    """Return the address of the direct room of these people and `me`, as long as it is not known."""
    others = {fold(name): name for name in names if fold(name) != fold(me or "")}
    return "@" + SEVERAL.join(others.values())


def _about_room(request: LeaveRoom | ChangeTopic | ModerateRoom | SetLevel, room: int, id_: str) -> web.FromClient:
    match request:
        case LeaveRoom(words=words):
            return web.Leave(room, words, id_)
        case ChangeTopic(topic=topic):
            return web.SetTopic(room, topic, id_)
        case SetLevel(level=level):
            return web.Prefer(room, level, id=id_)
        case ModerateRoom(_, action, whom, undo, until, value, why):
            return web.Moderate(room, action, whom, undo, until, value, why, id_)
