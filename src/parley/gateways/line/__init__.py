"""The line dialect: the report's conversation, for netcat, telnet and the report's own client
(docs/protocol/line.md).
"""

from .session import LineSession

__all__ = ["LineSession"]
