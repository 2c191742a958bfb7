package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/storage/audit"
)

// TestTheDiskRefuses has the disk refuse one step after the other: it is full,
// it is broken, it was mounted for reading only. Work stops and says so, nothing
// is lost, and once the disk is well again, the same command comes to where an
// undisturbed run came.
func TestTheDiskRefuses(t *testing.T) {
	undisturbed := newLife(t, "by hand", "")
	undisturbed.goOn(t)
	want := undisturbed.state(t)
	for n, step := range []string{
		"raw object", "batch record", "reading", "pdf", "manifest", "checksum list", "decision",
		"open batch record", "open reading", "open manifest",
	} {
		cause := []error{syscall.ENOSPC, syscall.EIO, syscall.EROFS}[n%3]
		reason := dossier.ReasonStoreFailed
		if errors.Is(cause, syscall.ENOSPC) {
			reason = dossier.ReasonDiskFull
		}
		t.Run(fmt.Sprintf("%s: %v", step, cause), func(t *testing.T) {
			t.Parallel()
			l := newLife(t, "by hand", "")
			f := newFaults(io.Discard, "", 0)
			f.refused, f.refusal = step, &dossier.Fault{Kind: dossier.Stop, Op: "put", Reason: reason, Err: cause}
			if err := l.live(t.Context(), l.cli, f); !errors.Is(err, cause) || exitCodeOf(err) != exitOther {
				t.Fatalf("got %v, exit code %d; want %v, %d", err, exitCodeOf(err), cause, exitOther)
			}
			l.goOn(t)
			wantState(t, l.state(t), want)
			l.wantIntact(t)
		})
	}
}

// sohoa runs a command on the rig's archive in this process.
func (r *rig) sohoa(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	code = run(t.Context(), append(args, "--data", r.cli.Data), console{out: &out, err: &out})
	return code, out.String()
}

// TestDamagedCatalogue damages the database in the ways a failing disk does:
// verify says so and what to do, and that brings everything back.
func TestDamagedCatalogue(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"no database":   func([]byte) []byte { return []byte(strings.Repeat("not a database ", 1000)) },
		"half of it":    func(b []byte) []byte { return b[:len(b)/2] },
		"zeros inside":  func(b []byte) []byte { clear(b[len(b)/4 : 3*len(b)/4]); return b },
		"flipped bytes": func(b []byte) []byte { flipFrom(b, 4096); return b },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "")
			r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "loose page")
			before := r.dossiers(t)
			body, err := os.ReadFile(r.place().catalog())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(r.place().catalog(), damage(body), 0o600); err != nil {
				t.Fatal(err)
			}
			if code, said := r.sohoa(t, "verify"); code != exitIntegrity || !strings.Contains(said, "sohoa rebuild") {
				t.Errorf("verify: exit code %d\n%s", code, said)
			}
			r.loseCatalogue(t)
			r.rebuild(t)
			wantSameDossiers(t, r.dossiers(t), before)
			r.wantIntact(t)
		})
	}
}

// flipFrom flips a bit of every 50th byte.
func flipFrom(b []byte, from int) {
	for i := from; i < len(b); i += 50 {
		b[i] ^= 0x10
	}
}

// TestOlderCatalogue puts an older copy of the database back, as somebody does
// who restores only that from a backup: verify names what it does not know, no
// work begins on it (it would begin a dossier anew that the objects have), and a
// rebuild brings everything back.
func TestOlderCatalogue(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, separator(t, someCode, 0), paper(birth, "An"))
	old, err := os.ReadFile(r.place().catalog())
	if err != nil {
		t.Fatal(err)
	}
	r.feed(t, separator(t, someCode, 1), paper(birth, "Ba"))
	r.feed(t, separator(t, otherCode, 0), paper(marriage, "Ca"))
	before := r.dossiers(t)
	if err := os.WriteFile(r.place().catalog(), old, 0o600); err != nil {
		t.Fatal(err)
	}
	code, said := r.sohoa(t, "verify")
	if code != exitIntegrity || strings.Count(said, "older copy") != 2 || !strings.Contains(said, "sohoa rebuild") {
		t.Errorf("verify: exit code %d\n%s", code, said)
	}
	a, err := r.cli.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The log sees it first; without its objects, the dossiers do.
	if err = a.lockForWork(t.Context()); !errors.Is(err, audit.ErrForked) || exitCodeOf(err) != exitIntegrity {
		t.Errorf("a start on an older catalogue: %v, want exit code %d", err, exitIntegrity)
	}
	if err = a.flow(nil).Adopt(t.Context(), a.objects, a.ledger); !errors.Is(err, pipeline.ErrOlderCatalogue) || exitCodeOf(err) != exitIntegrity {
		t.Errorf("its batches, adopted: %v, want exit code %d", err, exitIntegrity)
	}
	closeArchive(t, a)
	r.loseCatalogue(t)
	r.rebuild(t)
	wantSameDossiers(t, r.dossiers(t), before)
	r.wantIntact(t)
}

// TestLockSaysWhoHoldsIt: a second process is told who works on the archive; a
// lock file whose process is gone blocks nobody, whatever stands in it.
func TestLockSaysWhoHoldsIt(t *testing.T) {
	t.Parallel()
	l := newLife(t, "by hand", "")
	l.killChild(t, "reading: after", 1)
	left, err := os.ReadFile(l.place().lock())
	if err != nil || len(left) == 0 {
		t.Fatalf("the killed process left the lock %q, %v", left, err)
	}
	a, _ := l.open(t)
	defer closeArchive(t, a)
	second, err := l.cli.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer closeArchive(t, second)
	err = second.lockForWork(t.Context())
	if want := fmt.Sprintf("process %d since ", os.Getpid()); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the second process hears %v, want %q", err, want)
	}
}
