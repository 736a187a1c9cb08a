"""Bugs made on purpose, a line or two each; chaos or test_races.py has to find them all (test_curated_bugs.py)."""

from typing import NamedTuple

RACES = "test_races.py"
"""The kind of violation that chaos meets too seldom: a test that brings it about finds it."""


class Bug(NamedTuple):
    """A bug.

    Attributes:
        name: what is wrong then.
        file: where, below `src/parley`.
        old: the code that is right; it stands there once.
        new: the code that is wrong.
        kinds: the kinds of violations of which at least one has to be found.
    """

    name: str
    file: str
    old: str
    new: str
    kinds: frozenset[str]


def _bug(name: str, file: str, old: str, new: str, *kinds: str) -> Bug:
    return Bug(name, file, old, new, frozenset(kinds))


BUGS = (
    _bug(
        "everybody is told before the commit",
        "server/writer.py",
        "                result = self._store.append(turn.batch)\n",
        "                self._loop.call_soon_threadsafe(self._end, turn, {})\n"
        "                self._store.append(turn.batch)\n"
        "                continue\n",
        "shown before durable",
        "lost",
        "refused yet stored",
        "ack elsewhere",
    ),
    _bug(
        "readers are shown what could not be stored",
        "server/writer.py",
        "        self._ahead.revert(self.durable, turn.batch.events)\n",
        "        self._ahead.revert(self.durable, turn.batch.events)\n"
        "        self._committed(turn.batch.events)\n"
        "        self._settled(turn.batch.events)\n",
        "shown before durable",
        "gap",
    ),
    _bug(
        "a failed commit is taken for a good one",
        "server/writer.py",
        "            self._undo(turn, result)\n            self._begin()\n            return\n",
        "            result = {}\n",
        "lost",
        "shown before durable",
        "ack elsewhere",
    ),
    _bug(
        "a failed commit leaves its traces in the state",
        "server/writer.py",
        "        self._ahead.revert(self.durable, turn.batch.events)\n",
        "        pass\n",
        "no recovery",
        "server error",
        "gap",
    ),
    _bug(
        "a refusal is never sent",
        "server/writer.py",
        "        self._release(turn.entries, outcomes)\n",
        "        pass\n",
        "no recovery",
        "did not fire",
        "not at rest",
    ),
    _bug(
        "keys are not unique",
        "storage/sqlite/migrations/0001.sql",
        "CREATE UNIQUE INDEX events_by_key",
        "CREATE INDEX events_by_key",
        "doubled",
    ),
    _bug(
        "keys are not stored",
        "storage/sqlite/queries.sql",
        "value ->> 6, value ->> 7\nFROM",
        "value ->> 6, NULL\nFROM",
        "doubled",
        "lost",
    ),
    _bug(
        "what needs no commit is answered before what does",
        "server/writer.py",
        "                self._loop.call_soon(self._release, turn.entries, turn.outcomes)\n",
        "                self._release(turn.entries, turn.outcomes)\n",
        RACES,
    ),
    _bug(
        "a slow reader is told that it left before it has seen the end",
        "server/connection.py",
        "        return self._endings > 0 or bool(self._backlog)\n",
        "        return bool(self._backlog)\n",
        RACES,
    ),
    _bug(
        "who joins and leaves in one commit is told so in any order",
        "gateways/web/session.py",
        "if e.room == room.id and e.seq > joined.seq), None)\n",
        "if e.room < 0), None)\n",
        RACES,
    ),
    _bug(
        "a key is forgotten when its message would be refused now",
        "server/writer.py",
        "                    doubted[index] = keyed\n",
        "                    pass\n",
        "forgotten",
    ),
    _bug(
        "a repeated key is answered with the room's newest place",
        "gateways/web/session.py",
        "web.Stored(tag.key, outcome.room, outcome.seq)",
        "web.Stored(tag.key, outcome.room, self._view.state.rooms[outcome.room].tip)",
        "ack elsewhere",
    ),
    _bug(
        "one resumes an event too late",
        "gateways/web/session.py",
        "    return seen.seq if seen",
        "    return min(seen.seq + 1, room.tip) if seen",
        "gap",
    ),
    _bug(
        "one resumes at the end",
        "gateways/web/session.py",
        "                streams.append(Subscribe(id_, after, EVENTS))",
        "                streams.append(Subscribe(id_, room.tip, EVENTS))",
        "gap",
    ),
    _bug(
        "what the cursor says is written is not what is written",
        "server/subscription.py",
        "            cursor.seq = self.shown\n            self.behind.add(cursor)",
        "            cursor.seq = self.shown + 1\n            self.behind.add(cursor)",
        "gap",
    ),
    _bug(
        "a slow reader misses a piece",
        "server/subscription.py",
        "            if not cursor.reader.writable or cursor not in self.behind:\n"
        "                return\n"
        "            cursor.seq = upto\n",
        "            cursor.seq = upto\n"
        "            if not cursor.reader.writable or cursor not in self.behind:\n"
        "                return\n",
        "gap",
        "not at rest",
    ),
    _bug(
        "a slow reader is not brought back",
        "server/subscription.py",
        "        for cursor in reader.cursors:\n            self._catch_up(cursor.feed, cursor)\n",
        "",
        "not at rest",
        "gap",
    ),
    _bug(
        "a page from the store begins one too late",
        "storage/sqlite/queries.sql",
        "WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?;",
        "WHERE room = ? AND seq > ? + 1 ORDER BY seq LIMIT ?;",
        "gap",
        "not at rest",
    ),
    _bug(
        "a page lacks its first event",
        "gateways/web/session.py",
        "within_bytes(events[-tag.limit :] if newest else events[: tag.limit], PIECE_BYTES, newest=newest)",
        "within_bytes(events[-tag.limit :] if newest else events[1 : tag.limit], PIECE_BYTES, newest=newest)",
        "gap",
    ),
    _bug(
        "the tail forgets one event too many when it is trimmed",
        "core/roomlog.py",
        "        del self._events[:excess]\n",
        "        del self._events[: excess + 1]\n",
        "gap",
        "shown before durable",
        "doubled",
        "server error",
    ),
    _bug(
        "messages of one batch are stored in another order",
        "server/writer.py",
        "            entries, self._queue = self._queue[:BATCH_COMMANDS], self._queue[BATCH_COMMANDS:]\n",
        "            entries, self._queue = self._queue[:BATCH_COMMANDS][::-1], self._queue[BATCH_COMMANDS:]\n",
        "out of order",
    ),
    _bug(
        "a direct message is shown to everyone who writes directly",
        "gateways/web/session.py",
        '        if room is None or (room.kind != "public" and self._user not in room.members):\n',
        "        if room is None:\n",
        "overheard",
    ),
    _bug(
        "one does not get back into one's direct rooms",
        "storage/sqlite/queries.sql",
        "SELECT room, user, since FROM members;",
        "SELECT room, user, since FROM members WHERE room NOT IN (SELECT id FROM rooms WHERE name LIKE '@%');",
        "gap",
        "unsound",
        "not at rest",
        "server error",
        "protocol",
    ),
    _bug(
        "resume tokens are not stored",
        "storage/sqlite/queries.sql",
        "UPDATE users SET token = ? WHERE id = ?;",
        "UPDATE users SET token = NULL WHERE ? <> '' AND id = ?;",
        "protocol",
        "lost",
    ),
    _bug(
        "SIGTERM is not heard",
        "server/compose.py",
        "            await stop\n",
        "            await loop.create_future()\n",
        "shutdown",
    ),
    _bug(
        "after a full disk nothing is stored any more",
        "server/writer.py",
        "        self.failing = str(error)\n",
        "        self.failing = str(error)\n        self._running = True\n",
        "no recovery",
        "not at rest",
    ),
)
