"""Functions and constants that several rules share."""

from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct

from parley.core.decision import Decision
from parley.core.events import MACHINE, SERVER, About, Event
from parley.core.kinds import Kind
from parley.core.records import Record
from parley.core.refusals import Refusal, refuse
from parley.core.state import Room, State, User
from parley.core.text import KEY_CHARS, TOPIC_CHARS, is_line, single_line

SERVER_NAME: Final = "parley"
"""The name in events that the server itself causes."""

STANDING: Final = {"guest": 0, "bot": 0, "member": 1, "admin": 2, "owner": 3}
"""The rank of each server role."""


LASTS_MOST_MS: Final = 100 * 366 * 86_400_000
"""A ban or mute ends within a hundred years: a store can't hold a number that is much larger."""


class Policy(Struct, frozen=True):
    """What the server's owner has configured.

    Attributes:
        access: who may enter: anyone, people with an invitation, or only people with an account.
        rooms_per_user: the number of rooms that a user may be in; direct ones are not counted.
        edit_seconds: how long after a message its author may edit it; 0: never; None: for ever.
    """

    access: Literal["open", "invite", "members"] = "open"
    rooms_per_user: int = 1_000
    edit_seconds: int | None = None


def entry(
    room: Room, at: int, user: User | None, kind: Kind, text: str = "", about: About | None = None, ahead: int = 0
) -> Event:
    """Return an event at the end of the room's log, plus `ahead` places. `user` None: the server causes it."""
    id_, name = (SERVER, SERVER_NAME) if user is None else (user.id, user.name)
    return Event(room.id, room.tip + 1 + ahead, at, id_, name, kind, text, None, about)


def decided(*events: Event, records: Sequence[Record] = ()) -> Decision:
    """Return a decision with these events, in order, and these records."""
    return Decision(list(events), records)


def about(user: User, until: int = 0) -> About:
    return About(user.id, user.name, until)


def words(text: str) -> str:
    """Return parting words or a reason as they are stored: as one line, shortened to the length of a topic. They are
    never refused, because a bad reason must not prevent the departure or the ban itself.
    """
    line = single_line(text)
    return line if len(line) <= TOPIC_CHARS else line[: TOPIC_CHARS - 1].rstrip() + "…"


def group_rooms(state: State, user: int) -> list[int]:
    """Return the ids of the user's rooms except direct ones."""
    return [id_ for id_ in sorted(state.users[user].rooms) if state.rooms[id_].kind != "direct"]


def stands_over(state: State, by: int, role: str) -> bool:
    """Return whether `by` may manage users of that server role: the owner all, an admin members, guests and bots."""
    if by == MACHINE:
        return True
    actor = state.users.get(by)
    if actor is None or actor.disabled or actor.role not in ("owner", "admin"):
        return False
    return actor.role == "owner" or STANDING[role] < STANDING["admin"]


def said_since(room: Room, if_tip: int | None) -> Refusal | None:
    """Return a refusal if somebody has said something in the room since its event `if_tip`."""
    return None if if_tip is None or room.said <= if_tip else refuse("said_since")


def is_banned(room: Room, user: int, at: int) -> bool:
    until = room.bans.get(user)
    return until is not None and (until == 0 or until > at)


def spelled(name: str) -> str:
    """Return an unknown name in a form that a refusal can repeat: shortened, without control characters."""
    return name[:KEY_CHARS] if is_line(name) else "that"
