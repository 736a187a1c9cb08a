"""The bodies, queries and results of requests, as types. The documentation is made from them."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from parley.core.preferences import MINUTES
from parley.core.text import KEY_CHARS, NAME_CHARS, TEXT_CHARS, TOPIC_CHARS
from parley.wire.limits import DIRECTORY_PAGE, PAGE_EVENTS
from parley.wire.web import Now

LARGEST = 2**53 - 1
"""The largest whole number that all JSON parsers read exactly (RFC 8259, section 6)."""

Id = Annotated[int, Meta(ge=0, le=LARGEST)]
Seq = Annotated[int, Meta(ge=0, le=LARGEST, description="A place in a room's log: 1, 2, 3, ...")]
Ms = Annotated[int, Meta(ge=0, le=LARGEST, description="Milliseconds since 1970 UTC.")]
Until = Annotated[int, Meta(ge=0, le=LARGEST, description="Milliseconds since 1970 UTC at which it ends; 0: never.")]
Ref = Annotated[int, Meta(ge=0, le=LARGEST)] | Annotated[str, Meta(max_length=2 * NAME_CHARS)]
"""A user or a room, by id or by name."""
Name = Annotated[str, Meta(max_length=4 * NAME_CHARS)]
Password = Annotated[str, Meta(max_length=1024)]
Words = Annotated[str, Meta(max_length=TOPIC_CHARS, description="The reason; it is stored in the log.")]
Label = Annotated[str, Meta(max_length=NAME_CHARS, description="A name for its owner.")]
Code = Annotated[str, Meta(max_length=128, description="An invitation's code, as in its link.")]

ServerRole = Literal["owner", "admin", "member", "bot", "guest"]
RoomRole = Literal["owner", "moderator", "member"]
MessageKind = Literal["message", "action"]
Level = Annotated[Literal["all", "mentions", "nothing"], Meta(description="What to be notified of in a room.")]
Calls = Annotated[
    Literal["members", "moderators", "nobody"], Meta(description="Who may notify everybody, with `@here` and `@room`.")
]
Minute = Annotated[int, Meta(ge=0, lt=MINUTES, description="Since midnight, in one's own time zone.")]


class Input(Struct, frozen=True, forbid_unknown_fields=True):
    """The body or the query of a request: an unknown field is an error."""


# People


class Profile(Struct, frozen=True):
    """The public profile of a user. Empty fields are not set."""

    display: str = ""
    colour: Annotated[str, Meta(description="Of their avatar, as #rrggbb.")] = ""
    zone: Annotated[str, Meta(description="Their time zone, as the IANA database calls it.")] = ""


class User(Struct, frozen=True):
    """A guest, an account or a bot."""

    id: int
    name: str
    role: Annotated[ServerRole, Meta(description="On the server.")]
    online: bool
    profile: Profile


Next = Annotated[str, Meta(max_length=200, description="The `next` of the page before; empty: the first page.")]
WhereNext = Annotated[str, Meta(description="What the next page is asked for with; empty on the last one.")]
Typed = Annotated[
    str,
    Meta(
        max_length=100,
        description="What names begin with, or one of their words, or what they have anywhere: the best matches come "
        "first. Case, accents and strokes do not count. Without it, all come, by name.",
    ),
]


class Users(Struct, frozen=True):
    """A page of users; `more` tells whether others follow."""

    users: list[User]
    more: bool
    next: Annotated[str, Meta(description="With a `query`: what the next page is asked for with.")] = ""


class Hours(Input, frozen=True):
    """Quiet hours. If `end` is less than `begin`, they span midnight."""

    begin: Minute
    end: Minute


class Me(Struct, frozen=True):
    """The caller."""

    user: User
    rooms: Annotated[list[int], Meta(description="The ids of the rooms they are in, direct ones included.")]
    hours: Annotated[Hours | None, Meta(description="Their quiet hours; null: none.")]


class SignedIn(Struct, frozen=True, omit_defaults=True):
    """A user who has signed in or entered as a guest. Further requests need this token, or the cookie."""

    user: User
    token: Annotated[str | None, Meta(description="A bearer token. It is shown only here.")] = None


class Session(Struct, frozen=True):
    """A token of a user: of a sign-in, a bot, an incoming webhook, or a guest, who comes back with it."""

    id: int
    kind: Literal["resume", "session", "bot", "webhook"]
    label: str
    made: Ms
    current: Annotated[bool, Meta(description="Whether this request came by it.")]


class Sessions(Struct, frozen=True):
    sessions: list[Session]


class Credentials(Input, frozen=True):
    """A name and a password."""

    name: Name
    password: Password
    bearer: Annotated[bool, Meta(description="Give a bearer token instead of a cookie.")] = False
    label: Label = ""


class NewAccount(Credentials, frozen=True):
    """A new account."""

    invitation: Code | None = None


class NewGuest(Input, frozen=True):
    """A new guest."""

    name: Name
    invitation: Code | None = None
    bearer: Annotated[bool, Meta(description="Give a bearer token; false: a cookie, for a browser.")] = True
    new_token: Annotated[
        str | None,
        Meta(
            description="A token that the client made: 64 random hexadecimal digits in lower case. If the answer is "
            "lost, the same request brings the same guest.",
        ),
    ] = None


class ProfileChanges(Input, frozen=True):
    """Changes of the caller's name, profile and quiet hours; a field that is left out stays."""

    name: Name | UnsetType = UNSET
    display: Annotated[str, Meta(max_length=4 * NAME_CHARS)] | UnsetType = UNSET
    colour: Annotated[str, Meta(max_length=32)] | UnsetType = UNSET
    zone: Annotated[str, Meta(max_length=128)] | UnsetType = UNSET
    hours: Annotated[Hours | UnsetType | None, Meta(description="null: none.")] = UNSET


class NewPassword(Input, frozen=True):
    """The old password, and the new one."""

    old: Password
    new: Password


class AccountDeletion(Input, frozen=True):
    messages: Annotated[
        Literal["keep", "erase"],
        Meta(description="Keep one's messages, as those of a deleted user, or erase them."),
    ]


class UserPage(Input, frozen=True):
    after: Annotated[int, Meta(ge=0, le=LARGEST, description="Users with a larger id. Ignored with a `query`.")] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 200
    query: Annotated[
        str, Meta(max_length=100, description="What names or display names begin with, or have; those who match best.")
    ] = ""
    next: Next = ""


class DirectoryPage(Input, frozen=True):
    query: Typed = ""
    after: Next = ""
    limit: Annotated[int, Meta(ge=1, le=DIRECTORY_PAGE)] = DIRECTORY_PAGE


# Rooms


class Room(Struct, frozen=True):
    """A room, as the caller sees it."""

    id: int
    name: Annotated[str, Meta(description="Of a direct room: the others' names.")]
    kind: Literal["public", "private", "direct"]
    topic: str
    epoch: Annotated[str, Meta(description="Another one after history was restored from a backup.")]
    tip: Annotated[int, Meta(description="The seq of the newest event.")]
    members: Annotated[int, Meta(description="How many.")]
    role: Annotated[Literal["", "owner", "moderator", "member"], Meta(description="One's own; empty: not in it.")]
    archived: bool
    read_only: bool
    slow: Annotated[int, Meta(description="Seconds between two messages of one member; 0: as many as they like.")]
    guests: Annotated[bool, Meta(description="Whether guests may come in.")]
    calls: Calls
    receipts: Annotated[bool, Meta(description="Whether its members see how far the others have read.")]
    read: Annotated[int | UnsetType, Meta(description="A member's own: the seq up to which they have read.")] = UNSET
    unread: Annotated[
        int | UnsetType, Meta(description="A member's own: how many messages of others follow on that, up to the tip.")
    ] = UNSET
    mentions: Annotated[int | UnsetType, Meta(description="A member's own: how many of those name them.")] = UNSET
    level: Level | UnsetType = UNSET
    favourite: bool | UnsetType = UNSET


class Rooms(Struct, frozen=True):
    """A page of rooms; `more` tells whether others follow."""

    rooms: list[Room]
    more: bool = False
    next: WhereNext = ""


class NewRoom(Input, frozen=True):
    """A new room."""

    name: Name
    private: bool = False


class RoomChanges(Input, frozen=True):
    """Changes of a room; a field that is left out stays."""

    name: Name | UnsetType = UNSET
    topic: Annotated[str, Meta(max_length=4 * TOPIC_CHARS)] | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    read_only: bool | UnsetType = UNSET
    guests: bool | UnsetType = UNSET
    slow: Annotated[int, Meta(ge=0, le=LARGEST, description="Seconds.")] | UnsetType = UNSET
    calls: Calls | UnsetType = UNSET
    why: Words = ""


class Member(Struct, frozen=True):
    """A member of a room."""

    id: int
    name: str
    role: Annotated[RoomRole, Meta(description="In the room.")]
    server_role: ServerRole
    online: bool
    got: Annotated[
        int | UnsetType, Meta(description="The seq up to which they have the events, in a room with receipts.")
    ] = UNSET
    read: Annotated[
        int | UnsetType, Meta(description="The seq up to which they have read, in a room with receipts.")
    ] = UNSET


class Members(Struct, frozen=True):
    """A page of a room's members; `more` tells whether others follow."""

    members: list[Member]
    more: bool = False
    next: WhereNext = ""


class ReadMark(Input, frozen=True):
    """The seq up to which the caller has read."""

    seq: Seq


class Preferences(Input, frozen=True):
    """Preferences for a room; a field that is left out stays."""

    level: Level | UnsetType = UNSET
    favourite: bool | UnsetType = UNSET


class SeqQuery(Input, frozen=True):
    at: Ms = 0


class FoundSeq(Struct, frozen=True):
    """A place in a room's log; the seq after the tip if no event is that new."""

    room: int
    epoch: str
    seq: int


class RoleChange(Input, frozen=True):
    role: RoomRole


class Reason(Input, frozen=True):
    why: Words = ""


class Restraint(Input, frozen=True):
    """The end and the reason of a ban or mute."""

    until: Until = 0
    why: Words = ""


class Restriction(Struct, frozen=True):
    """A user who is banned or muted. The name is empty if nobody holds it any more."""

    user: int
    name: str
    until: Until


class Restrictions(Struct, frozen=True):
    users: list[Restriction]


class InvitedUser(Input, frozen=True):
    """A user to invite into a room."""

    user: Annotated[Ref, Meta(description="By id or by name.")]
    why: Words = ""


# Messages


class About(Struct, frozen=True):
    """The user whom an event affects."""

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
    salt: Annotated[str, Meta(description="Random text that belongs to the event's hash (docs/protocol/proof.md).")] = (
        ""
    )
    target: Annotated[
        int, Meta(description="The seq of the event that this one is about, such as an answered message.")
    ] = 0
    thread: Annotated[int, Meta(description="The seq of the root of the message's thread.")] = 0
    reply: Annotated[int, Meta(description="In a thread, the seq of the message that this one answers.")] = 0
    also: Annotated[bool, Meta(description="Whether a message of a thread is shown in the room as well.")] = False
    sum: Annotated[str, Meta(description="What is kept of an erased event.")] = ""
    who: Annotated[str, Meta(description="What is kept of a name that was erased.")] = ""
    now: Annotated[Now | None, Meta(description="What the event is like at present.")] = None


class Page(Struct, frozen=True):
    """A part of a room's log, oldest first; `more` tells whether there is more in the direction asked for."""

    room: int
    epoch: str
    events: list[Event]
    more: bool


class PresentPage(Page, frozen=True):
    """A page in present form."""

    first: Annotated[int, Meta(description="The page covers the events from this seq on, although it lists fewer.")]
    last: Annotated[int, Meta(description="The page covers the events up to this seq.")]
    upto: Annotated[int, Meta(description="The seq of the last event that the messages include.")]


class Pins(Page, frozen=True):
    """A page of the pinned messages of a room, in present form."""

    upto: Annotated[int, Meta(description="The seq of the last event that the messages include.")]


class PageQuery(Input, frozen=True):
    before: Seq | None = None
    after: Seq | None = None
    limit: Annotated[int, Meta(ge=1, le=PAGE_EVENTS)] = 50
    everything: Annotated[bool, Meta(description="All events of the log, and not only messages.")] = False
    present: Annotated[
        bool,
        Meta(
            description="Messages as they are now, in place of what they were and the events that changed them. "
            "The answer has `first`, `last` and `upto`, too."
        ),
    ] = False


class ThreadQuery(Input, frozen=True):
    before: Seq | None = None
    after: Seq | None = None
    limit: Annotated[int, Meta(ge=1, le=PAGE_EVENTS)] = 50


class PinsQuery(Input, frozen=True):
    after: Annotated[Seq, Meta(description="Messages with a greater seq.")] = 0


class StreamQuery(Input, frozen=True):
    after: Annotated[Seq | None, Meta(description="The seq of the event to begin after; by default the newest.")] = None


class NewMessage(Input, frozen=True):
    """A new message."""

    text: Annotated[str, Meta(description=f"At most {TEXT_CHARS:,} characters.")]
    kind: MessageKind = "message"
    reply: Annotated[int, Meta(ge=0, le=LARGEST, description="The seq of the message that it answers.")] = 0
    thread: Annotated[int, Meta(ge=0, le=LARGEST, description="The seq of the root of the thread that it is in.")] = 0
    also: Annotated[bool, Meta(description="Show a message of a thread in the room as well.")] = False


class Stored(Struct, frozen=True):
    """A message that is on disk."""

    room: int
    seq: int
    key: Annotated[str, Meta(max_length=KEY_CHARS, description="The sender's key for it.")]


SAID_SINCE = 50
"""A refusal because of newer messages has at most this many of them."""


class NewText(Input, frozen=True):
    """The new text of a message."""

    text: Annotated[str, Meta(description=f"At most {TEXT_CHARS:,} characters.")]


class NewTitle(Input, frozen=True):
    """The title of a thread."""

    text: Annotated[str, Meta(max_length=4 * TOPIC_CHARS, description="Empty: none.")]


class Changed(Struct, frozen=True):
    """A change that is on disk."""

    room: int
    seq: Annotated[int, Meta(description="The seq of the event that made it so; 0: it was so already.")]


class VersionsQuery(Input, frozen=True):
    before: Annotated[Seq, Meta(description="Versions before this seq; 0: the newest.")] = 0


class Version(Struct, frozen=True):
    """A text that a message has had."""

    seq: Annotated[int, Meta(description="Of the message, or of the edit.")]
    at: Ms
    text: str


class Versions(Struct, frozen=True):
    """The texts of a message, the oldest first; `more` tells whether there are older ones."""

    room: int
    seq: int
    versions: list[Version]
    more: bool


class ReactorsQuery(Input, frozen=True):
    emoji: Annotated[str, Meta(max_length=64, description="An emoji, or its name between colons, such as `:+1:`.")]
    after: Annotated[Seq, Meta(description="The `next` of the page before.")] = 0
    limit: Annotated[int, Meta(ge=1, le=DIRECTORY_PAGE)] = DIRECTORY_PAGE


class Reactor(Struct, frozen=True):
    """A user who reacts. The name is empty if nobody holds it any more."""

    id: int
    name: str


class Reactors(Struct, frozen=True):
    """A page of the users who react to a message with an emoji, in the order in which they did."""

    room: int
    seq: int
    emoji: Annotated[str, Meta(description="In the spelling in which it is stored.")]
    users: list[Reactor]
    more: bool
    next: Annotated[int, Meta(description="What the next page is asked for with.")]


class NewConversation(Input, frozen=True):
    """The people of a direct room, and perhaps a message."""

    to: Annotated[list[Ref], Meta(min_length=1, max_length=20, description="By id or by name.")]
    text: str | None = None
    kind: MessageKind = "message"


class Conversation(Struct, frozen=True):
    """A direct room, and the message that was sent."""

    room: Room
    message: Stored | None


# Ways in, and administration


class Invitation(Struct, frozen=True):
    """An invitation to the server."""

    id: Annotated[str, Meta(description="The SHA-256 of its code.")]
    uses: Annotated[int, Meta(description="How often it can still be used; 0: any number.")]
    until: Until
    room: Annotated[int, Meta(description="The id of the room it leads to; 0: the lobby.")]
    role: Annotated[str, Meta(description="Of the account made with it; empty: guests may use it as well.")]
    label: str
    by: Annotated[int, Meta(description="The id of the one who made it.")]


class InvitationPreview(Struct, frozen=True):
    """What an invitation grants."""

    role: Annotated[str, Meta(description="Of the account made with it; empty: guests may use it as well.")]
    room: Annotated[str, Meta(description="The name of the room it leads to; empty: the lobby.")]


class Invitations(Struct, frozen=True):
    invitations: list[Invitation]


class NewInvitation(Input, frozen=True):
    """A new invitation."""

    uses: Annotated[int, Meta(ge=0, le=1_000_000, description="How often it can be used; 0: any number.")] = 1
    until: Until = 0
    room: Annotated[Ref | None, Meta(description="The room it leads to, by id or by name.")] = None
    role: Literal["", "member", "admin", "owner"] = ""
    label: Label = ""


class Link(Struct, frozen=True):
    """A new invitation. Its code is shown only here."""

    invitation: Invitation
    code: str
    url: str


class ServerInfo(Struct, frozen=True):
    """Who may enter the server, and how they reach it."""

    url: Annotated[str, Meta(description="The server's address, as its configuration has it.")]
    access: Annotated[Literal["open", "invite", "members"], Meta(description="Who may enter.")]
    loopback: Annotated[bool, Meta(description="Whether only the server's own machine can reach it.")]
    plaintext: Annotated[bool, Meta(description="Whether other machines may speak to it without TLS.")]
    alone: Annotated[
        bool, Meta(description="Whether nobody else has an account, bots aside, and no other guest is connected.")
    ]


class Webhook(Struct, frozen=True, omit_defaults=True):
    """A webhook of a room: `out` sends its events to a program, `in` lets one post messages."""

    id: Annotated[str, Meta(description="`in-` or `out-` and a number.")]
    direction: Literal["in", "out"]
    label: Annotated[str, Meta(description="Of an incoming one: the name of its bot.")]
    url: str = ""
    kinds: Annotated[list[str], Meta(description="The kinds of events it gets; empty: all.")] = []
    acked: Annotated[int, Meta(description="The seq up to which the endpoint has acknowledged.")] = 0
    parked: Annotated[str | None, Meta(description="Why nothing is sent any more.")] = None
    trouble: Annotated[str | None, Meta(description="What went wrong at the last attempt.")] = None


class Webhooks(Struct, frozen=True):
    webhooks: list[Webhook]


class NewWebhook(Input, frozen=True):
    """A new webhook: an outgoing one with a URL, an incoming one without."""

    label: Name
    url: Annotated[str, Meta(max_length=2_000)] = ""
    kinds: Annotated[list[Annotated[str, Meta(max_length=32)]], Meta(max_length=32)] = []


class NewlyMadeWebhook(Struct, frozen=True, omit_defaults=True):
    """A new webhook. The secret, or the URL to post to, is shown only here."""

    webhook: Webhook
    secret: str = ""
    url: str = ""


class Account(User, frozen=True):
    """An account, as owners and admins of the server see it."""

    disabled: bool
    rooms: Annotated[int, Meta(description="How many rooms it is in.")]


class Accounts(Struct, frozen=True):
    users: list[Account]
    more: bool


class AccountForOther(Input, frozen=True):
    """A new account for somebody else. A bot gets a token, everybody else needs a password."""

    name: Name
    password: Password | None = None
    role: Literal["member", "admin", "owner", "bot"] = "member"
    label: Label = ""


class AccountChanges(Input, frozen=True):
    """Changes of an account; a field that is left out stays."""

    name: Name | UnsetType = UNSET
    role: Literal["owner", "admin", "member"] | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET
    why: Words = ""


class PasswordReset(Input, frozen=True):
    new: Password


class NewToken(Input, frozen=True):
    """A new token for a bot, or for a script of one's own."""

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


class MessagesOfUser(Input, frozen=True):
    since: Annotated[Ms, Meta(description="The time of the first message to delete, in milliseconds since 1970 UTC.")]
    until: Annotated[Ms, Meta(description="The time of the last message to delete, in milliseconds since 1970 UTC.")]
    room: Annotated[str, Meta(max_length=2 * NAME_CHARS, description="A room's id or name; empty: all rooms.")] = ""
    why: Words = ""


class ErasedInRoom(Struct, frozen=True, omit_defaults=True):
    """How many messages were deleted in a room."""

    room: int
    name: str
    erased: int
    refused: Annotated[str, Meta(description="The code of the reason why messages there were not deleted.")] = ""


class Erased(Struct, frozen=True):
    """What was deleted. `more`: there are further messages; the same request deletes them."""

    rooms: list[ErasedInRoom]
    more: bool


class AuditQuery(Input, frozen=True):
    before: Annotated[str, Meta(pattern=r"^[0-9]{1,15}\.[0-9]{1,15}\.[0-9]{1,15}$")] | None = None
    limit: Annotated[int, Meta(ge=1, le=PAGE_EVENTS)] = 50


class Audited(Struct, frozen=True, omit_defaults=True):
    """An event of the audit log. Room 0 is the server itself."""

    room: int
    seq: int
    at: Ms
    user: int
    name: str
    kind: str
    text: str
    about: About | None = None


class Audit(Struct, frozen=True):
    """A page of the audit log, newest first. `before` asks for the page before it; null: there is none."""

    entries: list[Audited]
    before: str | None
