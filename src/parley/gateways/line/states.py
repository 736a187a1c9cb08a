"""The states of a line session, and which trigger leads from one to another."""

from typing import Final

MOVES: Final[dict[tuple[str, str], str]] = {
    # Asked for an invitation, a name or a password
    ("inviting", "code"): "naming",
    ("naming", "empty"): "naming",
    ("naming", "account"): "proving",  # the answer is the name of an account
    ("naming", "name"): "claiming",  # it is another name
    ("proving", "empty"): "naming",
    ("proving", "password"): "checking",
    # Waits for the check of the password
    ("checking", "refused"): "naming",
    ("checking", "named"): "joining",  # the account is in no room
    ("checking", "joined"): "arriving",  # it is in one
    # Waits for the name
    ("claiming", "refused"): "naming",
    ("claiming", "uninvited"): "inviting",  # refused for want of an invitation
    ("claiming", "named"): "joining",
    # Has a name, waits for the first room
    ("joining", "refused"): "outside",
    ("joining", "answered"): "outside",  # the user joined meanwhile, through another session
    ("joining", "joined"): "arriving",
    ("joining", "expelled"): "over",
    # Waits for the history of the first room
    ("arriving", "answered"): "chatting",
    ("arriving", "expelled"): "over",
    # Has a name, and was in no room yet; `asking` waits for an answer
    ("outside", "ask"): "asking",
    ("outside", "depart"): "leaving",
    ("outside", "expelled"): "over",
    ("asking", "refused"): "outside",
    ("asking", "answered"): "outside",
    ("asking", "joined"): "arriving",
    ("asking", "expelled"): "over",
    # Was in a room; `waiting` waits for an answer
    ("chatting", "ask"): "waiting",
    ("chatting", "depart"): "leaving",
    ("chatting", "expelled"): "over",
    ("waiting", "refused"): "chatting",
    ("waiting", "answered"): "chatting",
    ("waiting", "joined"): "waiting",  # and now for the history of that room
    ("waiting", "expelled"): "over",
    # Has said goodbye
    ("leaving", "expelled"): "over",
}
"""Every other trigger is impossible in its state."""

BLOCKED: Final = frozenset(("checking", "claiming", "joining", "arriving", "asking", "waiting", "leaving"))
READING: Final = frozenset(("inviting", "naming", "proving", "outside", "chatting"))
"""The states in which lines are taken."""

PRESENT: Final = frozenset(("arriving", "outside", "asking", "chatting", "waiting"))
"""The states in which the user is told of invitations."""
