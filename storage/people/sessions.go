package people

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

const (
	// halfLength is how long the code of a second factor may take.
	halfLength = 10 * time.Minute
	// seenEvery is how often a session's last use is written down: not for
	// every request.
	seenEvery = time.Minute
	// maxText bounds what is kept of what a browser says of itself.
	maxText = 120
)

// newSession opens a session as row has begun it, and gives its secret, which
// only the browser keeps.
func (p *People) newSession(ctx context.Context, tx bun.Tx, row sessionRow, from dossier.From) (string, error) {
	secret := dossier.NewID()
	row.Hash, row.ID = digest(secret), dossier.NewID()
	row.CreatedAt, row.SeenAt = p.now(), p.now()
	row.Address, row.Browser = cut(from.Address), cut(from.Browser)
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return "", fmt.Errorf("open session: %w", err)
	}
	return secret, nil
}

// cut keeps the beginning of a text that others send, as valid UTF-8 that every
// database takes.
func cut(s string) string {
	clean := []rune{}
	for _, r := range s {
		if len(clean) == maxText {
			break
		}
		if r >= ' ' && r != 0xfffd {
			clean = append(clean, r)
		}
	}
	return string(clean)
}

// liveSession finds the session of a secret and its user; [dossier.RefusedLogin]
// when it is over.
func (p *People) liveSession(ctx context.Context, db bun.IDB, secret string) (sessionRow, userRow, error) {
	var session sessionRow
	err := db.NewSelect().Model(&session).Where("hash = ?", digest(secret)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) || err == nil && p.over(session) {
		return sessionRow{}, userRow{}, dossier.RefusedLogin
	}
	if err != nil {
		return sessionRow{}, userRow{}, fmt.Errorf("look up session: %w", err)
	}
	row, err := userByID(ctx, db, session.User)
	return session, row, err
}

// over tells whether a session has ended by itself.
func (p *People) over(s sessionRow) bool {
	now := p.now()
	length := p.Length
	if s.Half {
		length = halfLength
	}
	return now.Sub(s.CreatedAt) >= length || now.Sub(s.SeenAt) >= p.Idle
}

// Session is who holds the secret of a session; [dossier.RefusedLogin] for
// nobody.
func (p *People) Session(ctx context.Context, secret string) (dossier.Visitor, error) {
	session, row, err := p.liveSession(ctx, p.read, secret)
	if err != nil {
		return dossier.Visitor{}, err
	}
	if row.Closed {
		return dossier.Visitor{}, dossier.RefusedLogin
	}
	if now := p.now(); now.Sub(session.SeenAt) >= seenEvery {
		if _, err := p.write.NewUpdate().Model((*sessionRow)(nil)).Set("seen_at = ?", now).Where("hash = ?", session.Hash).Exec(ctx); err != nil {
			return dossier.Visitor{}, fmt.Errorf("note session: %w", err)
		}
	}
	v := dossier.Visitor{User: row.user(p.now()), Session: session.ID, Half: session.Half}
	if session.Provider {
		v.User.MustChange = false // that is about a password, which nobody has shown
	}
	if v.Half {
		return v, nil
	}
	grants, err := grantsOf(ctx, p.read, row.ID)
	if err != nil {
		return dossier.Visitor{}, fmt.Errorf("read rights: %w", err)
	}
	v.User.Grants = grants[row.ID]
	err = p.read.NewSelect().Model((*reasonRow)(nil)).Column("dossier").Where("session = ?", session.ID).Scan(ctx, &v.Reasons)
	if err != nil {
		return dossier.Visitor{}, fmt.Errorf("read reasons: %w", err)
	}
	return v, nil
}

// Sessions lists the user's live sessions, newest first.
func (p *People) Sessions(ctx context.Context, id dossier.UserID) ([]dossier.Session, error) {
	var rows []sessionRow
	if err := p.read.NewSelect().Model(&rows).Where("user_id = ?", id).Order("seen_at DESC", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	list := []dossier.Session{}
	for _, r := range rows {
		if !p.over(r) && !r.Half {
			list = append(list, dossier.Session{ID: r.ID, CreatedAt: r.CreatedAt.UTC(), SeenAt: r.SeenAt.UTC(), Address: r.Address, Browser: r.Browser})
		}
	}
	return list, nil
}

// EndSession ends one of the visitor's sessions, the own one at logging out.
func (p *People) EndSession(ctx context.Context, v dossier.Visitor, id string) error {
	return p.inTx(ctx, "end session", func(ctx context.Context, tx bun.Tx) error {
		if err := endSession(ctx, tx, v.User.ID, id); err != nil {
			return err
		}
		return audit(ctx, tx, p.self(v.User.ID), "logout", v.User.ID, map[string]any{"own": id == v.Session})
	})
}

func endSession(ctx context.Context, tx bun.Tx, user dossier.UserID, id string) error {
	_, err := tx.NewDelete().Model((*reasonRow)(nil)).Where("session IN (SELECT id FROM sessions WHERE user_id = ? AND id = ?)", user, id).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewDelete().Model((*sessionRow)(nil)).Where("user_id = ?", user).Where("id = ?", id).Exec(ctx)
	return err
}

// endSessions ends all sessions of a user but one; "" for all.
func endSessions(ctx context.Context, tx bun.Tx, user dossier.UserID, but string) error {
	_, err := tx.NewDelete().Model((*reasonRow)(nil)).Where("session IN (SELECT id FROM sessions WHERE user_id = ? AND id <> ?)", user, but).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewDelete().Model((*sessionRow)(nil)).Where("user_id = ?", user).Where("id <> ?", but).Exec(ctx)
	return err
}

// Sweep removes sessions that are over. Nothing depends on it: they open
// nothing.
func (p *People) Sweep(ctx context.Context) error {
	return p.inTx(ctx, "sweep sessions", func(ctx context.Context, tx bun.Tx) error {
		var rows []sessionRow
		if err := tx.NewSelect().Model(&rows).Scan(ctx); err != nil {
			return err
		}
		for _, r := range rows {
			if !p.over(r) {
				continue
			}
			if err := endSession(ctx, tx, r.User, r.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// GiveReason notes why the visitor looks at a dossier of a sensitive kind; it
// holds for the session. The reason is kept in the audit row's payload.
func (p *People) GiveReason(ctx context.Context, v dossier.Visitor, act dossier.Act, id dossier.DossierID, reason string) error {
	reason = cut(reason)
	if reason == "" {
		return dossier.RefusedReason
	}
	return p.inTx(ctx, "note reason", func(ctx context.Context, tx bun.Tx) error {
		row := reasonRow{Session: v.Session, Dossier: id}
		if _, err := tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return err
		}
		return audit(ctx, tx, act, dossier.ActionDossierReason, string(id), map[string]any{"reason": reason})
	})
}
