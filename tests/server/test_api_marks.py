"""Read marks, receipts and preferences by HTTP, on a real server."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from parley.core.ports import StoreError
from parley.storage.sqlite.store import SqliteStore
from tests.server.api import HOST, Http, account, guest
from tests.server.server_fixture import ANY, Serve, Server, Web, until

OWN = {"read", "unread", "mentions", "level", "favourite"}


async def looks(someone: Http, room: int | str = "lobby") -> dict[str, Any]:
    """Return a room as a user sees it."""
    found = await someone.asks("GET", f"/api/rooms/{room}")
    assert found.status == 200, found
    return dict(found.json)


async def reads(someone: Http, seq: int, room: int | str = "lobby") -> None:
    marked = await someone.asks("PUT", f"/api/rooms/{room}/read", {"seq": seq})
    assert (marked.status, marked.body) == (204, b""), marked


async def gets(web: Web, kind: str) -> dict[str, Any]:
    """Return the next frame of a kind."""
    while (frame := await web.gets_frame())["t"] != kind:
        pass
    return frame


async def comes_back(someone: Http, server: Server) -> Web:
    """Connect a second client of a user."""
    return await server.web(token=someone.token)


async def test_unread_counts_are_per_member(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    await ann.joins("lobby")
    await bob.joins("lobby")
    first = await ann.says("lobby", "hello all")
    last = await ann.says("lobby", "@bob, you too")
    room = await looks(bob)
    assert (room["unread"], room["mentions"], room["level"], room["favourite"]) == (2, 1, "mentions", False)
    assert (await looks(ann))["unread"] == 0

    await reads(bob, first)
    room = await looks(bob)
    assert (room["read"], room["unread"], room["mentions"]) == (first, 1, 1)
    await reads(bob, last)
    room = await looks(bob)
    assert (room["read"], room["unread"], room["mentions"]) == (last, 0, 0)

    await reads(bob, first)  # a mark does not go back
    assert (await looks(bob))["read"] == last
    await reads(bob, 10**6)  # a seq after the tip counts as the tip
    await ann.says("lobby", "more")
    assert (await looks(bob))["unread"] == 1


async def test_a_read_mark_is_durable_when_it_is_acknowledged(serve: Serve) -> None:
    server = await serve()
    ann, bob = await account(server, "ann"), await account(server, "bob")
    await ann.joins("lobby")
    await bob.joins("lobby")
    seq = await ann.says("lobby", "hello")
    await reads(bob, seq)
    mark = server.store.marks().of(1, bob.id)
    assert mark is not None
    assert (mark.delivered, mark.read) == (seq, seq)


async def test_other_clients_of_the_user_are_notified(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    await ann.joins("lobby")
    await bob.joins("lobby")
    phone = await comes_back(bob, server)
    seq = await ann.says("lobby", "hello")
    await reads(bob, seq)
    unread = await gets(phone, "unread")
    assert unread == {"t": "unread", "room": 1, "read": seq, "upto": ANY}
    assert unread["upto"] >= seq

    changed = await bob.asks("PATCH", "/api/rooms/lobby/preferences", {"favourite": True})
    assert (changed.status, changed.json["favourite"], changed.json["level"]) == (200, True, "mentions")
    assert await gets(phone, "preferred") == {"t": "preferred", "room": 1, "favourite": True}
    await bob.asks("PATCH", "/api/me", {"hours": {"begin": 1320, "end": 420}})
    assert await gets(phone, "preferred") == {"t": "preferred", "hours": {"begin": 1320, "end": 420}}


async def test_a_stream_shows_the_log_and_no_personal_signals(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    await ann.joins("lobby")
    await bob.joins("lobby")
    stream = await Http(server, bob.token).follows("/api/rooms/lobby/events")
    assert (await stream.gets())[1] == "room"
    await reads(bob, await ann.says("lobby", "one"))
    await bob.asks("PATCH", "/api/rooms/lobby/preferences", {"level": "all"})
    last = await ann.says("lobby", "two")
    assert [text for _, text in await stream.gets_texts(last)] == ["one", "two"]


async def test_concurrent_read_marks_keep_the_furthest(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    await ann.joins("lobby")
    await bob.joins("lobby")
    seqs = [await ann.says("lobby", f"@bob {number}") for number in range(6)]
    tabs = [Http(server, bob.token) for _ in seqs]
    marked = await asyncio.gather(
        *(tab.asks("PUT", "/api/rooms/lobby/read", {"seq": seq}) for tab, seq in zip(tabs, reversed(seqs), strict=True))
    )
    assert {answer.status for answer in marked} == {204}
    room = await looks(bob)
    assert (room["read"], room["unread"], room["mentions"]) == (seqs[-1], 0, 0)


async def test_only_members_have_marks_and_preferences(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    await ann.joins("lobby")
    for someone in (bob, Http(server)):
        assert not OWN & (await looks(someone)).keys()
    for method, path, body in (("PUT", "read", {"seq": 1}), ("PATCH", "preferences", {"level": "all"})):
        assert (await bob.asks(method, f"/api/rooms/lobby/{path}", body)).code == "room_not_joined"
        assert (await ann.asks(method, f"/api/rooms/999/{path}", body)).code == "room_unknown"
    assert (await ann.asks("PUT", "/api/rooms/lobby/read", {"seq": -1})).code == "frame_invalid"
    assert (await ann.asks("PUT", "/api/rooms/lobby/read", {})).code == "frame_invalid"


async def test_marking_a_room_that_is_left_meanwhile_is_refused(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    await ann.joins("lobby")
    await bob.joins("lobby")
    seq = await ann.says("lobby", "hello")
    other = Http(server, bob.token)
    await other.sends("PUT", "/api/rooms/lobby/read", {"seq": seq})
    await bob.asks("DELETE", "/api/rooms/lobby/members/me")
    answer = await other.gets()
    assert answer.status == 204 or answer.code == "room_not_joined"


async def test_a_pending_read_mark_is_stored_when_the_server_stops(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    await server.open()
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    await ann.joins("lobby")
    await bob.joins("lobby")
    seq = await ann.says("lobby", "hello")
    await ann.says("lobby", "and more")
    phone = await comes_back(bob, server)
    await phone.sends(t="read", room=1, seq=seq)
    await phone.sends(t="rooms", id="1")
    await gets(phone, "rooms")
    await server.close()
    await server.open()
    room = await looks(Http(server, bob.token))
    assert (room["read"], room["unread"]) == (seq, 1)
    await server.close()


class Failing(SqliteStore):
    """A store that fails when the test says so."""

    fails_to_write = fails_to_count = False

    def append(self, *arguments: Any, **options: Any) -> Any:
        if self.fails_to_write:
            raise StoreError("the disk is full")
        return super().append(*arguments, **options)

    def read_between(self, *arguments: Any, **options: Any) -> Any:
        if self.fails_to_count:
            raise StoreError("the disk is worn out")
        return super().read_between(*arguments, **options)


@pytest.mark.parametrize(
    ("fail", "code"), [("fails_to_write", "not_stored"), ("fails_to_count", "not_read")], ids=["write", "count"]
)
async def test_a_read_mark_that_cannot_be_stored_is_refused_and_retried(tmp_path: Path, fail: str, code: str) -> None:
    server = Server(tmp_path / "data", store=Failing)
    await server.open()
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    await ann.joins("lobby")
    await bob.joins("lobby")
    seq = await ann.says("lobby", "hello")
    await ann.says("lobby", "and more")
    setattr(server.store, fail, True)
    refused = await bob.asks("PUT", "/api/rooms/lobby/read", {"seq": seq})
    assert (refused.status, refused.code) == (503, code)
    assert "retry-after" in refused.headers
    setattr(server.store, fail, False)
    await reads(bob, seq)
    assert (await looks(bob))["unread"] == 1
    await server.close()


# Receipts -------------------------------------------------------------------------------------------------------------


async def test_receipts_show_delivered_and_read_marks(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    await ann.joins("lobby")
    await bob.joins("lobby")
    seq = await ann.says("lobby", "hello")
    await reads(bob, seq)
    members = (await ann.asks("GET", "/api/rooms/lobby/members")).json["members"]
    marks = {member["name"]: (member["got"], member["read"]) for member in members}
    assert marks["bob"] == (seq, seq)
    assert (await looks(ann))["receipts"] is True


async def test_a_large_room_has_no_receipts(serve: Serve) -> None:
    server = await serve(receipts=1)
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    await ann.joins("lobby")
    await bob.joins("lobby")
    seq = await ann.says("lobby", "hello")
    await reads(bob, seq)  # the unread count is kept nevertheless
    room = await looks(bob)
    assert (room["receipts"], room["read"], room["unread"]) == (False, seq, 0)
    for member in (await ann.asks("GET", "/api/rooms/lobby/members")).json["members"]:
        assert not {"got", "read"} & member.keys()


# Preferences ----------------------------------------------------------------------------------------------------------


async def test_preferences_of_a_room(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    await ann.asks("PATCH", "/api/rooms/lobby/preferences", {"level": "nothing", "favourite": True})
    changed = await ann.asks("PATCH", "/api/rooms/lobby/preferences", {"level": "all"})
    assert (changed.json["level"], changed.json["favourite"]) == ("all", True)
    assert changed.json == await looks(ann)
    assert (await ann.asks("PATCH", "/api/rooms/lobby/preferences", {"level": "some"})).code == "frame_invalid"

    bob = await guest(server, "bob")
    talk = (await ann.asks("POST", "/api/direct", {"to": ["bob"], "text": "psst"})).json["room"]
    assert talk["level"] == "all"
    [heard] = (await bob.asks("GET", "/api/direct")).json["rooms"]
    assert (heard["unread"], heard["level"]) == (1, "all")


async def test_quiet_hours(server: Server) -> None:
    ann = await account(server, "ann")
    assert (await ann.asks("GET", "/api/me")).json["hours"] is None
    night = {"begin": 1320, "end": 420}
    changed = await ann.asks("PATCH", "/api/me", {"hours": night, "display": "Ann"})
    assert (changed.json["hours"], changed.json["user"]["profile"]["display"]) == (night, "Ann")
    assert (await ann.asks("PATCH", "/api/me", {"colour": "#aabbcc"})).json["hours"] == night
    assert (await ann.asks("GET", "/api/me/export")).json["hours"] == night
    assert (await ann.asks("PATCH", "/api/me", {"hours": {"begin": 1440, "end": 0}})).code == "frame_invalid"
    assert (await ann.asks("PATCH", "/api/me", {"hours": None})).json["hours"] is None


async def test_who_may_notify_everybody_is_a_setting_of_the_room(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    room = await ann.room("tea")
    await bob.joins("tea")
    assert (await looks(ann, "tea"))["calls"] == "members"
    changed = await ann.asks("PATCH", "/api/rooms/tea", {"calls": "moderators"})
    assert (changed.status, changed.json["calls"]) == (200, "moderators")
    assert (await bob.asks("PATCH", "/api/rooms/tea", {"calls": "members"})).code == "not_allowed"
    await bob.says(room, "@room look")
    await ann.says(room, "@room look")
    said = (await ann.asks("GET", "/api/rooms/tea/messages")).json["events"]
    assert [event.get("mentions") for event in said] == [None, [0]]
    assert (await looks(bob, "tea"))["mentions"] == 1


# The seq at a time
# --------------------------------------------------------------------------------------------------------


async def test_a_time_is_resolved_to_a_seq(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    await ann.says("lobby", "one")
    log = (await ann.asks("GET", "/api/rooms/lobby/messages?everything=true")).json
    for query, seq in ((f"at={log['events'][-1]['at'] + 1}", 4), ("at=0", 1), ("", 1)):
        found = await ann.asks("GET", f"/api/rooms/lobby/seq?{query}".removesuffix("?"))
        assert found.json == {"room": 1, "epoch": log["epoch"], "seq": seq}
    assert (await ann.asks("GET", "/api/rooms/lobby/seq?at=-1")).code == "frame_invalid"


async def test_a_time_is_resolved_to_no_seq_before_the_join(server: Server) -> None:
    ann, bob = await guest(server, "ann"), await guest(server, "bob")
    den = await ann.room("den", private=True)
    await ann.says(den, "before")
    await ann.asks("POST", f"/api/rooms/{den}/invitations", {"user": "bob"})
    await bob.joins(den)
    joined = (await looks(bob, den))["tip"]
    assert (await bob.asks("GET", f"/api/rooms/{den}/seq")).json["seq"] == joined


# Guests in browsers ---------------------------------------------------------------------------------------------------

HERE = {"Origin": f"http://{HOST}"}


def cookie_of(headers: Any) -> str:
    cookie = str(headers["set-cookie"])
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax")
    return cookie.partition("parley_session=")[2].partition(";")[0]


async def test_a_guest_in_a_browser_has_a_cookie_and_sees_no_token(server: Server) -> None:
    page = Http(server)
    entered = await page.asks("POST", "/api/guests", {"name": "ann", "bearer": False}, HERE)
    assert entered.status == 201
    assert "token" not in entered.json
    page.cookie = cookie_of(entered.headers)
    assert page.cookie.encode() not in entered.body
    assert (await page.asks("GET", "/api/me")).json["user"]["name"] == "ann"

    # A second request changes nothing and keeps the cookie.
    again = await page.asks("POST", "/api/guests", {"name": "ann", "bearer": False}, HERE)
    assert (again.status, again.json["user"]["id"]) == (200, entered.json["user"]["id"])
    assert "set-cookie" not in again.headers
    assert "token" not in again.json

    socket = await server.browser(additional_headers={"Cookie": f"parley_session={page.cookie}"})
    await socket.sends(t="hello", protocol=1)
    ready = await socket.gets(t="ready", protocol=1, server=ANY, user=ANY, rooms=[], limits=ANY, token=None)
    assert ready["user"]["name"] == "ann"


async def test_a_guest_whose_name_is_taken_enters_under_another(serve: Serve) -> None:
    server = await serve(guest_hold=1e-9)
    page = Http(server)
    entered = await page.asks("POST", "/api/guests", {"name": "ann", "bearer": False}, HERE)
    page.cookie = cookie_of(entered.headers)
    await until(lambda: not server.hub.view.state.users)
    await account(server, "ann")
    back = await page.asks("POST", "/api/guests", {"name": "anna", "bearer": False}, HERE)
    assert (back.status, back.json["user"]["id"]) == (200, entered.json["user"]["id"])
    assert "set-cookie" not in back.headers


async def test_an_old_cookie_is_replaced(server: Server) -> None:
    page = Http(server)
    page.cookie = "nobody knows it"
    entered = await page.asks("POST", "/api/guests", {"name": "ann", "bearer": False}, HERE)
    assert entered.status == 201
    page.cookie = cookie_of(entered.headers)
    assert (await page.asks("GET", "/api/me")).status == 200


async def test_another_site_cannot_make_a_browser_a_guest(server: Server) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        entered = await Http(server).asks("POST", "/api/guests", {"name": "ann", "bearer": False}, headers)
        assert entered.code == "origin_foreign"
        assert "set-cookie" not in entered.headers
