"""Batches for these tests, and comparisons of stores."""

import random

from parley.core.commands import (
    ClaimName,
    Create,
    DeleteAccount,
    Disable,
    Edit,
    Erase,
    Join,
    Leave,
    MakeInvitation,
    Moderate,
    Pin,
    React,
    Register,
    ReleaseName,
    Rename,
    Reply,
    RevokeInvitation,
    SendDirect,
    SendMessage,
    SetPassword,
    SetPreference,
    SetProfile,
    SetServerRole,
    SetTitle,
    SetTopic,
    SignIn,
    SignOut,
)
from parley.core.erasure import forgotten, tombstone
from parley.core.events import MACHINE, Event
from parley.core.kinds import KINDS_OF_CHANGES, MESSAGE_KINDS
from parley.core.ports import Batch
from parley.core.preferences import Preferences
from parley.core.records import DropTokens, ForgetUser, KeepTokens, PutPassword, PutPreference, PutToken
from parley.core.refusals import Refusal
from parley.core.rules import decide
from parley.core.state import State
from tests.core.messages import Messages, salted
from tests.core.sessions import look


def batch(*events, tokens=None, records=(), maybe_stored=()):
    """Return a batch; `tokens` are resume tokens, by user."""
    for event in events:
        salted(event)
    resume = [PutToken(user, token, "resume", "", 0) for user, token in (tokens or {}).items()]
    return Batch(list(events), [*resume, *records], list(maybe_stored))


def said(room, seq, text="hi", user=1, key=None, name="ada", at=1_000):
    return salted(Event(room, seq, at, user, name, "message", text, key))


def opening():
    """Return a batch with the users ada and bob, and with #lobby, which has both as members: room 1, tip 3."""
    return batch(
        Event(0, 1, 1, 1, "ada", "named", "ada"),
        Event(0, 2, 1, 2, "bob", "named", "bob"),
        Event(1, 1, 2, 0, "parley", "created", "lobby"),
        Event(1, 2, 2, 1, "ada", "joined"),
        Event(1, 3, 2, 2, "bob", "joined"),
        tokens={1: b"a" * 32},
    )


class Chatter:
    """Makes random batches that a server could have made; the same seed makes the same batches."""

    def __init__(self, seed):
        self.state = State("")
        self.messages = Messages()
        self._chance = random.Random(seed)
        self._keys = 0

    def batch(self, commands, longest=200):
        """Return a batch with the events of this many commands; of fewer, if one of them deletes an account."""
        events, records = [], []
        for _ in range(commands):
            command = self._command(longest)
            at = 1_700_000_000_000 + self._chance.randrange(10**6)
            decision = decide(self.state, command, at, forms=self.messages.named_by(command))
            if isinstance(decision, Refusal):
                continue
            for event in decision.events:
                self.state.apply(event)
            events += decision.events
            records += [*decision.records, *self.messages.apply(decision.events)]
            if isinstance(command, DeleteAccount):
                self.messages.forget(command.user, erase=command.erase)
                break
        return Batch(events, records, [])

    def _command(self, longest):
        chance, users = self._chance, list(self.state.users)
        if len(users) < 3:
            return ClaimName(f"guest{chance.randrange(30)}", token=chance.choice([None, chance.randbytes(32)]))
        user = chance.choice(users)
        if chance.random() < 0.25:
            return self._rarer_command(user)
        rooms = sorted(self.state.users[user].rooms)
        if rooms and chance.random() < 0.3:
            room = chance.choice(rooms)
            if messages := list(self.messages.rooms[room].values()):
                # Recent messages, so that each gets several changes.
                return self._change(user, room, chance.choice(messages[-6:]))
        dice = chance.random()
        if dice < 0.6 and rooms:
            self._keys += 1
            key = chance.choice([None, f"{chance.getrandbits(64):x}", f"k{self._keys:08}"])
            text = "x漢😀\n"[chance.randrange(4)] * chance.randrange(1, longest)
            named = chance.choice(["", "", "", " @room", f" @guest{chance.randrange(30)}"])
            return SendMessage(user, chance.choice(rooms), text + named, key=key)
        if dice < 0.75:
            return Join(user, f"room{chance.randrange(6)}")
        if dice < 0.82 and rooms:
            return Leave(user, chance.choice(rooms), "bye")
        if dice < 0.86 and rooms:
            return SetTopic(user, chance.choice(rooms), f"topic {chance.randrange(100)}")
        if dice < 0.90:
            return SendDirect(user, self.state.users[chance.choice(users)].name, "psst")
        if dice < 0.93:
            return Rename(user, f"guest{chance.randrange(30)}")
        if dice < 0.96:
            return ReleaseName(user)
        gone = [id_ for id_ in range(1, self.state.next_user) if id_ not in self.state.users]
        back = chance.choice([None, *gone])
        return ClaimName(f"guest{chance.randrange(30)}", back, chance.randbytes(32) if back is None else None)

    def _change(self, user, room, message):
        """Return a random command about a message."""
        chance, seq = self._chance, message.seq
        self._keys += 1
        key = chance.choice([None, f"c{self._keys:08}"])
        named = chance.choice(["", " @room", f" @guest{chance.randrange(30)}"])
        root = message.thread or seq
        emoji = chance.choice(["👍", "👍🏽", "❤️", "🎉"])
        reactions = [(who, each) for each, users in message.reactions.items() for who in users]
        reacting, with_ = chance.choice(reactions or [(user, emoji)])
        return chance.choice(
            [
                Reply(user, room, f"re{named}", answers=seq, key=key),
                Reply(user, room, f"re{named}", answers=seq, thread=root, also=chance.random() < 0.3, key=key),
                Reply(user, room, f"re{named}", thread=root, key=key),
                Edit(message.user, room, seq, f"better {chance.randrange(9)}{named}", key=key),
                Edit(user, room, seq, "better", key=key),
                Erase(chance.choice([message.user, MACHINE]), room, seq, "why", key=key),
                React(user, room, seq, emoji, key=key),
                React(user, room, seq, emoji, key=key),
                React(user, room, seq, emoji, key=key),
                React(reacting, room, seq, with_, on=False, key=key),
                React(reacting, room, seq, with_, on=False, key=key),
                Pin(user, room, seq, key=key),
                Pin(user, room, chance.choice([seq, *self.state.rooms[room].pins]), on=False, key=key),
                SetTitle(message.user, room, root, f"title {chance.randrange(9)}", key=key),
            ]
        )

    def _rarer_command(self, user):
        """Return a random command about an account, a room or its members."""
        chance, state = self._chance, self.state
        if chance.random() < 0.5:
            return self._moderating(user)
        code, token = f"{chance.randrange(5):064x}", chance.randbytes(32)
        return chance.choice(
            [
                Create(user, f"den{chance.randrange(20)}", private=True),
                Create(user, f"den{chance.randrange(20)}", private=True),
                Register(state.users[user].name, "a hash", user),
                Register(f"admin{chance.randrange(9)}", "a hash", by=MACHINE, role="admin", token=token),
                Register(f"bot{chance.randrange(9)}", None, by=MACHINE, role="bot", token=token),
                SignIn(user, token, "phone"),
                SignOut(user, None),
                SetPassword(user, f"hash {chance.randrange(99)}"),
                SetProfile(user, display=f"number {chance.randrange(9)}"),
                SetServerRole(MACHINE, user, chance.choice(["admin", "member"])),
                Disable(MACHINE, user, chance.random() < 0.3),
                DeleteAccount(user, chance.random() < 0.5),
                SetPreference(
                    user, chance.choice([0, *state.users[user].rooms]), chance.choice(["all", "nothing", None])
                ),
                SetPreference(user, 0, hours=chance.choice([None, (1320, 420)])),
                MakeInvitation(MACHINE, code, uses=chance.randrange(3)),
                RevokeInvitation(MACHINE, code),
            ]
        )

    def _moderating(self, user):
        chance, state = self._chance, self.state
        room = chance.choice([room for room in state.rooms.values() if room.kind != "direct"])
        inside = [id_ for id_ in [*room.members, *room.bans, *room.mutes] if id_ in state.users]
        whom = state.users[chance.choice([*inside, *inside, *state.users])].name
        action, value = chance.choice(
            [
                ("invite", ""), ("kick", ""), ("ban", ""), ("mute", ""), ("archive", ""), ("slow", "9"), ("slow", "0"),
                ("role", "moderator"), ("role", "member"), ("rename", f"den{chance.randrange(99)}"),
                ("read_only", "on"), ("read_only", "off"), ("guests", "on"), ("guests", "off"), ("calls", "nobody"),
            ]
        )  # fmt: skip
        kept = [("ban", id_) for id_ in room.bans] + [("mute", id_) for id_ in room.mutes]
        lifted, id_ = chance.choice([*kept, ("", 0)])
        if lifted and id_ in state.users:
            return Moderate(MACHINE, room.id, lifted, state.users[id_].name, undo=True)
        until = chance.choice([0, 1_800_000_000_000])
        by = chance.choice([MACHINE, MACHINE, user])
        return Moderate(by, room.id, action, whom, chance.random() < 0.5, until, value)


def expected_preferences(batches):
    """Return the preferences after these batches."""
    preferences = Preferences()
    for each in batches:
        for record in each.records:
            if isinstance(record, PutPreference):
                preferences.set(record)
            elif isinstance(record, ForgetUser):
                preferences.forget(record.user)
    return preferences


def expected(batches):
    """Return what these batches store: the log, the owners of tokens, and the passwords."""
    log, tokens, passwords = [], {}, {}
    for each in batches:
        log += each.events
        for event in each.events:
            if event.kind == "erased":
                log = erased(log, event)
        for record in each.records:
            user = getattr(record, "user", 0)
            match record:
                case PutToken():
                    tokens[record.token] = (user, record.kind)
                case DropTokens(token=token, but=but):
                    for known, (whose, _) in list(tokens.items()):
                        if whose == user and (known != but if token is None else known == token):
                            del tokens[known]
                case KeepTokens():
                    for known, (whose, kind) in tokens.items():
                        if whose == user and kind == "resume":
                            tokens[known] = (user, "session")
                case PutPassword():
                    passwords[user] = record.hash
                case ForgetUser():
                    tokens = {known: whose for known, whose in tokens.items() if whose[0] != user}
                    passwords.pop(user, None)
                    log = without_account(log, record)
    return log, tokens, passwords


def erased(log, by):
    """Return the log after the event `by` has erased its target, and the text of the target's changes."""
    return [
        tombstone(event, by.seq)
        if event.room == by.room and (event.seq == by.target or (_target(event) == by.target and has_text(event)))
        else event
        for event in log
    ]


def without_account(log, redaction):
    """Return the log as it is after the deletion of an account."""
    mine = {
        (event.room, event.seq)
        for event in log
        if redaction.erase and event.user == redaction.user and event.kind in MESSAGE_KINDS and has_text(event)
    }
    log = [
        tombstone(event, event.seq) if (event.room, _target(event)) in mine and has_text(event) else event
        for event in log
    ]
    return [redacted(event, redaction) for event in log]


def redacted(event, redaction):
    """Return an event that is no change of a message as it is after the deletion of an account."""
    return forgotten(event, redaction.user, erase=redaction.erase)


def is_change(event):
    return event.kind in KINDS_OF_CHANGES


def has_text(event):
    """Tell whether an event is a message, or a change with a text of its own, that was not erased."""
    is_there = not getattr(event, "erased", 0)
    return is_there and event.kind in (*MESSAGE_KINDS, "edited", "reacted", "unreacted", "titled")


def _target(event):
    return event.target if is_change(event) else 0


def fold(events, epoch):
    """Return the state after these events."""
    state = State(epoch)
    for event in events:
        state.apply(event)
    return state


def logs(store, rooms):
    """Return a store's events of these logs, by room."""
    return {room: store.after(room, 0, 10**9) for room in rooms}


def same(one, other):
    """Tell whether two states are equal; assert shows the difference."""
    assert look(one) == look(other)
    return True
