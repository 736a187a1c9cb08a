"""The line dialect over real sockets: the promises of the original project report, and common faults."""

import asyncio

import pytest

from parley.core.commands import SendMessage
from parley.wire.limits import LINE_BYTES
from tests.server.server_fixture import DEADLINE, FENCED, Serve, Server, until


async def test_glued_and_split_lines(server: Server) -> None:
    bob, eve = await server.line("bob"), await server.line("eve")
    await bob.sees("eve has connected to the chat room")
    await eve.sends(b"one\ntwo\r\nth")
    await bob.sees("eve: one", "eve: two")
    await eve.sends(b"ree\n\xc3")
    await bob.sees("eve: three")
    await eve.sends("é\n".encode()[1:])
    await bob.sees("eve: é")
    await eve.sees("eve: one", "eve: two", "eve: three", "eve: é")


async def test_an_abrupt_close_is_seen_by_the_others(server: Server) -> None:
    bob, eve = await server.line("bob"), await server.line("eve")
    await bob.sees("eve has connected to the chat room")
    await eve.aborts()
    await bob.sees("eve has left the chat room!")
    await bob.sees_nothing_more()
    assert server.members("lobby") == {"bob"}
    await server.line("eve")


@pytest.mark.parametrize("word", [".exit", "/quit"])
async def test_a_goodbye_is_seen_by_the_others(server: Server, word: str) -> None:
    bob, eve = await server.line("bob"), await server.line("eve")
    await bob.sees("eve has connected to the chat room")
    await eve.says(f"{word} see you")
    await bob.sees("eve has left the chat room! with message see you")
    await eve.sees("eve has left the chat room! with message see you")
    await eve.is_gone()
    await bob.sees_nothing_more()


async def test_a_name_in_use_is_refused(server: Server) -> None:
    bob = await server.line("bob")
    other = await server.socket()
    await other.says("Bob")
    await other.sees_characters("alias?The name Bob is taken. Choose another.\nalias?")
    await other.says("robert")
    await other.sees("robert has connected to the chat room", "you are now connected!")
    await bob.sees("robert has connected to the chat room")


async def test_one_of_two_simultaneous_claims_of_a_name_is_refused(server: Server) -> None:
    one, other = await server.socket(), await server.socket()
    await asyncio.gather(one.says("bob"), other.says("bob"))
    answers = set()
    for person in (one, other):
        await person.sees_characters("alias?")
        answers.add(await person._line())
    assert answers == {"bob has connected to the chat room", "The name bob is taken. Choose another."}


async def test_a_released_name_can_be_taken(server: Server) -> None:
    bob = await server.line("bob")
    await bob.says("/nick robert")
    await bob.sees("bob is now known as robert")
    await server.line("bob")


async def test_piped_input_is_sent_and_shown_before_the_connection_closes(server: Server) -> None:
    eve = await server.line("eve")
    bob = await server.socket()
    await bob.sends(b"bob\nhello\nlast words without a newline")
    await bob.stops_writing()
    text = (await bob.reads()).decode()
    assert text.splitlines() == [
        "alias?bob has connected to the chat room",
        "you are now connected!",
        "bob: hello",
        "bob: last words without a newline",
    ]
    await eve.sees("bob has connected to the chat room", "bob: hello", "bob: last words without a newline")
    await eve.sees("bob has left the chat room!")


async def test_an_unfinished_command_is_not_carried_out(server: Server) -> None:
    eve = await server.line("eve")
    bob = await server.line("bob")
    await bob.says("/join tea")
    await bob.sees("bob has connected to the chat room")
    await eve.says("/join tea")
    await bob.sees("eve has connected to the chat room")
    await bob.sends(b"/ban eve")
    await bob.stops_writing()
    await bob.sees("The last line is a command without a newline. It may be cut off, so it was not carried out.")
    await bob.is_gone()
    assert "eve" in server.members("tea")


@pytest.mark.parametrize("others", [200, 3_000])
async def test_piped_input_is_shown_behind_a_backlog_of_other_messages(serve: Serve, others: int) -> None:
    server = await serve(rate_messages=0)
    await server.line("bob")
    eve = await server.line("eve")
    server.stalls("eve", eve)
    # These are more than fit into the tail, so the rest is read from the store.
    said = [SendMessage(server.user("bob"), server.room("lobby"), f"{number} " + "x" * 900) for number in range(others)]
    answers = asyncio.gather(*(server.hub.ask(command) for command in said))
    await eve.sends(b"last words\n")
    await eve.stops_writing()
    await answers
    eve.transport.resume_reading()
    lines = (await eve.reads()).decode().splitlines()
    assert "eve: last words" in lines
    assert sum(line.startswith("bob: ") for line in lines[: lines.index("eve: last words")]) > others // 2


async def test_refusals_of_piped_input_are_shown(serve: Serve) -> None:
    server = await serve(rate_messages=0.01, rate_burst=5)
    bob = await server.socket()
    await bob.says("bob", *"123456", ".exit")
    text = (await bob.reads()).decode()
    assert text.count("bob: ") == 4
    assert text.count("You are sending too fast. Try again in") == 2


async def test_a_long_paste_is_sent_in_order(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    bob = await server.socket()
    lines = [f"line {number}" for number in range(1_500)]
    await bob.says("bob", *lines)
    await bob.stops_writing()
    text = (await bob.reads()).decode()
    assert text.splitlines()[2:] == [f"bob: {line}" for line in lines]


async def test_lines_go_to_the_room_that_was_current_when_they_were_written(server: Server) -> None:
    bob = await server.line("bob")
    await bob.says("one", "/join tea", "two", "/join lobby", "three", "/leave", "four")
    await bob.sees_until("bob: four")
    state = server.hub.view.state
    lobby, tea = state.room_named("lobby"), state.room_named("tea")
    assert lobby
    assert tea
    assert [event.text for event in server.store.after(lobby.id, 0, 99, said=True)] == ["one", "three"]
    assert [event.text for event in server.store.after(tea.id, 0, 99, said=True)] == ["two", "four"]


async def test_invalid_lines_are_answered_and_affect_nobody_else(server: Server) -> None:
    bob, eve = await server.line("bob"), await server.line("eve")
    await bob.sees("eve has connected to the chat room")
    await eve.sends(b"\xff\xfe\n" + b"a\0b\n" + b"x" * (LINE_BYTES + 1) + b"\n" + b"fine\n")
    await eve.sees(
        "This line could not be read: it is not UTF-8. It was ignored.",
        "This line could not be read: it holds a NUL. It was ignored.",
        "A line has at most 16,384 bytes. This one was ignored.",
        "eve: fine",
    )
    await bob.sees("eve: fine")
    await bob.sees_nothing_more()


async def test_the_reports_own_client(server: Server) -> None:
    bob = await server.raw("bob")
    eve = await server.line("eve")
    await bob.sees_characters("eve has connected to the chat room")
    await bob.sends(b"bob: hi")
    await eve.sees("bob: hi")
    await bob.sees_characters("bob: hi")
    await bob.sends(b"bob: onebob: two")
    await eve.sees("bob: one", "bob: two")
    await bob.sees_characters("bob: onebob: two")
    await eve.says("there")
    await bob.sees_characters("eve: there")
    await bob.sends(b"bob: .exit")
    await bob.sees_characters("bob has left the chat room! with message .exit")
    await bob.is_gone()
    await eve.sees("eve: there", "bob has left the chat room! with message .exit")


async def test_a_silent_client_gets_the_prompt(server: Server) -> None:
    silent = await server.socket()
    await silent.sees_characters("alias?")
    await silent.says("bob")
    await silent.sees("bob has connected to the chat room", "you are now connected!")


async def test_an_unanswered_prompt_closes_the_connection(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.gateways.line.session.NAMING_SECONDS", 0.05)
    silent = await server.socket()
    assert await silent.reads() == b"alias?Nobody answered. Goodbye.\n"
    await until(lambda: not server.hub.connections)
    assert server.log == ["the room #lobby is open"]


async def test_a_client_that_disconnects_while_entering_holds_no_name(server: Server) -> None:
    eve = await server.line("eve")
    for _ in range(10):
        bob = await server.socket()
        await bob.says("bob")
        await bob.aborts()
    await until(lambda: set(server.members("lobby")) == {"eve"} and server.hub.view.state.user_named("bob") is None)
    await eve.says("/fence")
    assert all(line.startswith("bob has ") for line in (await eve.sees_until(FENCED))[:-1])


async def test_joining_an_unknown_room_makes_it_and_its_name_is_case_insensitive(server: Server) -> None:
    bob = await server.line("bob")
    await bob.says("/join Tea", "/rooms")
    await bob.sees("bob has connected to the chat room", "  #lobby (1 person)", "* #Tea (1 person)")
    await bob.says("/join #TEA")
    await bob.sees("You are in #Tea now.")


async def test_a_thousand_silent_connections_affect_nobody_else(serve: Serve) -> None:
    server = await serve(connections_per_address=0)
    bob = await server.line("bob")
    crowd = [await server.socket() for _ in range(1_000)]
    async with asyncio.timeout(DEADLINE):
        await bob.says("hi")
        await bob.sees("bob: hi")
    await until(lambda: len(server.hub.connections) == 1_001)
    for person in crowd:
        person.transport.abort()
    await until(lambda: len(server.hub.connections) == 1)
    assert server.hub.connection_counts == {"127.0.0.1": 1}
