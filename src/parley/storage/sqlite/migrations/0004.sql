-- The class of an event's kind (core/kinds.py): 0 for a message; else 1, plus 2 if it is folded at start, plus 4 if the audit
-- shows it.
ALTER TABLE events ADD COLUMN class INTEGER NOT NULL DEFAULT 0;
UPDATE events SET class = CASE
    WHEN kind IN ('joined', 'left', 'topic', 'renamed', 'named', 'released') THEN 1
    WHEN kind IN ('created', 'private', 'profile') THEN 3
    WHEN kind IN ('room_renamed', 'webhook') THEN 5
    ELSE 7
END WHERE kind NOT IN ('message', 'action');
DROP INDEX events_rare;
CREATE INDEX events_rare ON events (at) WHERE class > 1;

-- The keys of commands other than messages, with the place of their result; seq 0 if they changed nothing.
CREATE TABLE keys (
    user INTEGER NOT NULL,
    key  TEXT    NOT NULL,
    room INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    PRIMARY KEY (user, key)
) STRICT, WITHOUT ROWID;

-- A key is stored once, for a message or for another command.
CREATE TRIGGER key_of_message BEFORE INSERT ON events
WHEN new.key IS NOT NULL AND EXISTS (SELECT 1 FROM keys WHERE user = new.user AND key = new.key)
BEGIN SELECT RAISE(ABORT, 'the key is stored already'); END;
CREATE TRIGGER key_of_command BEFORE INSERT ON keys
WHEN EXISTS (SELECT 1 FROM events WHERE user = new.user AND key = new.key)
BEGIN SELECT RAISE(ABORT, 'the key is stored already'); END;

ALTER TABLE house RENAME TO meta;
ALTER TABLE members RENAME COLUMN got TO delivered;
