"""Addresses of servers: turns what people type into a URL."""

from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 59000
_SECURE: Final = {"ws": False, "http": False, "wss": True, "https": True}


class AddressError(ValueError):
    """An address can't be read; the text says why, for the user."""


class Address(Struct, frozen=True):
    """A server's address.

    Attributes:
        url: the URL of the WebSocket, e.g. `ws://127.0.0.1:59000/ws`; the same for all spellings of an address.
        label: the address as it is shown to people, e.g. `127.0.0.1:59000`.
        secure: whether the connection uses TLS.
    """

    url: str
    label: str
    secure: bool

    @property
    def place(self) -> str:
        """HOST:PORT."""
        return urlsplit(self.url).netloc


def parse_address(text: str | None) -> Address:
    """Read `HOST`, `HOST:PORT`, `ws://...`, `wss://...`, `http://...` or `https://...`; None: this machine.

    A URL without a port means port 80 or 443; a path is kept, for a server behind a proxy.

    Raises:
        AddressError: the text is none of these.
    """
    text = (text or DEFAULT_HOST).strip()
    scheme, mark, _ = text.partition("://")
    if not mark:
        scheme = "ws"
        text = "ws://" + (f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text)
    secure = _SECURE.get(scheme.lower())
    if secure is None:
        raise AddressError(
            f"{scheme}:// is no address of a Parley server. Write HOST, HOST:PORT, ws://... or https://..."
        )
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or any(character.isspace() for character in text) or parts.username or parts.query or parts.fragment:
        raise AddressError(
            f"{text.removeprefix('ws://')!r} is no address. Write HOST, HOST:PORT, ws://... or https://..."
        )
    if port is None:
        port = (443 if secure else 80) if mark else DEFAULT_PORT
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    path = parts.path.rstrip("/")
    path = path if path.endswith("/ws") else path + "/ws"
    return Address(f"{'wss' if secure else 'ws'}://{place}{path}", place + path.removesuffix("/ws"), secure)
