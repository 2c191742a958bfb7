-- +goose Up
-- The version of the reading by which a placed page is shown, once a person has
-- turned it; 0 is the reading of its image. Manifests say it, and a rebuild
-- takes it from them.
ALTER TABLE pages ADD COLUMN reading INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE pages DROP COLUMN reading;
