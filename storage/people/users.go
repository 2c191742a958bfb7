package people

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"sohoa/dossier"
	"sohoa/storage/catalog"
)

// audit is the catalogue's audit row, about a user or a record.
func audit[ID ~string](ctx context.Context, tx bun.Tx, act dossier.Act, action string, subject ID, payload map[string]any) error {
	if payload == nil {
		payload = map[string]any{}
	}
	return catalog.Audit(ctx, tx, act, action, string(subject), payload)
}

func userByID(ctx context.Context, db bun.IDB, id dossier.UserID) (userRow, error) {
	var row userRow
	err := db.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx)
	return row, orUnknown(err)
}

func userByName(ctx context.Context, db bun.IDB, name string) (userRow, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if dossier.CheckUserName(name) != nil {
		return userRow{}, dossier.RefusedUnknown // and no odd text reaches the database
	}
	var row userRow
	err := db.NewSelect().Model(&row).Where("name = ?", name).Scan(ctx)
	return row, orUnknown(err)
}

// State tells whether there are users, and whether one of them may give rights.
func (p *People) State(ctx context.Context) (users, administered bool, err error) {
	if users, err = p.read.NewSelect().Model((*userRow)(nil)).Exists(ctx); err != nil {
		return false, false, fmt.Errorf("look for users: %w", err)
	}
	n, err := administrators(ctx, p.read)
	return users, n > 0, err
}

// administrators counts the open ones.
func administrators(ctx context.Context, db bun.IDB) (int64, error) {
	n, err := db.NewSelect().TableExpr("users AS u").Where("NOT u.closed").
		Where("EXISTS (SELECT 1 FROM grants AS g WHERE g.user_id = u.id AND g.role = ?)", dossier.RoleAdministrator).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count administrators: %w", err)
	}
	return n, nil
}

// Users lists everybody by name.
func (p *People) Users(ctx context.Context) ([]dossier.User, error) {
	var rows []userRow
	if err := p.read.NewSelect().Model(&rows).Order("name").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	grants, err := grantsOf(ctx, p.read)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	users := make([]dossier.User, len(rows))
	for i, r := range rows {
		users[i] = r.user(p.now())
		users[i].Grants = append(users[i].Grants, grants[r.ID]...)
	}
	return users, nil
}

// User is the one of a log-in name.
func (p *People) User(ctx context.Context, name string) (dossier.User, error) {
	row, err := userByName(ctx, p.read, name)
	if err != nil {
		return dossier.User{}, err
	}
	return p.whole(ctx, row)
}

// UserByID is the one of an id.
func (p *People) UserByID(ctx context.Context, id dossier.UserID) (dossier.User, error) {
	row, err := userByID(ctx, p.read, id)
	if err != nil {
		return dossier.User{}, err
	}
	return p.whole(ctx, row)
}

func (p *People) whole(ctx context.Context, row userRow) (dossier.User, error) {
	grants, err := grantsOf(ctx, p.read, row.ID)
	u := row.user(p.now())
	u.Grants = append(u.Grants, grants[row.ID]...)
	return u, err
}

// AddUser makes a user.
func (p *People) AddUser(ctx context.Context, act dossier.Act, n dossier.NewUser) (dossier.User, error) {
	n.Name, n.Person = strings.ToLower(strings.TrimSpace(n.Name)), cut(strings.TrimSpace(n.Person))
	if err := dossier.CheckUserName(n.Name); err != nil {
		return dossier.User{}, err
	}
	row := userRow{ID: dossier.UserID(dossier.NewID()), Name: n.Name, Person: n.Person, MustChange: n.Once, Subject: n.Subject, CreatedAt: p.now()}
	if n.Password != "" {
		if err := CheckPassword(n.Password, row.user(p.now())); err != nil {
			return dossier.User{}, err
		}
		var err error
		if row.Password, err = p.newHash(ctx, n.Password); err != nil {
			return dossier.User{}, err
		}
	}
	err := p.inTx(ctx, "add user", func(ctx context.Context, tx bun.Tx) error {
		taken, err := tx.NewSelect().Model((*userRow)(nil)).Where("name = ? OR subject <> '' AND subject = ?", n.Name, n.Subject).Exists(ctx)
		if err != nil {
			return err
		}
		if taken {
			return dossier.RefusedTaken
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		if err := audit(ctx, tx, act, "user.add", row.ID, nil); err != nil {
			return err
		}
		for _, g := range n.Grants {
			if err := grant(ctx, tx, act, row.ID, g); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return dossier.User{}, err
	}
	return p.whole(ctx, row)
}

// Grant gives a user a role in a unit, or changes the kinds it holds for.
func (p *People) Grant(ctx context.Context, act dossier.Act, id dossier.UserID, g dossier.Grant) error {
	return p.inTx(ctx, "grant", func(ctx context.Context, tx bun.Tx) error {
		if _, err := userByID(ctx, tx, id); err != nil {
			return err
		}
		return grant(ctx, tx, act, id, g)
	})
}

func grant(ctx context.Context, tx bun.Tx, act dossier.Act, id dossier.UserID, g dossier.Grant) error {
	if !slices.Contains(dossier.Roles(), g.Role) || g.Unit == "" {
		return dossier.RefusedRole
	}
	if g.Role == dossier.RoleAdministrator {
		g.Kinds = nil // an administrator sees no paper of any kind
	}
	row := grantRow{User: id, Role: g.Role, Unit: g.Unit, Kinds: strings.Join(g.Kinds, " ")}
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT (user_id, role, unit) DO UPDATE").Set("kinds = EXCLUDED.kinds").Exec(ctx); err != nil {
		return err
	}
	return audit(ctx, tx, act, "user.grant", id, map[string]any{"role": g.Role, "unit": g.Unit, "kinds": g.Kinds})
}

// Revoke takes a role in a unit away. It holds from the next request on.
func (p *People) Revoke(ctx context.Context, act dossier.Act, id dossier.UserID, role dossier.Role, unit dossier.UnitID) error {
	return p.change(ctx, act, id, "user.revoke", map[string]any{"role": role, "unit": unit}, func(ctx context.Context, tx bun.Tx, _ *userRow) error {
		_, err := tx.NewDelete().Model((*grantRow)(nil)).Where("user_id = ?", id).Where("role = ?", role).Where("unit = ?", unit).Exec(ctx)
		return err
	})
}

// Close lets a user not log in any more and ends all sessions; Reopen undoes
// it.
func (p *People) Close(ctx context.Context, act dossier.Act, id dossier.UserID) error {
	return p.change(ctx, act, id, "user.close", nil, func(ctx context.Context, tx bun.Tx, row *userRow) error {
		row.Closed = true
		return endSessions(ctx, tx, id, "")
	})
}

// Reopen lets a closed user log in again, and a blocked one at once.
func (p *People) Reopen(ctx context.Context, act dossier.Act, id dossier.UserID) error {
	return p.change(ctx, act, id, "user.open", nil, func(_ context.Context, _ bun.Tx, row *userRow) error {
		row.Closed, row.Failures, row.BlockedUntil = false, 0, nil
		return nil
	})
}

// Reset gives a user a password for one use and takes the second factor away:
// for whoever forgot the one or lost the other. All sessions end.
func (p *People) Reset(ctx context.Context, act dossier.Act, id dossier.UserID) (password string, err error) {
	password = NewPassword()
	hash, err := p.newHash(ctx, password)
	if err != nil {
		return "", err
	}
	err = p.change(ctx, act, id, "user.reset", nil, func(ctx context.Context, tx bun.Tx, row *userRow) error {
		row.Password, row.MustChange, row.Failures, row.BlockedUntil = hash, true, 0, nil
		row.TOTP, row.TOTPPending = "", ""
		if _, err := tx.NewDelete().Model((*recoveryRow)(nil)).Where("user_id = ?", id).Exec(ctx); err != nil {
			return err
		}
		return endSessions(ctx, tx, id, "")
	})
	return password, err
}

// Bind lets the user come in by an identity provider; "" ends that.
func (p *People) Bind(ctx context.Context, act dossier.Act, id dossier.UserID, subject string) error {
	return p.change(ctx, act, id, "user.bind", map[string]any{"bound": subject != ""}, func(ctx context.Context, tx bun.Tx, row *userRow) error {
		if subject != "" {
			taken, err := tx.NewSelect().Model((*userRow)(nil)).Where("subject = ?", subject).Where("id <> ?", id).Exists(ctx)
			if err != nil {
				return err
			}
			if taken {
				return dossier.RefusedTaken
			}
		}
		row.Subject = subject
		return nil
	})
}

// change changes a user in one transaction with its audit row, and refuses what
// would leave nobody to give rights.
func (p *People) change(ctx context.Context, act dossier.Act, id dossier.UserID, action string, payload map[string]any,
	f func(ctx context.Context, tx bun.Tx, row *userRow) error,
) error {
	return p.inTx(ctx, action, func(ctx context.Context, tx bun.Tx) error {
		before, err := administrators(ctx, tx)
		if err != nil {
			return err
		}
		row, err := userByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := f(ctx, tx, &row); err != nil {
			return err
		}
		_, err = tx.NewUpdate().Model(&row).
			Column("closed", "password", "must_change", "failures", "blocked_until", "totp", "totp_pending", "subject").WherePK().Exec(ctx)
		if err != nil {
			return err
		}
		after, err := administrators(ctx, tx)
		if err != nil {
			return err
		}
		if before > 0 && after == 0 {
			return dossier.RefusedLastAdmin
		}
		return audit(ctx, tx, act, action, id, payload)
	})
}

// ChangePassword sets the visitor's own password, which takes the old one.
// Every other session of the visitor ends.
func (p *People) ChangePassword(ctx context.Context, v dossier.Visitor, before, after string) error {
	row, err := userByID(ctx, p.read, v.User.ID)
	if err != nil {
		return err
	}
	if err := CheckPassword(after, row.user(p.now())); err != nil {
		return err
	}
	right, _, err := p.compare(ctx, row.Password, before)
	if err != nil {
		return err
	}
	if right && before == after {
		return dossier.RefusedSame
	}
	hash, err := p.newHash(ctx, after)
	if err != nil {
		return err
	}
	refused := false
	err = p.inTx(ctx, "change password", func(ctx context.Context, tx bun.Tx) error {
		now, err := userByID(ctx, tx, row.ID)
		if err != nil {
			return err
		}
		if !right || now.blocked(p.now()) || now.Password != row.Password {
			refused = true // a stolen session must not be a place to guess at
			return p.failed(ctx, tx, now, right)
		}
		now.Password, now.MustChange, now.Failures, now.BlockedUntil = hash, false, 0, nil
		if _, err := tx.NewUpdate().Model(&now).Column("password", "must_change", "failures", "blocked_until").WherePK().Exec(ctx); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, row.ID, v.Session); err != nil {
			return err
		}
		return audit(ctx, tx, p.self(row.ID), "user.password", row.ID, nil)
	})
	if err == nil && refused {
		return dossier.RefusedLogin
	}
	return err
}
