"""All frames of the web dialect and all lines of the line dialect that name a room. They are generated from the frame
types and the command table, so that none is missing.
"""

from types import UnionType
from typing import Any, Final, get_args, get_type_hints

from parley.wire import web
from parley.wire.commands_help import COMMANDS

PLACE: Final = "ROOM"
"""The placeholder for the room: its id if that is a number, else its name."""

_VALUES: Final[dict[str, Any]] = {
    "key": "k", "text": "hi", "topic": "tea", "limit": 5, "action": "kick", "whom": "bob", "words": "", "to": "bob",
    "protocol": 1, "password": "a guess at it", "names": ["bob"],
    "seq": 99, "at": 0, "emoji": ":+1:", "level": "all", "favourite": True,
}  # fmt: skip


def _fills(type_: type) -> list[dict[str, Any]]:
    """Return such frames, one for each value that a field may have."""
    tag = type_.__struct_config__.tag  # type: ignore[attr-defined]
    hints = get_type_hints(type_)
    frame: dict[str, Any] = {"t": tag, "id": "q"} if "id" in hints else {"t": tag}
    for name in hints:
        if name in ("room", "name") and tag not in ("hello", "rename"):
            frame[name] = PLACE
        elif name in type_.__struct_fields__ and name in _VALUES:  # type: ignore[attr-defined]
            frame[name] = _VALUES[name]
    if tag == "moderate":
        actions = get_args(hints["action"])
        return [
            {**frame, "action": action, "undo": undo, "value": "on"} for action in actions for undo in (False, True)
        ]
    if tag == "history":
        raw = [frame, {**frame, "after": 0}, {**frame, "before": 3, "messages": True}]
        return [*raw, {**frame, "present": True}, {**frame, "thread": 6}]
    if tag == "send":
        return [frame, {**frame, "reply": 6}, {**frame, "thread": 6}]
    if tag in ("join", "watch"):
        return [frame, {**frame, "seen": {"epoch": "x", "seq": 1}}]
    if tag == "create":
        return [frame, {**frame, "private": True}]
    return [frame]


_FRAMES: Final[UnionType] = web.FromClient  # type: ignore[assignment]

FRAMES: Final = [frame for type_ in get_args(_FRAMES) for frame in _fills(type_) if PLACE in frame.values()]
"""Frames that name a room."""

LINES: Final = [
    line
    for word, entry in COMMANDS.items()
    if "ROOM" in entry.usage or word in ("/rename", "/private")
    for line in (f"{word} {PLACE}", f"{word} #{PLACE}")
]
"""Lines that name a room."""
