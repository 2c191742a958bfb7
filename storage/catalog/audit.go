package catalog

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// audit writes one pending audit row with its payload into tx. subject is an
// id, never a name; payload holds ids and counts and is kept apart with a salt,
// so that the log's leaf reveals nothing after an erasure.
func audit(ctx context.Context, tx bun.Tx, act dossier.Act, action, subject string, payload any) error {
	body, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	row := auditRow{
		ID: dossier.NewID(), Unit: act.Actor.Unit, At: act.At.UTC(), Actor: act.Actor.ID, Role: act.Actor.Role,
		Action: action, Subject: subject,
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	kept := auditPayloadRow{ID: row.ID, Salt: rand.Text(), Payload: string(body)}
	if _, err := tx.NewInsert().Model(&kept).Exec(ctx); err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	return nil
}
