"""The lines of the server's log, and when they are written."""

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest

from parley.server import logs


class Stream(io.StringIO):
    """A stream that records each write.

    Attributes:
        writes: each write.
    """

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[str] = []

    def write(self, text: str) -> int:
        self.writes.append(text)
        return len(text)


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stream]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = Stream()
    for name in ("logThreads", "logProcesses", "logMultiprocessing", "_srcfile"):
        monkeypatch.setattr(logging, name, getattr(logging, name))
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


async def test_all_records_of_one_turn_of_the_loop_are_one_write(stream: Stream) -> None:
    logs.set_up("text", stream)
    log = logging.getLogger("parley.test")
    log.info("one")
    log.warning("two %s", "words")
    assert stream.writes == []
    await asyncio.sleep(0)
    [text] = stream.writes
    assert [line[10:] for line in text.splitlines()] == ["one", "warning: two words"]
    log.info("three")
    await asyncio.sleep(0)
    assert stream.writes[1].endswith("  three\n")


def test_without_a_loop_each_line_is_written_as_it_comes(stream: Stream) -> None:
    logs.set_up("json", stream)
    logging.getLogger("parley.test").info("one", extra={"user": 7})
    logging.getLogger("parley.test").info("two")
    assert len(stream.writes) == 2
    assert '"user":7' in stream.writes[0]


def test_a_log_whose_reader_is_gone_raises_nothing(stream: Stream) -> None:
    logs.set_up("text", stream)
    stream.close()
    logging.getLogger("parley.test").info("one")


async def test_the_last_records_are_written_when_the_process_ends(stream: Stream) -> None:
    logs.set_up("text", stream)
    logging.getLogger("parley.test").info("the end")
    logging.getLogger().handlers[0].flush()  # as logging.shutdown does
    assert stream.writes[0].endswith("  the end\n")
