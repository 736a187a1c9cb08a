"""The line dialect, for netcat, telnet and the client of the report that Parley grew out of (docs/protocol/line.md)."""

from typing import Final

from parley.gateways.dialect import Dialect

from .session import LineSession

DIALECT: Final = Dialect("line", LineSession)

__all__ = ["DIALECT", "LineSession"]
