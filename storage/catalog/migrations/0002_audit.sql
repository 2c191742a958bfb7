-- +goose Up
-- The log that proves itself: storage/audit says how. Pending rows are numbered
-- in the order they were written: a row that was committed before another one
-- was begun has the smaller place.
ALTER TABLE audit_pending ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
CREATE INDEX audit_pending_place ON audit_pending (place);

-- One row for each leaf, by number. leaf is what is hashed; the columns between
-- repeat parts of it for queries, and are checked against it.
CREATE TABLE audit_log (
    n       BIGINT PRIMARY KEY,         -- from 0
    id      TEXT NOT NULL UNIQUE,
    at      TIMESTAMPTZ NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    leaf    TEXT NOT NULL
);
CREATE INDEX audit_log_subject ON audit_log (subject, n);

-- The hashes of the tree by their stored index (golang.org/x/mod/sumdb/tlog), in
-- hexadecimal.
CREATE TABLE audit_hashes (
    i    BIGINT PRIMARY KEY,
    hash TEXT NOT NULL
);

-- Signed checkpoints. One is recorded before its tiles are exported, so that
-- an export that was cut off is repeated with the same bytes.
CREATE TABLE audit_checkpoints (
    size     BIGINT PRIMARY KEY,
    at       TIMESTAMPTZ NOT NULL,
    note     TEXT NOT NULL,
    exported INTEGER NOT NULL DEFAULT 0 -- 1: its tiles and itself are objects
);

-- +goose Down
DROP TABLE audit_checkpoints;
DROP TABLE audit_hashes;
DROP TABLE audit_log;
DROP INDEX audit_pending_place;
ALTER TABLE audit_pending DROP COLUMN place;
