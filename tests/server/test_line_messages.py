"""What netcat shows of changed and answered messages: newcomers, quotes, reactions."""

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from parley.core.commands import Edit, Erase, Join, React, Reply, SendMessage
from parley.core.events import Event, RelatedEvent
from parley.core.forms import Message
from parley.core.quotes import QUOTES_MOST, QuotedMessage, Quotes
from parley.core.rendering import ReactionsSignal
from parley.core.state import State
from parley.core.tail import Tail
from parley.gateways.line.render import DirectLines, RoomLines
from parley.gateways.view import View
from parley.server.engine.history import NEWEST_KEPT
from parley.server.engine.reactions import GATHER_SECONDS, GatheredReactions
from tests.server.server_fixture import Server, until
from tests.transcripts.session import HERE

HOSTILE = [case["text"] for case in json.loads((HERE / "text" / "hostile.json").read_text(encoding="utf-8"))]


def said(seq: int, text: str, **more: Any) -> Event:
    plain = (1, seq, 0, 7, "ali", "message", text)
    return RelatedEvent(*plain, salt="x" * 22, **more) if more else Event(*plain, salt="x" * 22)


def changed(seq: int, kind: Any, target: int, text: str = "", user: int = 7, name: str = "ali") -> RelatedEvent:
    return RelatedEvent(1, seq, 0, user, name, kind, text, salt="x" * 22, target=target)


def a_view() -> View:
    return View(State("e"), lambda user: False, "test")


# Newcomers


async def test_newcomers_together_cost_one_read_of_the_store(server: Server) -> None:
    bob = await server.line("bob")
    await bob.says("one", "two", "three")
    await bob.sees("bob: one", "bob: two", "bob: three")
    await server.does(Erase(server.user("bob"), 1, 5))  # what was kept of the room in memory is not used any more
    await bob.sees("* bob deleted [5]")
    reads: list[int] = []
    shown = server.store.shown

    def counted(*where: Any, **how: Any) -> Any:
        reads.append(1)
        return shown(*where, **how)

    server.store.shown = counted  # type: ignore[method-assign]
    people = await asyncio.gather(*(server.line(f"p{number}") for number in range(6)))
    assert all(
        [line for line in each.entrance if line.startswith("bob")] == ["bob: one", "bob: two"] for each in people
    )
    assert len(reads) == 1


async def test_a_message_that_comes_while_a_newcomer_s_page_is_read_is_shown_to_the_next_newcomer(
    server: Server,
) -> None:
    bob = await server.line("bob")
    await bob.says("one", "two")
    await bob.sees("bob: one", "bob: two")
    await server.does(Erase(server.user("bob"), 1, 4))  # what was kept of the room in memory is not used any more
    await bob.sees("* bob deleted [4]")
    reading, free = threading.Event(), threading.Event()
    shown = server.store.shown

    def held(*where: Any, **how: Any) -> Any:
        reading.set()
        assert free.wait(10)
        return shown(*where, **how)

    server.store.shown = held  # type: ignore[method-assign]
    first = asyncio.ensure_future(server.line("p1"))
    try:
        await until(reading.is_set)
        await bob.says("three")
        await bob.sees("p1 has connected to the chat room", "bob: three")
    finally:
        free.set()
    await first
    second = await server.line("p2")
    assert [line for line in second.entrance if line.startswith("bob")] == ["bob: one", "bob: three"]


async def test_newcomers_see_messages_as_they_are_now(server: Server) -> None:
    bob = await server.line("bob")
    id_ = server.user("bob")
    await bob.says("one", "two", "three")
    await bob.sees("bob: one", "bob: two", "bob: three")

    async def newcomer(name: str) -> list[str]:
        line = await server.line(name)
        await bob.sees(f"{name} has connected to the chat room")
        entrance = [each for each in line.entrance if "connected" not in each]
        await line.closes()
        await bob.sees(f"{name} has left the chat room!")
        return entrance

    assert await newcomer("p1") == ["bob: one", "bob: two", "bob: three"]
    await server.does(Edit(id_, 1, 3, "1"))
    await server.does(React(id_, 1, 3, "👍"))
    assert await newcomer_after(bob, newcomer, "p2", "* bob edited [3]: 1") == [
        "bob: 1 (edited)",
        "  [3] 👍 1",
        "bob: two",
        "bob: three",
    ]
    await server.does(Reply(id_, 1, "four", "message", 4))
    await server.does(Erase(id_, 1, 4))
    await bob.sees('bob (re [4] bob: "two"): four')
    assert await newcomer_after(bob, newcomer, "p3", "* bob deleted [4]") == [
        "bob: 1 (edited)",
        "  [3] 👍 1",
        "bob: three",
        "bob (re [4], a deleted message): four",
    ]
    for number in range(NEWEST_KEPT + 5):
        await server.does(SendMessage(id_, 1, f"n{number}"))
    await bob.sees(*(f"bob: n{number}" for number in range(NEWEST_KEPT + 5)))
    assert await newcomer("p4") == [f"bob: n{number}" for number in range(NEWEST_KEPT - 15, NEWEST_KEPT + 5)]


async def test_what_was_said_while_nobody_read_the_room_is_shown(server: Server) -> None:
    ann = await server.account("ann")
    await server.does(Join(ann, "lobby"))
    bob = await server.line("bob")
    await bob.closes()
    await until(lambda: not server.hub.feeds.readers(1))
    await server.does(SendMessage(ann, 1, "meanwhile"))
    assert "ann: meanwhile" in (await server.line("eve")).entrance


async def newcomer_after(bob: Any, newcomer: Callable[[str], Any], name: str, line: str) -> list[str]:
    await bob.sees(line)
    found: list[str] = await newcomer(name)
    return found


# Quotes


@pytest.mark.parametrize("text", [*HOSTILE, 'x"): eve: it was me', "a\n[4] eve: b", "\u202e\u2066", "x" * 8_000])
def test_a_hostile_text_stays_within_its_quote(text: str) -> None:
    view = a_view()
    view.quotes.put(1, 3, QuotedMessage.of(Message.of(said(3, text))))
    for rendering in (RoomLines(view=view), DirectLines(7, "eve", view=view)):
        line = rendering.event(said(4, "yes", target=3)).decode()
        assert line.count("\n") == 1
        begin, quoted, end = line.split('"')
        assert begin.endswith("(re [3] ali: ")
        assert end == "): yes\n"
        assert len(quoted) <= 60
        assert quoted.isprintable() or set("\u200d") >= {each for each in quoted if not each.isprintable()}


def test_the_bytes_for_slow_readers_forget_a_deleted_quote() -> None:
    view = a_view()
    view.quotes.put(1, 3, QuotedMessage.of(Message.of(said(3, "secret"))))
    tail, rendering = Tail(2), RoomLines(view=view)
    tail.append([said(3, "secret"), said(4, "yes", target=3), said(5, "no", target=3, thread=3)])
    assert b"secret" in b"".join(tail.rendered(rendering, 2, 5)[1:])
    erased = changed(6, "erased", 3)
    tail.append([erased])
    view.quotes.apply(erased)
    tail.erase({3: 6})
    assert tail.rendered(rendering, 2, 6) == [
        b"",
        b"ali (re [3], a deleted message): yes\n",
        b"ali (thread [3], a deleted message): no\n",
        b"* ali deleted [3]\n",
    ]


def test_readers_who_came_later_are_told_less() -> None:
    view = a_view()
    view.quotes.put(1, 3, QuotedMessage.of(Message.of(said(3, "secret"))))
    later = RoomLines(view=view, floor=4)
    assert later != RoomLines(view=view)
    assert later.event(said(5, "yes", target=3)) == b"ali (re [3], before you came): yes\n"
    assert later.event(changed(6, "edited", 3, "secret!")) == b"* ali edited [3]\n"
    assert later.event(changed(7, "edited", 5, "yes!")) == b"* ali edited [5]: yes!\n"


def test_quotes_follow_changes_and_are_bounded() -> None:
    quotes = Quotes()
    message = Message.of(said(3, "one"))
    quotes.put(1, 3, QuotedMessage.of(message))
    quotes.apply(changed(5, "edited", 3, "two"))
    quotes.put(1, 3, QuotedMessage.of(message))  # read before the edit, and put later
    found = quotes.find(1, 3)
    assert found is not None
    assert found.text == "two"
    quotes.apply(changed(4, "edited", 3, "older"))
    assert found.text == "two"
    quotes.apply(changed(6, "erased", 3))
    assert (found.text, found.erased) == ("", True)
    for seq in range(10, 10 + QUOTES_MOST):
        quotes.put(1, seq, QuotedMessage.of(message))
    assert quotes.find(1, 3) is None


# Reactions


class Clock:
    """A loop whose time does not pass."""

    def __init__(self) -> None:
        self.later: list[tuple[float, Callable[..., None], tuple[Any, ...]]] = []

    def call_later(self, seconds: float, call: Callable[..., None], *arguments: Any) -> None:
        self.later.append((seconds, call, arguments))

    def ring(self) -> None:
        later, self.later = self.later, []
        for _, call, arguments in later:
            call(*arguments)


def test_reactions_within_some_seconds_are_told_together() -> None:
    clock, told = Clock(), list[ReactionsSignal]()
    gathered = GatheredReactions(clock, told.append)  # type: ignore[arg-type]
    gathered.add(changed(5, "reacted", 3, "👍"))
    gathered.add(changed(6, "reacted", 3, "👍", 8, "eve"))
    gathered.add(changed(7, "reacted", 3, "❤", 8, "eve"))
    gathered.add(changed(8, "reacted", 3, "🎉"))
    gathered.add(changed(9, "unreacted", 3, "🎉"))
    gathered.add(changed(10, "unreacted", 3, "🙈"))
    gathered.add(changed(11, "reacted", 4, "👍"))
    gathered.add(changed(12, "erased", 4))
    assert told == []
    assert [seconds for seconds, *_ in clock.later] == [GATHER_SECONDS] * 2
    clock.ring()
    assert told == [
        ReactionsSignal(1, 3, 2, "ali", (("👍", 2), ("❤", 1))),
        ReactionsSignal(1, 3, 1, "ali", (("🙈", 1),), back=True),
    ]
    gathered.add(changed(13, "reacted", 3, "👍", 9, "cat"))
    clock.ring()
    assert told[2:] == [ReactionsSignal(1, 3, 1, "cat", (("👍", 1),))]


def test_reactions_are_not_shown_to_who_hides_them() -> None:
    signal, view = ReactionsSignal(1, 3, 3, "ali", (("👍", 2), ("❤", 1))), a_view()
    assert RoomLines(view=view).signal(signal) == "* 3 reacted to [3]: 👍👍❤\n".encode()
    assert RoomLines("#tea", view=view, raw=True).signal(signal) == "#tea * 3 reacted to [3]: 👍👍❤".encode()
    assert DirectLines(7, "eve", view=view).signal(signal) == "@eve * 3 reacted to [3]: 👍👍❤\n".encode()
    assert RoomLines(view=view, reactions=False).signal(signal) == b""
