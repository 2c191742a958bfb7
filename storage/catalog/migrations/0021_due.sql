-- +goose Up
-- Until when a dossier wants to be done, for lists on a screen: NULL where that
-- is not known, and once the dossier is closed or has its result. Dossiers
-- published before this column was there get it with their next version, or by a
-- rebuild.
ALTER TABLE dossiers ADD COLUMN due_at TIMESTAMPTZ;

-- +goose Down
ALTER TABLE dossiers DROP COLUMN due_at;
