"""Events as sentences."""

import pytest

from parley.wire.sentences import direct_lines, event_text, moderation, until_utc


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
