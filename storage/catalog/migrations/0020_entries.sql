-- +goose Up
-- The entries of registers: a list for a screen, made anew from each version of a
-- dossier. What they say is in the manifest and in the search index.
CREATE TABLE entries (
    id        TEXT PRIMARY KEY,
    component TEXT NOT NULL,
    dossier   TEXT NOT NULL,
    unit      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    nth       INTEGER NOT NULL,         -- among the entries of its paper, from 1
    page      TEXT NOT NULL,
    state     TEXT NOT NULL,            -- found, unsure, keyed, none
    received_at TIMESTAMPTZ NOT NULL    -- of the dossier
);
CREATE INDEX entries_dossier ON entries (dossier);
-- How many wait is asked for on every page of the web.
CREATE INDEX entries_waiting ON entries (unit, kind) WHERE state IN ('found', 'unsure');

-- +goose Down
DROP TABLE entries;
