"""Lines from a pipe."""

import os
import threading

from hypothesis import given
from hypothesis import strategies as st

from parley.clients.plain.pipe import _lines_of


def lines_of(written: bytes) -> list[str]:
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


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert lines_of(b"a\xffb\n\xc3") == ["a\ufffdb", "\ufffd"]
