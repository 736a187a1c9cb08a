"""Pacing: a burst of requests leaves time for other work."""

import asyncio
from collections.abc import Callable
from functools import partial

from parley.server.net.pacing import WAITING_PER_CALL, Pacer
from tests.server.server_fixture import Server

ASKS = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
SIGNS_IN = b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose timers fire when the test says so.

    Attributes:
        rest: the delay of the last timer, in seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rest = 0.0
        self._due: list[Callable[[], object]] = []

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., object], *args: object, context: object = None
    ) -> asyncio.TimerHandle:
        self.rest = delay
        self._due.append(partial(callback, *args))
        return asyncio.TimerHandle(0, callback, args, self)

    def elapse(self) -> bool:
        """Fire all timers. Return whether there were any."""
        due, self._due = self._due, []
        for callback in due:
            callback()
        return bool(due)


def test_a_single_callback_is_called_at_once() -> None:
    through: list[int] = []
    clock = Clock()
    pacer = Pacer(clock)
    pacer.call(partial(through.append, 1))
    assert through == [1]
    assert clock.elapse()
    pacer.call(partial(through.append, 2))
    assert through == [1, 2]
    clock.close()


def test_many_callbacks_are_called_in_order_with_an_interval_after_each() -> None:
    through: list[int] = []
    clock = Clock()
    pacer = Pacer(clock, 0.25)
    for number in range(1, 5):
        pacer.call(partial(through.append, number))
    for number in range(1, 5):
        assert through == [*range(1, number + 1)]
        assert clock.rest == 0.25
        assert clock.elapse()
    assert not clock.elapse()
    pacer.call(partial(through.append, 5))
    assert through == [1, 2, 3, 4, 5]
    clock.close()


def test_with_very_many_waiting_several_are_called_at_a_time() -> None:
    through: list[int] = []
    clock = Clock()
    pacer = Pacer(clock)
    for number in range(3 * WAITING_PER_CALL):
        pacer.call(partial(through.append, number))
    assert len(through) == 1
    clock.elapse()
    assert len(through) == 1 + 3
    clock.elapse()
    assert len(through) == 1 + 3 + 3
    while clock.elapse():
        pass
    assert through == [*range(3 * WAITING_PER_CALL)]
    clock.close()


async def test_all_of_many_simultaneous_requests_are_answered(server: Server) -> None:
    clients = []
    for _ in range(50):
        clients.append(await server.socket())
        await clients[-1].sends(ASKS)  # sent at once, because a silent client would get the prompt of the line dialect
    for peer in clients:
        assert (await peer.reads()).startswith(b"HTTP/1.1 200 ")


async def test_websockets_and_lines_do_not_wait_behind_requests(server: Server) -> None:
    pacer = server.dispatcher._requests
    pacer._interval = 3600
    first, second = await server.socket(), await server.socket()
    await first.sends(ASKS)
    assert (await first.reads()).startswith(b"HTTP/1.1 200 ")
    await second.sends(ASKS)
    await server.line("bob")
    await server.web("eve")
    assert len(pacer._waiting) == 1
    pacer._next()
    assert (await second.reads()).startswith(b"HTTP/1.1 200 ")


async def test_requests_with_passwords_wait_for_one_another_only(server: Server) -> None:
    passwords = server.dispatcher._passwords
    passwords._interval = 3600
    first, second = await server.socket(), await server.socket()
    await first.sends(SIGNS_IN)
    assert (await first.reads()).startswith(b"HTTP/1.1 4")
    await second.sends(SIGNS_IN)
    for _ in range(2):
        peer = await server.socket()
        await peer.sends(ASKS)
        assert (await peer.reads()).startswith(b"HTTP/1.1 200 ")
    assert len(passwords._waiting) == 1
    passwords._next()
    assert (await second.reads()).startswith(b"HTTP/1.1 4")
