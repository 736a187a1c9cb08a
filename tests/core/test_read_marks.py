"""Read marks and unread counts: the fold compared with a recount of the log."""

from hypothesis import given
from hypothesis import strategies as st

from parley.core.commands import Join, Leave, Moderate, MoveReadMark, SendDirect, SendMessage
from parley.core.events import DIRECTORY, EVERYBODY, MACHINE, departed
from parley.core.kinds import MESSAGE_KINDS
from parley.core.ports import Batch
from parley.core.read_marks import ReadMarks
from parley.core.records import PutReadMark
from parley.core.refusals import Refusal
from parley.core.rules import decide
from tests.core.sessions import Rules

NAMES = ("ada", "bob", "eve", "zoe")


class Reading(Rules):
    """`Rules` that also fold read marks, with a simple copy of each mark as (since, got, read) to compare."""

    def __init__(self):
        super().__init__()
        self.marks, self.kept = ReadMarks(), {}
        self.moved, self.stored = [], 0
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
        return outcome

    def between(self, room, user, after, upto):
        """Count others' messages, and those that mention the user, as a store does."""
        said = [
            event
            for event in self.log
            if event.room == room and event.kind in MESSAGE_KINDS and after < event.seq <= upto and event.user != user
        ]
        return len(said), sum(user in named or EVERYBODY in named for named in (event.mentions or () for event in said))

    def mark(self, user, room, *, got=0, read=0, since=None):
        """Move a member's mark as the server does. Return the rules' decision."""
        mine = self.marks.of(room, user)
        known = mine or PutReadMark(user, room, 0, 0, 0, 0, 0)
        read = max(known.read, min(read, self.state.rooms[room].tip))
        got = max(known.delivered, min(got, self.state.rooms[room].tip), read)
        counts = self.between(room, user, known.read, read)
        command = MoveReadMark(user, room, known.since if since is None else since, got, read, *counts)
        decision = decide(self.state, command, self.at)
        if isinstance(decision, Refusal):
            return decision.code
        [moved] = decision.records
        self.moved.append(moved)
        self.marks.move(moved)
        self.kept[room, user] = (self.kept[room, user][0], got, read)
        return "moved"

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
            assert marks.said == sum(event.room == room and event.kind in MESSAGE_KINDS for event in self.log)


people = st.integers(0, len(NAMES) - 1)
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
        case "late mark":  # a mark of an earlier membership, or of a user who is not a member
            mine = rules.marks.of(rules.room, user)
            assert rules.mark(user, rules.room, read=value, since=mine.since - 1 if mine else 3) == "room_not_joined"
        case "read all":
            for room, marks in list(rules.marks.rooms.items()):
                if user in marks.by_user():
                    rules.mark(user, room, read=10**6)
                    assert rules.marks.unread(room, user) == (0, 0)


@given(st.lists(actions, max_size=40))
def test_the_fold_equals_a_recount_of_the_log(session):
    rules = Reading()
    rules.check_counts()
    for action in session:
        apply_action(rules, *action)
        rules.check_counts()


@given(st.lists(actions, max_size=25))
def test_folding_a_batch_equals_folding_its_events_one_by_one(session):
    rules = Reading()
    for action in session:
        if action[0] not in ("read", "got", "read all", "late mark"):
            apply_action(rules, *action)
    marks = ReadMarks()
    for room in rules.state.rooms:
        if room != DIRECTORY:
            marks.apply(room, [event for event in rules.log if event.room == room])
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
