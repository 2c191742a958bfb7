-- +goose Up
-- People: who may log in, what they may do, and how they are known. Package
-- people reads and writes these tables; its changes write their audit rows in
-- the same transaction. No secret stands here as it is: passwords and recovery
-- codes as hashes, sessions and tokens as digests of random secrets, the secret
-- of a second factor sealed with a key that is not in the database.
CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,      -- typed to log in
    person        TEXT NOT NULL DEFAULT '',  -- how others call them
    closed        BOOLEAN NOT NULL DEFAULT FALSE,
    password      TEXT NOT NULL DEFAULT '',  -- argon2id with its parameters; '' none
    must_change   BOOLEAN NOT NULL DEFAULT FALSE,
    failures      INTEGER NOT NULL DEFAULT 0, -- wrong passwords and codes since the last right one
    blocked_until TIMESTAMPTZ,
    totp          TEXT NOT NULL DEFAULT '',  -- sealed secret; '' no second factor
    totp_pending  TEXT NOT NULL DEFAULT '',  -- sealed secret that no code has confirmed yet
    totp_step     BIGINT NOT NULL DEFAULT 0, -- of the last code used: none is taken twice
    subject       TEXT NOT NULL DEFAULT '',  -- issuer and subject at an identity provider
    created_at    TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX users_subject ON users (subject) WHERE subject <> '';

CREATE TABLE grants (
    user_id TEXT NOT NULL REFERENCES users (id),
    role    TEXT NOT NULL,
    unit    TEXT NOT NULL,
    kinds   TEXT NOT NULL DEFAULT '',        -- parted by blanks; '' every kind
    PRIMARY KEY (user_id, role, unit)
);

CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (id),
    hash    TEXT NOT NULL,
    PRIMARY KEY (user_id, hash)
);

CREATE TABLE sessions (
    hash       TEXT PRIMARY KEY,             -- digest of the secret in the cookie
    id         TEXT NOT NULL UNIQUE,         -- names it in lists; opens nothing
    user_id    TEXT NOT NULL REFERENCES users (id),
    half       BOOLEAN NOT NULL,             -- the second factor has not been shown yet
    created_at TIMESTAMPTZ NOT NULL,
    seen_at    TIMESTAMPTZ NOT NULL,
    address    TEXT NOT NULL DEFAULT '',
    browser    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sessions_user ON sessions (user_id);

-- The dossiers of sensitive kinds that a reason was given for, for as long as
-- the session lasts. The reason itself is in the audit row.
CREATE TABLE session_reasons (
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    dossier TEXT NOT NULL,
    PRIMARY KEY (session, dossier)
);

CREATE TABLE tokens (
    id          TEXT PRIMARY KEY,
    hash        TEXT NOT NULL UNIQUE,
    user_id     TEXT NOT NULL REFERENCES users (id),
    label       TEXT NOT NULL,
    permissions TEXT NOT NULL,               -- parted by blanks
    unit        TEXT NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL,
    used_at     TIMESTAMPTZ,
    revoked     BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX tokens_user ON tokens (user_id);

-- Who receives and who decides sees a dossier, too.
ALTER TABLE dossiers ADD COLUMN receiving_unit TEXT NOT NULL DEFAULT '';
ALTER TABLE dossiers ADD COLUMN deciding_unit TEXT NOT NULL DEFAULT '';
CREATE INDEX dossiers_receiving ON dossiers (receiving_unit);
CREATE INDEX dossiers_deciding ON dossiers (deciding_unit);
CREATE INDEX pages_id ON pages (id);

-- +goose Down
DROP INDEX pages_id;
DROP INDEX dossiers_deciding;
DROP INDEX dossiers_receiving;
ALTER TABLE dossiers DROP COLUMN deciding_unit;
ALTER TABLE dossiers DROP COLUMN receiving_unit;
DROP TABLE tokens;
DROP TABLE session_reasons;
DROP TABLE sessions;
DROP TABLE recovery_codes;
DROP TABLE grants;
DROP TABLE users;
