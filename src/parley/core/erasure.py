"""Erasure: what is kept of an event whose text or name is erased."""

from typing import Any, Final

from .events import Event, RelatedEvent
from .proof import hashes, text64

WITH_TEXT: Final = ("edited", "reacted", "unreacted", "titled")
"""The kinds of changes whose text is erased with their message."""


def fields_of(event: Event) -> dict[str, Any]:
    """Return an event as the web protocol shows it, without what its hashes do not cover."""
    fields: dict[str, Any] = {"kind": event.kind, "name": event.name}
    if event.salt:
        fields["salt"] = event.salt
    if event.text:
        fields["text"] = event.text
    if (about := event.about) is not None:
        fields["about"] = {"user": about.user, "name": about.name}
        if about.until:
            fields["about"]["until"] = about.until
    if event.mentions:
        fields["mentions"] = list(event.mentions)
    if isinstance(event, RelatedEvent):
        if event.thread:
            fields["thread"] = event.thread
        if event.reply:
            fields["reply"] = event.reply
        if event.also:
            fields["also"] = True
        if event.sum:
            fields["sum"] = event.sum
        if event.who:
            fields["who"] = event.who
    return fields


def sum_of(event: Event) -> str:
    """Return the hash that is kept of an event when it is erased."""
    return text64(hashes(fields_of(event))[1])


def erased_row(event: Event, by: int) -> tuple[int, int, str, int]:
    """Return room, seq, kept hash and the seq of the event that erases it, for the store."""
    return event.room, event.seq, sum_of(event), by


def tombstone(event: Event, by: int) -> RelatedEvent:
    """Return what is left of an event that the event with the seq `by` erases."""
    target, thread = (event.target, event.thread) if isinstance(event, RelatedEvent) else (0, 0)
    return RelatedEvent(
        event.room, event.seq, event.at, event.user, "", event.kind, "", event.key,
        target=target, thread=thread, sum=sum_of(event), erased=by,
    )  # fmt: skip
