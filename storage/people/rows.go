package people

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// The rows; columns are explained in migrations/0004_people.sql and 0009_provider.sql.

type userRow struct {
	bun.BaseModel `bun:"table:users"`

	ID           dossier.UserID `bun:"id,pk"`
	Name         string         `bun:"name"`
	Person       string         `bun:"person"`
	Closed       bool           `bun:"closed"`
	Password     string         `bun:"password"`
	MustChange   bool           `bun:"must_change"`
	Failures     int            `bun:"failures"`
	BlockedUntil *time.Time     `bun:"blocked_until"`
	TOTP         string         `bun:"totp"`
	TOTPPending  string         `bun:"totp_pending"`
	TOTPStep     int64          `bun:"totp_step"`
	Subject      string         `bun:"subject"`
	CreatedAt    time.Time      `bun:"created_at"`
}

type grantRow struct {
	bun.BaseModel `bun:"table:grants"`

	User  dossier.UserID `bun:"user_id,pk"`
	Role  dossier.Role   `bun:"role,pk"`
	Unit  dossier.UnitID `bun:"unit,pk"`
	Kinds string         `bun:"kinds"`
}

type recoveryRow struct {
	bun.BaseModel `bun:"table:recovery_codes"`

	User dossier.UserID `bun:"user_id,pk"`
	Hash string         `bun:"hash,pk"`
}

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions"`

	Hash      string         `bun:"hash,pk"`
	ID        string         `bun:"id"`
	User      dossier.UserID `bun:"user_id"`
	Half      bool           `bun:"half"`
	Provider  bool           `bun:"provider"`
	CreatedAt time.Time      `bun:"created_at"`
	SeenAt    time.Time      `bun:"seen_at"`
	Address   string         `bun:"address"`
	Browser   string         `bun:"browser"`
}

type reasonRow struct {
	bun.BaseModel `bun:"table:session_reasons"`

	Session string            `bun:"session,pk"`
	Dossier dossier.DossierID `bun:"dossier,pk"`
}

type tokenRow struct {
	bun.BaseModel `bun:"table:tokens"`

	ID          string         `bun:"id,pk"`
	Hash        string         `bun:"hash"`
	User        dossier.UserID `bun:"user_id"`
	Label       string         `bun:"label"`
	Permissions string         `bun:"permissions"`
	Unit        dossier.UnitID `bun:"unit"`
	ExpiresAt   time.Time      `bun:"expires_at"`
	UsedAt      *time.Time     `bun:"used_at"`
	Revoked     bool           `bun:"revoked"`
}

// user is the row as others see it, without grants and without secrets.
func (r userRow) user(now time.Time) dossier.User {
	u := dossier.User{
		ID: r.ID, Name: r.Name, Person: r.Person, Closed: r.Closed, MustChange: r.MustChange, SecondFactor: r.TOTP != "",
		Subject: r.Subject, CreatedAt: r.CreatedAt.UTC(), Grants: []dossier.Grant{},
	}
	if r.blocked(now) {
		until := r.BlockedUntil.UTC()
		u.BlockedUntil = &until
	}
	return u
}

func (r userRow) blocked(now time.Time) bool {
	return r.BlockedUntil != nil && now.Before(*r.BlockedUntil)
}

func (r grantRow) grant() dossier.Grant {
	return dossier.Grant{Role: r.Role, Unit: r.Unit, Kinds: strings.Fields(r.Kinds)}
}

func (r tokenRow) token() dossier.Token {
	t := dossier.Token{
		ID: r.ID, User: r.User, Label: r.Label, Permissions: permissions(r.Permissions), Unit: r.Unit,
		ExpiresAt: r.ExpiresAt.UTC(), UsedAt: r.UsedAt, Revoked: r.Revoked,
	}
	return t
}

func permissions(s string) []dossier.Permission {
	list := []dossier.Permission{}
	for _, p := range strings.Fields(s) {
		list = append(list, dossier.Permission(p))
	}
	return list
}

// grantsOf reads the grants of users, by user.
func grantsOf(ctx context.Context, db bun.IDB, ids ...dossier.UserID) (map[dossier.UserID][]dossier.Grant, error) {
	var rows []grantRow
	query := db.NewSelect().Model(&rows).Order("user_id", "role", "unit")
	if len(ids) > 0 {
		query = query.Where("user_id IN (?)", bun.List(ids))
	}
	if err := query.Scan(ctx); err != nil {
		return nil, err
	}
	all := map[dossier.UserID][]dossier.Grant{}
	for _, r := range rows {
		all[r.User] = append(all[r.User], r.grant())
	}
	return all, nil
}
