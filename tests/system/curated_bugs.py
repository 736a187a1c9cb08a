"""Mutants: deliberate bugs of one or two lines. Chaos, or a test file, has to find each of them
(test_curated_bugs.py).
"""

from typing import NamedTuple

RACES = "tests/system/test_races.py"
"""The test file with races that occur too rarely in chaos."""


class Bug(NamedTuple):
    """A mutant.

    Attributes:
        name: the fault.
        file: the source file, below `src/parley`.
        old: the right code; it occurs once in the file.
        new: the wrong code.
        kinds: kinds of violations; chaos has to find at least one of them. Or a test file that has to fail.
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
        "answers are sent before the commit",
        "server/engine/writer.py",
        "                result = self._store.append(commit.batch)\n",
        "                self._loop.call_soon_threadsafe(self._end, commit, {})\n"
        "                self._store.append(commit.batch)\n"
        "                continue\n",
        "shown before durable",
        "lost",
        "refused yet stored",
        "ack elsewhere",
    ),
    _bug(
        "events of a failed commit are shown",
        "server/engine/writer.py",
        "        self._ahead.revert(self.durable, commit.batch.events)\n",
        "        self._ahead.revert(self.durable, commit.batch.events)\n"
        "        self.projection.show(self.projection.apply(commit.batch))\n",
        "shown before durable",
        "gap",
    ),
    _bug(
        "a failed commit counts as stored",
        "server/engine/writer.py",
        "            self._undo(commit, result)\n            self._begin()\n            return\n",
        "            result = {}\n",
        "lost",
        "shown before durable",
        "ack elsewhere",
    ),
    _bug(
        "a failed commit is not reverted",
        "server/engine/writer.py",
        "        self._ahead.revert(self.durable, commit.batch.events)\n",
        "        pass\n",
        "no recovery",
        "server error",
        "gap",
    ),
    _bug(
        "a refusal is never sent",
        "server/engine/writer.py",
        "        self._answer(commit.entries, outcomes)\n",
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
        "storage/sqlite/schema.py",
        'f"value ->> {index}" for index in',
        'f"iif({index} = 7, NULL, value ->> {index})" for index in',
        "doubled",
        "lost",
    ),
    _bug(
        "a command without events is answered before the commit in front of it",
        "server/engine/writer.py",
        "                self._loop.call_soon(self._answer, commit.entries, commit.outcomes)\n",
        "                self._answer(commit.entries, commit.outcomes)\n",
        RACES,
    ),
    _bug(
        "a slow reader gets `left` before the last events",
        "server/net/connection.py",
        "        return self._endings > 0 or bool(self._backlog)\n",
        "        return bool(self._backlog)\n",
        RACES,
    ),
    _bug(
        "the order of a join and a departure in one commit is ignored",
        "gateways/membership.py",
        "if place == room and left > seq), None)\n",
        "if place < 0), None)\n",
        RACES,
    ),
    _bug(
        "a key is forgotten when its message would be refused now",
        "server/engine/writer.py",
        "                    maybe_stored[index] = keyed\n",
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
        "a resume skips an event",
        "gateways/membership.py",
        "    after = seen.seq if seen",
        "    after = min(seen.seq + 1, room.tip) if seen",
        "gap",
    ),
    _bug(
        "a resume begins at the tip",
        "gateways/web/session.py",
        "web_room(view, room, user, after, folded), Subscribe(id_, after, events_of(view))",
        "web_room(view, room, user, after, folded), Subscribe(id_, room.tip, events_of(view))",
        "gap",
    ),
    _bug(
        "a cursor advances past an event that was not written",
        "server/engine/subscription.py",
        "            cursor.seq = self.shown\n            self.behind.add(cursor)",
        "            cursor.seq = self.shown + 1\n            self.behind.add(cursor)",
        "gap",
    ),
    _bug(
        "a slow reader misses a piece",
        "server/engine/subscription.py",
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
        "a slow reader is never continued",
        "server/engine/subscription.py",
        "        for cursor in reader.cursors:\n            self._catch_up(cursor.feed, cursor)\n",
        "",
        "not at rest",
        "gap",
    ),
    _bug(
        "a page from the store skips an event",
        "storage/sqlite/queries.sql",
        "WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?;",
        "WHERE room = ? AND seq > ? + 1 ORDER BY seq LIMIT ?;",
        "gap",
        "not at rest",
    ),
    _bug(
        "a page lacks its first event",
        "gateways/web/session.py",
        "cut_page(events or [], first, tag.limit, PIECE_BYTES, newest=tag.after is None)",
        "cut_page((events or [])[tag.after is not None :], first, tag.limit, PIECE_BYTES, newest=tag.after is None)",
        "gap",
    ),
    _bug(
        "the tail forgets one event too many when it is trimmed",
        "core/tail.py",
        "            self._said_from = self._said_below[0].seq\n        del self._events[:excess]\n",
        "            self._said_from = self._said_below[0].seq\n        del self._events[: excess + 1]\n",
        "tests/core/test_tail.py",
    ),
    _bug(
        "the messages of a batch are stored in reverse",
        "server/engine/writer.py",
        "            entries, self._queue = self._queue[:BATCH_COMMANDS], self._queue[BATCH_COMMANDS:]\n",
        "            entries, self._queue = self._queue[:BATCH_COMMANDS][::-1], self._queue[BATCH_COMMANDS:]\n",
        "out of order",
    ),
    _bug(
        "direct rooms are visible to everybody",
        "core/roles.py",
        '    if room.kind != "public":\n',
        '    if room.kind == "private":\n',
        "overheard",
    ),
    _bug(
        "memberships of direct rooms are not loaded",
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
        "INSERT INTO tokens (token, user, kind, label, made) VALUES (?, ?, ?, ?, ?);",
        "INSERT INTO tokens (token, user, kind, label, made) VALUES (randomblob(32 + 0 * length(?)), ?, ?, ?, ?);",
        "protocol",
        "lost",
    ),
    _bug(
        "SIGTERM is ignored",
        "server/compose.py",
        "            await stop\n",
        "            await loop.create_future()\n",
        "shutdown",
    ),
    _bug(
        "the writer stops for ever after a full disk",
        "server/engine/writer.py",
        "        self.failing = str(error)\n",
        "        self.failing = str(error)\n        self._running = True\n",
        "no recovery",
        "not at rest",
    ),
    # Accounts
    _bug(
        "a password change ends no session",
        "core/rules/accounts.py",
        "[PutPassword(user.id, command.password), DropTokens(user.id, but=command.but)]\n",
        "[PutPassword(user.id, command.password)]\n",
        "session kept",
    ),
    _bug(
        "ended sessions stay in the cache",
        "server/auth/authenticator.py",
        "        self.endings += 1\n",
        "        pass\n",
        "session kept",
    ),
    _bug(
        "a new password is not stored",
        "storage/sqlite/queries.sql",
        "ON CONFLICT (user) DO UPDATE SET hash = excluded.hash;",
        "ON CONFLICT (user) DO UPDATE SET hash = passwords.hash;",
        "password kept",
        "lost",
        "not at rest",
    ),
    _bug(
        "an account is a guest again when the server starts",
        "core/kinds.py",
        '    "registered": _BOTH,\n',
        '    "registered": _AUDITED,\n',
        "lost",
    ),
    _bug(
        "an invitation is never used up",
        "core/state.py",
        "        if invitation is not None and invitation.uses == 1:\n",
        "        if invitation is not None and invitation.uses < 0:\n",
        "tests/core/test_accounts.py",
    ),
    _bug(
        "connections stay open after their session has ended",
        "server/engine/sessions.py",
        "            if _ends(record, client.token):\n",
        "            if not client.token:\n",
        "tests/server/test_accounts_web.py",
    ),
    # Private rooms
    _bug(
        "a new member of a private room sees earlier events",
        "core/roles.py",
        "    return room.members.get(user, room.tip + 1) if room.private else 1\n",
        "    return 1\n",
        "overheard",
    ),
    _bug(
        "private rooms are visible to everybody",
        "core/roles.py",
        '    if room.kind != "public":\n',
        '    if room.kind == "direct":\n',
        "overheard",
    ),
    _bug(
        "a kick ends no membership",
        "core/events.py",
        '    if event.kind in ("kicked", "banned") and event.about is not None:\n        return event.about.user\n',
        "",
        "overheard",
    ),
    _bug(
        "connections of a kicked member keep their streams",
        "server/engine/projection.py",
        "            if gone := departed(event):\n",
        '            if event.kind == "left" and (gone := departed(event)):\n',
        "overheard",
        "protocol",
    ),
    _bug(
        "a kick is not stored in the members table",
        "storage/sqlite/changes.py",
        "            elif gone := departed(event):\n                members[event.room, gone] = None\n",
        '            elif event.kind == "left":\n                members[event.room, event.user] = None\n',
        "overheard",
        "unsound",
    ),
    _bug(
        "a kick keeps the invitation",
        "core/state.py",
        "        if room.invited.pop(event.about.user, None) is not None:\n",
        "        if room.id < 0:\n",
        "uninvited",
    ),
    _bug(
        "an event stream ends without the kick",
        "server/api.py",
        "        if event.room == self._room and not self._sees() and not self._leaving:\n",
        "        if event.room == self._room and self._sees() and not self._leaving:\n",
        "gap",
        "overheard",
    ),
    _bug(
        "event streams stay open after their session has ended",
        "server/api.py",
        '        self.end("signed_out")\n',
        "        pass\n",
        "tests/server/test_api.py",
    ),
    # The HTTP API
    _bug(
        "Idempotency-Key is ignored",
        "gateways/http/api/request.py",
        '        given = self.headers.get(b"idempotency-key")\n',
        "        given = None\n",
        "ack elsewhere",
        "doubled",
        "lost",
    ),
    _bug(
        "Last-Event-ID is ignored",
        "gateways/http/api/messages.py",
        "    wanted = int(last) if _SEQ.fullmatch(last) else query.after\n",
        "    wanted = query.after\n",
        "gap",
    ),
    _bug(
        "a page by HTTP lacks its first event",
        "gateways/http/api/messages.py",
        "cut_page(page, first, query.limit, PAGE_BYTES, newest=query.after is None)",
        "cut_page(page[query.after is not None :], first, query.limit, PAGE_BYTES, newest=query.after is None)",
        "gap",
    ),
    _bug(
        "a page by HTTP shows events from before the join",
        "gateways/http/api/messages.py",
        "cut_page(page, first, query.limit,",
        "cut_page(page, 0, query.limit,",
        "overheard",
    ),
    _bug(
        "an invisible room can be read by its id",
        "gateways/http/api/request.py",
        "        return visible(self.state, room, self.caller.id)\n",
        "        return room is not None and room.id > 0\n",
        "overheard",
    ),
    # Marks and mentions
    _bug(
        "a mark that could not be stored loses a newer request",
        "server/engine/read_marks.py",
        "        self._wanted[place] = max(newer[0], wanted[0]), max(newer[1], wanted[1])\n",
        "        self._wanted[place] = newer\n",
        "tests/server/test_read_marks.py",
    ),
    _bug(
        "messages sent while unread is counted count as read",
        "server/engine/read_marks.py",
        "            elif read >= self.state.rooms[room].tip:\n",
        "            elif read:\n",
        "tests/server/test_read_marks.py",
    ),
    _bug(
        "marks are sent before they are on disk",
        "server/engine/read_marks.py",
        "        command = MoveReadMark(*place, since, *wanted, messages, mentions, *as_of)\n",
        "        command = MoveReadMark(*place, since, *wanted, messages, mentions, *as_of)\n"
        "        self.moved(PutReadMark(*place, since, *wanted, messages, mentions))\n",
        "tests/server/test_read_marks.py",
    ),
    _bug(
        "a start does not count the messages after the last count",
        "storage/sqlite/store.py",
        "                    self._counts.count(room)\n        except (apsw.FullError",
        "                    pass\n        except (apsw.FullError",
        "tests/storage/test_counts.py",
    ),
    _bug(
        "the mark of the folder is written before the commit",
        "storage/sqlite/store.py",
        '            checkpoints.in_doubt = True\n            run("COMMIT")\n',
        "            checkpoints.in_doubt = True\n"
        "            self._mark.write(checkpoints.epoch, checkpoints.events + len(batch.events))\n"
        '            run("COMMIT")\n',
        "tests/storage/test_past.py",
    ),
    _bug(
        "a copy without its log is taken for whole",
        "storage/sqlite/past.py",
        "_LABEL | label.partial * _PARTIAL",
        "_LABEL",
        "tests/storage/test_past.py",
    ),
    _bug(
        "mentions of an earlier stay are counted",
        "storage/sqlite/queries.sql",
        "    AND events.seq > whom.since AND whom.user <> events.user\n",
        "    AND whom.user <> events.user\n",
        "tests/storage/test_counts.py",
    ),
    _bug(
        "names in code are mentions",
        "core/mentions.py",
        '    plain = without_code(text) if "`" in text else text\n',
        "    plain = text\n",
        "tests/core/test_mentions.py",
    ),
    _bug(
        "an emoji with its variation selector is another one",
        "core/emoji.py",
        '_spellings().get(text.replace(_VS16, "").strip())',
        "_spellings().get(text.strip())",
        "tests/core/test_emoji.py",
    ),
    _bug(
        "an emoji with the variation selector for text is accepted",
        "core/emoji.py",
        '_spellings().get(text.replace(_VS16, "").strip())',
        '_spellings().get(text.replace(_VS16, "").replace("\\ufe0e", "").strip())',
        "tests/core/test_emoji.py",
    ),
    _bug(
        "two people with different skin tones have no base",
        "core/emoji.py",
        "    return _pairs().get(key) or _spellings().get(key) or bare\n",
        "    return _spellings().get(key) or bare\n",
        "tests/core/test_emoji.py",
        "the salt is not hashed",
        "core/proof.py",
        "sha256(_BEFORE_WHO + salt.encode() + who)",
        "sha256(_BEFORE_WHO + who)",
        "tests/core/test_proof.py",
    ),
    _bug(
        "the leaf has no time",
        "core/proof.py",
        "_fixed(room, seq, at, user, target, len(spelled))",
        "_fixed(room, seq, 0, user, target, len(spelled))",
        "tests/core/test_proof.py",
    ),
    _bug(
        "the leaf has no user",
        "core/proof.py",
        "_fixed(room, seq, at, user, target, len(spelled))",
        "_fixed(room, seq, at, 0, target, len(spelled))",
        "tests/core/test_proof.py",
    ),
    _bug(
        "the leaf has no target",
        "core/proof.py",
        "_fixed(room, seq, at, user, target, len(spelled))",
        "_fixed(room, seq, at, user, 0, len(spelled))",
        "tests/core/test_proof.py",
    ),
    _bug(
        "the leaf has no kind",
        "core/proof.py",
        "fixed + spelled + _checked(c)",
        "fixed + _checked(c)",
        "tests/core/test_proof.py",
    ),
    _bug(
        "the leaf does not begin with a zero byte",
        "core/proof.py",
        'b"\\x00parley\\x01"',
        'b"parley\\x01"',
        "tests/core/test_proof.py",
    ),
    _bug(
        "the name of the user affected is not hashed",
        "core/proof.py",
        '        if "name" in about:\n',
        "        if not about:\n",
        "tests/core/test_proof.py",
    ),
    _bug(
        "the names of other people are not hashed",
        "core/proof.py",
        'who["names"] = what.pop("names")',
        'what.pop("names")',
        "tests/core/test_proof.py",
    ),
    _bug(
        "a user's new name counts as content",
        "core/proof.py",
        "_kind(fields) in NAMING:",
        '_kind(fields) == "named":',
        "tests/core/test_proof.py",
    ),
    _bug(
        "unknown fields are not hashed",
        "core/proof.py",
        "for name, value in fields.items() if name not in OUTSIDE}",
        'for name, value in fields.items() if name in ("text", "about", "names", "mentions")}',
        "tests/core/test_proof.py",
    ),
    _bug(
        "the present form of an event is hashed",
        "core/proof.py",
        '"v", "bot", "now")',
        '"v", "bot")',
        "tests/core/test_proof.py",
    ),
    _bug(
        "the mark of a bot is hashed",
        "core/proof.py",
        '"v", "bot", "now")',
        '"v", "now")',
        "tests/core/test_proof.py",
    ),
    _bug(
        "keys are encoded in the order of the JSON",
        "core/proof.py",
        "    return sorted([_text(",
        "    return list([_text(",
        "tests/core/test_proof.py",
    ),
    _bug(
        "a length of 23 has a long head",
        "core/proof.py",
        "    if number < 24:\n",
        "    if number < 23:\n",
        "tests/core/test_proof.py",
    ),
    _bug(
        "a length of 255 has a long head",
        "core/proof.py",
        "    if number < 0x100:\n",
        "    if number < 0xFF:\n",
        "tests/core/test_proof.py",
    ),
    _bug(
        "an event with another version of the leaf is hashed",
        "core/proof.py",
        '    if "v" in fields:\n',
        '    if "v" in fields and not fields["v"]:\n',
        "tests/core/test_proof.py",
    ),
    _bug(
        "an event with salt and sum is hashed",
        "core/proof.py",
        '    if ("salt" in fields) + ("who" in fields) + ("sum" in fields) != 1:\n',
        '    if ("salt" in fields) + ("who" in fields) + ("sum" in fields) < 1:\n',
        "tests/core/test_proof.py",
    ),
    _bug(
        "streams have the text of edits of messages from before the reader came",
        "server/engine/subscription.py",
        "        events = self.tail.events(after, upto) if self.withholds else []\n",
        "        events: list[Event] = []\n",
        "tests/server/test_subscription.py",
    ),
    _bug(
        "pages have the text of edits of messages from before the reader came",
        "core/erasure.py",
        "    return withheld(event) if is_withheld(event, first) else event\n",
        "    return event\n",
        "tests/server/test_api_life.py",
    ),
    _bug(
        "a member can react to a message from before they came",
        "core/rules/changing.py",
        "    return message is not None and message.seq >= first_visible_seq(room, user.id)\n",
        "    return message is not None\n",
        "tests/server/test_api_life.py",
    ),
    _bug(
        "a key of one change is taken for that of another",
        "core/repetition.py",
        "            return _is_change(command, stored)\n",
        "            return True\n",
        "tests/server/test_api_life.py",
    ),
    _bug(
        "an erased text is sent to a webhook again",
        "server/webhooks/deliver.py",
        "            if self.stale:\n                return True\n",
        "",
        "tests/server/webhooks/test_deliver.py",
    ),
)
