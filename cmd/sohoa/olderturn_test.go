package main

import (
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// turnedBefore turns a page as the version before adr/0021 left it: the turn is a
// published version with the words that were read before, and no job waits.
func (r *rig) turnedBefore(t *testing.T, d dossier.Dossier, said dossier.Turned) {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	if err := flow.Turn(t.Context(), a.catalog, dossier.Local(flow.Unit.ID), d.ID, said); err != nil {
		t.Fatal(err)
	}
	if err := flow.Do(t.Context(), dossier.Job{Step: dossier.StepPublish, Unit: flow.Unit.ID, Subject: string(d.ID)}); err != nil {
		t.Fatal(err)
	}
}

// jobsWaiting counts what the queue holds that is not done.
func (r *rig) jobsWaiting(t *testing.T) (n int) {
	t.Helper()
	r.with(t, func(a *archive) {
		row := a.databases.Read.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM river_job WHERE state <> 'completed'")
		if err := row.Scan(&n); err != nil {
			t.Fatal(err)
		}
	})
	return n
}

// TestTurnedByAnOlderVersion starts on an archive in which an older version left a
// turned page with the words of before: the page is read again by itself, once,
// however often the program is started and the job is run.
func TestTurnedByAnOlderVersion(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		d := r.misjudged(t)
		r.turnedBefore(t, d, dossier.Turned{Page: d.Components[1].Pages[0].ID, By: 180})
		r.sql(t, "DELETE FROM river_job")
		r.wantStands(t, dossier.KindOther, "", 3)
		if got := r.dossiers(t)[0].Dossier.Version; got != d.Version+1 || r.jobsWaiting(t) != 0 {
			t.Fatalf("an older version leaves version %d after %d and %d jobs", got, d.Version, r.jobsWaiting(t))
		}

		start := func() {
			r.readAgain(t, d.ID, func(*archive, *pipeline.Flow, dossier.Actor) error { return nil })
		}
		start()
		r.wantStands(t, "birth_certificate", "Lò Văn Tỏa", 7)
		once := r.dossiers(t)[0]
		if once.Dossier.Version != d.Version+2 || once.Seen() != d.Version+1 || r.found(t) != 1 {
			t.Errorf("version %d is seen as %d, and %d pages are found by the name", once.Dossier.Version, once.Seen(), r.found(t))
		}

		r.reader.told = func([]dossier.WayUp) error {
			t.Error("the page is read a second time")
			return nil
		}
		start()
		a, flow := r.open(t)
		for range 2 {
			if err := flow.Do(t.Context(), dossier.Job{Step: dossier.StepReadAgain, Unit: flow.Unit.ID, Subject: string(d.ID) + "/4"}); err != nil {
				t.Error(err)
			}
		}
		closeArchive(t, a)
		if twice := r.dossiers(t)[0]; twice.Dossier.Version != once.Dossier.Version {
			t.Errorf("version %d after the second start, %d after the first", twice.Dossier.Version, once.Dossier.Version)
		}
		if n := len(r.logged(t, "decision."+dossier.ActionReadAgain)); n != 1 {
			t.Errorf("%d decisions to read again are in the log", n)
		}
		r.wantIntact(t)
		wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
	})
}
