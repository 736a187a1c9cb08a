"""Webhooks of a running server: commits wake them, and the rooms' logs are their queue."""

import asyncio

from parley.core.commands import Edit, Erase, MakeWebhook, RemoveWebhook, SendMessage
from parley.core.decision import Decision, Outcome
from parley.core.events import MACHINE
from tests.server.server_fixture import Serve, Server, until
from tests.server.webhooks.endpoint import OK, Endpoint, status


class Asker:
    """Waits for the outcome of a command."""

    def __init__(self) -> None:
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    def decided(self, tag: object, outcome: Outcome) -> None:
        self.outcome.set_result(outcome)


async def add(server: Server, endpoint: Endpoint, *kinds: str) -> int:
    """Create a webhook of the lobby as the machine's owner, and return its id."""
    lobby = server.hub.view.state.rooms[1]
    submitter = Asker()
    command = MakeWebhook(MACHINE, lobby.id, "bot", endpoint.url, lobby.tip, "well-kept", None, kinds)
    server.hub.writer.submit(command, submitter)
    outcome = await submitter.outcome
    assert isinstance(outcome, Decision)
    return outcome.events[-1].seq


async def test_a_rooms_events_are_delivered_over_a_restart(serve: Serve) -> None:
    async with Endpoint() as endpoint:
        server = await serve(webhook_allow=[f"127.0.0.1:{endpoint.port}"])
        hook = await add(server, endpoint, "message")
        async with await server.line("ann") as ann:
            await ann.says("one")
            await ann.says("two")
            await endpoint.got(2)
            held = endpoint.hold()
            await ann.says("three")
            await endpoint.got(3)
            held.set_result(status(500))
        await until(lambda: bool((now := server.hub.webhooks.status(hook)) and now.failures))
        await server.stop()
        await server.open()
        await endpoint.got(4)
    said = [(request.json["event"]["name"], request.json["event"]["text"]) for request in endpoint.requests]
    assert said == [("ann", "one"), ("ann", "two"), ("ann", "three"), ("ann", "three")]
    assert endpoint.requests[2].headers["parley-event-id"] == endpoint.requests[3].headers["parley-event-id"]


async def test_a_dropped_webhook_has_no_status_and_a_parked_one_has(serve: Serve) -> None:
    async with Endpoint() as gone, Endpoint() as well:
        gone.answer = status(410)
        server = await serve(webhook_allow=["127.0.0.1"])
        first = await add(server, gone)
        second = await add(server, well)
        async with await server.line("ann"):
            await well.got(1)
            await until(lambda: bool((now := server.hub.webhooks.status(first)) and now.parked))
            submitter = Asker()
            server.hub.writer.submit(RemoveWebhook(MACHINE, 1, second), submitter)
            await submitter.outcome
        assert server.hub.webhooks.status(second) is None
        gone.answer = OK
        assert await server.hub.webhooks.resume(first)
        await gone.got(2)
        assert f"webhook {first} is parked: The endpoint answered 410 Gone." in server.log


async def test_a_message_that_is_erased_while_its_endpoint_fails_is_sent_without_its_text(serve: Serve) -> None:
    async with Endpoint() as endpoint:
        server = await serve(webhook_allow=[f"127.0.0.1:{endpoint.port}"])
        async with await server.line("ann"):
            user = server.user("ann")
            hook = await add(server, endpoint)
            endpoint.answer = status(500)
            [said] = await server.does(SendMessage(user, 1, "a secret"))
            await server.does(Edit(user, 1, said.seq, "the same secret"))
            await until(lambda: bool((now := server.hub.webhooks.status(hook)) and now.failures))
            assert endpoint.requests[-1].json["event"]["text"] == "a secret"
            [erased] = await server.does(Erase(user, 1, said.seq))
            failed = len(endpoint.requests)
            endpoint.answer = OK
            assert await server.hub.webhooks.resume(hook)
            await until(lambda: bool((now := server.hub.webhooks.status(hook)) and now.acked == erased.seq))
    message, edit, erasure = [request.json["event"] for request in endpoint.requests[failed:]]
    for event in (message, edit):
        assert len(event["sum"]) == 43
        assert event["now"] == {"erased": erased.seq}
        assert event.keys().isdisjoint(("text", "salt"))
    assert (erasure["kind"], erasure["target"], erasure["about"]["name"]) == ("erased", said.seq, "ann")
