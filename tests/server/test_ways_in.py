"""The server's answer about itself: who may enter, how people reach it, and whether the user is alone."""

import pytest

from parley.core.commands import Register
from parley.core.events import MACHINE
from parley.server.config import Config
from parley.server.net.proxies import reach
from tests.server.api import Http, account, guest
from tests.server.server_fixture import Serve, Server


async def test_a_client_learns_how_others_reach_the_server_and_that_nobody_is_there(serve: Serve) -> None:
    server = await serve(access="invite", url="https://chat.lan/")
    ann = await account(server, "ann", "member")
    alone = {"url": "https://chat.lan", "access": "invite", "loopback": False, "plaintext": False, "alone": True}
    assert (await ann.asks("GET", "/api/server")).json == alone
    await server.does(Register("robot", None, by=MACHINE, role="bot", token=b"t" * 32))
    assert (await ann.asks("GET", "/api/server")).json["alone"] is True
    await account(server, "eve", "member")
    assert (await ann.asks("GET", "/api/server")).json["alone"] is False
    assert (await Http(server).asks("GET", "/api/server")).code == "sign_in_needed"


async def test_a_guest_is_company_while_connected(server: Server) -> None:
    bob = await server.web("bob", "lobby")

    async def is_alone() -> bool:
        await bob.sends(t="server", id="1")
        answer = await bob.gets_answer()
        assert (answer["t"], answer["id"]) == ("server", "1")
        return bool(answer["alone"])

    assert await is_alone()
    eve = await server.web("eve", "lobby")
    assert not await is_alone()
    await eve.closes()
    while (frame := await bob.gets_frame())["t"] != "signal" or frame.get("online", True):
        pass
    assert await is_alone()


async def test_an_observer_learns_nothing_of_it(server: Server) -> None:
    await guest(server, "bob")
    observer = await server.web()
    await observer.sends(t="server", id="1")
    assert (await observer.gets_answer())["code"] == "name_needed"


@pytest.mark.parametrize(
    ("options", "loopback"),
    [
        ({}, True),
        ({"listen": ["127.0.0.1:59000", "[::1]:59000"]}, True),
        ({"listen": ["127.0.0.1:59000", "0.0.0.0:59000"]}, False),
        ({"url": "https://chat.example.org"}, False),
        ({"trusted_proxies": ["127.0.0.1"]}, False),
    ],
)
def test_a_server_behind_a_proxy_counts_as_reachable(options: dict[str, object], loopback: bool) -> None:
    config = Config(**options)  # type: ignore[arg-type]
    assert reach(config, config.listen).loopback is loopback
