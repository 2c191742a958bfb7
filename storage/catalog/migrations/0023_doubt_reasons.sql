-- +goose Up
-- Why a field waits, so that review can be narrowed to one reason. An unread field
-- is believed by nobody; fields of versions published before this column was
-- there are told apart by that.
ALTER TABLE doubts ADD COLUMN reason TEXT NOT NULL DEFAULT 'field_unsure';
UPDATE doubts SET reason = 'field_unread' WHERE confidence = 0;

-- +goose Down
ALTER TABLE doubts DROP COLUMN reason;
