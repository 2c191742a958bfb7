-- +goose Up
-- A session that an identity provider vouched for asks for no new password.
ALTER TABLE sessions ADD COLUMN provider BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
ALTER TABLE sessions DROP COLUMN provider;
