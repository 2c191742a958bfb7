package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// listed is the list of presented papers, which changes nothing.
func (r *rig) listed(t *testing.T) (papers []pipeline.Presented) {
	t.Helper()
	before := r.dossiers(t)
	a, flow := r.open(t)
	papers, err := flow.Presented(t.Context(), a.catalog)
	if err != nil {
		t.Fatal(err)
	}
	closeArchive(t, a)
	wantSameDossiers(t, r.dossiers(t), before)
	return papers
}

// TestPresentedList names a card that lies in a file of its own, with its objects, and
// nothing in its way; a rebuild gives the same list. A code of every obstacle has its
// sentences.
func TestPresentedList(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.reader.sure = true
		r.feed(t, paper(marriage, "Ba"))
		if got := r.listed(t); len(got) != 0 {
			t.Errorf("an archive without cards lists %+v", got)
		}
		r.feed(t, birthSlip(), paper(birth, "An"), idCard)
		papers := r.listed(t)
		card := r.cardOf(t, someCode)
		if len(papers) != 1 || papers[0].Component != card.ID || len(papers[0].Why) != 0 || papers[0].Since.IsZero() || papers[0].Code == nil || *papers[0].Code != someCode {
			t.Fatalf("listed: %+v", papers)
		}
		original := papers[0].Originals[0]
		image, _, err := card.Pages[0].ID.Split()
		if err != nil {
			t.Fatal(err)
		}
		unit := dossier.UnitID("")
		r.with(t, func(a *archive) { unit = a.unit().ID })
		want := []string{dossier.RawKey(unit, original.SHA256), dossier.ReadingKey(unit, image, 1)}
		if len(papers[0].Originals) != 1 || original.Images != 1 || original.Pages != 1 || original.Bytes <= int64(len(idCard)) || !slices.Equal(original.Objects, want) {
			t.Errorf("original %+v, want objects %v", original, want)
		}
		if again := r.rebuilt(t).listed(t); !reflect.DeepEqual(again, papers) {
			t.Errorf("a rebuild lists %+v, want %+v", again, papers)
		}
		r.wantIntact(t)
	})
}

// cardOf is the card in the dossier of a code.
func (r *rig) cardOf(t *testing.T, code string) (card dossier.Component) {
	t.Helper()
	for _, m := range r.dossiers(t) {
		for _, c := range m.Dossier.Components {
			if c.Kind == dossier.KindCitizenIDCard && m.Dossier.Code != nil && *m.Dossier.Code == code {
				card = c
			}
		}
	}
	return card
}

// TestPresentedObstacles: whatever else hangs on the bytes of a card is told, each for
// itself. None of these lists is empty by chance: the same card alone has no obstacle.
func TestPresentedObstacles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		feed func(t *testing.T, r *rig)
		want []pipeline.Obstacle
	}{
		"one file of the whole stack": {func(t *testing.T, r *rig) {
			t.Helper()
			r.feed(t, birthSlip()+"\f"+paper(birth, "An")+"\f"+idCard)
		}, []pipeline.Obstacle{pipeline.ObstaclePublished, pipeline.ObstacleShared}},
		"its back waits for a person": {func(t *testing.T, r *rig) {
			t.Helper()
			r.feed(t, birthSlip(), paper(birth, "An"), idCard+"\fLOST")
		}, []pipeline.Obstacle{pipeline.ObstacleShared}},
		"an empty page in its file": {func(t *testing.T, r *rig) {
			t.Helper()
			r.feed(t, birthSlip(), paper(birth, "An"), idCard+"\f")
		}, []pipeline.Obstacle{pipeline.ObstacleShared}},
		"the other half of its image is kept": {func(t *testing.T, r *rig) {
			t.Helper()
			r.feed(t, birthSlip(), paper(birth, "An")+"\v"+idCard)
		}, []pipeline.Obstacle{pipeline.ObstaclePublished, pipeline.ObstacleShared}},
		"scanned again in another batch": {func(t *testing.T, r *rig) {
			t.Helper()
			r.feed(t, birthSlip(), paper(birth, "An"), idCard)
			r.feed(t, paper(marriage, "Ba"), idCard)
		}, []pipeline.Obstacle{pipeline.ObstacleTwice}},
		"filed electronically": {func(t *testing.T, r *rig) {
			t.Helper()
			r.feed(t, birthSlip(), paper(birth, "An"))
			r.file(t, dossier.Filing{Code: someCode, Kind: dossier.KindCitizenIDCard}, "%PDF-1.7\n"+idCard)
		}, []pipeline.Obstacle{pipeline.ObstacleFiled}},
		"published once": {func(t *testing.T, r *rig) {
			t.Helper()
			r.feed(t, birthSlip(), paper(birth, "An"), idCard)
			d, card := r.only(t, dossier.KindCitizenIDCard)
			said := dossier.Keeping{Component: card.ID, Kind: card.Kind}
			r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
				return flow.Keep(t.Context(), a.catalog, actor, d.ID, said)
			})
			if kept := r.listed(t); len(kept) != 0 {
				t.Errorf("a card that is kept is listed: %+v", kept)
			}
			r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
				return flow.NotKeep(t.Context(), a.catalog, actor, d.ID, said)
			})
		}, []pipeline.Obstacle{pipeline.ObstaclePublished}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "")
			r.reader.sure = true
			c.feed(t, r)
			papers := r.listed(t)
			if len(papers) != 1 || !slices.Equal(papers[0].Why, c.want) {
				t.Errorf("listed: %+v, want obstacles %v", papers, c.want)
			}
			for _, one := range explained(papers) {
				if len(one.Text) != len(c.want) || slices.Contains(one.Text, "") || slices.Contains(one.TextEn, "") {
					t.Errorf("in words: %q, %q", one.Text, one.TextEn)
				}
			}
		})
	}
}

// TestPresentedWhileChanging: a card about which somebody has decided meanwhile, not yet
// published, is told to be so.
func TestPresentedWhileChanging(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.reader.sure = true
	r.feed(t, birthSlip(), paper(birth, "An"), idCard)
	d, card := r.only(t, dossier.KindCitizenIDCard)
	a, flow := r.open(t)
	defer closeArchive(t, a)
	if err := flow.Keep(t.Context(), a.catalog, dossier.Local(flow.Unit.ID), d.ID, dossier.Keeping{Component: card.ID, Kind: card.Kind}); err != nil {
		t.Fatal(err)
	}
	papers, err := flow.Presented(t.Context(), a.catalog)
	if err != nil || len(papers) != 1 || !slices.Equal(papers[0].Why, []pipeline.Obstacle{pipeline.ObstacleChanging}) {
		t.Errorf("listed: %+v, %v", papers, err)
	}
}

// TestPresentedCommand prints what can go and what can not, without a name or a value
// of the card.
func TestPresentedCommand(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.reader.sure = true
	r.feed(t, paper(marriage, "Ba"))
	if code, out := r.command(t, "presented"); code != 0 || !strings.Contains(out, "No paper") {
		t.Errorf("empty: %d, %s", code, out)
	}
	r.feed(t, birthSlip()+"\f"+paper(birth, "An")+"\f"+idCard)
	code, out := r.command(t, "presented")
	for _, want := range []string{someCode + "  citizen_id_card", "3 image(s), 3 page(s)", "can not go: The original holds other pages, too"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%d, no %q in %s", code, want, out)
		}
	}
	code, out = r.command(t, "presented", "--json")
	if code != 0 || !strings.Contains(out, `"shared"`) || strings.Contains(out, "KHÔNG LƯU") || strings.Contains(out, "038062001234") {
		t.Errorf("%d, %s", code, out)
	}
}
