"""What the rules share."""

from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct

from parley.core.decision import Decision
from parley.core.events import MACHINE, SERVER, About, Event
from parley.core.kinds import Kind
from parley.core.records import Record
from parley.core.state import Room, State, User
from parley.core.text import KEY_CHARS, TOPIC_CHARS, is_line

SERVER_NAME: Final = "parley"
"""The name in events that the server causes itself."""

STANDING: Final = {"guest": 0, "bot": 0, "member": 1, "admin": 2, "owner": 3}
"""How much say each role has on the server."""


LASTS_MOST_MS: Final = 100 * 366 * 86_400_000
"""What ends by itself does so within a hundred years; a store holds no number that is much larger."""


class Policy(Struct, frozen=True):
    """What the server's owner has configured.

    Attributes:
        access: who gets in: anyone, whoever has an invitation, or only those who have an account.
    """

    access: Literal["open", "invite", "members"] = "open"


def entry(
    room: Room, at: int, user: User | None, kind: Kind, text: str = "", about: About | None = None, ahead: int = 0
) -> Event:
    """Return the event that follows on the room's log, or the one `ahead` events later; by the server for None."""
    id_, name = (SERVER, SERVER_NAME) if user is None else (user.id, user.name)
    return Event(room.id, room.tip + 1 + ahead, at, id_, name, kind, text, None, about)


def decided(*events: Event, records: Sequence[Record] = ()) -> Decision:
    """Return the decision that these events, in order, and these records make."""
    return Decision(list(events), records)


def about(user: User, until: int = 0) -> About:
    return About(user.id, user.name, until)


def words(text: str) -> str:
    """Return parting words or a reason; what could not be shown is left out: nobody is kept from going by it."""
    text = text.strip()
    return text if len(text) <= TOPIC_CHARS and is_line(text) else ""


def group_rooms(state: State, user: int) -> list[int]:
    """Return the ids of the rooms that the user is in, but for direct ones."""
    return [id_ for id_ in sorted(state.users[user].rooms) if state.rooms[id_].kind != "direct"]


def stands_over(state: State, by: int, role: str) -> bool:
    """Tell whether `by` may manage those with that role: the owner everybody, an admin members, guests and bots."""
    if by == MACHINE:
        return True
    actor = state.users.get(by)
    if actor is None or actor.disabled or actor.role not in ("owner", "admin"):
        return False
    return actor.role == "owner" or STANDING[role] < STANDING["admin"]


def is_banned(room: Room, user: int, at: int) -> bool:
    until = room.bans.get(user)
    return until is not None and (until == 0 or until > at)


def spelled(name: str) -> str:
    """Return a name that is not known as a refusal may repeat it: nothing long, nothing that could not be shown."""
    return name[:KEY_CHARS] if is_line(name) else "that"
