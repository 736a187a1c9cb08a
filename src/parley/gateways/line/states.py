"""The states of a line session, and which trigger leads from one to another."""

from typing import Final

MOVES: Final[dict[tuple[str, str], str]] = {
    # The client is asked for an invitation, a name or a password
    ("inviting", "code"): "naming",
    ("inviting", "goodbye"): "over",
    ("naming", "goodbye"): "over",
    ("proving", "goodbye"): "over",
    ("naming", "empty"): "naming",
    ("naming", "account"): "proving",  # the answer is the name of an account
    ("naming", "name"): "claiming",  # the answer is any other name
    ("proving", "empty"): "naming",
    ("proving", "password"): "checking",
    # The session waits for the check of the password
    ("checking", "refused"): "naming",
    ("checking", "named"): "joining",  # the account is in no room
    ("checking", "joined"): "arriving",  # the account is in a room
    # The session waits for the result of claiming the name
    ("claiming", "refused"): "naming",
    ("claiming", "uninvited"): "inviting",  # refused because an invitation is required
    ("claiming", "named"): "joining",
    # The user has a name, and the session waits for joining the first room
    ("joining", "refused"): "outside",
    ("joining", "answered"): "outside",  # the user joined meanwhile, through another session
    ("joining", "joined"): "arriving",
    ("joining", "expelled"): "over",
    # The session waits for the history of the first room
    ("arriving", "answered"): "chatting",
    ("arriving", "expelled"): "over",
    # The user has a name, and was in no room yet. In `asking`, the session waits for an answer
    ("outside", "ask"): "asking",
    ("outside", "depart"): "leaving",
    ("outside", "expelled"): "over",
    ("asking", "refused"): "outside",
    ("asking", "answered"): "outside",
    ("asking", "joined"): "arriving",
    ("asking", "expelled"): "over",
    # The user is or was in a room. In `waiting`, the session waits for an answer
    ("chatting", "ask"): "waiting",
    ("chatting", "depart"): "leaving",
    ("chatting", "expelled"): "over",
    ("waiting", "refused"): "chatting",
    ("waiting", "answered"): "chatting",
    ("waiting", "joined"): "waiting",  # the session now waits for the history of that room
    ("waiting", "expelled"): "over",
    # The user has left
    ("leaving", "expelled"): "over",
}
"""Maps (state, trigger) to the next state. A trigger that is missing for a state can't occur in it."""

BLOCKED: Final = frozenset(("checking", "claiming", "joining", "arriving", "asking", "waiting", "leaving"))
READING: Final = frozenset(("inviting", "naming", "proving", "outside", "chatting"))
"""The states in which lines are processed."""

PRESENT: Final = frozenset(("arriving", "outside", "asking", "chatting", "waiting"))
"""The states in which the user is told of invitations."""
