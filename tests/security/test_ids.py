"""Things of other users are indistinguishable from unknown ones: every route with an id is tried with every kind of
id.
"""

from typing import Any

import pytest

from parley.core.commands import Register
from parley.core.events import MACHINE
from tests.security.ids import ASKS, EMOJI, IDS, MESSAGE, MINE, ROOMS, STRANGERS, Ask
from tests.security.people import incoming
from tests.server.api import Answer, Http, account, guest
from tests.server.server_fixture import Serve, Server
from tests.server.test_api_security import body_of, path_of

NOTHING = dict.fromkeys((*ROOMS, *IDS), 999999) | {
    "private name": "nothing",
    "#private name": "%23nothing",
    "direct name": "@999998,999999",
    "invited by link": 999_998,
    "session": 999_999,
    "invitation": "0" * 64,
}
"""Unknown ids of each kind."""


async def things(server: Server, ann: Http, bob: Http) -> dict[str, Any]:
    """Create one thing of each kind for ann. Return the id of each as it is used in a path."""
    den, other = await ann.room("den", private=True), await ann.room("attic", private=True)
    await ann.asks("POST", f"/api/rooms/{den}/invitations", {"user": "bob"})
    await bob.joins(den)
    await ann.says(den, "psst")
    talk = await ann.asks("POST", "/api/direct", {"to": ["bob"], "text": "psst"})
    out = await ann.asks("POST", f"/api/rooms/{den}/webhooks", {"label": "x", "url": "http://127.0.0.1:9/"})
    await incoming(ann, "den")
    hooks = (await ann.asks("GET", f"/api/rooms/{den}/webhooks")).json["webhooks"]
    link = await ann.asks("POST", "/api/invitations", {"room": other, "uses": 0})
    sessions = (await ann.asks("GET", "/api/me/sessions")).json["sessions"]
    await server.does(Register("robo", None, by=MACHINE, role="bot", token=b"x" * 32, label="x"))
    tokens = await server.hub.authenticator.sessions(server.user("robo"))
    assert isinstance(tokens, list)
    room = server.hub.view.state.rooms[talk.json["room"]["id"]]
    return {
        "private id": den,
        "private name": "den",
        "#private name": "%23den",
        "direct id": room.id,
        "direct name": room.name,
        "invited by link": other,
        "session": sessions[0]["id"],
        "token": tokens[0].id,
        "invitation": link.json["invitation"]["id"],
        "outgoing webhook": out.json["webhook"]["id"],
        "incoming webhook": next(hook["id"] for hook in hooks if hook["direction"] == "in"),
        "user": ann.id,
    }


async def stranger(server: Server, who: str) -> tuple[Http, int | None]:
    """Sign a stranger in. If possible, also create a room that they own, and return its id."""
    match who:
        case "nobody":
            return Http(server), None
        case "visitor":
            http = await guest(server, "visitor")
        case "bot":
            owner = await account(server, "keeper", "owner")
            made = await owner.asks("POST", "/api/admin/users", {"name": "robot", "role": "bot"})
            http = Http(server, made.json["token"])
        case _:
            http = await account(server, who, who if who in ("owner", "admin") else None)
    return http, await http.room(f"room-of-{who}")


def shape(answer: Answer) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    return answer.status, tuple(answer.headers.items()), answer.body


def path_for(ask: Ask, values: dict[str, Any], mine: int | None) -> str:
    own: dict[str, Any] = {MINE: 999_997 if mine is None else mine, "bob": "bob", "ann": "ann"}
    own |= {MESSAGE: 6, EMOJI: ":+1:"}  # the message of the private room
    return path_of(ask.route, **{place: (values | own)[name] for place, name in ask.places.items()})


@pytest.mark.parametrize("who", STRANGERS)
async def test_ids_of_other_users_get_the_answers_of_unknown_ids(serve: Serve, who: str) -> None:
    server = await serve(rate_messages=0, webhook_allow=["127.0.0.1:9"])
    ann, bob = await account(server, "ann"), await account(server, "bob")
    values = await things(server, ann, bob)
    http, mine = await stranger(server, who)
    state = server.hub.view.state
    before = {id_: room.tip for id_, room in state.rooms.items()}, len(state.invitations)
    runs_it = who in ("owner", "admin")
    for ask in ASKS:
        body = body_of(ask.route)
        if runs_it and (ask.route.needs == "admin" or ask.places.get("id") == "invitation"):
            continue  # admins manage the server's members
        there = await http.asks(ask.route.method, path_for(ask, values, mine), body)
        none = await http.asks(ask.route.method, path_for(ask, NOTHING, mine), body)
        assert shape(there) == shape(none), (ask, there, none)
        assert there.status in (401, 403, 404), ask
    assert (await ann.asks("GET", "/api/me")).status == 200
    for room in ("private id", "direct id", "invited by link"):
        assert state.rooms[values[room]].tip == before[0][values[room]]
    assert len(state.invitations) == before[1]
    assert len((await ann.asks("GET", f"/api/rooms/{values['private id']}/webhooks")).json["webhooks"]) == 2


@pytest.mark.parametrize("place", ["session", "token"])
async def test_an_admin_can_not_access_an_owners_sessions(serve: Serve, place: str) -> None:
    server = await serve(rate_messages=0)
    owner, admin = await account(server, "owner", "owner"), await account(server, "admin", "admin")
    if place == "token":
        await owner.asks("POST", "/api/admin/tokens", {"user": "owner"})
    found = await server.hub.authenticator.sessions(owner.id)
    assert isinstance(found, list)
    id_ = found[-1].id
    for method, path in (("DELETE", "/api/admin/users/owner/sessions/{}"), ("DELETE", "/api/admin/tokens/{}")):
        there, none = [await admin.asks(method, path.format(each)) for each in (id_, 999_999)]
        assert shape(there) == shape(none)
    assert (await owner.asks("GET", "/api/me")).status == 200


async def test_pages_of_the_audit_do_not_reveal_private_rooms_by_gaps(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    ann, admin = await account(server, "ann"), await account(server, "admin", "admin")
    room = await ann.room("tea")
    for number in range(3):
        await ann.asks("PATCH", f"/api/rooms/{room}", {"name": f"tea{number}"})
        den = await ann.room(f"den{number}", private=True)
        for other in range(5):
            await ann.asks("PATCH", f"/api/rooms/{den}", {"name": f"den{number}{other}"})
    hidden = {str(room.id) for room in server.hub.view.state.rooms.values() if room.private}
    seen: list[tuple[int, int]] = []
    before: str | None = ""
    while before is not None:
        page = (await admin.asks("GET", f"/api/admin/audit?limit=2{f'&before={before}' if before else ''}")).json
        before = page["before"]
        assert before is None or len(page["entries"]) == 2
        assert before is None or before.split(".")[1] not in hidden
        seen += [(entry["room"], entry["seq"]) for entry in page["entries"]]
    whole = (await admin.asks("GET", "/api/admin/audit?limit=200")).json["entries"]
    assert seen == [(entry["room"], entry["seq"]) for entry in whole]
    assert not hidden & {str(room) for room, _ in seen}
