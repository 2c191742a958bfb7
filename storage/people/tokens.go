package people

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// tokenPrefix lets scanners for leaked secrets, and people, know one.
const tokenPrefix = "sohoa_"

// maxTokenLife bounds a token's life: 366 days.
const maxTokenLife = 366 * 24 * time.Hour

// AddToken makes a token for a machine and gives its secret, this one time. It
// has the named rights in the unit, as far as the user has them when it is
// used.
func (p *People) AddToken(ctx context.Context, act dossier.Act, n dossier.NewToken) (secret string, token dossier.Token, err error) {
	if n.Life < 24*time.Hour || n.Life > maxTokenLife {
		return "", dossier.Token{}, dossier.RefusedExpiry
	}
	secret = tokenPrefix + dossier.NewID()
	err = p.inTx(ctx, "make token", func(ctx context.Context, tx bun.Tx) error {
		grants, err := grantsOf(ctx, tx, n.User)
		if err != nil {
			return err
		}
		names := make([]string, len(n.Permissions))
		for i, permission := range n.Permissions {
			names[i] = string(permission)
			has := slices.ContainsFunc(grants[n.User], func(g dossier.Grant) bool { return g.Unit == n.Unit && g.Role.May(permission) })
			if !has || permission == dossier.MayOwn {
				return dossier.RefusedRight
			}
		}
		if len(names) == 0 {
			return dossier.RefusedRight
		}
		row := tokenRow{
			ID: dossier.NewID(), Hash: digest(secret), User: n.User, Label: cut(n.Label), Permissions: strings.Join(names, " "),
			Unit: n.Unit, ExpiresAt: p.now().Add(n.Life),
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		token = row.token()
		return audit(ctx, tx, act, "token.add", n.User, map[string]any{"token": row.ID, "permissions": names, "expires": row.ExpiresAt})
	})
	return secret, token, err
}

// Token is who shows a token, with no more rights than the token has, in its
// unit alone.
func (p *People) Token(ctx context.Context, secret string) (dossier.Visitor, error) {
	var row tokenRow
	err := p.read.NewSelect().Model(&row).Where("hash = ?", digest(secret)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return dossier.Visitor{}, dossier.RefusedLogin
	}
	if err != nil {
		return dossier.Visitor{}, fmt.Errorf("look up token: %w", err)
	}
	user, err := userByID(ctx, p.read, row.User)
	if err != nil {
		return dossier.Visitor{}, err
	}
	now := p.now()
	if row.Revoked || !now.Before(row.ExpiresAt) || user.Closed {
		return dossier.Visitor{}, dossier.RefusedLogin
	}
	if row.UsedAt == nil || now.Sub(*row.UsedAt) >= seenEvery {
		if _, err := p.write.NewUpdate().Model((*tokenRow)(nil)).Set("used_at = ?", now).Where("id = ?", row.ID).Exec(ctx); err != nil {
			return dossier.Visitor{}, fmt.Errorf("note token: %w", err)
		}
	}
	grants, err := grantsOf(ctx, p.read, row.User)
	if err != nil {
		return dossier.Visitor{}, fmt.Errorf("read rights: %w", err)
	}
	v := dossier.Visitor{User: user.user(now), Only: row.token().Permissions}
	v.User.MustChange = false // a machine has no password
	v.User.Grants = slices.DeleteFunc(grants[row.User], func(g dossier.Grant) bool { return g.Unit != row.Unit })
	return v, nil
}

// Tokens lists the tokens of a user; of everybody for "".
func (p *People) Tokens(ctx context.Context, id dossier.UserID) ([]dossier.Token, error) {
	var rows []tokenRow
	query := p.read.NewSelect().Model(&rows).Order("expires_at DESC", "id")
	if id != "" {
		query = query.Where("user_id = ?", id)
	}
	if err := query.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	list := make([]dossier.Token, len(rows))
	for i, r := range rows {
		list[i] = r.token()
	}
	return list, nil
}

// RevokeToken ends a token for good.
func (p *People) RevokeToken(ctx context.Context, act dossier.Act, id string) error {
	return p.inTx(ctx, "revoke token", func(ctx context.Context, tx bun.Tx) error {
		var row tokenRow
		if err := tx.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx); err != nil {
			return orUnknown(err)
		}
		if _, err := tx.NewUpdate().Model(&row).Set("revoked = ?", true).WherePK().Exec(ctx); err != nil {
			return err
		}
		return audit(ctx, tx, act, "token.revoke", row.User, map[string]any{"token": id})
	})
}
