"""The web session without a server. Whole sessions are in tests/transcripts/web."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.core.commands import (
    ClaimName,
    Command,
    Create,
    DeleteAccount,
    Join,
    Leave,
    Moderate,
    Register,
    ReleaseName,
    Rename,
    SendDirect,
    SendMessage,
    SetTopic,
)
from parley.core.events import MACHINE
from parley.core.records import PutPreference, PutReadMark
from parley.core.rules import Policy
from parley.gateways.effects import MarkRead, NextTurn
from parley.gateways.web import session as module
from parley.gateways.web.session import HELLO_SECONDS
from parley.wire.limits import PIECE_BYTES
from tests.gateways.session_fixture import WebSessionFixture


@pytest.fixture
def client() -> WebSessionFixture:
    client = WebSessionFixture()
    client.opens()
    return client


@pytest.fixture
def bob(client: WebSessionFixture) -> WebSessionFixture:
    [ready] = client.sends(t="hello", protocol=1, name="bob")
    assert ready["user"] == {"id": 1, "name": "bob"}
    client.sends(t="join", name="lobby")
    return client


def someone_enters(client: WebSessionFixture, name: str) -> int:
    client.happens(ClaimName(name))
    user = client.state.user_named(name)
    assert user
    client.happens(Join(user.id, "lobby"))
    client.frames()
    return user.id


def test_a_missing_hello_times_out_after_ten_seconds(client: WebSessionFixture) -> None:
    assert client.alarm == HELLO_SECONDS
    client.rings()
    [error] = client.frames()
    assert error["code"] == "hello_needed"
    assert client.closed
    assert client.closed.code == 1008


def test_a_hello_cancels_the_timeout(bob: WebSessionFixture) -> None:
    assert bob.alarm == 0


def test_the_session_is_blocked_until_the_hello_is_decided(client: WebSessionFixture) -> None:
    client.receives(b'{"t":"hello","protocol":1,"name":"bob"}')
    assert client.session.blocked
    client.answer()
    assert not client.session.blocked


def test_the_session_is_blocked_until_a_page_is_read(bob: WebSessionFixture) -> None:
    bob.receives(b'{"t":"history","room":1,"limit":5}')
    assert bob.session.blocked
    bob.answer(refusal="not_read")
    assert not bob.session.blocked
    [error] = bob.frames()
    assert (error["code"], error["retry_after"]) == ("not_read", 1_000)


@pytest.mark.parametrize("newest", [True, False])
def test_a_page_of_long_messages_is_cut_by_bytes(bob: WebSessionFixture, newest: bool) -> None:
    for number in range(20):
        bob.happens(SendMessage(1, 1, f"{number} " + "x" * 7_000))
    bob.frames()
    [page] = bob.sends(t="history", room=1, limit=20, **({} if newest else {"after": 2}))
    assert page["more"]
    assert len(json.dumps(page)) < PIECE_BYTES + 1_000
    seqs = [event["seq"] for event in page["events"]]
    assert seqs == (list(range(23 - len(seqs), 23)) if newest else list(range(3, 3 + len(seqs))))
    assert len(seqs) == 4


def test_a_page_has_at_least_one_message(bob: WebSessionFixture) -> None:
    bob.happens(SendMessage(1, 1, "\U0001f600" * 8_000))
    bob.happens(SendMessage(1, 1, "\U0001f600" * 8_000))
    bob.frames()
    [page] = bob.sends(t="history", room=1, limit=2)
    assert [event["seq"] for event in page["events"]] == [4]
    assert page["more"]


def test_a_page_that_ends_exactly_has_no_more(bob: WebSessionFixture) -> None:
    [page] = bob.sends(t="history", room=1, limit=2)
    assert [event["seq"] for event in page["events"]] == [1, 2]
    assert not page["more"]
    [page] = bob.sends(t="history", room=1, limit=1)
    assert page["more"]


def test_after_the_name_is_released_a_message_is_refused(bob: WebSessionFixture) -> None:
    someone_enters(bob, "eve")
    bob.happens(ReleaseName(1))
    frames = bob.frames()
    assert [frame["t"] for frame in frames] == ["events", "left"]
    [error] = bob.sends(t="send", key="k", room=1, text="hi")
    assert error["code"] == "name_needed"


def test_watching_a_joined_room_adds_no_second_stream(bob: WebSessionFixture) -> None:
    [watching] = bob.sends(t="watch", id="1", name="lobby")
    assert watching["t"] == "watching"
    assert [frame["t"] for frame in bob.sends(t="send", key="k", room=1, text="hi")] == ["stored", "events"]


def test_joining_a_watched_room_adds_no_second_stream(bob: WebSessionFixture) -> None:
    eve = someone_enters(bob, "eve")
    bob.happens(Join(eve, "tea"))
    bob.sends(t="watch", name="tea")
    bob.sends(t="join", name="tea")
    bob.happens(SendMessage(eve, 2, "hi"))
    [frame] = bob.frames()
    assert frame["events"][0]["text"] == "hi"
    assert bob.sends(t="unwatch", id="1", room=2) == [{"t": "done", "id": "1"}]
    bob.happens(SendMessage(eve, 2, "there"))
    assert bob.frames()


def test_a_stalled_client_is_told(bob: WebSessionFixture) -> None:
    bob.perform(bob.session.stalled())
    assert bob.frames() == [{"t": "bye", "reason": "stalled", "retry_after": 0}]
    assert bob.closed
    assert bob.closed.code == 1013


# Read marks, preferences, `find` (the seq at a time)


def test_read_marks_are_set_only_in_joined_rooms(bob: WebSessionFixture) -> None:
    assert bob.sends(t="read", room=1, seq=5) == bob.sends(t="got", room=1, seq=7) == []
    assert bob.marks == [MarkRead(1, read=5), MarkRead(1, delivered=7)]
    someone = someone_enters(bob, "eve")
    bob.happens(Create(someone, "den", private=True))
    bob.sends(t="watch", name="lobby")
    for room in (0, 2, 3, -1):
        assert bob.sends(t="read", room=room, seq=5) == bob.sends(t="got", room=room, seq=5) == []
    bob.sends(t="leave", room=1)
    bob.sends(t="read", room=1, seq=5)
    assert len(bob.marks) == 2


def test_an_observer_sets_no_marks_and_no_preferences(client: WebSessionFixture) -> None:
    client.sends(t="hello", protocol=1)
    client.sends(t="watch", name="lobby")
    for frame in ({"t": "read", "room": 1, "seq": 1}, {"t": "got", "room": 1, "seq": 1}, {"t": "prefer", "room": 1}):
        [error] = client.sends(**frame)
        assert error["code"] == "name_needed"
    assert client.marks == []
    client.perform([*client.session.read_mark_moved(1), *client.session.preferences_changed(0)])
    assert client.frames() == [{"t": "preferred"}]


def test_unread_counts_are_sent_only_of_joined_rooms(bob: WebSessionFixture) -> None:
    bob.perform(bob.session.read_mark_moved(1))
    assert bob.frames() == [{"t": "unread", "room": 1, "read": 2, "upto": 2}]
    bob.sends(t="leave", room=1)
    bob.perform(bob.session.read_mark_moved(1))
    bob.perform(bob.session.read_mark_moved(77))
    assert bob.frames() == []


def test_the_session_is_blocked_until_a_seq_is_found(bob: WebSessionFixture) -> None:
    bob.receives(b'{"t":"find","id":"1","room":1,"at":0}')
    assert bob.session.blocked
    bob.answer()
    assert not bob.session.blocked
    assert bob.frames() == [{"t": "found", "id": "1", "room": 1, "seq": 1}]


def test_a_seq_that_cannot_be_looked_up_is_refused_with_retry_after(bob: WebSessionFixture) -> None:
    bob.receives(b'{"t":"find","id":"1","room":1,"at":0}')
    bob.answer(refusal="not_read")
    [error] = bob.frames()
    assert (error["code"], error["id"], error["retry_after"]) == ("not_read", "1", 1000)
    assert not bob.session.blocked


def test_after_a_kick_a_pending_lookup_is_refused_with_room_unknown(bob: WebSessionFixture) -> None:
    eve = someone_enters(bob, "eve")
    bob.happens(Create(eve, "den", private=True))
    bob.happens(Moderate(eve, 2, "invite", "bob"))
    bob.sends(t="join", name="den")
    bob.receives(b'{"t":"find","id":"1","room":2,"at":0}')
    bob.happens(Moderate(eve, 2, "kick", "bob"))
    bob.frames()
    bob.answer()
    [error] = bob.frames()
    assert (error["code"], error["id"]) == ("room_unknown", "1")


@pytest.mark.parametrize("frame", [{"t": "find", "room": 1, "at": 0}, {"t": "history", "room": 1, "limit": 5}])
def test_an_expelled_session_answers_nothing(bob: WebSessionFixture, frame: dict[str, object]) -> None:
    bob.receives(json.dumps(frame).encode())
    bob.expel()
    assert [sent["t"] for sent in bob.frames()] == ["error", "bye"]
    bob.answer()
    assert bob.frames() == []


class TestManyRooms:
    """The rooms of a user are collected for `ready` over several turns: here, one room in each."""

    ROOMS = ("a", "b", "c", "d")

    @pytest.fixture
    def mel(self, client: WebSessionFixture, monkeypatch: pytest.MonkeyPatch) -> WebSessionFixture:
        """A client whose first of four rooms is collected."""
        monkeypatch.setattr(module, "ROOMS_AT_ONCE", 1)
        client.happens(Register("eve", "hash", by=MACHINE))
        client.happens(Register("mel", "hash of secret for mel", by=MACHINE))
        for room in self.ROOMS:
            client.happens(Create(client.user_named("eve"), room))
            client.happens(Join(client.user_named("mel"), room))
        client.receives(b'{"t":"hello","protocol":1,"name":"mel","password":"secret for mel"}')
        client.answer()
        client.answer()
        assert list(client.waiting) == [NextTurn()]
        assert client.frames() == []
        assert (client.user, client.alarm) == (client.user_named("mel"), 0)
        return client

    def room(self, client: WebSessionFixture, name: str) -> int:
        room = client.state.room_named(name)
        assert room
        return room.id

    def arrives(self, client: WebSessionFixture) -> tuple[dict[str, dict[str, object]], list[dict[str, object]]]:
        """Return the rooms of `ready` by name, and the frames after it."""
        client.settle()
        ready, *others = client.frames()
        assert ready["t"] == "ready"
        ids = [room["id"] for room in ready["rooms"]]
        assert ids == sorted(client.readers) == sorted(client.state.users[client.user].rooms)
        return {room["name"]: room for room in ready["rooms"]}, others

    def test_ready_is_sent_when_all_rooms_are_collected(self, mel: WebSessionFixture) -> None:
        for _ in self.ROOMS[1:]:
            assert mel.session.blocked
            assert mel.frames() == []
            assert mel.readers == {}
            mel.answer()
        assert not mel.session.blocked
        rooms, others = self.arrives(mel)
        assert list(rooms) == list(self.ROOMS)
        assert others == []

    @pytest.mark.parametrize("name", ROOMS)
    def test_a_message_meanwhile_is_in_the_room_or_in_its_stream(self, mel: WebSessionFixture, name: str) -> None:
        mel.happens(SendMessage(mel.user_named("eve"), self.room(mel, name), "hi"))
        rooms, others = self.arrives(mel)
        tip = mel.state.rooms[self.room(mel, name)].tip
        if name == "a":
            assert (rooms[name]["tip"], rooms[name].get("unread", 0)) == (tip - 1, 0)
            [events] = others
            assert events["t"] == "events"
            assert [event["seq"] for event in events["events"]] == [tip]  # type: ignore[attr-defined]
        else:
            assert (rooms[name]["tip"], rooms[name]["unread"]) == (tip, 1)
            assert others == []

    @pytest.mark.parametrize("name", ROOMS)
    def test_a_room_that_the_user_leaves_meanwhile_is_left_out(self, mel: WebSessionFixture, name: str) -> None:
        mel.happens(Leave(mel.user, self.room(mel, name)))
        rooms, others = self.arrives(mel)
        assert list(rooms) == [other for other in self.ROOMS if other != name]
        assert others == []
        assert mel.sends(t="leave", room=self.room(mel, name), id="l")[0]["t"] == "error"

    @pytest.mark.parametrize("name", [*ROOMS, "lobby"])
    def test_a_room_that_the_user_joins_meanwhile_is_included(self, mel: WebSessionFixture, name: str) -> None:
        if name != "lobby":
            mel.happens(Leave(mel.user, self.room(mel, name)))
        mel.happens(Join(mel.user, name))
        rooms, others = self.arrives(mel)
        assert set(rooms) == {*self.ROOMS, name}
        assert others == []
        assert [sent["t"] for sent in mel.sends(t="leave", room=self.room(mel, name), id="l")] == [
            "events",
            "left",
            "done",
        ]

    @pytest.mark.parametrize("name", ROOMS)
    def test_read_marks_and_preferences_that_change_meanwhile_are_in_ready(
        self, mel: WebSessionFixture, name: str
    ) -> None:
        room, view = self.room(mel, name), mel.view
        mel.happens(SendMessage(mel.user_named("eve"), room, "hi"))
        mark, tip = view.marks.of(room, mel.user), mel.state.rooms[room].tip
        assert mark
        view.marks.move(PutReadMark(mel.user, room, mark.since, tip, tip, 1, 0))
        mel.perform(mel.session.read_mark_moved(room))
        view.preferences.set(PutPreference(mel.user, room, "all"))
        mel.perform(mel.session.preferences_changed(room))
        rooms, others = self.arrives(mel)
        assert (rooms[name]["read"], rooms[name].get("unread", 0), rooms[name]["level"]) == (tip, 0, "all")
        assert others == []

    def test_a_session_that_is_expelled_meanwhile_gets_no_ready(self, mel: WebSessionFixture) -> None:
        mel.expel()
        mel.settle()
        assert [frame["t"] for frame in mel.frames()] == ["error", "bye"]


frames = st.sampled_from(
    [
        {"t": "hello", "protocol": 1, "name": "bob"},
        {"t": "hello", "protocol": 1, "name": "eve"},
        {"t": "hello", "protocol": 1},
        {"t": "hello", "protocol": 1, "token": "token-0", "seen": [{"room": 1, "epoch": "e1", "seq": 1}]},
        {"t": "hello", "protocol": 9},
        {"t": "hello", "protocol": 1, "token": "token-0", "name": "zoe"},
        {"t": "hello", "protocol": 1, "token": "x"},
        {"t": "join", "name": "lobby"},
        {"t": "join", "name": "a", "seen": {"epoch": "e1", "seq": 1}},
        {"t": "join", "name": "a b"},
        {"t": "leave", "room": 1},
        {"t": "leave", "room": 2, "words": "x"},
        {"t": "watch", "name": "lobby"},
        {"t": "unwatch", "room": 1},
        {"t": "watch", "name": "a", "seen": {"epoch": "e1", "seq": 2**70}},
        {"t": "send", "key": "k", "room": 1, "text": "hi"},
        {"t": "send", "key": "l", "room": 2, "text": "hi", "kind": "action"},
        {"t": "send", "key": "", "room": -1, "text": ""},
        {"t": "tell", "key": "t", "to": "eve", "text": "hi"},
        {"t": "tell", "key": "t", "to": "bob", "text": "hi"},
        {"t": "rename", "name": "bob2"},
        {"t": "rename", "name": ""},
        {"t": "topic", "room": 1, "topic": "x"},
        {"t": "history", "room": 1, "limit": 5},
        {"t": "history", "room": 1, "limit": 5, "after": 2**70},
        {"t": "history", "room": 0, "limit": 1},
        {"t": "members", "room": 1},
        {"t": "members", "room": 3},
        {"t": "rooms", "id": "x"},
        {"t": "typing", "room": 1},
        {"t": "typing", "room": 2},
        {"t": "bye"},
        {"t": "nonsense"},
        {"t": "hello", "protocol": 1, "name": "mel"},
        {"t": "hello", "protocol": 1, "name": "mel", "password": "secret for mel"},
        {"t": "hello", "protocol": 1, "name": "mel", "password": "wrong", "token": "token-0"},
        {"t": "hello", "protocol": 1, "name": "bob", "invitation": "code"},
        {"t": "register", "password": "correct horse", "id": "r"},
        {"t": "create", "name": "den", "private": True},
        {"t": "gather", "names": ["eve", "mel"]},
        {"t": "join", "name": "den", "seen": {"epoch": "e1", "seq": 0}},
        {"t": "watch", "name": "den"},
        {"t": "history", "room": 2, "limit": 5, "after": 0},
        {"t": "moderate", "room": 1, "action": "kick", "whom": "eve"},
        {"t": "moderate", "room": 2, "action": "ban", "whom": "eve", "until": 2**70},
        {"t": "moderate", "room": -1, "action": "slow", "value": "5"},
        {"t": "moderate", "room": 1, "action": "archive", "id": "m"},
        {"t": "moderate", "room": 1, "action": "calls", "value": "nobody", "id": "m"},
        {"t": "read", "room": 1, "seq": 2**70},
        {"t": "got", "room": 2, "seq": -(2**70)},
        {"t": "prefer", "room": 1, "level": "all", "id": "p"},
        {"t": "prefer", "room": 2**70, "favourite": True},
        {"t": "prefer", "hours": {"begin": 2**70, "end": 0}},
        {"t": "prefer", "hours": None, "id": "p"},
        {"t": "prefer"},
        {"t": "find", "room": 1, "at": 2**70, "id": "f"},
        {"t": "find", "room": 2, "at": -(2**70)},
    ]
)
policies = st.builds(Policy, st.sampled_from(["open", "open", "invite", "members"]))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("receives"), frames.map(lambda frame: json.dumps(frame).encode()) | st.binary(max_size=12)),
        st.tuples(st.just("receives"), frames.map(lambda frame: json.dumps(frame).encode())),
        st.tuples(st.just("answer"), st.sampled_from([None, None, None, None, "not_stored", "too_fast", "stopping"])),
        st.tuples(st.just("rings"), st.none()),
        st.tuples(st.just("other"), st.integers(0, 16)),
        st.tuples(st.sampled_from(["ended", "stopping", "stalled", "expel"]), st.none()),
        st.tuples(st.sampled_from(["read_mark_moved", "preferences_changed"]), st.integers(0, 2)),
    ),
    max_size=30,
)


@settings(max_examples=200)
@given(steps, policies, st.sampled_from([1, module.ROOMS_AT_ONCE]))
def test_no_sequence_of_frames_and_outcomes_breaks_a_session(
    steps: list[tuple[str, object]], policy: Policy, rooms_at_once: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "ROOMS_AT_ONCE", rooms_at_once)
        check_session(steps, policy)


def check_session(steps: list[tuple[str, object]], policy: Policy) -> None:
    client = WebSessionFixture(policy)
    client.happens(Register("eve", "hash", by=MACHINE))
    eve = client.user_named("eve")
    client.happens(Join(eve, "lobby"))
    client.happens(Register("mel", "hash of secret for mel", by=MACHINE))
    client.happens(Create(eve, "den", private=True))
    mel = client.user_named("mel")
    client.opens()
    others: list[Command] = [
        SendMessage(eve, 1, "hi"),
        SendDirect(eve, "bob", "psst"),
        Leave(eve, 1),
        Join(eve, "a"),
        SetTopic(eve, 1, "x"),
        ReleaseName(eve),
        ClaimName("eve"),
        Rename(eve, "bob"),
        ReleaseName(3),
        Moderate(MACHINE, 1, "kick", "bob"),
        Moderate(MACHINE, 1, "kick", "mel"),
        Moderate(MACHINE, 2, "invite", "mel"),
        Moderate(MACHINE, 2, "kick", "mel"),
        Moderate(MACHINE, 1, "guests", value="off"),
        Join(mel, "den"),
        Join(mel, "lobby"),
        DeleteAccount(mel, True),
    ]
    for step, argument in steps:
        if client.closed:
            break
        match step, argument:
            case "receives", bytes(data):
                if not client.session.blocked:
                    client.receives(data)
            case "answer", refusal if client.waiting:
                client.answer(refusal=refusal)  # type: ignore[arg-type]
            case "rings", _ if client.alarm:
                client.rings()
            case "other", int(which):
                client.happens(others[which])
                client.expel_if_deleted()
            case "expel", _ if client.user:
                client.expel()
            case "read_mark_moved" | "preferences_changed", int(room) if room in client.state.rooms and client.user:
                client.perform(getattr(client.session, step)(room))
            case "ended" | "stopping" | "stalled", _:
                client.perform(getattr(client.session, step)())
        assert not client.session.blocked or client.waiting
    client.settle()
    for frame in client.frames():
        assert frame["t"]
