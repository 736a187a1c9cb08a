"""The states of the sessions: each table is complete, and the conversations here use every move of it."""

import json
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.core.commands import Create, Join, MakeInvitation, Register
from parley.core.events import MACHINE
from parley.core.rules import Policy
from parley.core.tokens import hash_code
from parley.gateways.line import states as line
from parley.gateways.session import ImpossibleMove, Session
from parley.gateways.web import session
from parley.gateways.web import states as web
from tests.gateways.session_fixture import LineSessionFixture, SessionFixture, WebSessionFixture

INVITE = Policy("invite")
TABLES = pytest.mark.parametrize("table", [line, web], ids=["line", "web"])

Moves = set[tuple[str, str]]


def in_table(table: Any, state: str) -> Session:
    class Example(Session):
        MOVES = table.MOVES
        BLOCKED = table.BLOCKED

    return Example(state)


def states_of(table: Any) -> set[str]:
    return {state for state, _ in table.MOVES} | set(table.MOVES.values())


@TABLES
def test_every_pair_of_state_and_trigger_moves_or_is_refused(table: Any) -> None:
    for state, trigger in product(states_of(table), {trigger for _, trigger in table.MOVES}):
        session = in_table(table, state)
        if (state, trigger) in table.MOVES:
            session.move(trigger)
            assert session.state == table.MOVES[state, trigger]
            assert session.blocked is (session.state in table.BLOCKED)
        else:
            with pytest.raises(ImpossibleMove, match=f"{trigger} in the state {state}"):
                session.move(trigger)
            assert session.state == state


@TABLES
def test_every_state_is_reached_and_only_the_last_one_stays(table: Any) -> None:
    first = {"inviting", "naming"} if table is line else {"new"}
    assert first | set(table.MOVES.values()) == states_of(table)
    assert states_of(table) - {state for state, _ in table.MOVES} == {"over"}
    groups = table.BLOCKED, (table.READING | table.PRESENT if table is line else table.READY)
    assert all(group <= states_of(table) for group in groups)


@TABLES
def test_every_blocked_state_can_be_left(table: Any) -> None:
    # Only `leaving` can't be left, because the connection is about to be closed.
    stuck = table.BLOCKED - {state for state, trigger in table.MOVES if trigger != "expelled"}
    assert stuck == ({"leaving"} if table is line else set())


@TABLES
@given(triggers=st.lists(st.integers(0, 100)))
def test_random_moves_stay_within_the_states(table: Any, triggers: list[int]) -> None:
    session = in_table(table, "naming" if table is line else "new")
    for number in triggers:
        ways = sorted(trigger for state, trigger in table.MOVES if state == session.state)
        if not ways:
            assert session.state == "over"
            return
        session.move(ways[number % len(ways)])
        assert session.state in states_of(table)


def record(fixture: SessionFixture, taken: Moves) -> None:
    """Note every move of a fixture's session."""
    move = type(fixture.session).move

    class Recorded(type(fixture.session)):  # type: ignore[misc]
        __slots__ = ()

        def move(self, trigger: str) -> None:
            taken.add((self.state, trigger))
            move(self, trigger)

    fixture.session.__class__ = Recorded


def lines(taken: Moves, policy: Policy, *steps: str | Callable[[LineSessionFixture], object]) -> None:
    """Play a conversation in lines. Before each line, all waiting effects are answered."""
    client = LineSessionFixture(policy)
    client.happens(Register("mel", "hash of secret", by=MACHINE))
    client.happens(Register("eve", "hash of secret", by=MACHINE))
    client.happens(MakeInvitation(MACHINE, hash_code("code"), uses=9))
    record(client, taken)
    client.opens()
    for step in steps:
        if isinstance(step, str):
            client.settle()
            client.receives(f"{step}\n".encode())
        else:
            step(client)


def frames(taken: Moves, policy: Policy, *steps: dict[str, object] | Callable[[WebSessionFixture], object]) -> None:
    """Play a conversation in frames. Before each frame, all waiting effects are answered."""
    client = WebSessionFixture(policy)
    client.happens(Register("mel", "hash of secret", by=MACHINE))
    record(client, taken)
    client.opens()
    for step in steps:
        if isinstance(step, dict):
            client.settle()
            client.receives(json.dumps(step).encode())
        else:
            step(client)


def refused(client: SessionFixture) -> None:
    client.answer(refusal="not_stored")


def test_conversations_in_lines_take_every_move() -> None:
    taken: Moves = set()
    anyone, settle, expel = Policy(), LineSessionFixture.settle, LineSessionFixture.expel
    answer = LineSessionFixture.answer

    def in_tea(client: LineSessionFixture) -> None:
        client.happens(Create(client.user_named("mel"), "tea"))

    def joins_elsewhere(client: LineSessionFixture) -> None:
        client.happens(Join(client.user_named("mel"), "lobby"))

    lines(taken, INVITE, "wrong", "bob", settle, "code", "bob", settle)  # first without an invitation, then with one
    # With a password; the account is in no room.
    lines(taken, anyone, "", "eve", "", "eve", "wrong", "eve", "secret", settle)
    lines(taken, anyone, in_tea, "mel", "secret", "/history", settle)  # the account is in a room already
    lines(taken, INVITE, "/quit")
    lines(taken, anyone, ".exit")
    lines(taken, anyone, "mel", ".exit")
    lines(taken, anyone, "bob", refused)
    lines(taken, anyone, "mel", "secret", answer, joins_elsewhere, settle)
    lines(taken, anyone, "bob", answer, refused, "/nick rob", settle, "/nick b c", "/join tea", settle)
    lines(taken, anyone, "bob", "/join tea", "/nick a b", "/quit", expel)
    lines(taken, anyone, "bob", answer, refused, "/quit", settle)
    lines(taken, anyone, "bob", answer, expel)  # joining
    lines(taken, anyone, "bob", answer, answer, expel)  # arriving
    lines(taken, anyone, "bob", answer, refused, expel)  # outside
    lines(taken, anyone, "bob", answer, refused, "/nick rob", expel)  # asking
    lines(taken, anyone, "bob", settle, expel)  # chatting
    lines(taken, anyone, "bob", "/nick rob", expel)  # waiting
    assert taken == line.MOVES.keys()


def test_conversations_in_frames_take_every_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "ROOMS_AT_ONCE", 1)
    taken: Moves = set()
    anyone, settle, expel = Policy(), WebSessionFixture.settle, WebSessionFixture.expel
    bob: dict[str, object] = {"t": "hello", "protocol": 1, "name": "bob"}
    page: dict[str, object] = {"t": "history", "room": 1, "limit": 5}
    observer: dict[str, object] = {"t": "hello", "protocol": 1}
    mel = {**observer, "name": "mel", "password": "wrong"}
    frames(taken, INVITE, observer, bob, settle, mel, settle)  # turned away, three times
    frames(taken, anyone, observer, page, settle)
    frames(taken, anyone, bob, {"t": "join", "name": "lobby"}, page, settle, expel)
    frames(taken, anyone, bob, {"t": "register", "password": "correct horse"}, expel)

    def in_two_rooms(client: WebSessionFixture) -> None:
        for room in ("tea", "cake"):
            client.happens(Create(client.user_named("mel"), room))

    answer = WebSessionFixture.answer
    frames(taken, anyone, in_two_rooms, {**mel, "password": "secret"}, answer, answer, expel)  # arriving
    assert taken == web.MOVES.keys()
