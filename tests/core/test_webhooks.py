"""Webhooks: whose they are to make, and what they may not tell."""

import pytest

from parley.core.commands import Disable, DropHook, Gather, Join, MakeHook, Moderate, MoveHook, Say
from parley.core.credentials import follow
from parley.core.events import MACHINE
from parley.core.rules import decide
from parley.core.rules.webhooks import URL_CHARS
from tests.core.sessions import House, look

ADA, BOB, OWNER, GUEST = 1, 2, 3, 4
TEA, DEN, DIRECT = 1, 2, 3
URL = "https://example.org/hook"


@pytest.fixture
def house():
    """ada owns #tea and the private #den; bob is a member of #tea, and talks to ada alone."""
    house = House()
    for name, role in (("ada", "member"), ("bob", "member"), ("own", "owner")):
        house.account(name, role)
    house.enter("guest")
    house.done(Join(ADA, "tea"))
    house.join("tea", BOB)
    house.private("den", ADA)
    house.done(Gather(ADA, ("bob",)))
    return house


def refusals(house, *cases):
    for command, code in cases:
        before = look(house.state)
        assert house.ask(command) == code, command
        assert look(house.state) == before


def test_one_that_is_told_stands_in_the_log_without_its_secret_and_its_address(house):
    made = MakeHook(ADA, TEA, "ci", URL, 1, "well-kept")
    house.done(made)
    assert house.log[-1].text == '{"what":"made","label":"ci","room":1}'
    assert "well-kept" not in repr(house.log)
    [kept] = follow(made, house.log[-1:], 5)
    assert (kept.id, kept.room, kept.secret, kept.acked, kept.by) == (house.log[-1].seq, TEA, "well-kept", 1, ADA)
    assert house.done(DropHook(ADA, TEA, kept.id)) == ["webhook"]
    assert house.ask(MoveHook(kept.id, 3)) == []
    assert house.done(MoveHook(kept.id, 3, "it is gone")) == ["webhook"]


def test_one_that_speaks_is_a_bot_of_the_room(house):
    assert house.done(MakeHook(ADA, DEN, "robot", token=b"hash")) == ["named", "registered", "webhook", "joined"]
    bot = house.state.user_named("robot")
    assert (bot.role, bot.rooms) == ("bot", (DEN,))
    assert house.done(Say(bot.id, DEN, "built")) == ["message"]
    refusals(
        house,
        (MakeHook(ADA, DEN, "Robot", token=b"hash"), "name_taken"),
        (MakeHook(ADA, DEN, "b\u043eb", token=b"hash"), "name_taken"),
        (MakeHook(ADA, DEN, "a b", token=b"hash"), "name_invalid"),
        (Say(bot.id, TEA, "hi"), "room_not_joined"),
    )


@pytest.mark.parametrize("url", [URL, ""])
def test_whose_they_are_to_make(house, url):
    house.done(Join(GUEST, "nook"))
    for by, room, answer in (
        (BOB, TEA, "not_allowed"),
        (GUEST, TEA, "not_allowed"),
        (99, TEA, "not_allowed"),
        (GUEST, 4, "account_needed"),  # their own
        (BOB, DEN, "room_unknown"),
        (OWNER, DEN, "room_unknown"),
        (OWNER, 77, "room_unknown"),
        (ADA, 0, "room_unknown"),
        (ADA, DIRECT, "room_direct"),
        (OWNER, DIRECT, "room_unknown"),
    ):
        refusals(house, (MakeHook(by, room, "robot", url), answer), (DropHook(by, room, 5), answer))
    for by, room in ((OWNER, TEA), (MACHINE, DEN), (ADA, TEA)):
        assert isinstance(decide(house.state, MakeHook(by, room, "robot", url), house.at), list)
    house.done(Disable(OWNER, ADA, True))
    refusals(house, (MakeHook(ADA, TEA, "robot", url), "account_disabled"))


def test_none_tells_what_its_maker_may_not_read(house):
    house.done(Say(ADA, DEN, "secret"))
    house.done(Moderate(ADA, DEN, "invite", "own"))
    house.done(Join(OWNER, "den"))
    joined = house.state.rooms[DEN].tip
    refusals(
        house,
        (MakeHook(OWNER, DEN, "ci", URL, 0), "value_invalid"),
        (MakeHook(OWNER, DEN, "ci", URL, joined - 2), "value_invalid"),
        (MakeHook(OWNER, DEN, "ci", URL, joined + 1), "value_invalid"),
        (MakeHook(ADA, TEA, "ci", URL, -1), "value_invalid"),
        (MakeHook(MACHINE, TEA, "ci", URL, 2**70), "value_invalid"),
    )
    assert house.done(MakeHook(OWNER, DEN, "ci", URL, joined - 1)) == ["webhook"]
    assert house.done(MakeHook(MACHINE, DEN, "ci", URL, 0)) == ["webhook"]


def test_what_can_not_be_shown_or_kept(house):
    refusals(
        house,
        (MakeHook(ADA, TEA, "two\nlines", URL), "value_invalid"),
        (MakeHook(ADA, TEA, "x" * 33, URL), "value_invalid"),
        (MakeHook(ADA, TEA, "ci", "x" * (URL_CHARS + 1)), "value_invalid"),
    )
