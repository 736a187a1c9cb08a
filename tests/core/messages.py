"""The present forms of messages, for tests that decide commands about messages without a server."""

import base64
import hashlib
from collections import defaultdict

from msgspec.structs import force_setattr

from parley.core.commands import named_messages
from parley.core.events import RelatedEvent
from parley.core.forms import changed_by, fold_into


def salted(event):
    """Give an event a salt that depends on its place only, if it has none. Return the event."""
    if not event.salt and not getattr(event, "sum", None) and not getattr(event, "who", None):
        digest = hashlib.sha256(f"{event.room}/{event.seq}".encode()).digest()
        force_setattr(event, "salt", base64.urlsafe_b64encode(digest).decode()[:22])
    return event


class Messages:
    """The present forms of all messages of some logs. It does what `parley.server.engine.forms` does in a server."""

    def __init__(self):
        self.rooms = defaultdict(dict)

    def named_by(self, command):
        """Return the forms that decide a command."""
        messages = self.rooms[getattr(command, "room", 0)]
        return tuple(messages.get(seq) if seq else None for seq in named_messages(command))

    def forget(self, user, *, erase):
        """Erase the messages of a deleted account."""
        if erase:
            for messages in self.rooms.values():
                mine = [each for each in messages.values() if each.user == user and not each.erased]
                for each in mine:
                    each.text, each.mentions, each.title, each.reactions = "", None, "", {}
                    each.erased, each.by = each.seq, user
                    if each.thread:
                        messages[each.thread].replies -= 1

    def apply(self, events):
        """Apply decided events, and give each a salt. Return the records that store the forms that changed."""
        records = []
        for event in events:
            messages = self.rooms[salted(event).room]
            fold_into(messages, event)
            if isinstance(event, RelatedEvent):
                records += [messages[seq].form() for seq in changed_by(event) if seq in messages]
        return records
