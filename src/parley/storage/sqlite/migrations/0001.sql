-- The log. Everything in the tables below it, but tokens and epochs, follows from it.
CREATE TABLE events (
    room INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    at   INTEGER NOT NULL,
    user INTEGER NOT NULL,
    name TEXT    NOT NULL,
    kind TEXT    NOT NULL,
    text TEXT    NOT NULL,
    key  TEXT,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

-- Exactly once: a sender's key is stored one time, for ever.
CREATE UNIQUE INDEX events_by_key ON events (user, key) WHERE key IS NOT NULL;

CREATE TABLE users (
    id    INTEGER PRIMARY KEY,
    name  TEXT    NOT NULL,
    here  INTEGER NOT NULL, -- 1 while the user holds the name
    token BLOB              -- SHA-256 of the resume token
) STRICT;
CREATE UNIQUE INDEX users_by_token ON users (token) WHERE token IS NOT NULL;
CREATE INDEX users_here ON users (id) WHERE here = 1;

CREATE TABLE rooms (
    id    INTEGER PRIMARY KEY,
    name  TEXT    NOT NULL,
    epoch TEXT    NOT NULL,
    topic TEXT    NOT NULL
) STRICT;

CREATE TABLE members (
    room  INTEGER NOT NULL,
    user  INTEGER NOT NULL,
    since INTEGER NOT NULL, -- the seq of the member's joined
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user);

-- One row: the epoch that rooms get when they are made. Random, and made anew when a backup is restored.
CREATE TABLE house (
    epoch TEXT NOT NULL
) STRICT;
INSERT INTO house VALUES (lower(hex(randomblob(8))));
-- The directory is log 0.
INSERT INTO rooms SELECT 0, '', epoch, '' FROM house;
