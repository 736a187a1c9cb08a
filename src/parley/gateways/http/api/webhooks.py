"""Webhooks: outgoing ones are sent the events of a room, incoming ones post messages in it."""

from typing import Final

from parley.core import commands as c
from parley.core.records import Webhook
from parley.core.roles import RANKS, rank
from parley.core.state import Room
from parley.core.tokens import hash_token

from . import schemas
from .ports import Commands, WebhookAdmin
from .request import NO_CONTENT, HttpRequest, Json, Response, refused, require

HOOKS_PER_ROOM: Final = 20


async def get_webhooks(request: HttpRequest[WebhookAdmin]) -> Response:
    room = _room(request)
    shown = [_shown(request, hook) for hook in require(await request.server.hooks()) if hook.room == room.id]
    users = request.state.users
    shown += [
        schemas.Webhook(f"in-{user}", "in", users[user].name)
        for user in sorted(room.members)
        if user in users and users[user].role == "bot"
    ]
    return Json(schemas.Webhooks(shown))


async def make_webhook(request: HttpRequest[WebhookAdmin]) -> Response:
    body: schemas.NewWebhook = request.body
    room = _room(request)
    if not body.url:
        return await _make_incoming(request, room, body.label)
    hooks = require(await request.server.hooks())
    if sum(hook.room == room.id for hook in hooks) >= HOOKS_PER_ROOM:
        raise refused("value_invalid", why=f"a room tells at most {HOOKS_PER_ROOM} programs")
    if (problem := request.server.check_url(body.url)) is not None:
        raise refused("value_invalid", why=problem)
    secret = request.server.new_token()
    events = await request.submit(
        c.MakeWebhook(request.caller.id, room.id, body.label, body.url, room.tip, secret, kinds=tuple(body.kinds)),
        told_once=True,
    )
    seq = next(event.seq for event in events if event.kind == "webhook")
    made = schemas.Webhook(f"out-{seq}", "out", body.label, body.url, body.kinds, room.tip)
    return Json(schemas.NewlyMadeWebhook(made, secret=secret), 201)


async def _make_incoming(request: HttpRequest[Commands], room: Room, name: str) -> Response:
    token = request.server.new_token()
    events = await request.submit(
        c.MakeWebhook(request.caller.id, room.id, name, token=hash_token(token)), told_once=True
    )
    made = schemas.Webhook(f"in-{events[0].user}", "in", name)
    return Json(schemas.NewlyMadeWebhook(made, url=f"{request.base_url}/hooks/{token}"), 201)


async def drop_webhook(request: HttpRequest[WebhookAdmin]) -> Response:
    hook = await _hook(request)
    if isinstance(hook, Webhook):
        return await request.done(c.RemoveWebhook(request.caller.id, hook.room, hook.id))
    # An incoming webhook is a bot in one room. When it is kicked out of that room, it can't post any more.
    room, name = hook
    return await request.done(c.Moderate(request.caller.id, room.id, "kick", name))


async def resume_webhook(request: HttpRequest[WebhookAdmin]) -> Response:
    hook = await _hook(request)
    if not isinstance(hook, Webhook) or not await request.server.resume_hook(hook.id):
        raise refused("hook_unknown")
    return NO_CONTENT


async def _hook(request: HttpRequest[WebhookAdmin]) -> Webhook | tuple[Room, str]:
    """Return the webhook of the path; for an incoming one its room and name."""
    room = _room(request)
    ref = request.path["id"]
    for hook in require(await request.server.hooks()):
        if f"out-{hook.id}" == ref and hook.room == room.id:
            return hook
    for member in room.members:
        user = request.state.users.get(member)
        if f"in-{member}" == ref and user is not None and user.role == "bot":
            return room, user.name
    raise refused("hook_unknown")


def _room(request: HttpRequest[Commands]) -> Room:
    room = request.room()
    if room.kind == "direct":
        raise refused("room_direct")
    mine = rank(request.state, room, request.state.users.get(request.caller.id))
    if not request.caller.admin_socket and mine < RANKS["owner"]:
        raise refused("not_allowed")
    return room


def _shown(request: HttpRequest[WebhookAdmin], hook: Webhook) -> schemas.Webhook:
    status = request.server.hook_status(hook.id)
    acked, parked, trouble = (hook.acked, hook.parked, None) if status is None else status
    return schemas.Webhook(f"out-{hook.id}", "out", hook.label, hook.url, list(hook.kinds), acked, parked, trouble)
