"""Proxies and plain text: which proxies are trusted to name their clients, and on which connections plain text is
refused.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from parley.gateways.view import Reach
from parley.server.config import Config, ConfigError, base_url, split_address
from parley.wire.signature import Dialect

_SENTENCE: Final = "This server takes no plain text from other machines."
_BODY: Final = f"{_SENTENCE} Put https:// before the address instead of http://.\n".encode()

PLAIN_REFUSED: Final = {
    Dialect.LINE: f"{_SENTENCE} Connect by TLS, e.g. with: parley chat https://HOST:PORT\n".encode(),
    Dialect.IRC: f"ERROR :{_SENTENCE} Connect by TLS.\r\n".encode(),
    # RFC 9110, section 15.5.22; RFC 2817, section 4.2
    Dialect.HTTP: b"HTTP/1.1 426 Upgrade Required\r\nUpgrade: TLS/1.2, HTTP/1.1\r\nConnection: Upgrade, close\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n%b" % (len(_BODY), _BODY),
}
"""The answers to a client whose plain text others could read on the network, by dialect."""

_MOST_HOPS: Final = 50


def is_loopback(host: str) -> bool:
    """Tell whether an address, as `accept` returns it, is a loopback address: its bytes never leave this machine."""
    return host.startswith("127.") or host == "::1"


def reach(config: Config, addresses: list[str]) -> Reach:
    """Return the `Reach` of a server that listens on these addresses, given as HOST:PORT.

    Other machines can also reach a server that listens on loopback behind a proxy. So a server with a configured `url`
    or a trusted proxy counts as reachable.
    """
    proxied = config.url is not None or bool(config.trusted_proxies)
    loopback = not proxied and not beyond_loopback(addresses)
    return Reach(base_url(config, addresses), loopback, config.allow_plaintext)


class Proxies:
    """The trusted proxies, which name the client of a connection or request.

    Args:
        networks: their addresses or networks, e.g. `10.0.0.0/8`, as `Config.trusted_proxies` has them.
    """

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = [ip_network(network) for network in networks]

    @property
    def elsewhere(self) -> bool:
        """Whether a trusted proxy may be on another machine."""
        return any(not network.is_loopback for network in self._networks)

    def __contains__(self, host: str) -> bool:
        address = _address(host) if self._networks else None
        return address is not None and any(address in network for network in self._networks)

    def origin(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, bool | None]:
        """Return the client of a request that a trusted proxy has forwarded.

        Each proxy appends the address from which it was called. So the addresses are correct from the end of the list
        up to the first one that is not trusted. Anybody may have written those before it.

        Args:
            peer: the proxy's own address.
            headers: the headers of the request, with names in lower case.

        Returns:
            The client's address, and whether the client uses TLS (None if the headers do not say).
        """
        hops: list[str] = []
        schemes: list[bytes] = []
        for name, value in headers:
            if name == b"x-forwarded-for":
                hops += value.decode("latin-1").split(",")
            elif name == b"x-forwarded-proto":
                schemes += value.lower().split(b",")
        host = peer
        for hop in reversed(hops[-_MOST_HOPS:]):
            address = _address(hop.strip(" \t"))
            if address is None or "%" in hop:
                break
            host = str(address)
            if host not in self:
                break
        # The first headers may come from the client itself, before that of the proxy. So TLS counts only if all of them
        # say so.
        secure = all(scheme.strip(b" \t") in (b"https", b"wss") for scheme in schemes) if schemes else None
        return host, secure


def beyond_loopback(addresses: list[str]) -> list[str]:
    """Return those addresses that other machines can reach."""
    outside = []
    for address in addresses:
        host, _ = split_address(address)
        try:
            inside = ip_address(host.partition("%")[0]).is_loopback
        except ValueError:
            inside = host == "localhost"
        if not inside:
            outside.append(address)
    return outside


def check_exposure(config: Config, addresses: list[str]) -> None:
    """Check that a server with this configuration may listen on these addresses.

    Raises:
        ConfigError: other machines can reach the server, and its traffic would not be encrypted.
    """
    proxies = Proxies(config.trusted_proxies)
    encrypted = config.tls is not None or config.tls_cert is not None
    outside = beyond_loopback(addresses)
    if outside and not encrypted and not config.allow_plaintext and not proxies.elsewhere:
        raise ConfigError(
            f"{' and '.join(outside)} can be reached from other machines, and plain text can be read on the way: "
            "add --tls auto (or --tls-cert and --tls-key), or --allow-plaintext if that is all right here."
        )


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Parse an address, which may have a port after it, as some proxies write it; None if it is invalid."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
