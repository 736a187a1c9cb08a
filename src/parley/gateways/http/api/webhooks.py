"""Webhooks: a room tells a program, or a program says something in a room."""

from typing import Final

from parley.core import commands as c
from parley.core.events import Event
from parley.core.records import Webhook
from parley.core.refusals import Refusal, refuse
from parley.core.roles import RANKS, rank
from parley.core.state import Room
from parley.core.tokens import hash_token

from . import schemas
from .ports import Commands, Webhooks
from .request import NO_CONTENT, Json, Request, Response

HOOKS_PER_ROOM: Final = 20


async def get_webhooks(request: Request[Webhooks]) -> Response:
    room = _room(request)
    if isinstance(room, Refusal):
        return room
    hooks = await request.server.hooks()
    if isinstance(hooks, Refusal):
        return hooks
    shown = [_shown(request, hook) for hook in hooks if hook.room == room.id]
    users = request.state.users
    shown += [
        schemas.Webhook(f"in-{user}", "in", users[user].name)
        for user in sorted(room.members)
        if user in users and users[user].role == "bot"
    ]
    return Json(schemas.Webhooks(shown))


async def make_webhook(request: Request[Webhooks]) -> Response:
    body: schemas.NewWebhook = request.body
    room = _room(request)
    if isinstance(room, Refusal):
        return room
    if not body.url:
        return await _make_incoming(request, room, body.label)
    hooks = await request.server.hooks()
    if isinstance(hooks, Refusal):
        return hooks
    if sum(hook.room == room.id for hook in hooks) >= HOOKS_PER_ROOM:
        return refuse("value_invalid", why=f"a room tells at most {HOOKS_PER_ROOM} programs")
    if (problem := request.server.check_url(body.url)) is not None:
        return refuse("value_invalid", why=problem)
    secret = request.server.new_token()
    events = await request.submit(
        c.MakeWebhook(request.caller.id, room.id, body.label, body.url, room.tip, secret, kinds=tuple(body.kinds)),
        told_once=True,
    )
    if isinstance(events, Refusal):
        return events
    made = schemas.Webhook(f"out-{_made(events).seq}", "out", body.label, body.url, body.kinds, room.tip)
    return Json(schemas.NewlyMadeWebhook(made, secret=secret), 201)


async def _make_incoming(request: Request[Commands], room: Room, name: str) -> Response:
    token = request.server.new_token()
    events = await request.submit(
        c.MakeWebhook(request.caller.id, room.id, name, token=hash_token(token)), told_once=True
    )
    if isinstance(events, Refusal):
        return events
    bot = events[0].user
    made = schemas.Webhook(f"in-{bot}", "in", name)
    return Json(schemas.NewlyMadeWebhook(made, url=f"{request.base_url}/hooks/{token}"), 201)


async def drop_webhook(request: Request[Webhooks]) -> Response:
    hook = await _hook(request)
    if isinstance(hook, Refusal):
        return hook
    if isinstance(hook, Webhook):
        return await request.done(c.RemoveWebhook(request.caller.id, hook.room, hook.id))
    # One that speaks is a bot: it is put out of the room, and can speak nowhere.
    room, name = hook
    return await request.done(c.Moderate(request.caller.id, room.id, "kick", name))


async def resume_webhook(request: Request[Webhooks]) -> Response:
    hook = await _hook(request)
    if isinstance(hook, Refusal):
        return hook
    if not isinstance(hook, Webhook) or not await request.server.resume_hook(hook.id):
        return refuse("hook_unknown")
    return NO_CONTENT


async def _hook(request: Request[Webhooks]) -> Webhook | tuple[Room, str] | Refusal:
    """Return the webhook that the path means: one that is told, or, of one that speaks, its room and name."""
    room = _room(request)
    if isinstance(room, Refusal):
        return room
    ref = request.path["id"]
    hooks = await request.server.hooks()
    if isinstance(hooks, Refusal):
        return hooks
    for hook in hooks:
        if f"out-{hook.id}" == ref and hook.room == room.id:
            return hook
    for member in room.members:
        user = request.state.users.get(member)
        if f"in-{member}" == ref and user is not None and user.role == "bot":
            return room, user.name
    return refuse("hook_unknown")


def _room(request: Request[Commands]) -> Room | Refusal:
    room = request.room()
    if isinstance(room, Refusal):
        return room
    if room.kind == "direct":
        return refuse("room_direct")
    mine = rank(request.state, room, request.state.users.get(request.caller.id))
    return room if request.caller.admin_socket or mine >= RANKS["owner"] else refuse("not_allowed")


def _shown(request: Request[Webhooks], hook: Webhook) -> schemas.Webhook:
    status = request.server.hook_status(hook.id)
    acked, parked, trouble = (hook.acked, hook.parked, None) if status is None else status
    return schemas.Webhook(f"out-{hook.id}", "out", hook.label, hook.url, list(hook.kinds), acked, parked, trouble)


def _made(events: list[Event]) -> Event:
    return next(event for event in events if event.kind == "webhook")
