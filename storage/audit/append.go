package audit

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// pendingRow is an event that has no number yet.
type pendingRow struct {
	bun.BaseModel `bun:"table:audit_pending"`

	ID      string         `bun:"id,pk"`
	Unit    dossier.UnitID `bun:"unit"`
	At      time.Time      `bun:"at"`
	Actor   string         `bun:"actor"`
	Role    dossier.Role   `bun:"role"`
	Action  string         `bun:"action"`
	Subject string         `bun:"subject"`
	Place   int64          `bun:"place"`
}

// payloadRow is what a leaf only holds a digest of.
type payloadRow struct {
	bun.BaseModel `bun:"table:audit_payloads"`

	ID      string `bun:"id,pk"`
	Salt    string `bun:"salt"`
	Payload string `bun:"payload"`
}

// event is an event on its way into the database.
type event struct {
	row     pendingRow
	payload payloadRow
}

// clockStep is how finely times are kept: PostgreSQL knows nothing smaller.
const clockStep = time.Microsecond

// newEvent gives a deed its id and its salt.
func newEvent(act dossier.Act, deed dossier.Deed) (event, error) {
	body, err := json.Marshal(deed.Payload)
	if err != nil {
		return event{}, fmt.Errorf("audit %s: %w", deed.Action, err)
	}
	row := pendingRow{
		ID: dossier.NewID(), Unit: act.Actor.Unit, At: act.At.UTC().Truncate(clockStep), Actor: act.Actor.ID, Role: act.Actor.Role,
		Action: deed.Action, Subject: deed.Subject,
	}
	return event{row: row, payload: payloadRow{ID: row.ID, Salt: rand.Text(), Payload: string(body)}}, nil
}

// nextPlace puts a row behind every row that it can see.
const nextPlace = "(SELECT COALESCE(MAX(p.place), 0) + 1 FROM audit_pending AS p)"

func (e event) insert(ctx context.Context, tx bun.Tx) error {
	if _, err := tx.NewInsert().Model(&e.row).Value("place", nextPlace).Exec(ctx); err != nil {
		return fmt.Errorf("audit %s: %w", e.row.Action, err)
	}
	if _, err := tx.NewInsert().Model(&e.payload).Exec(ctx); err != nil {
		return fmt.Errorf("audit %s: %w", e.row.Action, err)
	}
	return nil
}

// Append writes one event into the transaction of the change it tells of. The
// payload, ids and counts only, is kept apart from it with a salt, so that the
// log's leaf reveals nothing once the payload is erased.
func Append(ctx context.Context, tx bun.Tx, act dossier.Act, deed dossier.Deed) error {
	e, err := newEvent(act, deed)
	if err != nil {
		return err
	}
	return e.insert(ctx, tx)
}

// Note writes one event that belongs to no change of the catalogue, such as the
// making of a key that is a file.
func (l *Log) Note(ctx context.Context, act dossier.Act, deed dossier.Deed) error {
	return l.inTx(ctx, func(ctx context.Context, tx bun.Tx) error { return Append(ctx, tx, act, deed) })
}
