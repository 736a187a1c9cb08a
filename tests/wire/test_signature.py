"""The first bytes identify the protocol, and later bytes never change the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.wire.signature import Dialect, classify

WORDS = [
    b"GET ", b"HEAD ", b"POST ", b"PUT ", b"DELETE ", b"OPTIONS ", b"PATCH ", b"CONNECT ", b"TRACE ", b"PRI * ",
    b"CAP ", b"NICK ", b"PASS ", b"USER ", b"nick ", b"Cap ", b"\x16\x03\x01",
]  # fmt: skip
first_bytes = st.builds(
    lambda word, length, rest: word[:length] + rest, st.sampled_from(WORDS), st.integers(0, 8), st.binary(max_size=6)
)


@pytest.mark.parametrize(
    ("first", "dialect"),
    [
        (b"", None),
        (b"G", None),
        (b"GET", None),
        (b"GET ", Dialect.HTTP),
        (b"GET / HTTP/1.1\r\n", Dialect.HTTP),
        (b"HEAD /", Dialect.HTTP),
        (b"POST /", Dialect.HTTP),
        (b"PUT /", Dialect.HTTP),
        (b"DELETE /", Dialect.HTTP),
        (b"OPTIONS *", Dialect.HTTP),
        (b"PATCH /", Dialect.HTTP),
        (b"CONNECT a:1", Dialect.HTTP),
        (b"TRACE /", Dialect.HTTP),
        (b"PRI * HTTP/2.0", Dialect.HTTP),
        (b"P", None),
        (b"PU", None),
        (b"get /", Dialect.LINE),
        (b"GETTY\n", Dialect.LINE),
        (b"CAP LS 302\r\n", Dialect.IRC),
        (b"NICK bob\r\n", Dialect.IRC),
        (b"nick bob\r\n", Dialect.IRC),
        (b"Cap ls", Dialect.IRC),
        (b"PASS x", Dialect.IRC),
        (b"USER x", Dialect.IRC),
        (b"nick\n", Dialect.LINE),
        (b"\x16", Dialect.TLS),
        (b"\x16\x03\x01", Dialect.TLS),
        (b"nic", None),
        (b"nick", None),
        (b"bob", Dialect.LINE),
        (b"bob\n", Dialect.LINE),
        (b"\xff", Dialect.LINE),
        (b"\x00", Dialect.LINE),
        (b"\n", Dialect.LINE),
    ],
)
def test_the_first_bytes_identify_the_dialect(first: bytes, dialect: Dialect | None) -> None:
    assert classify(first) is dialect


@given(st.one_of(st.binary(max_size=12), first_bytes), st.binary(max_size=12))
def test_more_bytes_do_not_change_the_dialect(first: bytes, more: bytes) -> None:
    dialect = classify(first)
    if dialect is not None:
        assert classify(first + more) is dialect


@given(st.one_of(st.binary(min_size=8, max_size=12), first_bytes.map(lambda first: first + b"        ")))
def test_eight_bytes_are_enough_to_decide(first: bytes) -> None:
    assert classify(first) is not None
