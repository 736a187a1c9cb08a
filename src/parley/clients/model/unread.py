"""Marks of a room: how much of it the user has not read, and what the server is told of what was shown to them."""

from __future__ import annotations

from typing import Final

from parley.wire import web

EVERYBODY: Final = 0
"""Stands for all members among those whom a message names."""

_SAID: Final = ("message", "action")


class UnreadCounter:
    """One room's, for one user.

    The counts are the server's: those of the room object, or of the last `unread`, and what has followed on them.

    Attributes:
        unread: how many messages of others the user has not read.
        mentions: how many of these name the user.
        level: what the user wants to be told of.
        receipts: whether the members tell one another what they have.
    """

    def __init__(self) -> None:
        self.unread = 0
        self.mentions = 0
        self.level: web.Level = "mentions"
        self.receipts = False
        self._upto = 0  # the seq that is counted last
        self._said = 0  # the seq of the last message of another
        self._got = 0  # the seqs that the server knows of
        self._read = 0
        self._unseen = 0  # messages up to there were never shown here: they are not ours to acknowledge

    def begin(self, room: web.Room, shown: int, lead: int, *, new: bool) -> None:
        """The server sends us the room.

        Args:
            shown: the seq after which everything is shown.
            lead: how many messages before that are shown, too.
            new: whether nothing of it was shown on this device before.
        """
        self.unread, self.mentions = room.unread, room.mentions
        self.level, self.receipts = room.level, room.receipts
        self._upto = room.tip
        self._said = room.tip if room.unread else 0
        self._got = self._read = room.read
        if new:
            self._unseen = shown if room.read < shown and room.unread > lead else 0

    def count(self, events: list[web.Event], me: int | None) -> None:
        """Take in what has happened in the room."""
        for event in events:
            if event.seq <= self._upto:
                continue
            self._upto = event.seq
            if event.kind in _SAID and event.user != me:
                self._said = event.seq
                self.unread += 1
                self.mentions += mentions_me(event, me)

    def take(self, frame: web.Unread) -> None:
        """The user has read more of the room, here or elsewhere. The server has sent nothing of what follows on
        `upto` before.
        """
        self.unread, self.mentions = frame.unread, frame.mentions
        self._upto = max(self._upto, frame.upto)
        self._read = max(self._read, frame.read)
        self._got = max(self._got, frame.read)

    def acknowledge(self, room: int, shown: int, *, read: bool) -> list[web.FromClient]:
        """Return what the server is to be told now that everything up to `shown` was shown, and `read`, if it was.

        What others said is worth telling about, and nothing else is.
        """
        frames: list[web.FromClient] = []
        if read and self.unread and shown > self._read:
            self._read = shown
            self._got = max(self._got, shown)  # who has read it has it
            frames.append(web.Read(room, shown))
        if self.receipts and self._said > self._got and shown > self._got and self._read >= self._unseen:
            self._got = shown
            frames.append(web.Got(room, shown))
        return frames


def mentions_me(event: web.Event, me: int | None) -> bool:
    """Tell whether a message of somebody else names us."""
    return me is not None and event.user != me and (me in event.mentions or EVERYBODY in event.mentions)
