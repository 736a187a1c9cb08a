"""Events: the entries of a room's log."""

from typing import Final, Literal

from msgspec import Struct

Kind = Literal["created", "joined", "left", "message", "action", "topic", "renamed", "named", "released"]

SAID: Final = ("message", "action")
"""The kinds that people said, as against what happened."""

DIRECTORY: Final = 0
"""The id of the directory: the log of who holds which name. It is no room: nobody joins it or sees it."""

SERVER: Final = 0
"""The user id in events that nobody caused, such as the making of the lobby."""


class Event(Struct, frozen=True, array_like=True, gc=False):
    """One entry of one log.

    | kind | in | text |
    |---|---|---|
    | created | a room, always seq 1 | the room's name; of a direct room `@LOW+HIGH`, the two user ids |
    | joined, left | a room | with left: parting words, if any |
    | message, action | a room | what was said |
    | topic | a room | the topic |
    | renamed | a room | the new name; `name` is the old one |
    | named | the directory | the name, which `user` holds from now on |
    | released | the directory | nothing; `user` gives its name up |

    Attributes:
        room: the log's id.
        seq: the place in the log: 1, 2, 3, ... without gaps.
        at: milliseconds since 1970 UTC, for people to read; nothing is ordered by it.
        user: the id of who did it.
        name: that user's name at the time.
        kind: what happened.
        text: depends on the kind.
        key: the sender's name for the message, unique per user; None where the sender gave none.
    """

    room: int
    seq: int
    at: int
    user: int
    name: str
    kind: Kind
    text: str = ""
    key: str | None = None
