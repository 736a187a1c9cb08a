"""Keys, addresses, names, and rendering."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.clients.keep.message_keys import KeySequence
from parley.clients.model.messages import Messages
from parley.clients.model.names import as_name, fold
from parley.clients.model.room_ref import RoomRef
from parley.clients.net.address import AddressError, parse_address
from parley.clients.plain.render import Viewer, lines_of, safe
from parley.clients.protocol.backoff import Backoff
from parley.wire import web


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (None, "ws://127.0.0.1:59000/ws"),
        ("chat.example.org", "ws://chat.example.org:59000/ws"),
        ("Chat.Example.org:7", "ws://chat.example.org:7/ws"),
        ("::1", "ws://[::1]:59000/ws"),
        ("[::1]:7", "ws://[::1]:7/ws"),
        ("ws://host", "ws://host:80/ws"),
        ("http://host:59000/", "ws://host:59000/ws"),
        ("https://host", "wss://host:443/ws"),
        ("wss://host/ws", "wss://host:443/ws"),
        ("https://host/parley/", "wss://host:443/parley/ws"),
    ],
)
def test_addresses(written: str | None, url: str) -> None:
    address = parse_address(written)
    assert address.url == url
    assert address.secure == url.startswith("wss")
    assert parse_address(url) == address


@pytest.mark.parametrize(
    "written", ["", "a b", "ftp://host", "host:port", "host:99999", "http://me@host", "ws://", "host?x"]
)
def test_wrong_addresses_are_refused(written: str) -> None:
    if written == "":
        assert parse_address(written) == parse_address(None)
        return
    with pytest.raises(AddressError):
        parse_address(written)


def test_keys_sort_by_time_even_when_the_clock_does_not() -> None:
    clock = iter([1000, 1000, 999, 5, 1001])
    new_key = KeySequence(lambda: next(clock), random.Random(1).randbytes)
    keys = [new_key() for _ in range(5)]
    assert keys == sorted(set(keys))
    assert all(len(key) == 26 and key.isalnum() for key in keys)


def test_two_clients_do_not_make_the_same_key() -> None:
    one, other = KeySequence(lambda: 5), KeySequence(lambda: 5)
    assert one() != other()


def test_the_delay_that_a_server_asks_for_is_bounded() -> None:
    assert Backoff(lambda: 0.0).delay(0, 10.0**9) == 600


@given(st.text(max_size=40))
def test_as_name_makes_a_valid_name_of_any_text(words: str) -> None:
    name = as_name(words)
    assert 1 <= len(name) <= 32
    assert not any(character.isspace() or character in "#@,:/" for character in name)


def test_names_are_compared_without_case() -> None:
    assert fold("STRASSE") == fold("Straße")
    assert fold("ＢＯＢ") == fold("bob")


@given(st.text())
def test_safe_escapes_all_unsafe_characters(text: str) -> None:
    for character in safe(text):
        assert character == "\t" or character >= " "
        assert not "\x7f" <= character <= "\x9f"
        assert character not in "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


PLACE = RoomRef(1, "lobby", "public", "e")


def lines(kind: str, text: str = "", *, name: str = "eve", place: RoomRef = PLACE, here: bool = True) -> list[str]:
    event = web.Event(1, 0, 9, name, kind, text)
    return [line.text for line in lines_of(event, place, Viewer(Messages(), 7), here=here)]


def test_events_are_shown_in_the_words_of_the_first_report() -> None:
    assert lines("joined") == ["eve has connected to the chat room"]
    assert lines("message", "hi") == ["eve: hi"]
    assert lines("message", "hi\nbob: yes") == ["eve: hi", "eve: bob: yes"]
    assert lines("action", "waves") == ["* eve waves"]
    assert lines("left") == ["eve has left the chat room!"]
    assert lines("left", ".exit") == ["eve has left the chat room! with message .exit"]
    assert lines("topic", "tea") == ["eve has set the topic: tea"]
    assert lines("topic") == ["eve has cleared the topic"]
    assert lines("renamed", "eva") == ["eve is now known as eva"]
    assert lines("created", "lobby") == lines("fireworks", "x") == []


def told(kind: str, whom: str = "", text: str = "", until: int = 0) -> list[str]:
    about = web.About(8, whom, until) if whom else None
    return [line.text for line in lines_of(web.Event(1, 0, 9, "eve", kind, text, about), PLACE, Viewer(Messages()))]


def test_moderation_is_shown_in_the_words_of_the_line_gateway() -> None:
    """The texts are compared with the gateway's own. Clients must not import the gateway, but tests may."""
    from parley.core.events import About, Event
    from parley.core.kinds import AUDITED_KINDS
    from parley.core.state import State
    from parley.gateways.line.render import RoomLines
    from parley.gateways.view import View

    rendering = RoomLines(view=View(State("e"), lambda user: False, "test"))
    whole = [About(8, "ada {name}"), About(8, "ada", 86_400_000), None]
    for kind in (*AUDITED_KINDS, "created", "private", "profile"):
        for about in whole:
            if about is None and kind in ("invited", "kicked", "banned", "unbanned", "muted", "unmuted", "role"):
                continue
            for text in ("", "0", "5", "on", "off", "moderator"):
                event = Event(1, 1, 0, 9, "eve", kind, text, None, about)
                mine = told(kind, about.name if about else "", text, about.until if about else 0)
                assert mine == rendering.event(event).decode().splitlines(), event
    assert told("banned", "ada", "spam", 86_400_000) == ["eve has banned ada until 1970-01-02 00:00 UTC: spam"]


def test_an_end_that_no_calendar_has_is_left_out() -> None:
    assert told("banned", "ada", until=10**30) == ["eve has banned ada"]


def test_lines_of_other_rooms_and_direct_rooms_say_where_they_come_from() -> None:
    assert lines("message", "a\nb", here=False) == ["#lobby eve: a", "#lobby eve: b"]
    direct = RoomRef(5, "eve", "direct", "e")
    assert lines("message", "psst", place=direct, here=False) == ["eve -> you: psst"]
    assert lines("joined", place=direct) == []
    mine = web.Event(1, 0, 7, "bob", "action", "nods")
    assert [line.text for line in lines_of(mine, direct, Viewer(Messages(), 7), here=False)] == [
        "you -> eve: * bob nods"
    ]


def test_a_terminal_is_safe_from_names_and_texts() -> None:
    assert lines("message", "\x1b[31mred\x07", name="e\nve") == ["e\\x0ave: \\x1b[31mred\\x07"]
    assert lines("left", "a\nroot: b") == ["eve has left the chat room! with message a\\x0aroot: b"]
