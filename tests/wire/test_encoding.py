"""Bytes that are text, and the messages for those that are not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.wire.encoding import NotUtf8, decode, is_text, visible, without_lone_surrogates


@given(st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: not text.startswith("\ufeff")))
def test_text_is_read_with_and_without_a_byte_order_mark(text: str) -> None:
    assert decode(text.encode()) == decode(text.encode("utf-8-sig")) == text
    assert is_text(text)
    assert visible(text) == text


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"caf\xe9", "is not UTF-8"),
        (b"\xed\xb3\xa9", "is not UTF-8"),  # a surrogate
        ("hi".encode("utf-16"), "is UTF-16, and only UTF-8 is read"),
        (b"\xfe\xff" + "hi".encode("utf-16-be"), "is UTF-16, and only UTF-8 is read"),
    ],
)
def test_bytes_that_are_not_text_are_named_by_their_encoding(data: bytes, why: str) -> None:
    with pytest.raises(NotUtf8) as error:
        decode(data)
    assert str(error.value) == why


@given(st.binary())
def test_bytes_that_are_not_utf8_can_be_shown(data: bytes) -> None:
    text = data.decode(errors="surrogateescape")
    visible(text).encode()
    try:
        data.decode()
    except UnicodeDecodeError:
        assert not is_text(text)
    else:
        assert is_text(text)


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        (r"a\ud83d", "a\ufffd"),
        (r"\uDE00b", "\ufffdb"),
        (r"\ud83d\ud83d\ude00", "\ufffd😀"),
        (r"\ud83d\u0041", "\ufffdA"),
        (r"\\ud83d", r"\ud83d"),
        (r"\\\ud83d\n", "\\\ufffd\n"),
    ],
)
def test_a_lone_surrogate_of_json_is_replaced(escaped: str, text: str) -> None:
    assert json.loads(without_lone_surrogates(f'"{escaped}"'.encode())) == text
