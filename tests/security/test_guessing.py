"""Password guessing: the number of guesses, the owner's access during an attack, and the timing of answers."""

import itertools
import statistics
import time
from typing import Any

import pytest

from parley.core.commands import Rename
from parley.core.throttle import Throttle
from parley.server.auth.passwords import Cost, Passwords
from tests.security.attacks import HOUR, guesses, names
from tests.security.people import asks_from, posts_from
from tests.server.api import Http
from tests.server.server_fixture import Server, password_of

ATTACKER, OWNER = "127.0.0.66", "127.0.0.7"


class Clock:
    """The throttle's clock."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(server: Server) -> Clock:
    credentials: Any = server.hub.authenticator
    credentials._loop = clock = Clock()
    credentials._made_passwords = Passwords(cost=Cost(memory=8, passes=1, lanes=1))
    return clock


async def signs_in(server: Server, host: str, name: str, password: str) -> tuple[int, float]:
    """Try to sign in. Return the status, and the seconds until the next attempt is allowed."""
    answer = await asks_from(host, server, "/api/session", {"name": name, "password": password})
    return answer.status, float(answer.json.get("retry_after", 0)) / 1_000


async def test_after_an_hour_of_guessing_the_owner_signs_in_from_a_known_address(server: Server, clock: Clock) -> None:
    await server.account("ann")
    assert await signs_in(server, OWNER, "ann", password_of("ann")) == (200, 0)
    end, made, wait = clock.now + HOUR, 0, 0.0
    while clock.now + wait < end:
        clock.now += wait
        status, wait = await signs_in(server, ATTACKER, "ann", f"guess {made}")
        made += status == 401
    assert made == guesses(1, 1)[0] <= 20
    status, wait = await signs_in(server, ATTACKER, "ann", password_of("ann"))
    assert (status, wait > 0) == (429, True)
    assert await signs_in(server, OWNER, "ann", password_of("ann")) == (200, 0)


async def test_many_addresses_get_few_guesses_and_the_owner_can_sign_in(server: Server, clock: Clock) -> None:
    await server.account("ann")
    assert (await signs_in(server, OWNER, "ann", password_of("ann")))[0] == 200
    begin, made = clock.now, 0
    for number in itertools.cycle(range(100)):
        status, wait = await signs_in(server, f"127.0.1.{number}", "ann", "guess")
        made += status == 401
        clock.now += wait
        if clock.now >= begin + HOUR:
            break
    assert made <= guesses(100, 1)[0] <= 45
    assert (await signs_in(server, OWNER, "ann", password_of("ann")))[0] == 200


async def guess_elsewhere(server: Server, name: str) -> None:
    """Guess from 26 unknown addresses, until the throttle allows no guess from a new one."""
    for number in range(26):
        await signs_in(server, f"127.0.1.{number + 1}", name, "guess")
    assert (await signs_in(server, "127.0.2.1", name, password_of(name)))[0] == 429


@pytest.mark.parametrize("door", ["api", "invitation", "websocket", "netcat"])
async def test_the_owner_signs_in_at_the_address_of_the_registration(server: Server, clock: Clock, door: str) -> None:
    password = password_of("ann")
    if door == "api":
        made = await asks_from(OWNER, server, "/api/accounts", {"name": "ann", "password": password})
        assert made.status == 201
    elif door == "invitation":
        code = await server.invitation()
        form = f"name=ann&password={password.replace(' ', '+')}".encode()
        made = await posts_from(OWNER, server, f"/join/{code}", form, "application/x-www-form-urlencoded")
        assert made.status in (200, 303)
    elif door == "websocket":
        web = await server.web("ann")
        await web.sends(t="register", password=password)
        await web.gets(t="done")
    else:
        line = await server.line("ann")
        await line.says(f"/register {password}")
        await line.sees("Done. Your name is yours now.")
    await guess_elsewhere(server, "ann")
    home = "127.0.0.1" if door in ("websocket", "netcat") else OWNER
    assert (await signs_in(server, home, "ann", password))[0] == 200


@pytest.mark.parametrize("cached", [False, True])
async def test_the_owner_signs_in_where_a_session_makes_requests(server: Server, clock: Clock, cached: bool) -> None:
    await server.account("ann")
    signed_in = await asks_from(
        "127.0.3.1", server, "/api/session", {"name": "ann", "password": password_of("ann"), "bearer": True}
    )
    session = Http(server, signed_in.json["token"])
    if cached:
        assert (await session.asks("GET", "/api/me")).status == 200
        server.hub.authenticator._throttle = Throttle()  # type: ignore[misc]
    assert (await session.asks("GET", "/api/me")).status == 200
    await guess_elsewhere(server, "ann")
    assert (await signs_in(server, "127.0.0.1", "ann", password_of("ann")))[0] == 200


async def test_an_account_that_is_renamed_keeps_its_known_addresses(server: Server, clock: Clock) -> None:
    ann = await server.account("ann")
    assert (await signs_in(server, OWNER, "ann", password_of("ann")))[0] == 200
    await server.does(Rename(ann, "anna"))
    for number in range(26):
        await signs_in(server, f"127.0.1.{number + 1}", "anna", "guess")
    assert (await signs_in(server, "127.0.2.1", "anna", password_of("ann")))[0] == 429
    assert (await signs_in(server, OWNER, "anna", password_of("ann")))[0] == 200


async def test_a_bots_token_and_a_guests_token_make_no_address_known(server: Server, clock: Clock) -> None:
    ann = await server.account("ann")
    eve = await server.web("eve")
    server.hub.authenticator.met(server.user("eve"), "127.0.0.1")
    server.hub.authenticator.met(ann, "")
    assert len(server.hub.authenticator._throttle) == 0
    assert eve.token


async def test_guesses_on_all_gateways_are_counted_together(server: Server, clock: Clock) -> None:
    await server.account("ann")
    for _ in range(2):
        assert (await signs_in(server, "127.0.0.1", "ann", "guess"))[0] == 401
    web = await server.browser()
    for _ in range(2):
        await web.sends(t="hello", protocol=1, name="ann", password="guess")
        await web.gets_error("sign_in_wrong")
    line = await server.socket()
    await line.says("ann", "guess")
    await line.sees_characters("alias?password?")
    await line.sees("That is not the right name and password.")
    for name in ("ann", "ANN", "ａｎｎ"):
        assert (await signs_in(server, "127.0.0.1", name, "guess"))[0] == 429


def test_the_number_of_guesses_an_attacker_gets() -> None:
    assert guesses(1, 24) == [16, *[1] * 23]
    assert guesses(100, 5) == [39, *[12] * 4]
    assert guesses(10, 1) == guesses(300, 1)
    assert names(2) == [104, 60]


async def test_an_unknown_name_and_a_wrong_password_are_indistinguishable(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials: Any = server.hub.authenticator
    verify = Passwords.verify
    hashed: list[bool] = []

    async def password_checked(self: Passwords, hash: str | None, password: str) -> bool:
        hashed.append(hash is not None)
        return await verify(self, hash, password)

    await server.account("ann")
    monkeypatch.setattr(Passwords, "verify", password_checked)
    took: dict[str, list[float]] = {"ann": [], "nobody": []}
    answers = set()
    # Alternate between the two, so that other load on the machine slows down both.
    for name in ("ann", "nobody") * 12:
        credentials._throttle = Throttle()
        began = time.perf_counter()
        answer = await asks_from(OWNER, server, "/api/session", {"name": name, "password": "guess"})
        took[name].append(time.perf_counter() - began)
        answers.add((answer.status, tuple(answer.headers.items()), answer.body))
    assert len(answers) == 1
    assert hashed == [True, False] * 12
    wrong, unknown = (statistics.median(took[name]) for name in ("ann", "nobody"))
    assert 0.5 < unknown / wrong < 2
