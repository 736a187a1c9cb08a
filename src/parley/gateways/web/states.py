"""The states of a web session, and what leads from one to another."""

from typing import Final, Literal

State = Literal[
    "new",  # waits for a hello that lets the client in
    "greeting",  # the hello waits for an answer
    "observing",  # let in without a name
    "observer waiting",  # observing, waits for an answer
    "named",  # let in as a user
    "user waiting",  # named, waits for an answer
    "over",  # expelled
]
Trigger = Literal[
    "hello",  # a hello that has to wait for an answer
    "turned away",  # the hello is refused
    "observer",  # the client is let in without a name
    "user",  # the client is let in as a user
    "ask",  # a frame that has to wait for an answer
    "answered",  # the answer to it
    "expelled",
]

MOVES: Final[dict[tuple[State, Trigger], State]] = {
    ("new", "hello"): "greeting",
    ("new", "turned away"): "new",
    ("new", "observer"): "observing",
    ("greeting", "turned away"): "new",
    ("greeting", "user"): "named",
    ("observing", "ask"): "observer waiting",
    ("observer waiting", "answered"): "observing",
    ("named", "ask"): "user waiting",
    ("named", "expelled"): "over",
    ("user waiting", "answered"): "named",
    ("user waiting", "expelled"): "over",
}
"""Every other trigger is impossible in its state."""

BLOCKED: Final = frozenset(("greeting", "observer waiting", "user waiting"))
READY: Final = frozenset(("observing", "observer waiting", "named", "user waiting"))
