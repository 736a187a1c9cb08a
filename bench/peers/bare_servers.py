"""The contestants whose servers are programs of this folder: the bare broadcasters, and the report's server."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from bench import dialects
from bench.dialects import Bare, Dialect, Report
from bench.engine import compile_c
from bench.peers.contestant import Contestant
from bench.process import Unavailable

HERE = Path(__file__).parent


class BarePython(Contestant):
    name = "bare"
    about = "bare uvloop broadcaster, coalescing, stores nothing"

    def speak(self) -> Dialect:
        return Bare()

    def command(self) -> Sequence[str | Path]:
        return [sys.executable, HERE / "bare.py", str(self.port)]


class BareWeb(BarePython):
    name = "bare-web"
    about = "the bare uvloop broadcaster, sending as many bytes as web clients get"

    def speak(self) -> Dialect:
        return dialects.BareWeb()


class BareC(Contestant):
    name = "bare-c"
    about = "bare C epoll broadcaster, coalescing, stores nothing"

    def speak(self) -> Dialect:
        return Bare()

    def command(self) -> Sequence[str | Path]:
        built = compile_c(HERE / "bare.c", self.work)
        if built is None:
            raise Unavailable("no C compiler")
        return [built, str(self.port)]


class ReportServer(Contestant):
    name = "report"
    about = "the original report's server: a thread per client, blocking sends"

    def speak(self) -> Dialect:
        return Report()

    def command(self) -> Sequence[str | Path]:
        return [sys.executable, HERE / "report.py", str(self.port)]
