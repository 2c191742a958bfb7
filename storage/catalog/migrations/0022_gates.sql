-- +goose Up
-- What people decided about the gates of fields. `body` is a
-- dossier.GateDecision.
CREATE TABLE gate_decisions (
    unit TEXT NOT NULL,
    seq  INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (unit, seq)
);

-- The fields of published papers about which a person has said what stands
-- there, and whether the machine had read that: made anew from each version of a
-- dossier, as its manifest has them.
CREATE TABLE reviewed_fields (
    component  TEXT NOT NULL,
    field      TEXT NOT NULL,
    dossier    TEXT NOT NULL,
    unit       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    said_by    TEXT NOT NULL,
    below      BOOLEAN NOT NULL,            -- its gate, when it was read
    hundredth  INTEGER NOT NULL,            -- of confidence
    is_right   BOOLEAN NOT NULL,
    at         TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (component, field)
);
CREATE INDEX reviewed_fields_dossier ON reviewed_fields (dossier);
CREATE INDEX reviewed_fields_unit ON reviewed_fields (unit, at);

-- +goose Down
DROP TABLE reviewed_fields;
DROP TABLE gate_decisions;
