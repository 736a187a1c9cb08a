"""The web dialect: the native protocol over a WebSocket (docs/protocol/web.md)."""

from .session import WebSession

__all__ = ["WebSession"]
