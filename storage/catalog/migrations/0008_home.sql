-- +goose Up
-- The dossier that lists a page as pending, also while a decision has claimed
-- the page for a paper of another: undone, the page waits there again.
ALTER TABLE pages ADD COLUMN home TEXT NOT NULL DEFAULT '';
UPDATE pages SET home = dossier WHERE component = '';
CREATE INDEX pages_home ON pages (home) WHERE home <> '';

-- +goose Down
DROP INDEX pages_home;
ALTER TABLE pages DROP COLUMN home;
