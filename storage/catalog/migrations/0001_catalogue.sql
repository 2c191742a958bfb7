-- +goose Up
-- The catalogue: where every batch, file, image, page, dossier and component
-- stands. One text for SQLite and PostgreSQL. Times are UTC. `unit` stands in
-- every table, so that no query can forget it; `version` guards rows that are
-- read and written back.
CREATE TABLE batches (
    id      TEXT PRIMARY KEY,
    unit    TEXT NOT NULL,
    actor   TEXT NOT NULL,
    role    TEXT NOT NULL,
    device  TEXT NOT NULL,
    at      TIMESTAMPTZ NOT NULL,
    state   TEXT NOT NULL,              -- taken, split, done
    version INTEGER NOT NULL DEFAULT 1,
    background BOOLEAN NOT NULL DEFAULT FALSE -- gives way to the paper of the counters
);

CREATE TABLE files (
    batch        TEXT NOT NULL REFERENCES batches (id),
    ordinal      INTEGER NOT NULL,      -- place in the batch, from 1
    unit         TEXT NOT NULL,
    name         TEXT NOT NULL,
    sha256       TEXT NOT NULL,
    size         BIGINT NOT NULL,
    duplicate_of TEXT NOT NULL DEFAULT '', -- batch that first brought these bytes
    state        TEXT NOT NULL,         -- claimed, opened, rejected, duplicate
    reason       TEXT NOT NULL DEFAULT '',
    images       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (batch, ordinal)
);
-- The same bytes are taken in once per unit; deduplication never crosses units.
CREATE UNIQUE INDEX files_once ON files (unit, sha256) WHERE duplicate_of = '' AND state <> 'duplicate';
CREATE INDEX files_unopened ON files (batch) WHERE state = 'claimed';

CREATE TABLE images (
    unit    TEXT NOT NULL,
    id      TEXT NOT NULL,              -- raw digest . index
    batch   TEXT NOT NULL REFERENCES batches (id),
    ordinal INTEGER NOT NULL,           -- of its file in the batch
    idx     INTEGER NOT NULL,           -- in its file, from 1
    state   TEXT NOT NULL,
    reason  TEXT NOT NULL DEFAULT '',
    reading INTEGER NOT NULL DEFAULT 0, -- version of the reading object, 0 none
    PRIMARY KEY (unit, id)
);
CREATE INDEX images_batch ON images (batch, ordinal, idx);
CREATE INDEX images_unread ON images (batch) WHERE state = 'claimed';

CREATE TABLE pages (
    unit      TEXT NOT NULL,
    id        TEXT NOT NULL,            -- raw digest . index . part
    image     TEXT NOT NULL,
    batch     TEXT NOT NULL REFERENCES batches (id),
    part      INTEGER NOT NULL,
    state     TEXT NOT NULL,
    reason    TEXT NOT NULL DEFAULT '',
    dossier   TEXT NOT NULL DEFAULT '',
    component TEXT NOT NULL DEFAULT '',
    position  INTEGER NOT NULL DEFAULT 0, -- in its component, from 1
    PRIMARY KEY (unit, id)
);
CREATE INDEX pages_batch ON pages (batch);
-- How many pages wait is asked for on every page of the web.
CREATE INDEX pages_parked ON pages (unit, batch) WHERE state = 'parked';
CREATE INDEX pages_image ON pages (unit, image);
CREATE INDEX pages_dossier ON pages (dossier);

CREATE TABLE dossiers (
    id          TEXT PRIMARY KEY,
    unit        TEXT NOT NULL,
    code        TEXT,
    type        TEXT NOT NULL,
    procedure   TEXT NOT NULL DEFAULT '',
    received_at TIMESTAMPTZ NOT NULL,
    state       TEXT NOT NULL,
    version     INTEGER NOT NULL
);
-- Same code and unit is the same dossier.
CREATE UNIQUE INDEX dossiers_code ON dossiers (unit, code) WHERE code IS NOT NULL;

CREATE TABLE manifests (
    dossier TEXT NOT NULL,
    version INTEGER NOT NULL,
    unit    TEXT NOT NULL,
    batch   TEXT NOT NULL DEFAULT '',
    at      TIMESTAMPTZ NOT NULL,
    body    TEXT NOT NULL,              -- the manifest as its object holds it
    PRIMARY KEY (dossier, version)
);

CREATE TABLE components (
    id         TEXT PRIMARY KEY,
    dossier    TEXT NOT NULL,
    unit       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    role       TEXT NOT NULL,
    state      TEXT NOT NULL,
    version    INTEGER NOT NULL,
    pdf        TEXT NOT NULL
);
CREATE INDEX components_dossier ON components (dossier);

-- What was decided but is not published yet. Boot finishes every row.
CREATE TABLE intents (
    id      TEXT PRIMARY KEY,
    unit    TEXT NOT NULL,
    batch   TEXT NOT NULL,
    dossier TEXT NOT NULL,
    version INTEGER NOT NULL,
    body    TEXT NOT NULL,
    UNIQUE (dossier, version)
);
CREATE INDEX intents_batch ON intents (batch);

-- Every object the catalogue knows, with its digest: the list fixity is
-- checked against.
CREATE TABLE objects (
    key    TEXT PRIMARY KEY,
    unit   TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size   BIGINT NOT NULL,
    listed INTEGER NOT NULL DEFAULT 0   -- 1: written to a SHA256SUMS object
);
CREATE INDEX objects_listed ON objects (listed);

-- Rows wait here, written in the transaction of the change they record, until
-- the sequencer numbers and chains them. The payload and its salt live apart,
-- so that a disposal decision can erase them without breaking the log.
CREATE TABLE audit_pending (
    id      TEXT PRIMARY KEY,
    unit    TEXT NOT NULL,
    at      TIMESTAMPTZ NOT NULL,
    actor   TEXT NOT NULL,
    role    TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL
);
CREATE TABLE audit_payloads (
    id      TEXT PRIMARY KEY,
    salt    TEXT NOT NULL,
    payload TEXT NOT NULL
);

-- +goose Down
DROP TABLE audit_payloads;
DROP TABLE audit_pending;
DROP TABLE objects;
DROP TABLE intents;
DROP TABLE components;
DROP TABLE manifests;
DROP TABLE dossiers;
DROP TABLE pages;
DROP TABLE images;
DROP TABLE files;
DROP TABLE batches;
