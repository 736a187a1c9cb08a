"""Changes of messages, and messages that answer others.

These rules get the present forms of the messages that the command names; see `parley.core.forms`.
"""

from collections.abc import Sequence

from parley.core.commands import Edit, Erase, EraseMany, Pin, React, Reply, SetTitle
from parley.core.decision import Decision
from parley.core.emoji import emoji_of, is_one_base
from parley.core.events import DIRECTORY, MACHINE, About, Event, RelatedEvent
from parley.core.forms import Message
from parley.core.kinds import Kind
from parley.core.mentions import Online, mentions
from parley.core.records import Record, Recount
from parley.core.refusals import Refusal, refuse
from parley.core.roles import RANKS, first_visible_seq, may, rank
from parley.core.state import Room, State, User
from parley.core.text import TOPIC_CHARS, normalized, single_line

from .common import Policy, said_since, words
from .speaking import kept_from_writing, text_problem

REACTIONS_MOST = 20
"""A message has at most this many different reactions."""

PINS_MOST = 100

Forms = Sequence[Message | None]
"""The messages that a command names, in the order of `parley.core.commands.named_messages`; None for one that does not
exist.
"""


def send_reply(
    state: State, command: Reply, at: int, policy: Policy, online: Online, forms: Forms
) -> Decision | Refusal:
    place = _place(state, command.room, command.user)
    if isinstance(place, Refusal):
        return place
    room, user = place
    answered, root = forms
    for message, seq in ((answered, command.answers), (root, command.thread)):
        if seq and not _is_visible(room, user, message):
            return refuse("message_unknown")
    text = normalized(command.text)
    if problem := text_problem(text, command.key) or kept_from_writing(state, room, user, at):
        return problem
    if problem := said_since(room, command.if_tip):
        return problem
    reply = 0
    if root is not None:
        if root.thread:
            return refuse("thread_nested")
        if answered is not None and answered.seq != root.seq:
            if answered.thread != root.seq:
                return refuse("message_unknown")
            reply = answered.seq
    elif answered is not None and answered.thread:
        # An answer to a message of a thread belongs to that thread.
        return refuse("thread_nested")
    thread = command.thread
    mentioned = mentions(state, room, user, text, online) if "@" in text else None
    event = RelatedEvent(
        room.id, room.tip + 1, at, user.id, user.name, command.kind, text, command.key, None, mentioned,
        target=thread or command.answers, thread=thread, reply=reply, also=bool(thread and command.also),
    )  # fmt: skip
    return Decision([event])


def edit(state: State, command: Edit, at: int, policy: Policy, online: Online, forms: Forms) -> Decision | Refusal:
    target = _target(state, command, forms)
    if isinstance(target, Refusal):
        return target
    room, user, message = target
    if message.user != user.id:
        return refuse("not_allowed")
    if message.erased:
        return refuse("message_deleted")
    text = normalized(command.text)
    if problem := text_problem(text, command.key) or kept_from_writing(state, room, user, at, slow=False):
        return problem
    window = policy.edit_seconds
    if window is not None and max(at - message.at, 0) >= window * 1000:
        return refuse("edit_closed", window=_in_words(window))
    if command.if_edited is not None and command.if_edited != message.edited:
        return refuse("changed")
    mentioned = mentions(state, room, user, text, online) if "@" in text else None
    if (text, mentioned) == (message.text, message.mentions):
        return Decision([])
    event = _change(room, user, message, "edited", text, at, command.key, mentions=mentioned)
    records: list[Record] = []
    if mentioned != message.mentions:
        before, after = message.mentions or (), mentioned or ()
        records.append(Recount(room.id, message.seq, message.user, before, after, False))
    return Decision([event], records)


def erase(state: State, command: Erase, at: int, policy: Policy, online: Online, forms: Forms) -> Decision | Refusal:
    place = _place_of_eraser(state, command.room, command.user)
    if isinstance(place, Refusal):
        return place
    room, user = place
    message = forms[0]
    if problem := _kept_from_erasing(state, room, user, message):
        return problem
    assert message is not None
    return Decision([]) if message.erased else _erased(room, user, [message], command.why, at, command.key)


def erase_many(
    state: State, command: EraseMany, at: int, policy: Policy, online: Online, forms: Forms
) -> Decision | Refusal:
    place = _place_of_eraser(state, command.room, command.user)
    if isinstance(place, Refusal):
        return place
    room, user = place
    messages = {}
    for message in forms[: len(command.seqs)]:
        if problem := _kept_from_erasing(state, room, user, message):
            return problem
        assert message is not None
        if not message.erased:
            messages[message.seq] = message
    return _erased(room, user, list(messages.values()), command.why, at, None)


def _place_of_eraser(state: State, room: int, user: int) -> tuple[Room, User | None] | Refusal:
    """Return the room, and the user who deletes messages there; None for the server's owner."""
    known, actor = state.rooms.get(room), None if user == MACHINE else state.users.get(user)
    if known is None or known.id == DIRECTORY:
        return refuse("room_not_joined")
    if user != MACHINE and (actor is None or not _may_act(state, known, actor)):
        return refuse("room_not_joined")
    return known, actor


def _kept_from_erasing(state: State, room: Room, user: User | None, message: Message | None) -> Refusal | None:
    if message is None or (user is not None and not _is_visible(room, user, message)):
        return refuse("message_unknown")
    if user is not None and message.user != user.id:
        if not may(state, room, user, "erase"):
            return refuse("not_allowed")
        author = state.users.get(message.user)
        if rank(state, room, author) >= rank(state, room, user):
            return refuse("outranked", name=message.name)
    return None


def _erased(room: Room, user: User | None, messages: Sequence[Message], why: str, at: int, key: str | None) -> Decision:
    events: list[Event] = []
    for ahead, message in enumerate(messages):
        whom = About(message.user, message.name)
        events.append(_change(room, user, message, "erased", words(why), at, key, about=whom, ahead=ahead))
    return Decision(events, [Recount(room.id, each.seq, each.user, each.mentions or (), (), True) for each in messages])


def react(state: State, command: React, at: int, policy: Policy, online: Online, forms: Forms) -> Decision | Refusal:
    target = _target(state, command, forms)
    if isinstance(target, Refusal):
        return target
    room, user, message = target
    emoji = emoji_of(command.emoji)
    if emoji is None:
        return refuse("emoji_invalid")
    if room.archived:
        return refuse("archived")
    until = room.mutes.get(user.id)
    if until is not None and (until == 0 or until > at):
        return refuse("muted", until - at if until else None)
    if message.erased:
        return refuse("message_deleted")
    mine = [each for each, users in message.reactions.items() if user.id in users]
    if not command.on:
        return Decision([_change(room, user, message, "unreacted", emoji, at, command.key)] if emoji in mine else [])
    if emoji in mine:
        return Decision([])
    # A person has one skin tone of an emoji: a second one replaces it.
    replaced = [each for each in mine if is_one_base(each, emoji)]
    events: list[Event] = [
        _change(room, user, message, "unreacted", each, at, None, ahead=ahead) for ahead, each in enumerate(replaced)
    ]
    if emoji not in message.reactions and len(message.reactions) >= REACTIONS_MOST:
        return refuse("reactions_too_many", limit=REACTIONS_MOST)
    events.append(_change(room, user, message, "reacted", emoji, at, command.key, ahead=len(events)))
    return Decision(events)


def pin(state: State, command: Pin, at: int, policy: Policy, online: Online, forms: Forms) -> Decision | Refusal:
    target = _target(state, command, forms)
    if isinstance(target, Refusal):
        return target
    room, user, message = target
    if not may(state, room, user, "pin"):
        return refuse("not_allowed")
    if room.archived:
        return refuse("archived")
    # The pin of a message that was erased with its author's account can still be removed.
    if message.erased and command.on:
        return refuse("message_deleted")
    if problem := said_since(room, command.if_tip):
        return problem
    if bool(message.pinned) == command.on:
        return Decision([])
    if command.on and len(room.pins) >= PINS_MOST:
        return refuse("pins_full", limit=PINS_MOST)
    return Decision([_change(room, user, message, "pinned" if command.on else "unpinned", "", at, command.key)])


def set_title(
    state: State, command: SetTitle, at: int, policy: Policy, online: Online, forms: Forms
) -> Decision | Refusal:
    target = _target(state, command, forms)
    if isinstance(target, Refusal):
        return target
    room, user, message = target
    if message.thread:
        return refuse("thread_nested")
    if message.user != user.id and rank(state, room, user) < RANKS["moderator"]:
        return refuse("not_allowed")
    if problem := kept_from_writing(state, room, user, at, slow=False):
        return problem
    if message.erased:
        return refuse("message_deleted")
    title = single_line(command.text)
    if len(title) > TOPIC_CHARS:
        return refuse("topic_invalid")
    if title == message.title:
        return Decision([])
    return Decision([_change(room, user, message, "titled", title, at, command.key)])


def _place(state: State, room: int, user: int) -> tuple[Room, User] | Refusal:
    """Return the room and the user of a command; a refusal if the user is not a member, or may do nothing."""
    known, actor = state.rooms.get(room), state.users.get(user)
    if actor is None:
        return refuse("name_needed")
    if known is None or known.id == DIRECTORY or user not in known.members:
        return refuse("room_not_joined")
    if actor.disabled:
        return refuse("account_disabled")
    return known, actor


def _target(state: State, command: Edit | React | Pin | SetTitle, forms: Forms) -> tuple[Room, User, Message] | Refusal:
    """Return the room, the user and the message of a command; a refusal as that of `_place`, or if the user does not
    see the message.
    """
    place = _place(state, command.room, command.user)
    if isinstance(place, Refusal):
        return place
    [message] = forms
    if message is None or not _is_visible(*place, message):
        return refuse("message_unknown")
    return *place, message


def _may_act(state: State, room: Room, user: User) -> bool:
    return not user.disabled and (user.id in room.members or rank(state, room, user) > 0)


def _is_visible(room: Room, user: User, message: Message | None) -> bool:
    return message is not None and message.seq >= first_visible_seq(room, user.id)


def _change(
    room: Room,
    user: User | None,
    message: Message,
    kind: Kind,
    text: str,
    at: int,
    key: str | None,
    *,
    about: About | None = None,
    mentions: tuple[int, ...] | None = None,
    ahead: int = 0,
) -> RelatedEvent:
    id_, name = (0, "parley") if user is None else (user.id, user.name)
    return RelatedEvent(
        room.id, room.tip + 1 + ahead, at, id_, name, kind, text, key, about, mentions,
        target=message.seq, thread=message.thread,
    )  # fmt: skip


def _in_words(seconds: int) -> str:
    if not seconds:
        return "no time at all"
    for name, size in (("hours", 3_600), ("minutes", 60)):
        if seconds % size == 0:
            return f"{seconds // size} {name}"
    return f"{seconds} seconds"
