"""A session for tests in which the test plays the server, frame by frame."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from parley.clients.protocol import effects as fx
from parley.clients.protocol.requests import UserRequest
from parley.clients.protocol.session import ClientSession

Frame = dict[str, Any]
LIMITS = {"frame_bytes": 16384, "text_chars": 8000, "name_chars": 32, "topic_chars": 250, "page": 200}


class Talk:
    """Plays the server for a `ClientSession`. Time passes only when the test says so, and the random number is always
    0.5.
    """

    def __init__(self, **options: Any) -> None:
        keys = (f"k{number}" for number in count(1))
        options = {"name": "bob", **options}
        self.now = 100.0
        self.session = ClientSession(new_key=lambda: next(keys), random=lambda: 0.5, **options)
        self.effects: list[fx.Effect] = []
        self.frames: list[Frame] = []

    def server(self, *frames: Frame) -> Talk:
        """Give the session these frames, as if the server had sent them."""
        for frame in frames:
            self.session.receive(json.dumps(frame), self.now)
        return self

    def ask(self, request: UserRequest) -> UserRequest:
        """Make a request of the user, and return it."""
        self.session.ask(request, self.now)
        return request

    def sent(self) -> list[Frame]:
        """Return the frames the client has sent since the last call."""
        self._collect()
        frames, self.frames = self.frames, []
        return frames

    def told(self) -> list[fx.Effect]:
        """Return all effects since the last call, except frames and `CaughtUp`."""
        return [effect for effect in self.told_all() if not isinstance(effect, fx.CaughtUp)]

    def told_all(self) -> list[fx.Effect]:
        """Return all effects since the last call, except frames."""
        self._collect()
        effects, self.effects = self.effects, []
        return effects

    def shown(self) -> list[int]:
        """Return the seqs of the events shown since the last call, leads included."""
        return [event.seq for effect in self.told() if isinstance(effect, fx.Show) for event in effect.events]

    def connect(self) -> Talk:
        self.session.connected(self.now)
        return self

    def ready(
        self, *rooms: Frame, token: str | None = "T1", user: int = 7, name: str = "bob", role: str = "guest"
    ) -> Talk:
        """Connect, and answer the hello with `ready`."""
        self.connect()
        self.server(ready(*rooms, token=token, user=user, name=name, role=role))
        return self

    def cut(self) -> Talk:
        """End the connection, and let time pass until the session connects again."""
        self.session.lost(self.now)
        if self.session.connect_at is not None:
            self.now = max(self.now, self.session.connect_at)
        return self

    def wait(self, seconds: float) -> Talk:
        self.now += seconds
        self.session.tick(self.now)
        return self

    def _collect(self) -> None:
        for effect in self.session.effects():
            if isinstance(effect, fx.Transmit):
                self.frames.append(json.loads(effect.frame))
            else:
                self.effects.append(effect)


def ready(
    *rooms: Frame, token: str | None = "T1", user: int | None = 7, name: str = "bob", role: str = "guest"
) -> Frame:
    person = None if user is None else {"id": user, "name": name, "role": role}
    return {
        "t": "ready",
        "protocol": 1,
        "server": "test",
        "user": person,
        "rooms": list(rooms),
        "limits": LIMITS,
        "token": token,
    }


def room(
    tip: int,
    after: int | None,
    id_: int = 1,
    name: str = "lobby",
    epoch: str = "e1",
    kind: str = "public",
    floor: int = 1,
) -> Frame:
    return {
        "id": id_,
        "name": name,
        "kind": kind,
        "topic": "",
        "epoch": epoch,
        "tip": tip,
        "members": 1,
        "after": after,
        "floor": floor,
    }


def said(*seqs: int) -> list[Frame]:
    return [{"seq": seq, "at": 0, "user": 9, "name": "eve", "kind": "message", "text": f"text {seq}"} for seq in seqs]


def events(*seqs: int, id_: int = 1) -> Frame:
    return {"t": "events", "room": id_, "events": said(*seqs)}


def done(seq: int, kind: str, whom: str = "", text: str = "", *, id_: int = 1, user: int = 9, until: int = 0) -> Frame:
    """Return an `events` frame with one event by eve (or `user`) that affects bob (or `whom`)."""
    about = {"user": 7 if whom == "bob" else 8, "name": whom, "until": until}
    event = {"seq": seq, "at": 0, "user": user, "name": "eve", "kind": kind, "text": text}
    return {"t": "events", "room": id_, "events": [{**event, "about": about} if whom else event]}


def page(id_: str, *seqs: int, epoch: str = "e1", more: bool = False, room_id: int = 1) -> Frame:
    return {"t": "page", "id": id_, "room": room_id, "epoch": epoch, "events": said(*seqs), "more": more}
