-- +goose Up
-- What is drawn of each month to be keyed blind, and what was keyed. `body` is a
-- dossier.Sample or a dossier.SampleAnswer.
CREATE TABLE samples (
    unit  TEXT NOT NULL,
    month TEXT NOT NULL,                  -- 2026-11
    body  TEXT NOT NULL,
    PRIMARY KEY (unit, month)
);
CREATE TABLE sample_answers (
    unit    TEXT NOT NULL,
    month   TEXT NOT NULL,
    n       INTEGER NOT NULL,
    settles BOOLEAN NOT NULL,             -- the second person's, where the first differs
    body    TEXT NOT NULL,
    PRIMARY KEY (unit, month, n, settles)
);

-- +goose Down
DROP TABLE sample_answers;
DROP TABLE samples;
