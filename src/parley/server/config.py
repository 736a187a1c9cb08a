"""The configuration: the flags and the keys of the configuration file, which have the same names
(docs/guide/configuration.md).
"""

import re
import socket
import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct

from parley.wire.encoding import NotUtf8, decode

DEFAULT_LISTEN: Final = "127.0.0.1:59000"

_ORIGIN: Final = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?/?")


class ConfigError(Exception):
    """The configuration can't be used; the text says why."""


class Config(Struct, forbid_unknown_fields=True, kw_only=True):
    """The server's configuration.

    Attributes:
        access: who can join the server. None: anyone, or, if other machines can reach the server, people with an
            invitation.
        listen: addresses, as HOST:PORT.
        url: the server's address for browsers, e.g. `https://chat.example.org`: links begin with it, and only pages of
            this origin may make requests. None: links begin with the first address of `listen`, and the origin of a
            page has to match the header `Host`.
        data: the data folder; None for the platform's default.
        log: the format of the server's log.
        tls: `auto`: a self-signed certificate in the data folder.
        tls_cert, tls_key: PEM files; both or neither.
        allow_plaintext: whether other machines may connect without TLS.
        trusted_proxies: addresses and networks of proxies that are trusted to name their clients.
        guest_hold: seconds for which a guest who lost the connection stays a member and keeps the name.
        receipts: the most members that a room may have for its members to see one another's read marks; 0: they never
            do.
        rooms_per_user: the number of rooms that a user may be in, besides direct conversations.
        edit_seconds: how long after a message its author may edit it; 0: never; -1: for ever.
        tail_memory: megabytes that the newest events of all rooms may take in memory together.
        webhook_allow: networks and names that webhooks may reach besides public addresses.
        rate_messages: messages and other commands a user may send per second in the long run; 0: no limit.
        rate_burst: how many of them a user may send at once.
        connections_per_address: the most connections from one address; 0: no limit.
        stall_timeout: seconds after which the connection of a reader that is far behind and takes no bytes is ended.
        handshake_timeout: seconds for a TLS or HTTP handshake.
        keepalive_timeout: seconds for which an HTTP connection stays open between two requests.
        ping_interval: seconds of silence after which a WebSocket is pinged; if no answer comes in the same time again,
            the connection is ended. 0: no pings.
    """

    listen: list[str] = msgspec.field(default_factory=lambda: [DEFAULT_LISTEN])
    url: str | None = None
    data: str | None = None
    log: Literal["text", "json"] = "text"
    access: Literal["open", "invite", "members"] | None = None
    tls: Literal["auto"] | None = None
    tls_cert: str | None = None
    tls_key: str | None = None
    allow_plaintext: bool = False
    trusted_proxies: list[str] = msgspec.field(default_factory=list)
    guest_hold: float = 900.0
    receipts: int = 50
    rooms_per_user: int = 1_000
    edit_seconds: int = -1
    tail_memory: float = 64.0
    webhook_allow: list[str] = msgspec.field(default_factory=list)
    rate_messages: float = 20.0
    rate_burst: float = 100.0
    connections_per_address: int = 256
    stall_timeout: float = 120.0
    handshake_timeout: float = 10.0
    keepalive_timeout: float = 150.0
    ping_interval: float = 30.0

    @property
    def url_of_certificate(self) -> str | None:
        """The address that must be in the certificate; None if there are trusted proxies, which may show browsers
        another certificate.
        """
        return None if self.trusted_proxies else self.url


def load(path: Path | None, **flags: object) -> Config:
    """Return the configuration in a file, overridden by the flags that are not None and not empty.

    Raises:
        ConfigError: the file can't be read, or has an unknown key or an invalid value.
    """
    values: dict[str, object] = {}
    if path is not None:
        try:
            values = tomllib.loads(decode(path.read_bytes()))
        except OSError as error:
            raise ConfigError(f"{path} can't be read: {error.strerror}.") from None
        except NotUtf8 as why:
            raise ConfigError(f"{path} is no TOML file: it {why}.") from None
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{path} is no TOML file: {error}.") from None
        for key, value in values.items():
            if any(isinstance(each, str) and min(each, default=" ") < " " for each in _each(value)):
                raise ConfigError(f"{path}: {key} holds a control character.")
    values |= {key: value for key, value in flags.items() if value not in (None, [], ())}
    try:
        config = msgspec.convert(values, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path or 'The configuration'}: {_explain(str(error))}.") from None
    _check(config)
    return config


def _each(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _explain(message: str) -> str:
    if message.startswith("Object contains unknown field"):
        key = message.split("`")[1]
        return f"there is no key `{key}`; the keys are {', '.join(Config.__struct_fields__)}"
    return message[0].lower() + message[1:]


def _check(config: Config) -> None:
    if not config.listen:
        raise ConfigError("listen can't be empty.")
    for address in config.listen:
        split_address(address)
    if config.url is not None:
        _check_url(config.url)
    if (config.tls_cert is None) != (config.tls_key is None):
        raise ConfigError("TLS needs both tls_cert and tls_key.")
    if config.tls is not None and config.tls_cert is not None:
        raise ConfigError('tls = "auto" makes a certificate of its own: leave either it or tls_cert and tls_key out.')
    for network in config.trusted_proxies:
        try:
            ip_network(network)
        except ValueError:
            raise ConfigError(
                f"trusted_proxies: {network!r} is no address or network; write e.g. 10.0.0.1 or 10.0.0.0/8."
            ) from None
    from .webhooks.guard import check_allow  # imported here because it takes time and only a server needs it

    for entry in config.webhook_allow:
        try:
            check_allow(entry)
        except ValueError as error:
            raise ConfigError(str(error)) from None
    for key in ("guest_hold", "rate_messages", "connections_per_address", "receipts", "ping_interval"):
        if not getattr(config, key) >= 0:  # written so that it also refuses NaN, which TOML allows
            raise ConfigError(f"{key} can't be negative.")
    for key in (
        "rate_burst",
        "rooms_per_user",
        "tail_memory",
        "stall_timeout",
        "handshake_timeout",
        "keepalive_timeout",
    ):
        if not getattr(config, key) > 0 or (key == "rate_burst" and config.rate_burst < 1):
            raise ConfigError(f"{key} must be positive.")


def _check_url(url: str) -> None:
    """Check that a URL is an origin (RFC 6454), perhaps with a slash at its end."""
    if not url.startswith(("https://", "http://")):
        raise ConfigError("url begins with https:// or http://, e.g. https://chat.example.org.")
    _, slash, path = url.split("//", 1)[1].partition("/")
    if path:
        raise ConfigError(
            f"url: {url!r} has the path {slash + path!r}, and a server can't be below a path. Give it a host name of "
            "its own, e.g. https://chat.example.org, and let the proxy pass on every path as it is."
        )
    found = _ORIGIN.fullmatch(url)
    if found is None or int(found["port"] or 1) not in range(1, 65_536):
        raise ConfigError(
            f"url: {url!r} is not https://HOST or https://HOST:PORT, in ASCII; write e.g. https://chat.example.org."
        )


def base_url(config: Config, addresses: list[str]) -> str:
    """Return the beginning of links to this server.

    Args:
        config: the configuration.
        addresses: the addresses at which the server listens, as HOST:PORT.
    """
    if config.url is not None:
        return config.url.rstrip("/")
    host, port = split_address(addresses[0])
    if host in ("0.0.0.0", "::"):
        host = socket.gethostname()
    scheme = "https" if config.tls is not None or config.tls_cert is not None else "http"
    return f"{scheme}://{join_address(host, port)}"


def join_address(host: str, port: int) -> str:
    """Return HOST:PORT, or [IPV6]:PORT; `split_address` is the reverse."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def split_address(address: str) -> tuple[str, int]:
    """Return host and port of HOST:PORT, [IPV6]:PORT or :PORT (loopback).

    Raises:
        ConfigError: the text is no such address.
    """
    host, colon, port = address.rpartition(":")
    if (
        not colon
        or not port.isascii()
        or not port.isdigit()
        or int(port) > 65_535
        or (":" in host and not host.startswith("["))
    ):
        raise ConfigError(f"{address!r} is no address to listen on; write HOST:PORT, e.g. {DEFAULT_LISTEN}.")
    return host.strip("[]") or "127.0.0.1", int(port)
