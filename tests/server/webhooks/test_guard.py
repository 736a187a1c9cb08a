"""Where requests may go: hostile URLs, hostile answers of name servers, and what an owner allows."""

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parley.server.webhooks import Guard, UrlRefused, check_allow
from parley.server.webhooks import guard as parley_guard
from parley.server.webhooks.guard import SystemResolver, is_own, read_url, why_not_public

PUBLIC = "93.184.216.34"
NAT64 = IPv6Network("64:ff9b::/96")


def never(address: object) -> bool:
    return False


def names(answers: dict[str, list[str]]) -> Guard:
    """Return a guard whose names resolve to these addresses."""
    return guard([], answers)


def guard(allow: Sequence[str], answers: dict[str, list[str]] | None = None, own: Sequence[str] = ()) -> Guard:
    async def resolve(host: str) -> list[str]:
        return (answers or {})[host]

    return Guard(allow, own_ports=lambda: {59000}, resolve=resolve, own=lambda address: str(address) in own)


async def may(guard: Guard, url: str) -> list[str]:
    """Do both checks, as a delivery does. Return the addresses."""
    return [str(address) for address in await guard.addresses(guard.check(url))]


# URLs


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        # not the URL of an HTTP server
        ("", "begins with https:// or http:// and a host"),
        ("hook.example", "begins with https:// or http:// and a host"),
        ("//hook.example/", "begins with https:// or http:// and a host"),
        ("ftp://hook.example/", "begins with https:// or http:// and a host"),
        ("file:///etc/passwd", "begins with https:// or http:// and a host"),
        ("gopher://127.0.0.1:6379/_FLUSHALL", "begins with https:// or http:// and a host"),
        ("http:hook.example", "begins with https:// or http:// and a host"),
        ("http:///path", "host in a webhook's URL can't be read"),
        ("http://", "host in a webhook's URL can't be read"),
        ("http://:80/", "host in a webhook's URL can't be read"),
        ("http://hook.example/" + "x" * 2_000, "at most 2,000 characters"),
        # URLs that two parsers could read differently
        ("http://hook.example#@127.0.0.1/", "a part after #"),
        ("http://hook.example/#top", "a part after #"),
        ("http://127.0.0.1#.hook.example/", "a part after #"),
        ("http://hook.example@127.0.0.1/", "a user name or a password"),
        ("http://127.0.0.1@hook.example/", "a user name or a password"),
        ("http://127.0.0.1:80@hook.example/", "a user name or a password"),
        ("http://user:pass@hook.example/", "a user name or a password"),
        ("http://hook.example\\@127.0.0.1/", "only ASCII characters and no spaces"),
        ("http:\\\\127.0.0.1\\", "only ASCII characters and no spaces"),
        ("http://127.0.0.1\t.hook.example/", "only ASCII characters and no spaces"),
        ("http://hook.example /", "only ASCII characters and no spaces"),
        (" http://127.0.0.1/", "only ASCII characters and no spaces"),
        ("http://hook.example/\r\nHost: 127.0.0.1", "only ASCII characters and no spaces"),
        ("http://hook.example/\n", "only ASCII characters and no spaces"),
        ("http://hook.example/\x00", "only ASCII characters and no spaces"),
        ("http://①②⑦.⓪.⓪.①/", "only ASCII characters and no spaces"),
        ("http://127。0。0。1/", "only ASCII characters and no spaces"),
        ("http://ⓛocalhost/", "only ASCII characters and no spaces"),
        ("http://%31%32%37.0.0.1/", "neither a name nor an address"),
        ("http://127.0.0.1%00.hook.example/", "neither a name nor an address"),
        ("http://127.0.0.1%2f.hook.example/", "neither a name nor an address"),
        ("http://hook..example/", "neither a name nor an address"),
        ("http://.hook.example/", "neither a name nor an address"),
        ("http://hook.example../", "neither a name nor an address"),
        ("http://-hook.example/", "neither a name nor an address"),
        ("http://a&b/", "neither a name nor an address"),
        ("http://" + "x" * 64 + ".example/", "neither a name nor an address"),
        ("http://" + "x." * 130 + "example/", "neither a name nor an address"),
        # addresses in unusual notations
        ("http://2130706433/", "neither a name nor an address"),
        ("http://017700000001/", "neither a name nor an address"),
        ("http://0x7f000001/", "neither a name nor an address"),
        ("http://0x7f.0x0.0x0.0x1/", "neither a name nor an address"),
        ("http://0x7F.1/", "neither a name nor an address"),
        ("http://0177.0.0.1/", "neither a name nor an address"),
        ("http://127.1/", "neither a name nor an address"),
        ("http://127.0.1/", "neither a name nor an address"),
        ("http://0/", "neither a name nor an address"),
        ("http://127.0.0.256/", "neither a name nor an address"),
        ("http://127.0.0.01/", "neither a name nor an address"),
        ("http://127.0.0.0x1/", "neither a name nor an address"),
        ("http://1.2.3.4.5/", "neither a name nor an address"),
        ("http://0x/", "neither a name nor an address"),
        ("http://[127.0.0.1]/", "neither a name nor an address"),
        ("http://[::1/", "host in a webhook's URL can't be read"),
        ("http://::1/", "host in a webhook's URL can't be read"),
        ("http://[::1]x/", "host in a webhook's URL can't be read"),
        ("http://[fe80::1%25eth0]/", "host in a webhook's URL can't be read"),
        ("http://[::g]/", "host in a webhook's URL can't be read"),
        ("http://[:::1]/", "neither a name nor an address"),
        # addresses
        ("http://127.0.0.1/", "127.0.0.1 is a loopback address, which webhooks reach only if webhook_allow"),
        ("https://127.0.0.1/", "is a loopback address"),
        ("HTTP://127.0.0.1/", "is a loopback address"),
        ("http://127.0.0.1./", "is a loopback address"),
        ("http://127.255.255.254/", "is a loopback address"),
        ("http://0.0.0.0/", "is an unspecified address"),
        ("http://0.1.2.3/", "is an unspecified address"),
        ("http://10.0.0.1/", "is a private address"),
        ("http://172.31.255.255/", "is a private address"),
        ("http://192.168.1.1/", "is a private address"),
        ("http://100.64.0.1/", "is a private address"),
        ("http://100.100.100.200/", "is a private address"),
        ("http://169.254.169.254/latest/meta-data/", "is a link-local address"),
        ("http://168.63.129.16/", "is a reserved address"),
        ("http://192.0.0.192/", "is a reserved address"),
        ("http://192.0.2.1/", "is a reserved address"),
        ("http://198.18.0.1/", "is a reserved address"),
        ("http://224.0.0.1/", "is a multicast address"),
        ("http://255.255.255.255/", "is a reserved address"),
        ("http://[::]/", "is an unspecified address"),
        ("http://[::1]/", "is a loopback address"),
        ("http://[0:0:0:0:0:0:0:1]/", "is a loopback address"),
        ("http://[fd00:ec2::254]/", "is a private address"),
        ("http://[fe80::1]/", "is a link-local address"),
        ("http://[fec0::1]/", "is a private address"),
        ("http://[ff02::1]/", "is a multicast address"),
        ("http://[2001:db8::1]/", "is a reserved address"),
        ("http://[100::1]/", "is a reserved address"),
        # IPv4 within IPv6
        ("http://[::ffff:127.0.0.1]/", "is a loopback address"),
        ("http://[::FFFF:7f00:1]/", "is a loopback address"),
        ("http://[::ffff:10.0.0.1]/", "is a private address"),
        ("http://[::127.0.0.1]/", "is a reserved address"),
        ("http://[::ffff:0:127.0.0.1]/", "is a reserved address"),
        ("http://[64:ff9b::127.0.0.1]/", "is a loopback address"),
        ("http://[64:ff9b::a9fe:a9fe]/", "is a link-local address"),
        ("http://[64:ff9b:1::10.0.0.1]/", "is a reserved address"),
        ("http://[2002:7f00:1::]/", "is a reserved address"),
        ("http://[2002:a00:1::1]/", "is a reserved address"),
        ("http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "is a reserved address"),
        # ports
        ("http://hook.example:0/", "a number from 1 to 65535"),
        ("http://hook.example:65536/", "a number from 1 to 65535"),
        ("http://hook.example:/", "host in a webhook's URL can't be read"),
        ("http://hook.example:80:80/", "host in a webhook's URL can't be read"),
        ("http://hook.example:+80/", "host in a webhook's URL can't be read"),
        ("http://hook.example:8080 /", "only ASCII characters and no spaces"),
        ("http://hook.example:22/", "Port 22 is not for webhooks"),
        (f"http://{PUBLIC}:25/", "Port 25 is not for webhooks"),
        ("https://hook.example:6379/", "Port 6379 is not for webhooks"),
    ],
)
def test_hostile_urls(url: str, sentence: str) -> None:
    with pytest.raises(UrlRefused) as caught:
        guard([]).check(url)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "authority"),
    [
        ("https://hook.example", "hook.example", 443, "/", "hook.example"),
        ("http://hook.example/", "hook.example", 80, "/", "hook.example"),
        ("HTTPS://Hook.EXAMPLE./A/b?c=D", "hook.example", 443, "/A/b?c=D", "hook.example"),
        ("https://hook.example?x=1", "hook.example", 443, "/?x=1", "hook.example"),
        ("https://hook.example/a@b:c?//127.0.0.1", "hook.example", 443, "/a@b:c?//127.0.0.1", "hook.example"),
        ("http://hook.example:8080/x", "hook.example", 8080, "/x", "hook.example:8080"),
        ("http://hook.example:443/x", "hook.example", 443, "/x", "hook.example:443"),
        ("http://hook.example:00080/", "hook.example", 80, "/", "hook.example"),
        ("http://xn--bcher-kva.example/", "xn--bcher-kva.example", 80, "/", "xn--bcher-kva.example"),
        ("http://in_house/", "in_house", 80, "/", "in_house"),
        ("http://[2606:4700::1111]:8080/", "2606:4700::1111", 8080, "/", "[2606:4700::1111]:8080"),
        ("http://[2606:4700:0:0::1111]/", "2606:4700::1111", 80, "/", "[2606:4700::1111]"),
        (f"http://[::ffff:{PUBLIC}]/", PUBLIC, 80, "/", PUBLIC),
        (f"http://{PUBLIC}/", PUBLIC, 80, "/", PUBLIC),
    ],
)
def test_valid_urls_are_accepted(url: str, host: str, port: int, path: str, authority: str) -> None:
    target = guard([]).check(url)
    assert (target.host, target.port, target.path, target.authority) == (host, port, path, authority)


@given(st.text() | st.from_regex(r"https?://[\w.:@\[\]%#/?-]{0,40}", fullmatch=True))
@example("http://[::ffff:1.2.3.4]:1/")
def test_any_text_is_a_target_or_refused(text: str) -> None:
    try:
        target = read_url(text)
    except UrlRefused:
        return
    assert target.scheme in ("http", "https")
    assert 0 < target.port < 65_536
    assert target.path.startswith("/")
    assert (target.path + target.authority).isascii()
    assert not set(target.path + target.authority) & set(" \r\n\t\\#")
    if target.literal is None:
        assert not set(target.host) & set(":@%/[]")
        with pytest.raises(OSError):  # the system must not read it as an address
            socket.inet_aton(target.host)
    else:
        assert str(target.literal) == target.host


# Addresses


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
@example(IPv4Address("100.64.0.0"))
@example(IPv4Address("127.0.0.1"))
def test_an_address_is_public_in_every_notation(address: IPv4Address) -> None:
    word = why_not_public(address)
    if word is None:
        assert address.is_global
        assert not address.is_multicast
    assert why_not_public(IPv6Address(f"::ffff:{address}")) == word
    assert why_not_public(IPv6Address(f"64:ff9b::{address}")) == word


@given(st.integers(0, 2**128 - 1).map(IPv6Address) | st.integers(0x2000 << 112, 0x4000 << 112).map(IPv6Address))
def test_what_counts_as_public_of_ipv6(address: IPv6Address) -> None:
    if why_not_public(address) is None and address.ipv4_mapped is None and address not in NAT64:
        assert address.is_global
        assert not address.is_multicast
        assert address.sixtofour is None
        assert address.teredo is None


# What names resolve to


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        (["127.0.0.1"], "a loopback"),
        (["10.0.0.1"], "a private"),
        ([PUBLIC, "10.0.0.1"], "a private"),
        (["10.0.0.1", PUBLIC], "a private"),
        ([PUBLIC, "::1"], "a loopback"),
        (["::ffff:169.254.169.254"], "a link-local"),
        (["64:ff9b::10.1.2.3"], "a private"),
        (["fe80::1%1"], "a link-local"),
        (["0.0.0.0"], "an unspecified"),
        (["198.51.100.7"], "a reserved"),
    ],
)
@pytest.mark.parametrize("host", ["inside.example", "localhost", "intranet"])
async def test_names_that_point_inside(host: str, answers: list[str], word: str) -> None:
    with pytest.raises(UrlRefused) as caught:
        await may(names({host: answers}), f"https://{host}./x")
    # The refusal does not show the address, and is not permanent, because the name may resolve to another one later.
    assert str(caught.value).startswith(f"{host} has {word} address, which webhooks reach only if")
    assert not caught.value.permanent


async def test_names_that_point_outside() -> None:
    answers = {"hook.example": [PUBLIC, "::ffff:1.1.1.1", "2606:4700::1111", PUBLIC, "64:ff9b::8.8.8.8"]}
    assert await may(names(answers), "https://hook.example/") == [
        PUBLIC,
        "1.1.1.1",
        "2606:4700::1111",
        "64:ff9b::808:808",
    ]
    with pytest.raises(OSError, match="no address"):
        await may(names({"hook.example": []}), "https://hook.example/")


async def test_the_systems_own_resolver() -> None:
    resolve = SystemResolver()
    assert set(await resolve("localhost")) <= {"127.0.0.1", "::1"}
    with pytest.raises(OSError):
        await resolve("x" * 64 + ".invalid")
    with pytest.raises(UrlRefused, match=r"localhost has a loopback address"):
        await may(Guard(), "http://localhost./")


async def test_a_cancelled_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parley_guard, "LOOK_UPS_MOST", 1)
    broken: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: broken.append(context))
    resolve = SystemResolver()
    task = asyncio.ensure_future(resolve("localhost"))
    await asyncio.sleep(0)
    task.cancel()
    assert await resolve("localhost")  # waits for the look-up before
    assert broken == []


# This server itself


async def test_the_machines_own_addresses_are_refused() -> None:
    own = guard([], {"me.example": [PUBLIC]}, own=[PUBLIC])
    with pytest.raises(UrlRefused, match=r"^me\.example has a local address, which"):
        await may(own, "http://me.example:8080/")
    with pytest.raises(UrlRefused, match=r"^http://me\.example:59000 is this server itself\.$"):
        await may(own, "http://me.example:59000/")
    assert await may(guard([], {"me.example": [PUBLIC]}), "http://me.example:59000/") == [PUBLIC]


async def test_only_an_entry_with_a_port_allows_the_server_itself() -> None:
    for entry in ("127.0.0.0/8", "127.0.0.1", "127.0.0.1:8080"):
        with pytest.raises(UrlRefused):
            guard([entry], own=["127.0.0.1"]).check("http://127.0.0.1:59000/")
    assert await may(guard(["127.0.0.1:59000"], own=["127.0.0.1"]), "http://127.0.0.1:59000/") == ["127.0.0.1"]
    loop = guard(["me.example"], {"me.example": ["127.0.0.1"]}, own=["127.0.0.1"])
    assert await may(loop, "http://me.example:8080/") == ["127.0.0.1"]
    with pytest.raises(UrlRefused, match="is this server itself"):
        await may(loop, "http://me.example:59000/")


def test_is_own() -> None:
    assert is_own(ip_address("127.0.0.1"))
    assert is_own(ip_address("127.8.9.10"))
    assert is_own(ip_address("::1"))
    assert is_own(ip_address("0.0.0.0"))
    assert not is_own(ip_address(PUBLIC))
    assert not is_own(ip_address("2606:4700::1111"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect((PUBLIC, 9))
        except OSError:
            return  # a machine without a network
        assert is_own(ip_address(sock.getsockname()[0]))


# What the owner allows


@pytest.mark.parametrize(
    ("entry", "url", "allowed"),
    [
        ("127.0.0.1/32", "http://127.0.0.1:8080/", True),
        ("127.0.0.1/32", "http://127.0.0.2:8080/", False),
        ("127.0.0.1/32", "http://[::ffff:127.0.0.1]/", True),
        ("127.0.0.1/32", "http://[::1]/", False),
        ("127.0.0.1", "http://127.0.0.1/", True),
        ("127.0.0.1:8080", "http://127.0.0.1:8080/", True),
        ("127.0.0.1:8080", "http://127.0.0.1/", False),
        ("10.0.0.0/8:8080", "http://10.9.9.9:8080/", True),
        ("10.0.0.0/8:8080", "http://10.9.9.9:8081/", False),
        ("::1", "http://[::1]:7/", True),
        ("[::1]", "http://[::1]:7/", True),
        ("[::1]:7", "http://[::1]:7/", True),
        ("[::1]:7", "http://[::1]:8/", False),
        ("fd00::/8", "http://[fd12::1]/", True),
        ("[fd00::/8]:80", "http://[fd12::1]/", True),
        ("10.0.0.0/8", "http://[64:ff9b::10.0.0.1]/", False),
        ("64:ff9b::/96", "http://[64:ff9b::10.0.0.1]/", True),
        ("bot", "http://bot:8080/", True),
        ("Bot.Example.", "http://bot.example/", True),
        ("bot:8080", "http://bot:8080/", True),
        ("bot:8080", "http://bot/", False),
        ("bot", "http://10.0.0.7/", False),  # the name is allowed, but not its address without the name
        ("10.0.0.7", "http://bot/", True),
        ("example", "http://bot.example/", False),
        # ports of other protocols
        ("10.0.0.7", "http://bot:6379/", False),
        ("10.0.0.7:6379", "http://bot:6379/", True),
        ("bot:6379", "http://bot:6379/", True),
        ("bot:6379", "http://bot.example:6379/", False),
        ("10.0.0.7:6379", f"http://{PUBLIC}:6379/", False),
    ],
)
async def test_what_an_entry_allows(entry: str, url: str, allowed: bool) -> None:
    answers = {"bot": ["10.0.0.7"], "bot.example": ["10.0.0.7"]}
    if allowed:
        assert await may(guard([entry], answers), url)
    else:
        with pytest.raises(UrlRefused):
            await may(guard([entry], answers), url)


@pytest.mark.parametrize(
    "entry",
    ["", ":", "*", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.1:0", "10.0.0.1:70000", "10.1", "0x7f.1", "[::1", "[x]:1",
     "[bot]", "bot:", "bot:http", "http://bot", "bot/x", "*.example", "bot bot", "::1:80:x", "[10.0.0.1]", "1.2.3:80"],
)  # fmt: skip
def test_malformed_entries(entry: str) -> None:
    with pytest.raises(ValueError, match="can't stand in webhook_allow") as caught:
        check_allow(entry)
    assert str(caught.value).endswith(".")
    with pytest.raises(ValueError, match="can't stand in webhook_allow"):
        Guard([entry])
