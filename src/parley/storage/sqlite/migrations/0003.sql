-- Whom a message names: a JSON array of user ids, 0 for everybody in the room; NULL for nobody.
ALTER TABLE events ADD COLUMN mentions TEXT;

-- How far members are, and what they have not read. What follows on the log alone is counted now and then, many events at a
-- time: `said` and the members' counts are as of the event `counted`.
ALTER TABLE rooms ADD COLUMN said INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN got INTEGER NOT NULL DEFAULT 0;      -- the seq up to which a client of theirs has the events
ALTER TABLE members ADD COLUMN read INTEGER NOT NULL DEFAULT 0;     -- the seq up to which they have read
ALTER TABLE members ADD COLUMN past INTEGER;                        -- what was said before they came; NULL: not counted yet
ALTER TABLE members ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;    -- what they have read or said since
ALTER TABLE members ADD COLUMN mentions INTEGER NOT NULL DEFAULT 0; -- how many messages that they have not read name them

-- Nobody wakes to a thousand unread messages that they saw long ago.
UPDATE rooms SET
    said = (SELECT count(*) FROM events WHERE room = rooms.id AND kind IN ('message', 'action')),
    counted = (SELECT ifnull(max(seq), 0) FROM events WHERE room = rooms.id);
UPDATE members SET (got, read, past) = (SELECT counted, counted, said FROM rooms WHERE id = members.room);

-- What someone wants to be told of. NULL: what is usual.
CREATE TABLE preferences (
    user      INTEGER NOT NULL,
    room      INTEGER NOT NULL, -- 0: of all of them
    level     TEXT,
    favourite INTEGER,
    hours     TEXT,             -- when they do not want to be disturbed: JSON, from and to, in minutes since midnight
    PRIMARY KEY (user, room)
) STRICT, WITHOUT ROWID;
