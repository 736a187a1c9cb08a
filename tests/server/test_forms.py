"""The present forms that the writer holds: they are as of the event before the one that is decided, whatever fails."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from parley.core.commands import ClaimName, DeleteAccount, Edit, Erase, Join, React, Register, Reply, SendMessage
from parley.core.events import MACHINE
from parley.core.forms import Message, present
from parley.core.ports import StoreError
from parley.core.records import PutForm
from parley.server.engine import forms
from parley.server.engine.forms import HeldForms
from tests.server.server_fixture import until
from tests.server.test_writer import HeldStore, WriterFixture, writer_fixture


class Forms(HeldForms):
    """Held forms that are read from a store. A read waits, with what it has found, while `open` is cleared.

    Attributes:
        reads: how many reads have begun.
    """

    def __init__(self, store: HeldStore) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.reads = 0
        self._store = store
        self._tasks: set[asyncio.Task[Any]] = set()
        super().__init__(self._find_in_store, self._run)

    async def _find_in_store(self, room: int, seqs: Sequence[int]) -> list[Message | None]:
        self.reads += 1
        found = self._store.messages(room, seqs)
        await self.open.wait()
        return found

    def _run(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Another:
    """Another submitter: its commands do not wait for those of the first one."""

    def __init__(self, writer: WriterFixture) -> None:
        self._writer = writer
        self.outcomes: list[Any] = []

    async def ask(self, command: Any) -> Any:
        count = len(self.outcomes)
        self._writer.writer.submit(command, self)
        await until(lambda: len(self.outcomes) > count)
        return self.outcomes[-1]

    def decided(self, tag: object, outcome: Any) -> None:
        self.outcomes.append(outcome)


@asynccontextmanager
async def talk() -> AsyncIterator[tuple[WriterFixture, HeldStore, Forms]]:
    """bob (user 1) and eve (user 2) in room 1. bob has said "one" (seq 4)."""
    store = HeldStore()
    held = Forms(store)
    async with writer_fixture(store, held) as writer:
        for command in (ClaimName("eve", token=b"e"), Join(2, "lobby"), SendMessage(1, 1, "one")):
            await writer.ask(command)
        await until(lambda: writer.tags()[-1:] == ["shown"])
        writer.happened.clear()
        store.batches.clear()
        yield writer, store, held
        held.open.set()


def kinds(outcome: Any) -> Any:
    """Return the kinds of the events of a decision, or the code of a refusal."""
    return [event.kind for event in outcome.events] if hasattr(outcome, "events") else getattr(outcome, "code", outcome)


def check_forms(store: HeldStore) -> None:
    """Check that the stored forms, the last record of each message, are the fold of the log."""
    last = {
        (each.room, each.seq): each for batch in store.batches for each in batch.records if isinstance(each, PutForm)
    }
    messages = present(store.after(1, 0, 999))
    assert {place: messages[place[1]].form() for place in last} == last


async def test_head_read_races_with_a_change() -> None:
    """A form is read, and events that change it are decided and stored before the read has ended."""
    async with talk() as (writer, store, held):
        await writer.ask(React(1, 1, 4, "👍"))
        held.revert()
        held.open.clear()
        writer.submit("slow", React(2, 1, 4, "👍"))
        await until(lambda: held.reads == 2)
        # Another form is read meanwhile. Its command is decided and stored, and it changes the first message as well.
        assert kinds(await Another(writer).ask(SendMessage(1, 1, "in between"))) == ["message"]
        late = asyncio.ensure_future(Another(writer).ask(Reply(1, 1, "two", thread=4)))
        await asyncio.sleep(0)
        held.open.set()
        assert kinds(await writer.answer("slow")) == ["reacted"]
        assert kinds(await late) == ["message"]
        assert kinds(await writer.ask(React(2, 1, 4, "👍"))) == []
        assert kinds(await writer.ask(React(2, 1, 4, "👍", on=False))) == ["unreacted"]
        [form] = store.messages(1, [4])
        assert form is not None
        assert (form.replies, {emoji: list(users) for emoji, users in form.reactions.items()}) == (1, {"👍": [1]})
        check_forms(store)


async def test_commands_of_one_turn_about_one_message_are_decided_one_after_the_other() -> None:
    async with talk() as (writer, store, _held):
        for tag, command in {
            "1": React(1, 1, 4, "👍"), "2": React(1, 1, 4, "👍"), "3": Edit(1, 1, 4, "uno"), "4": Erase(1, 1, 4),
            "5": Erase(1, 1, 4), "6": Edit(1, 1, 4, "eins"), "7": React(2, 1, 4, "👍"),
        }.items():  # fmt: skip
            writer.submit(tag, command)
        await until(lambda: "7" in writer.tags())
        outcomes = {tag: kinds(outcome) for tag, outcome in writer.happened if tag.isdigit()}
        assert outcomes == {
            "1": ["reacted"], "2": [], "3": ["edited"], "4": ["erased"], "5": [], "6": "message_deleted",
            "7": "message_deleted",
        }  # fmt: skip
        check_forms(store)


async def test_a_failed_commit_leaves_no_trace_in_forms() -> None:
    async with talk() as (writer, store, held):
        assert kinds(await writer.ask(React(1, 1, 4, "👍"))) == ["reacted"]
        store.broken = True
        assert kinds(await writer.ask(React(1, 1, 4, "👍", on=False))) == "not_stored"
        held.open.clear()
        store.open.clear()
        writer.submit("failing", Erase(1, 1, 4))  # its form is read while the commit of the next command fails
        writer.submit("other", SendMessage(2, 1, "two"))
        await asyncio.sleep(0)
        held.open.set()
        store.open.set()
        assert kinds(await writer.answer("failing")) == "not_stored"
        store.broken = False
        assert kinds(await writer.ask(React(1, 1, 4, "👍"))) == []
        assert kinds(await writer.ask(React(2, 1, 4, "👍"))) == ["reacted"]
        store.batches[:] = [
            batch for batch in store.batches if all(event in store.after(1, 0, 99) for event in batch.events)
        ]
        check_forms(store)


async def test_after_a_taken_key_the_commands_of_one_submitter_keep_their_order() -> None:
    """A commit is decided again because of a key, while a later command of the same submitter waits for its form."""
    async with talk() as (writer, store, held):
        await writer.ask(SendMessage(1, 1, "two", key="k"))
        writer.writer._recent._new.clear()  # only the store knows the key
        store.open.clear()
        writer.submit("again", SendMessage(1, 1, "two", key="k"))
        writer.submit("first", SendMessage(1, 1, "three"))
        await until(lambda: store.batches[-1].events[-1].text == "three")
        held.open.clear()
        writer.submit("second", Edit(1, 1, 4, "uno"))
        writer.submit("third", SendMessage(1, 1, "four"))
        await until(lambda: held.reads == 1)
        store.open.set()
        await until(lambda: len(store.batches) > 2)
        held.open.set()
        await writer.answer("third")
        assert [event.text for event in store.after(1, 4, 9)] == ["two", "three", "uno", "four"]
        check_forms(store)


async def test_what_is_decided_after_an_erased_account_knows_of_it() -> None:
    async with talk() as (writer, store, _held):
        await writer.ask(Register("bob", user=1, password="a hash"))
        assert kinds(await writer.ask(React(2, 1, 4, "👍"))) == ["reacted"]  # the form is held now
        writer.submit("deleted", DeleteAccount(1, True, by=MACHINE))
        writer.submit("same turn", React(2, 1, 4, "❤️"))
        store.open.clear()
        await until(lambda: store.batches[-1].events[-1].kind == "deleted")
        writer.submit("meanwhile", React(2, 1, 4, "🎉"))
        store.open.set()
        assert kinds(await writer.answer("meanwhile")) == "message_deleted"
        assert kinds(dict(writer.happened)["same turn"]) == "message_deleted"
        assert kinds(await writer.ask(React(2, 1, 4, "🎉"))) == "message_deleted"


async def test_an_erasing_commit_counts_as_stored_even_if_its_counts_can_not_be_read(monkeypatch: Any) -> None:
    async with talk() as (writer, store, _held):
        await writer.ask(Register("bob", user=1, password="a hash"))

        def fail() -> Any:
            raise StoreError("the test's fault")

        monkeypatch.setattr(store, "recounted", fail)
        assert kinds(await writer.ask(DeleteAccount(1, True, by=MACHINE)))[-1] == "deleted"
        assert kinds(await writer.ask(SendMessage(2, 1, "two"))) == ["message"]
        assert store.load().users.keys() == writer.durable.users.keys() == {2}


async def test_forms_with_many_reactions_are_dropped(monkeypatch: Any) -> None:
    monkeypatch.setattr(forms, "RECENT_REACTIONS", 3)
    async with talk() as (writer, _store, held):
        await writer.ask(SendMessage(1, 1, "two"))
        for seq in (4, 5, 4, 5):
            for user in (1, 2):
                await writer.ask(React(user, 1, seq, "👍"))
                await writer.ask(React(user, 1, seq, "🎉"))
        assert held.reads > 2  # the two do not fit together
        assert held._reactions == sum(len(users) for each in held._recent.values() for users in each.reactions.values())


async def test_a_spent_key_never_acts_again() -> None:
    """A keyed command without effect spends its key: a retry after the opposite was asked for changes nothing."""
    async with talk() as (writer, store, _held):
        await writer.ask(React(1, 1, 4, "👍"))
        assert kinds(await writer.ask(React(1, 1, 4, "👍", key="on"))) == []
        await writer.ask(React(1, 1, 4, "👍", on=False, key="off"))
        for key, on in (("on", True), ("off", False)):
            writer.writer._recent._new.clear()
            tip = store.load().rooms[1].tip
            again = await writer.ask(React(1, 1, 4, "👍", on=on, key=key))
            assert not hasattr(again, "events"), again
            assert store.load().rooms[1].tip == tip
        [form] = store.messages(1, [4])
        assert form is not None
        assert form.reactions == {}
