package main

import (
	"context"
	"crypto"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/pipeline/signkey"
	"sohoa/storage/audit"
)

// signEverything asks for every paper that waits, and works until each is
// signed or refused.
func signEverything(ctx context.Context, a *archive, flow *pipeline.Flow, shrink bool) (*signOutcome, error) {
	run, err := a.ask(ctx, flow, signAsk{Shrink: shrink})
	if err != nil {
		return nil, err
	}
	if err := a.workUntil(ctx, flow, func(ctx context.Context) (bool, error) {
		left, err := a.stillAsked(ctx, run)
		return left == 0, err
	}); err != nil {
		return nil, err
	}
	return a.signed(ctx, run)
}

// sign signs everything that waits, in a process of its own.
func (r *rig) sign(t *testing.T) *signOutcome {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	outcome, err := signEverything(t.Context(), a, flow, true)
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

// askAndDie asks for every paper to be signed; the process ends before one is.
func (r *rig) askAndDie(t *testing.T) {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	if run, err := a.ask(t.Context(), flow, signAsk{}); err != nil || len(run.asked) == 0 {
		t.Fatalf("%d papers asked for, %v", len(run.asked), err)
	}
}

// loseKey takes the key of the archive away.
func (r *rig) loseKey(t *testing.T) {
	t.Helper()
	if err := os.Remove(r.place().testKey()); err != nil {
		t.Fatal(err)
	}
}

// resume does whatever an earlier process left.
func (r *rig) resume(t *testing.T) {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	if err := a.workUntilDone(t.Context(), flow, quiet()); err != nil {
		t.Fatal(err)
	}
}

// wantRefused requires so many papers that wait, each for the reason and none on
// its way.
func (r *rig) wantRefused(t *testing.T, papers int, reason dossier.Reason) {
	t.Helper()
	r.with(t, func(a *archive) {
		waiting, err := a.catalog.Unsigned(t.Context(), dossier.UnsignedFilter{Unit: a.unit().ID})
		if err != nil || len(waiting) != papers {
			t.Fatalf("%d papers wait, want %d; %v", len(waiting), papers, err)
		}
		for _, p := range waiting {
			if p.Asked || p.Reason != reason {
				t.Errorf("paper waits for %q, on its way: %v; want %q", p.Reason, p.Asked, reason)
			}
		}
	})
}

// TestKeyLostWhileAsked: papers were asked for, the process died, and the key is
// gone at the next start. Each waits again and says why, its dossier has no
// version more, and with the new key, which the log tells of, a person signs it.
func TestKeyLostWhileAsked(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, separator(t, someCode, 0), paper(birth, "An"), paper(marriage, "Ba"))
	r.askAndDie(t)
	r.loseKey(t)
	r.resume(t)
	r.wantRefused(t, 2, dossier.ReasonNoKey)
	if v := r.dossiers(t)[0].Dossier.Version; v != 1 {
		t.Errorf("a signature that was given up made version %d", v)
	}
	r.wantIntact(t)
	if outcome := r.sign(t); len(outcome.Signed) != 2 {
		t.Errorf("%d papers signed with the new key, want 2: %+v", len(outcome.Signed), outcome.Skipped)
	}
	r.wantIntact(t)
	if keys := r.logged(t, actionTestKey); len(keys) != 2 || keys[0] == keys[1] {
		t.Errorf("the log tells of the keys %v, want the lost one and the new one", keys)
	}
}

// logged gives the subjects of the log's entries of an action.
func (r *rig) logged(t *testing.T, action string) (subjects []string) {
	t.Helper()
	a, _ := r.open(t)
	defer closeArchive(t, a)
	if err := a.seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := a.audit.Entries(t.Context(), audit.Filter{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Action == action {
			subjects = append(subjects, e.Subject)
		}
	}
	return subjects
}

// TestLaterVersionOnAGivenUpSignature: while a paper is on its way to a
// signature, a person adds another; then the key is lost. The signature's
// version is published without a change, since the next stands on it.
func TestLaterVersionOnAGivenUpSignature(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	id := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "loose page").Dossiers[0].ID
	r.askAndDie(t)
	a, flow := r.open(t)
	placement := dossier.Placement{Pages: r.parked(t, a), Dossier: id, Kind: "marriage_certificate"}
	if _, err := flow.Decide(t.Context(), a.ledger, dossier.Local(flow.Unit.ID), placement); err != nil {
		t.Fatal(err)
	}
	closeArchive(t, a)
	r.loseKey(t)
	r.resume(t)
	r.wantIntact(t)
	var versions []dossier.Manifest
	r.with(t, func(a *archive) {
		var err error
		if versions, err = a.catalog.Versions(t.Context(), dossier.Whole(a.unit().ID), id); err != nil {
			t.Fatal(err)
		}
	})
	m := r.dossiers(t)[0]
	if m.Dossier.Version != 3 || len(m.Dossier.Components) != 2 || m.Signing != nil {
		t.Errorf("version %d with %d papers, want the third with 2", m.Dossier.Version, len(m.Dossier.Components))
	}
	for _, c := range m.Dossier.Components {
		if c.State != dossier.ComponentAwaitingSignature {
			t.Errorf("a paper is %s", c.State)
		}
	}
	for _, v := range versions {
		if v.Dossier.Version == 2 && (v.Reason != "signing given up" || v.Signing != nil) {
			t.Errorf("version 2 says %q and signs %v", v.Reason, v.Signing)
		}
	}
	copied := r.rebuilt(t)
	wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))
	copied.wantIntact(t)
	if outcome := r.sign(t); len(outcome.Signed) != 2 {
		t.Errorf("%d papers signed afterwards, want 2: %+v", len(outcome.Signed), outcome.Skipped)
	}
	r.wantIntact(t)
}

// TestRebuildSignsOnlyWhatTheKeyHadBegun: the catalogue is lost between the
// request for signatures and their version. Without any signed file the papers
// wait; with one the decision is carried out.
func TestRebuildSignsOnlyWhatTheKeyHadBegun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		begun  bool
		signed int
	}{"not begun": {false, 0}, "begun": {true, 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "")
			id := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), paper(marriage, "Ba")).Dossiers[0].ID
			if c.begun {
				r.dieBeforeManifest(t, id)
			} else {
				r.askAndDie(t)
			}
			r.forgetCatalogue(t)
			r.rebuild(t)
			r.resume(t)
			r.wantIntact(t)
			signed := 0
			for _, paper := range r.dossiers(t)[0].Dossier.Components {
				if paper.State == dossier.ComponentSigned {
					signed++
				}
			}
			if signed != c.signed {
				t.Errorf("%d papers signed, want %d", signed, c.signed)
			}
			if outcome := r.sign(t); len(outcome.Signed) != 2-c.signed {
				t.Errorf("%d papers signed afterwards, want %d", len(outcome.Signed), 2-c.signed)
			}
		})
	}
}

// dieBeforeManifest signs the papers of a dossier; the store fails for good when
// the manifest is to be written.
func (r *rig) dieBeforeManifest(t *testing.T, id dossier.DossierID) {
	t.Helper()
	a, _ := r.open(t)
	defer closeArchive(t, a)
	f := newFaults(io.Discard, "", 0)
	f.refused, f.refusal = "manifest", &dossier.Fault{Kind: dossier.Stop, Op: "write", Reason: dossier.ReasonDiskFull, Err: errKilled}
	a.objects.store = faultyStore{a.objects.store, f}
	if _, err := signEverything(t.Context(), a, a.flow(r.reader), true); !errors.Is(err, errKilled) {
		t.Fatalf("signing dossier %s ended with %v", id, err)
	}
}

// forgetCatalogue loses the database and keeps everything else.
func (r *rig) forgetCatalogue(t *testing.T) {
	t.Helper()
	lost, err := filepath.Glob(r.place().catalog() + "*")
	if err != nil || len(lost) == 0 {
		t.Fatal(lost, err)
	}
	for _, path := range lost {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// unplugged is a key whose device does not answer.
type unplugged struct {
	key   signkey.Key
	tries int
}

// Key gives the archive's key in a device that is away.
func (u *unplugged) Key(time.Time) (signkey.Key, error) {
	return signkey.Key{Signer: failingSigner{u.key.Signer, &u.tries}, Chain: u.key.Chain}, nil
}

type failingSigner struct {
	crypto.Signer
	tries *int
}

// Sign fails, and counts how often it was asked.
func (s failingSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	*s.tries++
	return nil, errors.New("the token is not there")
}

// TestTokenFails: a device that does not sign is asked once for every paper,
// which then waits with the reason. It is never asked again by itself, since
// tokens lock.
func TestTokenFails(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, separator(t, someCode, 0), paper(birth, "An"), paper(marriage, "Ba"))
	a, flow := r.open(t)
	key, err := flow.Signing.Keys.Key(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	device := &unplugged{key: key}
	flow.Signing.Keys = device
	outcome, err := signEverything(t.Context(), a, flow, false)
	closeArchive(t, a)
	if err != nil {
		t.Fatal(err)
	}
	if device.tries != 2 || len(outcome.Skipped) != 2 {
		t.Errorf("the device was asked %d times for 2 papers, %d were left", device.tries, len(outcome.Skipped))
	}
	r.wantRefused(t, 2, dossier.ReasonSigning)
	r.wantIntact(t)
	if outcome := r.sign(t); len(outcome.Signed) != 2 {
		t.Errorf("%d papers signed once the device is back, want 2", len(outcome.Signed))
	}
	r.wantIntact(t)
}

// TestLinesAreThoseSigned: the lines that are told stand in every file of the
// go, with the same second.
func TestLinesAreThoseSigned(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "QR SOHOA1|"+otherCode, paper(marriage, "Ba"))
	a, flow := r.open(t)
	second := 0
	flow.Now = func() time.Time { // a clock that runs fast: a second every time it is read
		second++
		return time.Now().Add(time.Duration(second) * time.Second)
	}
	outcome, err := signEverything(t.Context(), a, flow, false)
	closeArchive(t, a)
	if err != nil || len(outcome.Signed) != 2 {
		t.Fatalf("%+v, %v", outcome, err)
	}
	for _, m := range r.dossiers(t) {
		if m.Signing == nil || strings.Join(m.Signing.Lines, "\n") != strings.Join(outcome.Lines, "\n") {
			t.Errorf("signed with %+v, told %q", m.Signing, outcome.Lines)
		}
	}
}
