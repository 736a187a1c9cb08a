-- Each query stands under its name. Parameters that are lists come as JSON: one statement for a whole batch runs without
-- the interpreter's lock, where a statement for each row would fight for it with the event loop. As JSONB they are parsed
-- once; `->>` on a row of text would parse that row anew for each column.

-- name: append_events
INSERT INTO events (room, seq, at, user, name, kind, text, key, about)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8
FROM jsonb_each(jsonb(?));

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

-- name: redact_names
UPDATE events SET name = :name, text = iif(kind IN ('named', 'renamed'), :name, iif(kind = 'profile', '{}', text))
WHERE user = :user;

-- name: redact_abouts
UPDATE events SET about = json_set(about, '$[1]', :name) WHERE about ->> 0 = :user;

-- name: redact_texts
UPDATE events SET text = '' WHERE user = :user AND kind IN ('message', 'action', 'left');

-- name: put_rooms
INSERT INTO rooms (id, name, epoch, topic)
SELECT value ->> 0, value ->> 1, (SELECT epoch FROM house), '' FROM jsonb_each(jsonb(?));

-- name: put_names
UPDATE rooms SET name = new.value ->> 1 FROM jsonb_each(jsonb(?)) AS new WHERE rooms.id = new.value ->> 0;

-- name: put_topics
UPDATE rooms SET topic = new.value ->> 1 FROM jsonb_each(jsonb(?)) AS new WHERE rooms.id = new.value ->> 0;

-- name: put_members
INSERT INTO members (room, user, since)
SELECT value ->> 0, value ->> 1, value ->> 2 FROM jsonb_each(jsonb(?)) WHERE true
ON CONFLICT (room, user) DO UPDATE SET since = excluded.since;

-- name: drop_members
DELETE FROM members WHERE (room, user) IN (SELECT value ->> 0, value ->> 1 FROM jsonb_each(jsonb(?)));

-- name: tips
SELECT value, (SELECT ifnull(max(seq), 0) FROM events WHERE room = value) FROM json_each(?);

-- name: places
SELECT wanted.value ->> 0, wanted.value ->> 1, events.room, events.seq
FROM jsonb_each(jsonb(?)) AS wanted
JOIN events ON events.user = wanted.value ->> 0 AND events.key = wanted.value ->> 1;

-- name: after
SELECT room, seq, at, user, name, kind, text, key, about FROM events WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?;

-- name: before
SELECT room, seq, at, user, name, kind, text, key, about FROM events WHERE room = ? AND seq < ? ORDER BY seq DESC LIMIT ?;

-- name: said_after
SELECT room, seq, at, user, name, kind, text, key, about FROM events
WHERE room = ? AND seq > ? AND kind IN ('message', 'action') ORDER BY seq LIMIT ?;

-- name: said_before
SELECT room, seq, at, user, name, kind, text, key, about FROM events
WHERE room = ? AND seq < ? AND kind IN ('message', 'action') ORDER BY seq DESC LIMIT ?;

-- name: identity
SELECT users.id, users.name, tokens.kind FROM tokens JOIN users ON users.id = tokens.user WHERE tokens.token = ?;

-- name: password
SELECT hash FROM passwords WHERE user = ?;

-- name: sessions
SELECT id, kind, label, made, token FROM tokens WHERE user = ? ORDER BY id;

-- name: without_token
SELECT id FROM users WHERE id IN (SELECT value FROM json_each(?)) AND id NOT IN (SELECT user FROM tokens);

-- name: lasting
SELECT room, seq, at, user, name, kind, text, key, about FROM events WHERE kind NOT IN (
    'message', 'action', 'joined', 'left', 'topic', 'renamed', 'named', 'released'
) ORDER BY room, seq;

-- name: audit
SELECT room, seq, at, user, name, kind, text, key, about FROM events WHERE kind NOT IN (
    'message', 'action', 'joined', 'left', 'topic', 'renamed', 'named', 'released'
) AND kind NOT IN ('created', 'private', 'profile') AND (at, room, seq) < (?, ?, ?)
ORDER BY at DESC, room DESC, seq DESC LIMIT ?;

-- name: said_by
SELECT room, seq, at, user, name, kind, text, key, about FROM events
WHERE user = ? AND (room, seq) > (?, ?) AND kind IN ('message', 'action') ORDER BY room, seq LIMIT ?;

-- name: users_here
SELECT id, name FROM users WHERE here = 1;

-- name: next_user
SELECT ifnull(max(id), 0) + 1 FROM users;

-- name: rooms
SELECT id, name, epoch, topic, (SELECT ifnull(max(seq), 0) FROM events WHERE events.room = rooms.id) FROM rooms;

-- name: members
SELECT room, user, since FROM members;

-- name: epoch
SELECT epoch FROM house;

-- name: new_epoch
UPDATE house SET epoch = lower(hex(randomblob(8)));

-- name: new_epochs
UPDATE rooms SET epoch = (SELECT epoch FROM house);

-- The doctor's. "LIMIT 21" where 20 are shown: the last one says that there are more.

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
SELECT user, key, count(*), json_group_array(json_array(room, seq)) FROM events
WHERE key IS NOT NULL GROUP BY user, key HAVING count(*) > 1 LIMIT 21;

-- name: every_change
SELECT room, seq, at, user, name, kind, text, key, about FROM events
WHERE kind NOT IN ('message', 'action') ORDER BY room, seq;

-- name: lost_tokens
SELECT DISTINCT user FROM tokens WHERE user NOT IN (SELECT id FROM users) ORDER BY user;

-- name: lost_hooks
SELECT room, id FROM hooks WHERE room NOT IN (SELECT id FROM rooms) ORDER BY id;

-- name: passwords
SELECT user FROM passwords ORDER BY user;

-- What the directory says last of each user, beside what is listed. With max() SQLite takes the other columns from its row.
-- name: users_compared
WITH said AS (
    SELECT user AS id, max(seq) AS seq, kind = 'named' AS here, iif(kind = 'named', text, name) AS name
    FROM events WHERE room = 0 AND kind IN ('named', 'released') GROUP BY user
)
SELECT id, said.seq, said.name, said.here, users.name, users.here, id IN (SELECT user FROM tokens)
FROM said FULL JOIN users USING (id)
WHERE said.name IS NOT users.name OR said.here IS NOT users.here
ORDER BY id LIMIT 21;
