"""Webhooks: who may create them, and what they may send."""

import pytest

from parley.core.commands import (
    AdvanceWebhook,
    Disable,
    Join,
    MakeWebhook,
    Moderate,
    OpenDirect,
    RemoveWebhook,
    SendMessage,
)
from parley.core.decision import Decision
from parley.core.events import MACHINE
from parley.core.rules import decide
from parley.core.rules.webhooks import URL_CHARS
from tests.core.sessions import Rules, look

ADA, BOB, OWNER, GUEST = 1, 2, 3, 4
TEA, DEN, DIRECT = 1, 2, 3
URL = "https://example.org/hook"


@pytest.fixture
def rules():
    """ada owns #tea and the private #den; bob is a member of #tea, and has a conversation with ada."""
    rules = Rules()
    for name, role in (("ada", "member"), ("bob", "member"), ("own", "owner")):
        rules.account(name, role)
    rules.enter("guest")
    rules.done(Join(ADA, "tea"))
    rules.join("tea", BOB)
    rules.private("den", ADA)
    rules.done(OpenDirect(ADA, ("bob",)))
    return rules


def refusals(rules, *cases):
    for command, code in cases:
        before = look(rules.state)
        assert rules.ask(command) == code, command
        assert look(rules.state) == before


def test_the_event_of_an_outgoing_webhook_has_no_secret_and_no_url(rules):
    made = MakeWebhook(ADA, TEA, "ci", URL, 1, "well-kept")
    rules.done(made)
    assert rules.log[-1].text == '{"what":"made","label":"ci","room":1}'
    assert "well-kept" not in repr(rules.log)
    kept = rules.records[-1]
    assert (kept.id, kept.room, kept.secret, kept.acked, kept.by) == (rules.log[-1].seq, TEA, "well-kept", 1, ADA)
    assert rules.done(RemoveWebhook(ADA, TEA, kept.id)) == ["webhook"]
    assert rules.ask(AdvanceWebhook(kept.id, 3)) == []
    assert rules.done(AdvanceWebhook(kept.id, 3, "it is gone")) == ["webhook"]


def test_an_incoming_webhook_is_a_bot_in_the_room(rules):
    assert rules.done(MakeWebhook(ADA, DEN, "robot", token=b"hash")) == ["named", "registered", "webhook", "joined"]
    bot = rules.state.user_named("robot")
    assert (bot.role, bot.rooms) == ("bot", (DEN,))
    assert rules.done(SendMessage(bot.id, DEN, "built")) == ["message"]
    refusals(
        rules,
        (MakeWebhook(ADA, DEN, "Robot", token=b"hash"), "name_taken"),
        (MakeWebhook(ADA, DEN, "b\u043eb", token=b"hash"), "name_taken"),
        (MakeWebhook(ADA, DEN, "a b", token=b"hash"), "name_invalid"),
        (SendMessage(bot.id, TEA, "hi"), "room_not_joined"),
    )


@pytest.mark.parametrize("url", [URL, ""])
def test_who_may_create_webhooks(rules, url):
    rules.done(Join(GUEST, "nook"))
    for by, room, answer in (
        (BOB, TEA, "not_allowed"),
        (GUEST, TEA, "not_allowed"),
        (99, TEA, "not_allowed"),
        (GUEST, 4, "account_needed"),  # in a room that the guest owns
        (BOB, DEN, "room_unknown"),
        (OWNER, DEN, "room_unknown"),
        (OWNER, 77, "room_unknown"),
        (ADA, 0, "room_unknown"),
        (ADA, DIRECT, "room_direct"),
        (OWNER, DIRECT, "room_unknown"),
    ):
        refusals(rules, (MakeWebhook(by, room, "robot", url), answer), (RemoveWebhook(by, room, 5), answer))
    for by, room in ((OWNER, TEA), (MACHINE, DEN), (ADA, TEA)):
        assert isinstance(decide(rules.state, MakeWebhook(by, room, "robot", url), rules.at), Decision)
    rules.done(Disable(OWNER, ADA, True))
    refusals(rules, (MakeWebhook(ADA, TEA, "robot", url), "account_disabled"))


def test_a_webhook_sends_nothing_that_its_creator_may_not_read(rules):
    rules.done(SendMessage(ADA, DEN, "secret"))
    rules.done(Moderate(ADA, DEN, "invite", "own"))
    rules.done(Join(OWNER, "den"))
    joined = rules.state.rooms[DEN].tip
    refusals(
        rules,
        (MakeWebhook(OWNER, DEN, "ci", URL, 0), "value_invalid"),
        (MakeWebhook(OWNER, DEN, "ci", URL, joined - 2), "value_invalid"),
        (MakeWebhook(OWNER, DEN, "ci", URL, joined + 1), "value_invalid"),
        (MakeWebhook(ADA, TEA, "ci", URL, -1), "value_invalid"),
        (MakeWebhook(MACHINE, TEA, "ci", URL, 2**70), "value_invalid"),
    )
    assert rules.done(MakeWebhook(OWNER, DEN, "ci", URL, joined - 1)) == ["webhook"]
    assert rules.done(MakeWebhook(MACHINE, DEN, "ci", URL, 0)) == ["webhook"]


def test_invalid_labels_and_urls_are_refused(rules):
    refusals(
        rules,
        (MakeWebhook(ADA, TEA, "x" * 33, URL), "value_invalid"),
        (MakeWebhook(ADA, TEA, "ci", "x" * (URL_CHARS + 1)), "value_invalid"),
    )
