-- The users whom a message mentions: a JSON array of ids, 0 for everybody in the room; NULL for nobody.
ALTER TABLE events ADD COLUMN mentions TEXT;

-- Read marks and unread counts. What can be derived from the log is counted from time to time, for many events at once:
-- `said` and the members' counts are as of the event `counted`.
ALTER TABLE rooms ADD COLUMN said INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN got INTEGER NOT NULL DEFAULT 0;      -- the seq up to which one of their clients has the events
ALTER TABLE members ADD COLUMN read INTEGER NOT NULL DEFAULT 0;     -- the seq up to which they have read
ALTER TABLE members ADD COLUMN past INTEGER;                        -- the messages before they joined; NULL: not counted yet
ALTER TABLE members ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;    -- the messages they have read or sent since
ALTER TABLE members ADD COLUMN mentions INTEGER NOT NULL DEFAULT 0; -- the unread messages that mention them

-- Existing messages count as read: an upgrade must not show thousands of unread messages.
UPDATE rooms SET
    said = (SELECT count(*) FROM events WHERE room = rooms.id AND kind IN ('message', 'action')),
    counted = (SELECT ifnull(max(seq), 0) FROM events WHERE room = rooms.id);
UPDATE members SET (got, read, past) = (SELECT counted, counted, said FROM rooms WHERE id = members.room);

-- Notification preferences. NULL: the default.
CREATE TABLE preferences (
    user      INTEGER NOT NULL,
    room      INTEGER NOT NULL, -- 0: of all of them
    level     TEXT,
    favourite INTEGER,
    hours     TEXT,             -- when they do not want to be disturbed: JSON, from and to, in minutes since midnight
    PRIMARY KEY (user, room)
) STRICT, WITHOUT ROWID;
