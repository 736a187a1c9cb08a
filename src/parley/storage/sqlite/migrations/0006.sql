-- What belongs to an earlier event of the same log (`RelatedEvent` in core/events.py); NULL: nothing.
ALTER TABLE events ADD COLUMN salt TEXT NOT NULL DEFAULT ''; -- 22 random characters; empty if the event was erased
ALTER TABLE events ADD COLUMN target INTEGER;  -- the seq of the event that this one is about
ALTER TABLE events ADD COLUMN thread INTEGER;  -- the seq of the root of the message's thread
ALTER TABLE events ADD COLUMN reply INTEGER;   -- in a thread, the seq of the message that this one answers
ALTER TABLE events ADD COLUMN also INTEGER;    -- 1: a message of a thread that is shown in the room as well
ALTER TABLE events ADD COLUMN sum TEXT;        -- what is kept of an erased event (core/proof.py)
ALTER TABLE events ADD COLUMN who TEXT;        -- what is kept of a name that was erased (core/proof.py)
ALTER TABLE events ADD COLUMN erased INTEGER;  -- the seq of the event that erased this one
UPDATE events SET salt = new_salt();

-- The events that change a message: with an index instead, SQLite would read the whole room.
CREATE TABLE changes (
    room   INTEGER NOT NULL,
    target INTEGER NOT NULL, -- the message
    seq    INTEGER NOT NULL,
    PRIMARY KEY (room, target, seq)
) STRICT, WITHOUT ROWID;

-- The messages of threads.
CREATE TABLE replies (
    room   INTEGER NOT NULL,
    thread INTEGER NOT NULL, -- the root
    seq    INTEGER NOT NULL,
    PRIMARY KEY (room, thread, seq)
) STRICT, WITHOUT ROWID;

-- The present forms of those messages that were ever changed (core/forms.py).
CREATE TABLE forms (
    room      INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    as_of     INTEGER NOT NULL, -- the seq of the newest change
    edited    INTEGER NOT NULL, -- the seq of the newest edit; 0: none
    edits     INTEGER NOT NULL,
    erased    INTEGER NOT NULL, -- the seq of the event that erased the message; 0: it is there
    by        INTEGER NOT NULL, -- who erased it
    pinned    INTEGER NOT NULL, -- the seq of the event that pinned it; 0: it is not pinned
    title     TEXT    NOT NULL, -- of the thread whose root it is
    replies   INTEGER NOT NULL, -- how many messages of that thread are there
    last      INTEGER NOT NULL, -- the seq of the newest message of that thread
    reactions TEXT    NOT NULL, -- JSON: emoji and number of users, in the order of the first one
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX forms_by_change ON forms (room, as_of);
CREATE INDEX forms_erased ON forms (room, erased) WHERE erased > 0;
CREATE INDEX forms_pinned ON forms (room, seq) WHERE pinned > 0;

-- Who reacts with what now.
CREATE TABLE reactions (
    room  INTEGER NOT NULL,
    seq   INTEGER NOT NULL, -- the message
    emoji TEXT    NOT NULL,
    user  INTEGER NOT NULL,
    since INTEGER NOT NULL, -- the seq of the event
    PRIMARY KEY (room, seq, emoji, user)
) STRICT, WITHOUT ROWID;
