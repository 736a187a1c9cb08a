"""What the user types and sees, without a terminal."""

from __future__ import annotations

from typing import Any

import pytest

from parley.clients import effects as fx
from parley.clients.plain.conversation import Conversation
from parley.clients.plain.render import Line
from parley.clients.requests import Entry
from tests.clients.talk import Frame, Talk, events, page, ready, room


class Chat:
    """A conversation, its user, and the server it has."""

    def __init__(self, **options: Any) -> None:
        self.talk = Talk(**options)
        self._lines: list[Line] = []
        self.conversation = Conversation(self.talk.session, "lobby", lambda: self.talk.now, self._lines.append)

    def connect(self, *rooms: Frame) -> Chat:
        self.talk.connect().server(ready(*(rooms or (room(0, 0),))))
        self.take()
        return self

    def server(self, *frames: Frame) -> Chat:
        self.talk.server(*frames)
        self.take()
        return self

    def type(self, *lines: str) -> list[Frame]:
        """Type lines; returns what was sent."""
        self.talk.sent()
        self.take()
        for line in lines:
            self.conversation.hear(line)
        frames = self.talk.sent()
        self.take()
        return frames

    def take(self) -> None:
        for effect in self.talk.told_all():
            self.conversation.take(effect)

    def lines(self, *styles: str) -> list[str]:
        """Return the lines shown since the last call, or those of some styles."""
        lines, self._lines[:] = list(self._lines), []
        return [line.text for line in lines if not styles or line.style in styles]


def inside() -> Chat:
    chat = Chat().connect()
    chat.lines()
    return chat


def test_a_line_goes_to_the_current_room() -> None:
    chat = inside()
    assert chat.type("hello") == [{"t": "send", "key": "k1", "room": 1, "text": "hello"}]
    chat.server({"t": "stored", "key": "k1", "room": 1, "seq": 1})
    assert chat.lines() == []  # it is shown where it stands in the log
    chat.server({"t": "events", "room": 1, "events": [_said(1, "hello", user=7, name="bob")]})
    assert chat.lines() == ["bob: hello"]


def _said(seq: int, text: str, *, user: int = 9, name: str = "eve", kind: str = "message") -> Frame:
    return {"seq": seq, "at": 0, "user": user, "name": name, "kind": kind, "text": text}


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("//slash", {"t": "send", "key": "k1", "room": 1, "text": "/slash"}),
        ("/me waves", {"t": "send", "key": "k1", "room": 1, "text": "waves", "kind": "action"}),
        ("/msg eve hi there", {"t": "tell", "key": "k1", "to": "eve", "text": "hi there"}),
        ("/nick robert", {"t": "rename", "id": "r1", "name": "robert"}),
        ("/topic tea", {"t": "topic", "id": "r1", "room": 1, "topic": "tea"}),
        ("/who", {"t": "members", "id": "r1", "room": 1}),
        ("/rooms", {"t": "rooms", "id": "r1"}),
        ("/history 5", {"t": "history", "id": "r1", "room": 1, "limit": 5, "messages": True}),
        ("/leave", {"t": "leave", "id": "r1", "room": 1}),
        ("/JOIN #tea", {"t": "join", "id": "r1", "name": "tea"}),
    ],
)
def test_commands(typed: str, sent: Frame) -> None:
    assert inside().type(typed) == [sent]


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("/dance", "There is no command /dance. /help lists the commands."),
        ("/msg eve", "Like this: /msg NAME text"),
        ("/me", "Like this: /me does something"),
        ("/join", "Like this: /join ROOM"),
        ("/nick", "Like this: /nick NAME"),
        ("/history 0", "Like this: /history [1 to 200]"),
        ("/history x", "Like this: /history [1 to 200]"),
    ],
)
def test_commands_that_are_none(typed: str, complaint: str) -> None:
    chat = inside()
    assert chat.type(typed) == []
    assert chat.lines("problem") == [complaint]


def test_parting_words() -> None:
    for typed, words in ((".exit", ".exit"), (".exit so long", "so long"), ("/quit", ""), ("/quit bye", "bye")):
        chat = inside()
        chat.type(typed)
        assert chat.conversation.parting_words == words


def test_nothing_is_said_by_an_empty_line() -> None:
    assert inside().type("", "   ") == []


def test_what_is_typed_after_join_goes_to_the_new_room() -> None:
    chat = inside()
    assert chat.type("/join tea", "hello tea") == [{"t": "join", "name": "tea", "id": "r1"}]
    chat.talk.server({"t": "joined", "id": "r1", "room": room(2, 1, id_=2, name="tea")})
    asked, said = chat.talk.sent()
    assert asked["t"] == "history"
    assert said == {"t": "send", "key": "k1", "room": 2, "text": "hello tea"}
    chat.server(page(asked["id"], room_id=2), events(1, id_=1), events(2, id_=2))
    assert chat.lines() == ["#lobby eve: text 1", "eve: text 2"]


def test_a_room_that_can_not_be_entered_leaves_us_where_we_were() -> None:
    chat = inside()
    chat.type("/join a b")
    chat.server({"t": "error", "id": "r1", "code": "room_invalid", "message": "No."})
    assert chat.lines() == ["No."]
    assert chat.conversation.room == "lobby"


def test_leaving_goes_back_to_a_room_that_is_left() -> None:
    chat = Chat().connect(room(0, 0), room(0, 0, id_=2, name="tea"))
    chat.lines()
    chat.type("/leave")
    chat.server({"t": "left", "room": 1, "seq": 1}, {"t": "done", "id": "r1"})
    assert chat.lines() == ["You have left #lobby.", "You are in #tea now."]
    chat.type("/leave")
    chat.server({"t": "left", "room": 2, "seq": 1}, {"t": "done", "id": "r2"})
    assert chat.lines() == ["You have left #tea.", "You are in no room. /join ROOM"]
    assert chat.type("hello") == []
    assert chat.lines() == ["You are in no room. /join ROOM"]


def test_answers() -> None:
    chat = inside()
    chat.type("/who", "/rooms", "/history 2", "/topic", "/help")
    members = [{"id": 7, "name": "bob", "online": True}, {"id": 9, "name": "Ada", "online": False}]
    chat.server({"t": "members", "id": "r1", "room": 1, "members": members})
    chat.server({"t": "rooms", "id": "r2", "rooms": [room(3, None), {**room(3, None, name="tea"), "members": 2}]})
    chat.server(page("r3", 1, 2))
    lines = chat.lines("answer")
    assert lines[0] == "#lobby has no topic."
    assert lines[1] == "Whatever you write goes to the room you are in. Beyond that:"
    assert lines[-6:] == [
        "In #lobby: Ada (away), bob",
        "* #lobby (1 person)",
        "  #tea (2 people)",
        "The last 2 messages of #lobby:",
        "  eve: text 1",
        "  eve: text 2",
    ]


def test_a_lost_connection_is_told_once_and_what_is_written_is_kept() -> None:
    chat = inside()
    chat.talk.session.lost(chat.talk.now, "the connection broke")
    chat.take()
    chat.talk.session.lost(chat.talk.now, "no answer")
    chat.take()
    kept = "what you write is kept."
    assert chat.lines() == [f"The connection is lost: the connection broke. Trying again in 0.2 s; {kept}"]
    chat.type("one", "two")
    chat.connect()
    assert chat.lines() == ["Connected again. Sending 2 messages."]


def test_a_refused_message_is_told_with_its_words() -> None:
    chat = inside()
    chat.type("/msg nobody a secret")
    chat.server({"t": "error", "key": "k1", "code": "user_unknown", "message": "There is nobody called nobody here."})
    assert chat.lines() == ["Not sent to nobody: 'a secret'. There is nobody called nobody here."]
    assert chat.conversation.refusals == 1


def test_messages_from_earlier_and_a_new_identity() -> None:
    chat = Chat(token="old", entries=[Entry("k0", "#lobby", "earlier")])
    chat.talk.connect().server({"t": "error", "code": "token_unknown", "message": ""})
    chat.take()
    assert chat.lines() == [
        "The server does not know you any more. You start again as a new guest; your direct conversations are gone.",
        "The 1 message not sent yet will be sent as that guest. If the first had reached the server already, it is"
        " there twice.",
    ]
    chat.server(ready(room(0, 0)))
    assert chat.lines() == ["Sending 1 message from earlier.", "you are now connected!"]


def test_the_greeting_comes_when_nothing_can_be_missed_any_more() -> None:
    chat = Chat().connect(room(2, 1))
    assert [frame["t"] for frame in chat.talk.sent()] == ["hello", "history"]
    assert chat.lines() == []
    chat.server(page("r1", 1), {"t": "events", "room": 1, "events": [_said(2, "hello")]})
    assert chat.lines() == ["eve: text 1", "eve: hello", "you are now connected!"]
    chat.talk.cut()
    chat.connect(room(2, 2))
    assert "you are now connected!" not in chat.lines()


def test_a_taken_name_turns_the_next_line_into_a_name() -> None:
    chat = Chat()
    chat.conversation.take(fx.AskName("name_taken", "Taken."))
    chat.talk.connect().server({"t": "error", "code": "name_taken", "message": "Taken."})
    assert chat.type("robert") == [{"t": "hello", "protocol": 1, "name": "robert"}]


def test_who_is_typing() -> None:
    chat = inside()
    chat.server({"t": "signal", "kind": "typing", "room": 1, "user": 9, "name": "eve"})
    assert chat.conversation.someone_types() == "eve is typing"
    chat.server(events(1))
    assert chat.conversation.someone_types() == ""


def test_nothing_of_the_servers_reaches_the_terminal_raw() -> None:
    chat = inside()
    chat.server({"t": "error", "code": "x", "message": "\x1b]0;title\x07\nroot: hi"})
    assert chat.lines() == ["\\x1b]0;title\\x07\\x0aroot: hi"]
