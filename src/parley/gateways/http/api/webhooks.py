"""Webhooks: a room tells a program, or a program says something in a room."""

from typing import Final

from parley.core import commands as c
from parley.core.events import Event
from parley.core.records import Webhook
from parley.core.refusals import Refusal, refuse
from parley.core.roles import RANKS, rank
from parley.core.state import Room
from parley.core.tokens import hash_token

from . import resources as r
from .call import NO_CONTENT, Answer, Call, Reply

HOOKS_PER_ROOM: Final = 20


async def get_webhooks(call: Call) -> Reply:
    room = _room(call)
    if isinstance(room, Refusal):
        return room
    hooks = await call.desk.hooks()
    if isinstance(hooks, Refusal):
        return hooks
    shown = [_shown(call, hook) for hook in hooks if hook.room == room.id]
    users = call.state.users
    shown += [
        r.Webhook(f"in-{user}", "in", users[user].name)
        for user in sorted(room.members)
        if user in users and users[user].role == "bot"
    ]
    return Answer(r.Webhooks(shown))


async def make_webhook(call: Call) -> Reply:
    body: r.NewWebhook = call.body
    room = _room(call)
    if isinstance(room, Refusal):
        return room
    if not body.url:
        return await _make_incoming(call, room, body.label)
    hooks = await call.desk.hooks()
    if isinstance(hooks, Refusal):
        return hooks
    if sum(hook.room == room.id for hook in hooks) >= HOOKS_PER_ROOM:
        return refuse("value_invalid", why=f"a room tells at most {HOOKS_PER_ROOM} programs")
    if (problem := call.desk.check_url(body.url)) is not None:
        return refuse("value_invalid", why=problem)
    secret = call.desk.new_token()
    events = await call.submit(
        c.MakeWebhook(call.caller.id, room.id, body.label, body.url, room.tip, secret, kinds=tuple(body.kinds))
    )
    if isinstance(events, Refusal):
        return events
    made = r.Webhook(f"out-{_made(events).seq}", "out", body.label, body.url, body.kinds, room.tip)
    return Answer(r.NewlyMadeWebhook(made, secret=secret), 201)


async def _make_incoming(call: Call, room: Room, name: str) -> Reply:
    token = call.desk.new_token()
    events = await call.submit(c.MakeWebhook(call.caller.id, room.id, name, token=hash_token(token)))
    if isinstance(events, Refusal):
        return events
    bot = events[0].user
    made = r.Webhook(f"in-{bot}", "in", name)
    return Answer(r.NewlyMadeWebhook(made, url=f"{call.base_url}/hooks/{token}"), 201)


async def drop_webhook(call: Call) -> Reply:
    hook = await _hook(call)
    if isinstance(hook, Refusal):
        return hook
    if isinstance(hook, Webhook):
        return await call.done(c.RemoveWebhook(call.caller.id, hook.room, hook.id))
    # One that speaks is a bot: it is put out of the room, and can speak nowhere.
    room, name = hook
    return await call.done(c.Moderate(call.caller.id, room.id, "kick", name))


async def resume_webhook(call: Call) -> Reply:
    hook = await _hook(call)
    if isinstance(hook, Refusal):
        return hook
    if not isinstance(hook, Webhook) or not await call.desk.resume_hook(hook.id):
        return refuse("hook_unknown")
    return NO_CONTENT


async def _hook(call: Call) -> Webhook | tuple[Room, str] | Refusal:
    """Return the webhook that the path means: one that is told, or, of one that speaks, its room and name."""
    room = _room(call)
    if isinstance(room, Refusal):
        return room
    ref = call.path["id"]
    hooks = await call.desk.hooks()
    if isinstance(hooks, Refusal):
        return hooks
    for hook in hooks:
        if f"out-{hook.id}" == ref and hook.room == room.id:
            return hook
    for member in room.members:
        user = call.state.users.get(member)
        if f"in-{member}" == ref and user is not None and user.role == "bot":
            return room, user.name
    return refuse("hook_unknown")


def _room(call: Call) -> Room | Refusal:
    room = call.room()
    if isinstance(room, Refusal):
        return room
    if room.kind == "direct":
        return refuse("room_direct")
    mine = rank(call.state, room, call.state.users.get(call.caller.id))
    return room if call.caller.admin_socket or mine >= RANKS["owner"] else refuse("not_allowed")


def _shown(call: Call, hook: Webhook) -> r.Webhook:
    status = call.desk.hook_status(hook.id)
    acked, parked, trouble = (hook.acked, hook.parked, None) if status is None else status
    return r.Webhook(f"out-{hook.id}", "out", hook.label, hook.url, list(hook.kinds), acked, parked, trouble)


def _made(events: list[Event]) -> Event:
    return next(event for event in events if event.kind == "webhook")
