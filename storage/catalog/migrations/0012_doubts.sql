-- +goose Up
-- The fields of published papers that a person has to look at: a list for a
-- screen, made anew from each version of a dossier. Versions published before
-- this table was there come into it with their next version, or by a rebuild.
CREATE TABLE doubts (
    component   TEXT NOT NULL,
    field       TEXT NOT NULL,
    dossier     TEXT NOT NULL,
    unit        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    nth         INTEGER NOT NULL,         -- of the field in its paper
    page        TEXT NOT NULL DEFAULT '',
    confidence  DOUBLE PRECISION NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,     -- of the dossier
    due_at      TIMESTAMPTZ,
    PRIMARY KEY (component, field)
);
CREATE INDEX doubts_dossier ON doubts (dossier);
-- How many wait is asked for on every page of the web.
CREATE INDEX doubts_unit ON doubts (unit, kind);

-- +goose Down
DROP TABLE doubts;
