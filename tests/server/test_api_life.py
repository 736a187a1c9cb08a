"""Edits, deletions, replies, threads, reactions and pins over HTTP."""

from typing import Any

import pytest

from parley.core.commands import Edit, Erase, React, SendMessage, SetTitle
from parley.gateways.http.api import admin
from tests.server.api import Http, account, guest
from tests.server.server_fixture import Serve, Server
from tests.server.test_api_security import Admin

LOBBY = "/api/rooms/lobby/messages"


async def two(server: Server) -> tuple[Http, Http]:
    ann, bob = await account(server, "ann"), await account(server, "bob")
    for person in (ann, bob):
        await person.joins("lobby")
    return ann, bob


async def seq_of(http: Http, method: str, path: str, body: Any = None, key: str = "", status: int = 200) -> int:
    answer = await http.asks(method, path, body, {"Idempotency-Key": key} if key else {})
    assert answer.status == status, answer
    return int(answer.json["seq"])


async def test_a_message_is_edited_and_its_versions_are_for_its_author_and_moderators(server: Server) -> None:
    ann, bob = await two(server)
    said = await ann.says("lobby", "helo")
    before = await bob.asks("GET", f"{LOBBY}/{said}")
    assert (before.json["text"], before.headers["etag"]) == ("helo", '"0"')
    changed = await ann.asks("PATCH", f"{LOBBY}/{said}", {"text": "hello @bob"}, {"If-Match": '"0"'})
    edit = changed.json["seq"]
    assert (changed.status, changed.headers["etag"]) == (200, f'"{edit}"')
    late = await ann.asks("PATCH", f"{LOBBY}/{said}", {"text": "other"}, {"If-Match": '"0"'})
    assert (late.status, late.code) == (412, "changed")
    [now] = late.json["events"]
    assert now == (await bob.asks("GET", f"{LOBBY}/{said}")).json
    assert now["now"] == {"text": "hello @bob", "mentions": [bob.id], "edited": edit, "edits": 1}
    assert (now["text"], len(now["sum"])) == ("", 43)
    assert (await ann.asks("PATCH", f"{LOBBY}/{said}", {"text": "hello @bob"}, {"If-Match": str(edit)})).json == {
        "room": 1,
        "seq": 0,
    }
    assert (await bob.asks("PATCH", f"{LOBBY}/{said}", {"text": "mine"})).code == "not_allowed"
    for header in ('"0', 'W/"0"', '"0", "1"', "*", '"x"'):
        refused = await ann.asks("PATCH", f"{LOBBY}/{said}", {"text": "x"}, {"If-Match": header})
        assert (refused.status, refused.code) == (400, "frame_invalid"), header
    versions = await ann.asks("GET", f"{LOBBY}/{said}/versions")
    assert [(each["seq"], each["text"]) for each in versions.json["versions"]] == [(said, "helo"), (edit, "hello @bob")]
    assert (await bob.asks("GET", f"{LOBBY}/{said}/versions")).code == "not_allowed"
    root = await account(server, "root", "admin")
    assert (await root.asks("GET", f"{LOBBY}/{said}/versions")).json == versions.json


async def test_versions_come_in_pages(server: Server) -> None:
    ann, _ = await two(server)
    said = await ann.says("lobby", "0")
    edits = [(await server.does(Edit(ann.id, 1, said, str(number))))[0].seq for number in range(1, 120)]
    found: list[tuple[int, str]] = []
    before = 0
    while True:
        page = (await ann.asks("GET", f"{LOBBY}/{said}/versions?before={before}")).json
        found[:0] = [(each["seq"], each["text"]) for each in page["versions"]]
        if not page["more"]:
            break
        before = found[0][0]
    assert found == [(seq, str(number)) for number, seq in enumerate([said, *edits])]


async def test_a_message_is_deleted_and_nothing_of_it_is_left(server: Server) -> None:
    ann, bob = await two(server)
    said = await ann.says("lobby", "a secret")
    await ann.asks("PATCH", f"{LOBBY}/{said}", {"text": "the same secret"})
    await bob.asks("PUT", f"{LOBBY}/{said}/reactions/%F0%9F%91%8D")
    assert (await bob.asks("DELETE", f"{LOBBY}/{said}")).code == "not_allowed"
    erased = await seq_of(ann, "DELETE", f"{LOBBY}/{said}?why=oops")
    tombstone = (await bob.asks("GET", f"{LOBBY}/{said}")).json
    assert (tombstone["text"], tombstone["name"]) == ("", "")
    assert tombstone["now"]["erased"] == erased
    assert (tombstone["now"]["by"], tombstone["now"]["name"]) == (ann.id, "ann")
    assert (await ann.asks("PATCH", f"{LOBBY}/{said}", {"text": "again"})).status == 410
    assert (await ann.asks("GET", f"{LOBBY}/{said}/versions")).code == "message_deleted"
    assert (await bob.asks("PUT", f"{LOBBY}/{said}/reactions/:%2B1:")).code == "message_deleted"
    assert await seq_of(ann, "DELETE", f"{LOBBY}/{said}") == 0
    everything = (await bob.asks("GET", f"{LOBBY}?everything=true")).body
    assert b"secret" not in everything
    assert b"oops" in everything


async def test_reactions_are_listed_with_who_in_pages(server: Server) -> None:
    ann, bob = await two(server)
    said = await ann.says("lobby", "hi")
    first = await seq_of(bob, "PUT", f"{LOBBY}/{said}/reactions/:+1:")
    assert await seq_of(bob, "PUT", f"{LOBBY}/{said}/reactions/%F0%9F%91%8D") == 0
    second = await seq_of(ann, "PUT", f"{LOBBY}/{said}/reactions/:+1:")
    heart = await seq_of(ann, "PUT", f"{LOBBY}/{said}/reactions/%E2%9D%A4")
    assert second == first + 1
    shown = (await bob.asks("GET", f"{LOBBY}/{said}")).json["now"]["reactions"]
    assert shown == [["👍", 2, True], ["❤️", 1, False]]
    page = (await bob.asks("GET", f"{LOBBY}/{said}/reactions?emoji=:%2B1:&limit=1")).json
    assert (page["emoji"], page["users"], page["more"]) == ("👍", [{"id": bob.id, "name": "bob"}], True)
    page = (await bob.asks("GET", f"{LOBBY}/{said}/reactions?emoji=:%2B1:&after={page['next']}")).json
    assert (page["users"], page["more"]) == ([{"id": ann.id, "name": "ann"}], False)
    assert await seq_of(ann, "DELETE", f"{LOBBY}/{said}/reactions/%E2%9D%A4%EF%B8%8F") == heart + 1
    assert (await bob.asks("GET", f"{LOBBY}/{said}")).json["now"]["reactions"] == [["👍", 2, True]]
    for emoji in ("x", "%F0%9F%91%8D%F0%9F%91%8D", ":nothing:"):
        assert (await bob.asks("PUT", f"{LOBBY}/{said}/reactions/{emoji}")).code == "emoji_invalid"
        assert (await bob.asks("GET", f"{LOBBY}/{said}/reactions?emoji={emoji}")).code == "emoji_invalid"


async def test_replies_and_threads_have_pages_of_their_own(server: Server) -> None:
    ann, bob = await two(server)
    root = await ann.says("lobby", "root")
    reply = await seq_of(bob, "POST", LOBBY, {"text": "re", "reply": root}, status=201)
    inside = await seq_of(bob, "POST", LOBBY, {"text": "in", "thread": root}, status=201)
    shown = await seq_of(
        ann, "POST", LOBBY, {"text": "both", "thread": root, "reply": inside, "also": True}, status=201
    )
    title = await seq_of(ann, "PUT", f"{LOBBY}/{root}/title", {"text": "tea"})
    assert (await bob.asks("PUT", f"{LOBBY}/{root}/title", {"text": "x"})).code == "not_allowed"
    nested = await bob.asks("POST", LOBBY, {"text": "deeper", "thread": inside})
    assert (nested.status, nested.code) == (409, "thread_nested")
    thread = (await bob.asks("GET", f"{LOBBY}/{root}/thread")).json
    assert [event["seq"] for event in thread["events"]] == [inside, shown]
    assert (thread["more"], thread["upto"]) == (False, title)
    page = (await bob.asks("GET", f"{LOBBY}/{root}/thread?limit=1")).json
    assert ([event["seq"] for event in page["events"]], page["more"]) == ([shown], True)
    page = (await bob.asks("GET", f"{LOBBY}/{root}/thread?limit=1&before={page['first']}")).json
    assert [event["seq"] for event in page["events"]] == [inside]
    room = (await bob.asks("GET", f"{LOBBY}?present=true&after={root - 1}")).json
    assert [event["seq"] for event in room["events"]] == [root, reply, shown]
    assert (room["first"], room["last"], room["upto"]) == (root, title, title)
    assert room["events"][0]["now"] == {"replies": 2, "last": shown, "title": "tea"}
    assert room["events"][2]["thread"] == room["events"][2]["target"] == root
    assert (room["events"][2]["reply"], room["events"][2]["also"]) == (inside, True)
    assert (await bob.asks("GET", f"{LOBBY}/{inside}")).json["text"] == "in"


async def test_pins_are_listed_as_they_are_now(server: Server) -> None:
    ann = await account(server, "ann")
    bob = await account(server, "bob")
    await ann.room("den")
    await bob.joins("den")
    den = "/api/rooms/den/messages"
    said = [await bob.says("den", text) for text in ("one", "two", "x" * 8_000)]
    assert (await bob.asks("PUT", f"{den}/{said[0]}/pin")).code == "not_allowed"
    pins = [await seq_of(ann, "PUT", f"{den}/{seq}/pin") for seq in said]
    assert await seq_of(ann, "PUT", f"{den}/{said[0]}/pin") == 0
    await bob.asks("PATCH", f"{den}/{said[0]}", {"text": "1"})
    await bob.asks("DELETE", f"{den}/{said[1]}")
    listed = (await bob.asks("GET", "/api/rooms/den/pins")).json
    assert [(event["seq"], event["now"]["pinned"]) for event in listed["events"]] == [
        (said[0], pins[0]),
        (said[2], pins[2]),
    ]
    assert listed["events"][0]["now"]["text"] == "1"
    assert (await bob.asks("GET", f"/api/rooms/den/pins?after={said[0]}")).json["events"] == listed["events"][1:]
    await seq_of(ann, "DELETE", f"{den}/{said[0]}/pin")
    assert len((await bob.asks("GET", "/api/rooms/den/pins")).json["events"]) == 1


async def test_a_change_with_a_key_gives_its_first_result_also_after_the_message_is_gone(server: Server) -> None:
    ann, _ = await two(server)
    said = await ann.says("lobby", "one")
    changes: list[tuple[str, str, Any]] = [
        ("PATCH", "", {"text": "two"}),
        ("PUT", "/reactions/:+1:", None),
        ("DELETE", "/reactions/:+1:", None),
        ("PUT", "/title", {"text": "tea"}),
        ("DELETE", "", None),
    ]
    first = [
        await seq_of(ann, method, f"{LOBBY}/{said}{path}", body, f"k{at}")
        for at, (method, path, body) in enumerate(changes)
    ]
    assert first == list(range(said + 1, said + 6))
    reply = await seq_of(ann, "POST", LOBBY, {"text": "re", "reply": said}, "r1", 201)
    for at, (method, path, body) in enumerate(changes):
        assert await seq_of(ann, method, f"{LOBBY}/{said}{path}", body, f"k{at}") == first[at]
    assert await seq_of(ann, "POST", LOBBY, {"text": "re", "reply": said}, "r1", 200) == reply
    # The same key with another change, another message, or another target is refused.
    for method, path, body, key in (
        ("PATCH", f"{LOBBY}/{reply}", {"text": "two"}, "k0"),
        ("PUT", f"{LOBBY}/{said}/reactions/:+1:", None, "k2"),
        ("DELETE", f"{LOBBY}/{reply}", None, "k4"),
        ("POST", LOBBY, {"text": "re"}, "r1"),
        ("POST", LOBBY, {"text": "re", "thread": said}, "r1"),
    ):
        refused = await ann.asks(method, path, body, {"Idempotency-Key": key})
        assert (refused.status, refused.code) == (422, "key_reused"), path
    assert server.hub.view.state.rooms[1].tip == reply


async def test_a_change_without_effect_spends_its_key(server: Server) -> None:
    ann, bob = await two(server)
    said = await ann.says("lobby", "hi")
    on, off = f"{LOBBY}/{said}/reactions/:+1:", ("DELETE", f"{LOBBY}/{said}/reactions/:+1:")
    await seq_of(bob, "PUT", on)
    assert await seq_of(bob, "PUT", on, None, "k1") == 0
    await seq_of(bob, *off)
    assert await seq_of(bob, "PUT", on, None, "k1") == 0
    assert "now" not in (await bob.asks("GET", f"{LOBBY}/{said}")).json or not (
        await bob.asks("GET", f"{LOBBY}/{said}")
    ).json["now"].get("reactions")


async def test_what_depends_on_the_last_message_is_refused_with_what_was_said_since(serve: Serve) -> None:
    server = await serve()
    ann, bob = await two(server)
    said = await bob.says("lobby", "one")
    tip = {"If-Match": f'"{said}"'}
    # A change is nothing that was said.
    await bob.asks("PATCH", f"{LOBBY}/{said}", {"text": "uno"})
    answer = await ann.asks("POST", LOBBY, {"text": "two"}, tip)
    assert answer.status == 201
    for method, path, body in (
        ("POST", LOBBY, {"text": "three"}),
        ("POST", LOBBY, {"text": "three", "reply": said}),
        ("PATCH", "/api/rooms/lobby", {"topic": "tea"}),
    ):
        late = await ann.asks(method, path, body, tip)
        assert (late.status, late.code) == (412, "said_since"), path
        assert [(event["seq"], event["text"]) for event in late.json["events"]] == [(answer.json["seq"], "two")]
    # A message in a thread is something that was said, too.
    await bob.asks("POST", LOBBY, {"text": "in a thread", "thread": said})
    late = await ann.asks("POST", LOBBY, {"text": "three"}, {"If-Match": f'"{answer.json["seq"]}"'})
    assert [event["text"] for event in late.json["events"]] == ["in a thread"]
    said_last = late.json["events"][0]["seq"]
    await bob.asks("PUT", f"{LOBBY}/{said}/reactions/:+1:")
    # A server that starts again knows the seq of the last message.
    await server.close()
    server = await serve()
    root = await account(server, "root", "owner")
    await root.joins("lobby")
    refused = await root.asks("PUT", f"{LOBBY}/{said}/pin", None, tip)
    assert (refused.code, [event["text"] for event in refused.json["events"]]) == ("said_since", ["two", "in a thread"])
    assert (await root.asks("PUT", f"{LOBBY}/{said}/pin", None, {"If-Match": f'"{said_last}"'})).status == 200


async def test_who_comes_into_a_private_room_later_sees_no_text_of_earlier_messages(server: Server) -> None:
    ann, bob = await account(server, "ann"), await account(server, "bob")
    den = await ann.room("den", private=True)
    old = await ann.says(den, "before <1>")
    await ann.asks("POST", f"/api/rooms/{den}/invitations", {"user": "bob"})
    floor = server.hub.view.state.rooms[den].tip + 1
    await bob.joins(den)
    stream = await (await account(server, "other")).asks("GET", "/api/me")  # nobody else is in the room
    assert stream.status == 200
    follower = Http(server, bob.token)
    events = await follower.follows(f"/api/rooms/{den}/events?after=0")
    assert (await events.gets())[2]["after"] == floor - 1
    await server.does(Edit(ann.id, den, old, "after <2>"))
    await server.does(React(ann.id, den, old, "👍"))
    await server.does(SetTitle(ann.id, den, old, "<3>"))
    new = (await server.does(SendMessage(ann.id, den, "new")))[0].seq
    await server.does(Edit(ann.id, den, new, "newer"))
    streamed = [(await events.gets())[2] for _ in range(6)]
    kinds = [event["kind"] for event in streamed]
    assert kinds == ["joined", "edited", "reacted", "titled", "message", "edited"]
    for event in streamed[1:4]:
        assert (event["text"], event["target"], len(event["sum"])) == ("", old, 43)
    assert streamed[5]["text"] == "newer"
    page = (await bob.asks("GET", f"/api/rooms/{den}/messages?everything=true")).json["events"]
    assert page == streamed
    assert b"<" not in (await bob.asks("GET", f"/api/rooms/{den}/messages?present=true&everything=true")).body
    # The message does not exist for him, as one of another room does not.
    for path in ("", "/versions", "/thread", "/reactions?emoji=:%2B1:"):
        unknown = await bob.asks("GET", f"/api/rooms/{den}/messages/{old}{path}")
        never = await bob.asks("GET", f"/api/rooms/{den}/messages/999{path}")
        assert (unknown.status, unknown.code, unknown.body) == (404, "message_unknown", never.body)
    for method, path, body in (
        ("PATCH", "", {"text": "x"}),
        ("DELETE", "", None),
        ("PUT", "/reactions/:+1:", None),
        ("PUT", "/title", {"text": "x"}),
    ):
        unknown = await bob.asks(method, f"/api/rooms/{den}/messages/{old}{path}", body)
        assert (unknown.status, unknown.code) == (404, "message_unknown"), path
    for field in ("reply", "thread"):
        unknown = await bob.asks("POST", f"/api/rooms/{den}/messages", {"text": "x", field: old})
        assert (unknown.status, unknown.code) == (404, "message_unknown")
    assert (await bob.asks("GET", f"/api/rooms/{den}/pins")).json["events"] == []


@pytest.mark.parametrize("seq", ["0", "1", "999", "-1", "x", "1.0", "9" * 40, "%D9%A1", "1%00"])
async def test_what_is_no_message_is_unknown(server: Server, seq: str) -> None:
    ann, _ = await two(server)
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"text": "x"}),
        ("DELETE", "", None),
        ("GET", "/versions", None),
        ("GET", "/thread", None),
        ("GET", "/reactions?emoji=:+1:", None),
        ("PUT", "/reactions/:+1:", None),
        ("PUT", "/title", {"text": "x"}),
    ):
        answer = await ann.asks(method, f"{LOBBY}/{seq}{path}", body)
        assert (answer.status, answer.code) == (404, "message_unknown"), (method, path)


async def test_guests_and_bots_change_their_own_messages_and_observers_none(server: Server) -> None:
    ann, _ = await two(server)
    visitor = await guest(server, "visitor")
    await visitor.joins("lobby")
    said = await visitor.says("lobby", "hi")
    assert (await visitor.asks("PATCH", f"{LOBBY}/{said}", {"text": "ho"})).status == 200
    assert (await ann.asks("DELETE", f"{LOBBY}/{said}")).code == "not_allowed"
    observer = Http(server)
    assert (await observer.asks("GET", f"{LOBBY}/{said}")).json["now"]["text"] == "ho"
    assert (await observer.asks("GET", f"{LOBBY}/{said}/versions")).status == 401
    assert (await observer.asks("DELETE", f"{LOBBY}/{said}")).status == 401
    outside = await account(server, "outside")
    assert (await outside.asks("PUT", f"{LOBBY}/{said}/reactions/:+1:")).code == "room_not_joined"
    root = await account(server, "root", "admin")
    assert (await root.asks("DELETE", f"{LOBBY}/{said}")).status == 200


async def test_the_stream_has_each_change_with_its_fields(server: Server) -> None:
    ann, bob = await two(server)
    said = await ann.says("lobby", "hi")
    events = await bob.follows(f"/api/rooms/lobby/events?after={said}")
    await events.gets()
    edit = (await server.does(Edit(ann.id, 1, said, "ho")))[0].seq
    await server.does(React(ann.id, 1, said, "👍"))
    erased = (await server.does(Erase(ann.id, 1, said, "oops")))[0].seq
    found = [(await events.gets())[2] for _ in range(3)]
    assert [(event["seq"], event["kind"], event["text"], event["target"]) for event in found] == [
        (edit, "edited", "ho", said),
        (edit + 1, "reacted", "👍", said),
        (erased, "erased", "oops", said),
    ]
    assert found[2]["about"]["user"] == ann.id
    again = await Http(server, bob.token).follows(f"/api/rooms/lobby/events?after={said - 1}")
    await again.gets()
    blank = [(await again.gets())[2] for _ in range(3)]
    assert [(event["text"], event["now"]) for event in blank] == [("", {"erased": erased})] * 3


async def test_an_admin_deletes_what_somebody_said_in_a_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "ERASED_MOST", 4)
    monkeypatch.setattr(admin, "ERASED_COUNTS", 4)
    monkeypatch.setattr(admin, "READ_AT_ONCE", 3)
    ann, bob = await two(server)
    root = await account(server, "root", "admin")
    den = await bob.room("den", private=True)
    tea = await bob.room("tea")
    early = await bob.says("lobby", "early")
    thread = (await bob.asks("POST", LOBBY, {"text": "in a thread", "thread": early})).json["seq"]
    spam = [await bob.says("lobby", f"spam {number}") for number in range(5)]
    kept = await ann.says("lobby", "kept")
    await bob.says(tea, "spam")
    hidden = await bob.says(den, "private")
    since = (await ann.asks("GET", f"{LOBBY}/{thread}")).json["at"]
    path = f"/api/admin/users/bob/messages?since={since}&until={2**52}"
    assert (await ann.asks("DELETE", path)).code == "not_allowed"
    # In his own room bob has as much say as an admin.
    first = (await root.asks("DELETE", path)).json
    assert first["rooms"][0]["room"] == 1
    assert first["rooms"][0]["erased"] >= 4
    assert first["rooms"][1] == {"room": tea, "name": "tea", "erased": 0, "refused": "outranked"}
    while first["more"]:
        first = (await root.asks("DELETE", f"{path}&why=spam")).json
    left = (await ann.asks("GET", f"{LOBBY}?present=true")).json["events"]
    assert kept in [event["seq"] for event in left]
    assert not {thread, *spam} & {event["seq"] for event in left}
    assert (await ann.asks("GET", f"{LOBBY}/{early}")).json.get("now", {}).get("replies", 0) == 0
    assert (await ann.asks("GET", "/api/rooms/lobby")).json["unread"] == len(
        [event for event in left if event["user"] == bob.id]
    )
    assert (await bob.asks("GET", f"/api/rooms/{den}/messages/{hidden}")).json["text"] == "private"
    # The machine's owner may do everything, and knows a user who is gone by the id.
    owner = Admin(server)
    found = await owner.asks("DELETE", "/api/admin/users/bob/messages", query=f"since=0&until={2**52}&room={den}")
    assert found == {"rooms": [{"room": den, "name": "den", "erased": 1}], "more": False}
    gone = await guest(server, "gone")
    await gone.joins("lobby")
    await gone.says("lobby", "spam")
    await gone.asks("DELETE", "/api/session")
    assert (await root.asks("DELETE", path.replace("bob", "gone"))).code == "user_unknown"
    assert (await root.asks("DELETE", path.replace("bob", str(gone.id)))).json["rooms"][0]["erased"] == 1


async def test_an_export_has_ones_edits_and_nothing_that_one_deleted(server: Server) -> None:
    ann, _ = await two(server)
    kept, deleted = await ann.says("lobby", "first"), await ann.says("lobby", "a secret")
    edit = await seq_of(ann, "PATCH", f"{LOBBY}/{kept}", {"text": "second"})
    await ann.asks("PATCH", f"{LOBBY}/{deleted}", {"text": "the same secret"})
    await ann.asks("DELETE", f"{LOBBY}/{deleted}")
    messages = (await ann.asks("GET", "/api/me/export")).json["messages"]
    assert [(each["seq"], each["kind"], each["text"], each["target"]) for each in messages] == [
        (kept, "message", "first", 0),
        (edit, "edited", "second", kept),
    ]
