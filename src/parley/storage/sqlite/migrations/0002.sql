-- The user whom an event affects: a JSON array of the id, the name, and the time at which it ends by itself, if any.
ALTER TABLE events ADD COLUMN about TEXT;

-- The kinds that are folded at start, and those of the audit. The queries repeat the condition.
CREATE INDEX events_rare ON events (at) WHERE kind NOT IN (
    'message', 'action', 'joined', 'left', 'topic', 'renamed', 'named', 'released'
);

-- The SHA-256 of each token, and its owner.
CREATE TABLE tokens (
    id    INTEGER PRIMARY KEY,
    token BLOB    NOT NULL UNIQUE,
    user  INTEGER NOT NULL,
    kind  TEXT    NOT NULL, -- resume, session, bot, webhook
    label TEXT    NOT NULL,
    made  INTEGER NOT NULL  -- milliseconds since 1970 UTC
) STRICT;
CREATE INDEX tokens_by_user ON tokens (user);
INSERT INTO tokens (token, user, kind, label, made) SELECT token, id, 'resume', '', 0 FROM users WHERE token IS NOT NULL;
DROP INDEX users_by_token;
ALTER TABLE users DROP COLUMN token;

-- Webhooks. The log is the queue: `acked` is the seq up to which the endpoint has acknowledged events.
CREATE TABLE hooks (
    id     INTEGER PRIMARY KEY, -- the seq of the webhook event in the directory
    room   INTEGER NOT NULL,
    label  TEXT    NOT NULL,
    url    TEXT    NOT NULL,
    secret TEXT    NOT NULL,
    kinds  TEXT    NOT NULL,    -- JSON
    acked  INTEGER NOT NULL,
    parked TEXT,                -- why nothing goes there any more
    user   INTEGER NOT NULL,    -- who made it
    made   INTEGER NOT NULL
) STRICT;

CREATE TABLE passwords (
    user INTEGER PRIMARY KEY,
    hash TEXT    NOT NULL
) STRICT;
