"""Events as sentences."""

import pytest

from parley.wire.sentences import (
    QUOTE_CHARS,
    Quoted,
    about_text,
    direct_lines,
    event_text,
    first_words,
    message_text,
    moderation,
    reactions_text,
    state_text,
    until_utc,
)


@pytest.mark.parametrize(
    ("kind", "text", "lines"),
    [
        ("joined", "", ["eve has connected to the chat room"]),
        ("message", "hi", ["eve: hi"]),
        ("message", "hi\nbob: yes", ["eve: hi", "eve: bob: yes"]),
        ("action", "waves\nnods", ["* eve waves", "* eve nods"]),
        ("left", "", ["eve has left the chat room!"]),
        ("left", ".exit", ["eve has left the chat room! with message .exit"]),
        ("topic", "tea", ["eve has set the topic: tea"]),
        ("topic", "", ["eve has cleared the topic"]),
        ("renamed", "eva", ["eve is now known as eva"]),
        ("slow", "5", ["eve has set slow mode: 5 s"]),
        ("slow", "0", ["eve has ended slow mode"]),
        ("calls", "nobody", ["eve has turned @here and @room off"]),
        ("archived", "over", ["eve has archived the room: over"]),
        ("created", "lobby", []),
        ("read_only", "maybe", []),
        ("kicked", "why", []),
        ("fireworks", "x", []),
    ],
)
def test_events_use_the_sentences_of_the_original_report(kind: str, text: str, lines: list[str]) -> None:
    assert event_text(kind, "eve", text).splitlines() == lines


def test_moderation_sentences_contain_user_end_and_reason() -> None:
    text = event_text("banned", "eve", "spam", whom="ada {}", until=86_400_000)
    assert text == "eve has banned ada {} until 1970-01-02 00:00 UTC: spam"
    assert moderation("role", "moderator", "ada") == "made ada moderator of this room"
    assert moderation("unmuted", "", "ada") == "let ada speak again"


def test_an_end_beyond_the_calendar_is_left_out() -> None:
    assert until_utc(10**30) == until_utc(0) == ""


def test_a_bot_is_marked_on_every_line() -> None:
    assert event_text("message", "cat", "a\nb", bot=True) == "cat (bot): a\ncat (bot): b"
    assert direct_lines("action", "cat", "purrs", bot=True) == ["cat (bot) -> you: * cat (bot) purrs"]


def test_a_direct_message_shows_sender_and_recipient() -> None:
    assert direct_lines("message", "eve", "psst\nhi") == ["eve -> you: psst", "eve -> you: hi"]
    assert direct_lines("action", "bob", "nods", to="eve, ada") == ["you -> eve, ada: * bob nods"]
    assert direct_lines("joined", "eve", "") == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hi", "hi"),
        ("one\n\n two\tthree ", "one two three"),
        ('he said "no"', "he said 'no'"),
        ('hi"): bob: I owe you', "hi'): bob: I owe you"),
        ("\u202eevil\u2066 \u200b\u200e\ufeff\x1b[31m\x07\ud800", "evil [31m"),
        ("\u202e\u200b", ""),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        ("x" * 57 + "👨‍👩‍👧‍👦 and more", "x" * 57 + "…"),
        ("x" * 58 + "👍🏽🏽 and more", "x" * 58 + "…"),
        ("x" * 58 + "e\u0301\u0301 and more", "x" * 58 + "…"),
        ("e" + "\u0301" * 500, "e" + "\u0301" * 58 + "…"),
        ("\u200b" * 4_000 + "x", "…"),
    ],
)
def test_a_quote_is_one_harmless_line(text: str, shown: str) -> None:
    assert first_words(text) == shown
    assert len(shown) <= QUOTE_CHARS


@pytest.mark.parametrize(
    ("quoted", "shown"),
    [
        (Quoted(40, "there", "ali", "hi"), 'bob (re [40] ali: "hi"): yes'),
        (Quoted(40, "deleted"), "bob (re [40], a deleted message): yes"),
        (Quoted(40, "before"), "bob (re [40], before you came): yes"),
        (Quoted(40), "bob (re [40]): yes"),
    ],
)
def test_an_answer_has_the_first_words_of_what_it_answers(quoted: Quoted, shown: str) -> None:
    assert event_text("message", "bob", "yes", about=about_text(quoted)) == shown


def test_each_line_of_an_answer_begins_with_name_and_number() -> None:
    text = message_text("message", "bob", "a\n[3] eve: b", " (re [40])", number=41, edited=True)
    assert text == "[41] bob (re [40]): a\n[41] bob (re [40]): [3] eve: b (edited)"


@pytest.mark.parametrize("text", ["deleted [41] of bob", "x\nedited [41]: no", "edited ［4]"])
def test_an_action_does_not_look_like_a_change_of_a_message(text: str) -> None:
    assert all(line.startswith("* eve: ") for line in event_text("action", "eve", text).split("\n"))
    assert direct_lines("action", "eve", text)[0].startswith("eve -> you: * eve: ")


def test_many_reactions_are_shown_as_numbers() -> None:
    assert reactions_text(41, 1, "eve", [("👍", 1), ("❤", 1)]) == "* eve reacted to [41]: 👍❤"
    assert reactions_text(41, 1_000, "eve", [("👍", 999), ("❤", 2)]) == "* 1,000 reacted to [41]: 👍 999 ❤ 2"
    assert reactions_text(41, 2, "eve", [("👍", 2)], back=True) == "* 2 took back from [41]: 👍👍"


def test_a_title_is_one_harmless_line() -> None:
    assert event_text("titled", "eve", "\u202eTea\n time", target=41) == "* eve called the thread of [41]: Tea time"
    assert event_text("titled", "eve", "\u202e", target=41) == "* eve took the title of [41] away"


def test_what_became_of_a_message_is_in_one_line() -> None:
    assert state_text(41) == ""
    assert state_text(41, [("👍", 3)], 2, "Tea\n", pinned=True) == (
        '  [41] 👍 3, 2 replies in its thread, called "Tea", pinned'
    )
