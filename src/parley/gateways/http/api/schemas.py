"""What goes in and out: the bodies, queries and results of requests, as types. The documentation is made from them."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from parley.core.preferences import MINUTES
from parley.core.text import KEY_CHARS, NAME_CHARS, TEXT_CHARS, TOPIC_CHARS
from parley.wire.limits import PAGE_EVENTS

LARGEST = 2**53 - 1
"""The largest whole number that JSON carries safely (RFC 8259, section 6)."""

Id = Annotated[int, Meta(ge=0, le=LARGEST)]
Seq = Annotated[int, Meta(ge=0, le=LARGEST, description="A place in a room's log: 1, 2, 3, ...")]
Ms = Annotated[int, Meta(ge=0, le=LARGEST, description="Milliseconds since 1970 UTC.")]
Until = Annotated[int, Meta(ge=0, le=LARGEST, description="Milliseconds since 1970 UTC at which it ends; 0: never.")]
Ref = Annotated[int, Meta(ge=0, le=LARGEST)] | Annotated[str, Meta(max_length=2 * NAME_CHARS)]
"""Someone or something by its id or its name."""
Name = Annotated[str, Meta(max_length=4 * NAME_CHARS)]
Password = Annotated[str, Meta(max_length=1024)]
Words = Annotated[str, Meta(max_length=TOPIC_CHARS, description="Why; it stands in the log.")]
Label = Annotated[str, Meta(max_length=NAME_CHARS, description="What its owner calls it.")]
Code = Annotated[str, Meta(max_length=128, description="An invitation's code, as in its link.")]

ServerRole = Literal["owner", "admin", "member", "bot", "guest"]
RoomRole = Literal["owner", "moderator", "member"]
Saying = Literal["message", "action"]
Level = Annotated[Literal["all", "mentions", "nothing"], Meta(description="What of a room one wants to be told of.")]
Calls = Annotated[
    Literal["members", "moderators", "nobody"], Meta(description="Who may call everybody, with `@here` and `@room`.")
]
Minute = Annotated[int, Meta(ge=0, lt=MINUTES, description="Since midnight, where one is.")]


class Given(Struct, frozen=True, forbid_unknown_fields=True):
    """What a request brings."""


# People


class Profile(Struct, frozen=True):
    """What someone tells about themselves. Empty: nothing."""

    display: str = ""
    colour: Annotated[str, Meta(description="Of their avatar, as #rrggbb.")] = ""
    zone: Annotated[str, Meta(description="Their time zone, as the IANA database calls it.")] = ""


class User(Struct, frozen=True):
    """Someone who holds a name: a guest, an account or a bot."""

    id: int
    name: str
    role: Annotated[ServerRole, Meta(description="On the server.")]
    online: bool
    profile: Profile


class Users(Struct, frozen=True):
    """Users by id; `more` tells whether others follow."""

    users: list[User]
    more: bool


class Hours(Struct, frozen=True):
    """When one does not want to be disturbed; over midnight, if `end` is less than `begin`."""

    begin: Minute
    end: Minute


class Me(Struct, frozen=True):
    """The one who asks."""

    user: User
    rooms: Annotated[list[int], Meta(description="The ids of the rooms they are in, direct ones included.")]
    hours: Annotated[Hours | None, Meta(description="When they do not want to be disturbed; null: never.")]


class Admitted(Struct, frozen=True, omit_defaults=True):
    """Someone who has come in, with what they come in with from now on: this token, or a cookie."""

    user: User
    token: Annotated[str | None, Meta(description="A bearer token. It is shown this once.")] = None


class Session(Struct, frozen=True):
    """A way in that someone has: a sign-in, a bot's token, a guest's way back."""

    id: int
    kind: Literal["resume", "session", "bot", "webhook"]
    label: str
    made: Ms
    current: Annotated[bool, Meta(description="Whether this request came by it.")]


class Sessions(Struct, frozen=True):
    sessions: list[Session]


class Credentials(Given, frozen=True):
    """A name and a password."""

    name: Name
    password: Password
    bearer: Annotated[bool, Meta(description="Give a bearer token instead of a cookie.")] = False
    label: Label = ""


class NewAccount(Given, frozen=True):
    """An account to be."""

    name: Name
    password: Password
    invitation: Code | None = None
    bearer: Annotated[bool, Meta(description="Give a bearer token instead of a cookie.")] = False
    label: Label = ""


class NewGuest(Given, frozen=True):
    """A guest to be."""

    name: Name
    invitation: Code | None = None
    bearer: Annotated[bool, Meta(description="Give a bearer token; false: a cookie, for a browser.")] = True


class NewHours(Given, frozen=True):
    """When one does not want to be disturbed; over midnight, if `end` is less than `begin`."""

    begin: Minute
    end: Minute


class Changes(Given, frozen=True):
    """What one changes about oneself; what is left out stays."""

    name: Name | UnsetType = UNSET
    display: Annotated[str, Meta(max_length=4 * NAME_CHARS)] | UnsetType = UNSET
    colour: Annotated[str, Meta(max_length=32)] | UnsetType = UNSET
    zone: Annotated[str, Meta(max_length=128)] | UnsetType = UNSET
    hours: Annotated[NewHours | UnsetType | None, Meta(description="null: one may always be disturbed.")] = UNSET


class NewPassword(Given, frozen=True):
    """The old password, and the new one."""

    old: Password
    new: Password


class Farewell(Given, frozen=True):
    messages: Annotated[
        Literal["keep", "erase"],
        Meta(description="What becomes of what was said: it stays as a deleted user's, or is erased."),
    ]


class UserPage(Given, frozen=True):
    after: Annotated[int, Meta(ge=0, le=LARGEST, description="Users with a larger id.")] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 200


# Rooms


class Room(Struct, frozen=True):
    """A room, as the one who asks sees it."""

    id: int
    name: Annotated[str, Meta(description="Of a direct room: the others' names.")]
    kind: Literal["public", "private", "direct"]
    topic: str
    epoch: Annotated[str, Meta(description="It changes when history was restored from a backup.")]
    tip: Annotated[int, Meta(description="The seq of the newest event.")]
    members: Annotated[int, Meta(description="How many.")]
    role: Annotated[Literal["", "owner", "moderator", "member"], Meta(description="One's own; empty: not in it.")]
    archived: bool
    read_only: bool
    slow: Annotated[int, Meta(description="Seconds between two messages of one member; 0: as many as they like.")]
    guests: Annotated[bool, Meta(description="Whether guests may come in.")]
    calls: Calls
    receipts: Annotated[bool, Meta(description="Whether its members tell one another how far they have read.")]
    read: Annotated[int | UnsetType, Meta(description="A member's own: the seq up to which they have read.")] = UNSET
    unread: Annotated[
        int | UnsetType, Meta(description="A member's own: how many messages of others follow on that, up to the tip.")
    ] = UNSET
    mentions: Annotated[int | UnsetType, Meta(description="A member's own: how many of those name them.")] = UNSET
    level: Level | UnsetType = UNSET
    favourite: bool | UnsetType = UNSET


class Rooms(Struct, frozen=True):
    rooms: list[Room]


class NewRoom(Given, frozen=True):
    """A room to be, and its owner's wishes."""

    name: Name
    private: bool = False


class RoomChanges(Given, frozen=True):
    """What is to be changed about a room; what is left out stays."""

    name: Name | UnsetType = UNSET
    topic: Annotated[str, Meta(max_length=4 * TOPIC_CHARS)] | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    read_only: bool | UnsetType = UNSET
    guests: bool | UnsetType = UNSET
    slow: Annotated[int, Meta(ge=0, le=LARGEST, description="Seconds.")] | UnsetType = UNSET
    calls: Calls | UnsetType = UNSET
    why: Words = ""


class Member(Struct, frozen=True):
    """Someone in a room."""

    id: int
    name: str
    role: Annotated[RoomRole, Meta(description="In the room.")]
    server_role: ServerRole
    online: bool
    got: Annotated[
        int | UnsetType, Meta(description="The seq up to which they have what was said, in a room with receipts.")
    ] = UNSET
    read: Annotated[
        int | UnsetType, Meta(description="The seq up to which they have read, in a room with receipts.")
    ] = UNSET


class Members(Struct, frozen=True):
    members: list[Member]


class ReadMark(Given, frozen=True):
    """How far one has read."""

    seq: Seq


class Preferences(Given, frozen=True):
    """What one wants of a room; what is left out stays."""

    level: Level | UnsetType = UNSET
    favourite: bool | UnsetType = UNSET


class Instant(Given, frozen=True):
    at: Ms = 0


class Place(Struct, frozen=True):
    """A place in a room's log; one after the tip, if nothing is there yet."""

    room: int
    epoch: str
    seq: int


class RoleChange(Given, frozen=True):
    role: RoomRole


class Why(Given, frozen=True):
    why: Words = ""


class Term(Given, frozen=True):
    """For how long, and why."""

    until: Until = 0
    why: Words = ""


class Restriction(Struct, frozen=True):
    """Someone who is banned or muted. The name is empty when nobody holds it any more."""

    user: int
    name: str
    until: Until


class Restrictions(Struct, frozen=True):
    users: list[Restriction]


class Guest(Given, frozen=True):
    """Whom to invite into a room."""

    user: Annotated[Ref, Meta(description="By id or by name.")]
    why: Words = ""


# Messages


class About(Struct, frozen=True):
    """Whom an event was done to."""

    user: int
    name: str
    until: Until


class Event(Struct, frozen=True, omit_defaults=True):
    """An entry of a room's log."""

    seq: int
    at: Annotated[int, Meta(description="Milliseconds since 1970 UTC, for people; nothing is ordered by it.")]
    user: int
    name: Annotated[str, Meta(description="The user's name at that time.")]
    kind: str
    text: str
    about: About | None = None
    mentions: Annotated[tuple[int, ...], Meta(description="Ids of the members it names; 0: everybody.")] = ()
    bot: Annotated[bool, Meta(description="Whether a bot or a webhook said it.")] = False


class Page(Struct, frozen=True):
    """A part of a room's log, oldest first; `more` tells whether there is more in the direction asked for."""

    room: int
    epoch: str
    events: list[Event]
    more: bool


class PageQuery(Given, frozen=True):
    before: Seq | None = None
    after: Seq | None = None
    limit: Annotated[int, Meta(ge=1, le=PAGE_EVENTS)] = 50
    everything: Annotated[bool, Meta(description="All events of the log, and not only what was said.")] = False


class Following(Given, frozen=True):
    after: Annotated[Seq | None, Meta(description="Begin after that event; by default: with what comes next.")] = None


class NewMessage(Given, frozen=True):
    """Something to say."""

    text: Annotated[str, Meta(description=f"At most {TEXT_CHARS:,} characters.")]
    kind: Saying = "message"


class Stored(Struct, frozen=True):
    """A message that is on the server's disk."""

    room: int
    seq: int
    key: Annotated[str, Meta(max_length=KEY_CHARS, description="The sender's name for it.")]


class NewConversation(Given, frozen=True):
    """People to talk to, and perhaps something to say."""

    to: Annotated[list[Ref], Meta(min_length=1, max_length=20, description="By id or by name.")]
    text: str | None = None
    kind: Saying = "message"


class Conversation(Struct, frozen=True):
    """A direct room, and what was said in it."""

    room: Room
    message: Stored | None


# Ways in, and administration


class Invitation(Struct, frozen=True):
    """A way into the server that is open."""

    id: Annotated[str, Meta(description="The SHA-256 of its code.")]
    uses: Annotated[int, Meta(description="How many may still come in by it; 0: any number.")]
    until: Until
    room: Annotated[int, Meta(description="The id of the room it leads to; 0: the lobby.")]
    role: Annotated[str, Meta(description="Of the account made with it; empty: guests may use it as well.")]
    label: str
    by: Annotated[int, Meta(description="The id of the one who made it.")]


class Prospect(Struct, frozen=True):
    """What an invitation promises."""

    role: Annotated[str, Meta(description="Of the account made with it; empty: guests may use it as well.")]
    room: Annotated[str, Meta(description="The name of the room it leads to; empty: the lobby.")]


class Invitations(Struct, frozen=True):
    invitations: list[Invitation]


class NewInvitation(Given, frozen=True):
    """A way into the server."""

    uses: Annotated[int, Meta(ge=0, le=1_000_000, description="How many may come in by it; 0: any number.")] = 1
    until: Until = 0
    room: Annotated[Ref | None, Meta(description="The room it leads to, by id or by name.")] = None
    role: Literal["", "member", "admin", "owner"] = ""
    label: Label = ""


class Link(Struct, frozen=True):
    """An invitation that was made. Its code is shown this once."""

    invitation: Invitation
    code: str
    url: str


class Webhook(Struct, frozen=True, omit_defaults=True):
    """A webhook of a room: `out` tells a program of its events, `in` lets one say something there."""

    id: Annotated[str, Meta(description="`in-` or `out-` and a number.")]
    direction: Literal["in", "out"]
    label: Annotated[str, Meta(description="Of one that speaks, the name it speaks under.")]
    url: str = ""
    kinds: Annotated[list[str], Meta(description="Of the events it gets; empty: all.")] = []
    acked: Annotated[int, Meta(description="The seq up to which the other end has acknowledged.")] = 0
    parked: Annotated[str | None, Meta(description="Why nothing is sent any more.")] = None
    trouble: Annotated[str | None, Meta(description="What went wrong at the last attempt.")] = None


class Webhooks(Struct, frozen=True):
    webhooks: list[Webhook]


class NewWebhook(Given, frozen=True):
    """A webhook to be made: with a URL it is told of the room's events, without it speaks."""

    label: Name
    url: Annotated[str, Meta(max_length=2_000)] = ""
    kinds: Annotated[list[Annotated[str, Meta(max_length=32)]], Meta(max_length=32)] = []


class NewlyMadeWebhook(Struct, frozen=True, omit_defaults=True):
    """A webhook that was made. The secret, or the URL to post to, is shown this once."""

    webhook: Webhook
    secret: str = ""
    url: str = ""


class Account(Struct, frozen=True):
    """An account, as those see it who run the server."""

    id: int
    name: str
    role: ServerRole
    online: bool
    profile: Profile
    disabled: bool
    rooms: Annotated[int, Meta(description="How many rooms it is in.")]


class Accounts(Struct, frozen=True):
    users: list[Account]
    more: bool


class Appointment(Given, frozen=True):
    """An account that is made for someone else. A bot gets a token, everybody else needs a password."""

    name: Name
    password: Password | None = None
    role: Literal["member", "admin", "owner", "bot"] = "member"
    label: Label = ""


class Ruling(Given, frozen=True):
    """What is to be changed about an account; what is left out stays."""

    role: Literal["owner", "admin", "member"] | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET
    why: Words = ""


class PasswordReset(Given, frozen=True):
    new: Password


class NewToken(Given, frozen=True):
    """A token for a bot, or for a script of one's own."""

    user: Annotated[Ref, Meta(description="By id or by name.")]
    label: Label = ""


class Token(Struct, frozen=True):
    """A token of a bot."""

    id: int
    user: int
    name: str
    label: str
    made: Ms


class Tokens(Struct, frozen=True):
    tokens: list[Token]


class AuditQuery(Given, frozen=True):
    before: Annotated[str, Meta(pattern=r"^[0-9]{1,15}\.[0-9]{1,15}\.[0-9]{1,15}$")] | None = None
    limit: Annotated[int, Meta(ge=1, le=PAGE_EVENTS)] = 50


class Audited(Struct, frozen=True, omit_defaults=True):
    """Something that somebody did to a room, to someone, or to the server (room 0)."""

    room: int
    seq: int
    at: Ms
    user: int
    name: str
    kind: str
    text: str
    about: About | None = None


class Audit(Struct, frozen=True):
    """The newest first. `before` asks for what came earlier; null: there is nothing earlier."""

    entries: list[Audited]
    before: str | None
