"""Runs commands through the rules: each is decided and its events are folded into the state."""

from collections.abc import Mapping

from parley.core.commands import ClaimName, Create, Join, MakeInvitation, Moderate, OpenRoom, Register
from parley.core.events import DIRECTORY, MACHINE, Event
from parley.core.refusals import Refusal
from parley.core.rules import Policy, decide
from parley.core.state import Room, State
from tests.core.messages import Messages


class Rules:
    """A state, the log that it was folded from, and the records of all decisions."""

    def __init__(self, access="open"):
        self.state = State("e1")
        self.log = []
        self.records = []
        self.messages = Messages()
        self.at = 1_000
        self.policy = Policy(access)

    def ask(self, command):
        """Decide a command and fold its events. Return the events as (room, seq, user, name, kind, text)."""
        self.at += 1
        decision = decide(self.state, command, self.at, self.policy, forms=self.messages.named_by(command))
        if isinstance(decision, Refusal):
            return decision.code
        for event in decision.events:
            assert event.at == self.at
            self.state.apply(event)
        self.log += decision.events
        self.records += [*decision.records, *self.messages.apply(decision.events)]
        return [(event.room, event.seq, event.user, event.name, event.kind, event.text) for event in decision.events]

    def enter(self, *names):
        """Add guests of these names. Return their ids."""
        ids = []
        for name in names:
            assert isinstance(self.ask(ClaimName(name)), list)
            ids.append(self.state.user_named(name).id)
        return ids

    def once_named(self, name):
        """Add a guest with a name that older versions allowed and this one does not. Return the guest's id."""
        directory = self.state.rooms[DIRECTORY]
        self.state.apply(Event(DIRECTORY, directory.tip + 1, self.at, self.state.next_user, name, "named", name))
        return self.state.user_named(name).id

    def join(self, room, *users):
        """Let users join a public room. Return the room's id."""
        self.ask(OpenRoom(room))
        for user in users:
            assert isinstance(self.ask(Join(user, room)), list)
        return self.state.room_named(room).id

    def account(self, name, role="member"):
        """Create an account. Return its id."""
        assert isinstance(self.ask(Register(name, "hash", by=MACHINE, role=role)), list)
        return self.state.user_named(name).id

    def private(self, name, owner, *users):
        """Create a private room and let the invited users join. Return its id."""
        room = self.ask(Create(owner, name, private=True))[0][0]
        for user in users:
            self.done(Moderate(owner, room, "invite", self.state.users[user].name))
            self.done(Join(user, name))
        return room

    def done(self, command):
        """Decide and fold a command that must cause events. Return their kinds."""
        decision = self.ask(command)
        assert isinstance(decision, list), decision
        return [event[4] for event in decision]

    def invitation(self, by, number=1, **options):
        """Create an invitation. Return its code's hash."""
        code = f"{number:064x}"
        assert self.done(MakeInvitation(by, code, **options)) == ["invitation"]
        return code


def look(state):
    """Return the whole state in a comparable form, except what is not stored: the times of last messages,
    and the seqs of last changes of counts.
    """
    return {
        "users": {
            user.id: (user.name, sorted(user.rooms), user.role, user.disabled, user.profile)
            for user in state.users.values()
        },
        "rooms": {
            room.id: {
                name: sorted(value.items() if isinstance(value, Mapping) else value)
                if isinstance(value := getattr(room, name), Mapping | set)
                else value
                for name in Room.__struct_fields__
                if name not in ("spoke", "recounted")
            }
            for room in state.rooms.values()
        },
        "invitations": dict(sorted(state.invitations.items())),
        "owned": state.owned,
        "deleted": sorted(state.deleted),
        "names": dict(sorted(state._users_by_name.items())),
        "looks": dict(sorted(state._accounts_by_skeleton.items())),
        "room names": dict(sorted(state._rooms_by_name.items())),
        "absent": {user: sorted(rooms) for user, rooms in sorted(state._rooms_of_absent.items()) if rooms},
        "invited": {user: rooms for user, rooms in sorted(state._rooms_inviting.items()) if rooms},
    }
