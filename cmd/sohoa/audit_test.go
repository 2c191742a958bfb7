package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/storage/audit"
	"sohoa/storage/catalog"
)

// command runs the program with arguments and gives its exit code and what it
// printed.
func (r *rig) command(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	args = append(args, "--data", r.cli.Data)
	if r.cli.Database != "" {
		args = append(args, "--database", r.cli.Database)
	}
	var printed, complained bytes.Buffer
	code = run(t.Context(), args, console{out: &printed, err: &complained})
	return code, printed.String() + complained.String()
}

// sql changes the database behind the program's back.
func (r *rig) sql(t *testing.T, statements ...string) {
	t.Helper()
	address := r.cli.Database
	if address == "" {
		address = "sqlite:" + r.place().catalog()
	}
	databases, err := catalog.OpenDatabases(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := databases.Write.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := databases.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestTamperingIsNamed works on a real archive, changes its database by SQL,
// and asks the real commands: exit code 4, and what was done by name.
func TestTamperingIsNamed(t *testing.T) {
	t.Parallel()
	for name, attack := range map[string]struct {
		sql  []string
		want []string
	}{
		"edit": {[]string{`UPDATE audit_log SET actor = 'nobody', leaf = REPLACE(leaf, '"actor":"sohoa"', '"actor":"nobody"') WHERE n = 3`},
			[]string{"log entry 3: entry_edited"}},
		"delete": {[]string{"DELETE FROM audit_log WHERE n = 2"}, []string{"log entry 2: entry_deleted"}},
		"insert": {[]string{
			"UPDATE audit_log SET n = n + 100001 WHERE n >= 4", "UPDATE audit_log SET n = n - 100000 WHERE n >= 100000",
			`INSERT INTO audit_log (n, id, at, actor, action, subject, leaf) SELECT 4, 'forged', at, actor, action, subject, REPLACE(REPLACE(leaf, id, 'forged'), '"n":3,', '"n":4,') FROM audit_log WHERE n = 3`,
		}, []string{"log entry 4: entry_inserted"}},
		"reorder": {[]string{
			"UPDATE audit_log SET n = 100000 WHERE n = 2", "UPDATE audit_log SET n = 2 WHERE n = 4", "UPDATE audit_log SET n = 4 WHERE n = 100000",
		}, []string{"log entry 2: entries_reordered", "log entry 4: entries_reordered"}},
		"truncate":         {[]string{"DELETE FROM audit_log WHERE n >= 5"}, []string{"log entry 5: log_truncated"}},
		"change a payload": {[]string{"UPDATE audit_payloads SET payload = '{}' WHERE id = (SELECT id FROM audit_log WHERE n = 1)"}, []string{"log entry 1: payload_changed"}},
		"old database":     {[]string{"DELETE FROM audit_log", "DELETE FROM audit_hashes", "DELETE FROM audit_checkpoints"}, []string{"log entry 0: database_old"}},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, address string) {
				r := newRig(t, address)
				r.feed(t, separator(t, someCode, 0), paper(birth, "An"))
				if code, out := r.command(t, "audit", "verify"); code != exitDone || !strings.Contains(out, "intact") {
					t.Fatalf("before: exit code %d\n%s", code, out)
				}
				r.sql(t, attack.sql...)
				for _, command := range [][]string{{"audit", "verify"}, {"verify"}} {
					code, out := r.command(t, command...)
					if code != exitIntegrity {
						t.Errorf("%v: exit code %d", command, code)
					}
					for _, want := range attack.want {
						if !strings.Contains(out, want) {
							t.Errorf("%v does not say %q:\n%s", command, want, out)
						}
					}
				}
				if code, out := r.command(t, "audit", "verify", "--objects"); code != exitDone {
					t.Errorf("the objects were left alone, but: %d\n%s", code, out)
				}
			})
		})
	}
}

// TestOldDatabaseIsRefused puts a copy of the database back that was made a
// batch ago: it is found, and nothing is numbered a second time.
func TestOldDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, paper(birth, "An"))
	files := map[string][]byte{}
	for _, tail := range []string{"", "-wal", "-shm"} {
		if body, err := os.ReadFile(r.place().catalog() + tail); err == nil {
			files[tail] = body
		}
	}
	r.feed(t, paper(birth, "Ba"))
	r.loseCatalogue(t)
	for tail, body := range files {
		if err := os.WriteFile(r.place().catalog()+tail, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, out := r.command(t, "audit", "verify")
	if code != exitIntegrity || !strings.Contains(out, "database_old") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	scan := filepath.Join(t.TempDir(), "a.png")
	if err := os.WriteFile(scan, []byte("not a scan"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out = r.command(t, "process", scan)
	if code != exitIntegrity || !strings.Contains(out, "old database") || !strings.Contains(out, "rebuild") {
		t.Errorf("process on an old database: exit code %d\n%s", code, out)
	}
	r.loseCatalogue(t)
	r.rebuild(t)
	r.wantIntact(t)
}

// TestTamperedTiles changes the exported log: found with the database and
// without.
func TestTamperedTiles(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"log/tile/8/data/*.p/*": "tile_changed", "log/tile/8/0/*.p/*": "tile_changed", "log/checkpoint/*": "signature_invalid",
	} {
		r := newRig(t, "")
		r.feed(t, paper(birth, "An"))
		key := r.tamper(t, pattern, func(body []byte) []byte {
			// Another letter, which base64 has, too: a checkpoint that can still be read.
			other := byte('A')
			if body[40] == other {
				other = 'B'
			}
			return slices.Concat(body[:40], []byte{other}, body[41:])
		})
		for _, command := range [][]string{{"audit", "verify"}, {"audit", "verify", "--objects"}, {"verify"}} {
			if code, out := r.command(t, command...); code != exitIntegrity || !strings.Contains(out, key) || !strings.Contains(out, want) {
				t.Errorf("%v after a change of %s: exit code %d\n%s", command, key, code, out)
			}
		}
	}
}

// TestCheckpointFromOutside keeps a checkpoint elsewhere. A log that was made
// anew, with the machine's own key, is intact by itself and against the paper it
// is not.
func TestCheckpointFromOutside(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, paper(birth, "An"))
	_, note := r.command(t, "audit", "checkpoint")
	kept := filepath.Join(t.TempDir(), "paper.txt")
	if err := os.WriteFile(kept, []byte(note), 0o600); err != nil {
		t.Fatal(err)
	}
	r.feed(t, paper(birth, "Ba"))
	if code, out := r.command(t, "audit", "verify", "--checkpoint", kept); code != exitDone {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if err := os.RemoveAll(filepath.Join(r.place().objects(), "log")); err != nil {
		t.Fatal(err)
	}
	r.sql(t, "DELETE FROM audit_log", "DELETE FROM audit_hashes", "DELETE FROM audit_checkpoints", "DELETE FROM objects WHERE key LIKE 'log/%'")
	for n := range 3 { // at least as long as it was
		r.feed(t, paper(birth, "C"+strconv.Itoa(n)))
	}
	if code, out := r.command(t, "audit", "verify"); code != exitDone {
		t.Errorf("the forged log by itself: exit code %d\n%s", code, out)
	}
	code, out := r.command(t, "audit", "verify", "--json", "--checkpoint", kept)
	var verdict audit.Verdict
	if err := json.Unmarshal([]byte(out), &verdict); err != nil || code != exitIntegrity || len(verdict.Findings) != 1 || verdict.Findings[0].Name != audit.CheckpointContradicted {
		t.Errorf("the forged log against the paper: exit code %d, %v\n%s", code, err, out)
	}
}

// TestCommandsAreViews asks commands that only look: each is in the log before
// it prints, and a search without its words.
func TestCommandsAreViews(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, separator(t, someCode, 0), paper(birth, "An"))
	for _, command := range [][]string{
		{"show", someCode}, {"search", "khai", "sinh"}, {"export", "--pdf", filepath.Join(t.TempDir(), "out"), someCode},
		{"audit", "show", "--since", "2020-01-01"},
	} {
		if code, out := r.command(t, command...); code != exitDone {
			t.Errorf("%v: exit code %d\n%s", command, code, out)
		}
	}
	r.feed(t, paper(birth, "Ba"))
	_, out := r.command(t, "audit", "show", "--json")
	var entries []audit.Entry
	if err := json.Unmarshal([]byte(out), &entries); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for n, e := range entries {
		seen[e.Action] = true
		if e.N != int64(n) || strings.Contains(e.Text, "sinh") {
			t.Errorf("entry %d: %+v", n, e)
		}
	}
	for _, want := range []string{dossier.ActionDossierView, dossier.ActionSearch, dossier.ActionDossierExport, dossier.ActionLogView, "image.read", "dossier.publish"} {
		if !seen[want] {
			t.Errorf("%s is not in the log", want)
		}
	}
	id := r.dossiers(t)[0].Dossier.ID
	if _, out := r.command(t, "audit", "show", "--subject", string(id)); strings.Count(out, "\n") != 3 {
		t.Errorf("of one dossier:\n%s", out)
	}
	if code, out := r.command(t, "audit", "show", "--since", "yesterday"); code != exitUsage {
		t.Errorf("--since yesterday: exit code %d\n%s", code, out)
	}
}

// TestLostKey loses the key of the log: work stops with what to do, a new key
// is made on request, and every check says so from then on.
func TestLostKey(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.feed(t, paper(birth, "An"))
		if code, out := r.command(t, "audit", "new-key"); code != exitUsage {
			t.Errorf("new-key over a key: exit code %d\n%s", code, out)
		}
		if err := os.Remove(r.place().logKey()); err != nil {
			t.Fatal(err)
		}
		if code, out := r.command(t, "search", "khai"); code != exitMissing || !strings.Contains(out, "audit.key") {
			t.Errorf("search without a key: exit code %d\n%s", code, out)
		}
		if code, out := r.command(t, "audit", "verify"); code != exitDone {
			t.Errorf("verify without a key: exit code %d\n%s", code, out)
		}
		if code, out := r.command(t, "audit", "new-key"); code != exitDone {
			t.Errorf("new-key: exit code %d\n%s", code, out)
		}
		r.feed(t, paper(birth, "Ba"))
		code, out := r.command(t, "audit", "verify", "--objects")
		if code != exitDone || !strings.Contains(out, "another key") {
			t.Errorf("exit code %d\n%s", code, out)
		}
		r.wantIntact(t)
	})
}

// wantNothingPending looks for events without a number, directly in the database.
func (r *rig) wantNothingPending(t *testing.T) {
	t.Helper()
	r.with(t, func(a *archive) {
		var got int
		if err := a.databases.Read.QueryRow("SELECT COUNT(*) FROM audit_pending").Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != 0 {
			t.Errorf("%d events wait for a number", got)
		}
	})
}

// TestEverythingIsSealedAfterProcess leaves nothing without a number or outside
// of the objects.
func TestEverythingIsSealedAfterProcess(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "LOST", "REJECT")
		r.wantNothingPending(t)
		code, out := r.command(t, "audit", "verify", "--json")
		var verdict audit.Verdict
		if err := json.Unmarshal([]byte(out), &verdict); err != nil || code != exitDone || verdict.Sealed != verdict.Entries || verdict.Entries < 8 {
			t.Errorf("exit code %d, %v\n%s", code, err, out)
		}
		list, err := filepath.Glob(filepath.Join(r.place().objects(), "checksums", "*"))
		if err != nil || len(list) != 1 {
			t.Fatal(err, list)
		}
		body, err := os.ReadFile(list[0])
		if err != nil || !strings.Contains(string(body), fmt.Sprintf("log/checkpoint/%012d.txt", verdict.Sealed)) {
			t.Errorf("the checkpoint is in no list of checksums: %v\n%s", err, body)
		}
	})
}
