"""Erasure: what is kept of an event whose text or name is erased, and what is shown of one whose text is withheld."""

from typing import Any, Final

from msgspec.structs import replace

from .events import DELETED_NAME, About, Event, RelatedEvent
from .kinds import MESSAGE_KINDS
from .proof import hashes, text64

WITH_TEXT: Final = ("edited", "reacted", "unreacted", "titled")
"""The kinds of changes whose text is erased with their message, and is for those who may see the message."""

_PLAIN: Final = Event.__struct_fields__

_WITHOUT_NAME: Final = {"named": DELETED_NAME, "renamed": DELETED_NAME, "profile": "{}"}
"""What replaces the text of those kinds whose text is about a person."""


def fields_of(event: Event) -> dict[str, Any]:
    """Return an event as the web protocol shows it, without what its hashes do not cover."""
    fields: dict[str, Any] = {"name": event.name}
    if event.kind != "message":
        fields["kind"] = event.kind
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


def who_of(event: Event) -> str:
    """Return the hash that is kept of the names in an event when they are erased."""
    a, _ = hashes(fields_of(event))
    assert a is not None
    return text64(a)


def _related(event: Event) -> RelatedEvent:
    return event if isinstance(event, RelatedEvent) else RelatedEvent(*(getattr(event, name) for name in _PLAIN))


def tombstone(event: Event, by: int) -> RelatedEvent:
    """Return what is left of an event that the event with the seq `by` erases."""
    related = _related(event)
    return RelatedEvent(
        event.room, event.seq, event.at, event.user, "", event.kind, "", event.key,
        target=related.target, thread=related.thread, reply=related.reply, also=related.also,
        sum=sum_of(event), erased=by,
    )  # fmt: skip


def is_said(event: Event) -> bool:
    """Tell whether an event is a message or an action that was not erased."""
    return event.kind in MESSAGE_KINDS and not (isinstance(event, RelatedEvent) and event.erased)


def is_erased_with_account(event: Event) -> bool:
    """Tell whether the text of an event was erased because the account of a message's author was deleted: no event of
    its log erased it.
    """
    return isinstance(event, RelatedEvent) and event.erased == event.seq


def forgotten(event: Event, user: int, *, erase: bool) -> Event:
    """Return what is left of an event after the deletion of the account `user`: without that user's name, and, with
    `erase`, without what they said. Return the event itself if nothing of it is erased.
    """
    by_user, about = event.user == user, event.about
    if isinstance(event, RelatedEvent) and event.sum:
        return event
    if erase and by_user and (event.kind in MESSAGE_KINDS or (event.kind == "left" and event.text)):
        return replace(tombstone(event, event.seq), name=DELETED_NAME)
    name, text = event.name, event.text
    if by_user:
        name, text = DELETED_NAME, _WITHOUT_NAME.get(event.kind, text)
    if about is not None and about.user == user:
        about = About(user, DELETED_NAME, about.until)
    if (name, text, about) == (event.name, event.text, event.about):
        return event
    related = _related(event)
    return replace(related, name=name, text=text, about=about, salt="", who=who_of(event))


def is_withheld(event: Event, first: int) -> bool:
    """Tell whether an event has a text that a user may not see, whose first visible event has the seq `first`: it
    changes a message from before.
    """
    return type(event) is RelatedEvent and event.target < first and event.kind in WITH_TEXT and not event.sum


def withheld(event: Event) -> Event:
    """Return what is shown of an event to a user who may not see its text: its hash in place of the text."""
    return replace(event, text="", mentions=None, salt="", sum=sum_of(event), who=None)


def visible_form(event: Event, first: int) -> Event:
    """Return an event as a user may see it whose first visible event has the seq `first`."""
    return withheld(event) if is_withheld(event, first) else event
