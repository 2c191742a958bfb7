package people

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// How wrong passwords and codes block a user. The first ones cost nothing, for
// people mistype; then each one costs twice the one before. A blocked user can
// be opened at once at the machine: sohoa user unlock.
const (
	freeFailures = 5
	firstBlock   = time.Minute
	longestBlock = 15 * time.Minute
)

// blockFor is how long a user rests after so many failures in a row.
func blockFor(failures int) time.Duration {
	if failures < freeFailures {
		return 0
	}
	d := firstBlock
	for range failures - freeFailures {
		if d = 2 * d; d >= longestBlock {
			return longestBlock
		}
	}
	return d
}

// Login checks a name and a password. Whatever is wrong, the answer is
// [dossier.RefusedLogin] after the same work: one hash and one transaction.
func (p *People) Login(ctx context.Context, name, password string, from dossier.From) (dossier.Pass, error) {
	row, err := userByName(ctx, p.read, name)
	if err != nil && !errors.Is(err, dossier.RefusedUnknown) {
		return dossier.Pass{}, err
	}
	right, renewed, err := p.compare(ctx, row.Password, password)
	if err != nil {
		return dossier.Pass{}, err
	}
	var entry dossier.Pass
	refused := false
	err = p.inTx(ctx, "log in", func(ctx context.Context, tx bun.Tx) error {
		if row.ID == "" {
			refused = true
			return audit(ctx, tx, p.nobodyKnown(), "login.unknown", "", nil)
		}
		now, err := userByID(ctx, tx, row.ID) // as it is now, under the lock
		if err != nil {
			return err
		}
		if !right || now.Closed || now.blocked(p.now()) || now.Password != row.Password {
			refused = true
			return p.failed(ctx, tx, now, right)
		}
		if renewed != "" {
			now.Password = renewed
		}
		entry, err = p.enter(ctx, tx, now, from)
		return err
	})
	if err == nil && refused {
		return dossier.Pass{}, dossier.RefusedLogin
	}
	return entry, err
}

// compare checks a password against a stored hash; without one it does the same
// work and says no. renewed is the hash by today's parameters where the stored
// one has others.
func (p *People) compare(ctx context.Context, stored, password string) (right bool, renewed string, err error) {
	none := stored == ""
	if none {
		stored = p.nobody
	}
	if len(password) > 4*maxPassword {
		password = "" // as wrong, and cheap
	}
	err = p.inSlot(ctx, func() error {
		var stale bool
		right, stale, err = checkPassword(p.Cost, stored, password)
		if right && stale {
			renewed = hashPassword(p.Cost, password)
		}
		return err
	})
	return right && !none, renewed, err
}

// failed counts a wrong password or code. While the user is blocked nothing is
// counted, or whoever guesses could block for ever.
func (p *People) failed(ctx context.Context, tx bun.Tx, row userRow, right bool) error {
	if row.Closed || row.blocked(p.now()) {
		return audit(ctx, tx, p.nobodyKnown(), "login.blocked", row.ID, nil)
	}
	if !right {
		row.Failures++
	}
	if d := blockFor(row.Failures); d > 0 {
		until := p.now().Add(d)
		row.BlockedUntil = &until
	}
	if _, err := tx.NewUpdate().Model(&row).Column("failures", "blocked_until").WherePK().Exec(ctx); err != nil {
		return err
	}
	return audit(ctx, tx, p.nobodyKnown(), "login.failed", row.ID, map[string]any{"failures": row.Failures, "blocked": row.BlockedUntil != nil})
}

// enter opens a session, half where a second factor is asked for.
func (p *People) enter(ctx context.Context, tx bun.Tx, row userRow, from dossier.From) (dossier.Pass, error) {
	half := row.TOTP != ""
	if !half { // with one, the failures end with the code
		row.Failures, row.BlockedUntil = 0, nil
	}
	if _, err := tx.NewUpdate().Model(&row).Column("failures", "blocked_until", "password").WherePK().Exec(ctx); err != nil {
		return dossier.Pass{}, err
	}
	secret, err := p.newSession(ctx, tx, sessionRow{User: row.ID, Half: half}, from)
	if err != nil || half {
		return dossier.Pass{Secret: secret, Half: half}, err
	}
	return dossier.Pass{Secret: secret}, audit(ctx, tx, p.self(row.ID), "login", row.ID, map[string]any{"by": "password"})
}

// Confirm takes the code of a second factor for a half session and gives the
// whole one, under a new secret. Wrong codes count as wrong passwords do; once
// they block the user, the half session is gone.
func (p *People) Confirm(ctx context.Context, half, code string, from dossier.From) (dossier.Pass, error) {
	var entry dossier.Pass
	refused := dossier.Refusal("")
	err := p.inTx(ctx, "confirm log-in", func(ctx context.Context, tx bun.Tx) error {
		session, row, err := p.liveSession(ctx, tx, half)
		if err != nil {
			return err
		}
		if !session.Half {
			return dossier.RefusedLogin
		}
		if row.Closed || row.blocked(p.now()) {
			refused = dossier.RefusedLogin
			return endSession(ctx, tx, row.ID, session.ID)
		}
		right, how, err := p.takeCode(ctx, tx, &row, code)
		if err != nil {
			return err
		}
		if !right {
			refused = dossier.RefusedCode
			return p.failed(ctx, tx, row, false)
		}
		if err := endSession(ctx, tx, row.ID, session.ID); err != nil {
			return err
		}
		row.Failures, row.BlockedUntil = 0, nil
		if _, err := tx.NewUpdate().Model(&row).Column("failures", "blocked_until", "totp_step").WherePK().Exec(ctx); err != nil {
			return err
		}
		if entry.Secret, err = p.newSession(ctx, tx, sessionRow{User: row.ID, Provider: session.Provider}, from); err != nil {
			return err
		}
		return audit(ctx, tx, p.self(row.ID), "login", row.ID, map[string]any{"by": how})
	})
	if err == nil && refused != "" {
		return dossier.Pass{}, refused
	}
	return entry, err
}

// LoginSubject opens a session for whom an identity provider vouches: the user
// that is bound to the subject, never one whose address or name is alike, and
// never one that is made for it. With factor, the second factor of the account
// is asked for as after a password; otherwise that is the provider's affair.
func (p *People) LoginSubject(ctx context.Context, subject string, factor bool, from dossier.From) (dossier.Pass, error) {
	var entry dossier.Pass
	var refused dossier.Refusal
	err := p.inTx(ctx, "log in by provider", func(ctx context.Context, tx bun.Tx) error {
		var row userRow
		err := tx.NewSelect().Model(&row).Where("subject = ?", subject).Where("subject <> ''").Scan(ctx)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			refused = dossier.RefusedNoSuchUser
			return audit(ctx, tx, p.nobodyKnown(), "login.unknown", "", map[string]any{"by": "provider"})
		case err != nil:
			return err
		case row.Closed:
			refused = dossier.RefusedClosed
			return audit(ctx, tx, p.nobodyKnown(), "login.blocked", row.ID, map[string]any{"by": "provider"})
		}
		entry.Half = factor && row.TOTP != ""
		if entry.Secret, err = p.newSession(ctx, tx, sessionRow{User: row.ID, Half: entry.Half, Provider: true}, from); err != nil || entry.Half {
			return err
		}
		return audit(ctx, tx, p.self(row.ID), "login", row.ID, map[string]any{"by": "provider"})
	})
	if err == nil && refused != "" {
		return dossier.Pass{}, refused
	}
	return entry, err
}
