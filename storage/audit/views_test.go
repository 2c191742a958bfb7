package audit_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"sohoa/dossier"
	"sohoa/storage/audit"
)

// TestViewedIsDurable looks at many things at once: every view has its row when
// Viewed returns, and its payload.
func TestViewedIsDurable(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		const lookers, looks = 8, 12
		var group errgroup.Group
		for who := range lookers {
			group.Go(func() error {
				for n := range looks {
					subject := fmt.Sprintf("d%d-%d", who, n)
					if err := r.Viewed(t.Context(), act(0), deed(subject), dossier.Deed{Action: dossier.ActionPageView, Subject: subject}); err != nil {
						return err
					}
					var rows int
					err := r.db().QueryRow("SELECT COUNT(*) FROM audit_pending AS e JOIN audit_payloads AS p ON p.id = e.id WHERE e.subject = '" + subject + "'").Scan(&rows)
					if err != nil || rows != 2 {
						return fmt.Errorf("%s: %d rows, %w", subject, rows, err)
					}
				}
				return nil
			})
		}
		r.must(group.Wait())
		if got := r.count("audit_pending"); got != 2*lookers*looks {
			t.Errorf("%d rows, want %d", got, 2*lookers*looks)
		}
	})
}

// TestSameView looks again and again: within a minute it is one view of the
// same person, thing and action.
func TestSameView(t *testing.T) {
	r := newRig(t, "")
	other := act(2)
	other.Actor.ID = "someone else"
	for i, look := range []struct {
		act  dossier.Act
		deed dossier.Deed
		rows int
	}{
		{act(0), deed("d1"), 1},
		{act(59), deed("d1"), 1},
		{act(60), deed("d1"), 2},
		{act(61), deed("d2"), 3},
		{other, deed("d1"), 4},
		{act(62), dossier.Deed{Action: dossier.ActionPDFDownload, Subject: "d1"}, 5},
		{act(63), dossier.Deed{Action: dossier.ActionDossierView, Subject: "d1", Payload: map[string]any{"version": 2}}, 6},
	} {
		r.must(r.Viewed(t.Context(), look.act, look.deed, look.deed))
		if got := r.count("audit_pending"); got != look.rows {
			t.Errorf("look %d: %d rows, want %d", i, got, look.rows)
		}
	}
}

// TestViewThatCannotBeWritten fails for everybody who waits, and is no view
// afterwards.
func TestViewThatCannotBeWritten(t *testing.T) {
	r := newRig(t, "")
	if _, err := r.db().Exec("ALTER TABLE audit_payloads RENAME TO gone"); err != nil {
		t.Fatal(err)
	}
	if err := r.Viewed(t.Context(), act(0), deed("d1")); err == nil {
		t.Error("a view was let through that could not be written")
	}
	if _, err := r.db().Exec("ALTER TABLE gone RENAME TO audit_payloads"); err != nil {
		t.Fatal(err)
	}
	r.must(r.Viewed(t.Context(), act(1), deed("d1")))
	if got := r.count("audit_pending"); got != 1 {
		t.Errorf("%d rows, want 1", got)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	_ = r.Viewed(ended, act(2), deed("d2")) // whoever has gone gets no answer; the row may be there
}

// TestWordsAreDigested searches for a name: neither the words nor anything that
// can be guessed from them without the key is in the database.
func TestWordsAreDigested(t *testing.T) {
	r := newRig(t, "")
	search := dossier.Deed{Action: dossier.ActionSearch, Subject: "unit1", Words: "Lò Văn Tỏa", Payload: map[string]any{"hits": 3}}
	r.must(r.Viewed(t.Context(), act(0), search))
	var body string
	r.must(r.db().QueryRow("SELECT payload FROM audit_payloads").Scan(&body))
	if strings.Contains(body, "Tỏa") || !strings.Contains(body, `"hits":3`) || !strings.Contains(body, `"words":"`) {
		t.Errorf("payload %s", body)
	}
	other, err := audit.MakeKey(filepath.Join(t.TempDir(), "key"), archiveID)
	r.must(err)
	r.must(r.open(other).Viewed(t.Context(), act(100), search))
	var kinds int
	r.must(r.db().QueryRow("SELECT COUNT(DISTINCT payload) FROM audit_payloads").Scan(&kinds))
	if kinds != 2 {
		t.Error("two keys digest the same words alike")
	}
	if err := r.open(nil).Viewed(t.Context(), act(200), search); !errors.Is(err, audit.ErrNoKey) {
		t.Errorf("a search without a key: %v", err)
	}
}

// TestKeyIsKept makes a key where one is: the old one stays, readable by its
// owner only.
func TestKeyIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.key")
	first, err := audit.MakeKey(path, archiveID)
	if err != nil {
		t.Fatal(err)
	}
	again, err := audit.MakeKey(path, "anotheranotheranotheranoth")
	if err != nil || again.Verifier() != first.Verifier() || again.Archive() != archiveID {
		t.Errorf("made again: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files beside the key, %v", len(entries)-1, err)
	}
	if err := os.WriteFile(path, []byte("PRIVATE+KEY+damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.LoadKey(path); err == nil || strings.Contains(err.Error(), "PRIVATE") {
		t.Errorf("a damaged key: %v", err)
	}
}
