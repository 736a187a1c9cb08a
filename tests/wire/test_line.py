"""The framing of the line protocol: the lines are the same however the stream is split."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.wire.limits import LINE_BYTES
from parley.wire.line import LineDecoder, LineError, PrefixDecoder

UTF16 = LineError("line_invalid", "it is UTF-16, and only UTF-8 is read")
TOO_LONG = LineError("line_too_long")
SHORT = 40
"""The longest line in these tests, so short that many are too long."""

# Bytes that are special for the decoders are as likely as all others together.
pieces = st.one_of(
    st.binary(max_size=20),
    st.sampled_from(
        [
            b"\n",
            b"\r\n",
            b"\r\0",
            b"\r",
            b"\0",
            b"\x08",
            b"\x15",
            b"\xff\xfe",
            b"bob: ",
            b"bob:",
            b"bo",
            b": ",
            b"\xc3",
            b"\xa9",
            "é".encode(),
            b"bob: bob: ",
        ]
    ),
    st.builds(lambda size: b"x" * size, st.integers(SHORT - 8, SHORT + 8)),
)
streams = st.lists(pieces, max_size=12).map(b"".join)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
    return [stream[start:end] for start, end in pairwise(edges)]


cuts = st.lists(st.integers(0, 10**6), max_size=30)


def decoded(
    decoder: LineDecoder | PrefixDecoder, chunks: list[bytes], longest: int = LINE_BYTES
) -> list[str | LineError]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("parley.wire.line.LINE_BYTES", longest)
        found = [line for chunk in chunks for line in decoder.receive(chunk)]
        return found + decoder.flush()


def bytewise(stream: bytes) -> list[bytes]:
    return [stream[index : index + 1] for index in range(len(stream))]


@given(streams, cuts)
def test_decoded_lines_do_not_depend_on_how_the_stream_is_split(stream: bytes, places: list[int]) -> None:
    assert decoded(LineDecoder(), cut(stream, places), SHORT) == decoded(LineDecoder(), [stream], SHORT)


@given(streams)
def test_decoding_lines_byte_by_byte_gives_the_same_lines(stream: bytes) -> None:
    assert decoded(LineDecoder(), bytewise(stream), SHORT) == decoded(LineDecoder(), [stream], SHORT)


EDITS = "\x03\x04\x08\x15\x17\x1a\x1b\x7f"
MARK = "\ufeff"
typed = st.text(st.characters(exclude_characters="\n\r\0" + EDITS + MARK, exclude_categories=["Cs"]), max_size=40)


@given(st.lists(typed), cuts)
def test_encoded_lines_are_decoded_unchanged(lines: list[str], places: list[int]) -> None:
    for end in ("\n", "\r\n", "\r\0"):
        stream = "".join(line + end for line in lines).encode()
        assert decoded(LineDecoder(), cut(stream, places)) == lines


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b"hi\n", ["hi"]),
        (b"hi\r\n", ["hi"]),
        (b"\n", [""]),
        (b"hi", []),
        (b"a\rb\n", ["a\rb"]),
        (b"hi\r\0there\r\0", ["hi", "there"]),
        (b"a\r\0\nb\n", ["a", "", "b"]),
        (b"win\x08\x08\x08bob\r\n", ["bob"]),
        (b"caf\xc3\xa9\x7fe\n", ["cafe"]),
        (b"\x08\x08a\n", ["a"]),
        (b"wrong\x15right\n", ["right"]),
        (b"wrong\x03right\n", ["right"]),
        (b"caf\xe9\x08\xc3\xa9\n", ["café"]),  # a character in another encoding, erased and typed again in UTF-8
        (b"\x04/who\n\x1a\n", ["/who", ""]),
        (b"say hello  there \x17you\n", ["say hello  you"]),
        (b"\x17a b\x17\x17c\n", ["c"]),
        (b"hel\x1b[D\x1b[1;5Clo\x1bOP\x1b[3~\n", ["hello"]),  # arrow and function keys, Delete
        (b"\x1b[A/who\n", ["/who"]),
        (b"\x1b[1;31mred\x1b[0m\n", ["red"]),
        (b"a\x1b[12\n", ["a\x1b[12"]),  # not a complete escape sequence
        (b"a\x07b\n", ["a\x07b"]),
        (b"\xef\xbb\xbfbob\n\xef\xbb\xbf/who\na\xef\xbb\xbfb\n", ["bob", "/who", "a\ufeffb"]),
        (b"\xff\xfeb\0o\0b\0\r\0\n\0", [UTF16, UTF16]),
        (b"\xfe\xff\0b\0o\0b\0\n", [UTF16]),
        (b"\xff\nb\n", [LineError("line_invalid", "it is not UTF-8"), "b"]),
        (b"a\0b\nc\n", [LineError("line_invalid", "it holds a NUL"), "c"]),
        (b"x" * LINE_BYTES + b"\n", ["x" * LINE_BYTES]),
        (b"x" * (LINE_BYTES + 1) + b"\nb\n", [TOO_LONG, "b"]),
    ],
)
def test_examples_of_lines(sent: bytes, read: list[str | LineError]) -> None:
    assert LineDecoder().receive(sent) == read


def test_an_endless_line_is_refused_once_and_not_buffered() -> None:
    decoder = LineDecoder()
    found = [error for _ in range(100) for error in decoder.receive(b"x" * LINE_BYTES)]
    assert found == [TOO_LONG]
    assert len(decoder._rest) == 0
    assert decoder.receive(b"x\nhi\n") == ["hi"]


def test_the_last_line_needs_no_newline() -> None:
    decoder = LineDecoder()
    assert decoder.receive(b"one\ntwo\r") == ["one"]
    assert decoder.flush() == ["two"]
    assert decoder.flush() == []


# Messages without a terminator


@given(streams, cuts)
def test_decoded_messages_do_not_depend_on_how_the_stream_is_split(stream: bytes, places: list[int]) -> None:
    assert decoded(PrefixDecoder("bob"), cut(stream, places), SHORT) == decoded(PrefixDecoder("bob"), [stream], SHORT)


@given(streams)
def test_decoding_messages_byte_by_byte_gives_the_same_messages(stream: bytes) -> None:
    assert decoded(PrefixDecoder("bob"), bytewise(stream), SHORT) == decoded(PrefixDecoder("bob"), [stream], SHORT)


texts = st.text(st.characters(exclude_characters="\n\r\0", exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(st.lists(texts.filter(lambda text: "bob: " not in f"{text}bob"), max_size=8), cuts)
def test_messages_of_the_reports_client_are_decoded_unchanged(texts: list[str], places: list[int]) -> None:
    stream = "".join(f"bob: {text}" for text in texts).encode()
    if stream.count(b"bob: ") == len(texts):
        assert decoded(PrefixDecoder("bob"), cut(stream, places)) == texts


@pytest.mark.parametrize(
    ("chunks", "read"),
    [
        ([b"bob: hi"], ["hi"]),
        ([b"bob: hibob: there"], ["hi", "there"]),
        ([b"bo", b"b: h", b"ibob", b": there"], ["hi", "there"]),
        ([b"bob: ", b"hi"], ["hi"]),
        ([b"robert"], ["robert"]),
        ([b"robertbob: hi"], ["robert", "hi"]),
        ([b"bob: two\nlines\n"], ["two\nlines"]),
        ([b"bob: "], []),
        ([b"bob: \xffbob: hi"], [LineError("line_invalid", "it is not UTF-8"), "hi"]),
        ([b"bob: " + b"x" * LINE_BYTES], ["x" * LINE_BYTES]),
        ([b"bob: " + b"x" * (LINE_BYTES + 1) + b"bob: hi"], [TOO_LONG, "hi"]),
        # A message that is too long is refused as a whole: its end is not a message of its own.
        ([b"bob: ", *[b"x" * 1000] * 40, b"bob: hi"], [TOO_LONG, "hi"]),
        ([b"bob: ", *[b"x" * 1000] * 40], [TOO_LONG]),
        ([b"bob: ", *[b"x" * 1000] * 40, b"bo", b"b: hi"], [TOO_LONG, "hi"]),
    ],
)
def test_examples_of_messages(chunks: list[bytes], read: list[str | LineError]) -> None:
    assert decoded(PrefixDecoder("bob"), chunks) == read


def test_an_endless_message_is_refused_once_and_not_buffered() -> None:
    decoder = PrefixDecoder("bob")
    found = [error for _ in range(100) for error in decoder.receive(b"x" * LINE_BYTES)]
    assert found == [TOO_LONG]
    assert len(decoder._rest) < 100
    assert decoder.waiting
    assert decoder.flush() == []
    assert not decoder.waiting
    assert decoder.receive(b"bob: hi") == []
    assert decoder.flush() == ["hi"]


def test_flush_ends_a_message() -> None:
    decoder = PrefixDecoder("bob")
    assert not decoder.waiting
    assert decoder.receive(b"bob: hi") == []
    assert decoder.waiting
    assert decoder.flush() == ["hi"]
    assert not decoder.waiting
