package forms

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/people"
)

// TestFreshPapers lays out every template for several matters: its kind is one
// of the catalogue, nothing runs off the sheet, and each field is on the paper.
func TestFreshPapers(t *testing.T) {
	fonts, err := paper.LoadFonts()
	if err != nil {
		t.Fatal(err)
	}
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	names, err := FreshNames()
	if err != nil || len(names) < 40 {
		t.Fatalf("%d templates, want at least 40: %v", len(names), err)
	}
	for _, name := range names {
		for seed := range uint64(12) {
			rng := rand.New(rand.NewPCG(seed, 3))
			drawn, err := NewFresh(name, NewMatter(people.New(rng), Procedures()[0]))
			if err != nil {
				t.Fatal(err)
			}
			kind, ok := cat.Kind(drawn.Kind)
			if !ok {
				t.Fatalf("%s: no kind %s", name, drawn.Kind)
			}
			sheet := paper.Layout(fonts, 300, rng)
			drawn.Sides[0](sheet)
			img, lines, err := sheet.Finish()
			if err != nil || img != nil {
				t.Fatalf("%s, seed %d: picture %v, %v", name, seed, img != nil, err)
			}
			text := strings.ToLower(strings.Join(strings.Fields(paper.Text(lines)), " "))
			for id, value := range drawn.Fields {
				if !strings.Contains(text, strings.ToLower(value)) && len(sheet.Codes()) == 0 {
					t.Errorf("%s, seed %d: %s = %q is not on the paper", name, seed, id, value)
				}
				if !slices.Contains(kind.Fields, id) {
					t.Errorf("%s: %s has no field %s", name, kind.ID, id)
				}
			}
		}
	}
}

func TestFreshMistakes(t *testing.T) {
	m := NewMatter(people.New(rand.New(rand.NewPCG(1, 1))), Procedures()[0])
	if _, err := NewFresh("no such paper", m); err == nil {
		t.Error("a missing template is no error")
	}
	blank := template{facts: m.facts(), fields: map[string]string{}}
	if _, err := blank.fill("Tên: {name=nobody}"); err == nil {
		t.Error("a fact that nobody knows is no error")
	}
}
