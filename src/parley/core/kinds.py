"""The kinds of events: one table with the server's treatment of each."""

from typing import Final, Literal

from msgspec import Struct

Kind = Literal[
    "created", "joined", "left", "message", "action", "topic", "renamed", "named", "released",
    # rooms and their moderation
    "private", "invited", "kicked", "banned", "unbanned", "muted", "unmuted", "role",
    "room_renamed", "archived", "reopened", "slow", "read_only", "guests", "calls",
    # the directory
    "registered", "profile", "disabled", "enabled", "deleted", "credentials",
    "invitation", "invitation_used", "invitation_revoked", "webhook",
    # changes of a message
    "edited", "erased", "reacted", "unreacted", "pinned", "unpinned", "titled",
]  # fmt: skip

CHANGE: Final = 1
FOLDED: Final = 2
AUDITED: Final = 4


class KindOfEvent(Struct, frozen=True):
    """How the server treats a kind of event.

    Attributes:
        message: a user said it: it counts as unread, can mention users, and is part of what newcomers are shown.
        folded_at_start: the server reads these events from the log when it starts, because no table of users, rooms
            or members holds what they say. Such events must be rare.
        audited: the audit log shows it.
        passing: someone joins or leaves, or changes their name. Long runs of such events come as a count in a folded
            page; see `parley.core.folding`. Changing this for a kind that is stored already takes a migration.
        of_message: it changes an earlier message, its `target`; see `parley.core.forms`.
    """

    message: bool = False
    folded_at_start: bool = False
    audited: bool = False
    passing: bool = False
    of_message: bool = False

    @property
    def stored_class(self) -> int:
        """The event's column `class`, by which stores select and index: 0 for a message, else `CHANGE`, plus `FOLDED`
        and `AUDITED` where they apply. Changing this for a kind that is stored already takes a migration.
        """
        return 0 if self.message else CHANGE + FOLDED * self.folded_at_start + AUDITED * self.audited


_MESSAGE: Final = KindOfEvent(message=True)
_CHANGE: Final = KindOfEvent()
_PASSING: Final = KindOfEvent(passing=True)
_FOLDED: Final = KindOfEvent(folded_at_start=True)
_AUDITED: Final = KindOfEvent(audited=True)
_BOTH: Final = KindOfEvent(folded_at_start=True, audited=True)
_OF_MESSAGE: Final = KindOfEvent(of_message=True)

KINDS: Final[dict[Kind, KindOfEvent]] = {
    "message": _MESSAGE,
    "action": _MESSAGE,
    "created": _FOLDED,
    "private": _FOLDED,
    "joined": _PASSING,
    "left": _PASSING,
    "topic": _CHANGE,
    "renamed": _PASSING,
    "invited": KindOfEvent(folded_at_start=True, audited=True, passing=True),
    "kicked": _BOTH,
    "banned": _BOTH,
    "unbanned": _BOTH,
    "muted": _BOTH,
    "unmuted": _BOTH,
    "role": _BOTH,
    "room_renamed": _AUDITED,
    "archived": _BOTH,
    "reopened": _BOTH,
    "slow": _BOTH,
    "read_only": _BOTH,
    "guests": _BOTH,
    "calls": _BOTH,
    "named": _CHANGE,
    "released": _CHANGE,
    "registered": _BOTH,
    "profile": _FOLDED,
    "disabled": _BOTH,
    "enabled": _BOTH,
    "deleted": _BOTH,
    "credentials": _BOTH,
    "invitation": _BOTH,
    "invitation_used": _BOTH,
    "invitation_revoked": _BOTH,
    "webhook": _AUDITED,
    "edited": _OF_MESSAGE,
    "erased": KindOfEvent(audited=True, of_message=True),
    "reacted": _OF_MESSAGE,
    "unreacted": _OF_MESSAGE,
    "pinned": _OF_MESSAGE,
    "unpinned": _OF_MESSAGE,
    "titled": _OF_MESSAGE,
}
"""Every kind. `parley.core.events.Event` describes their fields."""

MESSAGE_KINDS: Final = tuple(kind for kind, what in KINDS.items() if what.message)
KINDS_OF_CHANGES: Final = frozenset(kind for kind, what in KINDS.items() if what.of_message)
PASSING_KINDS: Final = frozenset(kind for kind, what in KINDS.items() if what.passing)
FOLDED_AT_START: Final = tuple(kind for kind, what in KINDS.items() if what.folded_at_start)
AUDITED_KINDS: Final = tuple(kind for kind, what in KINDS.items() if what.audited)
