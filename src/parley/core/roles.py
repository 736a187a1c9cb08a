"""Permissions: the one table that the rules, the tests and docs/guide/moderation.md use."""

from typing import Final, Literal

from .state import Room, State, User

ServerRole = Literal["owner", "admin", "member", "bot", "guest"]
RoomRole = Literal["owner", "moderator", "member"]
Action = Literal[
    "read", "join", "say", "topic", "invite", "kick", "ban", "mute", "slow", "read_only", "guests", "calls",
    "role", "rename", "archive", "erase", "pin",
]  # fmt: skip

NOBODY: Final = 9
RANKS: Final[dict[str, int]] = {"": 0, "member": 1, "moderator": 2, "owner": 3}
"""The rank of each room role. Someone without a role has rank 0."""

TABLE: Final[dict[Action, dict[str, int]]] = {
    # The lowest rank that permits the action, by kind of room.
    "read":      {"public": 0, "private": 1, "direct": 1},
    "join":      {"public": 0, "private": NOBODY, "direct": NOBODY},  # a private room: by invitation only
    "say":       {"public": 1, "private": 1, "direct": 1},
    "topic":     {"public": 1, "private": 1, "direct": NOBODY},
    "invite":    {"public": 1, "private": 1, "direct": NOBODY},
    "kick":      {"public": 2, "private": 2, "direct": NOBODY},
    "ban":       {"public": 2, "private": 2, "direct": NOBODY},
    "mute":      {"public": 2, "private": 2, "direct": NOBODY},
    "slow":      {"public": 2, "private": 2, "direct": NOBODY},
    "read_only": {"public": 2, "private": 2, "direct": NOBODY},
    "guests":    {"public": 3, "private": 3, "direct": NOBODY},
    "calls":     {"public": 2, "private": 2, "direct": NOBODY},
    "role":      {"public": 3, "private": 3, "direct": NOBODY},
    "rename":    {"public": 3, "private": 3, "direct": NOBODY},
    "archive":   {"public": 3, "private": 3, "direct": NOBODY},
    "erase":     {"public": 2, "private": 2, "direct": NOBODY},  # messages of others
    "pin":       {"public": 2, "private": 2, "direct": 1},
}  # fmt: skip


def room_role(room: Room, user: int) -> str:
    """Return the user's role in the room; empty for a user who is not a member."""
    return room.roles.get(user, "member") if user in room.members else ""


def rank(state: State, room: Room, user: User | None) -> int:
    """Return the user's rank in the room.

    The server's owner and admins rank as owners in every public room, and in the private rooms they are members of.
    Other private rooms do not exist for them.
    """
    if user is None:
        return 0
    mine = RANKS[room_role(room, user.id)]
    if room.kind != "direct" and user.role in ("owner", "admin") and (mine or room.kind == "public"):
        return RANKS["owner"]
    return mine


def may(state: State, room: Room, user: User | None, action: Action) -> bool:
    """Return whether the user's rank permits the action. Bans, mutes and room modes are checked by the rules."""
    return rank(state, room, user) >= TABLE[action][room.kind]


def visible(state: State, room: Room | None, user: int) -> bool:
    """Return whether the room exists for the user (0: an observer, who has no name)."""
    if room is None or room.id <= 0:
        return False
    if user in room.members:
        return True
    if room.kind != "public":
        return False
    known = state.users.get(user)
    return not room.closed_to_guests or (known is not None and known.account)


def first_visible_seq(room: Room, user: int) -> int:
    """Return the seq of the first event that the user may see in a room that is `visible` to them. In a private room
    that is the event with which the user joined, because earlier messages were meant for the earlier members. In other
    rooms it is 1.
    """
    return room.members.get(user, room.tip + 1) if room.private else 1
