-- +goose Up
-- Counts of sheets that do not come out, told beside the pages that wait for
-- that reason. Splitting a batch writes them, and so does the splitting of a
-- rebuild. `body` is a dossier.Miscount.
CREATE TABLE miscounts (
    batch   TEXT NOT NULL REFERENCES batches (id),
    dossier TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (batch, dossier)
);

-- +goose Down
DROP TABLE miscounts;
