"""Read marks and unread counts: the fold compared with a recount of the log."""

from hypothesis import given
from hypothesis import strategies as st

from parley.core.commands import Edit, Erase, Join, Leave, Moderate, MoveReadMark, Reply, SendDirect, SendMessage
from parley.core.events import DIRECTORY, EVERYBODY, MACHINE, departed
from parley.core.kinds import MESSAGE_KINDS
from parley.core.ports import Batch
from parley.core.read_marks import ReadMarks
from parley.core.records import PutForm, PutReadMark, Recount
from parley.core.refusals import Refusal
from parley.core.rules import decide
from tests.core.sessions import Rules

NAMES = ("ada", "bob", "eve", "zoe")


class Reading(Rules):
    """`Rules` that also fold read marks, with a simple copy of each mark as (since, got, read) to compare."""

    def __init__(self):
        super().__init__()
        self.marks, self.kept = ReadMarks(), {}
        self.moved, self.stored, self.recorded = [], 0, 0
        self.on_its_way = {}  # by (user, room): a mark that was counted, and is not decided yet
        self.people = self.enter(*NAMES)
        self.room = self.join("lobby", *self.people)

    def ask(self, command):
        before = len(self.log)
        outcome = super().ask(command)
        by_room = {}
        for event in self.log[before:]:
            by_room.setdefault(event.room, []).append(event)
            if event.kind == "joined":
                self.kept[event.room, event.user] = (event.seq, event.seq, event.seq)
            elif gone := departed(event):
                self.kept.pop((event.room, gone), None)
        for room, events in by_room.items():
            if room != DIRECTORY:
                self.marks.apply(room, events)
        # As in a server's commit, the events are applied first, then the records.
        for record in self.records[self.recorded :]:
            if isinstance(record, Recount):
                self.marks.recount(record)
            if isinstance(record, Recount | PutForm):
                self.moved.append(record)
        self.recorded = len(self.records)
        return outcome

    def there(self, room):
        """Return (seq, author, present mentions) of each message of a room that is not erased. A recount of the log
        that shares no code with the counts.
        """
        log = [event for event in self.log if event.room == room]
        erased = {event.target for event in log if event.kind == "erased"}
        edited = {event.target: event.mentions for event in log if event.kind == "edited"}
        return [
            (event.seq, event.user, edited.get(event.seq, event.mentions) or ())
            for event in log
            if event.kind in MESSAGE_KINDS and event.seq not in erased
        ]

    def between(self, room, user, after, upto):
        """Count others' messages, and those that mention the user, as a store does."""
        named = [mentions for seq, by, mentions in self.there(room) if after < seq <= upto and by != user]
        return len(named), sum(user in mentions or EVERYBODY in mentions for mentions in named)

    def mark(self, user, room, *, got=0, read=0, since=None):
        """Move a member's mark as the server does. Return the rules' decision."""
        return self.land(self.count(user, room, got=got, read=read, since=since))

    def count_for_later(self, user, room, *, read):
        """Count for a mark that `land` decides later, as after a slow count. Each member has one such mark at most."""
        command = self.count(user, room, read=read)
        self.on_its_way[user, room] = command

    def count(self, user, room, *, got=0, read=0, since=None):
        """Count for a mark that moves. Return the command that moves it, which may be decided much later."""
        if earlier := self.on_its_way.pop((user, room), None):
            self.land(earlier)
        mine = self.marks.of(room, user)
        known = mine or PutReadMark(user, room, 0, 0, 0, 0, 0)
        read = max(known.read, min(read, self.state.rooms[room].tip))
        got = max(known.delivered, min(got, self.state.rooms[room].tip), read)
        counts = self.between(room, user, known.read, read)
        since = known.since if since is None else since
        return MoveReadMark(user, room, since, got, read, *counts, self.state.rooms[room].tip)

    def land(self, command):
        """Decide and apply a mark that was counted."""
        user, room, got, read = command.user, command.room, command.delivered, command.read
        decision = decide(self.state, command, self.at)
        if isinstance(decision, Refusal):
            return decision.code
        [moved] = decision.records
        self.moved.append(moved)
        self.marks.move(moved)
        self.kept[room, user] = (self.kept[room, user][0], got, read)
        return "moved"

    def message(self, number):
        """Return one of the messages of the room, erased ones included; None if there are none."""
        messages = list(self.messages.rooms[self.room].values())
        return messages[number % len(messages)] if messages else None

    def batch(self):
        """Return the batch for a store with everything since the last call."""
        batch = Batch(self.log[self.stored :], self.moved, [])
        self.stored, self.moved = len(self.log), []
        return batch

    def check_counts(self):
        """Check that the marks equal a recount of the log."""
        members = {(room.id, user) for room in self.state.rooms.values() for user in room.members}
        assert {(room, user) for room, marks in self.marks.rooms.items() for user in marks.by_user()} == members
        for (room, user), (since, got, read) in self.kept.items():
            mark = self.marks.of(room, user)
            assert (mark.since, mark.delivered, mark.read) == (since, got, read)
            assert self.marks.unread(room, user) == self.between(room, user, read, 10**6)
        for room, marks in self.marks.rooms.items():
            assert marks.said == len(self.there(room))


people = st.integers(0, len(NAMES) - 1)
numbers = st.integers(0, 30)
texts = st.sampled_from(["hi", "hello", "@bob", "@ada @eve", "@room", "@zoe @room", "`@bob`"])
actions = st.one_of(
    st.tuples(
        st.just("say"), people, st.sampled_from(["hi", "@bob", "@ada @eve", "@room", "@zoe @room", "@nobody", "`@bob`"])
    ),
    st.tuples(st.just("say"), people, st.sampled_from(["@bob", "@room", "hi"])),
    st.tuples(st.just("tell"), people, people),
    st.tuples(st.sampled_from(["join", "leave", "kick", "ban"]), people, st.just("")),
    st.tuples(st.sampled_from(["read", "got"]), people, st.integers(0, 60)),
    st.tuples(st.just("late mark"), people, st.integers(0, 60)),
    st.tuples(st.just("read all"), people, st.just("")),
    st.tuples(st.sampled_from(["answer", "in thread", "in both", "edit"]), people, st.tuples(numbers, texts)),
    st.tuples(st.just("edit"), people, st.tuples(numbers, texts)),
    st.tuples(st.just("erase"), people, st.lists(numbers, min_size=1, max_size=4)),
    st.tuples(st.sampled_from(["count", "land"]), people, st.integers(0, 60)),
)


def apply_action(rules, what, number, value):
    user, name = rules.people[number], NAMES[number]
    match what:
        case "say":
            rules.ask(SendMessage(user, rules.room, value))
        case "tell":
            rules.ask(SendDirect(user, NAMES[value], "psst @bob"))
        case "join":
            rules.ask(Join(user, "lobby"))
        case "leave":
            rules.ask(Leave(user, rules.room))
        case "kick":
            rules.ask(Moderate(MACHINE, rules.room, "kick", name))
        case "ban":
            rules.ask(Moderate(MACHINE, rules.room, "ban", name))
            rules.ask(Moderate(MACHINE, rules.room, "ban", name, undo=True))
        case "read":
            rules.mark(user, rules.room, read=value)
        case "got":
            rules.mark(user, rules.room, got=value)
        case "answer" | "in thread" | "in both":
            number, text = value
            if target := rules.message(number):
                root = 0 if what == "answer" else target.thread or target.seq
                also = what == "in both"
                rules.ask(Reply(user, rules.room, text, answers=target.seq, thread=root, also=also))
        case "edit":
            number, text = value
            if target := rules.message(number):
                rules.ask(Edit(target.user, rules.room, target.seq, text))
        case "erase":
            for number in value:
                if target := rules.message(number):
                    rules.ask(Erase(MACHINE if number % 2 else target.user, rules.room, target.seq))
        case "count":
            if user in rules.marks.rooms[rules.room].by_user():
                rules.count_for_later(user, rules.room, read=value)
        case "land":
            if command := rules.on_its_way.pop((user, rules.room), None):
                rules.land(command)
        case "late mark":  # a mark of an earlier membership, or of a user who is not a member
            mine = rules.marks.of(rules.room, user)
            assert rules.mark(user, rules.room, read=value, since=mine.since - 1 if mine else 3) == "room_not_joined"
        case "read all":
            for room, marks in list(rules.marks.rooms.items()):
                if user in marks.by_user():
                    rules.mark(user, room, read=10**6)
                    assert rules.marks.unread(room, user) == (0, 0)


@given(st.lists(actions, max_size=40))
def test_counts_equal_a_recount_after_every_step(session):
    rules = Reading()
    rules.check_counts()
    for action in session:
        apply_action(rules, *action)
        rules.check_counts()


@given(st.lists(actions, max_size=25))
def test_folding_a_batch_equals_folding_its_events_one_by_one(session):
    rules = Reading()
    for action in session:
        if action[0] not in ("read", "got", "read all", "late mark", "count", "land"):
            apply_action(rules, *action)
    marks = ReadMarks()
    for room in rules.state.rooms:
        if room != DIRECTORY:
            marks.apply(room, [event for event in rules.log if event.room == room])
    for record in rules.moved:
        if isinstance(record, Recount):
            marks.recount(record)
    assert marks.rooms == rules.marks.rooms


def test_earlier_messages_are_not_unread_to_a_new_member():
    rules = Reading()
    ada, bob = rules.people[:2]
    rules.done(Leave(bob, rules.room))
    rules.done(SendMessage(ada, rules.room, "@room"))
    rules.done(Join(bob, "lobby"))
    assert rules.marks.unread(rules.room, bob) == (0, 0)
    rules.done(SendMessage(ada, rules.room, "hi"))
    rules.done(SendMessage(ada, rules.room, "hi @bob"))
    assert rules.marks.unread(rules.room, bob) == (2, 1)
    assert rules.marks.unread(rules.room, ada) == (0, 0)
    assert rules.marks.of(rules.room, bob).read == rules.state.rooms[rules.room].members[bob]


def test_a_non_member_has_no_unread_messages():
    marks = ReadMarks()
    assert marks.unread(7, 1) == (0, 0)
    assert marks.of(7, 1) is None
    assert marks.move(PutReadMark(1, 7, 2, 3, 3, 1, 0)) is None
    rules = Reading()
    assert rules.marks.unread(rules.room, 77) == (0, 0)


def test_marks_only_increase():
    rules = Reading()
    ada, bob = rules.people[:2]
    for _ in range(4):
        rules.done(SendMessage(ada, rules.room, "hi"))
    tip = rules.state.rooms[rules.room].tip
    assert rules.mark(bob, rules.room, read=tip - 1) == "moved"
    since = rules.marks.of(rules.room, bob).since
    rules.marks.move(PutReadMark(bob, rules.room, since, 1, 1, 0, 0))
    mark = rules.marks.of(rules.room, bob)
    assert (mark.delivered, mark.read, rules.marks.unread(rules.room, bob)) == (tip - 1, tip - 1, (1, 0))


def test_a_mark_from_before_a_rejoin_is_ignored():
    rules = Reading()
    ada, bob = rules.people[:2]
    rules.done(SendMessage(ada, rules.room, "hi @bob"))
    late = PutReadMark(bob, rules.room, rules.marks.of(rules.room, bob).since, 6, 6, 1, 1)
    rules.done(Leave(bob, rules.room))
    assert rules.marks.move(late) is None
    rules.done(Join(bob, "lobby"))
    rules.done(SendMessage(ada, rules.room, "hi again @bob"))
    assert rules.marks.move(late) is None
    assert rules.marks.unread(rules.room, bob) == (1, 1)


def test_only_members_can_set_marks():
    rules = Reading()
    ada, bob = rules.people[:2]
    since = rules.state.rooms[rules.room].members[bob]
    assert decide(rules.state, MoveReadMark(bob, rules.room, since, 5, 5), 1).records == [
        PutReadMark(bob, rules.room, since, 5, 5, 0, 0)
    ]
    for command in (
        MoveReadMark(bob, rules.room, since - 1, 5, 5),
        MoveReadMark(bob, 99, since, 5, 5),
        MoveReadMark(bob, DIRECTORY, since, 5, 5),
        MoveReadMark(77, rules.room, since, 5, 5),
        MoveReadMark(ada, rules.room, since, 5, 5),
    ):
        assert decide(rules.state, command, 1).code == "room_not_joined"
