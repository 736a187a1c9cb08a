"""Read marks: how they are stored, and to whom they are reported."""

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from parley.core.commands import DeleteAccount, Edit, Erase, Moderate, SetPreference
from parley.core.events import MACHINE
from parley.core.ports import Batch, StoreError
from parley.core.records import PutReadMark
from parley.server.engine import read_marks
from parley.storage.sqlite import FILE_NAME, SqliteStore
from parley.storage.sqlite.doctor import examine
from tests.server.server_fixture import ANY, Serve, Server, Web, password_of, until

_keys = itertools.count()


class MarkStore(SqliteStore):
    """A store that records the marks of each commit. It can fail or wait when the test says so.

    Attributes:
        commits: the marks of each commit that had any.
        failing: whether writes fail.
        unreadable: how many of the next counts fail.
        free: counts wait while this event is cleared.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.commits: list[list[PutReadMark]] = []
        self.refused = 0
        self.failing = False
        self.unreadable = 0
        self.counting = 0
        self.free = threading.Event()
        self.free.set()

    def append(self, batch: Batch) -> Any:
        if self.failing:
            self.refused += 1
            raise StoreError("there is no room")
        if marks := [moved for moved in batch.records if isinstance(moved, PutReadMark)]:
            self.commits.append(marks)
        return super().append(batch)

    def read_between(self, room: int, user: int, after: int, upto: int) -> tuple[int, int]:
        self.counting += 1
        assert self.free.wait(5)
        if self.unreadable:
            self.unreadable -= 1
            raise StoreError("it can't be read")
        return super().read_between(room, user, after, upto)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GATHER_SECONDS", "TELL_SECONDS", "RETRY_SECONDS"):
        monkeypatch.setattr(read_marks, name, 0.01)


@pytest.fixture
def stores() -> Iterator[list[MarkStore]]:
    """The stores that were opened. At the end of the test none of them waits."""
    opened: list[MarkStore] = []
    yield opened
    for store in opened:
        store.free.set()


@pytest.fixture
def with_store(serve: Serve, stores: list[MarkStore]) -> Callable[..., Any]:
    async def start(**options: Any) -> tuple[Server, MarkStore]:
        def make(path: Path) -> MarkStore:
            stores.append(MarkStore(path))
            return stores[-1]

        server = await serve(store=make, **options)
        return server, stores[-1]

    return start


async def talk(server: Server, *texts: str) -> tuple[Web, Web]:
    """Let bob (seq 2) and eve (seq 3) join #lobby. bob sends messages, and eve gets them."""
    bob, eve = await server.web("bob", "lobby"), await server.web("eve", "lobby")
    await says(bob, *texts)
    if texts:
        await eve.gets_events(1, 3 + len(texts))
    return bob, eve


async def says(web: Web, *texts: str) -> None:
    for text in texts:
        await web.says(1, text, f"k-{next(_keys)}")


async def gets(web: Web, kind: str) -> dict[str, Any]:
    """Return the next frame of a kind; events, marks and answers to other requests are skipped."""
    while (found := await web.gets_frame())["t"] != kind:
        assert found["t"] in ("events", "signal", "marks", "stored", "done", "preferred"), found
    return found


def unread(server: Server, name: str, room: int = 1) -> tuple[int, int]:
    return server.hub.view.marks.unread(room, server.user(name))


# Notifications


async def test_both_clients_of_the_user_are_told_and_nobody_else(with_store: Any) -> None:
    server, _ = await with_store(receipts=0)
    bob, eve = await talk(server, "one", "two @eve")
    other = await server.web(token=eve.token)
    await eve.sends(t="read", room=1, seq=4)
    for web in (eve, other):
        await web.gets(t="unread", room=1, read=4, upto=5, unread=1, mentions=1)
        await web.gets_nothing_more()
    await bob.gets_events(1, 5)
    await bob.gets_nothing_more()


async def test_a_mark_is_sent_only_once_it_is_on_disk(with_store: Any) -> None:
    server, store = await with_store()
    bob, eve = await talk(server, "one", "two")
    store.free.clear()
    await eve.sends(t="read", room=1, seq=4)
    await until(lambda: store.counting == 1)
    assert store.commits == []
    assert unread(server, "eve") == (2, 0)
    await eve.gets_nothing_more()
    store.free.set()
    await eve.gets(t="unread", room=1, read=4, upto=5, unread=1)
    assert [len(marks) for marks in store.commits] == [1]
    assert (await gets(bob, "marks"))["marks"] == [[server.user("eve"), 4, 4]]


async def test_marks_of_one_member_are_merged_and_those_of_many_share_a_commit(
    with_store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_marks, "GATHER_SECONDS", 0.2)
    server, store = await with_store()
    bob, eve = await talk(server, *map(str, range(20)))
    await eve.sends_at_once(*({"t": "read", "room": 1, "seq": seq} for seq in range(4, 24)))
    await bob.sends(t="got", room=1, seq=20)
    assert (await gets(eve, "unread")) == {"t": "unread", "room": 1, "read": 23, "upto": 23}
    assert (await gets(bob, "marks"))["marks"] == [[server.user("bob"), 20, 2], [server.user("eve"), 23, 23]]
    assert [[(moved.delivered, moved.read, moved.messages) for moved in marks] for marks in store.commits] in (
        [[(23, 23, 20), (20, 2, 0)]],
        [[(20, 2, 0), (23, 23, 20)]],
    )


async def test_a_mark_that_does_not_move_is_not_stored(with_store: Any) -> None:
    server, store = await with_store()
    _bob, eve = await talk(server, "one")
    for seq in (3, 1, 0, -7):
        await eve.sends(t="read", room=1, seq=seq)
        await eve.sends(t="got", room=1, seq=seq)
    await eve.sends(t="read", room=1, seq=2**60)
    await gets(eve, "unread")
    assert [[(moved.delivered, moved.read) for moved in marks] for marks in store.commits] == [[(4, 4)]]
    await eve.sends(t="read", room=1, seq=4)
    await eve.sends(t="prefer", id="1", room=1)
    await gets(eve, "done")
    assert len(store.commits) == 1


async def test_only_small_rooms_show_what_members_have_read(with_store: Any) -> None:
    server, _ = await with_store(receipts=2)
    bob, eve = await talk(server, "one")
    await eve.sends(t="read", room=1, seq=4)
    await gets(bob, "marks")
    zoe = await server.web("zoe", "lobby")
    assert "receipts" not in (await rooms(zoe))[0]
    await zoe.sends(t="members", id="m", room=1)
    assert all(not {"got", "read", "since"} & member.keys() for member in (await gets(zoe, "members"))["members"])
    await says(bob, "two")
    await eve.sends(t="read", room=1, seq=6)
    while (await gets(eve, "unread"))["read"] < 6:
        pass
    await bob.sends(t="leave", id="1", room=1)
    await until(lambda: not server.hub.read_marks._moved)
    for web in (eve, zoe):
        found = await web.gets_events(1, 7)
        assert found[-1]["kind"] == "left"
        await web.gets_nothing_more()
    assert (await rooms(zoe))[0]["receipts"]


async def rooms(web: Web) -> list[dict[str, Any]]:
    await web.sends(t="rooms", id="rooms")
    found = (await gets(web, "rooms"))["rooms"]
    assert isinstance(found, list)
    return found


async def test_without_receipts_no_room_has_them_not_even_an_empty_one(with_store: Any) -> None:
    server, _ = await with_store(receipts=0)
    web = await server.web("bob")
    assert "receipts" not in (await rooms(web))[0]


# Counts


async def test_messages_sent_while_unread_is_counted_stay_unread(with_store: Any) -> None:
    server, store = await with_store()
    bob, eve = await talk(server, "one @eve", "two", "three @eve")
    store.free.clear()
    await eve.sends(t="read", room=1, seq=5)
    await until(lambda: store.counting == 1)
    await says(bob, "four @room", "five")
    store.free.set()
    assert await gets(eve, "unread") == {"t": "unread", "room": 1, "read": 5, "upto": 8, "unread": 3, "mentions": 2}
    assert unread(server, "eve") == (3, 2)


@pytest.mark.parametrize("change", [Erase(MACHINE, 1, 5), Edit(3, 1, 5, "one"), DeleteAccount(3, True, by=MACHINE)])
async def test_a_count_on_its_way_survives_an_erasure(
    with_store: Any, monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    """The message that changes is among those that were counted, and the mark is decided after the change."""
    server, _store = await with_store()
    await talk(server)
    assert await server.account("zoe") == 3
    zoe = await server.web("zoe", "lobby", password=password_of("zoe"))
    await says(zoe, "one @eve", "two @eve", "three @eve")
    marks, free, calls = server.hub.read_marks, asyncio.Event(), []
    count = marks.count

    async def slowly(*place: int) -> tuple[int, int] | None:
        calls.append(await count(*place))
        await free.wait()
        return calls[-1]

    monkeypatch.setattr(marks, "count", slowly)
    server.hub.read_marks.move(2, 1, read=6)
    await until(lambda: calls == [(2, 2)])
    await server.does(change)
    free.set()
    await until(lambda: server.hub.view.marks.of(1, 2).read == 6)  # type: ignore[union-attr]
    left = 0 if isinstance(change, DeleteAccount) else 1
    assert unread(server, "eve") == (left, left)
    assert len(calls) == 2
    await server.stop()
    assert examine(server.folder / FILE_NAME).findings == []


async def test_one_mark_at_a_time_is_counted_from_the_one_before(with_store: Any) -> None:
    server, store = await with_store()
    _bob, eve = await talk(server, "one @eve", "two", "three @eve", "four")
    store.free.clear()
    await eve.sends(t="read", room=1, seq=4)
    await until(lambda: store.counting == 1)
    await eve.sends(t="read", room=1, seq=6)
    await eve.sends(t="read", room=1, seq=5)
    await eve.sends(t="unwatch", id="x", room=0)
    await gets(eve, "done")
    store.free.set()
    assert (await gets(eve, "unread"))["read"] == 4
    assert await gets(eve, "unread") == {"t": "unread", "room": 1, "read": 6, "upto": 7, "unread": 1}
    assert [(moved.read, moved.messages, moved.mentions) for [moved] in store.commits] == [(4, 1, 1), (6, 2, 1)]


async def test_own_messages_are_not_unread(with_store: Any) -> None:
    server, _ = await with_store()
    bob, eve = await talk(server, "one")
    await says(eve, "@eve mine", "@room mine")
    await bob.gets_events(1, 6)
    assert (unread(server, "eve"), unread(server, "bob")) == ((1, 0), (2, 1))
    await eve.sends(t="read", room=1, seq=5)
    assert await gets(eve, "unread") == {"t": "unread", "room": 1, "read": 5, "upto": 6}


# Failing disks


async def test_a_mark_is_stored_when_the_disk_is_free_again(with_store: Any) -> None:
    server, store = await with_store()
    bob, eve = await talk(server, "one", "two")
    store.failing = True
    await eve.sends(t="read", room=1, seq=5)
    await until(lambda: store.refused >= 2)
    await eve.gets_nothing_more()
    assert unread(server, "eve") == (2, 0)
    store.failing = False
    await eve.gets(t="unread", room=1, read=5, upto=5)
    assert (await gets(bob, "marks"))["marks"] == [[server.user("eve"), 5, 5]]


async def test_a_retried_mark_keeps_the_maximum_of_both_requests(with_store: Any) -> None:
    """Storing `got` 6 fails, and meanwhile `read` 4 comes."""
    server, store = await with_store()
    _bob, eve = await talk(server, "one", "two", "three")
    store.failing = True
    real, held = server.hub.read_marks.decided, []
    server.hub.read_marks.decided = lambda *outcome: held.append(outcome)  # type: ignore[method-assign]
    await eve.sends(t="got", room=1, seq=6)
    await until(lambda: bool(held))
    await eve.sends(t="read", room=1, seq=4)
    await eve.sends(t="unwatch", id="x", room=0)
    await gets(eve, "done")
    del server.hub.read_marks.decided  # type: ignore[method-assign]
    store.failing = False
    for outcome in held:
        real(*outcome)
    await gets(eve, "unread")
    mark = server.hub.view.marks.of(1, server.user("eve"))
    assert mark is not None
    assert (mark.delivered, mark.read) == (6, 4)


async def test_a_count_that_fails_is_retried(with_store: Any) -> None:
    server, store = await with_store()
    _bob, eve = await talk(server, "one", "two")
    store.unreadable = 2
    await eve.sends(t="read", room=1, seq=4)
    assert await gets(eve, "unread") == {"t": "unread", "room": 1, "read": 4, "upto": 5, "unread": 1}
    assert store.counting == 3
    assert server.log.count("the log can't be read: it can't be read") == 2


# Restarts


async def test_a_mark_behind_another_is_stored_before_the_server_stops(with_store: Any) -> None:
    server, store = await with_store()
    _bob, eve = await talk(server, "one", "two", "three")
    store.free.clear()
    await eve.sends(t="read", room=1, seq=4)
    await until(lambda: store.counting == 1)
    await eve.sends(t="read", room=1, seq=6)
    await eve.sends(t="unwatch", id="x", room=0)
    await gets(eve, "done")
    closing = asyncio.ensure_future(server.close())
    await until(lambda: server.hub.stopping)
    store.free.set()
    await closing
    server.check_log()
    assert [moved.read for marks in store.commits for moved in marks] == [4, 6]


async def test_marks_of_several_members_are_counted_while_the_server_stops(with_store: Any) -> None:
    """Each count ends in a separate turn of the loop, and another mark of eve waits behind her first one."""
    server, store = await with_store()
    bob, eve = await talk(server, "one", "two", "three")
    zoe = await server.web("zoe", "lobby")
    await says(bob, "four", "five")
    store.free.clear()
    for web, seq in ((eve, 4), (zoe, 8), (eve, 6)):
        await web.sends(t="read", room=1, seq=seq)
        await web.sends(t="unwatch", id="x", room=0)
        await gets(web, "done")
        await until(lambda: store.counting >= 1)
    closing = asyncio.ensure_future(server.close())
    await until(lambda: server.hub.stopping)
    store.free.set()
    await closing
    server.check_log()
    moved = {(mark.user, mark.read) for marks in store.commits for mark in marks}
    assert moved == {(server.user("eve"), 4), (server.user("eve"), 6), (server.user("zoe"), 8)}


async def test_a_server_whose_counts_fail_stops(with_store: Any) -> None:
    server, store = await with_store()
    _bob, eve = await talk(server, "one", "two", "three")
    store.free.clear()
    store.unreadable = 9
    await eve.sends(t="read", room=1, seq=4)
    await until(lambda: store.counting == 1)
    closing = asyncio.ensure_future(server.close())
    await until(lambda: server.hub.stopping)
    store.free.set()
    await closing
    server.check_log()
    assert store.commits == []


@pytest.mark.parametrize("seq", [4, 6])
async def test_a_mark_set_just_before_the_server_stops_is_stored(
    with_store: Any, monkeypatch: pytest.MonkeyPatch, seq: int
) -> None:
    monkeypatch.setattr(read_marks, "GATHER_SECONDS", 30.0)
    server, _ = await with_store()
    _bob, eve = await talk(server, "one @eve", "two @eve", "three")
    await eve.sends(t="read", room=1, seq=seq)
    await eve.sends(t="unwatch", id="x", room=0)
    await gets(eve, "done")
    await server.close()
    server.check_log()
    server, _ = await with_store()
    eve = await server.web(token=eve.token)
    [room] = eve.ready["rooms"]
    left = {4: {"unread": 2, "mentions": 1}, 6: {}}[seq]
    assert {name: room[name] for name in ("read", "unread", "mentions") if name in room} == {"read": seq, **left}


async def test_a_server_that_stops_while_nothing_can_be_written_stops(with_store: Any) -> None:
    server, store = await with_store()
    _bob, eve = await talk(server, "one", "two")
    store.failing = True
    await eve.sends(t="read", room=1, seq=4)
    await until(lambda: store.refused >= 1)
    await server.close()
    server.check_log()
    server, _ = await with_store()
    assert unread(server, "eve") == (2, 0)


# Departures


async def test_a_kicked_member_has_no_mark_even_if_one_is_being_stored(with_store: Any) -> None:
    server, store = await with_store()
    bob, eve = await talk(server, "one @eve", "two")
    store.free.clear()
    await eve.sends(t="read", room=1, seq=4)
    await until(lambda: store.counting == 1)
    await server.does(Moderate(MACHINE, 1, "kick", "eve"))
    await gets(eve, "left")
    await eve.sends(t="read", room=1, seq=5)  # she is no longer a member
    await eve.joins("lobby")
    store.free.set()
    await says(bob, "three @eve")
    await eve.gets_events(1, 8)
    await eve.sends(t="read", room=1, seq=8)
    assert await gets(eve, "unread") == {"t": "unread", "room": 1, "read": 8, "upto": 8}
    assert [(moved.since, moved.read) for marks in store.commits for moved in marks] == [(7, 8)]
    found = await gets(bob, "marks")
    assert found["marks"] == [[server.user("eve"), 8, 8]]


async def test_a_deleted_account_leaves_neither_marks_nor_preferences(with_store: Any) -> None:
    server, _ = await with_store()
    ann = await server.account("ann")
    bob = await server.web("bob", "lobby")
    web = await server.web("ann", "lobby", password=password_of("ann"))
    await bob.sends(t="tell", key="t1", to="ann", text="psst @ann")
    direct = (await gets_room(web))["id"]
    await server.does(SetPreference(ann, 1, "all", True))
    await server.does(SetPreference(ann, 0, hours=(1, 2)))
    assert server.hub.view.preferences.of(ann, server.hub.view.state.rooms[1]) == ("all", True)
    await server.does(DeleteAccount(ann, True))
    assert server.hub.view.marks.of(1, ann) is None
    assert server.hub.view.preferences.users == {}
    await bob.sends(t="send", key="t2", room=direct, text="are you there, @room")
    while (await bob.gets_frame()).get("key") != "t2":
        pass
    await server.close()
    server.check_log()
    server, _ = await with_store()
    assert server.hub.view.preferences.users == {}
    bob = await server.web(token=bob.token)
    assert [(room["id"], room.get("unread", 0)) for room in bob.ready["rooms"]] == [(1, 0), (direct, 0)]


async def gets_room(web: Web) -> dict[str, Any]:
    while (found := await web.gets_frame())["t"] != "joined":
        assert found["t"] in ("events", "signal", "marks"), found
    assert found["room"]["level"] == "all"
    return dict(found["room"])


async def test_a_preference_is_sent_to_the_users_own_connections_only(with_store: Any) -> None:
    server, store = await with_store()
    bob, eve = await talk(server)
    other = await server.web(token=eve.token)
    await other.sends(t="prefer", id="1", room=1, level="nothing")
    await gets(other, "preferred")
    await eve.gets(t="preferred", room=1, level="nothing")
    store.failing = True
    await eve.sends(t="prefer", id="2", room=1, level="all")
    await eve.gets_error("not_stored", id="2", retry_after=ANY)
    store.failing = False
    await bob.gets_events(1, 3)
    for web in (bob, eve):
        await web.gets_nothing_more()
    assert (await rooms(eve))[0]["level"] == "nothing"
    assert "level" not in (await rooms(bob))[0]
