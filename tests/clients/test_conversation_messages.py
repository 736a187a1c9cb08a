"""Changing and answering messages in the terminal client, without a terminal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parley.clients.plain.commands import last_line
from parley.clients.plain.render import safe
from parley.clients.protocol import effects as fx
from tests.clients.talk import Frame, room
from tests.clients.test_conversation import Chat, inside
from tests.transcripts.session import HERE

BIDI = "\u202e"
HOSTILE = [case["text"] for case in json.loads((HERE / "text" / "hostile.json").read_text(encoding="utf-8"))]


def told(seq: int, kind: str = "message", text: str = "", *, user: int = 9, name: str = "eve", **more: Any) -> Frame:
    return {"seq": seq, "at": 0, "user": user, "name": name, "kind": kind, "text": text, **more}


def happened(*events: Frame) -> Frame:
    return {"t": "events", "room": 1, "events": list(events)}


def said(chat: Chat, *events: Frame) -> list[str]:
    chat.lines()
    chat.server(happened(*events))
    return chat.lines()


def with_own() -> Chat:
    """Return a chat in which eve has said [1], and the user, bob, [2]."""
    chat = inside()
    assert chat.type("helo")[0]["key"] == "k1"
    chat.server({"t": "stored", "key": "k1", "room": 1, "seq": 2})
    said(chat, told(1, text="hi"), told(2, text="helo", user=7, name="bob"))
    return chat


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/edit hello", {"t": "edit", "seq": 2, "text": "hello"}),
        ("/edit 2 hello", {"t": "edit", "seq": 2, "text": "hello"}),
        ("/edit [2] hello", {"t": "edit", "seq": 2, "text": "hello"}),
        ("s/lo/llo/", {"t": "edit", "seq": 2, "text": "hello"}),
        ("s/lo/llo", {"t": "edit", "seq": 2, "text": "hello"}),
        ("/delete", {"t": "erase", "seq": 2}),
        ("/delete 1 not here", {"t": "erase", "seq": 1, "why": "not here"}),
        ("/react 1 :+1:", {"t": "react", "seq": 1, "emoji": ":+1:"}),
        ("/react ^ -👍", {"t": "react", "seq": 2, "emoji": "👍", "on": False}),
        ("/pin 1", {"t": "pin", "seq": 1}),
        ("/unpin 1", {"t": "pin", "seq": 1, "on": False}),
        ("/title 1 Tea", {"t": "title", "seq": 1, "text": "Tea"}),
    ],
)
def test_commands_change_the_message_they_name_or_the_last_own_one(typed: str, sent: Frame) -> None:
    (frame,) = with_own().type(typed)
    assert frame == {"id": "r1", "key": "k2", "room": 1, **sent}


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/reply 1 yes", {"reply": 1, "text": "yes"}),
        ("/reply ^ yes", {"reply": 2, "text": "yes"}),
        ("/thread 1 yes", {"reply": 1, "thread": 1, "text": "yes"}),
        ("s/x/y", {"text": "s/x/y"}),
        ("s/he/they", {"text": "s/he/they"}),
        ("s/lo/llo/x", {"text": "s/lo/llo/x"}),
        ("s//x/", {"text": "s//x/"}),
    ],
)
def test_answers_and_ordinary_messages_are_sent(typed: str, sent: Frame) -> None:
    assert with_own().type(typed) == [{"t": "send", "key": "k2", "room": 1, **sent}]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/thread 1", {"t": "history", "thread": 1, "limit": 50, "present": True}),
        ("/pins", {"t": "pins"}),
        ("/versions 1", {"t": "versions", "seq": 1}),
    ],
)
def test_what_is_asked_for(typed: str, sent: Frame) -> None:
    assert with_own().type(typed) == [{"id": "r1", "room": 1, **sent}]


def test_a_substitution_without_a_hit_sends_nothing() -> None:
    chat = with_own()
    assert chat.type("s/x/y/") == []
    assert chat.lines() == ["Your last message does not hold x. Nothing was sent."]


def test_a_change_without_effect_is_told() -> None:
    chat = with_own()
    (frame,) = chat.type("/edit helo")
    chat.server({"t": "done", "id": frame["id"], "room": 1})
    assert chat.lines() == ["That is so already."]


def test_a_repeated_change_has_the_same_key() -> None:
    chat = with_own()
    (frame,) = chat.type("/delete")
    chat.talk.cut()
    chat.talk.connect()
    chat.talk.sent()
    chat.connect(room(2, 2))
    (again,) = [sent for sent in chat.talk.sent() if sent["t"] == "erase"]
    assert again["key"] == frame["key"]


def test_a_message_on_its_way_is_not_mistaken_for_the_one_before() -> None:
    chat = with_own()
    chat.type("second")
    assert chat.type("/edit other") == chat.type("/delete") == []
    assert chat.lines() == ["Your last message is on its way. Try again when it is shown."] * 2


def test_a_message_that_was_refused_is_not_mistaken_for_the_one_before() -> None:
    chat = with_own()
    chat.type("second")
    chat.server({"t": "error", "key": "k2", "code": "muted", "message": "You are muted in this room."})
    chat.lines()
    assert chat.type("/edit other") == chat.type("s/lo/llo/") == []
    assert chat.lines() == ["Your last message was not stored. Give the number of another: /numbers on shows them."] * 2


def test_after_a_direct_message_the_last_one_is_that_one() -> None:
    chat = with_own()
    chat.type("/msg eve psst")
    chat.server({"t": "stored", "key": "k2", "room": 5, "seq": 4})
    chat.lines()
    assert chat.type("/delete") == []
    assert chat.lines() == ["Your last message went to eve. /direct eve goes there, or give a number."]


def test_a_queued_message_is_changed_in_the_outbox() -> None:
    chat = with_own()
    chat.talk.cut()
    chat.type("secnd", "/edit second", "third", "/delete", "s/sec/2/")
    assert [entry.text for entry in chat.talk.session.unsent] == ["2ond"]
    assert [type(effect).__name__ for effect in chat.talk.told_all()] == []
    frames = [frame for frame in chat.connect(room(2, 2)).talk.sent() if frame["t"] in ("send", "edit")]
    assert [(frame["key"], frame["text"]) for frame in frames] == [("k2", "2ond")]


def test_the_outbox_stores_the_new_text_and_deletes_what_was_discarded() -> None:
    chat = with_own()
    chat.talk.cut()
    entry = chat.talk.session.say("lobby", "secnd", chat.talk.now)
    assert chat.talk.session.rewrite(entry, "second")
    (kept,) = [effect.entry for effect in chat.talk.told_all() if isinstance(effect, fx.Keep)][1:]
    assert (kept.key, kept.text) == (entry.key, "second")
    assert chat.talk.session.discard(chat.talk.session.unsent[0])
    assert fx.Drop(kept) in chat.talk.told_all()
    assert chat.talk.session.unsent == []


def test_answers_quote_what_they_answer_as_it_is_now() -> None:
    chat = with_own()
    assert said(chat, told(3, text="yes", target=1)) == ['eve (re [1] eve: "hi"): yes']
    assert said(chat, told(4, "edited", "hi there", target=1)) == ["* eve edited [1]: hi there"]
    assert said(chat, told(5, text="yes", target=1)) == ['eve (re [1] eve: "hi there"): yes']
    assert said(chat, told(6, text="a", target=1, thread=1)) == ['eve (thread [1] eve: "hi there"): a']
    assert said(chat, told(7, "titled", "Tea", target=1)) == ["* eve called the thread of [1]: Tea"]
    assert said(chat, told(8, text="b", target=1, thread=1, reply=6)) == ['eve (thread [1] "Tea", re [6] eve: "a"): b']
    gone = told(9, "erased", target=1, about={"user": 9, "name": "eve"}, user=7, name="bob")
    assert said(chat, gone) == ["* bob deleted [1] of eve"]
    assert said(chat, told(10, text="yes", target=1)) == ["eve (re [1], a deleted message): yes"]
    assert said(chat, told(11, text="what?", target=99)) == ["eve (re [99]): what?"]
    assert chat.type("/reply 8 c") == [{"t": "send", "key": "k2", "room": 1, "text": "c", "reply": 8, "thread": 1}]


def test_a_quote_below_the_floor_says_so() -> None:
    chat = Chat().connect(room(7, 7, floor=8, kind="private"))
    assert said(chat, told(8, text="yes", target=4)) == ["eve (re [4], before you came): yes"]
    assert said(chat, told(9, "edited", target=4)) == ["* eve edited [4]"]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('hi"): bob: I owe you', "hi'): bob: I owe you"),
        ("one\n\n two\tthree", "one two three"),
        (f"a{BIDI}b\x1b[31m", "ab[31m"),
        ("x" * 100, "x" * 59 + "…"),
        ("\u200b\u200e", ""),
    ],
)
def test_a_hostile_text_stays_within_its_quote(text: str, quoted: str) -> None:
    chat = inside()
    said(chat, told(1, text=text))
    assert said(chat, told(2, text="yes", target=1)) == [f'eve (re [1] eve: "{quoted}"): yes']


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_make_no_line_of_their_own(text: str) -> None:
    chat = inside()
    said(chat, told(1, text=text))
    lines = said(
        chat,
        told(2, text="yes", target=1),
        told(3, "edited", text, target=1),
        told(4, "titled", text, target=1),
        told(5, text="yes", target=1, thread=1),
        told(6, "erased", text, target=1, user=7, name="bob"),
    )
    begins = (
        "eve (re [1] eve: ",
        "* eve edited [1]: ",
        "* eve called the thread of [1]: ",
        "* eve took the title of [1]",
    )
    assert all(line.startswith((*begins, "eve (thread [1] ", "* bob deleted [1]")) for line in lines)
    assert all(safe(line) == line for line in lines)


def test_an_action_does_not_look_like_a_change() -> None:
    chat = with_own()
    assert said(chat, told(3, "action", "deleted [1] of bob")) == ["* eve: deleted [1] of bob"]
    assert said(chat, told(4, "action", "waves")) == ["* eve waves"]


def test_what_was_deleted_is_not_shown_again() -> None:
    chat = inside()
    erased = {"erased": 3, "by": 9}
    assert said(chat, told(1, now=erased), told(2, "edited", target=1, now=erased), told(3, "erased", target=1)) == [
        "* eve deleted [1]"
    ]


def test_reactions_are_gathered_into_one_line() -> None:
    chat = with_own()
    events = [
        told(3, "reacted", "👍", target=2),
        told(4, "reacted", "👍", target=2, user=8, name="ada"),
        told(5, "reacted", "❤", target=2),
        told(6, "reacted", "🎉", target=1),
        told(7, "unreacted", "🎉", target=1),
        told(8, "unreacted", "🙈", target=1),
    ]
    assert said(chat, *events) == []
    chat.conversation.tell_reactions()
    assert chat.lines() == ["* 2 reacted to [2]: 👍👍❤", "* eve took back from [1]: 🙈"]
    assert said(chat, told(9, "reacted", "👍", target=1), told(10, "erased", target=1)) == ["* eve deleted [1]"]
    chat.conversation.tell_reactions()
    assert chat.lines() == []
    chat.type("/quiet reactions on")
    assert said(chat, told(11, "reacted", "👍", target=2)) == []
    chat.conversation.tell_reactions()
    assert chat.lines() == []


def test_numbers_and_comings_can_be_shown_or_not() -> None:
    chat = with_own()
    chat.type("/numbers on", "/quiet joins on")
    assert said(chat, told(3, text="hi"), told(4, "joined", user=8, name="ada")) == ["[3] eve: hi"]
    chat.type("/numbers off", "/quiet joins off")
    assert said(chat, told(5, text="hi"), told(6, "left", user=8, name="ada")) == [
        "eve: hi",
        "ada has left the chat room!",
    ]


def test_the_history_is_in_present_form() -> None:
    chat = with_own()
    (frame,) = chat.type("/history 3")
    now = {"edited": 9, "edits": 1, "text": "hello", "reactions": [["👍", 2, True]], "replies": 1, "pinned": 8}
    events = [told(1, text="hi"), told(2, user=7, name="bob", now=now, sum="x" * 43)]
    chat.server({"t": "page", "id": frame["id"], "room": 1, "epoch": "e1", "events": events, "more": False})
    assert chat.lines() == [
        "The last 3 messages of #lobby:",
        "  eve: hi",
        "  bob: hello (edited)",
        "    [2] 👍 2, 1 reply in its thread, pinned",
    ]
    # The edit itself comes after the page.
    assert said(chat, told(3, text="yes", target=2)) == ['eve (re [2] bob: "hello"): yes']


def test_the_last_own_message_can_be_edited_in_the_prompt() -> None:
    chat = inside()
    assert last_line(chat.conversation) == ""
    chat = with_own()
    assert last_line(chat.conversation) == "/edit helo"
    said(chat, told(3, "edited", "hello", target=2, user=7, name="bob"))
    assert last_line(chat.conversation) == "/edit hello"
    said(chat, told(4, text="two\nlines", user=7, name="bob"))
    assert last_line(chat.conversation) == ""


def test_unread_counts_leave_out_what_was_deleted() -> None:
    chat = inside()
    said(chat, told(1, now={"erased": 3}), told(2, text="hi"), told(3, "erased", target=1), told(4, "edited", target=2))
    counter = chat.talk.session.unread_in("lobby")
    assert counter is not None
    assert counter.unread == 1
    chat.server({"t": "unread", "room": 1, "read": 0, "upto": 4, "unread": 1, "mentions": 1})
    assert (counter.unread, counter.mentions) == (1, 1)


def test_an_older_edit_does_not_replace_a_newer_text() -> None:
    chat = inside()
    now = {"edited": 3, "edits": 2, "text": "newer"}
    said(chat, told(1, now=now), told(2, "edited", "older", target=1), told(3, "edited", "newer", target=1))
    chat = inside()
    said(chat, told(1, now=now), told(2, "edited", "older", target=1))
    assert said(chat, told(3, text="yes", target=1)) == ['eve (re [1] eve: "newer"): yes']


def test_numbers_are_not_taken_into_another_history_of_the_room() -> None:
    chat = with_own()
    chat.talk.cut()
    chat.type("/reply 1 yes", "/delete 2")
    frames = chat.connect(room(2, 2, epoch="e2")).talk.sent()
    assert [frame for frame in frames if frame["t"] in ("send", "erase")] == [
        {"t": "send", "key": "k2", "room": 1, "text": "yes"}
    ]
    chat.server({"t": "stored", "key": "k2", "room": 1, "seq": 3})
    assert [frame for frame in chat.talk.sent() if frame["t"] == "erase"] == []
    assert chat.lines("problem") == [
        "The history of this room was restored from a backup meanwhile, so the message may be another one now."
    ]
