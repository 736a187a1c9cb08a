"""The web dialect: the native protocol over a WebSocket (docs/protocol/web.md)."""

from typing import Final

from parley.gateways.dialect import Dialect

from .session import WebSession

DIALECT: Final = Dialect("web", WebSession, "websocket", resumes=True, acknowledges=True)

__all__ = ["DIALECT", "WebSession"]
