-- +goose Up
-- Papers that a person asked to have signed: asked until the signature is
-- there, refused with the reason when it could not be made. A paper that nobody
-- asked for, or that is signed, has no row.
CREATE TABLE signing (
    component TEXT PRIMARY KEY,
    dossier   TEXT NOT NULL,
    unit      TEXT NOT NULL,
    state     TEXT NOT NULL,            -- asked, refused
    reason    TEXT NOT NULL DEFAULT '',
    at        TIMESTAMPTZ NOT NULL
);
CREATE INDEX signing_unit ON signing (unit, state);
-- How many papers wait for a signature is asked for on every page of the web.
CREATE INDEX components_state ON components (unit, state, kind);

-- +goose Down
DROP INDEX components_state;
DROP TABLE signing;
