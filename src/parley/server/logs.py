"""The server's log: lines for people, or JSON for machines."""

import asyncio
import logging
import sys
import time
from contextlib import nullcontext, suppress
from typing import Any, Literal, TextIO

import msgspec

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


class _Text(logging.Formatter):
    _second = 0
    _clock = ""

    def format(self, record: logging.LogRecord) -> str:
        if self._second != (second := int(record.created)):
            self._second, self._clock = second, time.strftime("%H:%M:%S", time.localtime(second))
        level = "" if record.levelno == logging.INFO else f"{record.levelname.lower()}: "
        text = f"{self._clock}  {level}{record.getMessage()}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


class _Lines(logging.Handler):
    """Writes all lines of one turn of the event loop at once, so that many lines cost one write."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.append(self.format(record))
        except Exception:
            self.handleError(record)
        if len(self._lines) > 1:
            return  # the first line has scheduled a flush
        try:
            asyncio.get_running_loop().call_soon(self.flush)
        except RuntimeError:
            self.flush()

    def flush(self) -> None:
        with self.lock or nullcontext():
            lines, self._lines = self._lines, []
            if lines:
                with suppress(OSError, ValueError):  # nobody reads the stream any more
                    self._stream.write("\n".join(lines) + "\n")
                    self._stream.flush()


def set_up(form: Literal["text", "json"], stream: TextIO | None = None) -> None:
    """Write the log to `stream`, or else to standard error, in that form."""
    handler = _Lines(stream or sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    # Turn off fields that no format uses, because they cost time for each record (Logging HOWTO, "Optimization").
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
