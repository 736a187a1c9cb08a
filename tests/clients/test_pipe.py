"""Lines from a pipe."""

import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.clients.plain.pipe import Line, _lines_of


def lines_of(written: bytes) -> list[str]:
    return [line.text for line in read(written)]


def read(written: bytes) -> list[Line]:
    reader, writer = os.pipe()

    def write() -> None:
        with os.fdopen(writer, "wb") as file:
            file.write(written)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        return list(_lines_of(reader))
    finally:
        thread.join()
        os.close(reader)


@given(st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])), max_size=5))
def test_a_pipe_gives_its_lines(lines: list[str]) -> None:
    assert lines_of("".join(line + "\n" for line in lines).encode()) == lines
    assert lines_of("\r\n".join([*lines, "end"]).encode()) == [*lines, "end"]


def test_a_line_that_is_longer_than_a_read_is_one_line() -> None:
    long = "ä" * 200_000
    assert lines_of(f"one\n{long}\ntwo".encode()) == ["one", long, "two"]


def test_bytes_that_are_not_utf8_are_kept_for_the_sentence_that_refuses_them() -> None:
    assert lines_of(b"a\xffb\n\xc3") == ["a\udcffb", "\udcc3"]


def test_the_last_line_may_be_unfinished() -> None:
    assert read(b"one\n/ban bob") == [Line("one"), Line("/ban bob", finished=False)]
    assert read(b"one\n/ban bob\n") == [Line("one"), Line("/ban bob")]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_byte_order_mark_in_front_of_a_line_is_dropped(end: str) -> None:
    assert lines_of(f"\ufeff/who{end}hello{end}\ufeffcat".encode()) == ["/who", "hello", "cat"]


@pytest.mark.parametrize("written", ["bob\nhello\n".encode("utf-16"), b"\xfe\xff" + "bob".encode("utf-16-be")])
def test_utf16_is_refused_as_a_whole(written: bytes) -> None:
    [line] = read(written)
    assert line.unreadable == "The input is UTF-16, and only UTF-8 is read. Nothing of it was sent."
