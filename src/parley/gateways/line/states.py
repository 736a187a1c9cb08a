"""The states of a line session, and what leads from one to another."""

from typing import Final, Literal

State = Literal[
    "inviting",  # asked for an invitation
    "naming",  # asked for a name
    "proving",  # asked for a password
    "checking",  # waits until the password is checked
    "claiming",  # waits for the name
    "joining",  # has a name; waits for the first room
    "arriving",  # waits for the first room's history
    "outside",  # has a name, and was in no room yet
    "asking",  # outside, waits for an answer
    "chatting",
    "waiting",  # chatting, waits for an answer
    "leaving",  # has said goodbye; waits for that to be stored
    "over",  # expelled
]
Trigger = Literal[
    "code",  # the answer to `invite?`
    "empty",  # an answer that is empty
    "account",  # the answer to `alias?` is the name of an account
    "name",  # the answer to `alias?` is another name
    "password",  # the answer to `password?`
    "refused",  # what was asked for is refused
    "uninvited",  # the name is refused for want of an invitation
    "named",  # the user is known, and is in no room
    "joined",  # the user is in a room whose history is to be shown
    "ask",  # a command that has to be waited for
    "answered",  # the answer to it
    "depart",  # `.exit` or `/quit`
    "expelled",
]

MOVES: Final[dict[tuple[State, Trigger], State]] = {
    ("inviting", "code"): "naming",
    ("naming", "empty"): "naming",
    ("naming", "account"): "proving",
    ("naming", "name"): "claiming",
    ("proving", "empty"): "naming",
    ("proving", "password"): "checking",
    ("checking", "refused"): "naming",
    ("checking", "named"): "joining",
    ("checking", "joined"): "arriving",
    ("claiming", "refused"): "naming",
    ("claiming", "uninvited"): "inviting",
    ("claiming", "named"): "joining",
    ("joining", "refused"): "outside",
    ("joining", "answered"): "outside",  # the user joined meanwhile, through another session
    ("joining", "joined"): "arriving",
    ("joining", "expelled"): "over",
    ("arriving", "answered"): "chatting",
    ("arriving", "expelled"): "over",
    ("outside", "ask"): "asking",
    ("outside", "depart"): "leaving",
    ("outside", "expelled"): "over",
    ("asking", "refused"): "outside",
    ("asking", "answered"): "outside",
    ("asking", "joined"): "arriving",
    ("asking", "expelled"): "over",
    ("chatting", "ask"): "waiting",
    ("chatting", "depart"): "leaving",
    ("chatting", "expelled"): "over",
    ("waiting", "refused"): "chatting",
    ("waiting", "answered"): "chatting",
    ("waiting", "joined"): "waiting",
    ("waiting", "expelled"): "over",
    ("leaving", "expelled"): "over",
}
"""Every other trigger is impossible in its state."""

BLOCKED: Final = frozenset(("checking", "claiming", "joining", "arriving", "asking", "waiting", "leaving"))
READING: Final = frozenset(("inviting", "naming", "proving", "outside", "chatting"))
"""The states in which lines are taken."""

PRESENT: Final = frozenset(("arriving", "outside", "asking", "chatting", "waiting"))
"""The states in which the user is told what happens to them."""
