"""Unread counts, mentions, bots, and the status of the user's messages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.talk import Frame, page, room
from tests.clients.test_conversation import Chat, inside


def marked(tip: int, id_: int = 1, name: str = "lobby", **marks: object) -> Frame:
    """Return a room object with the user's counts."""
    return room(tip, tip, id_=id_, name=name) | {"receipts": True} | marks


def said(seq: int, text: str, *, user: int = 9, name: str = "eve", id_: int = 1, **fields: Any) -> Frame:
    event = {"seq": seq, "at": 0, "user": user, "name": name, "kind": "message", "text": text} | fields
    return {"t": "events", "room": id_, "events": [event]}


def member(id_: int, name: str, got: int = 0, read: int = 0) -> Frame:
    return {"id": id_, "name": name, "online": True, "got": got, "read": read}


# Unread


def test_a_terminal_shows_on_entering_what_is_unread() -> None:
    chat = Chat(looked_at=True).connect(
        marked(10, unread=3, mentions=1),
        marked(5, 2, "tea", unread=2),
        marked(5, 3, "den", unread=1, mentions=1),
        marked(5, 4, "noise", unread=100, level="nothing"),
    )
    chat.server(page("r1", 10))
    assert chat.lines() == [
        "In #lobby: 3 unread, 1 mentions you",
        "eve: text 10",
        "you are now connected!",
        "Unread elsewhere: #tea 2, #den 1 (1 mentions you)",
    ]
    assert chat.conversation.read_status.elsewhere() == "3 unread elsewhere, 1 mentions you"


def test_a_pipe_shows_unread_counts_only_when_asked() -> None:
    chat = Chat().connect(marked(10, unread=3, mentions=1), marked(5, 2, "tea", unread=2))
    chat.server(page("r1", 10))
    assert chat.lines() == ["eve: text 10", "you are now connected!"]
    assert chat.type("/unread") == []
    assert chat.lines() == ["#lobby: 3 unread, 1 mentions you", "#tea: 2 unread"]


def test_going_to_a_room_shows_what_is_unread_there() -> None:
    chat = Chat(looked_at=True).connect(room(0, 0), marked(5, 2, "tea"))
    chat.server(said(6, "hi", id_=2), said(7, "@bob!", id_=2, mentions=[7]), said(8, "@bob!!", id_=2, mentions=[7]))
    chat.lines()
    chat.type("/join tea")
    assert chat.lines() == ["You are in #tea now.", "In #tea: 3 unread, 2 mention you"]
    chat.server({"t": "unread", "room": 2, "read": 8, "upto": 8})
    chat.type("/unread")
    assert chat.lines() == ["You have read everything."]


def test_the_list_of_rooms_has_what_is_unread() -> None:
    chat = inside()
    chat.type("/rooms")
    chat.server({"t": "rooms", "id": "r1", "rooms": [marked(3), marked(5, 2, "tea", unread=2, mentions=1)]})
    assert chat.lines() == ["* #lobby (1 person)", "  #tea (1 person, 2 unread, 1 mentions you)"]


def test_only_the_current_room_and_direct_rooms_of_two_are_read() -> None:
    rooms = (
        room(0, 0),
        room(0, 0, 2, "tea"),
        room(0, 0, 3, "eve", kind="direct"),
        room(0, 0, 4, "eve, zoe", kind="direct"),
    )
    chat = Chat(looked_at=True).connect(*rooms)
    assert chat.conversation.read_status.rooms_in_view() == {1, 3}
    chat.type("/join tea")
    assert chat.conversation.read_status.rooms_in_view() == {2, 3}
    assert Chat().connect(*rooms).conversation.read_status.rooms_in_view() == set()


def test_going_to_another_room_reads_the_room_before() -> None:
    for looked_at, told in ((True, [{"t": "read", "room": 1, "seq": 1}]), (False, [])):
        chat = Chat(looked_at=looked_at).connect(marked(0), room(0, 0, 2, "tea"))
        chat.server(said(1, "hi"))
        assert chat.type("/join tea") == told


def test_nothing_is_read_while_a_password_is_typed() -> None:
    chat = Chat(looked_at=True).connect(marked(0))
    chat.type("/register")
    assert chat.conversation.read_status.rooms_in_view() == set()
    chat.type("")
    assert chat.conversation.read_status.rooms_in_view() == {1}


# Mentions and bots


def test_mentions_are_highlighted() -> None:
    chat = inside()
    chat.server(said(1, "@bob hi", mentions=[7]), said(2, "@room hi", mentions=[0]), said(3, "@zoe hi", mentions=[8]))
    assert chat.lines("mention") == ["eve: @bob hi", "eve: @room hi"]
    chat.server(said(4, "@room hi", user=7, name="bob", mentions=[0]))
    assert chat.lines("mention") == []


def test_every_line_of_a_mention_is_highlighted() -> None:
    chat = inside()
    chat.server(said(1, "@bob\n    as typed", mentions=[7]))
    assert chat.lines("mention") == ["eve: @bob", "eve:     as typed"]


def test_bots_are_marked() -> None:
    chat = Chat().connect(room(0, 0), room(0, 0, 2, "ci", kind="direct"))
    chat.lines()
    chat.server(
        said(1, "green", name="ci", bot=True),
        said(2, "waves", name="ci", bot=True, kind="action"),
        said(1, "psst", name="ci", bot=True, id_=2),
    )
    assert chat.lines() == ["ci (bot): green", "* ci (bot) waves", "ci (bot) -> you: psst"]


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("members", "eve has let everybody use @here and @room"),
        ("moderators", "eve has left @here and @room to moderators"),
        ("nobody", "eve has turned @here and @room off"),
        ("something new", None),
    ],
)
def test_who_may_mention_everybody(value: str, line: str | None) -> None:
    chat = inside()
    chat.server(said(1, value, kind="calls"))
    assert chat.lines() == ([] if line is None else [line])


# The status of messages


def test_the_status_of_the_users_last_message() -> None:
    chat = Chat().connect(marked(0))
    chat.server(said(1, "hello", user=7, name="bob"), said(2, "hi"))
    chat.lines()
    assert chat.type("/status") == [{"t": "members", "id": "r1", "room": 1}]
    people = [member(7, "bob", 2, 2), member(8, "zoe", 1, 0), member(9, "eve", 2, 1), member(10, "netcat")]
    chat.server({"t": "members", "id": "r1", "room": 1, "members": people})
    assert chat.lines() == ["'hello' is stored, delivered to 2 of 3, read by 1: eve."]


@pytest.mark.parametrize(
    ("people", "line"),
    [
        ([], "'hello' is stored; nobody else is here."),
        ([member(9, "eve", 1)], "'hello' is stored, delivered to 1 of 1, read by nobody yet."),
        (
            [member(10 + n, f"reader{n}", 1, 1) for n in range(11)],
            "'hello' is stored, delivered to 11 of 11, read by 11: "
            "reader0, reader1, reader10, reader2, reader3, reader4, reader5, reader6, reader7, reader8 and 1 more.",
        ),
    ],
)
def test_the_status_in_words(people: list[Frame], line: str) -> None:
    chat = Chat().connect(marked(0)).server(said(1, "hello", user=7, name="bob"))
    chat.type("/status")
    chat.lines()
    chat.server({"t": "members", "id": "r1", "room": 1, "members": [member(7, "bob", 1, 1), *people]})
    assert chat.lines() == [line]


def test_the_status_of_queued_messages_and_in_large_rooms_and_of_none() -> None:
    chat = Chat().connect(room(0, 0))
    chat.lines()
    assert chat.type("/status") == []
    assert chat.lines() == ["You have said nothing in #lobby since this chat was begun."]
    chat.type("hello", "/status")
    assert chat.lines() == ["1 message queued, not sent yet."]
    chat.server({"t": "stored", "key": "k1", "room": 1, "seq": 1}, said(1, "hello", user=7, name="bob"))
    chat.lines()
    assert chat.type("/status") == []
    assert chat.lines() == ["'hello' is stored. In a room of this size nobody is told who has read it."]


def test_the_status_of_a_direct_message_is_asked_for_by_name() -> None:
    chat = Chat().connect(marked(0), room(1, 1, 2, "eve", kind="direct") | {"receipts": True})
    chat.server(page("r1", 1, room_id=2), said(2, "psst", user=7, name="bob", id_=2))
    chat.lines()
    assert chat.type("/status @eve") == [{"t": "members", "id": "r2", "room": 2}]
    chat.server({"t": "members", "id": "r2", "room": 2, "members": [member(7, "bob"), member(9, "eve", 2, 2)]})
    assert chat.lines() == ["'psst' is stored, delivered to 1 of 1, read by 1: eve."]


# Levels


def test_the_level_of_a_room() -> None:
    chat = Chat().connect(marked(0))
    chat.lines()
    chat.type("/notify")
    assert chat.lines() == ["Of #lobby you are told of what names you."]
    chat.type("/notify nothing")
    chat.server({"t": "preferred", "room": 1, "level": "nothing"}, {"t": "done", "id": "r1"})
    assert chat.lines() == ["Of #lobby you are told of nothing now, on all your devices."]
    chat.type("/notify")
    assert chat.lines() == ["Of #lobby you are told of nothing."]
