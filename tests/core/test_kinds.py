"""The table of kinds."""

from typing import get_args

from parley.core.kinds import KINDS, MESSAGE_KINDS, Kind
from parley.wire.sentences import event_text


def test_the_table_has_every_kind():
    assert tuple(sorted(KINDS)) == tuple(sorted(get_args(Kind)))


def test_only_message_and_action_are_messages():
    assert MESSAGE_KINDS == ("message", "action")


def test_the_classes_match_those_of_existing_databases():
    """Changing a class takes a migration, because stored events keep the class that their kind had."""
    classes = {}
    for kind, what in KINDS.items():
        classes.setdefault(what.stored_class, set()).add(kind)
    assert {number: kinds for number, kinds in classes.items() if number != 7} == {
        0: {"message", "action"},
        1: {
            "joined", "left", "topic", "renamed", "named", "released", "edited", "reacted", "unreacted", "pinned",
            "unpinned", "titled",
        },
        3: {"created", "private", "profile"},
        5: {"room_renamed", "webhook", "erased"},
    }  # fmt: skip


def test_text_clients_show_every_kind_but_these():
    """A new kind must have a sentence or be listed here."""
    texts = {"slow": "5", "read_only": "on", "guests": "on", "calls": "members"}
    silent = {kind for kind in KINDS if not event_text(kind, "ada", texts.get(kind, "x"), whom="bob")}
    assert silent == {
        "created", "private", "named", "released", "registered", "profile", "disabled", "enabled", "deleted",
        "credentials", "invitation", "invitation_used", "invitation_revoked", "webhook",
    }  # fmt: skip
