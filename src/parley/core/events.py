"""Events: the entries of a room's log."""

from typing import Final

from msgspec import Struct

from .kinds import Kind

EVERYBODY: Final = 0
"""In a message's mentions: all members of the room."""

NEW_PASSWORD: Final = "password"
"""The text of a `credentials` event that reports a new password."""

DIRECTORY: Final = 0
"""The id of the directory: the log that records who holds which name. It is not a room: nobody joins or sees it."""

MACHINE: Final = -1
"""The actor of commands from the machine's owner, who may do everything. It differs from 0, a user without a name."""

SERVER: Final = 0
"""The user id in events that no user caused, such as the creation of the lobby."""

DELETED_NAME: Final = "deleted user"
"""What replaces the name of a deleted account in the logs. `is_name` does not allow it, so nobody can take it."""


class About(Struct, frozen=True, array_like=True, gc=False):
    """The user whom an event affects.

    Attributes:
        user: their id.
        name: their name at the time.
        until: when the ban or mute ends by itself, in milliseconds since 1970 UTC; 0: never.
    """

    user: int
    name: str
    until: int = 0


class Event(Struct, frozen=True, array_like=True, gc=False):
    """One entry of one log.

    | kind | in | text |
    |---|---|---|
    | created | a room, always seq 1 | the room's name; of a direct room `@LOW+HIGH...`, the user ids |
    | private | a room, seq 2 if at all | nothing; the room is private |
    | joined, left | a room | with left: parting words, if any |
    | message, action | a room | the message |
    | topic | a room | the topic |
    | renamed | a room | the new name of `user`; `name` is the old one |
    | invited, kicked, banned, unbanned, muted, unmuted | a room | the reason, if any |
    | role | a room, the directory | the new role of `about` |
    | room_renamed | a room | its new name |
    | archived, reopened | a room | the reason, if any |
    | slow | a room | seconds between two messages of one member; 0: no limit |
    | read_only, guests | a room | `on` or `off` |
    | calls | a room | who may mention everybody: `members`, `moderators` or `nobody` |
    | named | the directory | the name that `user` takes |
    | released | the directory | nothing; `user` releases the name |
    | registered | the directory | the role of `user`, who gets an account |
    | profile | the directory | the profile of `user`, as JSON |
    | disabled, enabled | the directory | the reason; `about` can't sign in any more, or can again |
    | deleted | the directory | what happens to the messages of `about`: `kept` or `erased` |
    | credentials | the directory | what changed about the password or sessions of `about` |
    | invitation | the directory | an invitation to the server, as JSON |
    | invitation_used, invitation_revoked | the directory | which invitation: the SHA-256 of its code |
    | webhook | the directory | what was done with which webhook, as JSON |
    | edited | a room | the new text of the message `target` |
    | erased | a room | the reason, if any; `user` deletes the message `target`, whose author is `about` |
    | reacted, unreacted | a room | the emoji with which `user` reacts to the message `target`, or no longer does |
    | pinned, unpinned | a room | nothing; the message is `target` |
    | titled | a room | the title of the thread whose root is `target`; empty: none |

    Attributes:
        room: the log's id.
        seq: the place in the log: 1, 2, 3, ... without gaps.
        at: milliseconds since 1970 UTC, for display; never used for ordering.
        user: the id of the user who caused the event.
        name: that user's name at the time.
        kind: what happened.
        text: depends on the kind.
        key: the sender's name for the message, unique per user; None if the sender gave none.
        about: the user affected, if there is one.
        mentions: the ids of the members whom a message mentions, ascending; `EVERYBODY`, the smallest, if it mentions
            all members; None for nobody.
        salt: 22 random characters of A-Z a-z 0-9 - _, unique to the event; empty before the writer has drawn it, and
            after the event was erased. See `parley.core.proof`.
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
    salt: str = ""


class RelatedEvent(Event, frozen=True, array_like=True, gc=False):
    """An event that belongs to an earlier event of the same log, or that was erased.

    A class of its own, because nearly all events are plain: they need not carry these fields.

    Attributes:
        target: the seq of the event that this one is about: of a change, the message that it changes; of a reply, the
            message that it answers; of a message in a thread, the thread's root; 0: none.
        thread: the seq of the root of the thread that the message, or the changed message, is in; 0: none.
        reply: in a thread, the seq of the message that this one answers, if it is not the root; 0: none.
        also: whether a message in a thread is shown in the room as well.
        sum: of an erased event, the hash that is kept of it, as text; see `parley.core.proof`.
        who: of an event without the name that it had, the hash that is kept of the name, as text.
        erased: the seq of the event that erased this one; its own seq if it was erased because the account of the
            message's author was deleted; 0: it was not erased.
    """

    target: int = 0
    thread: int = 0
    reply: int = 0
    also: bool = False
    sum: str | None = None
    who: str | None = None
    erased: int = 0


def departed(event: Event) -> int:
    """Return the id of the user whose membership this event ends; 0 if it ends none."""
    if event.kind == "left":
        return event.user
    if event.kind in ("kicked", "banned") and event.about is not None:
        return event.about.user
    return 0
