"""Sessions in a few words: commands go in, decisions come out and are folded."""

from parley.core.commands import Enter, Join, OpenRoom
from parley.core.refusals import Refusal
from parley.core.rules import decide
from parley.core.state import State


class House:
    """A state, and the log that it is the fold of."""

    def __init__(self):
        self.state = State("e1")
        self.log = []
        self.at = 1_000

    def ask(self, command):
        """Decide a command and fold what comes of it. Return the events as (room, seq, user, name, kind, text)."""
        self.at += 1
        decision = decide(self.state, command, self.at)
        if isinstance(decision, Refusal):
            return decision.code
        for event in decision:
            assert event.at == self.at
            self.state.apply(event)
        self.log += decision
        return [(event.room, event.seq, event.user, event.name, event.kind, event.text) for event in decision]

    def enter(self, *names):
        """Let guests of these names in. Return their ids."""
        ids = []
        for name in names:
            assert isinstance(self.ask(Enter(name)), list)
            ids.append(self.state.user_named(name).id)
        return ids

    def join(self, room, *users):
        """Let users join a public room. Return its id."""
        self.ask(OpenRoom(room))
        for user in users:
            assert isinstance(self.ask(Join(user, room)), list)
        return self.state.room_named(room).id


def look(state):
    """Return all that a state says, for comparing two of them."""
    return {
        "users": {user.id: (user.name, sorted(user.rooms)) for user in state.users.values()},
        "rooms": {
            room.id: (room.name, room.epoch, room.topic, room.tip, dict(sorted(room.members.items())))
            for room in state.rooms.values()
        },
        "names": dict(sorted(state._users_by_name.items())),
        "room names": dict(sorted(state._rooms_by_name.items())),
    }
