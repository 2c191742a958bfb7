-- +goose Up
-- Fields that two people key, neither seeing what the other keyed. Which they
-- are is a setting, which every start applies to this column.
ALTER TABLE doubts ADD COLUMN twice BOOLEAN NOT NULL DEFAULT FALSE;

-- What was keyed and what no decision rests on yet. `body` is a dossier.Keying.
CREATE TABLE keyings (
    component TEXT NOT NULL,
    field     TEXT NOT NULL,
    nth       INTEGER NOT NULL,       -- in the order of their coming, from 1
    unit      TEXT NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (component, field, nth)
);
-- Nobody keys a field twice.
CREATE UNIQUE INDEX keyings_once ON keyings (component, field, actor);

-- +goose Down
DROP TABLE keyings;
ALTER TABLE doubts DROP COLUMN twice;
