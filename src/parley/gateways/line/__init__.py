"""The line dialect: the report's conversation, for netcat, telnet and the report's own client
(docs/protocol/line.md).
"""

from typing import Final

from parley.gateways.dialect import Dialect

from .session import LineSession

DIALECT: Final = Dialect("line", LineSession)

__all__ = ["DIALECT", "LineSession"]
