"""The frames of the native protocol (docs/protocol/web.md), as types and as JSON."""

from typing import Annotated, Any, Final, Literal, cast

import msgspec
from msgspec import Meta, Struct, field

from .encoding import without_lone_surrogates
from .limits import DIRECTORY_PAGE

PROTOCOL: Final = 1

MESSAGE: Final = "message"
"""The kind of most events. Frames leave it out."""


Level = Literal["all", "mentions", "nothing"]
"""What a user is notified of in a room."""


class FrameError(ValueError):
    """A frame could not be read; the text says why, for its sender."""


# Rooms and events on the wire
# -------------------------------------------------------------------------------------


class About(Struct, omit_defaults=True, frozen=True):
    """The user whom an event affects. `until` is in milliseconds since 1970 UTC; 0: permanent."""

    user: int
    name: str
    until: int = 0


class Reaction(Struct, frozen=True, array_like=True):
    """An emoji, how many users react with it, and whether the reader is one of them."""

    emoji: str
    count: int
    mine: bool


class Now(Struct, omit_defaults=True, frozen=True):
    """What an event is like at present. Its hashes never cover this.

    `text` and `mentions` are those of the newest edit, whose seq is `edited`; `edits` is how many there were. `erased`
    is the seq of the event that erased it, `by` the id of the user who did, `name` the author's present name.
    `reactions` are in the order of the first of each. Of a thread's root, `replies` is the number of messages in the
    thread, `last` the seq of the newest one and `title` the thread's title. `pinned` is the seq of the event that
    pinned it.
    """

    text: str = ""
    mentions: tuple[int, ...] = ()
    edited: int = 0
    edits: int = 0
    erased: int = 0
    by: int = 0
    name: str = ""
    reactions: tuple[Reaction, ...] = ()
    replies: int = 0
    last: int = 0
    title: str = ""
    pinned: int = 0


class Event(Struct, omit_defaults=True, frozen=True):
    """An event as sent to clients. `at` is in milliseconds since 1970 UTC. `mentions` holds the ids of the users whom
    the message mentions; 0 stands for all members of the room. The fields from `target` on are those of
    `parley.core.events.RelatedEvent`.
    """

    seq: int
    at: int
    user: int
    name: str
    kind: str = MESSAGE
    text: str = ""
    about: About | None = None
    mentions: tuple[int, ...] = ()
    bot: bool = False
    salt: str = ""
    target: int = 0
    thread: int = 0
    reply: int = 0
    also: bool = False
    sum: str = ""
    who: str = ""
    now: Now | None = None


class Run(Struct, frozen=True):
    """In a folded page: the place holder of consecutive comings and goings, from the seq `first` to `last`, both
    inclusive. `newest` has the last of them, oldest first.
    """

    first: int
    last: int
    newest: list[Event]


class Person(Struct, frozen=True, omit_defaults=True):
    """A user. `role` is the role on the server, `display` the display name, `colour` the avatar's colour."""

    id: int
    name: str
    role: str = "guest"
    display: str = ""
    colour: str = ""


class Member(Struct, frozen=True, omit_defaults=True):
    """A member of a room. `role` is the role in the room. `got` and `read` are the seqs up to which the member has
    received and read the room's events; 0 if the room has no receipts. `since` is the seq at which they joined.
    """

    id: int
    name: str
    online: bool
    role: str = "member"
    bot: bool = False
    display: str = ""
    colour: str = ""
    got: int = 0
    read: int = 0
    since: int = 0


class Room(Struct, frozen=True, omit_defaults=True):
    """A room as its reader sees it. The stream of events begins right after `after`; None if there is no stream.
    If `folded` is set, the client has the events up to there, and asks for the changes of older messages (`changes`).
    `floor` is the first seq that this user may see. `read` is the seq up to which this user has read; `unread` counts
    the messages of others from there to the tip, `mentions` those of them that mention the user.
    """

    id: int
    name: str
    kind: str
    topic: str
    epoch: str
    tip: int
    members: int
    after: int | None = None
    floor: int = 1
    archived: bool = False
    read_only: bool = False
    slow: int = 0
    read: int = 0
    unread: int = 0
    mentions: int = 0
    level: Level = "mentions"
    favourite: bool = False
    receipts: bool = False
    calls: str = "members"
    folded: int = 0


class Hours(Struct, frozen=True):
    """Do-not-disturb hours: minutes since the user's local midnight. If `end` is less than `begin`, the hours span
    midnight.
    """

    begin: int
    end: int


class Mark(Struct, frozen=True, array_like=True):
    """The seqs up to which a member has received (`got`) and read the events of a room."""

    user: int
    got: int
    read: int


class Seen(Struct, frozen=True, omit_defaults=True):
    """The seq up to which a client has the events of a room, in the room's epoch `epoch`.

    If more than `fold` events follow, the server does not stream them: it begins the stream at the tip and says so in
    the room's `folded`. 0: it always streams them.
    """

    epoch: str
    seq: int
    fold: int = 0


class SeenRoom(Struct, frozen=True, omit_defaults=True):
    """The seq up to which a client has the events of the room `room`, in the epoch `epoch`; see `Seen`."""

    room: int
    epoch: str
    seq: int
    fold: int = 0


class Limits(Struct, frozen=True):
    """The server's limits, announced in `ready`."""

    frame_bytes: int
    text_chars: int
    name_chars: int
    topic_chars: int
    page: int


# From the client
# --------------------------------------------------------------------------------------------------------------------


Id = Annotated[str, Meta(min_length=1, max_length=64)]
"""The client's id for a request; the answer repeats it."""


Query = Annotated[str, Meta(max_length=100)]
"""The text that a user typed to find rooms, members or people; empty: all of them, in the order of their names."""

Next = Annotated[str, Meta(max_length=200)]
"""The place at which a page begins: the field `next` of the previous page; empty for the first page."""


class _FromClient(Struct, tag_field="t", frozen=True, omit_defaults=True):
    pass


class Change(_FromClient, frozen=True, kw_only=True):
    """A frame that requests a change. With a `key`, chosen by the sender, the change is made once, however often the
    frame is sent.
    """

    key: str | None = None


class Hello(_FromClient, frozen=True, tag="hello"):
    protocol: int
    name: str | None = None
    token: str | None = None
    seen: list[SeenRoom] = field(default_factory=list)
    password: str | None = None
    invitation: str | None = None
    new_token: str | None = None


class Join(Change, frozen=True, tag="join"):
    name: str
    id: Id | None = None
    seen: Seen | None = None
    room: int = 0


class Create(Change, frozen=True, tag="create"):
    name: str
    private: bool = False
    id: Id | None = None


class Gather(Change, frozen=True, tag="gather"):
    names: list[str]
    id: Id | None = None


class Moderate(Change, frozen=True, tag="moderate"):
    room: int
    action: Literal[
        "invite", "kick", "ban", "mute", "role", "rename", "archive", "slow", "read_only", "guests", "calls"
    ]
    whom: str = ""
    undo: bool = False
    until: int = 0
    value: str = ""
    why: str = ""
    id: Id | None = None
    lasting: int = 0


class Register(_FromClient, frozen=True, tag="register"):
    password: str
    invitation: str | None = None
    id: Id | None = None


class Leave(Change, frozen=True, tag="leave"):
    room: int
    words: str = ""
    id: Id | None = None


class Watch(_FromClient, frozen=True, tag="watch"):
    name: str
    id: Id | None = None
    seen: Seen | None = None


class Unwatch(_FromClient, frozen=True, tag="unwatch"):
    room: int
    id: Id | None = None


class Send(_FromClient, frozen=True, tag="send"):
    """With `if_tip`, here and in other frames, the frame is refused if somebody has said something since that seq."""

    key: str
    room: int
    text: str
    kind: str = "message"
    reply: int = 0
    thread: int = 0
    also: bool = False
    if_tip: int | None = None


class _OfMessage(Change, frozen=True, kw_only=True):
    """Changes the message `seq` of a room."""

    room: int
    seq: int
    id: Id | None = None


class Edit(_OfMessage, frozen=True, tag="edit"):
    text: str
    if_edited: int | None = None


class Erase(_OfMessage, frozen=True, tag="erase"):
    why: str = ""


class React(_OfMessage, frozen=True, tag="react"):
    emoji: str
    on: bool = True


class Pin(_OfMessage, frozen=True, tag="pin"):
    on: bool = True
    if_tip: int | None = None


class SetTitle(_OfMessage, frozen=True, tag="title"):
    text: str


class GetPins(_FromClient, frozen=True, tag="pins"):
    """Ask for the pinned messages with a seq greater than `after`."""

    room: int
    id: Id | None = None
    after: int = 0


class GetChanges(_FromClient, frozen=True, tag="changes"):
    """Ask for the messages that were changed after the seq `after`, in present form."""

    room: int
    after: int
    limit: int
    id: Id | None = None


class GetVersions(_FromClient, frozen=True, tag="versions"):
    """Ask for the last versions of a message before the seq `before`; 0: the newest."""

    room: int
    seq: int
    id: Id | None = None
    before: int = 0


class GetReactors(_FromClient, frozen=True, tag="reactors"):
    """Ask who reacts to a message with an emoji. `after` is the `next` of the previous page."""

    room: int
    seq: int
    emoji: str
    after: int = 0
    id: Id | None = None


class Tell(_FromClient, frozen=True, tag="tell"):
    key: str
    to: str
    text: str
    kind: str = "message"


class Rename(Change, frozen=True, tag="rename"):
    name: str
    id: Id | None = None


class SetTopic(Change, frozen=True, tag="topic"):
    room: int
    topic: str
    id: Id | None = None
    if_tip: int | None = None


class History(_FromClient, frozen=True, tag="history"):
    room: int
    limit: int
    before: int | None = None
    after: int | None = None
    messages: bool = False
    id: Id | None = None
    fold: bool = False
    present: bool = False
    thread: int = 0


class _GetPage(_FromClient, frozen=True, kw_only=True):
    """Asks for a page of a list: `query` is what was typed, `after` the `next` of the page before."""

    id: Id | None = None
    query: Query = ""
    after: Next = ""
    limit: int = DIRECTORY_PAGE


class GetMembers(_GetPage, frozen=True, tag="members"):
    room: int


class GetRooms(_GetPage, frozen=True, tag="rooms"):
    pass


class GetPeople(_GetPage, frozen=True, tag="people"):
    pass


class GetServer(_FromClient, frozen=True, tag="server"):
    id: Id | None = None


class Typing(_FromClient, frozen=True, tag="typing"):
    room: int


class Read(_FromClient, frozen=True, tag="read"):
    room: int
    seq: int


class Got(_FromClient, frozen=True, tag="got"):
    room: int
    seq: int


class Prefer(Change, frozen=True, tag="prefer"):
    """Set the given fields; fields left out stay as they are. `hours` null: remove the hours."""

    room: int = 0
    level: Level | None = None
    favourite: bool | None = None
    hours: Hours | msgspec.UnsetType | None = msgspec.UNSET
    id: Id | None = None


class Find(_FromClient, frozen=True, tag="find"):
    room: int
    at: int
    id: Id | None = None


class Bye(_FromClient, frozen=True, tag="bye"):
    words: str = ""


FromClient = (
    Hello
    | Join
    | Create
    | Gather
    | Moderate
    | Register
    | Leave
    | Watch
    | Unwatch
    | Send
    | Edit
    | Erase
    | React
    | Pin
    | SetTitle
    | GetPins
    | GetChanges
    | GetVersions
    | GetReactors
    | Tell
    | Rename
    | SetTopic
    | History
    | GetMembers
    | GetRooms
    | GetPeople
    | GetServer
    | Typing
    | Read
    | Got
    | Prefer
    | Find
    | Bye
)


# From the server
# --------------------------------------------------------------------------------------------------------------------


class _FromServer(Struct, tag_field="t", frozen=True, omit_defaults=True):
    pass


class Ready(_FromServer, frozen=True, tag="ready", omit_defaults=False):
    protocol: int
    server: str
    user: Person | None
    rooms: list[Room]
    limits: Limits
    token: str | None = None
    hours: Hours | msgspec.UnsetType = msgspec.UNSET


class Joined(_FromServer, frozen=True, tag="joined"):
    room: Room
    id: str | None = None


class Watching(_FromServer, frozen=True, tag="watching"):
    room: Room
    id: str | None = None


class Left(_FromServer, frozen=True, tag="left"):
    room: int
    seq: int


class Invited(_FromServer, frozen=True, tag="invited"):
    room: int
    name: str
    by: Person


class Done(_FromServer, frozen=True, tag="done"):
    """A change was made. Of a change of a message, `room` and `seq` are the place of its event; 0: nothing changed."""

    id: str | None = None
    room: int = 0
    seq: int = 0


class Stored(_FromServer, frozen=True, tag="stored"):
    key: str
    room: int
    seq: int


class Events(_FromServer, frozen=True, tag="events"):
    room: int
    events: list[Event]


class Page(_FromServer, frozen=True, tag="page"):
    room: int
    epoch: str
    events: list[Event]
    more: bool
    id: str | None = None
    runs: list[Run] = field(default_factory=list)
    first: int = 0
    last: int = 0
    upto: int = 0


class Forms(_FromServer, frozen=True, tag="forms"):
    """Messages that were changed, in present form and in the order of their newest change, and the seqs of those that
    were erased. The next page begins after `next`.
    """

    room: int
    epoch: str
    events: list[Event]
    erased: list[int]
    next: int
    upto: int
    more: bool
    id: str | None = None


class Version(Struct, frozen=True):
    """A text that a message has had; `seq` is that of the message or the edit, `at` its time."""

    seq: int
    at: int
    text: str


class Versions(_FromServer, frozen=True, tag="versions"):
    room: int
    seq: int
    versions: list[Version]
    id: str | None = None
    more: bool = False


class Reactor(Struct, frozen=True):
    """A user who reacts with an emoji."""

    id: int
    name: str


class Reactors(_FromServer, frozen=True, tag="reactors"):
    room: int
    seq: int
    emoji: str
    users: list[Reactor]
    id: str | None = None
    more: bool = False
    next: int = 0


class Rooms(_FromServer, frozen=True, tag="rooms"):
    rooms: list[Room]
    id: str | None = None
    more: bool = False
    next: str = ""


class Members(_FromServer, frozen=True, tag="members"):
    room: int
    members: list[Member]
    id: str | None = None
    more: bool = False
    next: str = ""


class ServerInfo(_FromServer, frozen=True, tag="server", omit_defaults=False):
    """Who may enter the server, how they reach it, and whether the user is `alone` there."""

    url: str
    access: Literal["open", "invite", "members"]
    loopback: bool
    plaintext: bool
    alone: bool
    id: str | None = None


class PersonHere(Struct, frozen=True, omit_defaults=True):
    """A user in a list of people. `online` tells whether they are connected."""

    id: int
    name: str
    role: str = "guest"
    display: str = ""
    colour: str = ""
    online: bool = False


class People(_FromServer, frozen=True, tag="people"):
    people: list[PersonHere]
    id: str | None = None
    more: bool = False
    next: str = ""


class Signal(_FromServer, frozen=True, tag="signal"):
    kind: str
    room: int
    user: int
    name: str
    online: bool | None = None


class Unread(_FromServer, frozen=True, tag="unread"):
    """The user's own unread counts in a room. They count the events up to the seq `upto`."""

    room: int
    read: int
    upto: int
    unread: int = 0
    mentions: int = 0


class Marks(_FromServer, frozen=True, tag="marks"):
    room: int
    marks: list[Mark]


class Preferred(_FromServer, frozen=True, tag="preferred"):
    """The user's preferences have changed: those for a room, or, without a room, the hours."""

    room: int = 0
    level: Level = "mentions"
    favourite: bool = False
    hours: Hours | None = None


class Found(_FromServer, frozen=True, tag="found"):
    room: int
    seq: int
    id: str | None = None


class Error(_FromServer, frozen=True, tag="error"):
    code: str
    message: str
    id: str | None = None
    key: str | None = None
    retry_after: int | None = None


class Goodbye(_FromServer, frozen=True, tag="bye"):
    reason: str | None = None
    retry_after: int | None = None


FromServer = (
    Ready
    | Joined
    | Watching
    | Left
    | Invited
    | Done
    | Stored
    | Events
    | Page
    | Forms
    | Versions
    | Reactors
    | Rooms
    | Members
    | People
    | ServerInfo
    | Signal
    | Unread
    | Marks
    | Preferred
    | Found
    | Error
    | Goodbye
)

_encode = msgspec.json.Encoder().encode
_client_decoder = msgspec.json.Decoder(FromClient)
_server_decoder = msgspec.json.Decoder(FromServer)
_any_decoder = msgspec.json.Decoder(dict[str, Any])


def encode(frame: FromClient | FromServer) -> bytes:
    """Return the frame's JSON."""
    return _encode(frame)


encode_event = _encode
"""Return one event's JSON, for `join_events`."""


def join_events(room: int, events: list[bytes]) -> bytes:
    """Return the JSON of an `events` frame from the JSON of its events; the same as encoding `Events`."""
    return b'{"t":"events","room":%d,"events":[%b]}' % (room, b",".join(events))


def decode_from_client(data: bytes | str) -> FromClient:
    """Read a client's frame.

    Raises:
        FrameError: it is not JSON, has no known `t`, or a field has the wrong type.
    """
    try:
        try:
            return cast("FromClient", _client_decoder.decode(data))
        except msgspec.DecodeError:
            whole = without_lone_surrogates(data.encode() if isinstance(data, str) else data)
            return cast("FromClient", _client_decoder.decode(whole))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FrameError(_explain(error)) from None


def decode_from_server(data: bytes | str) -> FromServer | None:
    """Read a server's frame; None for a frame type that this version does not know.

    Raises:
        FrameError: it is not a valid frame.
    """
    try:
        return cast("FromServer", _server_decoder.decode(data))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        known = {member.__struct_config__.tag for member in FromServer.__args__}
        try:
            if _any_decoder.decode(data).get("t") not in known:
                return None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        raise FrameError(_explain(error)) from None


def _explain(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error)
