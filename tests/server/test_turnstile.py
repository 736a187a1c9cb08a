"""A crowd at the door: one by one, and nobody else notices."""

import asyncio
from functools import partial

from parley.server.turnstile import CROWD, Turnstile
from tests.server.hall import Hall

ASKS = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def test_who_comes_alone_does_not_wait() -> None:
    through: list[int] = []
    turnstile = Turnstile(asyncio.get_running_loop())
    turnstile.enter(partial(through.append, 1))
    assert through == [1]


async def test_a_crowd_comes_in_order_and_what_else_there_is_to_do_comes_in_between() -> None:
    loop = asyncio.get_running_loop()
    turnstile = Turnstile(loop)
    seen: list[int] = []
    done = loop.create_future()

    def other_work() -> None:
        if seen[-1:] != [0]:
            seen.append(0)
        if not done.done():
            loop.call_soon(other_work)

    loop.call_soon(other_work)
    for number in range(1, 6):
        turnstile.enter(partial(seen.append, number))
    turnstile.enter(lambda: done.set_result(None))
    assert seen == [1]
    await done
    assert [number for number in seen if number] == [1, 2, 3, 4, 5]
    # A machine that is busy elsewhere may let a rest pass unused, but not all of them.
    assert seen[: seen.index(5)].count(0) >= 2


async def test_of_a_huge_crowd_more_come_in_at_a_time() -> None:
    loop = asyncio.get_running_loop()
    turnstile = Turnstile(loop)
    through: list[int] = []
    at_once: list[int] = []
    done = loop.create_future()

    def look() -> None:
        if len(through) != sum(at_once):
            at_once.append(len(through) - sum(at_once))
        if at_once[2:]:
            done.set_result(None)
        else:
            loop.call_soon(look)

    for number in range(3 * CROWD):
        turnstile.enter(partial(through.append, number))
    look()
    await done
    assert at_once == [1, 3, 3]


async def test_all_of_a_crowd_of_requests_are_answered(server: Hall) -> None:
    visitors = [await server.socket() for _ in range(50)]
    for visitor in visitors:
        await visitor.sends(ASKS)
    for visitor in visitors:
        assert (await visitor.reads()).startswith(b"HTTP/1.1 200 ")


async def test_those_who_come_to_a_room_do_not_wait_behind_requests(server: Hall) -> None:
    turnstile = server._listeners[0]._gate.turnstile
    turnstile._rest = 3600
    first, second = await server.socket(), await server.socket()
    await first.sends(ASKS)
    assert (await first.reads()).startswith(b"HTTP/1.1 200 ")
    await second.sends(ASKS)
    await server.line("bob")
    await server.web("eve")
    assert len(turnstile._waiting) == 1
    turnstile._next()
    assert (await second.reads()).startswith(b"HTTP/1.1 200 ")
