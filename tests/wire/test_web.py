"""The frames of the native protocol."""

import json
from typing import Literal, get_args, get_origin

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.wire import web

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
numbers = st.integers(0, 2**53)


def frames_of(kinds: tuple[type, ...]) -> st.SearchStrategy[msgspec.Struct]:
    return st.one_of(*(built(kind) for kind in kinds))


def built(kind: type) -> st.SearchStrategy[msgspec.Struct]:
    """Return a strategy for a frame type, with every field set."""
    return st.builds(kind, **{field.name: values_of(field.type) for field in msgspec.structs.fields(kind)})


def values_of(type_: object) -> st.SearchStrategy[object]:
    arguments = get_args(type_)
    if type_ is web.Id or web.Id in arguments:
        return st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)
    if type_ in (web.Query, web.Next):
        return text
    if get_origin(type_) is Literal:
        return st.sampled_from(arguments)
    if get_origin(type_) is list:
        return st.lists(values_of(arguments[0]), max_size=3)
    if get_origin(type_) is tuple:
        return st.lists(values_of(arguments[0]), max_size=3).map(tuple)
    if type_ is msgspec.UnsetType:
        return st.just(msgspec.UNSET)
    if arguments:
        return st.one_of(*(st.none() if argument is type(None) else values_of(argument) for argument in arguments))
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return built(type_)
    return {int: numbers, str: text, bool: st.booleans()}[type_]  # type: ignore[index]


client_frames = frames_of(web.FromClient.__args__)
server_frames = frames_of(web.FromServer.__args__)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
almost_frames = st.builds(
    lambda tag, fields: {"t": tag} | fields,
    st.sampled_from([kind.__struct_config__.tag for kind in (*web.FromClient.__args__, *web.FromServer.__args__)])
    | text,
    st.dictionaries(
        st.sampled_from(
            ["id", "key", "room", "text", "name", "seen", "limit", "before", "after", "protocol", "events", "to"]
        ),
        json_values | st.just({"epoch": "x", "seq": 1}),
        max_size=6,
    ),
)


@given(client_frames)
def test_a_clients_frame_is_decoded_as_it_was_encoded(frame: web.FromClient) -> None:
    assert web.decode_from_client(web.encode(frame)) == frame


@given(server_frames)
def test_a_servers_frame_is_decoded_as_it_was_encoded(frame: web.FromServer) -> None:
    assert web.decode_from_server(web.encode(frame)) == frame


@given(
    st.binary(max_size=60)
    | text.map(str.encode)
    | json_values.map(lambda value: json.dumps(value).encode())
    | almost_frames.map(lambda frame: json.dumps(frame).encode())
)
def test_any_bytes_are_a_frame_or_an_error(data: bytes) -> None:
    for decode in (web.decode_from_client, web.decode_from_server):
        try:
            frame = decode(data)
        except web.FrameError as error:
            explained = str(error)
            assert explained
        else:
            # A decoded frame can be encoded again, so no part of it can make an answer fail.
            assert frame is None or web.encode(frame)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"1",
        b'"hello"',
        b"{}",
        b'{"t":1}',
        b'{"t":"nonsense"}',
        b"\xff\xfe",
        b'{"t":"join"}',
        b'{"t":"join","name":1}',
        b'{"t":"send","key":"k","room":"1","text":"hi"}',
        b'{"t":"join","name":"\xff"}',
        b'{"t":"hello","protocol":1.5}',
        b'{"t":"hello","protocol":1,"seen":{}}',
        b'{"t":"join","name":"a"} x',
        b"[" * 5000,
        b'{"t":' * 3000,
        b'{"t":"rooms","id":""}',
        b'{"t":"rooms","id":"' + b"x" * 65 + b'"}',
        b'{"t":"rooms","id":7}',
    ],
)
def test_an_invalid_frame_raises_an_error_with_the_reason(data: bytes) -> None:
    with pytest.raises(web.FrameError, match=r"."):
        web.decode_from_client(data)


def test_a_lone_surrogate_in_a_clients_text_is_replaced() -> None:
    frame = rb'{"t":"send","key":"k","room":1,"text":"a\ud83d"}'
    for data in (frame, frame.decode()):
        assert web.decode_from_client(data) == web.Send("k", 1, "a\ufffd")


def test_unknown_fields_are_ignored_in_both_directions() -> None:
    assert web.decode_from_client(b'{"t":"rooms","new":[1,2],"id":"7"}') == web.GetRooms(id="7")
    assert web.decode_from_server(b'{"t":"done","id":"7","new":{}}') == web.Done("7")


def test_a_client_ignores_unknown_frame_types() -> None:
    assert web.decode_from_server(b'{"t":"fireworks","room":1}') is None
    with pytest.raises(web.FrameError):
        web.decode_from_server(b'{"t":"stored"}')


def test_fields_with_default_values_are_left_out() -> None:
    assert web.encode(web.Error("failed", "No.")) == b'{"t":"error","code":"failed","message":"No."}'
    assert json.loads(web.encode(web.Events(1, [web.Event(1, 2, 3, "bob", "left")]))) == {
        "t": "events",
        "room": 1,
        "events": [{"seq": 1, "at": 2, "user": 3, "name": "bob", "kind": "left"}],
    }
    # An observer's `user` is null, not missing.
    assert b'"user":null' in web.encode(web.Ready(1, "s", None, [], web.Limits(1, 2, 3, 4, 5)))


@given(st.integers(0, 2**40), st.lists(built(web.Event), min_size=1, max_size=5))
def test_joined_events_equal_an_encoded_frame(room: int, events: list[web.Event]) -> None:
    joined = web.join_events(room, [web.encode_event(event) for event in events])
    assert joined == web.encode(web.Events(room, events))
    assert msgspec.json.decode(joined)["t"] == "events"
