"""The sessions in tests/transcripts/web-client, which the web client plays as well."""

import json
from typing import Any

import pytest

from parley.clients.keep.message_keys import KeySequence
from parley.clients.protocol import effects as fx
from parley.clients.protocol.session import ClientSession
from tests.transcripts.session import HERE

SESSIONS = {path.stem: path for path in sorted((HERE / "web-client").glob("*.jsonl"))}
BESIDES = ("history", "members", "got", "read")
"""Frames that are not in the transcripts, because each client chooses when to send them."""


class Player:
    """Plays a transcript with a session."""

    def __init__(self) -> None:
        self.session = ClientSession(
            name="bob", token="a token", account=True, new_key=KeySequence(), random=lambda: 0.5
        )
        self.now = 0.0
        self.sent: list[dict[str, Any]] = []
        self.shown: dict[str, list[int]] = {}
        self.hung_up = False
        self.known: dict[str, str] = {}

    def perform(self) -> None:
        for effect in self.session.effects():
            match effect:
                case fx.Transmit(frame=frame):
                    self.sent.append(json.loads(frame))
                case fx.Hangup():
                    self.hung_up = True
                case fx.Show(place=place, events=events):
                    self.shown.setdefault(place.name, []).extend(event.seq for event in events)

    def play(self, step: list[Any]) -> None:
        match step:
            case ["note", _]:
                pass
            case ["connection", "opens"]:
                assert self.session.connect_at is not None
                assert self.session.connect_at <= self.now
                self.hung_up = False
                self.session.connected(self.now)
            case ["connection", "stays closed"]:
                assert self.session.connect_at is not None
                assert self.session.connect_at > self.now
            case ["connection", "breaks"]:
                self.sent.clear()
                self.session.lost(self.now)
            case ["waits", ms]:
                self.now += ms / 1000
                self.session.tick(self.now)
            case ["user", "does", {"say": text, "room": room}]:
                self.session.say(room, text, self.now)
            case ["client", "gets", frame]:
                data = frame if isinstance(frame, str) else json.dumps(self.filled(frame))
                self.session.receive(data, self.now)
            case ["client", "sends", frame]:
                self.match(frame, self.next_sent())
            case ["client", "sends nothing"]:
                assert self.next_sent() is None
            case ["client", "shows", {"room": room, "seqs": seqs}]:
                assert self.shown.get(room) == seqs
            case ["client", "hangs up"]:
                assert self.hung_up
            case _:
                raise AssertionError(f"there is no such step: {step}")
        self.perform()

    def next_sent(self) -> dict[str, Any] | None:
        while self.sent:
            frame = self.sent.pop(0)
            if frame["t"] not in BESIDES:
                return frame
        return None

    def filled(self, frame: dict[str, Any]) -> dict[str, Any]:
        return {
            name: self.known.get(value, value) if isinstance(value, str) else value for name, value in frame.items()
        }

    def match(self, expected: dict[str, Any], frame: dict[str, Any] | None) -> None:
        assert frame is not None, expected
        for name, value in expected.items():
            if isinstance(value, str) and value.startswith("$"):
                self.known.setdefault(value, frame[name])
        assert frame == self.filled(expected)


@pytest.mark.parametrize("name", SESSIONS)
def test_session(name: str) -> None:
    player = Player()
    _, *steps = SESSIONS[name].read_text(encoding="utf-8").splitlines()
    for step in steps:
        player.play(json.loads(step))
    assert player.next_sent() is None
