"""Refusals: the closed set of reasons why a request fails."""

from typing import Final

from msgspec import Struct

from .text import KEY_CHARS, NAME_CHARS, PASSWORD_LEAST, PASSWORD_MOST, TEXT_CHARS, TEXT_LINES, TOPIC_CHARS


class Refusal(Struct, frozen=True, gc=False):
    """Why a request failed.

    Attributes:
        code: the reason, one of `SENTENCES`.
        message: a sentence for the user.
        retry_after: milliseconds after which the same request may succeed; None if retrying is pointless.
    """

    code: str
    message: str
    retry_after: int | None = None


SENTENCES: Final = {
    # names
    "name_invalid": (
        f"A name has 1 to {NAME_CHARS} letters, digits or any of _ - . [ ] {{{{ }}}} | ^ ` \\ and no spaces."
    ),
    "name_taken": "The name {name} is taken. Choose another.",
    "name_needed": "Choose a name first: this needs one.",
    "token_unknown": "The server does not know this resume token. Start again with a name.",
    # accounts
    "sign_in_needed": "This server is for people who have an account here. Sign in.",
    "sign_in_wrong": "That is not the right name and password.",
    "sign_in_throttled": "Too many attempts. Try again in {seconds:.0f} s.",
    "password_needed": "{name} is the name of an account here. Its password is needed.",
    "session_unknown": "This session has ended. Sign in again.",
    "account_disabled": "This account is disabled. Whoever runs the server can tell you more.",
    "account_needed": "This needs an account.",
    "account_there": "You have an account already.",
    "account_unknown": "There is no account called {name} here.",
    "password_invalid": f"A password has {PASSWORD_LEAST} to {PASSWORD_MOST} characters.",
    "profile_invalid": "This can't stand in a profile: {why}.",
    "invitation_needed": "People come to this server by invitation. The one who told you of it can give you one.",
    "invitation_unknown": "This invitation does not exist, or not any more.",
    "invitation_invalid": "There is no such invitation: {why}.",
    # permissions
    "not_allowed": "You may not do that here.",
    "outranked": "{name} has as much say here as you.",
    "owner_last": "There has to be an owner. Make somebody else one first.",
    "banned": "You are banned from this room.",
    "muted": "You are muted in this room.",
    "slow": "This room is in slow mode. You can write again in {seconds:.0f} s.",
    "read_only": "Only moderators write in this room.",
    "archived": "This room is archived: it can be read, and nothing more.",
    "guests_closed": "This room is closed to guests. It needs an account.",
    "member_unknown": "{name} is not in this room.",
    "hook_unknown": "There is no such webhook here.",
    "value_invalid": "That can't be: {why}.",
    # rooms
    "room_invalid": (
        f"A room's name has 1 to {NAME_CHARS} letters, digits or any of _ - . [ ] {{{{ }}}} | ^ ` \\ and no spaces."
    ),
    "room_taken": "There is a room called #{name} already.",
    "room_unknown": "There is no such room here.",
    "room_not_joined": "You are not in that room. Join it first.",
    "room_direct": "That can't be done in a direct conversation.",
    "rooms_too_many": "You are in {limit} rooms, and more are not allowed. Leave one first.",
    "topic_invalid": f"A topic has at most {TOPIC_CHARS} characters.",
    # messages
    "text_empty": "An empty message was not sent.",
    "text_too_long": f"A message has at most {TEXT_CHARS:,} characters, this one has {{length:,}}. It was not sent.",
    "text_lines": f"A message has at most {TEXT_LINES} lines, this one has {{lines:,}}. It was not sent.",
    "key_invalid": f"A key has 1 to {KEY_CHARS} characters of printable ASCII without spaces.",
    "key_reused": "This key was used before, for something else. Nothing was stored now. Send it with a new key.",
    "key_used": "This was done before, under the same key. Its secret is shown only the first time.",
    "user_unknown": "There is nobody called {name} here.",
    "user_self": "You can't write to yourself.",
    "message_unknown": "There is no such message here.",
    "message_deleted": "This message was deleted.",
    "edit_closed": "Messages here can be edited for {window}. This one is older.",
    "changed": "This message was edited after you last saw it. Your change was not made.",
    "said_since": "There are newer messages than the last one you saw. Yours was not sent.",
    "emoji_invalid": "A reaction is one emoji.",
    "reactions_too_many": "A message has at most {limit} different reactions.",
    "pins_full": "A room has at most {limit} pinned messages. Unpin one first.",
    "thread_nested": "A message in a thread can't begin another thread.",
    # the server's state
    "too_fast": "You are sending too fast. Try again in {seconds:.1f} s.",
    "not_stored": "The server can't write to its disk at the moment. This was not stored; try again.",
    "not_read": "The server can't read its disk at the moment. Try again.",
    "failed": "Something went wrong in the server. It was not done, and it was written to the server's log.",
    "stopping": "The server is stopping. This was not stored; try again in a moment.",
    # the wire
    "frame_invalid": "This could not be read: {why}.",
    "frame_too_long": "A frame has at most {limit:,} bytes.",
    "line_invalid": "This line could not be read: {why}. It was ignored.",
    "line_too_long": "A line has at most {limit:,} bytes. This one was ignored.",
    "command_unfinished": "The last line is a command without a newline. It may be cut off, so it was not carried out.",
    "command_unknown": "There is no command {command}. /help lists the commands.",
    "command_usage": "Like this: {usage}",
    "protocol_unknown": "This server speaks version {version} of the protocol.",
    "hello_needed": "The first frame has to be a hello.",
    "hello_repeated": "There was a hello on this connection already.",
    "page_invalid": "A page has a limit from 1 to {limit}, and `before` or `after`, not both.",
}
"""Every code, with its sentence."""


def refuse(code: str, retry_after: int | None = None, **values: object) -> Refusal:
    """Return the refusal of that code, its sentence filled in.

    Raises:
        KeyError: the code is not in the set, or its sentence needs a value that is missing.
    """
    return Refusal(code, SENTENCES[code].format(**values), retry_after)
