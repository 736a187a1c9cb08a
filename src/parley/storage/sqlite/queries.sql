-- Each query follows its name. $PLAIN is the list of an event's columns and $VALUES that of its fields in a JSON array, both
-- in the order of `parley.core.events.Event`; $KIND is the index of its kind. $EVENT is the list with the columns of a
-- `RelatedEvent`, and $MORE its further fields. $MENTIONS are the present mentions of the message `e` with the form `f`,
-- and $LEFT sets what an erasure changes. Lists come as JSON parameters: one statement for
-- a whole batch runs without the interpreter's lock, while a statement for each row would compete with the event loop for it.
-- As JSONB they are parsed once; `->>` on text would parse a row again for each column.

-- name: append_messages
INSERT INTO events ($PLAIN) SELECT $VALUES FROM jsonb_each(jsonb(?));

-- The second parameter maps kinds to classes.
-- name: append_changes
INSERT INTO events ($PLAIN, class) SELECT $VALUES, ?2 ->> (value ->> $KIND) FROM jsonb_each(jsonb(?1));

-- name: append_related
INSERT INTO events ($EVENT, class) SELECT $VALUES, $MORE, ?2 ->> (value ->> $KIND) FROM jsonb_each(jsonb(?1));

-- name: put_changes
INSERT INTO changes (room, target, seq) SELECT value ->> 0, value ->> 1, value ->> 2 FROM jsonb_each(jsonb(?));

-- name: put_replies
INSERT INTO replies (room, thread, seq) SELECT value ->> 0, value ->> 1, value ->> 2 FROM jsonb_each(jsonb(?));

-- name: put_reactions
INSERT OR REPLACE INTO reactions (room, seq, emoji, user, since)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM jsonb_each(jsonb(?));

-- name: drop_reactions
DELETE FROM reactions WHERE (room, seq, emoji, user) IN (
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM jsonb_each(jsonb(?))
);

-- name: put_forms
INSERT OR REPLACE INTO forms (room, seq, as_of, edited, edits, erased, by, pinned, title, replies, last, reactions)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8,
    value ->> 9, value ->> 10, value -> 11 FROM jsonb_each(jsonb(?));

-- A message and those of its changes that have text of their own, without those that were erased before.
-- name: with_text
SELECT $EVENT FROM events
WHERE room = ?1 AND seq IN (SELECT ?2 UNION ALL SELECT changes.seq FROM changes WHERE changes.room = ?1 AND changes.target = ?2)
AND sum IS NULL AND (seq = ?2 OR kind IN ('edited', 'reacted', 'unreacted', 'titled'));

-- What is left of erased events. An erased message is not counted as a message any more, so its class changes.
-- name: replace_events
UPDATE events SET $LEFT, class = iif(new.value ->> $ERASED, max(class, 1), class)
FROM jsonb_each(jsonb(?)) AS new WHERE events.room = new.value ->> 0 AND events.seq = new.value ->> 1;

-- name: drop_all_reactions
DELETE FROM reactions WHERE (room, seq) IN (SELECT value ->> 0, value ->> 1 FROM jsonb_each(jsonb(?)));

-- name: form
SELECT as_of, edited, edits, erased, by, pinned, title, replies, last, reactions,
    (SELECT json_array(text, json(mentions)) FROM events WHERE events.room = forms.room AND events.seq = forms.edited)
FROM forms WHERE room = ? AND seq = ?;

-- name: reactions
SELECT emoji, user, since FROM reactions WHERE room = ? AND seq = ? ORDER BY since;

-- A page in present form: what is listed of the :scan events before (after) a seq, each with its form.
-- name: shown_before
SELECT $LISTED FROM events AS e LEFT JOIN forms AS f ON f.room = e.room AND f.seq = e.seq
WHERE e.room = :room AND e.seq < :before AND e.seq >= :before - :scan AND (e.target IS NULL OR e.kind IN ('message', 'action'))
AND (e.thread IS NULL OR e.also) AND (NOT :said OR e.class = 0)
ORDER BY e.seq DESC LIMIT :limit;

-- name: shown_after
SELECT $LISTED FROM events AS e LEFT JOIN forms AS f ON f.room = e.room AND f.seq = e.seq
WHERE e.room = :room AND e.seq > :after AND e.seq <= :after + :scan AND (e.target IS NULL OR e.kind IN ('message', 'action'))
AND (e.thread IS NULL OR e.also) AND (NOT :said OR e.class = 0)
ORDER BY e.seq LIMIT :limit;

-- name: shown_at
SELECT $LISTED FROM json_each(:seqs) AS s CROSS JOIN events AS e ON e.room = :room AND e.seq = s.value
LEFT JOIN forms AS f ON f.room = e.room AND f.seq = e.seq ORDER BY e.seq;

-- name: shown_of_thread_before
SELECT $LISTED FROM replies AS r CROSS JOIN events AS e ON e.room = r.room AND e.seq = r.seq
LEFT JOIN forms AS f ON f.room = e.room AND f.seq = e.seq
WHERE r.room = :room AND r.thread = :thread AND r.seq < :before ORDER BY r.seq DESC LIMIT :limit;

-- name: shown_of_thread_after
SELECT $LISTED FROM replies AS r CROSS JOIN events AS e ON e.room = r.room AND e.seq = r.seq
LEFT JOIN forms AS f ON f.room = e.room AND f.seq = e.seq
WHERE r.room = :room AND r.thread = :thread AND r.seq > :after ORDER BY r.seq LIMIT :limit;

-- The messages that were changed after a seq, in the order of their newest change.
-- name: shown_changed
SELECT $LISTED FROM forms AS f INDEXED BY forms_by_change CROSS JOIN events AS e ON e.room = f.room AND e.seq = f.seq
WHERE f.room = :room AND f.as_of > :after AND f.seq >= :floor ORDER BY f.as_of LIMIT :limit;

-- name: erased_after
SELECT seq FROM forms INDEXED BY forms_erased WHERE room = ? AND erased > ? AND erased > 0 ORDER BY erased;

-- name: shown_pins
SELECT $LISTED FROM forms AS f INDEXED BY forms_pinned CROSS JOIN events AS e ON e.room = f.room AND e.seq = f.seq
WHERE f.pinned > 0 AND f.room = :room ORDER BY f.seq;

-- name: own_reactions
SELECT seq, emoji FROM reactions WHERE room = :room AND user = :user AND seq IN (SELECT value FROM json_each(:seqs))
ORDER BY since;

-- name: versions
SELECT $EVENT FROM events WHERE room = ?1 AND seq IN (
    SELECT ?2 UNION ALL SELECT * FROM (
        SELECT c.seq FROM changes AS c CROSS JOIN events AS e ON e.room = c.room AND e.seq = c.seq
        WHERE c.room = ?1 AND c.target = ?2 AND c.seq < ?3 AND e.kind = 'edited' ORDER BY c.seq DESC LIMIT ?4
    )
) ORDER BY seq;

-- name: reactors
SELECT user, since FROM reactions WHERE room = ? AND seq = ? AND emoji = ? AND since > ? ORDER BY since LIMIT ?;

-- name: pins
SELECT room, seq, pinned FROM forms INDEXED BY forms_pinned WHERE pinned > 0;

-- A message of the user :user was erased (`lost` is 1) or mentions others. All events up to the tip are counted before. Each
-- term is what the message contributed to a count: see `RoomReadMarks.recount`.
-- name: recount_mentions
UPDATE members SET mentions = mentions + :by
WHERE room = :room AND user <> :user AND since < :seq AND read < :seq
AND (:everybody OR user IN (SELECT value FROM json_each(:users)));

-- name: put_users
INSERT INTO users (id, name, here)
SELECT value ->> 0, value ->> 1, value ->> 2 FROM jsonb_each(jsonb(?)) WHERE true
ON CONFLICT (id) DO UPDATE SET name = excluded.name, here = excluded.here;

-- name: put_token
INSERT INTO tokens (token, user, kind, label, made) VALUES (?, ?, ?, ?, ?);

-- name: drop_token
DELETE FROM tokens WHERE user = ? AND token = ?;

-- name: drop_tokens
DELETE FROM tokens WHERE user = ? AND token IS NOT ?;

-- name: keep_tokens
UPDATE tokens SET kind = 'session' WHERE user = ? AND kind = 'resume';

-- name: put_password
INSERT INTO passwords (user, hash) VALUES (?, ?) ON CONFLICT (user) DO UPDATE SET hash = excluded.hash;

-- name: drop_password
DELETE FROM passwords WHERE user = ?;

-- name: put_hook
INSERT INTO hooks (id, room, label, url, secret, kinds, acked, parked, user, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: move_hook
UPDATE hooks SET acked = max(acked, ?), parked = ? WHERE id = ?;

-- name: drop_hook
DELETE FROM hooks WHERE id = ? AND room = ?;

-- name: hooks
SELECT id, room, label, url, secret, kinds, acked, parked, user, made FROM hooks ORDER BY id;

-- The deletion of an account: see forgetting.py.

-- name: rooms_of_author
SELECT DISTINCT room FROM events WHERE user = ? AND class = 0;

-- name: messages_of_author
SELECT e.room, e.seq, $MENTIONS FROM events AS e LEFT JOIN forms AS f ON f.room = e.room AND f.seq = e.seq
WHERE e.user = ? AND e.class = 0 ORDER BY e.room, e.seq;

-- name: events_naming
SELECT $EVENT FROM events
WHERE (user = ?1 OR (about IS NOT NULL AND about ->> 0 = ?1)) AND (room, seq) > (?2, ?3) ORDER BY room, seq LIMIT ?4;

-- The changes with text of their own, without those that were erased before.
-- name: texts_of_changes
SELECT $EVENT FROM events WHERE (room, seq) IN (
    SELECT c.room, c.seq FROM jsonb_each(jsonb(?)) AS erased
    CROSS JOIN changes AS c ON c.room = erased.value ->> 0 AND c.target = erased.value ->> 1
) AND kind IN ('edited', 'reacted', 'unreacted', 'titled') AND sum IS NULL;

-- name: erase_forms_of_author
UPDATE forms SET erased = seq, by = :user, title = '', reactions = '[]'
WHERE erased = 0 AND EXISTS (
    SELECT 1 FROM events WHERE events.room = forms.room AND events.seq = forms.seq AND events.user = :user
    AND events.erased = events.seq
);

-- name: drop_reactions_of_author
DELETE FROM reactions WHERE (room, seq) IN (SELECT room, seq FROM forms WHERE by = :user AND erased = seq);

-- name: recount_replies_of_author
UPDATE forms SET replies = (
    SELECT count(*) FROM replies CROSS JOIN events ON events.room = replies.room AND events.seq = replies.seq
    WHERE replies.room = forms.room AND replies.thread = forms.seq AND events.erased IS NULL
) WHERE (room, seq) IN (SELECT room, thread FROM events WHERE user = :user AND erased = seq AND thread IS NOT NULL);

-- name: take_out_said
UPDATE rooms SET said = said - ? WHERE id = ?;

-- name: take_out_of_members
UPDATE members SET past = past - taken.value ->> 1, moved = moved - taken.value ->> 2, mentions = mentions - taken.value ->> 3
FROM jsonb_each(jsonb(?2)) AS taken WHERE members.room = ?1 AND members.user = taken.value ->> 0;

-- name: places_of_members
SELECT user, since, read FROM members WHERE room = ?;

-- name: put_rooms
INSERT INTO rooms (id, name, epoch, topic)
SELECT value ->> 0, value ->> 1, (SELECT epoch FROM meta), '' FROM jsonb_each(jsonb(?));

-- name: put_names
UPDATE rooms SET name = new.value ->> 1 FROM jsonb_each(jsonb(?)) AS new WHERE rooms.id = new.value ->> 0;

-- name: put_topics
UPDATE rooms SET topic = new.value ->> 1 FROM jsonb_each(jsonb(?)) AS new WHERE rooms.id = new.value ->> 0;

-- name: put_members
INSERT INTO members (room, user, since, delivered, read)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 2, value ->> 2 FROM jsonb_each(jsonb(?)) WHERE true
ON CONFLICT (room, user) DO UPDATE SET
    since = excluded.since, delivered = excluded.delivered, read = excluded.read, past = NULL, moved = 0, mentions = 0;

-- name: drop_members
DELETE FROM members WHERE (room, user) IN (SELECT value ->> 0, value ->> 1 FROM jsonb_each(jsonb(?)));

-- name: move_marks
UPDATE members SET
    delivered = max(members.delivered, new.delivered), read = max(members.read, new.read),
    moved = moved + new.messages, mentions = members.mentions - new.mentions
FROM (
    SELECT
        value ->> 0 AS user, value ->> 1 AS room, value ->> 2 AS since, max(value ->> 3) AS delivered, max(value ->> 4) AS read,
        sum(value ->> 5) AS messages, sum(value ->> 6) AS mentions
    FROM json_each(?) GROUP BY 1, 2, 3
) AS new WHERE members.room = new.room AND members.user = new.user AND members.since = new.since;

-- name: put_preferences
INSERT INTO preferences (user, room, level, favourite, hours) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (user, room) DO UPDATE SET
    level = ifnull(excluded.level, level), favourite = ifnull(excluded.favourite, favourite), hours = excluded.hours;

-- name: drop_preferences
DELETE FROM preferences WHERE user = ?;

-- Counting: update the counts of a room and its members for the events after `counted`. A member's counts begin when they
-- joined. A member's own messages are not unread to them, and do not mention them. A message that is counted has the mentions
-- that it was sent with: the commit that edits or erases it counts it first.

-- The number of messages, of members who joined and of messages with mentions, and the last event's seq. If one of these
-- numbers is 0, the queries that depend on it are skipped.
-- name: not_counted
SELECT
    count(*) FILTER (WHERE class = 0), count(*) FILTER (WHERE kind = 'joined'), count(mentions) FILTER (WHERE class = 0),
    ifnull(max(seq), (SELECT counted FROM rooms WHERE id = :room))
FROM events WHERE room = :room AND seq > (SELECT counted FROM rooms WHERE id = :room);

-- name: count_own
UPDATE members SET moved = moved + own.messages FROM (
    SELECT user, count(*) AS messages FROM events
    WHERE room = :room AND seq > (SELECT counted FROM rooms WHERE id = :room) AND class = 0
    GROUP BY user
) AS own
WHERE members.room = :room AND members.user = own.user AND since <= (SELECT counted FROM rooms WHERE id = :room);

-- name: count_own_of_new
UPDATE members SET moved = moved + own.messages FROM (
    SELECT events.user, count(*) AS messages FROM events
    JOIN members ON members.room = events.room AND members.user = events.user
    WHERE events.room = :room AND events.seq > (SELECT counted FROM rooms WHERE id = :room)
    AND events.seq > members.since AND events.class = 0
    GROUP BY events.user
) AS own
WHERE members.room = :room AND members.user = own.user AND since > (SELECT counted FROM rooms WHERE id = :room);

-- The query goes from each event to the members that it mentions. The other way round it would search all events for each
-- member.
-- name: count_mentions
UPDATE members SET mentions = members.mentions + named.messages FROM (
    SELECT whom.user, count(*) AS messages FROM events
    CROSS JOIN json_each(events.mentions) AS mentioned
    CROSS JOIN members AS whom ON whom.room = events.room AND whom.user = mentioned.value
    WHERE events.room = :room AND events.seq > (SELECT counted FROM rooms WHERE id = :room)
    AND events.seq > whom.since AND whom.user <> events.user
    AND events.mentions IS NOT NULL AND events.mentions NOT LIKE '[0%' AND events.class = 0
    GROUP BY whom.user
) AS named WHERE members.room = :room AND members.user = named.user;

-- A mention of everybody (0, always the first of a message's mentions) counts for all members except its author and those
-- who joined later. It counts once for a member who is also mentioned by name.
-- name: count_calls
WITH calls AS MATERIALIZED (
    SELECT seq, user FROM events
    WHERE room = :room AND seq > (SELECT counted FROM rooms WHERE id = :room) AND mentions LIKE '[0%' AND class = 0
), own AS MATERIALIZED (
    SELECT calls.user, count(*) AS messages FROM calls
    JOIN members ON members.room = :room AND members.user = calls.user AND calls.seq > members.since
    GROUP BY calls.user
)
UPDATE members SET mentions = mentions
    + iif(since <= (SELECT counted FROM rooms WHERE id = :room),
        (SELECT count(*) FROM calls), (SELECT count(*) FROM calls WHERE seq > since))
    - ifnull((SELECT messages FROM own WHERE own.user = members.user), 0)
WHERE room = :room AND EXISTS (SELECT 1 FROM calls);

-- name: count_past
UPDATE members SET past = (SELECT said FROM rooms WHERE id = :room) + before.messages FROM (
    SELECT seq, user, kind, count(*) FILTER (WHERE class = 0) OVER (ORDER BY seq) AS messages
    FROM events WHERE room = :room AND seq > (SELECT counted FROM rooms WHERE id = :room)
) AS before
WHERE before.kind = 'joined' AND members.room = :room AND members.user = before.user AND members.since = before.seq
AND members.past IS NULL;

-- name: count_said
UPDATE rooms SET said = said + :said, counted = :upto WHERE id = :room;

-- name: uncounted
SELECT id FROM rooms WHERE id > 0 AND counted < (SELECT ifnull(max(seq), 0) FROM events WHERE events.room = rooms.id);

-- name: counted_rooms
SELECT id FROM rooms WHERE id > 0;

-- name: said
SELECT said FROM rooms WHERE id = ?;

-- name: marks
SELECT user, since, delivered, read, ifnull(past, 0) + moved, mentions FROM members WHERE room = ? ORDER BY user;

-- name: preferences
SELECT user, room, level, favourite, hours FROM preferences;

-- name: read_between
SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM json_each($MENTIONS) WHERE value IN (0, :user)))
FROM events AS e LEFT JOIN forms AS f ON f.room = e.room AND f.seq = e.seq
WHERE e.room = :room AND e.seq > :after AND e.seq <= :upto AND e.user <> :user AND e.class = 0;

-- name: at
SELECT at FROM events WHERE room = ? AND seq = ?;

-- name: tip
SELECT ifnull(max(seq), 0) FROM events WHERE room = ?;

-- name: places
SELECT wanted.value ->> 0, wanted.value ->> 1, events.room, events.seq
FROM jsonb_each(jsonb(?1)) AS wanted
JOIN events ON events.user = wanted.value ->> 0 AND events.key = wanted.value ->> 1
UNION ALL
SELECT keys.user, keys.key, keys.room, keys.seq
FROM jsonb_each(jsonb(?1)) AS wanted
JOIN keys ON keys.user = wanted.value ->> 0 AND keys.key = wanted.value ->> 1;

-- name: put_key
INSERT INTO keys (user, key, room, seq) VALUES (?, ?, ?, ?);

-- name: event_at
SELECT $EVENT FROM events WHERE room = ? AND seq = ?;

-- name: after
SELECT $EVENT FROM events WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?;

-- name: before
SELECT $EVENT FROM events WHERE room = ? AND seq < ? ORDER BY seq DESC LIMIT ?;

-- name: said_after
SELECT $EVENT FROM events
WHERE room = ? AND seq > ? AND class = 0 ORDER BY seq LIMIT ?;

-- name: said_before
SELECT $EVENT FROM events
WHERE room = ? AND seq < ? AND seq >= ? AND class = 0 ORDER BY seq DESC LIMIT ?;

-- A folded page: the items before (after) a seq. An item is an event, or the part of a run of comings and goings on that
-- side of the seq, if this part has at least :least events. Each step is one look-up in `runs`, however long the run is. Of
-- a run, only the newest :newest events are read.
-- CROSS JOIN keeps the order of the loops: from the items to their events, and not through all events of the room.
-- name: folded_before
WITH RECURSIVE item (first, last) AS (
    VALUES (:seq, :seq)
    UNION ALL
    SELECT iif(
        ifnull((SELECT item.first - first >= :least AND last >= item.first - 1 FROM runs
            WHERE room = :room AND first < item.first ORDER BY first DESC LIMIT 1), 0),
        (SELECT first FROM runs WHERE room = :room AND first < item.first ORDER BY first DESC LIMIT 1),
        item.first - 1
    ), item.first - 1
    FROM item WHERE item.first > 1 LIMIT :items + 1
)
SELECT item.first, item.last, $EVENT FROM item
CROSS JOIN events ON room = :room AND seq <= item.last AND seq >= max(item.first, item.last - :newest + 1)
WHERE item.first < :seq ORDER BY seq;

-- name: folded_after
WITH RECURSIVE item (first, last) AS (
    VALUES (:seq, :seq)
    UNION ALL
    SELECT item.last + 1, ifnull((SELECT iif(last - item.last >= :least, last, NULL) FROM runs
        WHERE room = :room AND first <= item.last + 1 ORDER BY first DESC LIMIT 1), item.last + 1)
    FROM item WHERE item.last < :tip LIMIT :items + 1
)
SELECT item.first, item.last, $EVENT FROM item
CROSS JOIN events ON room = :room AND seq <= item.last AND seq >= max(item.first, item.last - :newest + 1)
WHERE item.first > :seq ORDER BY seq;

-- A batch's runs of comings and goings, (room, first, last) each. A run that continues the last run of its log extends that
-- row.
-- name: put_runs
INSERT INTO runs (room, first, last)
SELECT value ->> 0, ifnull(
    (SELECT iif(last = value ->> 1 - 1, first, NULL) FROM runs
        WHERE room = value ->> 0 AND first < value ->> 1 ORDER BY first DESC LIMIT 1), value ->> 1
), value ->> 2 FROM jsonb_each(jsonb(?)) WHERE true
ON CONFLICT (room, first) DO UPDATE SET last = excluded.last;

-- name: identity
SELECT users.id, users.name, tokens.kind FROM tokens JOIN users ON users.id = tokens.user WHERE tokens.token = ?;

-- name: password
SELECT hash FROM passwords WHERE user = ?;

-- name: sessions
SELECT id, kind, label, made, token FROM tokens WHERE user = ? ORDER BY id;

-- name: without_token
SELECT id FROM users WHERE id IN (SELECT value FROM json_each(?)) AND id NOT IN (SELECT user FROM tokens);

-- `& 2`: folded at start; `& 4`: shown by the audit. Without INDEXED BY SQLite would scan the whole log in order, to save
-- sorting.
-- name: folded_at_start
SELECT $EVENT FROM events INDEXED BY events_rare WHERE class > 1 AND class & 2 ORDER BY room, seq;

-- name: audit
SELECT $EVENT FROM events WHERE class > 1 AND class & 4 AND (at, room, seq) < (?, ?, ?)
ORDER BY at DESC, room DESC, seq DESC LIMIT ?;

-- name: said_by
SELECT $EVENT FROM events
WHERE user = ? AND (room, seq) > (?, ?) AND (class = 0 OR kind = 'edited') AND erased IS NULL ORDER BY room, seq LIMIT ?;

-- name: users_here
SELECT id, name FROM users WHERE here = 1;

-- name: next_user
SELECT ifnull(max(id), 0) + 1 FROM users;

-- name: rooms
SELECT id, name, epoch, topic, (SELECT ifnull(max(seq), 0) FROM events WHERE events.room = rooms.id),
    ifnull((SELECT seq FROM events WHERE room = rooms.id AND kind IN ('message', 'action') ORDER BY seq DESC LIMIT 1), 0)
FROM rooms;

-- name: members
SELECT room, user, since FROM members;

-- name: members_of
SELECT user, since FROM members WHERE room = ? ORDER BY user;

-- name: epoch
SELECT epoch FROM meta;

-- name: new_epoch
UPDATE meta SET epoch = lower(hex(randomblob(8)));

-- name: new_epochs
UPDATE rooms SET epoch = (SELECT epoch FROM meta);

-- name: has_deleted
SELECT EXISTS (SELECT 1 FROM events INDEXED BY events_rare WHERE class > 1 AND kind = 'deleted');

-- The sum of the tips of all logs is the number of events, because a log has no gaps.
-- name: stored_events
SELECT ifnull(sum((SELECT max(seq) FROM events WHERE events.room = rooms.id)), 0) FROM rooms;

-- Queries of the doctor. It shows at most 20 findings of a sort. "LIMIT 21": if there are 21 rows, it says that there are
-- more.

-- name: schema
SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%';

-- name: damages
SELECT integrity_check FROM pragma_integrity_check LIMIT 21;

-- name: logs
SELECT room, count(*), min(seq), max(seq) FROM events GROUP BY room;

-- name: gaps
SELECT seq, next FROM (SELECT seq, lead(seq) OVER (ORDER BY seq) AS next FROM events WHERE room = ?)
WHERE next <> seq + 1 LIMIT 21;

-- name: listed_rooms
SELECT id, name, topic, epoch FROM rooms ORDER BY id;

-- name: doubled_keys
SELECT user, key, count(*), json_group_array(json_array(room, seq)) FROM (
    SELECT user, key, room, seq FROM events WHERE key IS NOT NULL UNION ALL SELECT user, key, room, seq FROM keys
) GROUP BY user, key HAVING count(*) > 1 LIMIT 21;

-- The parameter of the next two maps kinds to classes.
-- name: every_change
SELECT $EVENT FROM events WHERE ?1 ->> kind IS NOT 0 ORDER BY room, seq;

-- The parameter has the kinds that are comings and goings.
-- name: wrong_runs
WITH found AS (
    SELECT room, min(seq) AS first, max(seq) AS last FROM (
        SELECT room, seq, seq - row_number() OVER (PARTITION BY room ORDER BY seq) AS island
        FROM events WHERE room > 0 AND kind IN (SELECT value FROM json_each(?))
    ) GROUP BY room, island
)
SELECT room, first, found.last, runs.last FROM found FULL JOIN runs USING (room, first)
WHERE found.last IS NOT runs.last LIMIT 21;

-- name: wrong_classes
SELECT room, seq, kind FROM events WHERE class <> iif(erased IS NULL, ?1 ->> kind, max(?1 ->> kind, 1)) LIMIT 21;

-- For each room: the stored number of messages up to the seq `counted`, the actual numbers up to there and in all, and the
-- tip.
-- name: counts_of_rooms
SELECT id, said, counted,
    (SELECT count(*) FROM events WHERE room = id AND seq <= counted AND class = 0),
    (SELECT count(*) FROM events WHERE room = id AND class = 0),
    (SELECT ifnull(max(seq), 0) FROM events WHERE room = id)
FROM rooms WHERE id > 0 ORDER BY id;

-- For each member, the values in the tables: the marks, and, up to the seq `counted`, how many messages are not unread and
-- how many mention the member. Beside them, the values from the log: the number of messages up to the join and up to the
-- mark; of the member's own messages since the join, up to `counted`, up to the mark and in all; and of messages of others
-- that mention the member, in the same three ranges.
-- name: counts_of_members
-- Mentions of everybody are counted once along the log, like messages, and not for each member.
WITH said (room, seq, user, class, mentions) AS (
    SELECT e.room, e.seq, e.user, e.class, iif(e.class = 0, $MENTIONS, NULL)
    FROM events AS e LEFT JOIN forms AS f ON f.room = e.room AND f.seq = e.seq WHERE e.room > 0
), named AS MATERIALIZED (
    SELECT room, seq, user, mentioned.value AS whom
    FROM said JOIN json_each(said.mentions) AS mentioned
    WHERE said.mentions IS NOT NULL AND (mentioned.value = 0 OR said.mentions NOT LIKE '[0%')
), totals AS MATERIALIZED (
    SELECT * FROM (
        SELECT room, seq, count(*) FILTER (WHERE class = 0) OVER so_far AS messages,
            sum(CASE WHEN mentions IS NULL THEN 0 ELSE (SELECT count(*) FROM json_each(mentions) WHERE value = 0) END)
                OVER so_far AS calls
        FROM said WINDOW so_far AS (PARTITION BY room ORDER BY seq)
    ) WHERE (room, seq) IN (
        SELECT room, since FROM members UNION SELECT room, read FROM members
        UNION SELECT id, counted FROM rooms UNION SELECT room, max(seq) FROM events GROUP BY room
    )
), tips AS (
    SELECT room, max(calls) AS calls FROM totals GROUP BY room
), own AS (
    SELECT events.room, events.user, sum(seq <= counted) AS counted, sum(seq <= read) AS read, count(*) AS messages
    FROM events
    JOIN members ON members.room = events.room AND members.user = events.user
    JOIN rooms ON rooms.id = events.room
    WHERE class = 0 AND seq > since GROUP BY events.room, events.user
), calls AS (
    SELECT named.room, named.user, sum(seq <= counted) AS counted, sum(seq <= read) AS read, count(*) AS messages
    FROM named
    CROSS JOIN members ON members.room = named.room AND members.user = named.user
    JOIN rooms ON rooms.id = named.room
    WHERE named.whom = 0 AND seq > since GROUP BY named.room, named.user
), names AS (
    SELECT members.room, members.user, sum(seq <= counted) AS counted, sum(seq <= read) AS read, count(*) AS messages
    FROM named
    CROSS JOIN members ON members.room = named.room AND members.user = named.whom
    JOIN rooms ON rooms.id = named.room
    WHERE seq > since AND members.user <> named.user GROUP BY members.room, members.user
)
SELECT members.room, members.user, since, delivered, members.read, past, moved, mentions, rooms.counted,
    coming.messages, reading.messages,
    ifnull(own.counted, 0), ifnull(own.read, 0), ifnull(own.messages, 0),
    ifnull(names.counted, 0) - ifnull(calls.counted, 0) + max(0, ifnull(counting.calls, 0) - ifnull(coming.calls, 0)),
    ifnull(names.read, 0) - ifnull(calls.read, 0) + max(0, ifnull(reading.calls, 0) - ifnull(coming.calls, 0)),
    ifnull(names.messages, 0) - ifnull(calls.messages, 0) + ifnull(tips.calls, 0) - ifnull(coming.calls, 0)
FROM members
JOIN rooms ON rooms.id = members.room
LEFT JOIN totals AS coming ON coming.room = members.room AND coming.seq = since
LEFT JOIN totals AS reading ON reading.room = members.room AND reading.seq = members.read
LEFT JOIN totals AS counting ON counting.room = members.room AND counting.seq = rooms.counted
LEFT JOIN tips ON tips.room = members.room
LEFT JOIN own ON own.room = members.room AND own.user = members.user
LEFT JOIN calls ON calls.room = members.room AND calls.user = members.user
LEFT JOIN names ON names.room = members.room AND names.user = members.user
ORDER BY members.room, members.user;

-- name: lost_preferences
SELECT DISTINCT user FROM preferences WHERE user NOT IN (SELECT id FROM users) ORDER BY user;

-- name: lost_tokens
SELECT DISTINCT user FROM tokens WHERE user NOT IN (SELECT id FROM users) ORDER BY user;

-- name: lost_hooks
SELECT room, id FROM hooks WHERE room NOT IN (SELECT id FROM rooms) ORDER BY id;

-- name: passwords
SELECT user FROM passwords ORDER BY user;

-- The last entry of the directory for each user, beside the row of the users table. With max(), SQLite takes the other
-- columns from the row with the maximum.
-- name: users_compared
WITH said AS (
    SELECT user AS id, max(seq) AS seq, kind = 'named' AS here, iif(kind = 'named', text, name) AS name
    FROM events WHERE room = 0 AND kind IN ('named', 'released') GROUP BY user
)
SELECT id, said.seq, said.name, said.here, users.name, users.here, id IN (SELECT user FROM tokens)
FROM said FULL JOIN users USING (id)
WHERE said.name IS NOT users.name OR said.here IS NOT users.here
ORDER BY id LIMIT 21;

-- Events with none or several of salt, sum and who: 1 if there are several.
-- name: kept_hashes
SELECT room, seq, (salt <> '') + (sum IS NOT NULL) + (who IS NOT NULL) > 1 FROM events
WHERE (salt <> '') + (sum IS NOT NULL) + (who IS NOT NULL) <> 1 LIMIT 21;

-- An event is erased by an `erased` event about it, or about the message that it changes; or, with its own seq as `erased`,
-- by the deletion of an account: its own, or that of the message's author.
-- name: erased_by_nothing
SELECT e.room, e.seq FROM events AS e
WHERE (e.erased IS NOT NULL OR e.sum IS NOT NULL) AND NOT EXISTS (
    SELECT 1 FROM events AS x WHERE x.room = e.room AND x.seq = e.erased AND x.kind = 'erased' AND x.target IN (e.seq, e.target)
) AND NOT (e.erased IS e.seq AND EXISTS (
    SELECT 1 FROM events AS d WHERE d.room = 0 AND d.kind = 'deleted' AND d.text = 'erased' AND d.about ->> 0 IN (
        e.user, (SELECT m.user FROM events AS m WHERE m.room = e.room AND m.seq = e.target)
    )
)) LIMIT 21;

-- name: all_forms
SELECT room, seq, as_of, edited, edits, erased, by, pinned, title, replies, last, reactions FROM forms;

-- name: all_reactions
SELECT room, seq, emoji, user, since FROM reactions;

-- name: all_changes
SELECT room, target, seq FROM changes;

-- name: all_replies
SELECT room, thread, seq FROM replies;

-- The related events, and the messages that they are about.
-- name: events_of_changes
SELECT $EVENT FROM events WHERE target IS NOT NULL OR (room, seq) IN (
    SELECT room, target FROM events WHERE target IS NOT NULL
) ORDER BY room, seq;
