"""The HTTP API on a real server."""

import asyncio

import pytest

from parley.core.commands import Moderate, SendMessage
from parley.core.tokens import hash_token
from parley.gateways.http.api import Caller
from parley.server import api as api_module
from tests.server.api import HOST, PASSWORD, Http, Stream, account, guest, happens
from tests.server.server_fixture import ANY, Serve, Server, _narrow, until

# Sessions and accounts ------------------------------------------------------------------------------------------------


async def test_a_guest_comes_in_joins_and_says_something(server: Server) -> None:
    ann = await guest(server, "ann")
    me = await ann.asks("GET", "/api/me")
    assert me.json["user"] == {
        "id": ann.id,
        "name": "ann",
        "role": "guest",
        "online": False,
        "profile": {"display": "", "colour": "", "zone": ""},
    }
    await ann.joins("lobby")
    stored = await ann.asks("POST", "/api/rooms/lobby/messages", {"text": "hi"}, {"Idempotency-Key": "k1"})
    assert (stored.status, stored.json) == (201, {"room": 1, "seq": 3, "key": "k1"})
    there = await ann.asks("GET", stored.headers["location"])
    assert [event["text"] for event in there.json["events"]] == ["hi"]
    assert stored.headers["cache-control"] == "no-store"
    assert stored.headers["x-content-type-options"] == "nosniff"


async def test_a_body_may_begin_with_a_byte_order_mark(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    said = await ann.asks("POST", "/api/rooms/lobby/messages", raw='\ufeff{"text": "hi"}'.encode())
    assert said.status == 201
    refused = await ann.asks("POST", "/api/rooms/lobby/messages", raw='{"text": "hi"}'.encode("utf-16"))
    assert (refused.status, refused.code) == (400, "frame_invalid")
    assert refused.json["detail"] == "This could not be read: it is UTF-16, and only UTF-8 is read."
    malformed = await ann.asks("POST", "/api/rooms/lobby/messages", raw=b"hi")
    assert malformed.json["detail"] == "This could not be read: JSON is malformed: invalid character (byte 0)."


async def test_a_lone_surrogate_is_stored_as_a_replacement_character(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    assert (await ann.asks("POST", "/api/rooms/lobby/messages", raw=rb'{"text": "a\ud83d"}')).status == 201
    events = (await ann.asks("GET", "/api/rooms/lobby/messages")).json["events"]
    assert events[-1]["text"] == "a\ufffd"


async def test_an_account_signs_in_with_a_cookie_or_a_token(server: Server) -> None:
    http = Http(server)
    made = await http.asks("POST", "/api/accounts", {"name": "ann", "password": PASSWORD})
    assert made.status == 201
    assert "token" not in made.json
    cookie = made.headers["set-cookie"]
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax")
    http.cookie = cookie.partition("parley_session=")[2].partition(";")[0]
    assert (await http.asks("GET", "/api/me")).json["user"]["name"] == "ann"

    other = Http(server)
    signed_in = await other.asks("POST", "/api/session", {"name": "Ann", "password": PASSWORD, "bearer": True})
    assert signed_in.status == 200
    assert "set-cookie" not in signed_in.headers
    other.token = signed_in.json["token"]
    assert (await other.asks("GET", "/api/me")).status == 200
    # Each sign-in is a new session with a new token.
    assert other.token != http.cookie
    assert (await other.asks("DELETE", "/api/session")).status == 204
    assert (await other.asks("GET", "/api/me")).code == "session_unknown"
    assert (await http.asks("GET", "/api/me")).status == 200


async def test_a_change_with_a_key_is_made_once_whatever_others_change_meanwhile(server: Server) -> None:
    ann, bob = await account(server, "ann"), await account(server, "bob")
    for person in (ann, bob):
        await person.joins("lobby")
    first = await ann.asks("PATCH", "/api/rooms/lobby", {"topic": "tea"}, {"Idempotency-Key": "k1"})
    await bob.asks("PATCH", "/api/rooms/lobby", {"topic": "coffee"})
    again = await ann.asks("PATCH", "/api/rooms/lobby", {"topic": "tea"}, {"Idempotency-Key": "k1"})
    assert (first.json["topic"], again.status, again.json["topic"]) == ("tea", 200, "coffee")
    # A message can't have the key of another command.
    said = await ann.asks("POST", "/api/rooms/lobby/messages", {"text": "hi"}, {"Idempotency-Key": "k1"})
    assert (said.status, said.code) == (422, "key_reused")
    other = await ann.asks("PATCH", "/api/rooms/lobby", {"topic": "milk"}, {"Idempotency-Key": "k1"})
    assert (other.status, other.code) == (422, "key_reused")


async def test_several_changes_of_one_request_are_made_once(server: Server) -> None:
    ann = await account(server, "ann")
    room = (await ann.asks("POST", "/api/rooms", {"name": "tea"}, {"Idempotency-Key": "k1"})).json["id"]
    again = await ann.asks("POST", "/api/rooms", {"name": "tea"}, {"Idempotency-Key": "k1"})
    assert (again.status, again.json["id"]) == (200, room)
    for body in ({"name": "milk"}, {"name": "tea", "private": True}):
        other = await ann.asks("POST", "/api/rooms", body, {"Idempotency-Key": "k1"})
        assert (other.status, other.code) == (422, "key_reused")
    changes = {"topic": "green", "read_only": True, "slow": 5}
    first = await ann.asks("PATCH", f"/api/rooms/{room}", changes, {"Idempotency-Key": "k2"})
    await ann.asks("PATCH", f"/api/rooms/{room}", {"topic": "black", "read_only": False, "slow": 0})
    again = await ann.asks("PATCH", f"/api/rooms/{room}", changes, {"Idempotency-Key": "k2"})
    assert (first.json["topic"], first.json["slow"]) == ("green", 5)
    assert (again.json["topic"], again.json["read_only"], again.json["slow"]) == ("black", False, 0)
    wrong = await ann.asks("PATCH", f"/api/rooms/{room}", changes, {"Idempotency-Key": "a b"})
    assert (wrong.status, wrong.code) == (422, "key_invalid")


async def test_a_secret_is_told_once(server: Server) -> None:
    ann = await account(server, "ann", role="owner")
    await ann.joins("lobby")
    first = await ann.asks("POST", "/api/invitations", {}, {"Idempotency-Key": "k1"})
    again = await ann.asks("POST", "/api/invitations", {}, {"Idempotency-Key": "k1"})
    assert (first.status, again.status, again.code) == (201, 409, "key_used")
    assert len((await ann.asks("GET", "/api/invitations")).json["invitations"]) == 1


async def test_wrong_names_and_wrong_passwords_are_not_told_apart(server: Server) -> None:
    ann = await account(server, "ann")
    wrong = await ann.asks("POST", "/api/session", {"name": "ann", "password": "not that one"})
    unknown = await ann.asks("POST", "/api/session", {"name": "nobody", "password": "not that one"})
    assert (wrong.status, wrong.code) == (401, "sign_in_wrong")
    assert wrong.body == unknown.body


async def test_a_browser_that_signs_in_again_has_one_session(server: Server) -> None:
    http = Http(server)
    credentials = {"name": "ann", "password": PASSWORD}
    made = await http.asks("POST", "/api/accounts", credentials)
    http.cookie = made.headers["set-cookie"].partition("parley_session=")[2].partition(";")[0]
    old, origin = http.cookie, {"Origin": f"http://{HOST}"}
    again = await http.asks("POST", "/api/session", credentials, origin)
    http.cookie = again.headers["set-cookie"].partition("parley_session=")[2].partition(";")[0]
    assert len((await http.asks("GET", "/api/me/sessions")).json["sessions"]) == 1
    http.cookie = old
    assert (await http.asks("GET", "/api/me")).code == "session_unknown"
    # A browser with an invalid cookie can sign in.
    assert (await http.asks("POST", "/api/session", credentials, origin)).status == 200


async def test_a_guest_becomes_an_account_and_keeps_everything(server: Server) -> None:
    ann = await guest(server, "ann")
    room = await ann.room("den", private=True)
    await ann.says(room, "before")
    made = await ann.asks("POST", "/api/accounts", {"name": "ann", "password": PASSWORD, "bearer": True})
    assert (made.status, made.json["user"]["id"], made.json["user"]["role"]) == (201, ann.id, "member")
    ann.token = made.json["token"]
    await ann.says(room, "after")
    assert [text for _, text in await ann.reads(room)] == ["before", "after"]


async def test_a_released_guest_returns_with_the_next_request(serve: Serve) -> None:
    server = await serve(guest_hold=1e-9)
    ann = await guest(server, "ann")
    await until(lambda: not server.hub.view.state.users)
    me = await ann.asks("GET", "/api/me")
    assert (me.status, me.json["user"]["id"]) == (200, ann.id)
    await until(lambda: not server.hub.view.state.users)
    assert (await account(server, "ann")).id != ann.id
    assert (await ann.asks("GET", "/api/me")).code == "name_taken"
    back = await ann.asks("POST", "/api/guests", {"name": "anna"})
    assert (back.status, back.json["user"]["id"], back.json["user"]["name"]) == (200, ann.id, "anna")


@pytest.mark.parametrize("access", ["open", "invite"])
async def test_a_guest_with_the_name_of_an_account_is_asked_for_its_password(serve: Serve, access: str) -> None:
    server = await serve(access=access)
    await account(server, "Ann", "member")
    eve = await server.browser()
    await eve.sends(t="hello", protocol=1, name="ann")
    said = await eve.gets_error("password_needed")
    refused = await Http(server).asks("POST", "/api/guests", {"name": "ann"})
    assert (refused.status, refused.code, refused.json["detail"]) == (401, "password_needed", said["message"])
    # This name looks the same, but begins with a Cyrillic letter.
    likewise = await Http(server).asks("POST", "/api/guests", {"name": "\u0430nn"})
    assert (likewise.status, likewise.code) == (409, "name_taken")


async def test_a_returning_guest_is_not_asked_for_the_password_of_their_former_name(serve: Serve) -> None:
    server = await serve(guest_hold=1e-9)
    ann = await guest(server, "ann")
    await until(lambda: not server.hub.view.state.users)
    await account(server, "ann")
    assert (await ann.asks("POST", "/api/guests", {"name": "ann"})).code == "name_taken"


async def test_requests_keep_a_guest_present(serve: Serve) -> None:
    server = await serve(guest_hold=60.0)
    ann = await guest(server, "ann")
    timer = server.hub.presence._departures[ann.id]
    await ann.asks("GET", "/api/me")
    assert server.hub.presence._departures[ann.id] is not timer
    assert timer.cancelled()


# Messages -------------------------------------------------------------------------------------------------------------


async def test_a_retry_gives_the_first_result(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    first = await ann.asks("POST", "/api/rooms/lobby/messages", {"text": "hi"}, {"Idempotency-Key": "k1"})
    again = await ann.asks("POST", "/api/rooms/1/messages", {"text": "hi"}, {"Idempotency-Key": '"k1"'})
    assert (again.status, again.json) == (200, first.json)
    for path, body in [("1", {"text": "other"}), ("999", {"text": "hi"}), ("1", {"text": "hi", "kind": "action"})]:
        other = await ann.asks("POST", f"/api/rooms/{path}/messages", body, {"Idempotency-Key": "k1"})
        assert (other.status, other.code) == (422, "key_reused")
    made = await ann.asks("POST", "/api/rooms/lobby/messages", {"text": "without"})
    repeated = await ann.asks(
        "POST", "/api/rooms/lobby/messages", {"text": "without"}, {"Idempotency-Key": made.json["key"]}
    )
    assert (repeated.status, repeated.json) == (200, made.json)
    assert [text for _, text in await ann.reads("lobby")] == ["hi", "without"]


async def test_a_retry_is_answered_even_if_the_room_is_lost(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    room = await ann.room("den", private=True)
    assert (await ann.asks("POST", f"/api/rooms/{room}/invitations", {"user": "bob"})).status == 204
    await bob.joins(room)
    seq = await bob.says(room, "hi", "k1")
    assert (await ann.asks("DELETE", f"/api/rooms/{room}/members/bob?why=noise")).status == 204
    again = await bob.asks("POST", f"/api/rooms/{room}/messages", {"text": "hi"}, {"Idempotency-Key": "k1"})
    assert (again.status, again.json["seq"]) == (200, seq)
    lost = await bob.asks("POST", f"/api/rooms/{room}/messages", {"text": "hi"}, {"Idempotency-Key": "k2"})
    none = await bob.asks("POST", "/api/rooms/999/messages", {"text": "hi"}, {"Idempotency-Key": "k2"})
    assert (lost.status, lost.code) == (404, "room_unknown")
    assert lost.body == none.body


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("", 422, "text_empty"),
        ("x" * 8_001, 422, "text_too_long"),
        ("\u200b\u2060", 422, "text_empty"),
        ("\n" * 600 + "x", 422, "text_lines"),
    ],
)
async def test_invalid_texts_are_refused(server: Server, text: str, status: int, code: str) -> None:
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    refused = await ann.asks("POST", "/api/rooms/lobby/messages", {"text": text})
    assert (refused.status, refused.code) == (status, code)


async def test_a_text_with_crlf_is_stored_with_newlines(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    await ann.says("lobby", "one\r\ntwo\u2028three\x07")
    assert (await ann.reads("lobby"))[-1][1] == "one\ntwo\nthree"


async def test_pages_go_by_seq_both_ways(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    for number in range(10):
        await ann.says("lobby", str(number))
    everything = [(seq, str(seq - 3)) for seq in range(3, 13)]
    assert await ann.reads("lobby") == everything
    assert await ann.reads("lobby", "?limit=3") == everything[-3:]
    assert await ann.reads("lobby", "?before=10&limit=3") == everything[4:7]
    assert await ann.reads("lobby", "?after=5&limit=2") == everything[3:5]
    page = (await ann.asks("GET", "/api/rooms/lobby/messages?after=5&limit=2")).json
    assert page["more"] is True
    assert (await ann.asks("GET", "/api/rooms/lobby/messages?after=10&limit=2")).json["more"] is False
    kinds = (await ann.asks("GET", "/api/rooms/lobby/messages?everything=true&limit=200")).json["events"]
    assert [event["seq"] for event in kinds] == list(range(1, 13))
    assert kinds[1]["kind"] == "joined"
    for query, code in [("before=1&after=1", "page_invalid"), ("limit=0", "frame_invalid"), ("at=1", "frame_invalid")]:
        assert (await ann.asks("GET", f"/api/rooms/lobby/messages?{query}")).code == code


async def test_an_unchanged_page_is_answered_with_304(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    await ann.says("lobby", "one")
    page = await ann.asks("GET", "/api/rooms/lobby/messages?after=0")
    same = await ann.asks("GET", "/api/rooms/lobby/messages?after=0", None, {"If-None-Match": page.headers["etag"]})
    assert (same.status, same.body, same.headers["etag"]) == (304, b"", page.headers["etag"])
    await ann.says("lobby", "two")
    newer = await ann.asks("GET", "/api/rooms/lobby/messages?after=0", None, {"If-None-Match": page.headers["etag"]})
    assert newer.status == 200
    assert newer.headers["etag"] != page.headers["etag"]


async def test_a_private_room_shows_nothing_from_before_the_join(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    room = await ann.room("den", private=True)
    await ann.says(room, "among us")
    await ann.asks("POST", f"/api/rooms/{room}/invitations", {"user": bob.id})
    await bob.joins(room)
    seq = await ann.says(room, "welcome")
    for query in ("", "?after=0", f"?before={seq + 1}", "?everything=true&after=0&limit=1", "?before=3"):
        assert "among us" not in [text for _, text in await bob.reads(room, query)]
    assert await bob.reads(room, "?after=0") == [(seq, "welcome")]
    assert not (await bob.asks("GET", f"/api/rooms/{room}/messages?limit=1")).json["more"]
    stream = await bob.follows(f"/api/rooms/{room}/events?after=0")
    await stream.gets()
    assert "among us" not in [text for _, text in await stream.gets_texts(seq)]


async def test_direct_conversations(server: Server) -> None:
    ann, bob, eve = await guest(server, "ann"), await guest(server, "bob"), await guest(server, "eve")
    told = await ann.asks("POST", "/api/direct", {"to": ["bob"], "text": "psst"}, {"Idempotency-Key": "d1"})
    assert (told.status, told.json["room"]["kind"], told.json["room"]["name"]) == (201, "direct", "bob")
    again = await ann.asks("POST", "/api/direct", {"to": ["bob"], "text": "psst"}, {"Idempotency-Key": "d1"})
    assert (again.status, again.json["message"]) == (200, told.json["message"])
    room = told.json["room"]["id"]
    assert [text for _, text in await bob.reads(room)] == ["psst"]
    assert (await eve.asks("GET", f"/api/rooms/{room}/messages")).code == "room_unknown"
    both = await ann.asks("POST", "/api/direct", {"to": [bob.id, "eve"], "text": "all"}, {"Idempotency-Key": "d2"})
    assert (both.status, both.json["room"]["members"]) == (201, 3)
    same = await ann.asks("POST", "/api/direct", {"to": ["eve", "bob"]})
    assert (same.status, same.json["room"]["id"]) == (200, both.json["room"]["id"])
    listed = (await ann.asks("GET", "/api/direct")).json["rooms"]
    assert [each["name"] for each in listed] == ["bob", "bob, eve"]


# Streams of events ----------------------------------------------------------------------------------------------------


async def test_a_stream_resumes_without_gaps(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    for number in range(5):
        await ann.says("lobby", f"old {number}")
    observer = Http(server)
    stream = await observer.follows("/api/rooms/lobby/events?after=2")
    begin = await stream.gets()
    assert begin == (None, "room", {"after": 2, "room": ANY})
    last = 0
    for number in range(300):
        last = await ann.says("lobby", f"new {number}")
    found = await stream.gets_texts(last)
    assert [seq for seq, _ in found] == list(range(3, last + 1))

    back = await Http(server).follows("/api/rooms/lobby/events?after=0", {"Last-Event-ID": str(last - 2)})
    assert (await back.gets())[2]["after"] == last - 2
    assert [seq for seq, _ in await back.gets_texts(last)] == [last - 1, last]


async def test_a_stream_begins_after_the_tip_by_default(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    await ann.says("lobby", "old")
    for query in ("", "?after=1000"):
        stream = await Http(server).follows(f"/api/rooms/lobby/events{query}")
        await stream.gets()
        seq = await ann.says("lobby", "new")
        assert await stream.gets_texts(seq) == [(seq, "new")]


async def test_a_stream_ends_with_the_departure_of_its_reader(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    room = await ann.room("den", private=True)
    await ann.asks("POST", f"/api/rooms/{room}/invitations", {"user": "bob"})
    await bob.joins(room)
    stream = await bob.follows(f"/api/rooms/{room}/events")
    await stream.gets()
    # These are in one commit. Only members may see the messages after the kick.
    await asyncio.gather(
        happens(server.hub, Moderate(ann.id, room, "kick", "bob", why="noise")),
        happens(server.hub, SendMessage(ann.id, room, "good riddance")),
    )
    last = await stream.gets()
    assert (last[2]["kind"], last[2]["about"]["name"]) == ("kicked", "bob")
    await stream.ends("left")


async def test_a_stream_ends_with_the_session(server: Server) -> None:
    ann = await account(server, "ann")
    stream = await ann.follows("/api/rooms/lobby/events")
    await stream.gets()
    other = Http(server, ann.token)
    [session] = (await other.asks("GET", "/api/me/sessions")).json["sessions"]
    assert (await other.asks("DELETE", f"/api/me/sessions/{session['id']}")).status == 204
    await stream.ends("signed_out")


async def test_a_stream_of_an_ended_session_shows_nothing(server: Server) -> None:
    ann = await account(server, "ann")
    await ann.joins("lobby")
    assert ann.token is not None
    caller = Caller(ann.id, False, hash_token(ann.token), "127.0.0.1", False)
    stream = server.api.follow(caller, 1, 2, b"first", asyncio.Event().wait)
    await ann.says("lobby", "shown")
    assert await anext(stream) == b"first"
    assert b"shown" in await anext(stream)
    await ann.says("lobby", "not taken yet")
    await ann.asks("DELETE", "/api/session")
    await happens(server.hub, SendMessage(ann.id, 1, "later"))
    assert b"".join([chunk async for chunk in stream]) == b'event: end\ndata: {"reason":"signed_out"}\n\n'


async def test_a_stream_ends_when_the_room_is_closed_to_guests(server: Server) -> None:
    owner = await account(server, "owner", "owner")
    room = await owner.room("hall")
    stream = await Http(server).follows(f"/api/rooms/{room}/events")
    await stream.gets()
    assert (await owner.asks("PATCH", f"/api/rooms/{room}", {"guests": False})).status == 200
    await stream.ends("left")


async def test_a_stream_ends_when_the_server_stops(server: Server) -> None:
    stream = await Http(server).follows("/api/rooms/lobby/events")
    await stream.gets()
    await server.api.close()
    await server.http.close()
    await stream.ends("stopping")


async def test_an_idle_stream_gets_heartbeats(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_module, "HEARTBEAT_SECONDS", 0.01)
    stream = await Http(server).follows("/api/rooms/lobby/events")
    await stream.gets()
    assert await stream.gets_block() == ": here"


async def test_a_stream_without_its_reader_is_dropped(server: Server) -> None:
    ann = await guest(server, "ann")
    stream = await ann.follows("/api/rooms/lobby/events")
    await stream.gets()
    assert server.hub.view.online(ann.id)
    await ann.dispose()
    await until(lambda: not server.hub.view.online(ann.id))
    assert not server.api._streams
    assert not server.hub.feeds._feeds


async def test_a_slow_stream_is_bounded_in_memory_and_complete(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    stream = await stalls(server)
    [reader] = server.api._streams
    while reader.writable:
        await ann.says("lobby", "x" * 8_000)
    for _ in range(20):
        last = await ann.says("lobby", "x" * 8_000)
    assert sum(map(len, reader._chunks)) < 64 * 1024
    stream.transport.resume_reading()
    assert [seq for seq, _ in await stream.gets_texts(last)] == list(range(3, last + 1))


async def test_a_stalled_stream_is_cut(serve: Serve) -> None:
    server = await serve(stall_timeout=0.05, rate_messages=0)
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    await stalls(server)
    while server.api._streams:
        await ann.says("lobby", "x" * 8_000)


async def stalls(server: Server) -> Stream:
    """Follow the lobby, and stop reading."""
    before = set(server.http.connections)
    stream = await Http(server).follows("/api/rooms/lobby/events")
    await stream.gets()
    [connection] = set(server.http.connections) - before
    _narrow(connection.transport)
    _narrow(stream.transport)
    stream.transport.pause_reading()
    return stream


async def test_a_stream_shows_nothing_if_the_room_is_lost_before_it_begins(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    room = await ann.room("den", private=True)
    await ann.asks("POST", f"/api/rooms/{room}/invitations", {"user": "bob"})
    await bob.joins(room)
    # Another follower keeps the events in memory.
    await (await Http(server, ann.token).follows(f"/api/rooms/{room}/events")).gets()
    caller = Caller(bob.id, False, None, "127.0.0.1", False)
    tip = server.hub.view.state.rooms[room].tip
    stream = server.api.follow(caller, room, tip, b"first", asyncio.Event().wait)
    assert await anext(stream) == b"first"
    await ann.asks("DELETE", f"/api/rooms/{room}/members/bob")
    await ann.says(room, "among us")
    assert b"".join([chunk async for chunk in stream]) == b'event: end\ndata: {"reason":"left"}\n\n'


# Rooms and people -----------------------------------------------------------------------------------------------------


async def test_a_room_is_made_changed_and_moderated(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    made = await ann.asks("POST", "/api/rooms", {"name": "den"})
    room = made.json["id"]
    assert (made.status, made.headers["location"], made.json["role"]) == (201, f"/api/rooms/{room}", "owner")
    await bob.joins("den")
    changes = {"topic": "Tea", "name": "salon", "slow": 30, "read_only": True, "guests": False}
    assert (await bob.asks("PATCH", "/api/rooms/den", changes)).code == "not_allowed"
    assert (await bob.asks("DELETE", "/api/rooms/den/members/nobody")).code == "not_allowed"
    assert (await ann.asks("DELETE", "/api/rooms/den/members/nobody")).code == "user_unknown"
    changed = await ann.asks("PATCH", "/api/rooms/den", changes)
    assert changed.status == 200, changed
    assert {key: changed.json[key] for key in changes} == changes
    assert (await bob.asks("POST", f"/api/rooms/{room}/messages", {"text": "?"})).code == "read_only"
    await ann.asks("PATCH", f"/api/rooms/{room}", {"read_only": False})
    assert (await bob.asks("POST", f"/api/rooms/{room}/messages", {"text": "1"})).status == 201
    slow = await bob.asks("POST", f"/api/rooms/{room}/messages", {"text": "2"})
    assert (slow.status, slow.code) == (429, "slow")
    assert 0 < int(slow.headers["retry-after"]) <= 30
    assert slow.json["retry_after"] <= 30_000

    assert (await ann.asks("PUT", f"/api/rooms/{room}/members/bob/role", {"role": "moderator"})).status == 204
    roles = {
        each["name"]: each["role"] for each in (await ann.asks("GET", f"/api/rooms/{room}/members")).json["members"]
    }
    assert roles == {"ann": "owner", "bob": "moderator"}
    assert (await bob.asks("PUT", f"/api/rooms/{room}/mutes/ann")).code == "outranked"
    assert (await ann.asks("PUT", f"/api/rooms/{room}/bans/bob", {"until": 2**40 * 2, "why": "noise"})).status == 204
    bans = (await ann.asks("GET", f"/api/rooms/{room}/bans")).json["users"]
    assert bans == [{"user": bob.id, "name": "bob", "until": 2**41}]
    assert (await ann.asks("DELETE", f"/api/rooms/{room}/bans/bob")).status == 204
    assert (await ann.asks("GET", f"/api/rooms/{room}/bans")).json["users"] == []

    assert (await ann.asks("PATCH", f"/api/rooms/{room}", {"archived": True, "why": "over"})).json["archived"]
    assert (await ann.asks("POST", f"/api/rooms/{room}/messages", {"text": "?"})).code == "archived"
    again = await ann.asks("PATCH", f"/api/rooms/{room}", {"archived": False, "topic": "Coffee"})
    assert (again.json["archived"], again.json["topic"]) == (False, "Coffee")


async def test_if_one_change_is_refused_none_is_made(server: Server) -> None:
    ann = await guest(server, "ann")
    room = await ann.room("den")
    refused = await ann.asks("PATCH", f"/api/rooms/{room}", {"topic": "Tea", "slow": 10**9})
    assert refused.code == "value_invalid"
    assert (await ann.asks("GET", f"/api/rooms/{room}")).json["topic"] == ""


async def test_names_that_are_numbers_are_escaped(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "1")
    room = await ann.room("1")
    assert (await ann.asks("GET", "/api/rooms/1")).json["name"] == "lobby"
    assert (await ann.asks("GET", "/api/rooms/%231")).json["id"] == room
    assert (await ann.asks("GET", "/api/users/@1")).json["name"] == "1"
    await bob.joins(room)
    assert (await ann.asks("DELETE", f"/api/rooms/{room}/members/@1")).status == 204
    assert (await ann.asks("GET", f"/api/rooms/{room}")).json["members"] == 1


async def test_an_old_name_that_is_a_step_in_a_path_is_handled(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = await account(server, "ann", role="owner")
    with monkeypatch.context() as before:
        before.setattr("parley.core.rules.names.is_name", lambda name: True)
        await guest(server, "..")
    for path in ("/api/users/%2e%2e", "/api/users/%2E%2E", "/api/users/@.."):
        assert (await ann.asks("GET", path)).json["name"] == ".."
    changed = await ann.asks("PATCH", "/api/admin/users/%2e%2e", {"name": "dots"})
    assert (changed.status, changed.json["name"]) == (200, "dots")


async def test_joining_by_id_is_joining_that_room(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    private = await bob.room("den", private=True)
    public = await ann.room("den")
    assert await ann.joins("den") == public
    await bob.asks("POST", f"/api/rooms/{private}/invitations", {"user": "ann"})
    assert await ann.joins(private) == private
    # For bob, the name means his own room. The other room needs its id.
    assert await bob.joins(public) == public
    nothing = await bob.asks("PUT", "/api/rooms/nothing/members/me")
    assert nothing.code == "room_unknown"
    assert server.hub.view.state.room_named("nothing") is None


async def test_users_are_listed_in_pages(server: Server) -> None:
    people = [await guest(server, f"guest{number}") for number in range(5)]
    first = (await people[0].asks("GET", "/api/users?limit=3")).json
    assert ([user["name"] for user in first["users"]], first["more"]) == (["guest0", "guest1", "guest2"], True)
    rest = (await people[0].asks("GET", f"/api/users?after={first['users'][-1]['id']}")).json
    assert ([user["name"] for user in rest["users"]], rest["more"]) == (["guest3", "guest4"], False)


async def test_profiles_and_names(server: Server) -> None:
    ann = await account(server, "ann")
    changed = await ann.asks("PATCH", "/api/me", {"display": "Ann A.", "colour": "#33AA77", "zone": "Europe/Berlin"})
    assert changed.json["user"]["profile"] == {"display": "Ann A.", "colour": "#33aa77", "zone": "Europe/Berlin"}
    changed = await ann.asks("PATCH", "/api/me", {"name": "anna", "colour": ""})
    assert changed.json["user"]["name"] == "anna"
    assert changed.json["user"]["profile"] == {"display": "Ann A.", "colour": "", "zone": "Europe/Berlin"}
    assert (await ann.asks("PATCH", "/api/me", {"colour": "red"})).code == "profile_invalid"


# The caller's own account ---------------------------------------------------------------------------------------------


async def test_a_new_password_ends_the_other_sessions_at_once(server: Server) -> None:
    ann = await account(server, "ann")
    other = Http(server)
    signed_in = await other.asks("POST", "/api/session", {"name": "ann", "password": PASSWORD, "bearer": True})
    other.token = signed_in.json["token"]
    assert (await other.asks("GET", "/api/me")).status == 200
    new = {"old": PASSWORD, "new": "another battery"}
    assert (await ann.asks("PUT", "/api/me/password", {**new, "old": "wrong wrong"})).status == 403
    assert (await ann.asks("PUT", "/api/me/password", new)).status == 204
    assert (await other.asks("GET", "/api/me")).code == "session_unknown"
    assert (await ann.asks("GET", "/api/me")).status == 200
    assert (await other.asks("POST", "/api/session", {"name": "ann", "password": PASSWORD})).code == "session_unknown"
    other.token = None
    assert (await other.asks("POST", "/api/session", {"name": "ann", "password": PASSWORD})).code == "sign_in_wrong"


async def test_an_archived_room_is_listed_for_admins_and_a_private_one_is_not(server: Server) -> None:
    owner, ann = await account(server, "owner", "owner"), await account(server, "ann")
    tea, den = await ann.room("tea"), await ann.room("den", private=True)
    for room in (tea, den):
        assert (await ann.asks("PATCH", f"/api/rooms/{room}", {"archived": True})).status == 200
    listed = [[room["name"] for room in (await each.asks("GET", "/api/rooms")).json["rooms"]] for each in (owner, ann)]
    assert listed == [["lobby", "tea"], ["lobby"]]


async def test_sessions_are_listed_and_ended_by_their_owner_only(server: Server) -> None:
    ann, eve = await account(server, "ann"), await account(server, "eve")
    await ann.asks("POST", "/api/session", {"name": "ann", "password": PASSWORD, "label": "phone", "bearer": True})
    sessions = (await ann.asks("GET", "/api/me/sessions")).json["sessions"]
    assert [(each["kind"], each["label"], each["current"]) for each in sessions] == [
        ("session", "", True),
        ("session", "phone", False),
    ]
    for session in sessions:
        assert (await eve.asks("DELETE", f"/api/me/sessions/{session['id']}")).status == 404
    assert (await ann.asks("DELETE", "/api/me/sessions")).status == 204
    assert [each["current"] for each in (await ann.asks("GET", "/api/me/sessions")).json["sessions"]] == [True]


async def test_an_export_has_all_data_of_the_account(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    ann, bob = await account(server, "ann"), await guest(server, "bob")
    await ann.joins("lobby")
    await bob.joins("lobby")
    for number in range(600):
        await ann.says("lobby", str(number), f"key{number}")
    await bob.says("lobby", "not mine")
    exported = await ann.asks("GET", "/api/me/export")
    assert exported.headers["content-disposition"] == 'attachment; filename="parley-export.json"'
    everything = exported.json
    assert [(each["text"], each["key"]) for each in everything["messages"]] == [
        (str(number), f"key{number}") for number in range(600)
    ]
    assert everything["user"]["name"] == "ann"
    assert [room["name"] for room in everything["rooms"]] == ["lobby"]
    assert ann.token is not None
    assert ann.token.encode() not in exported.body


async def test_an_account_is_deleted_and_its_messages_with_it(server: Server) -> None:
    ann, bob = await account(server, "ann"), await account(server, "bob")
    for someone in (ann, bob):
        await someone.joins("lobby")
        await someone.says("lobby", f"of {someone.id}")
    before = (await ann.asks("GET", "/api/rooms/lobby/messages?after=0")).headers["etag"]
    assert (await ann.asks("DELETE", "/api/me")).code == "frame_invalid"
    assert (await ann.asks("DELETE", "/api/me?messages=erase")).status == 204
    assert (await ann.asks("GET", "/api/me")).code == "session_unknown"
    assert (await bob.asks("DELETE", "/api/me?messages=keep")).status == 204
    page = await Http(server).asks("GET", "/api/rooms/lobby/messages?after=0", None, {"If-None-Match": before})
    assert [(event["name"], event["text"]) for event in page.json["events"]] == [
        ("deleted user", f"of {bob.id}"),
    ]
    assert (await Http(server).asks("POST", "/api/session", {"name": "ann", "password": PASSWORD})).status == 401


# Invitations ----------------------------------------------------------------------------------------------------------


async def test_an_invitation_is_limited_to_its_number_of_uses(serve: Serve) -> None:
    server = await serve(access="invite")
    owner = await account(server, "owner", "owner")
    den = await owner.room("den", private=True)
    made = await owner.asks("POST", "/api/invitations", {"room": "den", "label": "for bob"})
    link = made.json
    assert (made.status, link["invitation"]["room"], link["url"]) == (201, den, f"http://{HOST}/join/{link['code']}")
    listed = await owner.asks("GET", "/api/invitations")
    assert [each["label"] for each in listed.json["invitations"]] == ["for bob"]
    assert link["code"].encode() not in listed.body
    assert (await Http(server).asks("POST", "/api/guests", {"name": "eve"})).code == "invitation_needed"
    wrong = await Http(server).asks("POST", "/api/guests", {"name": "eve", "invitation": "wrong"})
    assert wrong.code == "invitation_unknown"
    bob = Http(server)
    entered = await bob.asks("POST", "/api/guests", {"name": "bob", "invitation": link["code"]})
    bob.token = entered.json["token"]
    assert await bob.joins(den) == den
    again = await Http(server).asks("POST", "/api/guests", {"name": "eve", "invitation": link["code"]})
    assert again.code == "invitation_unknown"
    link = (await owner.asks("POST", "/api/invitations", {})).json
    assert (await bob.asks("DELETE", f"/api/invitations/{link['invitation']['id']}")).code == "invitation_unknown"
    assert (await owner.asks("DELETE", f"/api/invitations/{link['invitation']['id']}")).status == 204
    assert (await owner.asks("GET", "/api/invitations")).json["invitations"] == []


async def test_an_invitation_can_be_previewed(serve: Serve) -> None:
    server = await serve(access="invite")
    owner = await account(server, "owner", "owner")
    await owner.room("den", private=True)
    anyone = Http(server)
    code = (await owner.asks("POST", "/api/invitations", {"room": "den"})).json["code"]
    assert (await anyone.asks("GET", f"/api/join/{code}")).json == {"role": "", "room": "den"}
    code = (await owner.asks("POST", "/api/invitations", {"role": "admin"})).json["code"]
    assert (await anyone.asks("GET", f"/api/join/{code}")).json == {"role": "admin", "room": ""}
    assert (await anyone.asks("GET", "/api/join/wrong")).code == "invitation_unknown"


# Administration -------------------------------------------------------------------------------------------------------


async def test_admins_run_the_server_and_others_do_not(server: Server) -> None:
    owner, admin, ann = (
        await account(server, "owner", "owner"),
        await account(server, "admin", "admin"),
        await account(server, "ann"),
    )
    assert (await ann.asks("GET", "/api/admin/users")).code == "not_allowed"
    listed = (await admin.asks("GET", "/api/admin/users")).json["users"]
    assert [(user["name"], user["role"]) for user in listed] == [
        ("owner", "owner"),
        ("admin", "admin"),
        ("ann", "member"),
    ]
    # An admin can do nothing to an owner.
    for method, path, body in [
        ("PATCH", "/api/admin/users/owner", {"disabled": True}),
        ("PATCH", "/api/admin/users/ann", {"role": "owner"}),
        ("PUT", "/api/admin/users/owner/password", {"new": "taken over 1"}),
        ("GET", "/api/admin/users/owner/sessions", None),
        ("DELETE", "/api/admin/users/owner/sessions", None),
        ("DELETE", "/api/admin/users/owner?messages=keep", None),
        ("POST", "/api/admin/tokens", {"user": "ann"}),
        ("POST", "/api/admin/users", {"name": "mole", "password": PASSWORD, "role": "owner"}),
    ]:
        refused = await admin.asks(method, path, body)
        assert (refused.status, refused.code) == (403, "not_allowed"), (method, path)
    # Disabling an account takes effect at once, also on its open connections.
    assert (await ann.asks("GET", "/api/me")).status == 200
    ruled = await admin.asks("PATCH", "/api/admin/users/ann", {"disabled": True, "why": "spam"})
    assert (ruled.status, ruled.json["disabled"]) == (200, True)
    assert (await ann.asks("GET", "/api/me")).status in (401, 403)
    assert (await Http(server).asks("POST", "/api/session", {"name": "ann", "password": PASSWORD})).status in (401, 403)
    await admin.asks("PATCH", "/api/admin/users/ann", {"disabled": False})
    assert (await admin.asks("PUT", "/api/admin/users/ann/password", {"new": "a new password"})).status == 204
    signed_in = await Http(server).asks("POST", "/api/session", {"name": "ann", "password": "a new password"})
    assert signed_in.status == 200
    audit = (await owner.asks("GET", "/api/admin/audit?limit=3")).json
    assert [entry["kind"] for entry in audit["entries"]] == ["credentials", "enabled", "disabled"]
    assert (audit["entries"][2]["name"], audit["entries"][2]["about"]["name"], audit["entries"][2]["text"]) == (
        "admin",
        "ann",
        "spam",
    )
    older = (await owner.asks("GET", f"/api/admin/audit?before={audit['before']}&limit=200")).json
    assert older["before"] is None
    assert all(entry["kind"] in ("registered", "invitation", "invitation_used") for entry in older["entries"])


async def test_a_bot_has_a_token(server: Server) -> None:
    owner = await account(server, "owner", "owner")
    made = await owner.asks("POST", "/api/admin/users", {"name": "ci", "role": "bot", "label": "build"})
    assert (made.status, made.json["user"]["role"]) == (201, "bot")
    bot = Http(server, made.json["token"])
    await bot.joins("lobby")
    await bot.says("lobby", "green")
    assert [each["server_role"] for each in (await bot.asks("GET", "/api/rooms/lobby/members")).json["members"]] == [
        "bot"
    ]
    more = await owner.asks("POST", "/api/admin/tokens", {"user": "ci", "label": "deploy"})
    assert (await Http(server, more.json["token"]).asks("GET", "/api/me")).json["user"]["name"] == "ci"
    tokens = (await owner.asks("GET", "/api/admin/tokens")).json["tokens"]
    assert [(each["name"], each["label"]) for each in tokens] == [("ci", "build"), ("ci", "deploy")]
    assert (await owner.asks("DELETE", f"/api/admin/tokens/{tokens[0]['id']}")).status == 204
    assert (await bot.asks("GET", "/api/me")).code == "session_unknown"
    assert (await bot.asks("POST", "/api/session", {"name": "ci", "password": ""})).status == 401


async def test_admins_see_no_audit_events_of_private_rooms(server: Server) -> None:
    owner, ann = await account(server, "owner", "owner"), await account(server, "ann")
    room = await ann.room("den", private=True)
    await ann.asks("PUT", f"/api/rooms/{room}/bans/owner", {"why": "secret"})
    assert b"secret" not in (await owner.asks("GET", "/api/admin/audit")).body
    assert (await owner.asks("GET", f"/api/rooms/{room}")).code == "room_unknown"


async def test_a_guest_leaves(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    assert (await ann.asks("DELETE", "/api/rooms/lobby/members/me?why=bye")).status == 204
    assert (await ann.asks("DELETE", "/api/rooms/lobby/members/me")).code == "room_not_joined"
    assert (await ann.asks("DELETE", "/api/session")).status == 204
    assert not server.hub.view.state.users
    assert (await ann.asks("GET", "/api/me")).code == "session_unknown"
