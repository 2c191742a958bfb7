package people

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
	"sohoa/storage/catalog"
)

// Config is what people depends on beside the database.
type Config struct {
	// Unit is in the audit rows of those who are not known yet.
	Unit dossier.UnitID
	// Key seals the secrets of second factors: 32 bytes that are kept outside
	// the database.
	Key []byte
	// Cost is that of a password hash. Defaults to [DefaultCost].
	Cost Cost
	// Idle ends a session that nobody used for so long. Defaults to one hour.
	Idle time.Duration
	// Length ends every session. Defaults to 12 hours: a working day.
	Length time.Duration
	// Now is the clock.
	Now func() time.Time
}

// People is the open register. Its methods may be called concurrently.
type People struct {
	Config
	write, read *bun.DB
	hashing     chan struct{} // a slot for every hash that is computed now
	nobody      string        // the hash that is compared for an unknown name
}

// maxHashing bounds how many password hashes are computed at once, and with it
// the memory that a flood of log-ins can take: [Cost.Memory] for each.
const maxHashing = 2

// Open gives the register over open databases, whose tables exist.
func Open(d catalog.Databases, cfg Config) (*People, error) {
	if len(cfg.Key) != keySize {
		return nil, fmt.Errorf("people: the key has %d bytes, not %d", len(cfg.Key), keySize)
	}
	if cfg.Cost == (Cost{}) {
		cfg.Cost = DefaultCost
	}
	if cfg.Idle == 0 {
		cfg.Idle = time.Hour
	}
	if cfg.Length == 0 {
		cfg.Length = 12 * time.Hour
	}
	p := &People{Config: cfg, hashing: make(chan struct{}, maxHashing)}
	p.write, p.read = d.Bun()
	p.nobody = hashPassword(cfg.Cost, dossier.NewID())
	return p, nil
}

// inTx runs one write transaction. A [dossier.Refusal] that f returns undoes
// it and is returned as it is.
func (p *People) inTx(ctx context.Context, op string, f func(ctx context.Context, tx bun.Tx) error) error {
	err := p.write.RunInTx(ctx, nil, f)
	if _, refused := errors.AsType[dossier.Refusal](err); err != nil && !refused {
		return fmt.Errorf("%s: %w", op, err)
	}
	return err
}

// now is the time as it is stored: to the microsecond, as PostgreSQL keeps it.
func (p *People) now() time.Time { return p.Now().UTC().Truncate(time.Microsecond) }

// self is the act of a user upon the own account.
func (p *People) self(id dossier.UserID) dossier.Act {
	return dossier.Act{Actor: dossier.Actor{ID: string(id), Unit: p.Unit, Role: dossier.RoleSelf}, At: p.now()}
}

// nobodyKnown is the act of somebody who is not known.
func (p *People) nobodyKnown() dossier.Act {
	return dossier.Act{Actor: dossier.Nobody(p.Unit), At: p.now()}
}

// orUnknown says that there is no such user where the database says no rows.
func orUnknown(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return dossier.RefusedUnknown
	}
	return err
}
