package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/storage/storagetest/pgtest"
)

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, "") })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.Start(t)) })
}

// separator is the text of a separator sheet.
func separator(t *testing.T, code string, sheets int) string {
	t.Helper()
	text, err := dossier.FormatSeparator(code, sheets)
	if err != nil {
		t.Fatal(err)
	}
	return "QR " + text
}

// The code of the dossiers of these tests.
const someCode = "H38.12-260102-0001"

// TestWholeFlow is the yardstick of the tests here: nothing goes wrong.
func TestWholeFlow(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		o := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "LOST", "", "REJECT", paper(birth, "An"), paper(birth, "Ba")+"\f"+"LOST\f"+paper(marriage, "Ca"))
		want := dossier.Account{Images: 9, Placed: 3, Separator: 1, Blank: 1, Parked: 2, Duplicate: 1, Rejected: 1}
		if o.Account != want {
			t.Errorf("account %+v, want %+v", o.Account, want)
		}
		r.wantIntact(t)
	})
}

// TestInterruptedBatchIsFinished kills the program before any page is read and
// gives it the same files again: the answer must be the whole one.
func TestInterruptedBatchIsFinished(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		texts := []string{separator(t, someCode, 0), paper(birth, "An"), paper(marriage, "Ba")}
		for _, name := range strings.Fields("Ca Da Em Gi Ha Ich Ke La") {
			texts = append(texts, paper(birth, name))
		}
		a, flow := r.open(t)
		claimTexts(t, flow, texts...)
		closeArchive(t, a)

		o := r.feed(t, texts...)
		if o.Account.Duplicate != len(texts) || len(o.Dossiers) != 1 || len(o.Dossiers[0].Components) != len(texts)-1 {
			t.Errorf("account %+v, dossiers %d, want one dossier with all papers", o.Account, len(o.Dossiers))
		}
		r.wantIntact(t)
	})
}

// failingLedger fails where a batch becomes rows, as a kill there would.
type failingLedger struct{ pipeline.Ledger }

var errCutOff = errors.New("killed")

func (failingLedger) TakeIn(context.Context, dossier.Act, dossier.Batch, []dossier.ObjectRef) error {
	return errCutOff
}

// TestRecordWithoutRows dies between the batch record and its rows: the batch
// is finished by the next process, and a rebuild later says the same.
func TestRecordWithoutRows(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		texts := []string{separator(t, someCode, 0), paper(birth, "An")}
		a, flow := r.open(t)
		flow.Ledger = failingLedger{flow.Ledger}
		if _, err := flow.Claim(t.Context(), dossier.Local(flow.Unit.ID), pipeline.Feed{Device: "test", Sources: textSources(texts...)}); !errors.Is(err, errCutOff) {
			t.Fatal(err)
		}
		closeArchive(t, a)

		o := r.feed(t, texts...)
		if len(o.Dossiers) != 1 || len(o.Known) != 2 {
			t.Errorf("%d dossiers, %d known files, want 1 and 2", len(o.Dossiers), len(o.Known))
		}
		before := r.dossiers(t)
		copied := r.rebuilt(t)
		wantSameDossiers(t, copied.dossiers(t), before)
		copied.wantIntact(t)
	})
}

// wantSameDossiers compares manifests as their objects hold them.
func wantSameDossiers(t *testing.T, got, want []dossier.Manifest) {
	t.Helper()
	a, errA := json.MarshalIndent(got, "", " ")
	b, errB := json.MarshalIndent(want, "", " ")
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("dossiers %s\nwant %s", a, b)
	}
}

// TestRebuildChangesNothing rebuilds archives in which something waits, came
// twice or could not be published: no dossier may get a version by it.
func TestRebuildChangesNothing(t *testing.T) {
	t.Parallel()
	for name, texts := range map[string][]string{
		"everything held":      {separator(t, someCode, 1), paper(birth, "An"), paper(birth, "Ba"), paper(birth, "Ca")},
		"opener alone":         {separator(t, someCode, 0)},
		"one unpublishable":    {separator(t, someCode, 0), paper(birth, "An"), paper(birth, "UNPUBLISHABLE"), "LOST"},
		"only unpublishable":   {paper(birth, "UNPUBLISHABLE")},
		"rejected and lost":    {"REJECT", "LOST", paper(birth, "An"), "LOST"},
		"twice in one batch":   {paper(birth, "An"), paper(birth, "An")},
		"frames partly fail":   {paper(birth, "An") + "\fLOST\f" + paper(marriage, "Ba")},
		"nothing in a dossier": {"LOST", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "")
			account := r.feed(t, texts...).Account
			r.wantIntact(t)
			before := r.dossiers(t)
			for range 2 {
				r = r.rebuilt(t)
				wantSameDossiers(t, r.dossiers(t), before)
				r.wantIntact(t)
				if got := r.account(t); got != account {
					t.Errorf("account %+v, want %+v", got, account)
				}
			}
		})
	}
}

// account sums the accounts of all batches.
func (r *rig) account(t *testing.T) (sum dossier.Account) {
	t.Helper()
	r.with(t, func(a *archive) {
		ids, err := a.catalog.BatchIDs(t.Context(), a.unit().ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			one, err := a.catalog.Account(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			sum = sum.Add(one)
		}
	})
	return sum
}

// TestLostCatalogue loses the database: no command may go on as if the archive
// were empty, or the next paper of a dossier would begin the dossier anew.
func TestLostCatalogue(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, separator(t, someCode, 0), paper(birth, "An"))
	before := r.dossiers(t)
	r.loseCatalogue(t)
	if _, err := r.cli.openOrMakeDemo(t.Context(), quiet()); exitCodeOf(err) != exitIntegrity {
		t.Errorf("process on an archive without its catalogue: %v, want exit code %d", err, exitIntegrity)
	}
	if _, err := r.cli.open(t.Context()); exitCodeOf(err) != exitIntegrity {
		t.Errorf("search in an archive without its catalogue: %v, want exit code %d", err, exitIntegrity)
	}
	r.rebuild(t)
	wantSameDossiers(t, r.dossiers(t), before)
}

func exitCodeOf(err error) int {
	if err == nil {
		return exitDone
	}
	return classifyExit(err).code
}

func (r *rig) loseCatalogue(t *testing.T) {
	t.Helper()
	for _, tail := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(r.place().catalog() + tail); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

// TestInterruptedRebuild kills a rebuild after the batches and before the
// manifests: splitting them now would make every dossier a second time.
func TestInterruptedRebuild(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, separator(t, someCode, 0), paper(birth, "An"))
	before := r.dossiers(t)
	r.loseCatalogue(t)
	a, err := r.cli.openForRebuild(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.flow(r.reader).Rebuild(t.Context(), a.objects, killedRestorer{a.catalog})
	if !errors.Is(err, errCutOff) {
		t.Fatal(err)
	}
	closeArchive(t, a)

	if _, err := r.cli.openOrMakeDemo(t.Context(), quiet()); exitCodeOf(err) != exitIntegrity {
		t.Errorf("process after half a rebuild: %v, want exit code %d", err, exitIntegrity)
	}
	r.loseCatalogue(t)
	r.rebuild(t)
	wantSameDossiers(t, r.dossiers(t), before)
}

type killedRestorer struct{ pipeline.Restorer }

func (killedRestorer) RestoreManifest(context.Context, dossier.Act, dossier.Publication) error {
	return errCutOff
}

// TestForeignDatabase points an archive at the catalogue of another one.
func TestForeignDatabase(t *testing.T) {
	t.Parallel()
	address := pgtest.Start(t)
	first := newRig(t, address)
	first.feed(t, paper(birth, "An"))
	second := newRig(t, address)
	if _, err := second.cli.openOrMakeDemo(t.Context(), quiet()); exitCodeOf(err) != exitUsage {
		t.Errorf("a second archive on one database: %v, want exit code %d", err, exitUsage)
	}
	first.wantIntact(t)
}

// TestKilledWhileMade dies before the archive's record is written; nothing is
// in the archive yet, and it can be made again.
func TestKilledWhileMade(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	if err := os.MkdirAll(filepath.Join(r.place().objects(), ".incoming"), 0o750); err != nil {
		t.Fatal(err)
	}
	r.feed(t, paper(birth, "An"))
	r.wantIntact(t)
}

// TestRootIsHealed dies between the archive's record and its schemas.
func TestRootIsHealed(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, paper(birth, "An"))
	schema := filepath.Join(r.place().objects(), dossier.SchemaDir, "manifest-1.json")
	if err := os.Remove(schema); err != nil {
		t.Fatal(err)
	}
	r.feed(t, paper(birth, "Ba"))
	if _, err := os.Stat(schema); err != nil {
		t.Error(err)
	}
}

// TestTwoVersionsWait publishes a second version of a dossier whose first
// version lost a paper on the way: it must not come back as a paper without a
// PDF.
func TestTwoVersionsWait(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		a, flow := r.open(t)
		first := claimTexts(t, flow, separator(t, someCode, 0), paper(birth, "An"), paper(birth, "UNPUBLISHABLE"))
		second := claimTexts(t, flow, separator(t, someCode, 2), paper(birth, "Ba"), paper(birth, "Ca"))
		r.until(t, a, flow, first.ID, dossier.StepPublish)
		r.until(t, a, flow, second.ID, dossier.StepPublish)
		closeArchive(t, a)

		r.feed(t, paper(marriage, "Da"))
		all := r.dossiers(t)
		m := all[slices.IndexFunc(all, func(m dossier.Manifest) bool { return m.Dossier.Code != nil })]
		if m.Dossier.Version != 2 || len(m.Dossier.Components) != 3 || len(m.Dossier.Pending) != 1 {
			t.Errorf("version %d with %d papers, %d pending, want 2, 3, 1", m.Dossier.Version, len(m.Dossier.Components), len(m.Dossier.Pending))
		}
		r.wantIntact(t)
	})
}

// until does the steps of a batch up to, not including, the given one.
func (r *rig) until(t *testing.T, a *archive, flow *pipeline.Flow, batch dossier.BatchID, last dossier.Step) {
	t.Helper()
	files, err := a.catalog.Files(t.Context(), batch)
	if err != nil {
		t.Fatal(err)
	}
	do := func(step dossier.Step, subject string) {
		if step == last {
			return
		}
		if err := flow.Do(t.Context(), dossier.Job{Step: step, Unit: flow.Unit.ID, Subject: subject}); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range files {
		do(dossier.StepOpen, string(file.Batch)+"/"+string(rune('0'+file.Ordinal)))
	}
	images, err := a.catalog.Images(t.Context(), batch)
	if err != nil {
		t.Fatal(err)
	}
	for _, image := range images {
		do(dossier.StepRead, string(image.ID))
	}
	do(dossier.StepSplit, string(batch))
}
