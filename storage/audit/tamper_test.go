package audit_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"sohoa/storage/audit"
)

// tampered is a log of 300 sealed entries and 10 behind them that no
// checkpoint covers.
func tampered(t *testing.T, r *rig) *folder {
	t.Helper()
	objects := newFolder()
	r.append(0, 100)
	r.seal(objects)
	r.append(100, 200)
	r.seal(objects)
	r.append(300, 10)
	r.must(r.NumberAll(t.Context()))
	if verdict := r.verify(objects); len(verdict.Findings) > 0 {
		t.Fatalf("before: %+v", verdict)
	}
	return objects
}

// move gives entries from one number on other numbers, as somebody would who
// knows SQL.
func move(from, by int) []string {
	return []string{
		fmt.Sprintf("UPDATE audit_log SET n = n + %d WHERE n >= %d", 100_000+by, from),
		"UPDATE audit_log SET n = n - 100000 WHERE n >= 100000",
	}
}

// edited changes the actor in an entry and its columns.
func edited(n int) []string {
	return []string{fmt.Sprintf(`UPDATE audit_log SET actor = 'nobody', leaf = REPLACE(leaf, '"actor":"local"', '"actor":"nobody"') WHERE n = %d`, n)}
}

// copied inserts entry 297 once more at 298, under another id.
const copied = `INSERT INTO audit_log (n, id, at, actor, action, subject, leaf)
	SELECT 298, 'forged', at, actor, action, subject, REPLACE(REPLACE(leaf, id, 'forged'), '"n":297,', '"n":298,') FROM audit_log WHERE n = 297`

// TestTampering changes the database in every way there is, on both: each is
// found, and named with the number of the entry.
func TestTampering(t *testing.T) {
	for name, attack := range map[string]struct {
		sql  []string
		want string // findings that must be there; anything else but hash_changed is one too many
	}{
		"edit sealed":           {edited(42), "entry_edited 42"},
		"edit unsealed":         {edited(305), "entry_edited 305"},
		"edit a column":         {[]string{"UPDATE audit_log SET subject = 'other' WHERE n = 7"}, "entry_edited 7"},
		"edit until unreadable": {[]string{"UPDATE audit_log SET leaf = 'x' WHERE n = 9"}, "entry_edited 9"},
		"edit with its hash": {
			append(edited(8), "UPDATE audit_hashes SET hash = '"+strings.Repeat("ab", 32)+"' WHERE i = 15"),
			"entry_edited 8, hash_changed 8",
		},
		"delete":                   {[]string{"DELETE FROM audit_log WHERE n = 42"}, "entry_deleted 42"},
		"delete the first":         {[]string{"DELETE FROM audit_log WHERE n = 0"}, "entry_deleted 0"},
		"delete unsealed":          {[]string{"DELETE FROM audit_log WHERE n = 303"}, "entry_deleted 303"},
		"delete and close the gap": {append([]string{"DELETE FROM audit_log WHERE n = 298"}, move(299, -1)...), "entry_deleted 298"},
		"insert":                   {append(move(298, 1), copied), "entry_inserted 298"},
		"reorder": {[]string{
			"UPDATE audit_log SET n = 100000 WHERE n = 20", "UPDATE audit_log SET n = 20 WHERE n = 30", "UPDATE audit_log SET n = 30 WHERE n = 100000",
		}, "entries_reordered 20, entries_reordered 30"},
		"reorder unsealed": {[]string{
			"UPDATE audit_log SET n = 100000 WHERE n = 302", "UPDATE audit_log SET n = 302 WHERE n = 304", "UPDATE audit_log SET n = 304 WHERE n = 100000",
		}, "entries_reordered 302, entries_reordered 304"},
		"truncate":          {[]string{"DELETE FROM audit_log WHERE n >= 200"}, "log_truncated 200"},
		"truncate unsealed": {[]string{"DELETE FROM audit_log WHERE n >= 305"}, "log_truncated 305"},
		"truncate all":      {[]string{"DELETE FROM audit_log"}, "log_truncated 0"},
		"old database": {[]string{
			"DELETE FROM audit_log WHERE n >= 100", "DELETE FROM audit_hashes WHERE i >= 197", "DELETE FROM audit_checkpoints WHERE size > 100",
		}, "database_old 100"},
		"change a payload": {[]string{"UPDATE audit_payloads SET payload = '{}' WHERE id = (SELECT id FROM audit_log WHERE n = 5)"}, "payload_changed 5"},
		"remove a payload": {[]string{"DELETE FROM audit_payloads WHERE id = (SELECT id FROM audit_log WHERE n = 304)"}, "payload_missing 304"},
		"change a hash":    {[]string{"UPDATE audit_hashes SET hash = '" + strings.Repeat("00", 32) + "' WHERE i = 100"}, "hash_changed 51"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each on a log of its own; the databases take their time
			onEach(t, func(t *testing.T, r *rig) {
				objects := tampered(t, r)
				for _, statement := range attack.sql {
					r.exec(statement)
				}
				got := names(r.verify(objects))
				for _, want := range strings.Split(attack.want, ", ") {
					if !slices.Contains(got, want) {
						t.Errorf("findings %v, want %s", got, want)
					}
				}
				for _, one := range got {
					if !strings.Contains(attack.want, strings.Fields(one)[0]) && !consequence(one, attack.want) {
						t.Errorf("findings %v, want only %s", got, attack.want)
					}
				}
			})
		})
	}
}

// consequence tells findings that follow from an attack without being it: where
// entries behind the sealed ones moved, each says so itself.
func consequence(finding, attack string) bool {
	return strings.HasPrefix(finding, "hash_changed") || strings.HasPrefix(finding, "payload_missing") && strings.HasPrefix(attack, "entry_inserted") ||
		attack == "entry_deleted 298" && (strings.HasPrefix(finding, "log_truncated") || finding == "entry_inserted 299") ||
		strings.HasPrefix(finding, "entries_reordered 3") && (attack == "entry_deleted 298" || strings.HasPrefix(attack, "entry_inserted"))
}

// TestRewrittenLog makes another log of its own under a key of its own: what a
// checkpoint from outside says is found contradicted.
func TestRewrittenLog(t *testing.T) {
	r := newRig(t, "")
	honest := tampered(t, r)
	paper := string(honest.bytes["log/checkpoint/000000000300.txt"])

	forger := newRig(t, "")
	forger.key = r.key
	key, err := audit.LoadKey(r.keyFile)
	forger.must(err)
	forger.Log = forger.open(key) // who has the machine has the key
	forged := newFolder()
	forger.append(0, 41)
	forger.append(42, 400)
	forger.seal(forged)
	if verdict := forger.verify(forged); len(verdict.Findings) > 0 {
		t.Errorf("the forged log alone: %+v", verdict)
	}
	if got := names(forger.verify(forged, paper)); !slices.Equal(got, []string{"checkpoint_contradicted 300"}) {
		t.Errorf("against the paper: %v", got)
	}
	short := newRig(t, "")
	short.key = r.key
	short.Log = short.open(key)
	cut := newFolder()
	short.append(0, 100)
	short.seal(cut)
	if got := names(short.verify(cut, paper)); !slices.Equal(got, []string{"log_truncated 100"}) {
		t.Errorf("a log that was cut short, against the paper: %v", got)
	}
	if got := names(verifyObjects(t, cut, r.key.Verifier(), paper, "no checkpoint")); !slices.Equal(got, []string{"checkpoint_damaged", "log_truncated 100"}) {
		t.Errorf("its objects against the paper: %v", got)
	}
	if got := names(r.verify(honest, paper)); len(got) > 0 {
		t.Errorf("the honest log against its own paper: %v", got)
	}
}

// TestTamperedObjects changes the exported log in every way there is.
func TestTamperedObjects(t *testing.T) {
	const data, hashes, upper, last = "log/tile/8/data/000", "log/tile/8/0/000", "log/tile/8/1/000.p/1", "log/checkpoint/000000000300.txt"
	flip := func(key string, at int) func(f *folder) {
		return func(f *folder) {
			body := slices.Clone(f.bytes[key])
			body[at] ^= 1
			f.bytes[key] = body
		}
	}
	remove := func(key string) func(f *folder) { return func(f *folder) { delete(f.bytes, key) } }
	for name, attack := range map[string]struct {
		do   func(f *folder)
		want []string
	}{
		"edit an entry": {func(f *folder) {
			f.bytes[data] = []byte(strings.Replace(string(f.bytes[data]), `"n":17,`, `"n":71,`, 1))
		}, []string{"tile_changed 17"}},
		"drop an entry":       {func(f *folder) { f.bytes[data] = f.bytes[data][strings.Index(string(f.bytes[data]), "\n")+1:] }, []string{"tile_changed"}},
		"edit a hash":         {flip(hashes, 40), []string{"tile_changed 1"}},
		"edit an upper hash":  {flip(upper, 3), []string{"tile_changed"}},
		"remove entries":      {remove(data), []string{"tile_missing"}},
		"remove hashes":       {remove(hashes), []string{"tile_missing"}},
		"remove upper hashes": {remove(upper), []string{"tile_missing"}},
		"edit a checkpoint": {func(f *folder) {
			f.bytes[last] = []byte(strings.Replace(string(f.bytes[last]), "\n300\n", "\n299\n", 1))
		}, []string{"checkpoint_damaged"}},
		"edit a signature":   {func(f *folder) { f.bytes[last] = flipSignature(f.bytes[last]) }, []string{"signature_invalid"}},
		"foreign checkpoint": {func(f *folder) { f.bytes[last] = foreign(t, f.bytes[last]) }, []string{"key_foreign"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "")
			objects := tampered(t, r)
			attack.do(objects)
			if got := names(verifyObjects(t, objects, r.key.Verifier())); !slices.Equal(got, attack.want) {
				t.Errorf("findings on objects alone %v, want %v", got, attack.want)
			}
			if got := names(r.verify(objects)); len(got) == 0 || got[0] != attack.want[0] {
				t.Errorf("findings %v, want %v", got, attack.want)
			}
		})
	}
}

// TestMissingCheckpoint removes the newest checkpoint together with its tiles:
// the database still knows of it.
func TestMissingCheckpoint(t *testing.T) {
	r := newRig(t, "")
	objects := tampered(t, r)
	for _, key := range []string{"log/checkpoint/000000000300.txt", "log/tile/8/data/001.p/44", "log/tile/8/0/001.p/44"} {
		if objects.bytes[key] == nil {
			t.Fatalf("there is no %s", key)
		}
		delete(objects.bytes, key)
	}
	if got := names(verifyObjects(t, objects, r.key.Verifier())); len(got) > 0 {
		t.Errorf("objects alone: %v", got)
	}
	if got := names(r.verify(objects)); !slices.Equal(got, []string{"checkpoint_missing"}) {
		t.Errorf("findings %v", got)
	}
	r.exec("UPDATE audit_checkpoints SET exported = 0, note = REPLACE(note, 'sohoa', 'sohob') WHERE size = 300")
	if got := names(r.verify(objects)); !slices.Equal(got, []string{"key_foreign"}) && !slices.Equal(got, []string{"checkpoint_damaged"}) {
		t.Errorf("a changed note in the database: %v", got)
	}
}

// flipSignature changes a signature and leaves its form.
func flipSignature(body []byte) []byte {
	at := len(body) - 10
	changed := slices.Clone(body)
	if changed[at] == 'A' {
		changed[at] = 'B'
	} else {
		changed[at] = 'A'
	}
	return changed
}

// foreign signs the same head with a key that is nobody's.
func foreign(t *testing.T, body []byte) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	if _, err := audit.MakeKey(path, archiveID); err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(key)))
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(body), "\n\n")
	signed, err := note.Sign(&note.Note{Text: text + "\n"}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// TestPendingForTooLong leaves events without numbers while a sequencer should
// run.
func TestPendingForTooLong(t *testing.T) {
	r := newRig(t, "")
	r.append(-120, 1) // two minutes ago
	if got := names(r.verify(newFolder())); !slices.Equal(got, []string{"pending_old"}) {
		t.Errorf("findings %v", got)
	}
}

// FuzzLeaf reads lines: what is accepted is exactly what is written again.
func FuzzLeaf(f *testing.F) {
	f.Add(`{"n":0,"id":"a","at":"2026-09-09T01:00:00Z","actor":"local","role":"local","unit":"u","action":"search","subject":"u","payload":""}`)
	f.Add(`{"n":0,"n":1}`)
	f.Add(`{}`)
	f.Fuzz(func(t *testing.T, line string) {
		leaf, err := audit.ParseLeaf(line)
		if err != nil {
			return
		}
		if again, err := leaf.Encode(); err != nil || again != line || strings.Contains(line, "\n") {
			t.Errorf("%q was accepted, and is written %q: %v", line, again, err)
		}
	})
}

// FuzzCheckpoint reads notes: an accepted head has one form only.
func FuzzCheckpoint(f *testing.F) {
	head := "sohoa/" + archiveID + "\n300\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	f.Add(head + "\n— sohoa/" + archiveID + " AAAAAAAA\n")
	f.Add(head)
	f.Add("\n")
	f.Fuzz(func(t *testing.T, body string) {
		c, err := audit.ParseCheckpoint(body)
		if err != nil {
			return
		}
		if text, _, _ := strings.Cut(body, "\n\n"); strings.Count(text, "\n") != 2 || c.Size < 1 || c.Origin == "" {
			t.Errorf("%q was accepted as %+v", body, c)
		}
	})
}
