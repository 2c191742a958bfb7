-- +goose Up
-- Units: offices, and the places they stand for, as they are and were. Package
-- units reads and writes these tables. Days are yyyy-mm-dd; since '' is "from
-- the beginning", until '' is "to this day", and until is the first day on which
-- something no longer holds.
CREATE TABLE units (
    id     TEXT PRIMARY KEY,
    name   TEXT NOT NULL,
    folded TEXT NOT NULL,             -- the name without tones, in lower case
    parent TEXT NOT NULL DEFAULT '',  -- the unit above
    since  TEXT NOT NULL DEFAULT '',
    until  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX units_folded ON units (folded);

-- What a unit is called by. One code is one unit's on one day, and may be
-- another's later.
CREATE TABLE unit_codes (
    code  TEXT NOT NULL,
    since TEXT NOT NULL DEFAULT '',
    until TEXT NOT NULL DEFAULT '',
    unit  TEXT NOT NULL REFERENCES units (id),
    PRIMARY KEY (code, since)
);
CREATE INDEX unit_codes_unit ON unit_codes (unit);

-- Which units took over from one that is no more, each a part or the whole.
CREATE TABLE unit_successors (
    unit      TEXT NOT NULL REFERENCES units (id),
    successor TEXT NOT NULL REFERENCES units (id),
    PRIMARY KEY (unit, successor)
);

-- +goose Down
DROP TABLE unit_successors;
DROP TABLE unit_codes;
DROP TABLE units;
