"""Deliveries of webhooks to correct and to faulty endpoints."""

import asyncio
import email.utils
import hashlib
import hmac
import logging
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from blockbuster import BlockBuster

from parley.server.webhooks import Guard, Timing, deliver
from tests.server.webhooks.endpoint import CUT, EPOCH, LOBBY, OK, SECRET, Endpoint, Ledger, Stand, status

Stands = Callable[..., Stand]


def at_work() -> list[str]:
    """Return the names of the deliveries that have a task."""
    return [name for task in asyncio.all_tasks() if "_Delivery" in (name := repr(task.get_coro()))]


# In order, at least once


async def test_events_go_out_in_order_one_at_a_time(stand: Stand, ledger: Ledger) -> None:
    ledger.write("one", "two")
    async with Endpoint() as endpoint:
        first = endpoint.hold()
        stand.hook(endpoint.url)
        assert await endpoint.got(1) == [1]
        stand.say("three", "four")
        await asyncio.sleep(0)
        assert endpoint.seqs == [1]  # the next event is not sent before this one is acknowledged
        first.set_result(OK)
        assert await endpoint.got(4) == [1, 2, 3, 4]
        await ledger.stored(1, 4)
        assert [acked for _, acked, _ in ledger.saves] == [1, 2, 3, 4]
        assert endpoint.connections == 1


async def test_a_text_that_is_erased_before_the_next_attempt_is_not_sent_again(stand: Stand, ledger: Ledger) -> None:
    ledger.write("one")
    ledger.write("", kind="joined")
    ledger.write("two", "three")
    async with Endpoint() as endpoint:
        endpoint.answer = status(500)
        stand.patient = True
        stand.hook(endpoint.url, kinds=["message"])
        await stand.paused.wait()
        for seq in (1, 4):
            ledger.erase(seq)
        stand.webhooks.erased()
        endpoint.answer = OK
        stand.hurry.set()
        assert await endpoint.got(4) == [1, 1, 3, 4]
    sent = [request.json["event"].get("text", "") for request in endpoint.requests]
    assert sent == ["one", "", "two", ""]


async def test_a_request_has_headers_a_signature_and_the_event(stand: Stand, ledger: Ledger) -> None:
    async with Endpoint() as endpoint:
        stand.hook(endpoint.url)
        stand.say("grüß dich")
        stand.say("", kind="joined")
        await endpoint.got(2)
    said, joined = endpoint.requests
    assert (said.method, said.path, said.version) == ("POST", "/hook/hidden?a=b", "HTTP/1.1")
    assert said.json == {
        "id": f"{EPOCH}-1-1",
        "room": {"id": 1, "name": "lobby", "epoch": EPOCH},
        "event": {"seq": 1, "at": 1_790_000_000_001, "user": 7, "name": "bob", "text": "grüß dich"},
    }
    assert joined.json["event"]["kind"] == "joined"
    assert said.headers["host"] == f"127.0.0.1:{endpoint.port}"
    assert said.headers["content-type"] == "application/json"
    assert said.headers["parley-event-id"] == f"{EPOCH}-1-1"
    assert said.headers["parley-timestamp"] == "1790000000"
    mac = hmac.new(SECRET.encode(), b"1790000000." + said.body, hashlib.sha256).hexdigest()
    assert said.headers["parley-signature"] == f"v1={mac}"


async def test_order_is_kept_whatever_fails(stand: Stand, ledger: Ledger) -> None:
    ledger.write(*"abcde")
    async with Endpoint() as endpoint:
        endpoint.answers.extend([status(500), CUT, OK, status(400), OK, b"HELLO?\r\n\r\n", status(302), OK, OK, CUT])
        stand.hook(endpoint.url)
        await ledger.stored(1, 5)
        assert endpoint.seqs == [1, 1, 1, 2, 2, 3, 3, 3, 4, 5, 5]
    assert [acked for _, acked, _ in ledger.saves] == [1, 2, 3, 4, 5]


async def test_delivery_goes_on_after_a_restart(stands: Stands, ledger: Ledger, tmp_path: Path) -> None:
    ledger.write(*"abc")
    async with Endpoint() as endpoint:
        first = stands()
        first.hook(endpoint.url)
        await ledger.stored(1, 3)
        await first.webhooks.stop()
        ledger.write("d")
        again = Ledger(tmp_path / "ledger.db")
        second = Stand(again)
        second.hook(endpoint.url)
        assert await endpoint.got(4) == [1, 2, 3, 4]
        await again.stored(1, 4)
        await second.webhooks.stop()
        again.close()


async def test_after_a_crash_only_an_unstored_acknowledgement_is_sent_twice(stands: Stands, ledger: Ledger) -> None:
    """The server is killed after the endpoint has acknowledged an event, and before the acknowledgement is on disk."""
    ledger.write(*"abc")
    async with Endpoint() as endpoint:
        first = stands()
        reached = asyncio.Event()

        async def save(hook: int, acked: int, parked: str | None) -> bool:
            if acked == 2:
                reached.set()
                await asyncio.Event().wait()
            return await ledger.save(hook, acked, parked)

        first.save = save
        first.hook(endpoint.url)
        await reached.wait()
        assert endpoint.seqs == [1, 2]  # the third is not sent before the second is stored
        first.webhooks.drop(1, LOBBY)
        stands().hook(endpoint.url)
        await ledger.stored(1, 3)
        assert endpoint.seqs == [1, 2, 2, 3]


async def test_nothing_goes_out_while_progress_cannot_be_stored(stand: Stand, ledger: Ledger) -> None:
    ledger.write(*"ab")
    ledger.unwritable = 3
    async with Endpoint() as endpoint:
        stand.hook(endpoint.url)
        await ledger.stored(1, 2)
        assert endpoint.seqs == [1, 2]
    assert stand.pauses == [0.5, 1.0, 2.0]


async def test_a_log_that_cannot_be_read_is_read_again(stand: Stand, ledger: Ledger) -> None:
    ledger.write("a")
    ledger.unreadable = 2
    async with Endpoint() as endpoint:
        stand.hook(endpoint.url)
        await ledger.stored(1, 1)
    assert stand.pauses == [0.5, 1.0]
    assert stand.webhooks.status(1) == deliver.Status(1, None, None, 0)


async def test_an_exception_does_not_end_a_webhook(
    stand: Stand, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.write("a")

    async def broken(*_: object) -> None:
        stand.read = ledger.read
        raise ZeroDivisionError

    stand.read = broken
    async with Endpoint() as endpoint:
        stand.hook(endpoint.url)
        await ledger.stored(1, 1)
    assert "webhook 1: something went wrong in the server" in caplog.messages


# Which events


async def test_a_webhook_gets_its_room_and_its_kinds_only(
    stand: Stand, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "SKIPPED_MOST", 3)
    async with Endpoint() as endpoint:
        stand.hook(endpoint.url, kinds=["joined", "left"])
        stand.say("elsewhere", room=2, kind="joined")
        stand.say("not this")
        stand.say("", kind="joined")
        await ledger.stored(1, 2)
        stand.say("nor", "any", "of", "these")
        await ledger.stored(1, 6)  # these events are skipped, and the seq is stored once for several of them
        assert endpoint.seqs == [2]
        assert endpoint.requests[0].json["room"]["id"] == 1


async def test_an_idle_webhook_has_no_connection_and_no_task(stand: Stand, ledger: Ledger) -> None:
    ledger.write("a")
    async with Endpoint() as endpoint:
        stand.hook(endpoint.url)
        await endpoint.got(1)
        await endpoint.until(lambda: not endpoint.open)
        assert not at_work()
        stand.say("b")
        assert await endpoint.got(2) == [1, 2]
        await endpoint.until(lambda: not endpoint.open)
        assert endpoint.connections == 2


async def test_a_removed_webhook_gets_nothing_more(stand: Stand, ledger: Ledger) -> None:
    ledger.write(*"ab")
    async with Endpoint() as endpoint:
        held = endpoint.hold()
        stand.hook(endpoint.url)
        await endpoint.got(1)
        stand.webhooks.drop(1, LOBBY + 1)  # the webhook is in another room
        assert stand.webhooks.status(1) is not None
        stand.webhooks.drop(1, LOBBY)
        stand.webhooks.drop(2, LOBBY)  # there is no such webhook
        await endpoint.until(lambda: not endpoint.open)
        held.cancel()
        stand.say("c")
        assert stand.webhooks.status(1) is None
        assert not await stand.webhooks.resume(1)
        await stand.webhooks.stop()
        assert endpoint.seqs == [1]


async def test_a_changed_webhook_goes_on_at_its_new_url(stand: Stand, ledger: Ledger) -> None:
    ledger.write(*"ab")
    async with Endpoint() as old, Endpoint() as new:
        hook = stand.hook(old.url)
        await ledger.stored(1, 2)
        # This webhook was read from the store before its new seq was stored.
        stand.webhooks.put(msgspec.structs.replace(hook, url=new.url, secret="another", acked=0))
        stand.say("c")
        assert await new.got(1) == [3]
        assert (old.seqs, new.seqs) == ([1, 2], [3])


# Failures


@pytest.mark.parametrize(
    ("headers", "pauses"),
    [
        ([], [0.5, 1.0, 2.0, 4.0]),
        (["Retry-After: 7"], [7.0] * 4),
        (["Retry-After: 1"], [1.0, 1.0, 2.0, 4.0]),  # the server's own delay becomes longer than the one asked for
        ([f"Retry-After: {email.utils.formatdate(1_790_000_020, usegmt=True)}"], [19.5] * 4),
        (["Retry-After: 999999999"], [3600.0] * 4),
        (["Retry-After: soon"], [0.5, 1.0, 2.0, 4.0]),
        (["Retry-After: -5"], [0.5, 1.0, 2.0, 4.0]),
    ],
)
async def test_pauses_double_unless_the_endpoint_asks_for_longer(
    stand: Stand, ledger: Ledger, headers: list[str], pauses: list[float]
) -> None:
    ledger.write("a")
    async with Endpoint() as endpoint:
        endpoint.answers.extend([status(503, *headers)] * 4)
        stand.hook(endpoint.url)
        await ledger.stored(1, 1)
    assert stand.pauses == pauses


async def test_pauses_are_bounded_and_random(stands: Stands, ledger: Ledger) -> None:
    ledger.write("a")
    stand = stands(chance=lambda: 0.5, timing=Timing(first=1.0, longest=4.0))
    async with Endpoint() as endpoint:
        endpoint.answers.extend([status(503)] * 5)
        stand.hook(endpoint.url)
        await ledger.stored(1, 1)
    assert stand.pauses == [0.75, 1.5, 3.0, 3.0, 3.0]


async def test_status_410_parks_the_webhook_at_once_and_resume_continues_it(
    stand: Stand, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.write(*"ab")
    async with Endpoint() as endpoint:
        endpoint.answers.extend([OK, status(410)])
        stand.hook(endpoint.url)
        await ledger.stored(1, 1, parked=True)
        reason = "The endpoint answered 410 Gone."
        assert ledger.acked(1) == (1, reason)
        assert f"webhook 1 is parked: {reason}" in caplog.messages
        assert stand.webhooks.status(1) == deliver.Status(1, reason, reason, 1)
        await endpoint.until(lambda: not endpoint.open)
        stand.say("c")
        assert not at_work()
        assert endpoint.seqs == [1, 2]

        ledger.unwritable = 1
        assert not await stand.webhooks.resume(1)
        assert stand.webhooks.status(1) == deliver.Status(1, reason, reason, 1)
        assert await stand.webhooks.resume(1)
        await ledger.stored(1, 3)
        assert endpoint.seqs == [1, 2, 2, 3]
        assert stand.webhooks.status(1) == deliver.Status(3, None, None, 0)


async def test_a_parked_webhook_stays_parked_over_a_restart(stands: Stands, ledger: Ledger) -> None:
    ledger.write("a")
    async with Endpoint() as endpoint:
        endpoint.answer = status(410)
        first = stands()
        first.hook(endpoint.url)
        await ledger.stored(1, 0, parked=True)
        await first.webhooks.stop()
        second = stands()
        second.hook(endpoint.url)
        second.say("b")
        assert not at_work()
        assert endpoint.seqs == [1]


async def test_a_day_of_failures_parks_the_webhook(
    stand: Stand, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.write(*"ab")
    async with Endpoint() as endpoint:
        endpoint.answers.append(OK)
        endpoint.answer = status(500)
        began = stand.time
        stand.hook(endpoint.url)
        await ledger.stored(1, 1, parked=True)
        assert 86_400 <= stand.time - began < 86_400 + 900
        place, reason = ledger.acked(1)
        assert (place, reason) == (1, "The endpoint answered 500 Internal Server Error. So it was for 24 hours.")
        # There is one log line when the failures begin and one when the webhook is parked, not one for each attempt.
        assert len([line for line in caplog.messages if "webhook 1" in line]) == 2
        # After a success, the webhook again has a whole day of failures before it is parked.
        endpoint.answers.append(status(500))
        endpoint.answer = OK
        assert await stand.webhooks.resume(1)
        await ledger.stored(1, 2)


async def test_after_an_acknowledgement_the_day_of_failures_begins_again(stand: Stand, ledger: Ledger) -> None:
    ledger.write(*"ab")
    slow = [status(503, "Retry-After: 3600")] * 23
    async with Endpoint() as endpoint:
        endpoint.answers.extend([*slow, OK, *slow, OK])
        stand.hook(endpoint.url)
        await ledger.stored(1, 2)
    assert stand.time > 1_000 + 40 * 3_600


async def test_resuming_a_failing_webhook_retries_at_once(stand: Stand, ledger: Ledger) -> None:
    stand.patient = True
    async with Endpoint() as endpoint:
        endpoint.answers.append(status(500))
        stand.hook(endpoint.url)
        stand.say("a")
        await stand.paused.wait()
        now = stand.webhooks.status(1)
        assert now == deliver.Status(0, None, "The endpoint answered 500 Internal Server Error.", 1)
        assert await stand.webhooks.resume(1)
        await ledger.stored(1, 1)
        assert endpoint.seqs == [1, 1]
        assert await stand.webhooks.resume(1)  # nothing to do


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (status(404), "The endpoint answered 404 Not Found."),
        (status(302, "Location: http://127.0.0.1:1/"), "The endpoint answered 302 Found. Redirects are not followed."),
        (status(799), "The endpoint answered 799."),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "The endpoint's answer is no HTTP."),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "The endpoint's answer is no HTTP."),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000, "The endpoint's answer is no HTTP."),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000, "The endpoint's answer is too long."),
        (CUT, "The endpoint broke the connection off."),
    ],
)
async def test_an_answer_that_is_no_acknowledgement_is_a_failure(
    stand: Stand, ledger: Ledger, answer: bytes, trouble: str
) -> None:
    ledger.write("a")
    stand.patient = True
    async with Endpoint() as endpoint:
        endpoint.answers.append(answer)
        stand.hook(endpoint.url)
        await stand.paused.wait()
        now = stand.webhooks.status(1)
        assert now
        assert now.trouble == trouble
        assert now.acked == 0


@pytest.mark.parametrize(
    "answer",
    [
        status(204),
        status(299),
        b"HTTP/1.0 200 OK\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        status(200, body=b"x" * 300_000),
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe",  # the rest never comes
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense",
        OK + b"HTTP/1.1 200 OK\r\n\r\n",  # an answer nobody asked for
    ],
)
async def test_a_success_status_is_an_acknowledgement(stands: Stands, ledger: Ledger, answer: bytes) -> None:
    ledger.write(*"ab")
    stand = stands(timing=Timing(body=0.05))
    async with Endpoint() as endpoint:
        endpoint.answers.append(answer)
        endpoint.answers.append(status(500))
        stand.hook(endpoint.url)
        await ledger.stored(1, 2)
        # The status is valid although the rest could not be read. It is only for the first event: the second event gets
        # its own 500.
        assert endpoint.seqs == [1, 2, 2]
    assert stand.pauses == [0.5]


@pytest.mark.parametrize(("length", "connections"), [(0, 1), (60_000, 1), (70_000, 2)])
async def test_a_connection_is_kept_unless_the_answer_is_long(
    stand: Stand, ledger: Ledger, length: int, connections: int
) -> None:
    ledger.write(*"ab")
    async with Endpoint() as endpoint:
        endpoint.answers.append(status(200, body=b"x" * length))
        stand.hook(endpoint.url)
        await ledger.stored(1, 2)
        assert endpoint.connections == connections


async def test_an_endpoint_may_close_a_connection_between_requests(stand: Stand, ledger: Ledger) -> None:
    ledger.write(*"abc")
    async with Endpoint() as endpoint:
        endpoint.answers.extend([OK, CUT, OK, status(200, "Connection: close")])
        stand.hook(endpoint.url)
        await ledger.stored(1, 3)
        assert endpoint.seqs == [1, 2, 2, 3]
        assert endpoint.connections == 2
    assert stand.pauses == []  # this does not count as a failure


async def test_an_endpoint_that_is_not_there(stand: Stand, ledger: Ledger) -> None:
    async with Endpoint() as endpoint:
        url = endpoint.url
    stand.patient = True
    stand.hook(url)
    stand.say("a")
    await stand.paused.wait()
    now = stand.webhooks.status(1)
    assert now
    assert now.trouble == f"http://127.0.0.1:{endpoint.port} can't be connected to: Connection refused."


# Slow endpoints


async def test_a_slow_endpoint_delays_only_itself(stand: Stand, ledger: Ledger) -> None:
    async with Endpoint() as slow, Endpoint() as quick:
        held = slow.hold()
        stand.hook(slow.url, id=1)
        stand.hook(quick.url, id=2)
        stand.say("a")
        await slow.got(1)
        stand.say(*"bcde")
        assert await quick.got(5) == [1, 2, 3, 4, 5]
        assert (slow.seqs, slow.open) == ([1], 1)
        held.set_result(OK)
        assert await slow.got(5) == [1, 2, 3, 4, 5]


async def test_silence_is_a_failure(stands: Stands, ledger: Ledger) -> None:
    stand = stands(timing=Timing(head=0.05))
    stand.patient = True
    async with Endpoint() as endpoint:
        endpoint.hold()
        stand.hook(endpoint.url)
        stand.say("a")
        await stand.paused.wait()
        now = stand.webhooks.status(1)
        assert now
        assert now.trouble == "The endpoint did not answer within 0.05 seconds."
        await endpoint.until(lambda: not endpoint.open)


async def test_stopping_lets_an_answer_come_in(stand: Stand, ledger: Ledger) -> None:
    ledger.write(*"ab")
    async with Endpoint() as endpoint:
        held = endpoint.hold()
        stand.hook(endpoint.url)
        await endpoint.got(1)
        stopping = asyncio.ensure_future(stand.webhooks.stop())
        await asyncio.sleep(0)
        held.set_result(OK)
        await stopping
        assert ledger.acked(1) == (1, None)
        assert endpoint.seqs == [1]
        stand.say("c")  # the webhook is stopped
        await asyncio.sleep(0)
        assert endpoint.seqs == [1]


async def test_stopping_does_not_wait_for_silent_endpoints(
    stand: Stand, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "STOP_SECONDS", 0.05)
    ledger.write(*"ab")
    stand.patient = True
    async with Endpoint() as dead, Endpoint() as failing:
        dead.hold()
        failing.answer = status(500)
        stand.hook(dead.url, id=1)
        stand.hook(failing.url, id=2)
        await dead.got(1)
        await stand.paused.wait()
        async with asyncio.timeout(1):
            await stand.webhooks.stop()
        await dead.until(lambda: not dead.open)
    assert ledger.saves == []


# Where requests go


async def test_a_refused_url_parks_the_webhook(stands: Stands, ledger: Ledger) -> None:
    stand = stands(Guard())
    async with Endpoint() as endpoint:
        stand.hook(endpoint.url)
        stand.say("a")
        await ledger.stored(1, 0, parked=True)
        assert endpoint.connections == 0
    assert "127.0.0.1 is a loopback address" in (ledger.acked(1)[1] or "")
    assert stand.pauses == []


async def test_a_name_is_resolved_and_checked_once_for_each_connection(stands: Stands, ledger: Ledger) -> None:
    """DNS rebinding: a name that resolves to an allowed address when it is checked, and to an internal one when it is
    used.
    """
    answers = [["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1", "10.0.0.1"], ["127.0.0.1"]]
    asked = []

    async def resolve(host: str) -> list[str]:
        asked.append(host)
        return answers.pop(0)

    async with Endpoint() as endpoint:
        stand = stands(Guard([f"127.0.0.0/8:{endpoint.port}"], resolve=resolve))
        stand.hook(f"http://Rebind.Example.:{endpoint.port}/")
        stand.say("a", "b")
        await ledger.stored(1, 2)
        await endpoint.until(lambda: not endpoint.open)
        assert asked == ["rebind.example"]  # the connection went to the address that was checked
        assert endpoint.requests[0].headers["host"] == f"rebind.example:{endpoint.port}"
        stand.say("c")
        await ledger.stored(1, 3)
        assert endpoint.connections == 2
    assert len(asked) == 4
    assert stand.pauses == [0.5, 1.0]  # refused twice: one forbidden address is enough to refuse all


async def test_an_unknown_name_is_resolved_again(stands: Stands, ledger: Ledger) -> None:
    async def resolve(host: str) -> list[str]:
        raise OSError

    stand = stands(Guard(resolve=resolve))
    stand.patient = True
    stand.hook("https://hook.example/")
    stand.say("a")
    await stand.paused.wait()
    now = stand.webhooks.status(1)
    assert now
    assert now.trouble == "The name hook.example can't be resolved."


async def test_a_silent_name_server_times_out(stands: Stands, ledger: Ledger) -> None:
    async def resolve(host: str) -> list[str]:
        await asyncio.Event().wait()
        return []

    stand = stands(Guard(resolve=resolve), timing=Timing(connect=0.05))
    stand.patient = True
    stand.hook("https://hook.example/")
    stand.say("a")
    await stand.paused.wait()
    now = stand.webhooks.status(1)
    assert now
    assert now.trouble == "The name hook.example can't be resolved within 0.05 seconds."


async def test_the_second_address_is_tried_if_the_first_does_not_answer(stands: Stands, ledger: Ledger) -> None:
    async def resolve(host: str) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async with Endpoint() as endpoint:
        stand = stands(Guard(["hook.example"], resolve=resolve))
        stand.hook(f"http://hook.example:{endpoint.port}/")
        stand.say("a")
        await ledger.stored(1, 1)
    assert stand.pauses == []


async def test_the_event_loop_is_never_blocked(stands: Stands, ledger: Ledger) -> None:
    async with Endpoint() as endpoint:
        stand = stands(Guard([f"localhost:{endpoint.port}"], own_ports=lambda: [1]))
        guard = BlockBuster("parley")
        guard.activate()
        try:
            stand.hook(f"http://localhost:{endpoint.port}/")
            stand.hook("http://localhost:1/", id=2)
            stand.say("a")
            await endpoint.got(1)
            await ledger.stored(1, 1)
            await stand.webhooks.stop()
        finally:
            guard.deactivate()
        now = stand.webhooks.status(2)
        assert now
        assert now.trouble == "http://localhost:1 is this server itself."


# Secrets


async def test_the_log_holds_no_secret_no_path_and_no_text(
    stand: Stand, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ledger.write("whispered")
    async with Endpoint() as endpoint:
        endpoint.answers.extend([status(500), b"?\r\n\r\n", CUT, status(410)])
        stand.hook(endpoint.url)
        await ledger.stored(1, 0, parked=True)
        assert await stand.webhooks.resume(1)
        await ledger.stored(1, 1)
    assert len(caplog.messages) >= 3
    for hidden in (SECRET, "hidden", "whispered"):
        assert hidden not in caplog.text
