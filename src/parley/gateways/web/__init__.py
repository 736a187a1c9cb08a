"""The web dialect: the native protocol over a WebSocket (docs/protocol/web.md), and the pages beside it."""

from .session import WebSession

__all__ = ["WebSession"]
