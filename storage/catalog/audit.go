package catalog

import (
	"context"

	"github.com/uptrace/bun"

	"sohoa/dossier"
	log "sohoa/storage/audit"
)

// audit writes one event of the log into tx. subject is an id, never a name;
// payload holds ids and counts and can be erased, the rest can't.
func audit(ctx context.Context, tx bun.Tx, act dossier.Act, action, subject string, payload map[string]any) error {
	return log.Append(ctx, tx, act, dossier.Deed{Action: action, Subject: subject, Payload: payload})
}

// Audit writes an audit row for a change that another package of storage makes
// in tx, in the same tables as the catalogue's own.
func Audit(ctx context.Context, tx bun.Tx, act dossier.Act, action, subject string, payload map[string]any) error {
	return audit(ctx, tx, act, action, subject, payload)
}
