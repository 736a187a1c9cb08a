"""The states of a web session, and which trigger leads from one to another."""

from typing import Final

MOVES: Final[dict[tuple[str, str], str]] = {
    # Waits for a hello that lets the client in
    ("new", "hello"): "greeting",  # it has to wait for an answer
    ("new", "turned away"): "new",
    ("new", "observer"): "observing",
    # The hello waits for an answer
    ("greeting", "turned away"): "new",
    ("greeting", "user"): "named",
    # Let in without a name; `observer waiting` waits for an answer
    ("observing", "ask"): "observer waiting",
    ("observer waiting", "answered"): "observing",
    # Let in as a user; `user waiting` waits for an answer
    ("named", "ask"): "user waiting",
    ("named", "expelled"): "over",
    ("user waiting", "answered"): "named",
    ("user waiting", "expelled"): "over",
}
"""Every other trigger is impossible in its state."""

BLOCKED: Final = frozenset(("greeting", "observer waiting", "user waiting"))
READY: Final = frozenset(("observing", "observer waiting", "named", "user waiting"))
