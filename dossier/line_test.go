package dossier_test

import (
	"testing"

	"sohoa/dossier"
)

func TestLinesFromWords(t *testing.T) {
	r := dossier.Reading{Text: "is not used", Words: []dossier.Word{
		{Text: "GIẤY", X: 100, Y: 50, W: 80, H: 30, Line: 1, Block: 1},
		{Text: "CHỨNG", X: 190, Y: 45, W: 90, H: 40, Line: 1, Block: 1},
		{Text: "Số:", X: 100, Y: 100, W: 40, H: 20, Line: 2, Block: 1},
		{Text: "Nơi", X: 100, Y: 200, W: 40, H: 20, Line: 2, Block: 2}, // the same number in another block
	}}
	lines := r.Lines()
	if len(lines) != 3 {
		t.Fatalf("%d lines, want 3", len(lines))
	}
	if lines[0].Text != "GIẤY CHỨNG" || len(lines[0].Words) != 2 || lines[0].Box != (dossier.Box{X: 100, Y: 45, W: 180, H: 40}) {
		t.Errorf("first line = %+v", lines[0])
	}
	if lines[2].Text != "Nơi" || lines[2].Block != 2 {
		t.Errorf("last line = %+v", lines[2])
	}
}

func TestLinesFromText(t *testing.T) {
	lines := dossier.Reading{Text: "\n  a b\nc\n\n\nd \n"}.Lines()
	want := []struct {
		text  string
		block int
	}{{"a b", 1}, {"c", 1}, {"d", 2}}
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d", len(lines), len(want))
	}
	for i, w := range want {
		if lines[i].Text != w.text || lines[i].Block != w.block || lines[i].Box != (dossier.Box{}) {
			t.Errorf("line %d = %+v, want %+v", i, lines[i], w)
		}
	}
	if lines := (dossier.Reading{}).Lines(); len(lines) != 0 {
		t.Errorf("an empty reading has lines: %+v", lines)
	}
}
