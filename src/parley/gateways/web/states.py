"""The states of a web session, and which trigger leads from one to another."""

from typing import Final

MOVES: Final[dict[tuple[str, str], str]] = {
    # The session waits for a hello that it can accept
    ("new", "hello"): "greeting",  # the hello is accepted or refused only after an answer
    ("new", "turned away"): "new",
    ("new", "observer"): "observing",
    # A hello is waiting for an answer
    ("greeting", "turned away"): "new",
    ("greeting", "accepted"): "arriving",
    # Accepted as a user, whose rooms are being collected for `ready`
    ("arriving", "user"): "named",
    ("arriving", "expelled"): "over",
    # Accepted without a name. In `observer waiting`, the session waits for an answer
    ("observing", "ask"): "observer waiting",
    ("observer waiting", "answered"): "observing",
    # Accepted as a user. In `user waiting`, the session waits for an answer
    ("named", "ask"): "user waiting",
    ("named", "expelled"): "over",
    ("user waiting", "answered"): "named",
    ("user waiting", "expelled"): "over",
}
"""Maps (state, trigger) to the next state. A trigger that is missing for a state can't occur in it."""

BLOCKED: Final = frozenset(("greeting", "arriving", "observer waiting", "user waiting"))
READY: Final = frozenset(("observing", "observer waiting", "named", "user waiting"))
