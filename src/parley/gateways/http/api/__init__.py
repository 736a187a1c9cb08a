"""The HTTP API (docs/protocol/api.md)."""

from .accounts import COOKIE
from .asgi import PREFIX, Api
from .ports import ADMIN_SOCKET, TRANSPORT, Caller, Server

__all__ = ["ADMIN_SOCKET", "COOKIE", "PREFIX", "TRANSPORT", "Api", "Caller", "Server"]
