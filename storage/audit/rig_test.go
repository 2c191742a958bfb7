package audit_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"io"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
	"sohoa/storage/audit"
	"sohoa/storage/catalog"
	"sohoa/storage/storagetest/pgtest"
)

// archiveID is that of every archive here.
const archiveID = "abcdefghijklmnopqrstuvwxyz"

var morning = time.Date(2026, 9, 9, 1, 0, 0, 0, time.UTC)

// rig is a log over a database of its own.
type rig struct {
	*audit.Log
	t         testing.TB
	key       *audit.Key
	keyFile   string
	databases catalog.Databases
}

func onEach(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newRig(t, "")) })
	t.Run("postgres", func(t *testing.T) { test(t, newRig(t, pgtest.Start(t))) })
}

// newRig opens the log on the database at address; empty means a new file.
func newRig(t testing.TB, address string) *rig {
	t.Helper()
	dir := t.TempDir()
	if address == "" {
		address = "sqlite:" + filepath.Join(dir, "catalog.db")
	}
	file := filepath.Join(dir, "audit.key")
	key, err := audit.MakeKey(file, archiveID)
	if err != nil {
		t.Fatal(err)
	}
	r := openRig(t, address, key)
	r.keyFile = file
	return r
}

// openRig opens the log as one more process does.
func openRig(t testing.TB, address string, key *audit.Key) *rig {
	t.Helper()
	databases, err := catalog.OpenDatabases(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = databases.Close() })
	r := &rig{t: t, key: key, databases: databases}
	r.Log = r.open(key)
	return r
}

func (r *rig) open(key *audit.Key) *audit.Log {
	write, read := r.databases.Bun()
	log := audit.Open(audit.Config{Write: write, Read: read, Key: key, Archive: archiveID, Verifier: r.key.Verifier()})
	r.t.Cleanup(log.Close)
	return log
}

func (r *rig) db() *sql.DB { return r.databases.Write }

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// act is by the clerk at a second of the morning.
func act(second int) dossier.Act {
	return dossier.Act{Actor: dossier.Local("unit1"), At: morning.Add(time.Duration(second) * time.Second)}
}

func deed(subject string) dossier.Deed {
	return dossier.Deed{Action: dossier.ActionDossierView, Subject: subject, Payload: map[string]any{"version": 1}}
}

// count counts the rows of a table.
func (r *rig) count(table string) (n int) {
	r.t.Helper()
	r.must(r.db().QueryRow("SELECT COUNT(*) FROM " + table).Scan(&n))
	return n
}

// folder is a store of objects in memory, put-if-absent like the real ones.
type folder struct {
	mu    sync.Mutex
	bytes map[string][]byte
	// before is asked before every write; its error is what a crash would be.
	before func() error
}

func newFolder() *folder { return &folder{bytes: map[string][]byte{}} }

func (f *folder) Put(_ context.Context, key string, r io.Reader) (dossier.ObjectRef, bool, error) {
	body, err := io.ReadAll(r)
	if err == nil {
		err = dossier.ValidKey(key)
	}
	if f.before != nil && err == nil {
		err = f.before()
	}
	if err != nil {
		return dossier.ObjectRef{}, false, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	there, existed := f.bytes[key]
	if !existed {
		there, f.bytes[key] = body, body
	}
	return dossier.ObjectRef{Key: key, SHA256: dossier.SumString(sha256.Sum256(there)), Size: int64(len(there))}, existed, nil
}

func (f *folder) Open(_ context.Context, key string) (io.ReadCloser, dossier.ObjectRef, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, ok := f.bytes[key]
	return io.NopCloser(bytes.NewReader(body)), dossier.ObjectRef{Key: key, Size: int64(len(body))}, ok, nil
}

func (f *folder) List(_ context.Context, prefix string) iter.Seq2[dossier.ObjectRef, error] {
	return func(yield func(dossier.ObjectRef, error) bool) {
		for _, key := range slices.Sorted(maps.Keys(f.bytes)) {
			if strings.HasPrefix(key, prefix) && !yield(dossier.ObjectRef{Key: key}, nil) {
				return
			}
		}
	}
}

// append writes events that wait, the first with the subject number from.
func (r *rig) append(from, count int) {
	r.t.Helper()
	write, _ := r.databases.Bun()
	r.must(write.RunInTx(r.t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		for n := from; n < from+count; n++ {
			if err := audit.Append(ctx, tx, act(n), deed(strconv.Itoa(n))); err != nil {
				return err
			}
		}
		return nil
	}))
}

// seal numbers all that waits, signs and exports.
func (r *rig) seal(objects audit.Objects) {
	r.t.Helper()
	r.must(r.NumberAll(r.t.Context()))
	_, err := r.Sign(r.t.Context(), act(0))
	r.must(err)
	r.must(r.Export(r.t.Context(), objects))
}

// verify checks the log against its objects.
func (r *rig) verify(objects audit.Objects, outside ...string) audit.Verdict {
	r.t.Helper()
	verdict, err := audit.Verify(r.t.Context(), audit.Check{
		Objects: objects, Log: r.Log, Archive: archiveID, Verifier: r.key.Verifier(), Outside: outside, Serving: true, Now: morning,
	})
	r.must(err)
	return verdict
}

// verifyObjects checks the objects alone.
func verifyObjects(t *testing.T, objects audit.Objects, verifier string, outside ...string) audit.Verdict {
	t.Helper()
	verdict, err := audit.Verify(t.Context(), audit.Check{Objects: objects, Archive: archiveID, Verifier: verifier, Outside: outside})
	if err != nil {
		t.Fatal(err)
	}
	return verdict
}

// names gives the findings of a verdict by name, with the number where one is
// given: "entry_edited 17".
func names(verdict audit.Verdict) (all []string) {
	for _, f := range verdict.Findings {
		name := f.Name
		if f.Number != nil {
			name += " " + strconv.FormatInt(*f.Number, 10)
		}
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
