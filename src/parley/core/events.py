"""Events: the entries of a room's log."""

from typing import Final

from msgspec import Struct

from .kinds import Kind

EVERYBODY: Final = 0
"""In the mentions of a message: everybody who is in the room."""

NEW_PASSWORD: Final = "password"
"""The text of the `credentials` that are a new password."""

DIRECTORY: Final = 0
"""The id of the directory: the log of who holds which name. It is no room: nobody joins it or sees it."""

MACHINE: Final = -1
"""Who gives commands as the owner of the machine, and may do everything. Never what somebody without a name is: 0."""

SERVER: Final = 0
"""The user id in events that nobody caused, such as the making of the lobby."""

DELETED_NAME: Final = "deleted user"
"""What stands in the logs in place of the name of someone who deleted their account; `is_name` allows it to nobody."""


class About(Struct, frozen=True, array_like=True, gc=False):
    """Whom an event was done to.

    Attributes:
        user: their id.
        name: their name at the time.
        until: milliseconds since 1970 UTC at which it ends by itself; 0 where it does not.
    """

    user: int
    name: str
    until: int = 0


class Event(Struct, frozen=True, array_like=True, gc=False):
    """One entry of one log.

    | kind | in | text |
    |---|---|---|
    | created | a room, always seq 1 | the room's name; of a direct room `@LOW+HIGH...`, the user ids |
    | private | a room, seq 2 if at all | nothing; the room is by invitation |
    | joined, left | a room | with left: parting words, if any |
    | message, action | a room | what was said |
    | topic | a room | the topic |
    | renamed | a room | the new name of `user`; `name` is the old one |
    | invited, kicked, banned, unbanned, muted, unmuted | a room | why, if it was said |
    | role | a room, the directory | the role that `about` has from now on |
    | room_renamed | a room | its new name |
    | archived, reopened | a room | why, if it was said |
    | slow | a room | seconds between two messages of one member; 0: as many as they like |
    | read_only, guests | a room | `on` or `off` |
    | calls | a room | who may call everybody: `members`, `moderators` or `nobody` |
    | named | the directory | the name, which `user` holds from now on |
    | released | the directory | nothing; `user` gives the name up |
    | registered | the directory | the role of `user`, who has an account from now on |
    | profile | the directory | what `user` tells about themselves, as JSON |
    | disabled, enabled | the directory | why; `about` can't sign in, can again |
    | deleted | the directory | `kept` or `erased`: what becomes of the messages of `about` |
    | credentials | the directory | what was done about the password or the sessions of `about` |
    | invitation | the directory | a way into the server, as JSON |
    | invitation_used, invitation_revoked | the directory | which one: the SHA-256 of its code |
    | webhook | the directory | what was done about which one |

    Attributes:
        room: the log's id.
        seq: the place in the log: 1, 2, 3, ... without gaps.
        at: milliseconds since 1970 UTC, for people to read; nothing is ordered by it.
        user: the id of who did it.
        name: that user's name at the time.
        kind: what happened.
        text: depends on the kind.
        key: the sender's name for the message, unique per user; None where the sender gave none.
        about: whom it was done to, where it was done to someone.
        mentions: the ids of the members whom a message names, in ascending order; `EVERYBODY` alone for all; None for
            nobody.
    """

    room: int
    seq: int
    at: int
    user: int
    name: str
    kind: Kind
    text: str = ""
    key: str | None = None
    about: About | None = None
    mentions: tuple[int, ...] | None = None


def departed(event: Event) -> int:
    """Return the id of the user who is no member of the room any more since this event; 0 if it is nobody."""
    if event.kind == "left":
        return event.user
    if event.kind in ("kicked", "banned") and event.about is not None:
        return event.about.user
    return 0
