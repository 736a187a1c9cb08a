"""The web dialect over real sockets: tests of bytes, timing and several clients, which transcripts can't express."""

import asyncio
import json
from itertools import pairwise
from typing import Any

import pytest

from parley.core.commands import Create, Join, Leave, Moderate, ReleaseName
from parley.server.net import connection
from parley.wire.limits import FRAME_BYTES
from tests.server.server_fixture import ANY, Serve, Server, masked, password_of, until


async def test_frames_that_arrive_together_are_handled_in_order(server: Server) -> None:
    bob = await server.browser()
    await bob.sends_at_once(
        {"t": "hello", "protocol": 1, "name": "bob"},
        {"t": "join", "id": "1", "name": "lobby"},
        {"t": "history", "id": "2", "room": 1, "limit": 10},
        {"t": "rooms", "id": "3"},
        {"t": "nonsense"},
    )
    assert (await bob.gets_frame())["t"] == "ready"
    answers = [await bob.gets_answer() for _ in range(4)]
    # The join needs a commit, so its answer may come at any place; the others keep their order.
    assert [answer.get("id") for answer in answers if answer["t"] != "joined"] == ["2", "3", None]
    assert answers[-1]["t"] == "joined" or "joined" in [answer["t"] for answer in answers]


@pytest.mark.parametrize("second", [{"name": "eve"}, {"token": "nobody's"}, {}])
async def test_a_second_hello_is_an_error(server: Server, second: dict[str, str]) -> None:
    eve = await server.web("zoe", "lobby")
    bob = await server.browser()
    await bob.sends_at_once({"t": "hello", "protocol": 1, "name": "bob"}, {"t": "hello", "protocol": 1, **second})
    await eve.says(1, "meanwhile", "k")
    assert (await bob.gets_frame())["user"]["name"] == "bob"
    await bob.gets_error("hello_repeated")
    await bob.gets_nothing_more()


async def test_a_second_hello_with_a_token_is_an_error(server: Server) -> None:
    bob = await server.web("bob", "lobby")
    again = await server.browser()
    hello = {"t": "hello", "protocol": 1, "token": bob.token}
    await again.sends_at_once(hello, hello)
    assert (await again.gets_frame())["user"]["name"] == "bob"
    await again.gets_error("hello_repeated")


async def test_both_connections_of_a_user_get_everything(server: Server) -> None:
    one = await server.web("bob", "lobby")
    other = await server.web(token=one.token)
    await one.says(1, "hi", "k")
    await other.gets_events(1, 3)
    await other.sends(t="join", id="7", name="tea")
    joined = await other.gets_answer()
    assert joined["id"] == "7"
    unasked = await one.gets_answer()
    assert unasked == {key: value for key, value in joined.items() if key != "id"}


async def test_no_signal_is_sent_for_a_user_who_has_left(server: Server) -> None:
    one = await server.web("bob", "lobby")
    other = await server.web(token=one.token)
    eve = await server.web("eve", "lobby")
    await eve.sends(t="tell", key="k", to="bob", text="psst")
    assert {(await eve.gets_answer())["t"], (await eve.gets_answer())["t"]} == {"joined", "stored"}
    await one.sends(t="bye")
    while (await one.gets_frame())["t"] != "bye":
        pass
    await other.sends(t="typing", room=2)
    await other.sends(t="typing", room=1)
    await other.sends(t="send", key="k", room=2, text="hi")
    while (answer := await other.gets_answer())["t"] in ("joined", "left"):
        pass
    assert answer["code"] == "name_needed"


@pytest.mark.parametrize(
    "bounds", [{"after": 2**70}, {"before": 2**70}, {"before": -(2**70)}, {"after": -(2**70)}, {"after": 2**63}]
)
async def test_page_bounds_beyond_the_log_are_clamped(server: Server, bounds: dict[str, int]) -> None:
    bob = await server.web("bob", "lobby")
    await bob.sends(t="history", id="1", room=1, limit=5, **bounds)
    page = await bob.gets(t="page", id="1", room=1, epoch=ANY, events=ANY, more=False)
    assert len(page["events"]) == (2 if bounds in ({"before": 2**70}, {"after": -(2**70)}) else 0)


async def test_a_huge_room_id_is_unknown(server: Server) -> None:
    bob = await server.web("bob", "lobby")
    for frame in ("history", "members"):
        for room in (2**70, -1, 0):
            await bob.sends(t=frame, id="1", room=room, limit=5)
            await bob.gets_error("room_unknown", id="1")


@pytest.fixture
def hesitant(server: Server, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Return an event. The server does not look up tokens until it is set."""
    known = asyncio.Event()
    credentials = server.hub.authenticator
    identify = credentials.identify

    async def later(token: bytes, **more: Any) -> object:
        server.hub.asked = True  # type: ignore[attr-defined]
        answer = await identify(token, **more)
        await known.wait()
        return answer

    monkeypatch.setattr(credentials, "identify", later)
    return known


async def comes_back_and_breaks(server: Server, token: str | None, hesitant: asyncio.Event) -> None:
    """Break a connection while its token is looked up."""
    again = await server.browser()
    await again.sends(t="hello", protocol=1, token=token)
    await until(lambda: hasattr(server.hub, "asked"))
    # Cut at the server's side: it reads nothing while it answers a hello, and would not notice that the client closed.
    [connection] = [connection for connection in server.hub.connections if not connection.user]
    connection.abort()
    await until(lambda: connection not in server.hub.connections)
    hesitant.set()
    await until(lambda: not server.hub.spawn.__self__._running)


async def test_a_connection_lost_during_token_lookup_keeps_the_guest(server: Server, hesitant: asyncio.Event) -> None:
    bob, eve = await server.web("bob", "lobby"), await server.web("eve", "lobby")
    await comes_back_and_breaks(server, bob.token, hesitant)
    await bob.says(1, "still here", "k")
    await eve.gets_events(1, 4)
    assert server.members("lobby") == {"bob", "eve"}


async def test_a_guest_whose_resume_fails_keeps_the_name(server: Server, hesitant: asyncio.Event) -> None:
    bob, eve = await server.web("bob", "lobby"), await server.web("eve", "lobby")
    await bob.aborts()
    await until(lambda: not server.connections("bob"))
    await comes_back_and_breaks(server, bob.token, hesitant)
    await eve.says(1, "is he gone?", "k")
    assert server.members("lobby") == {"bob", "eve"}


# Violations of the WebSocket protocol


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (masked(b"x" * (FRAME_BYTES + 1)), 1009),
        (masked(b"{}", opcode=0x82), 1003),
        (b"\x81\x02{}", 1002),  # not masked
        (b"\x81\x7d{", 1002),  # not complete
        (b"\xf1\x80\x01\x02\x03\x04", 1002),  # reserved bits
        (b"\x83\x80\x01\x02\x03\x04", 1002),  # a reserved opcode
        (b"\x89\xfe\x00\x7e\x01\x02\x03\x04" + b"x" * 126, 1002),  # a ping of 126 bytes
        (b"\x80\x80\x01\x02\x03\x04", 1002),  # a continuation frame without a first frame
        (masked(b"{", opcode=0x01) + masked(b"{}"), 1002),  # a new message before the last fragment
    ],
)
async def test_protocol_violations_close_the_connection(server: Server, data: bytes, code: int) -> None:
    bob, eve = await server.web("bob", "lobby"), await server.web("eve", "lobby")
    await eve.sends_bytes(data)
    assert await eve.is_closed() == code
    await bob.says(1, "unmoved", "k")


async def test_an_incomplete_oversized_frame_is_refused(server: Server) -> None:
    eve = await server.web("eve")
    await eve.sends_bytes(b"\x81\xff" + (10**7).to_bytes(8) + b"\x01\x02\x03\x04" + b"x" * 2**20)
    assert await eve.is_closed() == 1009


async def test_a_frame_of_the_largest_size_is_handled(server: Server) -> None:
    eve = await server.web("eve", "lobby")
    frame = json.dumps({"t": "send", "key": "k", "room": 1, "text": "x" * 8_000, "pad": ""})
    await eve.sends_text(frame.replace('"pad": ""', f'"pad": "{"y" * (FRAME_BYTES - len(frame))}"'))
    assert (await eve.gets_answer())["t"] == "stored"


async def test_a_fragmented_message_is_handled(server: Server) -> None:
    eve = await server.web("eve", "lobby")
    await eve.socket.send(['{"t":"send","key":"k",', "", '"room":1,', '"text":"hi"}'], text=True)
    assert (await eve.gets_answer())["t"] == "stored"


async def test_frames_split_at_any_byte_are_handled(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    eve = await server.web("eve", "lobby")
    [connection] = server.connections("eve")

    def says(key: str) -> bytes:
        return json.dumps({"t": "send", "key": key, "room": 1, "text": key}).encode()

    for cut in range(1, 260):
        keys = [f"{cut}-{number}" for number in range(3)]
        long = says(keys[1])
        stream = (
            masked(says(keys[0]))
            + masked(b"", opcode=0x89)  # a ping
            + masked(long[:20], opcode=0x01)
            + masked(b"between", opcode=0x89)
            + masked(long[20:], opcode=0x80)
            + masked(says(keys[2]))
        )
        connection.data_received(stream[:cut])
        connection.data_received(stream[cut:])
        for key in keys:
            answer = await eve.gets_answer()
            assert (answer["t"], answer.get("key")) == ("stored", key), answer


async def test_a_guest_who_left_stays_in_a_direct_room_without_a_name(
    server: Server,
) -> None:
    ann, bob, _cat = [await server.web(name, "lobby") for name in ("ann", "bob", "cat")]
    await ann.sends(t="gather", id="g", names=["bob", "cat"])
    while (found := await ann.gets_frame())["t"] != "joined":
        pass
    room, bob_id = found["room"]["id"], server.user("bob")
    await bob.sends(t="bye")
    while (found := await ann.gets_frame())["t"] != "signal" or (found["room"], found["user"]) != (room, bob_id):
        pass
    assert found["online"] is False
    again = await server.browser()
    await again.sends(t="hello", protocol=1, token=ann.token)
    ready = await again.gets_frame()
    [shown] = [each for each in ready["rooms"] if each["id"] == room]
    assert (shown["name"], shown["members"]) == ("cat, someone who left", 3)
    assert server.hub.writer._answered == []


async def test_a_change_with_a_key_is_made_once_on_any_connection(server: Server) -> None:
    bob, eve = await server.web("bob", "lobby"), await server.web("eve", "lobby")
    change = {"t": "topic", "key": "k1", "room": 1, "topic": "tea"}
    await bob.sends(**change, id="a")
    assert (await bob.gets_answer()) == {"t": "done", "id": "a"}
    await eve.sends(t="topic", id="b", room=1, topic="coffee")
    assert (await eve.gets_answer()) == {"t": "done", "id": "b"}
    again = await server.browser()
    await again.sends(t="hello", protocol=1, token=bob.token)
    await again.gets_frame()
    await again.sends(**change, id="c")
    assert (await again.gets_answer()) == {"t": "done", "id": "c"}
    assert server.hub.view.state.rooms[1].topic == "coffee"
    await again.sends(**change | {"key": "k 1"}, id="d")
    error = await again.gets_answer()
    assert (error["code"], error["id"], "key" in error) == ("key_invalid", "d", False)


async def test_a_room_is_made_once_and_a_retry_is_shown_it(server: Server) -> None:
    bob = await server.web("bob", "lobby")
    for id_ in ("a", "b"):
        await bob.sends(t="create", id=id_, key="k1", name="den", private=True)
        joined = await bob.gets_answer()
        assert (joined["t"], joined["id"], joined["room"]["id"]) == ("joined", id_, 2)
    await bob.sends(t="leave", id="c", room=2)
    while (await bob.gets_answer())["t"] != "done":
        pass
    # A retry must not show bob anything of a room that he can no longer see.
    await bob.sends(t="create", id="d", key="k1", name="den", private=True)
    await bob.gets_error("room_unknown", id="d")


async def test_frames_after_bye_are_ignored(server: Server) -> None:
    bob, eve = await server.web("bob", "lobby"), await server.web("eve", "lobby")
    texts = [json.dumps({"t": "send", "key": key, "room": 1, "text": key}).encode() for key in ("before", "after")]
    await eve.sends_bytes(masked(texts[0]) + masked(b"\x03\xe8", opcode=0x88) + masked(texts[1]))
    assert await eve.is_closed() == 1000
    assert [event["text"] for event in await bob.gets_events(1, 4) if "text" in event] == ["before"]
    assert await bob.says(1, "hi", "k") == 5


async def test_an_incomplete_frame_is_ignored_at_the_end(server: Server) -> None:
    bob, eve = await server.web("bob", "lobby"), await server.web("eve", "lobby")
    await eve.sends_bytes(masked(b'{"t":"send","key":"k","room":1,"text":"hi"}')[:20])
    await eve.aborts()
    await until(lambda: not server.connections("eve"))
    await bob.says(1, "hi", "k")
    assert [event["text"] for event in await bob.gets_events(1, 4) if "text" in event] == ["hi"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        '{"t":7}',
        '{"t":"x"}',
        '{"t":"send"}',
        "[" * 9_000,
    ],
)
async def test_invalid_json_gets_an_error_and_the_connection_stays(server: Server, text: str) -> None:
    eve = await server.web("eve")
    await eve.sends_text(text)
    await eve.gets_error("frame_invalid")
    await eve.gets_nothing_more()


async def test_invalid_utf8_gets_an_error_and_the_connection_stays(server: Server) -> None:
    eve = await server.web("eve")
    await eve.sends_text(b'{"t":"join","name":"\xff"}')
    await eve.gets_error("frame_invalid")
    await eve.gets_nothing_more()


async def test_a_ping_is_answered(server: Server) -> None:
    eve = await server.web("eve")
    async with asyncio.timeout(5):
        await (await eve.socket.ping())


async def test_a_close_frame_is_answered(server: Server) -> None:
    eve = await server.web("eve", "lobby")
    await eve.socket.close(1001)
    assert eve.socket.close_code == 1001
    await until(lambda: not server.hub.connections)
    assert server.members("lobby") == {"eve"}


async def test_a_missing_hello_closes_the_connection(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.gateways.web.session.HELLO_SECONDS", 0.05)
    bob = await server.browser()
    await bob.gets_error("hello_needed")
    assert await bob.is_closed() == 1008


async def test_only_pages_of_this_server_may_open_a_websocket(server: Server) -> None:
    bob = await server.browser(origin=f"http://localhost:{server.port}")
    await bob.sends(t="rooms")
    await bob.gets_error("hello_needed")
    with pytest.raises(Exception, match="403"):
        await server.browser(origin="http://evil.example")


async def test_typing_signals_are_throttled(serve: Serve) -> None:
    server = await serve(rate_messages=0.01, rate_burst=10)
    bob, eve = await server.web("bob", "lobby"), await server.web("eve", "lobby")
    await eve.sends_at_once(*[{"t": "typing", "room": 1}] * 500)
    await eve.gets_nothing_more()
    await bob.sends(t="unwatch", id="fence", room=0)
    seen = 0
    while (found := await bob.gets_frame())["t"] != "done":
        seen += found["t"] == "signal" and found["kind"] == "typing"
    assert 0 < seen < 10


async def test_a_departure_by_another_connection_ends_the_streams(server: Server) -> None:
    one = await server.web("bob", "lobby")
    other = await server.web(token=one.token)
    server.hub.writer.submit(ReleaseName(1), server.hub, None)
    for bob in (one, other):
        while (found := await bob.gets_frame())["t"] != "left":
            assert found["t"] in ("events", "signal")
        assert found == {"t": "left", "room": 1, "seq": 3}


def seqs_of(entry: dict[str, Any]) -> tuple[int, int]:
    """Return the first and the last seq of an event or a run."""
    return entry.get("first", entry.get("seq")), entry.get("last", entry.get("seq"))


def messages(events: list[dict[str, Any]]) -> list[str]:
    return [event["text"] for event in events if "kind" not in event]


async def comes_and_goes(server: Server, name: str, times: int) -> None:
    """Let a user leave the lobby and join it again, `times` times."""
    user = server.user(name)
    await asyncio.gather(*[server.does(each) for _ in range(times) for each in (Leave(user, 1), Join(user, "lobby"))])


async def test_a_folded_page_of_a_lobby_full_of_joins_has_what_people_said(server: Server) -> None:
    bob = await server.web("bob", "lobby")
    tip = await bob.says(1, "what is for lunch?", "k")
    await server.account("ida")
    await server.does(Join(server.user("ida"), "lobby"))
    await comes_and_goes(server, "ida", 1_200)
    eve = await server.web("eve", "lobby")
    last = tip + 2_402
    await eve.sends(t="history", id="1", room=1, limit=3, fold=True)
    page = await eve.gets(t="page", id="1", room=1, epoch=ANY, events=ANY, runs=ANY, more=True)
    assert [event["seq"] for event in page["events"]] == [tip - 1, tip]
    [run] = page["runs"]
    assert seqs_of(run) == (tip + 1, last)
    assert [event["name"] for event in run["newest"]] == ["ida", "ida", "eve"]
    assert [event["seq"] for event in run["newest"]] == [last - 2, last - 1, last]
    # A client that does not ask for folded pages gets the events themselves.
    await eve.sends(t="history", id="2", room=1, limit=3)
    page = await eve.gets(t="page", id="2", room=1, epoch=ANY, events=ANY, more=True)
    assert [event["seq"] for event in page["events"]] == [last - 2, last - 1, last]


async def test_folded_pages_and_the_stream_have_the_messages_of_the_log(server: Server) -> None:
    bob = await server.web("bob", "lobby")
    await server.account("ida")
    await server.does(Join(server.user("ida"), "lobby"))
    for number in range(4):
        await bob.says(1, f"{number}", f"k{number}")
        await comes_and_goes(server, "ida", number * 4)
    eve = await server.web("eve", "lobby")
    said, before, pages = [], 2**40, 0
    while before > 1:
        await eve.sends(t="history", id="1", room=1, limit=4, before=before, fold=True)
        page = await eve.gets_answer()
        entries = sorted([*page["events"], *page.get("runs", [])], key=seqs_of)
        assert all(seqs_of(one)[1] + 1 == seqs_of(other)[0] for one, other in pairwise(entries))
        said = messages(page["events"]) + said
        before, pages = seqs_of(entries[0])[0], pages + 1
    await bob.says(1, "4", "k4")
    said += messages(await eve.gets_events(1, server.hub.view.state.rooms[1].tip))
    assert said == ["0", "1", "2", "3", "4"]
    assert pages <= 6


async def test_a_folded_page_of_a_private_room_has_no_part_of_a_run_before_the_join(server: Server) -> None:
    bob = await server.web("bob", "lobby")
    await server.account("ida")
    await server.account("eva")
    await server.does(Create(server.user("ida"), "den", private=True))
    den = server.room("den", private=True)
    for _ in range(15):
        await server.does(Moderate(server.user("ida"), den, "invite", "eva"))
        await server.does(Join(server.user("eva"), "den"))
        await server.does(Leave(server.user("eva"), den))
    await server.does(Moderate(server.user("ida"), den, "invite", "bob"))
    await bob.sends(t="join", id="1", name="den")
    joined = await bob.gets_answer()
    while joined["t"] != "joined":
        joined = await bob.gets_answer()
    floor = joined["room"]["floor"]
    await bob.sends(t="history", id="2", room=den, limit=50, fold=True)
    page = await bob.gets_answer()
    assert [event["seq"] for event in page["events"]] + [run["first"] for run in page.get("runs", [])] == [floor]


async def test_a_guest_who_was_away_for_too_long_has_to_join_again(serve: Serve) -> None:
    server = await serve(guest_hold=0)
    bob = await server.web("bob", "lobby")
    await bob.aborts()
    await until(lambda: server.members("lobby") == set())
    again = await server.web(token=bob.token)
    assert (again.ready["user"]["name"], again.ready["rooms"]) == ("bob", [])
    await again.sends(t="send", key="k", room=1, text="hi")
    await again.gets_error("room_not_joined", key="k")
    await again.joins("lobby")
    await again.says(1, "hi", "k")


async def test_zero_counts_are_left_out_of_unread_frames(server: Server) -> None:
    bob, eve = await server.web("bob", "lobby"), await server.web("eve", "lobby")
    seq = await eve.says(1, "hi", "k")
    await bob.gets_events(1, seq)
    await bob.sends(t="read", room=1, seq=seq)
    while (frame := await bob.gets_frame())["t"] != "unread":
        assert frame["t"] in ("signal", "events")
    assert frame == {"t": "unread", "room": 1, "read": seq, "upto": seq}


@pytest.mark.parametrize("at_once", [20, 1_000], ids=["a long list", "a short list"])
async def test_a_user_of_many_rooms_leaves_others_their_turns(
    server: Server, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(connection, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(connection, "EFFECTS_AT_ONCE", at_once)
    await server.account("bob")
    for number in range(30):
        await server.does(Join(server.user("bob"), f"room{number}"))
    loop, feeds, turns = asyncio.get_running_loop(), server.hub.feeds, [0]
    subscribe = feeds.subscribe

    def counted(*arguments: Any) -> None:
        turns[-1] += 1
        if turns[-1] == 1:
            loop.call_soon(turns.append, 0)
        subscribe(*arguments)

    monkeypatch.setattr(feeds, "subscribe", counted)
    bob = await server.web("bob", password=password_of("bob"))
    assert len(bob.ready["rooms"]) == 30
    last = bob.ready["rooms"][-1]["id"]
    await bob.says(last, "hello", "k")
    assert sum(turns) == 30
    assert max(turns) <= connection.EFFECTS_UNTIMED


async def test_of_a_long_list_of_effects_only_the_first_are_performed_at_once(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "TURN_SECONDS", 60.0)
    monkeypatch.setattr(connection, "EFFECTS_AT_ONCE", 20)
    await server.account("bob")
    for number in range(30):
        await server.does(Join(server.user("bob"), f"room{number}"))
    loop, feeds, turns = asyncio.get_running_loop(), server.hub.feeds, [0]
    subscribe = feeds.subscribe

    def counted(*arguments: Any) -> None:
        turns[-1] += 1
        if turns[-1] == 1:
            loop.call_soon(turns.append, 0)
        subscribe(*arguments)

    monkeypatch.setattr(feeds, "subscribe", counted)
    bob = await server.web("bob", password=password_of("bob"))
    await bob.says(bob.ready["rooms"][-1]["id"], "hello", "k")
    first, *others = filter(None, turns)
    assert first <= connection.EFFECTS_UNTIMED
    assert others == [30 - first]
