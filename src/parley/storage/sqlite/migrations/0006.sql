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
