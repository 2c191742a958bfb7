package pipeline

import (
	"testing"
	"time"

	"sohoa/dossier"
)

// TestLatePaperReopens: what comes for a closed dossier, a result days later
// above all, makes its next version, opens it again and says so; nothing that was
// published before changes.
func TestLatePaperReopens(t *testing.T) {
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 9, 14, 8, 0, 0, 0, time.UTC)
	p := placer{flow: &Flow{Kinds: cat, Now: func() time.Time { return now }}, batch: dossier.Batch{ID: "later"}}
	for state, want := range map[dossier.State]string{
		dossier.StateClosed: "papers added: dossier re-opened",
		dossier.StateOpen:   "papers added",
	} {
		base := dossier.Manifest{Batches: []dossier.BatchID{"first"}, Dossier: dossier.Dossier{
			State: state, Version: 3, Pending: []dossier.PageID{}, Components: []dossier.Component{{ID: "a", Kind: "birth_registration_application"}},
		}}
		next, err := p.next(t.Context(), base, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		d := next.Dossier
		if d.State != dossier.StateOpen || d.Version != 4 || next.Reason != want || len(d.Components) != 1 || len(next.Batches) != 2 {
			t.Errorf("%s: version %d is %s, %q, %d papers of %v", state, d.Version, d.State, next.Reason, len(d.Components), next.Batches)
		}
		if base.Dossier.State != state || len(base.Batches) != 1 {
			t.Errorf("%s: the version before has changed: %+v", state, base)
		}
	}
}
