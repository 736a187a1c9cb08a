-- Runs of comings and goings: the longest stretches of a room's log in which each event is `joined`, `left`, `renamed` or
-- `invited` (`passing` in core/kinds.py). A folded page steps over a run by its row instead of reading each of its events.
CREATE TABLE runs (
    room  INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    PRIMARY KEY (room, first)
) STRICT, WITHOUT ROWID;
INSERT INTO runs (room, first, last)
SELECT room, min(seq), max(seq) FROM (
    SELECT room, seq, seq - row_number() OVER (PARTITION BY room ORDER BY seq) AS island
    FROM events WHERE room > 0 AND kind IN ('joined', 'left', 'renamed', 'invited')
) GROUP BY room, island;
