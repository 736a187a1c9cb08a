"""Webhooks over TLS: the certificate must match the name in the URL, whichever address is connected."""

import asyncio
import ssl
from collections.abc import Callable

import pytest
import trustme

from parley.server.webhooks import Guard
from tests.server.webhooks.endpoint import Endpoint, Ledger, Stand


async def resolve(host: str) -> list[str]:
    return ["127.0.0.1"]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def certified(authority: trustme.CA, name: str, asked: list[str | None]) -> ssl.SSLContext:
    """Return a TLS context of a server with a certificate for `name`. It appends the names that clients request (SNI)
    to `asked`.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    context.sni_callback = lambda _, name, __: asked.append(name)
    return context


async def test_name_and_certificate_are_those_of_the_url(
    stands: Callable[..., Stand], ledger: Ledger, authority: trustme.CA, trusting: ssl.SSLContext
) -> None:
    ledger.write(*"ab")
    asked: list[str | None] = []
    async with Endpoint(certified(authority, "hook.example", asked)) as endpoint:
        stand = stands(Guard(["hook.example"], resolve=resolve), tls=trusting)
        stand.hook(f"https://hook.example:{endpoint.port}/x")
        await ledger.stored(1, 2)
        assert asked == ["hook.example"]
        assert endpoint.requests[0].headers["host"] == f"hook.example:{endpoint.port}"
    assert stand.pauses == []


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("else.example", "Hostname mismatch, certificate is not valid for 'hook.example'"),
        (None, "unable to get local issuer certificate"),
    ],
)
async def test_another_certificate_is_not_accepted(
    stands: Callable[..., Stand],
    ledger: Ledger,
    authority: trustme.CA,
    trusting: ssl.SSLContext,
    name: str | None,
    trouble: str,
) -> None:
    context = certified(authority if name else trustme.CA(), name or "hook.example", [])
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)  # ignores the endpoint's error when a handshake fails
    async with Endpoint(context) as endpoint:
        stand = stands(Guard(["hook.example"], resolve=resolve), tls=trusting)
        stand.patient = True
        stand.hook(f"https://hook.example:{endpoint.port}/")
        stand.say("a")
        await stand.paused.wait()
        now = stand.webhooks.status(1)
        assert now
        assert now.trouble == f"The certificate of https://hook.example:{endpoint.port} is not accepted: {trouble}."
        assert endpoint.requests == []


async def test_an_endpoint_that_speaks_no_tls_is_reported(stands: Callable[..., Stand], ledger: Ledger) -> None:
    async with Endpoint() as endpoint:
        stand = stands(Guard(["hook.example"], resolve=resolve))  # with the system's authorities
        stand.patient = True
        endpoint.answer = b"HTTP/1.1 400 Bad Request\r\n\r\n"
        stand.hook(f"https://hook.example:{endpoint.port}/")
        stand.say("a")
        async with asyncio.timeout(5):
            await endpoint.until(lambda: endpoint.open)
            await endpoint.__aexit__()
            await stand.paused.wait()
        now = stand.webhooks.status(1)
        assert now
        assert now.trouble is not None
        assert f"https://hook.example:{endpoint.port}" in now.trouble
