"""The unread counts of a room, and the acknowledgements of shown events."""

from __future__ import annotations

from typing import Final

from parley.wire import web

EVERYBODY: Final = 0
"""In the mentions of a message, this id stands for all members."""

_MESSAGE_KINDS: Final = ("message", "action")


class UnreadCounter:
    """Counts the messages of one room that one user has not read.

    The counts come from the server, in the room object or the last `unread` frame. Events after that are added here.
    When an edit or a deletion changes the counts, the server sends an `unread` frame.

    Attributes:
        unread: how many messages of others the user has not read.
        mentions: how many of these name the user.
        level: the notification level: of which messages the user wants to be notified.
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
        """Take the counts of the room object with which the server begins to send the room.

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
            erased = event.now is not None and event.now.erased
            if event.kind in _MESSAGE_KINDS and event.user != me and not erased:
                self._last = event.seq
                self.unread += 1
                self.mentions += mentions_me(event, me)

    def take(self, frame: web.Unread) -> None:
        """Take the counts of an `unread` frame, which comes when the user has read more of the room on any device. The
        server has sent no event after `upto` yet.
        """
        self.unread, self.mentions = frame.unread, frame.mentions
        self._upto = max(self._upto, frame.upto)
        self._read = max(self._read, frame.read)
        self._got = max(self._got, frame.read)

    def acknowledge(self, room: int, shown: int, *, read: bool) -> list[web.FromClient]:
        """Return the frames that tell the server that the events up to `shown` were shown, and, with `read`, were read.

        There are none unless new messages of others are among these events.
        """
        frames: list[web.FromClient] = []
        if read and self.unread and shown > self._read:
            self._read = shown
            self._got = max(self._got, shown)  # what was read was also delivered
            frames.append(web.Read(room, shown))
        if self.receipts and self._last > self._got and shown > self._got and self._read >= self._unseen:
            self._got = shown
            frames.append(web.Got(room, shown))
        return frames


def mentions_me(event: web.Event, me: int | None) -> bool:
    """Return whether a message of another user mentions the user with the id `me`."""
    return me is not None and event.user != me and (me in event.mentions or EVERYBODY in event.mentions)
