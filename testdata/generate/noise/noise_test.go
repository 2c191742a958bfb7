package noise

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"sohoa/testdata/generate/forms"
	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/people"
)

func drawn(t *testing.T, name string, seed uint64) Page {
	t.Helper()
	fonts, err := paper.LoadFonts()
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(seed, 4))
	p, err := forms.NewFresh(name, forms.NewMatter(people.New(rng), forms.Procedures()[0]))
	if err != nil {
		t.Fatal(err)
	}
	sheet := paper.Layout(fonts, 300, rng)
	p.Sides[0](sheet)
	_, lines, err := sheet.Finish()
	if err != nil {
		t.Fatal(err)
	}
	size := sheet.Size()
	return Page{Lines: lines, Codes: sheet.Codes(), Width: size.X, Height: size.Y, DPI: 300}
}

func load(t *testing.T) *Table {
	t.Helper()
	table, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// TestWithoutNoise: at strength 0 every word stands as printed, in its place.
func TestWithoutNoise(t *testing.T) {
	page := drawn(t, "card_front_2021", 1)
	read := load(t).Read(page, 0, rand.New(rand.NewPCG(1, 1)))
	want := ""
	for _, line := range page.Lines {
		want += line.Text + " "
	}
	if got := strings.Join(strings.Fields(read.Text), " "); got != strings.TrimSpace(want) {
		t.Errorf("read %q, printed %q", got, want)
	}
	if len(read.Codes) != 1 {
		t.Errorf("%d codes, want the one of the card", len(read.Codes))
	}
	for _, w := range read.Words {
		if w.W <= 0 || w.H <= 0 || w.X+w.W > page.Width || w.Confidence < 0 || w.Confidence > 1 {
			t.Errorf("word out of place: %+v", w)
		}
	}
}

// TestAsMeasured: over many pages the share of damaged words is near the one
// that was measured, and one seed reads the same twice.
func TestAsMeasured(t *testing.T) {
	table, words, wrong := load(t), 0, 0
	for seed := range uint64(150) {
		page := drawn(t, "transfer_contract", seed)
		read := table.Read(page, 1, rand.New(rand.NewPCG(seed, 2)))
		if again := table.Read(page, 1, rand.New(rand.NewPCG(seed, 2))); !reflect.DeepEqual(read, again) {
			t.Fatal("one seed, two readings")
		}
		printed := map[string]bool{}
		for _, line := range page.Lines {
			for _, w := range line.Words {
				printed[w.Text] = true
			}
		}
		for _, w := range read.Words {
			words++
			if !printed[w.Text] {
				wrong++
			}
		}
	}
	measured := 0
	for _, n := range table.false {
		measured += n
	}
	right := 0
	for _, n := range table.right {
		right += n
	}
	got, want := float64(wrong)/float64(words), float64(measured)/float64(measured+right)
	t.Logf("%.4f of the words damaged, measured %.4f", got, want)
	if got < want/3 || got > 3*want {
		t.Errorf("%.4f of the words damaged, measured %.4f", got, want)
	}
}
