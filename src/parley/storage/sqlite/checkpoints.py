"""Checkpoints: they keep the write-ahead log small and free of erased texts. Also the label and the mark."""

import logging
import time
from collections.abc import Callable
from typing import Final

import apsw

from parley.storage.mark import FolderMark

from .past import Label, put_label
from .reading import because

ERASURE_SECONDS: Final = 30.0
"""While commits follow each other, the write-ahead log is emptied of erased texts this often. When they stop, it is
emptied at once.
"""

MARK_SECONDS: Final = 0.25
"""While commits follow each other, the folder's mark is at most this late. When they stop, it is written at once."""

_now = time.monotonic
_log = logging.getLogger(__name__)


class Checkpoints:
    """What the writing connection does beside the commits of batches.

    Args:
        writer: the connection.
        mark: the folder's mark.
        pages: size of the WAL, in pages, at which a checkpoint is made.

    Attributes:
        epoch: the epoch of the database.
        events: how many events are durable.
        in_doubt: whether the outcome of the last commit is unknown.
        label: what the label of the last commit says (see `past`): "partial" from the commit before a checkpoint to the
            one after it.
        remains: whether unused parts of pages may contain erased texts.
    """

    def __init__(self, writer: apsw.Connection, mark: FolderMark, pages: int) -> None:
        self.epoch = ""
        self.events = 0
        self.in_doubt = False
        self.label = Label()
        self.remains = False
        self._writer = writer
        self._mark = mark
        self._marked = 0
        self._marked_at = self._checked_at = 0.0
        self._pages = self._due = pages
        self._wal_pages = 0
        # Whether erased texts may be left in the write-ahead log.
        self._erased = False
        # Whether the checkpoint has moved the commit that wrote "partial" into the database.
        self._moved = False
        # The store makes its own checkpoints, because SQLite's automatic checkpoint hides its errors.
        writer.set_wal_hook(self._note_wal_pages)

    def erased(self) -> None:
        """Call it when the current transaction erases texts."""
        self._erased = self.remains = True

    def rewritten(self) -> None:
        """Call it when the whole database was written again: erased texts are left in the write-ahead log only."""
        self._erased, self.remains = True, False
        self.fence()

    def tidy(self, *, idle: bool = False) -> bool:
        """See `parley.core.ports.Store.tidy`."""
        if self.in_doubt:
            return False
        # Each system call makes this thread wait for the interpreter's lock, and the next commit waits with it.
        if self.events != self._marked and (idle or _now() - self._marked_at >= MARK_SECONDS):
            self.put_mark(self.events)
        if self._erased and (idle or _now() - self._checked_at >= ERASURE_SECONDS):
            self.run()
        elif self.label.partial:
            if not self._moved:
                self._move()
            if idle and self._moved:
                self._try_to(self.fence)
        return self._erased or self.label.partial or self.events != self._marked

    def put_mark(self, events: int, *, sync: bool = False) -> None:
        """Write the folder's mark. Without it everything works, but an older copy of the database is not noticed."""
        try:
            self._mark.write(self.epoch, events, sync=sync)
        except OSError as error:
            _log.debug("the folder's mark can't be written: %s", error)
        self._marked, self._marked_at = events, _now()

    def next_label(self) -> Label:
        """Return the label of the next commit."""
        partial = not self._moved if self.label.partial else self._wal_pages >= self._due
        return Label(partial, self.remains)

    def committed(self, label: Label) -> None:
        self.label, self._moved = label, False

    def fence(self) -> None:
        """Commit the label "whole" (see `past`). The commit also syncs all of the WAL."""
        self._commit_label(Label(remains=self.remains))

    def _commit_label(self, label: Label) -> None:
        put_label(self._writer, label)
        self.committed(label)

    def _note_wal_pages(self, _connection: apsw.Connection, _database: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def run(self) -> None:
        """Move the WAL into the database in one go, with commits of its own for the labels.

        After an erasure the WAL is also emptied, so that no erased text is left in it. This is possible only while
        nobody reads; `tidy` tries again until it succeeds.
        """
        self._checked_at = _now()
        if self._erased:
            self._try_to(self._empty_wal)
        self._try_to(lambda: self._commit_label(Label(partial=True, remains=self.remains)))
        if self.label.partial:
            self._move()
            self._try_to(self.fence)

    def _move(self) -> None:
        """Move the WAL into the database, as far as readers allow. Batches are durable without it.

        The label has to say "partial".
        """
        self._moved = True  # or it was tried: the next label is "whole"
        try:
            pages, moved = self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            self._due = self._pages + (pages if moved < pages else 0)
        except apsw.Error as error:
            _log.warning("The write-ahead log grows: it can't be moved into the database: %s", because(error))
            self._due = self._wal_pages + self._pages

    def _try_to(self, act: Callable[[], None]) -> None:
        """Do maintenance, which may fail: it is tried again, and batches are durable without it."""
        try:
            act()
        except apsw.Error as error:
            # The commit of a label may be on disk or not; the next append commits another one first.
            self.in_doubt = True
            _log.warning("The write-ahead log grows: it can't be moved into the database: %s", because(error))
            self._due = self._wal_pages + self._pages

    def _empty_wal(self) -> None:
        if self.label.partial:
            self.fence()
        # The label says "whole" now. If the server is killed now, it leaves a complete database without a log.
        self._writer.set_busy_timeout(0)
        try:
            self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            self._erased = False
        except apsw.BusyError:
            pass
        finally:
            self._writer.set_busy_timeout(5_000)
