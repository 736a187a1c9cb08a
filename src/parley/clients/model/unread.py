"""The unread counts of a room, and the acknowledgements of shown events."""

from __future__ import annotations

from typing import Final

from parley.wire import web

EVERYBODY: Final = 0
"""The id that stands for all members among those whom a message names."""

_MESSAGE_KINDS: Final = ("message", "action")


class UnreadCounter:
    """Counts what one user has not read in one room.

    The counts are the server's: from the room object or the last `unread` frame, plus the events after that.

    Attributes:
        unread: how many messages of others the user has not read.
        mentions: how many of these name the user.
        level: what the user wants to be told of.
        receipts: whether the members of the room are told how far the others have read.
    """

    def __init__(self) -> None:
        self.unread = 0
        self.mentions = 0
        self.level: web.Level = "mentions"
        self.receipts = False
        self._upto = 0  # the seq up to which events are counted
        self._last = 0  # the seq of the last message of another user
        self._got = 0  # the last `got` that the server knows of
        self._read = 0  # the last `read` that the server knows of
        self._unseen = 0  # messages up to this seq were never shown here, so they are not acknowledged

    def begin(self, room: web.Room, shown: int, lead: int, *, new: bool) -> None:
        """The server begins to send the room.

        Args:
            shown: the seq after which all events are shown.
            lead: how many messages before that are shown as well.
            new: whether nothing of the room was shown on this device before.
        """
        self.unread, self.mentions = room.unread, room.mentions
        self.level, self.receipts = room.level, room.receipts
        self._upto = room.tip
        self._last = room.tip if room.unread else 0
        self._got = self._read = room.read
        if new:
            self._unseen = shown if room.read < shown and room.unread > lead else 0

    def count(self, events: list[web.Event], me: int | None) -> None:
        """Count new events."""
        for event in events:
            if event.seq <= self._upto:
                continue
            self._upto = event.seq
            if event.kind in _MESSAGE_KINDS and event.user != me:
                self._last = event.seq
                self.unread += 1
                self.mentions += mentions_me(event, me)

    def take(self, frame: web.Unread) -> None:
        """The user has read more of the room, here or elsewhere. The server has sent no event after `upto` yet."""
        self.unread, self.mentions = frame.unread, frame.mentions
        self._upto = max(self._upto, frame.upto)
        self._read = max(self._read, frame.read)
        self._got = max(self._got, frame.read)

    def acknowledge(self, room: int, shown: int, *, read: bool) -> list[web.FromClient]:
        """Return what the server is told after the events up to `shown` were shown, and, with `read`, were read.

        It is told only if there are new messages of others among them.
        """
        frames: list[web.FromClient] = []
        if read and self.unread and shown > self._read:
            self._read = shown
            self._got = max(self._got, shown)  # what was read has arrived
            frames.append(web.Read(room, shown))
        if self.receipts and self._last > self._got and shown > self._got and self._read >= self._unseen:
            self._got = shown
            frames.append(web.Got(room, shown))
        return frames


def mentions_me(event: web.Event, me: int | None) -> bool:
    """Return whether a message of another user mentions the user with the id `me`."""
    return me is not None and event.user != me and (me in event.mentions or EVERYBODY in event.mentions)
