"""Webhooks: outgoing ones send a room's events to a URL, incoming ones post in a room."""

from typing import Final

import msgspec

from parley.core.commands import AdvanceWebhook, MakeWebhook, RemoveWebhook
from parley.core.decision import Decision
from parley.core.events import DIRECTORY, MACHINE
from parley.core.records import DropWebhook, MoveWebhook, PutToken, Webhook
from parley.core.refusals import Refusal, refuse
from parley.core.roles import RANKS, first_visible_seq, rank, visible
from parley.core.state import Room, State, User
from parley.core.text import NAME_CHARS, as_typed, single_line

from .common import decided, entry
from .names import name_problem

URL_CHARS: Final = 2_000


def make_webhook(state: State, command: MakeWebhook, at: int) -> Decision | Refusal:
    room = _room(state, command.by, command.room)
    if isinstance(room, Refusal):
        return room
    actor, directory = state.users.get(command.by), state.rooms[DIRECTORY]
    if command.url:
        label = single_line(command.label)
        if len(label) > NAME_CHARS or len(command.url) > URL_CHARS:
            return refuse("value_invalid", why=f"a label is one line of at most {NAME_CHARS} characters")
        # A webhook sends only events that its creator may read.
        first = 1 if command.by == MACHINE else first_visible_seq(room, command.by)
        if not first - 1 <= command.after <= room.tip:
            return refuse("value_invalid", why=f"it can begin after {first - 1} to {room.tip}")
        made = entry(directory, at, actor, "webhook", _text("made", label, room.id))
        fields = (command.room, label, command.url, command.secret, command.kinds)
        return decided(made, records=[Webhook(made.seq, *fields, command.after, None, command.by, at)])
    name = as_typed(command.label)
    if problem := name_problem(state, name, None):
        return problem
    bot = User(state.next_user, name)
    return decided(
        entry(directory, at, bot, "named", name),
        entry(directory, at, bot, "registered", "bot", ahead=1),
        entry(directory, at, actor, "webhook", _text("made to speak", name, room.id), ahead=2),
        entry(room, at, bot, "joined"),
        records=[PutToken(bot.id, command.token, "webhook", "webhook", at)] if command.token is not None else (),
    )


def remove_webhook(state: State, command: RemoveWebhook, at: int) -> Decision | Refusal:
    room = _room(state, command.by, command.room)
    if isinstance(room, Refusal):
        return room
    text = _text("dropped", str(command.hook), room.id)
    dropped = entry(state.rooms[DIRECTORY], at, state.users.get(command.by), "webhook", text)
    return decided(dropped, records=[DropWebhook(command.hook, command.room)])


def advance_webhook(state: State, command: AdvanceWebhook, at: int) -> Decision | Refusal:
    moved = MoveWebhook(command.hook, command.acked, command.parked)
    if command.parked is None:
        return decided(records=[moved])
    text = _text("parked", str(command.hook), 0)
    return decided(entry(state.rooms[DIRECTORY], at, None, "webhook", text), records=[moved])


def _room(state: State, by: int, id_: int) -> Room | Refusal:
    """Return the room, if the user may manage its webhooks: that takes an owner's rank and an account."""
    room = state.rooms.get(id_)
    if room is None or room.id <= 0 or (by != MACHINE and not visible(state, room, by)):
        return refuse("room_unknown")
    if room.kind == "direct":
        return refuse("room_direct")
    if by == MACHINE:
        return room
    user = state.users.get(by)
    if rank(state, room, user) < RANKS["owner"]:
        return refuse("not_allowed")
    if user is None or not user.account:
        # The webhook of a guest would go on sending events after the guest has left the server.
        return refuse("account_needed")
    return refuse("account_disabled") if user.disabled else room


def _text(what: str, label: str, room: int) -> str:
    return msgspec.json.encode({"what": what, "label": label, "room": room}).decode()
