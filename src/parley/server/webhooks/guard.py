"""Decides where outgoing requests may go: to public addresses, and to those that the configuration allows.

A user who may add a webhook makes the server send requests from inside its own network (SSRF). So a URL is parsed
strictly, its name is resolved once, every address is checked, and the connection goes to an address that was checked.
"""

import asyncio
import re
import socket
import threading
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from msgspec import Struct

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Returns the addresses of a host name. Raises OSError if there are none."""

URL_CHARS: Final = 2_000

LOOK_UPS_MOST: Final = 32
"""At most this many names are resolved at the same time. A query to a name server that does not answer occupies one
place for a while.
"""

PORTS: Final = {"http": 80, "https": 443}

DENIED_PORTS: Final = frozenset(
    # ssh telnet smtp dns tftp finger pop3 rpc nntp msrpc netbios imap snmp ldap smb syslog submission imaps pop3s
    {21, 22, 23, 25, 53, 69, 79, 110, 111, 119, 135, 137, 138, 139, 143, 161, 389, 445, 465, 514, 587, 636, 993, 995}
    # docker, databases, caches, remote desktops, IRC
    | {1433, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 5432, 5900, 5984, 6000, 6379, 6667, 6697, 9200, 11211, 27017}
)
"""Ports of protocols other than HTTP, whose servers might take a request for commands."""

# The special-purpose registries of IANA (RFC 6890 and its successors).
_SPECIAL: Final[tuple[tuple[Network, str], ...]] = tuple(
    (ip_network(network), word)
    for network, word in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "private"),  # shared by the customers of a provider (RFC 6598)
        ("127.0.0.0/8", "loopback"),
        # An address that looks public, at which a cloud provider offers services to its machines.
        ("168.63.129.16/32", "reserved"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "reserved"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "reserved"),
        ("198.51.100.0/24", "reserved"),
        ("203.0.113.0/24", "reserved"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "private"),
        ("ff00::/8", "multicast"),
        ("2001::/23", "reserved"),  # includes Teredo, which contains IPv4 addresses
        ("2001:db8::/32", "reserved"),
        ("2002::/16", "reserved"),  # 6to4, whose addresses contain IPv4 addresses too (deprecated by RFC 7526)
        ("3fff::/20", "reserved"),
    )
)
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")

_URL = re.compile(r"(https?)://([^/?]*)([/?].*)?", re.IGNORECASE | re.ASCII)
_VISIBLE = re.compile(r"[!-~]*")
_HOST_PORT = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::([0-9]{1,5}))?", re.IGNORECASE | re.ASCII)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")


class UrlRefused(Exception):
    """A request may not go to that URL; the text says why, in a sentence.

    Attributes:
        permanent: whether the URL itself is refused, and not only the address to which its name resolves now.
    """

    def __init__(self, sentence: str, *, permanent: bool = True) -> None:
        super().__init__(sentence)
        self.permanent = permanent


class Target(Struct, frozen=True):
    """The parts of a URL.

    Attributes:
        scheme: `http` or `https`.
        host: a name in lower case without a dot at its end, or an address without brackets.
        port: 1 to 65,535.
        path: the target in the request line, query included.
        literal: the IP address, if the URL has one in place of a host name.
    """

    scheme: str
    host: str
    port: int
    path: str
    literal: Address | None

    @property
    def authority(self) -> str:
        """The `Host` header (RFC 9110, section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def place(self) -> str:
        """The URL without its path, which may contain a secret."""
        return f"{self.scheme}://{self.authority}"


def read_url(url: str) -> Target:
    """Parse a URL. A URL that two parsers could read differently is refused.

    Raises:
        UrlRefused: the URL is invalid, or no request may go to it.
    """
    if len(url) > URL_CHARS:
        raise UrlRefused(f"A webhook's URL has at most {URL_CHARS:,} characters.")
    if not _VISIBLE.fullmatch(url) or any(char in url for char in '\\"<>^`{|}'):
        raise UrlRefused("A webhook's URL has only ASCII characters and no spaces; write other names as xn--....")
    if not (parts := _URL.fullmatch(url)):
        raise UrlRefused("A webhook's URL begins with https:// or http:// and a host.")
    scheme, authority, path = parts[1].lower(), parts[2], parts[3] or "/"
    if "#" in url:
        raise UrlRefused("A webhook's URL can't have a part after #: it would not be sent.")
    if "@" in authority:
        raise UrlRefused("A webhook's URL can't hold a user name or a password.")
    if not (place := _HOST_PORT.fullmatch(authority)):
        raise UrlRefused("The host in a webhook's URL can't be read; write HOST, HOST:PORT or [IPV6]:PORT.")
    port = int(place[2] or PORTS[scheme])
    if not 0 < port <= 65_535:
        raise UrlRefused("The port in a webhook's URL is a number from 1 to 65535.")
    host, literal = _read_host(place[1].lower())
    return Target(scheme, host, port, path if path.startswith("/") else f"/{path}", literal)


def _read_host(host: str) -> tuple[str, Address | None]:
    unreadable = UrlRefused("The host in a webhook's URL is neither a name nor an address in its usual form.")
    if host.startswith("["):
        try:
            literal = _plain(IPv6Address(host[1:-1]))
        except ValueError:
            raise unreadable from None
        return str(literal), literal
    host = host.removesuffix(".")
    labels = host.split(".")
    # Some resolvers read 0x7f.1, 017700000001 and 2130706433 as IPv4 addresses (inet_aton). So a host whose last label
    # is a number must be a plain IPv4 address.
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return host, IPv4Address(host)
        except ValueError:
            raise unreadable from None
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise unreadable
    return host, None


def _plain(address: Address) -> Address:
    """Return the IPv4 address of an IPv4-mapped one: connecting to either reaches the same host."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def why_not_public(address: Address) -> str | None:
    """Return the kind of an address that is not public, as a word; None for a public one."""
    address = _plain(address)
    if address in _NAT64:  # check the IPv4 address to which a NAT64 gateway translates it (RFC 6052, section 2.2)
        address = IPv4Address(int(address) & 0xFFFF_FFFF)
    for network, word in _SPECIAL:
        if address in network:
            return word
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "reserved"
    return None


class _Allowed(Struct, frozen=True):
    """One entry of `webhook_allow`: a network or a name, and one port, or, if None, all ports."""

    where: Network | str
    port: int | None

    def covers(self, host: str, address: Address | None, port: int) -> bool:
        if self.port not in (None, port):
            return False
        if isinstance(self.where, str):
            return self.where == host
        return address is not None and address in self.where


def _read_allowed(entry: str) -> _Allowed:
    if parts := re.fullmatch(r"\[([^\]]*)\](?::([0-9]{1,5}))?", entry, re.ASCII):
        return _Allowed(IPv6Network(parts[1]), _port(parts[2]))
    with suppress(ValueError):
        return _Allowed(ip_network(entry), None)
    where, colon, port = entry.rpartition(":")
    if not colon:
        where, port = entry, ""
    elif not re.fullmatch("[0-9]{1,5}", port, re.ASCII):
        raise ValueError
    if re.fullmatch(r"[0-9./]+", where):
        return _Allowed(IPv4Network(where), _port(port))
    try:
        host, literal = _read_host(where.lower())
    except UrlRefused:
        raise ValueError from None
    if literal is not None or where.startswith("["):
        raise ValueError
    return _Allowed(host, _port(port))


def _port(digits: str | None) -> int | None:
    if not digits:
        return None
    if not 0 < (port := int(digits)) <= 65_535:
        raise ValueError
    return port


def check_allow(entry: str) -> None:
    """Check an entry of `webhook_allow`.

    Raises:
        ValueError: the entry can't be parsed; the text is a sentence.
    """
    try:
        _read_allowed(entry)
    except ValueError:
        raise ValueError(
            f"{entry!r} can't stand in webhook_allow; write a network such as 10.0.0.0/8 or fd00::/8, an address, "
            "or a name, each with a port if only that one is meant: 127.0.0.1:8080, [::1]:8080, host.example:8080."
        ) from None


def is_own(address: Address) -> bool:
    """Tell whether it is an address of this machine. No packet is sent to find that out."""
    if address.is_loopback or address.is_unspecified:
        return True
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.setblocking(False)
            # For an address of this machine, the system chooses the same address as the sender's.
            sock.connect((str(address), 9))
            return ip_address(sock.getsockname()[0].partition("%")[0]) == ip_address(str(address).partition("%")[0])
    except OSError:
        return False


class SystemResolver:
    """Resolves names with the system's resolver, in threads that block neither the event loop nor the end of the
    process.
    """

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(LOOK_UPS_MOST)

    async def __call__(self, host: str) -> list[str]:
        """Return the addresses of a name.

        Raises:
            OSError: the name has no addresses, or they can't be found.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()
        await self._slots.acquire()

        def take(found: list[str] | OSError) -> None:
            self._slots.release()
            if answer.done():
                return
            if isinstance(found, OSError):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def look_up() -> None:
            found: list[str] | OSError
            try:
                found = [str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
            except OSError as error:
                found = error
            except UnicodeError as error:
                found = OSError(str(error))
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(take, found)

        # Not in a thread pool: at its end, the process would wait for the pool's threads, and a name server may take
        # half a minute.
        try:
            threading.Thread(target=look_up, name="parley-resolve", daemon=True).start()
        except RuntimeError as error:
            self._slots.release()
            raise OSError(str(error)) from None
        return await answer


class Guard:
    """Decides where requests may go.

    Args:
        allow: entries of `webhook_allow`; they override everything else.
        own_ports: returns the ports on which this server listens. An entry without a port does not allow these: a
            webhook that posts to its own room would cause endless messages.
        resolve: returns the addresses of a name; None: the system's resolver.
        own: tells whether an address belongs to this machine.

    Raises:
        ValueError: an entry can't be parsed; the text is a sentence.
    """

    def __init__(
        self,
        allow: Sequence[str] = (),
        own_ports: Callable[[], Collection[int]] = tuple,
        resolve: Resolve | None = None,
        own: Callable[[Address], bool] = is_own,
    ) -> None:
        for entry in allow:
            check_allow(entry)
        self._allow = [_read_allowed(entry) for entry in allow]
        self._own_ports = own_ports
        self._resolve = resolve or SystemResolver()
        self._own = own

    def check(self, url: str) -> Target:
        """Check a URL without resolving its name. Called when a webhook is created, and before each connection.

        Raises:
            UrlRefused: no request may go there.
        """
        target = read_url(url)
        # If any entry allows this port, the port is accepted here. `_check_address` checks it together with the
        # address.
        if target.port in DENIED_PORTS and not any(entry.port == target.port for entry in self._allow):
            raise UrlRefused(f"Port {target.port} is not for webhooks.")
        if target.literal is not None:
            self._check_address(target, target.literal)
        return target

    async def addresses(self, target: Target) -> list[Address]:
        """Return the checked addresses of a target, in the order in which to try them.

        Raises:
            UrlRefused: no request may go to one of the addresses.
            OSError: the name has no addresses.
        """
        if target.literal is not None:
            self._check_address(target, target.literal)
            return [target.literal]
        found = list(dict.fromkeys(_plain(ip_address(text)) for text in await self._resolve(target.host)))
        if not found:
            raise OSError(f"{target.host} has no address")
        for address in found:
            self._check_address(target, address)
        return found

    def _allowing(self, target: Target, address: Address | None) -> list[_Allowed]:
        return [entry for entry in self._allow if entry.covers(target.host, address, target.port)]

    def _check_address(self, target: Target, address: Address) -> None:
        """Check an address. The sentence of a refusal contains nothing that is not in the URL: the user who added the
        webhook must not learn what a name resolves to inside the server's network.
        """
        allowed = self._allowing(target, address)
        by_port = any(entry.port for entry in allowed)
        permanent = target.literal is not None
        if target.port in DENIED_PORTS and not by_port:
            raise UrlRefused(f"Port {target.port} is not for webhooks.", permanent=permanent)
        # Ask whether the address belongs to this machine only if the answer matters, because that takes system calls.
        own = (not allowed or (target.port in self._own_ports() and not by_port)) and self._own(address)
        if own and target.port in self._own_ports() and not by_port:
            raise UrlRefused(f"{target.place} is this server itself.", permanent=permanent)
        if allowed:
            return
        word = why_not_public(address) or ("local" if own else None)
        if word:
            a = "an" if word[0] in "aeiou" else "a"
            raise UrlRefused(
                f"{target.host} {'is' if permanent else 'has'} {a} {word} address, "
                "which webhooks reach only if webhook_allow in the server's configuration says so.",
                permanent=permanent,
            )
