"""Adding a dialect takes a folder and one line: a toy dialect on a real socket."""

import asyncio
from collections.abc import Callable
from typing import ClassVar

import pytest
from msgspec.structs import replace

from parley.core.commands import Moderate
from parley.core.decision import Outcome
from parley.core.events import MACHINE, Event
from parley.gateways.effects import Effects
from parley.server import compose
from parley.wire.signature import Dialect
from tests.gateways import toy
from tests.server.server_fixture import Serve, until


@pytest.fixture(autouse=True)
def toy_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(compose.DIALECTS, Dialect.IRC, toy.DIALECT)


async def test_a_registered_dialect_is_served_on_the_port(serve: Serve) -> None:
    server = await serve()
    bob = await server.line("bob")
    zoe = await server.socket()
    await zoe.says("NICK zoe")
    await zoe.sees("TOY")
    await bob.sees("zoe has connected to the chat room")
    await bob.says("hi")
    await bob.sees("bob: hi")
    await zoe.sees("bob hi")
    await zoe.says("hello")
    await zoe.sees("zoe hello")
    await bob.sees("zoe: hello")
    assert any(line.endswith("(toy)") for line in server.log)
    # In this dialect, events count as delivered when the client's machine has acknowledged the bytes, and a guest
    # leaves when the connection ends.
    room = server.hub.view.state.rooms[1]
    user = server.user("zoe")
    await until(lambda: server.hub.view.marks.of(1, user).delivered == room.tip)  # type: ignore[union-attr]
    await zoe.closes()
    await bob.sees("zoe has left the chat room!")
    await bob.sees_nothing_more()


async def test_a_minimal_session_ends_when_the_server_stops(serve: Serve) -> None:
    server = await serve()
    zoe = await server.socket()
    await zoe.says("NICK zoe", "one", "two")
    await zoe.sees("TOY")
    await until(lambda: server.members("lobby") == {"zoe"})
    await server.stop()
    assert (await zoe.reads()).endswith(b"BYE\n")


class Recorded(toy.ToySession):
    """A toy session that records its calls."""

    calls: ClassVar[list[str]] = []
    after_naming: ClassVar[Callable[[], object]]

    def decided(self, tag: object, outcome: Outcome) -> Effects:
        self.calls.append(f"decided {tag}")
        if tag == "name":
            # The next turn of the loop comes before the writer processes the join that is submitted now.
            asyncio.get_running_loop().call_soon(self.after_naming)
        return super().decided(tag, outcome)

    def left(self, event: Event) -> Effects:
        self.calls.append(f"left {event.seq}")
        return super().left(event)

    def joined(self, event: Event) -> Effects:
        self.calls.append(f"joined {event.seq}")
        return super().joined(event)


async def test_left_is_called_before_joined_if_both_are_in_one_commit(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(compose.DIALECTS, Dialect.IRC, replace(toy.DIALECT, session=Recorded))
    server = await serve()
    bob = await server.line("bob")
    kick = Moderate(MACHINE, 1, "kick", "zoe")
    Recorded.after_naming = staticmethod(lambda: server.hub.ask(kick))
    zoe = await server.socket()
    await zoe.says("NICK zoe")
    await bob.sees("zoe has connected to the chat room")
    assert (await bob._line()).endswith("has sent zoe out")
    assert Recorded.calls == ["decided name", "left 4", "decided join", "joined 3"]
