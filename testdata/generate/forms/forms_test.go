package forms

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"sohoa/dossier"
	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/people"
)

// TestEveryForm prints every kind for many matters at a low resolution: no
// glyph may be missing, nothing may run off the sheet, and what the truth
// calls a field must stand on the paper.
func TestEveryForm(t *testing.T) {
	fonts, err := paper.LoadFonts()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(12) {
				checkForm(t, fonts, kind, seed)
			}
		})
	}
}

func checkForm(t *testing.T, fonts *paper.Fonts, kind string, seed uint64) {
	t.Helper()
	m := NewMatter(people.New(rand.New(rand.NewPCG(seed, 1))), ProcedureWith(kind))
	m.Sheets = 5
	drawn, err := New(kind, m)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, draw := range drawn.Sides {
		sheet := paper.New(fonts, 120, rand.New(rand.NewPCG(seed, 2)))
		draw(sheet)
		_, lines, err := sheet.Finish()
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		text += paper.Text(lines)
	}
	if !norm.NFC.IsNormalString(text) {
		t.Errorf("seed %d: text is not NFC", seed)
	}
	running := strings.ToLower(strings.Join(strings.Fields(text), " "))
	for name, value := range drawn.Fields {
		switch name { // dates that stand in a sentence
		case "dod":
			value = people.LongDate(m.Died)
		case "date":
			value = people.LongDate(m.Received)
		}
		if value == "" || !strings.Contains(running, strings.ToLower(value)) {
			t.Errorf("seed %d: field %s = %q is not on the paper", seed, name, value)
		}
	}
}

// TestCodesAreSound: what the generator prints, the product must accept.
func TestCodesAreSound(t *testing.T) {
	for seed := range uint64(100) {
		m := NewMatter(people.New(rand.New(rand.NewPCG(seed, 1))), Procedures()[0])
		if _, err := dossier.ParseCode(m.Code); err != nil {
			t.Fatal(err)
		}
	}
}

// TestProceduresUseKnownPapers: every listed paper has a form and a name for
// the slip, and every form is in some dossier.
func TestProceduresUseKnownPapers(t *testing.T) {
	used := []string{"separator", "receipt_slip"}
	for _, procedure := range Procedures() {
		for _, kind := range procedure.Papers {
			used = append(used, kind)
			if names[kind] == "" {
				t.Errorf("%s has no name for the slip", kind)
			}
		}
	}
	for _, kind := range Kinds() {
		if !slices.Contains(used, kind) {
			t.Errorf("no procedure holds a %s", kind)
		}
	}
}

func TestUnknownKind(t *testing.T) {
	if _, err := New("passport", &Matter{}); err == nil {
		t.Error("a form for a kind that does not exist")
	}
}
