"""The frames that are commands."""

from collections.abc import Callable
from typing import Any, Final

from msgspec import UnsetType
from msgspec.structs import replace

from parley.core import commands as c
from parley.core.refusals import Refusal, refuse
from parley.wire import web

_NAMES: Final = 100
"""At most this many names are looked up for a direct room."""


def command_of(user: int, frame: web.FromClient) -> c.Command | Refusal | None:
    """Return the command that a user's frame stands for, with the frame's key; None if the frame is no command."""
    make = _COMMANDS.get(type(frame))
    command = None if make is None else make(user, frame)
    if isinstance(frame, web.Change) and frame.key is not None and isinstance(command, c.Command):
        return replace(command, key=frame.key)
    return command


def message_of(user: int, frame: web.Send) -> c.SendMessage:
    """Return the command that a user's message stands for."""
    message = (user, frame.room, frame.text, kind_of(frame.kind))
    if frame.reply or frame.thread:
        return c.Reply(*message, frame.reply, frame.thread, frame.also, key=frame.key, if_tip=frame.if_tip)
    return c.SendMessage(*message, key=frame.key, if_tip=frame.if_tip)


def kind_of(kind: str) -> Any:
    """Return the kind of a message; a kind that this version does not know is treated as an ordinary message."""
    return "action" if kind == "action" else "message"


def _prefer(user: int, frame: web.Prefer) -> c.Command | Refusal:
    if frame.room:
        return c.SetPreference(user, frame.room, frame.level, frame.favourite)
    if isinstance(frame.hours, UnsetType):
        return refuse("frame_invalid", why="it says neither a room nor hours")
    return c.SetPreference(user, 0, hours=None if frame.hours is None else (frame.hours.begin, frame.hours.end))


def _moderate(user: int, frame: web.Moderate) -> c.Command:
    return c.Moderate(
        user, frame.room, frame.action, frame.whom, frame.undo, frame.until, frame.value, frame.why, frame.lasting
    )


_COMMANDS: Final[dict[type, Callable[[int, Any], c.Command | Refusal]]] = {
    web.Join: lambda user, frame: c.Join(user, frame.name, frame.room),
    web.Create: lambda user, frame: c.Create(user, frame.name, frame.private),
    web.Gather: lambda user, frame: c.OpenDirect(user, tuple(frame.names[:_NAMES])),
    web.Moderate: _moderate,
    web.Leave: lambda user, frame: c.Leave(user, frame.room, frame.words),
    web.Tell: lambda user, frame: c.SendDirect(user, frame.to, frame.text, kind_of(frame.kind), key=frame.key),
    web.Rename: lambda user, frame: c.Rename(user, frame.name),
    web.SetTopic: lambda user, frame: c.SetTopic(user, frame.room, frame.topic, if_tip=frame.if_tip),
    web.Prefer: _prefer,
    web.Edit: lambda user, frame: c.Edit(user, frame.room, frame.seq, frame.text, frame.if_edited),
    web.Erase: lambda user, frame: c.Erase(user, frame.room, frame.seq, frame.why),
    web.React: lambda user, frame: c.React(user, frame.room, frame.seq, frame.emoji, frame.on),
    web.Pin: lambda user, frame: c.Pin(user, frame.room, frame.seq, frame.on, frame.if_tip),
    web.SetTitle: lambda user, frame: c.SetTitle(user, frame.room, frame.seq, frame.text),
    web.Bye: lambda user, frame: c.ReleaseName(user, frame.words),
}
