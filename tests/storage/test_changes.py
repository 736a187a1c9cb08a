"""Changed messages in a store: forms, reactions, threads, pages in present form, and what erasures leave.

Each test runs random sessions. What a store returns is compared with a recount of the log that shares no code with it.
"""

import msgspec
import pytest

from parley.core.events import Event, RelatedEvent
from parley.core.forms import Message, present
from parley.core.kinds import KINDS_OF_CHANGES, MESSAGE_KINDS
from parley.core.ports import Batch
from parley.core.proof import leaf_of
from parley.core.records import ForgetUser
from parley.gateways.web.render import web_event
from parley.storage.sqlite import FILE_NAME, SqliteStore
from parley.storage.sqlite.doctor import examine
from tests.storage.memory_store import MemoryStore
from tests.storage.writing import Chatter, expected

SEEDS = range(3)


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / FILE_NAME)
    yield store
    store.close()


class Session:
    """A random session in a store, with the log as it was decided and as it is after the erasures."""

    def __init__(self, store, seed, batches=100, commands=30):
        self.chatter = Chatter(seed)
        self.batches = [self.chatter.batch(commands, longest=20) for _ in range(batches)]
        for batch in self.batches:
            store.append(batch)
        self.decided = [event for batch in self.batches for event in batch.events]
        self.log = expected(self.batches)[0]
        self.rooms = [room for room in self.chatter.state.rooms if room]
        self.forgotten = {
            record.user: record.erase
            for batch in self.batches
            for record in batch.records
            if isinstance(record, ForgetUser)
        }

    def of_room(self, room):
        return [event for event in self.decided if event.room == room]

    def is_there(self, event):
        """Tell whether a message was neither erased nor is of an account that was erased with its messages."""
        return not self.forgotten.get(event.user) and not any(
            each.kind == "erased" and each.target == event.seq for each in self.of_room(event.room)
        )


def rows(store, table):
    return [tuple(row) for row in store._reader.execute(f"SELECT * FROM {table}")]


@pytest.mark.parametrize("seed", SEEDS)
def test_forms_table_equals_the_fold(tmp_path, seed):
    store = SqliteStore(tmp_path / FILE_NAME)
    session = Session(store, seed)
    changed, reactions = [], []
    for room in session.rooms:
        log = [event for event in session.log if event.room == room]
        messages = present(log)
        assert store.messages(room, range(1, len(log) + 2)) == [messages.get(seq) for seq in range(1, len(log) + 2)]
        decided = session.chatter.messages.rooms[room]
        assert {seq: (each.text, each.mentions, each.form()) for seq, each in messages.items()} == {
            seq: (each.text, each.mentions, each.form()) for seq, each in decided.items()
        }
        changed += [each for each in messages.values() if each.is_changed]
        reactions += [
            (room, each.seq, emoji, user, since)
            for each in messages.values()
            for emoji, users in each.reactions.items()
            for user, since in users.items()
        ]
    assert sorted(rows(store, "forms")) == sorted(
        (*msgspec.structs.astuple(each.form())[:-1], msgspec.json.encode(each.form().reactions).decode())
        for each in changed
    )
    assert sorted(rows(store, "reactions")) == sorted(reactions)
    changes = [event for event in session.decided if event.kind in KINDS_OF_CHANGES]
    assert sorted(rows(store, "changes")) == sorted((event.room, event.target, event.seq) for event in changes)
    assert sorted(rows(store, "replies")) == sorted(
        (event.room, event.thread, event.seq)
        for event in session.decided
        if event.kind in MESSAGE_KINDS and isinstance(event, RelatedEvent) and event.thread
    )
    assert {event.kind for event in changes} == KINDS_OF_CHANGES
    assert set(session.forgotten.values()) == {False, True}
    assert examine(tmp_path / FILE_NAME).findings == []
    store.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_reaction_count_is_the_number_of_people(store, seed):
    session = Session(store, seed)
    seen = 0
    for room in session.rooms:
        people = {}
        for event in session.of_room(room):
            if event.kind in ("reacted", "unreacted"):
                assert (event.user in people.setdefault((event.target, event.text), [])) == (event.kind == "unreacted")
                if event.kind == "reacted":
                    people[event.target, event.text].append(event.user)
                else:
                    people[event.target, event.text].remove(event.user)
        for message in session.of_room(room):
            if message.kind in MESSAGE_KINDS:
                [form] = store.messages(room, [message.seq])
                counts = {emoji: len(who) for (seq, emoji), who in people.items() if seq == message.seq and who}
                assert dict(form.form().reactions) == (counts if session.is_there(message) else {})
                seen += len(form.reactions)
                for emoji in form.reactions:
                    who = [user for user, _ in store.reactors(room, message.seq, emoji, 0, 99)]
                    assert sorted(who) == sorted(people[message.seq, emoji])
    assert seen > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_no_event_without_effect(seed):
    chatter = Chatter(seed)
    messages, changes = {}, 0
    for _ in range(100):
        for event in chatter.batch(30, longest=20).events:
            if event.kind in MESSAGE_KINDS:
                messages[event.room, event.seq] = Message.of(event)
            elif event.kind in KINDS_OF_CHANGES:
                message = messages[event.room, event.target]
                before = _look(message)
                message.apply(event)
                assert _look(message) != before, event
                changes += 1
    assert changes > 100


@pytest.mark.parametrize("seed", SEEDS)
def test_erased_is_final(store, seed):
    """Nothing changes an erased message any more, and nothing of it, of its versions or reactions can be read."""
    session = Session(store, seed)
    erased = {}
    for event in session.decided:
        if event.kind in KINDS_OF_CHANGES:
            assert (event.room, event.target) not in erased, event
        if event.kind == "erased":
            erased[event.room, event.target] = event
    assert len(erased) > 20
    for (room, seq), by in erased.items():
        [form] = store.messages(room, [seq])
        assert (form.text, form.mentions, form.reactions, form.title, form.pinned) == ("", None, {}, "", 0)
        if not session.forgotten.get(form.user):
            assert (form.erased, form.by) == (by.seq, by.user)
        for event in store.versions(room, seq, 1 << 40, 99):
            assert (event.text, event.name, event.salt, event.mentions, event.who) == ("", "", "", None, None)
            assert event.sum


@pytest.mark.parametrize("seed", SEEDS)
def test_thread_summary_equals_its_replies(store, seed):
    session = Session(store, seed)
    threads = {}
    for event in session.decided:
        if event.kind in MESSAGE_KINDS and isinstance(event, RelatedEvent) and event.thread:
            threads.setdefault((event.room, event.thread), []).append(event)
    assert len(threads) > 5
    for (room, root), replies in threads.items():
        [form] = store.messages(room, [root])
        there = [event for event in replies if session.is_there(event)]
        assert (form.replies, form.last) == (len(there), replies[-1].seq)
        shown, _, _, _ = store.shown(room, 1, 999, after=0, thread=root)
        assert [item.event.seq for item in shown] == [event.seq for event in replies]


@pytest.mark.parametrize("seed", range(2))
def test_folded_present_pages_cover_every_seq_once(tmp_path, seed):
    """The pages of both stores are equal, and each seq is covered by one page in each direction."""
    disk, memory = SqliteStore(tmp_path / FILE_NAME), MemoryStore()
    session = Session(disk, seed, batches=50)
    for batch in session.batches:
        memory.append(batch)
    crowd = next(iter(session.rooms))
    tip = session.chatter.state.rooms[crowd].tip
    joins = [Event(crowd, tip + n, 1, 900 + n, f"u{n}", "joined", salt=f"{n:022d}") for n in range(1, 60)]
    for store in (disk, memory):
        store.append(Batch(joins))
    for room in session.rooms:
        tip = session.chatter.state.rooms[room].tip + (59 if room == crowd else 0)
        for limit in (1, 3, 50):
            covered, before = [], tip + 1
            while before > 1:
                page = disk.shown_folded(room, 1, limit, before=before)
                assert page == memory.shown_folded(room, 1, limit, before=before)
                items, runs, first, last, upto = page
                assert (len(items) + len(runs) <= limit, upto) == (True, tip)
                covered, before = [*range(first, last + 1), *covered], first
            assert covered == list(range(1, tip + 1))
            covered, after = [], 0
            while after < tip:
                page = disk.shown_folded(room, 1, limit, after=after)
                assert page == memory.shown_folded(room, 1, limit, after=after)
                covered += range(page[2], page[3] + 1)
                after = page[3]
            assert covered == list(range(1, tip + 1))
    assert len(disk.shown_folded(crowd, 1, 50, before=1 << 40)[1]) == 1
    disk.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_present_pages_cover_every_seq_once(tmp_path, seed):
    """The pages of both stores are equal. Their seqs follow each other, in both directions; no message is missing."""
    disk, memory = SqliteStore(tmp_path / FILE_NAME), MemoryStore()
    session = Session(disk, seed, batches=50)
    for batch in session.batches:
        memory.append(batch)
    for room in session.rooms:
        tip = session.chatter.state.rooms[room].tip
        listed = [
            event.seq
            for event in session.of_room(room)
            if event.kind not in KINDS_OF_CHANGES and (not getattr(event, "thread", 0) or event.also)
        ]
        for limit in (1, 3, 50):
            covered, seqs, before = [], [], tip + 1
            while before > 1:
                page = disk.shown(room, 1, limit, before=before)
                assert page == memory.shown(room, 1, limit, before=before)
                items, first, last, upto = page
                assert upto == tip
                covered = [*range(first, last + 1), *covered]
                seqs = [*(item.event.seq for item in items), *seqs]
                before = first
            assert covered == list(range(1, tip + 1))
            assert seqs == listed
            covered, seqs, after = [], [], 0
            while after < tip:
                page = disk.shown(room, 1, limit, after=after)
                assert page == memory.shown(room, 1, limit, after=after)
                items, first, last, _ = page
                covered += range(first, last + 1)
                seqs += [item.event.seq for item in items]
                after = last
            assert covered == list(range(1, tip + 1))
            assert seqs == listed
        assert disk.pinned(room, 1) == memory.pinned(room, 1)
    disk.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_erasing_changes_no_hash_of_an_event(store, seed):
    """The leaf of each event, as clients compute it, is the same after messages were erased and accounts deleted."""
    session = Session(store, seed)
    changed = 0
    for room in session.rooms:
        for before, after in zip(session.of_room(room), store.after(room, 0, 10**6), strict=True):
            assert _leaf(after) == _leaf(before), after
            assert bool(after.salt) + bool(getattr(after, "sum", 0)) + bool(getattr(after, "who", 0)) == 1
            changed += not after.salt
    assert changed > 50


def _leaf(event):
    return leaf_of(event.room, msgspec.json.decode(msgspec.json.encode(web_event(event))))


def _look(message):
    """Return what people see of a message: not when it was changed, and how often."""
    pinned = bool(message.pinned)
    reactions = {(emoji, user) for emoji, users in message.reactions.items() for user in users}
    return message.text, message.mentions, message.title, message.erased, pinned, reactions
