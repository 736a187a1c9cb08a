"""The writer: many commands share a commit, nothing is answered before it, and no event is shown that was not
stored.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from parley.core.commands import (
    ClaimName,
    Join,
    Leave,
    Moderate,
    OpenRoom,
    Register,
    Rename,
    SendDirect,
    SendMessage,
    SetTopic,
    SignIn,
)
from parley.core.decision import Decision, Outcome, Repeated
from parley.core.events import MACHINE, Event
from parley.core.ports import Batch, Keyed, Place, StoreError
from parley.core.refusals import Refusal
from parley.core.repetition import NOWHERE
from parley.server.engine.forms import HeldForms
from parley.server.engine.writer import RecentKeys, Writer
from parley.server.protocols import RETRY_MS
from parley.storage.sqlite import SqliteStore
from tests.server.server_fixture import until
from tests.storage.memory_store import MemoryStore


class HeldStore(MemoryStore):
    """A store that waits or fails when the test says so.

    Attributes:
        batches: the batches of all commits, failed ones included.
        tidied: for each call of `tidy`, whether the writer was idle.
        untidy: how many more calls of `tidy` leave something to do.
        open: while this event is cleared, commits wait.
        broken: while this is true, commits fail.
    """

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[Batch] = []
        self.tidied: list[bool] = []
        self.untidy = 0
        self.open = threading.Event()
        self.open.set()
        self.broken = False

    def append(self, batch: Batch) -> dict[Keyed, Place]:
        self.batches.append(batch)
        assert self.open.wait(5)
        if self.broken:
            raise StoreError("the disk is full")
        return super().append(batch)

    def tidy(self, *, idle: bool = False) -> bool:
        self.tidied.append(idle)
        self.untidy -= 1
        return self.untidy > 0


class WriterFixture:
    """The submitter and the projection of a writer. It records all calls in order.

    Attributes:
        happened: "applied", tags with their outcomes, "shown".
        flushed: the length of `happened` at each call of `flush`.
    """

    def __init__(self, store: Any, forms: HeldForms | None = None) -> None:
        self.store = store
        self.happened: list[tuple[str, Any]] = []
        self.flushed: list[int] = []
        durable = store.load()
        self.durable = durable
        self.writer = Writer(asyncio.get_running_loop(), store, durable, self, forms=forms)

    def submit(self, tag: str, command: Any) -> None:
        self.writer.submit(command, self, tag)

    # As a submitter

    def decided(self, tag: object, outcome: Outcome) -> None:
        self.happened.append((str(tag), outcome))
        self.writer.flush_later(self)

    def flush(self) -> None:
        self.flushed.append(len(self.happened))

    # As a projection

    def apply(self, batch: Batch, recounted: object = None) -> Batch:
        self.durable.apply_all(batch.events)
        self.happened.append(("applied", batch.events))
        return batch

    def finish(self) -> None:
        pass

    def show(self, batch: Batch) -> None:
        self.happened.append(("shown", batch.events))

    async def ask(self, command: Any) -> Any:
        self.submit("asked", command)
        return await self.answer("asked")

    async def answer(self, tag: str) -> Any:
        await until(lambda: any(name == tag for name, _ in self.happened))
        [outcome] = [outcome for name, outcome in self.happened if name == tag]
        self.happened = [(name, outcome) for name, outcome in self.happened if name != tag]
        return outcome

    def tags(self) -> list[str]:
        return [tag for tag, _ in self.happened]


@asynccontextmanager
async def writer_fixture(store: Any = None, forms: HeldForms | None = None) -> AsyncIterator[WriterFixture]:
    """A writer with bob, user 1, in room 1."""
    made = WriterFixture(HeldStore() if store is None else store, forms)
    try:
        for command in (OpenRoom("lobby"), ClaimName("bob", token=b"t"), Join(1, "lobby")):
            await made.ask(command)
        await until(lambda: made.tags()[-1:] == ["shown"])
        made.happened.clear()
        if isinstance(made.store, HeldStore):
            made.store.batches.clear()
        yield made
    finally:
        await made.writer.stop()


def said(events: list[Event]) -> list[str]:
    return [event.text for event in events]


async def test_commands_of_one_turn_of_the_loop_are_one_commit() -> None:
    async with writer_fixture() as bob:
        for number in range(5):
            bob.submit(f"{number}", SendMessage(1, 1, f"{number}"))
        assert bob.happened == []
        await bob.answer("4")
        assert [said(batch.events) for batch in bob.store.batches] == [["0", "1", "2", "3", "4"]]
        assert [event.seq for event in bob.store.after(1, 2, 9)] == [3, 4, 5, 6, 7]


async def test_commands_submitted_during_a_commit_are_the_next_commit() -> None:
    async with writer_fixture() as bob:
        bob.store.open.clear()
        bob.submit("0", SendMessage(1, 1, "0"))
        await until(lambda: len(bob.store.batches) == 1)
        for number in range(1, 4):
            bob.submit(f"{number}", SendMessage(1, 1, f"{number}"))
            await asyncio.sleep(0)
        assert bob.happened == []
        bob.store.open.set()
        await bob.answer("3")
        assert [said(batch.events) for batch in bob.store.batches] == [["0"], ["1", "2", "3"]]


async def is_account(bob: WriterFixture) -> None:
    """Give bob, user 1, an account."""
    await bob.ask(Register("bob", user=1, password="a hash"))
    bob.store.batches.clear()


async def test_a_sign_in_shares_the_next_messages_commit_and_keeps_its_place() -> None:
    async with writer_fixture() as bob:
        await is_account(bob)
        bob.submit("in", SignIn(1, b"one"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert bob.store.batches == []  # a message would have reached the store by now
        bob.submit("said", SendMessage(1, 1, "hello"))
        bob.submit("again", SignIn(1, b"two"))
        await bob.answer("again")
        assert [tag for tag in bob.tags() if tag in ("in", "said")] == ["in", "said"]
        assert len(bob.store.batches) == 1


async def test_the_store_is_tidied_again_when_no_commit_follows() -> None:
    store = HeldStore()
    async with writer_fixture(store) as bob:
        await until(lambda: len(store.tidied) == 3)
        store.untidy = 3
        await bob.ask(SendMessage(1, 1, "one"))
        await until(lambda: store.untidy == 0)
        await bob.ask(SendMessage(1, 1, "two"))
        await until(lambda: len(store.tidied) == 7)
        assert store.tidied[3:] == [False, True, True, False]


async def test_a_sign_in_has_a_commit_of_its_own_if_nothing_else_comes() -> None:
    async with writer_fixture() as bob:
        await is_account(bob)
        bob.submit("in", SignIn(1, b"one"))
        assert type(await bob.answer("in")) is Decision
        bob.store.open.clear()
        bob.submit("said", SendMessage(1, 1, "hello"))
        await until(lambda: len(bob.store.batches) == 2)
        bob.submit("again", SignIn(1, b"two"))
        bob.store.open.set()
        await bob.answer("again")
        assert len(bob.store.batches) == 3


async def test_stop_stores_a_sign_in_that_lingers() -> None:
    async with writer_fixture() as bob:
        await is_account(bob)
        bob.submit("in", SignIn(1, b"one"))
        await bob.writer.stop()
        assert "in" in bob.tags()


async def test_answers_and_events_wait_for_the_commit() -> None:
    async with writer_fixture() as bob:
        bob.store.open.clear()
        bob.submit("0", SendMessage(1, 1, "0"))
        await until(lambda: len(bob.store.batches) == 1)
        assert bob.happened == []
        assert bob.writer.durable.rooms[1].tip == 2
        bob.store.open.set()
        await until(lambda: len(bob.happened) == 3)
        assert bob.tags() == ["applied", "0", "shown"]
        assert bob.flushed[-1] == 2  # after the answers and before the events
        assert bob.writer.durable.rooms[1].tip == 3


async def test_a_command_is_never_answered_from_within_submit() -> None:
    async with writer_fixture() as bob:
        bob.submit("0", SendMessage(1, 99, "nowhere"))
        assert bob.happened == []
        assert isinstance(await bob.answer("0"), Refusal)


async def test_commands_are_decided_in_the_order_in_which_they_came() -> None:
    async with writer_fixture() as bob:
        bob.submit("0", Join(1, "tea"))
        bob.submit("1", SendMessage(1, 2, "in it already"))
        bob.submit("2", SendMessage(1, 3, "too early"))
        bob.submit("3", Join(1, "cake"))
        await bob.answer("3")
        assert isinstance(await bob.answer("1"), Decision)
        assert (await bob.answer("2")).code == "room_not_joined"


async def test_a_command_with_a_key_is_done_once() -> None:
    async with writer_fixture() as bob:
        await bob.ask(SetTopic(1, 1, "tea", key="k1"))
        await bob.ask(SetTopic(1, 1, "coffee"))
        assert await bob.ask(SetTopic(1, 1, "tea", key="k1")) == Repeated(1, 3)
        bob.writer._recent = RecentKeys()  # as after a restart: only the store has the key
        assert await bob.ask(SetTopic(1, 1, "tea", key="k1")) == Repeated(1, 3)
        assert (await bob.ask(SetTopic(1, 1, "milk", key="k1"))).code == "key_reused"
        assert (await bob.ask(SendMessage(1, 1, "hi", key="k1"))).code == "key_reused"
        assert said(bob.store.after(1, 2, 9)) == ["tea", "coffee"]


async def test_a_command_without_changes_uses_its_key() -> None:
    async with writer_fixture() as bob:
        await bob.ask(SetTopic(1, 1, "tea"))
        assert await bob.ask(SetTopic(1, 1, "tea", key="k1")) == Decision([])
        await bob.ask(SetTopic(1, 1, "coffee"))
        assert await bob.ask(SetTopic(1, 1, "tea", key="k1")) == Repeated(0, 0)
        assert (await bob.ask(SendMessage(1, 1, "hi", key="k1"))).code == "key_reused"
        assert said(bob.store.after(1, 2, 9)) == ["tea", "coffee"]


async def test_a_retry_of_a_done_command_gets_its_first_result_even_if_refused_now() -> None:
    async with writer_fixture() as bob:
        await bob.ask(SetTopic(1, 1, "tea", key="k1"))
        await bob.ask(Leave(1, 1))
        bob.writer._recent = RecentKeys()
        assert await bob.ask(SetTopic(1, 1, "tea", key="k1")) == Repeated(1, 3)
        assert (await bob.ask(SetTopic(1, 1, "tea", key="k2"))).code == "room_not_joined"


async def test_an_invalid_key_is_refused_and_keys_of_new_guests_do_not_collide() -> None:
    async with writer_fixture() as bob:
        assert (await bob.ask(SetTopic(1, 1, "tea", key="a b"))).code == "key_invalid"
        for name in ("ann", "zoe"):
            assert (await bob.ask(ClaimName(name, token=name.encode(), key="k1"))).events[0].text == name


async def test_slow_mode_is_kept_after_a_failed_commit() -> None:
    async with writer_fixture() as bob:
        await bob.ask(Moderate(MACHINE, 1, "slow", value="60"))
        assert isinstance(await bob.ask(SendMessage(1, 1, "one")), Decision)
        bob.store.broken = True
        assert (await bob.ask(Rename(1, "robert"))).code == "not_stored"
        bob.store.broken = False
        assert (await bob.ask(SendMessage(1, 1, "two"))).code == "slow"


async def test_commands_that_wait_are_decided_after_an_exception(monkeypatch: Any) -> None:
    monkeypatch.setattr("parley.server.engine.writer.BATCH_COMMANDS", 2)
    async with writer_fixture() as bob:
        bob.store.open.clear()
        bob.submit("0", SendMessage(1, 1, "0"))
        await until(lambda: len(bob.store.batches) == 1)
        bob.submit("lost", Mistaken("eve", key="k"))
        for number in range(1, 4):
            bob.submit(f"{number}", SendMessage(1, 1, f"{number}"))
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        bob.store.open.set()
        await until(lambda: not bob.writer._running)
        await bob.ask(SendMessage(1, 1, "4"))
        assert said(bob.store.after(1, 2, 9)) == ["0", "2", "3", "4"]


class Mistaken(ClaimName, frozen=True):
    """A command whose key raises an exception in the writer."""

    @property
    def actor(self) -> int:
        raise ZeroDivisionError


async def test_a_key_twice_in_one_commit_is_stored_once() -> None:
    async with writer_fixture() as bob:
        bob.submit("0", SendMessage(1, 1, "hi", key="k"))
        bob.submit("1", SendMessage(1, 1, "hi", key="k"))
        assert await bob.answer("1") == Repeated(1, 3)
        assert said(bob.store.after(1, 2, 9)) == ["hi"]


async def test_a_key_with_another_message_is_refused_and_with_the_same_one_repeated() -> None:
    async with writer_fixture() as bob:
        await bob.ask(SendMessage(1, 1, "hi\r\nall", key="k"))
        for _ in range(2):
            assert await bob.ask(SendMessage(1, 1, "hi\nall", key="k")) == Repeated(1, 3)
            others = (
                SendMessage(1, 1, "something else", key="k"),
                SendMessage(1, 99, "hi\nall", key="k"),
                SendMessage(1, 1, "hi\nall", "action", key="k"),
                SendMessage(1, 1, "", key="k"),
                SendDirect(1, "nobody", "hi\nall", key="k"),
                SetTopic(1, 1, "hi", key="k"),
            )
            for other in others:
                assert (await bob.ask(other)).code == "key_reused", other
            bob.writer._recent = RecentKeys()  # as after a restart
        assert said(bob.store.after(1, 2, 9)) == ["hi\nall"]


async def test_a_key_with_a_ban_of_another_length_is_refused() -> None:
    async with writer_fixture() as bob:
        await bob.ask(ClaimName("eve"))
        await bob.ask(Join(2, "lobby"))
        for week in (
            Moderate(MACHINE, 1, "mute", "eve", duration=7_000, key="k1"),
            Moderate(MACHINE, 1, "ban", "eve", duration=7_000, key="k2"),
        ):
            await bob.ask(week)
            assert isinstance(await bob.ask(week), Repeated), week
            for other in (msgspec.structs.replace(week, duration=0), msgspec.structs.replace(week, duration=8_000)):
                assert (await bob.ask(other)).code == "key_reused", other


async def test_a_key_with_two_messages_in_one_commit_stores_the_first_and_refuses_the_second() -> None:
    async with writer_fixture() as bob:
        bob.submit("0", SendMessage(1, 1, "hi", key="k"))
        bob.submit("1", SendMessage(1, 1, "ho", key="k"))
        bob.submit("2", SendMessage(1, 1, "hi", key="k"))
        assert (await bob.answer("1")).code == "key_reused"
        assert await bob.answer("2") == Repeated(1, 3)
        assert said(bob.store.after(1, 2, 9)) == ["hi"]


async def test_a_retry_is_repeated_after_renames_and_after_its_text_was_erased() -> None:
    async with writer_fixture() as bob:
        ann = (await bob.ask(ClaimName("ann"))).events[0].user
        await bob.ask(SendDirect(1, "ann", "psst", key="k1"))
        await bob.ask(SendMessage(1, 1, "hi", key="k2"))
        await bob.ask(Rename(ann, "anna"))
        await bob.ask(Moderate(MACHINE, 1, "rename", value="hall"))
        direct = (await bob.ask(SendDirect(1, "ann", "psst", key="k1"))).room
        assert await bob.ask(SendDirect(1, "anna", "psst", key="k1")) == Repeated(direct, 4)
        assert await bob.ask(SendMessage(1, direct, "psst", key="k1")) == Repeated(direct, 4)
        assert await bob.ask(SendMessage(1, NOWHERE, "hi", key="k2")) == Repeated(1, 3)
        await bob.ask(ClaimName("ann"))
        # The same key with another recipient.
        assert (await bob.ask(SendDirect(1, "ann", "psst", key="k1"))).code == "key_reused"
        log = bob.store._logs[1]
        log[2] = msgspec.structs.replace(log[2], text="")
        assert await bob.ask(SendMessage(1, 1, "hi", key="k2")) == Repeated(1, 3)


async def test_a_retry_is_told_to_wait_while_the_store_can_not_be_read(monkeypatch: Any) -> None:
    async with writer_fixture() as bob:
        await bob.ask(SendMessage(1, 1, "hi", key="k"))

        def fail(places: object) -> None:
            raise StoreError("the disk is gone")

        monkeypatch.setattr(bob.store, "events_at", fail)
        answer = await bob.ask(SendMessage(1, 1, "hi", key="k"))
        assert (answer.code, answer.retry_after) == ("not_read", RETRY_MS)


async def test_a_key_of_another_user_is_another_key() -> None:
    async with writer_fixture() as bob:
        await bob.ask(ClaimName("eve"))
        await bob.ask(Join(2, "lobby"))
        await bob.ask(SendMessage(1, 1, "hi", key="k"))
        assert isinstance(await bob.ask(SendMessage(2, 1, "hi", key="k")), Decision)


async def test_a_key_that_only_the_store_knows_is_answered_with_its_place(tmp_path: Path) -> None:
    async with writer_fixture(SqliteStore(tmp_path / "db")) as bob:
        await bob.ask(SendMessage(1, 1, "hi", key="k"))
    bob.store.close()
    after_restart = WriterFixture(SqliteStore(tmp_path / "db"))
    # The other commands of the commit are stored in their order.
    after_restart.submit("0", SendMessage(1, 1, "before"))
    after_restart.submit("1", SendMessage(1, 1, "hi", key="k"))
    after_restart.submit("2", SendMessage(1, 1, "after"))
    assert await after_restart.answer("1") == Repeated(1, 3)
    assert isinstance(await after_restart.answer("2"), Decision)
    assert said(after_restart.store.after(1, 2, 9)) == ["hi", "before", "after"]
    await after_restart.writer.stop()
    after_restart.store.close()


async def test_commands_behind_a_key_that_only_the_store_knows_keep_their_place() -> None:
    async with writer_fixture() as bob:
        await bob.ask(SendMessage(1, 1, "hi", key="k"))
        bob.writer._recent = RecentKeys()
        bob.store.batches.clear()
        bob.store.open.clear()
        bob.submit("0", SendMessage(1, 1, "hi", key="k"))
        bob.submit("1", SendMessage(1, 1, "before"))
        await until(lambda: len(bob.store.batches) == 1)
        bob.submit("2", SendMessage(1, 1, "after"))
        bob.store.open.set()
        assert await bob.answer("0") == Repeated(1, 3)
        await bob.answer("2")
        assert said(bob.store.after(1, 2, 9)) == ["hi", "before", "after"]


async def test_a_retry_of_a_stored_message_gets_its_place_even_if_refused_now(tmp_path: Path) -> None:
    async with writer_fixture(SqliteStore(tmp_path / "db")) as bob:
        await bob.ask(SendMessage(1, 1, "hi", key="k"))
    bob.store.close()
    later = WriterFixture(SqliteStore(tmp_path / "db"))
    await later.ask(Leave(1, 1))
    assert await later.ask(SendMessage(1, 1, "hi", key="k")) == Repeated(1, 3)
    assert (await later.ask(SendMessage(1, 99, "", key="k"))).code == "key_reused"
    assert (await later.ask(SendMessage(1, 99, "", key="new"))).code == "room_not_joined"
    await later.writer.stop()
    later.store.close()


async def test_if_a_commit_fails_its_commands_are_refused_and_nothing_is_shown() -> None:
    async with writer_fixture() as bob:
        bob.store.broken = True
        bob.submit("0", SendMessage(1, 1, "0", key="k"))
        bob.submit("1", SendMessage(1, 1, "0", key="k"))  # repeats the key
        bob.submit("2", SendMessage(1, 99, "nowhere", key="doubted"))
        bob.submit("3", SendMessage(1, 99, "nowhere"))
        bob.submit("4", Rename(1, "bob"))
        bob.submit("5", Join(1, "tea"))
        outcomes = [await bob.answer(f"{number}") for number in range(6)]
        assert [getattr(outcome, "code", outcome) for outcome in outcomes] == [
            "not_stored", "not_stored", "not_stored", "room_not_joined", "not_stored", "not_stored",
        ]  # fmt: skip
        assert outcomes[0].retry_after == 1_000
        assert bob.happened == []
        assert bob.writer.failing == "the disk is full"
        assert bob.writer.durable.rooms[1].tip == 2
        assert bob.writer.durable.room_named("tea") is None


async def test_the_writer_recovers_with_the_disk_and_leaves_no_gap() -> None:
    async with writer_fixture() as bob:
        bob.store.broken = True
        bob.submit("0", Join(1, "tea"))
        bob.submit("1", Rename(1, "robert"))
        bob.submit("2", SendMessage(1, 1, "lost"))
        await bob.answer("2")
        bob.store.broken = False
        stored = await bob.ask(SendMessage(1, 1, "kept", key="k"))
        assert [(event.seq, event.name) for event in stored.events] == [(3, "bob")]
        assert bob.writer.failing is None
        joined = await bob.ask(Join(1, "tea"))
        assert [event.seq for event in joined.events] == [1, 2]
        assert isinstance(await bob.ask(ClaimName("robert")), Decision)


async def test_commands_behind_a_failed_commit_are_decided_on_the_durable_state() -> None:
    async with writer_fixture() as bob:
        bob.store.open.clear()
        bob.store.broken = True
        bob.submit("0", Join(1, "tea"))
        await until(lambda: len(bob.store.batches) == 1)
        bob.submit("1", SendMessage(1, 2, "into a room that will not be"))
        bob.submit("2", SetTopic(1, 1, "x"))
        bob.store.open.set()
        await bob.answer("0")
        bob.store.broken = False
        assert (await bob.answer("1")).code in ("room_not_joined", "not_stored")
        await bob.answer("2")
        assert isinstance(await bob.ask(SetTopic(1, 1, "y")), Decision)


async def test_a_rule_that_raises_fails_one_command_only(monkeypatch: Any, caplog: Any) -> None:
    import parley.server.engine.writer as module

    real: Any = vars(module)["decide"]

    def sometimes(state: Any, command: Any, *more: Any) -> Any:
        if getattr(command, "text", "") == "boom":
            raise ZeroDivisionError
        return real(state, command, *more)

    monkeypatch.setattr(module, "decide", sometimes)
    async with writer_fixture() as bob:
        bob.submit("0", SendMessage(1, 1, "one"))
        bob.submit("1", SendMessage(1, 1, "boom"))
        bob.submit("2", SendMessage(1, 1, "two"))
        await bob.answer("2")
        assert (await bob.answer("1")).code == "failed"
        assert said(bob.store.after(1, 2, 9)) == ["one", "two"]


async def test_an_exception_in_a_submitter_affects_no_other_submitter(caplog: Any) -> None:
    async with writer_fixture() as bob:

        class Clumsy:
            def decided(self, tag: object, outcome: Outcome) -> None:
                raise ZeroDivisionError

        bob.writer.submit(SendMessage(1, 1, "one"), Clumsy(), None)
        bob.submit("1", SendMessage(1, 1, "two"))
        assert isinstance(await bob.answer("1"), Decision)
        await until(lambda: "shown" in bob.tags())


async def test_stopping_stores_and_answers_what_is_submitted_and_refuses_the_rest() -> None:
    async with writer_fixture() as bob:
        bob.store.open.clear()
        bob.submit("0", SendMessage(1, 1, "0"))
        await until(lambda: len(bob.store.batches) == 1)
        bob.submit("1", SendMessage(1, 1, "1"))
        stopping = asyncio.ensure_future(bob.writer.stop())
        await asyncio.sleep(0)
        bob.store.open.set()
        await stopping
        assert isinstance(await bob.answer("0"), Decision)
        assert isinstance(await bob.answer("1"), Decision)
        bob.submit("2", SendMessage(1, 1, "2"))
        refusal = await bob.answer("2")
        assert (refusal.code, refusal.retry_after) == ("stopping", 1_000)
        assert said(bob.store.after(1, 2, 9)) == ["0", "1"]


async def test_many_commands_are_stored_in_several_commits(monkeypatch: Any) -> None:
    monkeypatch.setattr("parley.server.engine.writer.BATCH_COMMANDS", 10)
    async with writer_fixture() as bob:
        for number in range(35):
            bob.submit(f"{number}", SendMessage(1, 1, f"{number}"))
        await bob.answer("34")
        assert [len(batch.events) for batch in bob.store.batches] == [10, 10, 10, 5]
        assert said(bob.store.after(1, 2, 99)) == [f"{number}" for number in range(35)]


async def test_old_keys_are_dropped_from_memory_and_kept_in_the_store(monkeypatch: Any) -> None:
    monkeypatch.setattr("parley.server.engine.writer.RECENT_KEYS", 2)
    async with writer_fixture() as bob:
        for number in range(9):
            await bob.ask(SendMessage(1, 1, f"{number}", key=f"{number}"))
        assert len(bob.writer._recent) <= 2 * 2 + 1
        for number in (6, 7, 8):  # the generation before is still in memory
            assert isinstance(await bob.ask(SendMessage(1, 1, f"{number}", key=f"{number}")), Repeated)
        assert await bob.ask(SendMessage(1, 1, "0", key="0")) == Repeated(1, 3)
