package main

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sohoa/dossier"
	"sohoa/storage/people"
	"sohoa/web"
)

// openPeople opens the register of the archive. Its key is made when it is
// first wanted.
func (a *archive) openPeople(settings config) (*people.People, error) {
	path := settings.PeopleKeyFile
	if path == "" {
		path = a.layout.peopleKey()
	}
	key, err := keyFile(path)
	if err != nil {
		return nil, err
	}
	return people.Open(a.databases, people.Config{
		Unit: a.unit().ID, Key: key, Cost: settings.PasswordCost.cost(), Idle: settings.SessionIdle, Length: settings.SessionLength, Now: time.Now,
	})
}

// keyFile reads a key, and makes one that only this account may read where
// there is none. Of two programs that make it at once one wins.
func keyFile(path string) ([]byte, error) {
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKeyFile(path); err != nil {
			return nil, err
		}
		body, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the register's key: %w", err)
	}
	key, err := hex.DecodeString(string(bytes.TrimSpace(body)))
	if err != nil {
		return nil, usage("It holds 64 hexadecimal digits. Restore it from a backup.", "%s is not a key", path)
	}
	return key, nil
}

func makeKeyFile(path string) error {
	scratch, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return fmt.Errorf("make the register's key: %w", err)
	}
	defer func() { _ = os.Remove(scratch.Name()) }()
	_, err = scratch.WriteString(hex.EncodeToString(people.NewKey()) + "\n")
	if err = errors.Join(err, scratch.Sync(), scratch.Close()); err == nil {
		err = os.Link(scratch.Name(), path) // fails where another was faster
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the register's key: %w", err)
	}
	return nil
}

// entrance is how people come in at the pages.
type entrance struct {
	*people.People
	demo  bool
	unit  dossier.UnitID
	setup *setupCode
}

// Way is how they come in now.
func (d entrance) Way(ctx context.Context) (web.Way, error) {
	users, administered, err := d.State(ctx)
	switch {
	case err != nil:
		return 0, err
	case administered:
		return web.WayLogin, nil
	case d.demo && !users:
		return web.WayLocal, nil
	default:
		return web.WaySetup, nil
	}
}

// Setup makes the first administrator, for whoever has the printed code, and
// lets them in.
func (d entrance) Setup(ctx context.Context, code string, first dossier.NewUser, from dossier.From) (dossier.Pass, error) {
	if !d.setup.is(code, d.Now()) {
		return dossier.Pass{}, dossier.RefusedSetupCode
	}
	if first.Password == "" {
		return dossier.Pass{}, dossier.RefusedShort
	}
	first.Grants = []dossier.Grant{{Role: dossier.RoleAdministrator, Unit: d.unit}}
	act := dossier.Act{Actor: dossier.Actor{ID: "setup", Unit: d.unit, Role: dossier.RoleLocal}, At: d.Now()}
	err := d.setup.once(func() error {
		_, err := d.AddUser(ctx, act, first)
		return err
	})
	if err != nil {
		return dossier.Pass{}, err
	}
	return d.Login(ctx, first.Name, first.Password, from)
}

// addUser makes a user with a password for one use.
func (d entrance) addUser(ctx context.Context, act dossier.Act, n dossier.NewUser) (dossier.User, string, error) {
	n.Password, n.Once = people.NewPassword(), true
	u, err := d.AddUser(ctx, act, n)
	return u, n.Password, err
}

// register is the register as the administrator's page changes it.
type register struct{ entrance }

// AddUser makes a user with a password for one use.
func (r register) AddUser(ctx context.Context, act dossier.Act, n dossier.NewUser) (dossier.User, string, error) {
	return r.addUser(ctx, act, n)
}

// Change changes a user.
func (r register) Change(ctx context.Context, act dossier.Act, id dossier.UserID, c web.UserChange) (string, error) {
	switch c.What {
	case "grant":
		return "", r.Grant(ctx, act, id, c.Grant)
	case "revoke":
		return "", r.Revoke(ctx, act, id, c.Grant.Role, c.Grant.Unit)
	case "close":
		return "", r.Close(ctx, act, id)
	case "open":
		return "", r.Reopen(ctx, act, id)
	case "reset":
		return r.Reset(ctx, act, id)
	default:
		return "", dossier.RefusedUnknown
	}
}

// setupLife is how long the printed code opens the first page.
const setupLife = time.Hour

// setupCode is the code with which the first administrator is made: printed
// once, valid once, for an hour. It lives in this process only.
type setupCode struct {
	mu    sync.Mutex
	code  string
	until time.Time
}

// newSetupCode makes a code of 50 bits.
func newSetupCode(now time.Time) *setupCode {
	text := dossier.NewID()
	return &setupCode{code: text[:5] + "-" + text[5:10], until: now.Add(setupLife)}
}

// is tells whether it is the code, and whether it still opens.
func (c *setupCode) is(typed string, now time.Time) bool {
	if c == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	typed = strings.ToLower(strings.TrimSpace(typed))
	return c.code != "" && now.Before(c.until) && subtle.ConstantTimeCompare([]byte(typed), []byte(c.code)) == 1
}

// once uses the code up, if f does what it is for.
func (c *setupCode) once(f func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.code == "" {
		return dossier.RefusedSetupCode
	}
	if err := f(); err != nil {
		return err
	}
	c.code = ""
	return nil
}
