package people

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/storage/catalog"
	"sohoa/storage/storagetest/pgtest"
)

// rig is a register with a clock that the test moves.
type rig struct {
	*People
	t         *testing.T
	databases catalog.Databases
	clock     time.Time
}

// cheap is a cost for tests: the time of a hash is not what they ask about.
var cheap = Cost{Memory: 64, Passes: 1, Threads: 1}

const (
	here     = dossier.UnitID("unit-here")
	there    = dossier.UnitID("unit-there")
	password = "một câu dễ nhớ 7"
)

var desk = dossier.From{Address: "127.0.0.1", Browser: "test"}

func onEach(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	for name, address := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "catalog.db"), "postgres": pgtest.Start(t)} {
		t.Run(name, func(t *testing.T) {
			databases, err := catalog.OpenDatabases(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = databases.Close() })
			r := &rig{t: t, databases: databases, clock: time.Date(2026, 9, 9, 1, 0, 0, 0, time.UTC)}
			r.People, err = Open(databases, Config{Unit: here, Key: NewKey(), Cost: cheap, Now: func() time.Time { return r.clock }})
			if err != nil {
				t.Fatal(err)
			}
			test(t, r)
		})
	}
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// refused requires an answer.
func (r *rig) refused(err error, want dossier.Refusal) {
	r.t.Helper()
	if !errors.Is(err, want) {
		r.t.Errorf("got %v, want %v", err, want)
	}
}

func (r *rig) act() dossier.Act {
	return dossier.Act{Actor: dossier.Local(here), At: r.clock}
}

func (r *rig) add(name string, grants ...dossier.Grant) dossier.User {
	r.t.Helper()
	u, err := r.AddUser(r.t.Context(), r.act(), dossier.NewUser{Name: name, Person: "Người " + name, Password: password, Grants: grants})
	r.must(err)
	return u
}

func (r *rig) login(name string) dossier.Visitor {
	r.t.Helper()
	entry, err := r.Login(r.t.Context(), name, password, desk)
	r.must(err)
	v, err := r.Session(r.t.Context(), entry.Secret)
	r.must(err)
	return v
}

func (r *rig) bySubject(subject string) dossier.Visitor {
	r.t.Helper()
	entry, err := r.LoginSubject(r.t.Context(), subject, false, desk)
	r.must(err)
	v, err := r.Session(r.t.Context(), entry.Secret)
	r.must(err)
	return v
}

// audited counts the audit rows of an action.
func (r *rig) audited(action string) int {
	r.t.Helper()
	n, err := r.read.NewSelect().TableExpr("audit_pending").Where("action = ?", action).Count(r.t.Context())
	r.must(err)
	return int(n)
}

// everything is all that the database holds about people, as text.
func (r *rig) everything() string {
	r.t.Helper()
	all := ""
	for _, table := range []string{"users", "grants", "recovery_codes", "sessions", "tokens", "audit_pending", "audit_payloads"} {
		var rows []map[string]any
		r.must(r.read.NewSelect().TableExpr("?", ident(table)).Scan(r.t.Context(), &rows))
		for _, row := range rows {
			for _, value := range row {
				all += text(value) + "\n"
			}
		}
	}
	return all
}
