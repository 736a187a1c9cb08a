"""What is written in these tests, and how stores are compared."""

import random

from parley.core.commands import Depart, Enter, Join, Leave, Rename, Say, SetTopic, Tell
from parley.core.events import Event
from parley.core.ports import Batch
from parley.core.refusals import Refusal
from parley.core.rules import decide
from parley.core.state import State
from tests.core.sessions import look


def batch(*events, tokens=None, doubts=()):
    return Batch(list(events), tokens or {}, list(doubts))


def said(room, seq, text="hi", user=1, key=None, name="ada", at=1_000):
    return Event(room, seq, at, user, name, "message", text, key)


def opening():
    """ada and bob, and #lobby with both of them: room 1, tip 3."""
    return batch(
        Event(0, 1, 1, 1, "ada", "named", "ada"),
        Event(0, 2, 1, 2, "bob", "named", "bob"),
        Event(1, 1, 2, 0, "parley", "created", "lobby"),
        Event(1, 2, 2, 1, "ada", "joined"),
        Event(1, 3, 2, 2, "bob", "joined"),
        tokens={1: b"a" * 32},
    )


class Chatter:
    """Makes batches that a server could have made, at random but the same for the same seed."""

    def __init__(self, seed):
        self.state = State("")
        self._chance = random.Random(seed)
        self._keys = 0

    def batch(self, commands, longest=200):
        """Return a batch of what comes of that many commands."""
        events, tokens = [], {}
        for _ in range(commands):
            command = self._command(longest)
            new_user = self.state.next_user
            decision = decide(self.state, command, 1_700_000_000_000 + self._chance.randrange(10**6))
            if isinstance(decision, Refusal):
                continue
            for event in decision:
                self.state.apply(event)
            events += decision
            if isinstance(command, Enter) and command.user is None and self._chance.random() < 0.5:
                tokens[new_user] = self._chance.randbytes(32)
        return Batch(events, tokens, [])

    def _command(self, longest):
        chance, users = self._chance, list(self.state.users)
        if len(users) < 3:
            return Enter(f"guest{chance.randrange(30)}")
        user = chance.choice(users)
        rooms = sorted(self.state.users[user].rooms)
        dice = chance.random()
        if dice < 0.6 and rooms:
            self._keys += 1
            key = chance.choice([None, f"{chance.getrandbits(64):x}", f"k{self._keys:08}"])
            return Say(
                user, chance.choice(rooms), "x漢😀\n"[chance.randrange(4)] * chance.randrange(1, longest), key=key
            )
        if dice < 0.75:
            return Join(user, f"room{chance.randrange(6)}")
        if dice < 0.82 and rooms:
            return Leave(user, chance.choice(rooms), "bye")
        if dice < 0.86 and rooms:
            return SetTopic(user, chance.choice(rooms), f"topic {chance.randrange(100)}")
        if dice < 0.90:
            return Tell(user, self.state.users[chance.choice(users)].name, "psst")
        if dice < 0.93:
            return Rename(user, f"guest{chance.randrange(30)}")
        if dice < 0.96:
            return Depart(user)
        gone = [id_ for id_ in range(1, self.state.next_user) if id_ not in self.state.users]
        return Enter(f"guest{chance.randrange(30)}", chance.choice([None, *gone]))


def fold(events, epoch):
    """Return the state that these events come to."""
    state = State(epoch)
    for event in events:
        state.apply(event)
    return state


def logs(store, rooms):
    """Return all that a store holds of these logs, by room."""
    return {room: store.after(room, 0, 10**9) for room in rooms}


def same(one, other):
    """Tell whether two states are the same; assert tells the difference."""
    assert look(one) == look(other)
    return True
