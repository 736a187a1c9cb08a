"""Every combination of server role, room role, action and kind of room, compared with the table in `core.roles`.

docs/guide/moderation.md shows the same table; `table` writes it.
"""

from functools import cache
from pathlib import Path

import pytest

from parley.core.commands import Erase, Join, Moderate, OpenDirect, Pin, SendMessage, SetTopic
from parley.core.decision import Decision
from parley.core.events import MACHINE
from parley.core.forms import Message
from parley.core.refusals import Refusal
from parley.core.roles import NOBODY, RANKS, TABLE, may, visible
from parley.core.rules import decide
from tests.core.sessions import Rules, look

PAGE = Path(__file__).parents[2] / "docs/guide/moderation.md"
BEGIN, END = "<!-- the table: made from core/roles.py -->\n", "<!-- end of the table -->\n"

SERVER_ROLES = ("owner", "admin", "member", "bot", "guest")
INSIDE = ("member", "moderator", "owner")
ROOM_ROLES = {"public": ("", *INSIDE, "invited", "banned"), "private": ("", *INSIDE, "invited", "banned")}
ROOM_ROLES["direct"] = ("", "member")
PLACES = [(kind, server, room) for kind, rooms in ROOM_ROLES.items() for server in SERVER_ROLES for room in rooms]
NOWHERE = 9_999

WORDS = {
    "read": ("read messages", "`/history [n]`"),
    "join": ("join", "`/join ROOM`"),
    "say": ("write", "just write"),
    "topic": ("set the topic", "`/topic TEXT`"),
    "invite": ("invite someone", "`/invite NAME`"),
    "kick": ("kick someone", "`/kick NAME [why]`"),
    "ban": ("ban someone, or lift a ban", "`/ban NAME [10m\\|2h\\|7d] [why]`, `/unban NAME`"),
    "mute": ("mute someone, or lift a mute", "`/mute NAME [10m\\|2h\\|7d] [why]`, `/unmute NAME`"),
    "slow": ("set slow mode", "`/slow SECONDS`"),
    "read_only": ("let only moderators write", "`/readonly on\\|off`"),
    "guests": ("close the room to guests, or open it", "`/guests on\\|off`"),
    "calls": ("set who may mention everybody, with `@here` and `@room`", "`/calls members\\|moderators\\|nobody`"),
    "role": ("give someone a role", "`/role NAME owner\\|moderator\\|member`"),
    "rename": ("rename the room", "`/rename NEW-NAME`"),
    "archive": ("archive the room, or reopen it", "`/archive [why]`, `/reopen`"),
    "erase": ("delete a message of someone else", "`/delete NUMBER [why]`"),
    "pin": ("pin a message, or unpin it", "`/pin NUMBER`, `/unpin NUMBER`"),
}
WHO = {0: "everybody", 1: "members", 2: "moderators", 3: "owners", NOBODY: "nobody"}

TO_SOMEONE = {
    "invite": {"whom": "outsider"},
    "kick": {"whom": "target"},
    "ban": {"whom": "target"},
    "mute": {"whom": "target"},
    "role": {"whom": "target", "value": "moderator"},
}
TO_THE_ROOM = {
    "slow": {"value": "5"},
    "read_only": {"value": "on"},
    "guests": {"value": "off"},
    "calls": {"value": "moderators"},
    "rename": {"value": "elsewhere"},
    "archive": {},
}
TO_A_MESSAGE = ("erase", "pin")
UNDOING = {"unban": ("ban", "barred"), "unmute": ("mute", "silent")}


@cache
def world(kind):
    """A room of that kind with a user in every combination of roles, a plain member `target` and an `outsider`.

    Return the rules, the room and the users' ids by their roles.
    """
    rules = Rules()
    maker, outsider, target = rules.account("maker"), *rules.enter("outsider", "target")
    barred, silent = rules.enter("barred", "silent")
    people = {}
    for place in PLACES:
        if place[0] == kind:
            name = "-".join(part or "none" for part in place[1:])
            people[place] = rules.enter(name)[0] if place[1] == "guest" else rules.account(name, place[1])
    if kind == "direct":
        names = [rules.state.users[id_].name for place, id_ in people.items() if place[2]]
        rules.done(OpenDirect(target, tuple(names)))
        return rules, rules.state.rooms[1], people
    if kind == "private":
        room = rules.private("den", maker, target, silent)
    else:
        rules.ask(Join(maker, "den"))
        room = rules.join("den", target, silent)
    for place, id_ in people.items():
        name = rules.state.users[id_].name
        if place[2] in INSIDE:
            rules.done(Moderate(MACHINE, room, "invite", name))
            rules.done(Join(id_, "den"))
            rules.done(Moderate(MACHINE, room, "role", name, value=place[2]))
        elif place[2] == "invited":
            rules.done(Moderate(MACHINE, room, "invite", name))
        elif place[2] == "banned":
            rules.done(Moderate(MACHINE, room, "ban", name))
    rules.done(Moderate(MACHINE, room, "ban", "barred"))
    rules.done(Moderate(MACHINE, room, "mute", "silent"))
    assert outsider
    assert barred
    return rules, rules.state.rooms[room], people


def rank(kind, server, room):
    if kind != "direct" and server in ("owner", "admin") and (room in INSIDE or kind == "public"):
        return RANKS["owner"]
    return RANKS[room if room in INSIDE else ""]


def command(action, user, room):
    if action == "say":
        return SendMessage(user, room, "hi")
    if action == "topic":
        return SetTopic(user, room, "tea")
    if action == "erase":
        return Erase(user, room, 1)
    if action == "pin":
        return Pin(user, room, 1)
    if action in UNDOING:
        return Moderate(user, room, UNDOING[action][0], UNDOING[action][1], undo=True)
    return Moderate(user, room, action, **(TO_SOMEONE | TO_THE_ROOM)[action])


def expected(action, kind, server, room):
    """Return the expected refusal's code; None if the action is allowed."""
    inside = room in INSIDE
    if action in ("say", "topic"):
        if not inside:
            return "room_not_joined"
        return "room_direct" if action == "topic" and kind == "direct" else None
    if action in TO_A_MESSAGE:
        if not inside and (action == "pin" or not rank(kind, server, room)):
            return "room_not_joined"
        return None if rank(kind, server, room) >= TABLE[action][kind] else "not_allowed"
    if kind != "public" and not inside:
        return "room_unknown"
    if kind == "direct":
        return "room_direct"
    least = TABLE[UNDOING.get(action, (action,))[0]][kind]
    return None if rank(kind, server, room) >= least else "not_allowed"


def code(decision):
    return decision.code if isinstance(decision, Refusal) else None


def test_the_tests_cover_every_action():
    assert {"read", "join", "say", "topic", *TO_SOMEONE, *TO_THE_ROOM, *TO_A_MESSAGE} == TABLE.keys() == WORDS.keys()


@pytest.mark.parametrize("kind", ROOM_ROLES)
@pytest.mark.parametrize("action", ["say", "topic", *TO_SOMEONE, *TO_THE_ROOM, *TO_A_MESSAGE, *UNDOING])
def test_who_may_do_what(kind, action):
    rules, room, people = world(kind)
    before = look(rules.state)
    answers, expectations = {}, {}
    # A message of a user without any role, which everybody who may read the room has seen.
    message = Message(room.id, room.tip, 1, 999, "eve", "message", "hi", as_of=room.tip)
    forms = (message,) if action in TO_A_MESSAGE else ()
    for place, id_ in people.items():
        decision = decide(rules.state, command(action, id_, room.id), rules.at, forms=forms)
        answers[place], expectations[place] = code(decision), expected(action, *place)
        if expectations[place] is None:
            assert decision.events[-1].user == id_
        if place[2] not in INSIDE and kind != "public":
            # For outsiders the room does not exist.
            assert decision == decide(rules.state, command(action, id_, NOWHERE), rules.at, forms=forms), place
    assert answers == expectations
    assert look(rules.state) == before


@pytest.mark.parametrize("action", [*TO_SOMEONE, *TO_THE_ROOM, *UNDOING])
def test_the_owner_of_the_machine_may_do_every_action(action):
    for kind, allowed in (("public", True), ("private", True), ("direct", False)):
        rules, room, _ = world(kind)
        decision = decide(rules.state, command(action, MACHINE, room.id), rules.at)
        assert code(decision) == (None if allowed else "room_direct")
        assert code(decide(rules.state, command(action, MACHINE, 0), rules.at)) == "room_unknown"


@pytest.mark.parametrize("kind", ROOM_ROLES)
def test_who_may_read(kind):
    rules, room, people = world(kind)
    for place, id_ in people.items():
        assert visible(rules.state, room, id_) == (rank(*place) >= TABLE["read"][kind]), place
        assert may(rules.state, room, rules.state.users[id_], "read") == visible(rules.state, room, id_)
    assert visible(rules.state, room, 0) == (TABLE["read"][kind] == 0)
    assert not visible(rules.state, rules.state.rooms[0], people[kind, "owner", "member"])


@pytest.mark.parametrize("kind", ["public", "private"])
def test_who_may_join(kind):
    rules, room, people = world(kind)
    for place, id_ in people.items():
        decision = decide(rules.state, Join(id_, "den"), rules.at)
        if place[2] in INSIDE:
            assert decision == Decision([])
        elif kind == "public" and place[2] == "banned":
            assert code(decision) == "banned", place
        elif kind == "public" or place[2] == "invited":
            assert [(event.room, event.kind) for event in decision.events] == [(room.id, "joined")], place
        else:
            # The join has the same result as for an unused name: it creates a new room.
            made = decide(rules.state, Join(id_, "nothing"), rules.at)
            assert [(e.room, e.seq, e.kind) for e in decision.events] == [
                (e.room, e.seq, e.kind) for e in made.events
            ], place
            assert decision.events[0].room != room.id


def test_nobody_can_join_a_direct_room():
    rules, room, people = world("direct")
    for place, id_ in people.items():
        assert code(decide(rules.state, Join(id_, room.name), rules.at)) == "room_invalid", place


@pytest.mark.parametrize("kind", ["public", "private"])
@pytest.mark.parametrize("action", ["kick", "ban", "mute", "role"])
def test_nobody_can_moderate_users_of_the_same_or_a_higher_rank(kind, action):
    rules, room, people = world(kind)
    for actor, me in people.items():
        if expected(action, *actor) is not None:
            continue
        for other, you in people.items():
            name = rules.state.users[you].name
            decision = decide(rules.state, Moderate(me, room.id, action, name, value="moderator"), rules.at)
            if me == you and action != "role":
                assert code(decision) == "not_allowed", actor
            elif me != you and rank(*other) >= rank(*actor) and not (action == "role" and actor[1] == "owner"):
                assert code(decision) == "outranked", (actor, other)
            elif other[2] not in INSIDE and action != "ban":
                assert code(decision) == "member_unknown", (actor, other)
            else:
                assert code(decision) is None, (actor, other)


def table():
    """Return the table as docs/guide/moderation.md shows it."""
    lines = ["| | command | public room | private room | direct conversation |", "|---|---|---|---|---|"]
    for action, (what, line) in WORDS.items():
        who = {kind: WHO[least] for kind, least in TABLE[action].items()}
        if action == "join":
            who["private"] = "invited users"
        lines.append(f"| {what} | {line} | {who['public']} | {who['private']} | {who['direct']} |")
    return "\n".join(lines) + "\n"


def test_the_moderation_guide_shows_the_table():
    page = PAGE.read_text(encoding="utf-8")
    assert page.partition(BEGIN)[2].partition(END)[0] == table()
