"""A room, an event and a member have the same fields over the WebSocket and by HTTP."""

from typing import Any

import msgspec
import pytest

from parley.core.commands import ClaimName, Create, Join, Moderate, Register, SendMessage, SetTopic
from parley.core.events import MACHINE
from parley.gateways.http.api import schemas, serialize
from parley.gateways.web.render import web_event, web_member, web_room
from parley.wire import web
from tests.gateways.session_fixture import WebSessionFixture


@pytest.fixture
def world() -> WebSessionFixture:
    world = WebSessionFixture()
    world.happens(Register("ann", "hash", by=MACHINE))
    ann = world.user_named("ann")
    world.happens(ClaimName("bob"))
    bob = world.user_named("bob")
    world.happens(Create(ann, "tea"))
    for user in (ann, bob):
        world.happens(Join(user, "tea"))
    world.happens(SetTopic(ann, 2, "leaves"))
    world.happens(SendMessage(bob, 2, "hi @ann"))
    world.happens(Moderate(ann, 2, "mute", "bob", until=2**40))
    return world


def plain(value: object) -> dict[str, Any]:
    result: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return result


def shared(socket: msgspec.Struct, http: msgspec.Struct) -> dict[str, Any]:
    """Return the fields that both dialects have, after checking that they have equal values. One dialect may leave out
    a default value.
    """
    ways = [plain(socket), plain(http)]
    fields = [{field.name: field.default for field in msgspec.structs.fields(each)} for each in (socket, http)]
    names = fields[0].keys() & fields[1].keys()
    for name in names:
        values = [way.get(name, default) for way, default in zip(ways, (each[name] for each in fields), strict=True)]
        known = [value for value in values if value not in (msgspec.UNSET, msgspec.NODEFAULT)]
        assert len({str(value) for value in known}) == 1, name
    return {name: ways[1].get(name) for name in names}


@pytest.mark.parametrize("user", ["ann", "bob"])
@pytest.mark.parametrize("room", [1, 2])
def test_a_room_is_the_same_in_both_dialects(world: WebSessionFixture, user: str, room: int) -> None:
    id_ = world.user_named(user)
    said = shared(
        web_room(world.view, world.state.rooms[room], id_), serialize.room(world.view, world.state.rooms[room], id_)
    )
    assert len(said) == 17
    if room == 2:
        assert (said["topic"], said["members"], said["unread"]) == ("leaves", 2, 1 if user == "ann" else 0)
        assert said["mentions"] == said["unread"]


def test_a_member_is_the_same_in_both_dialects(world: WebSessionFixture) -> None:
    room = world.state.rooms[2]
    for id_ in room.members:
        user = world.state.users[id_]
        said = shared(web_member(world.view, room, user), serialize.member(world.view, room, user))
        assert said.keys() == {"id", "name", "online", "role", "got", "read"}
        assert said["role"] == ("owner" if user.name == "ann" else "member")


def test_every_event_is_the_same_in_both_dialects(world: WebSessionFixture) -> None:
    for event in [*world.logs[1], *world.logs[2]]:
        socket, http = web_event(event), serialize.event(world.view, event)
        said = shared(socket, http)
        assert said.keys() == set(web.Event.__struct_fields__) == set(schemas.Event.__struct_fields__)
        if event.about is not None:
            assert said["about"] == {"user": event.about.user, "name": event.about.name, "until": event.about.until}


def test_a_room_has_no_personal_fields_for_non_members(world: WebSessionFixture) -> None:
    world.happens(ClaimName("zoe"))
    zoe, tea = world.user_named("zoe"), world.state.rooms[2]
    assert not plain(serialize.room(world.view, tea, zoe)).keys() & {"read", "unread", "mentions", "level", "favourite"}
    assert not plain(web_room(world.view, tea, zoe)).keys() & {"read", "unread", "mentions", "level", "favourite"}
