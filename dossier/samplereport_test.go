package dossier_test

import (
	"fmt"
	"math"
	"testing"

	"sohoa/dossier"
)

// TestWilson compares with values of the interval that are printed in
// textbooks: 0 of 10, 9 of 10 and 196 of 200 (Newcombe, Statistics in Medicine
// 17, 1998, method 3, computed by hand for the last).
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		right, of int
		low, high float64
	}{
		{0, 10, 0, 0.2775}, {9, 10, 0.5958, 0.9821}, {81, 263, 0.2553, 0.3662}, {196, 200, 0.9497, 0.9922}, {200, 200, 0.9812, 1},
	} {
		r := dossier.NewRate(c.right, c.of)
		if math.Abs(r.Low-c.low) > 0.0001 || math.Abs(r.High-c.high) > 0.0001 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.right, c.of, r.Low, r.High, c.low, c.high)
		}
	}
	for rate, want := range map[dossier.Rate]dossier.Verdict{
		dossier.NewRate(0, 0): dossier.VerdictNothing, dossier.NewRate(200, 200): dossier.VerdictProven,
		dossier.NewRate(196, 200): dossier.VerdictLikely, dossier.NewRate(195, 200): dossier.VerdictBelow,
	} {
		if got := rate.Verdict(); got != want {
			t.Errorf("%+v is %s, want %s", rate, got, want)
		}
	}
}

func TestEdits(t *testing.T) {
	for pair, want := range map[[2]string]int{
		{"", ""}: 0, {"Tỏa", "Toả"}: 2, {"kitten", "sitting"}: 3, {"", "abc"}: 3, {"Lò Văn", "Lò Van"}: 1, {"ab", "ba"}: 2,
	} {
		if got := dossier.Edits(pair[0], pair[1]); got != want {
			t.Errorf("%v: %d, want %d", pair, got, want)
		}
	}
}

// TestSampleReport counts what was keyed: right and wrong values, characters of
// lines, what nobody can read, what is open, and what a second person settles.
func TestSampleReport(t *testing.T) {
	s := dossier.Sample{Month: "2026-11"}
	draw := func(device string, what dossier.Drawn, read string) int {
		n := len(s.Drawn) + 1
		s.Drawn = append(s.Drawn, dossier.SampleDraw{N: n, What: what, Device: device, Read: read})
		return n
	}
	var answers []dossier.SampleAnswer
	key := func(n int, value string) { answers = append(answers, dossier.SampleAnswer{N: n, Value: value}) }
	key(draw("quay-1", dossier.DrawnField, "Lò Văn An"), "Lò Văn An")
	mistyped := draw("quay-1", dossier.DrawnField, "02/03/2026")
	key(mistyped, "03/03/2026")
	key(draw("quay-1", dossier.DrawnLine, "GIẤY KHAI SLNH"), "GIẤY KHAI SINH")
	answers = append(answers, dossier.SampleAnswer{N: draw("quay-1", dossier.DrawnLine, "~~"), Unreadable: true})
	draw("quay-1", dossier.DrawnLine, "Độc lập")
	key(draw("quay-2", dossier.DrawnLine, "Độc lập"), "Độc lập")

	got := s.Report(answers)
	if got.Drawn != 6 || got.Keyed != 5 || got.ToKey != 1 || got.Differ != 2 || len(got.Devices) != 2 {
		t.Fatalf("%+v", got)
	}
	one := got.Devices[0]
	for what, pair := range map[string][2]string{
		"fields": {fmt.Sprint(one.Fields.Right, "/", one.Fields.Of), "1/2"}, "lines": {fmt.Sprint(one.Lines.Right, "/", one.Lines.Of), "0/1"},
		"characters": {fmt.Sprint(one.Characters.Right, "/", one.Characters.Of), "13/14"}, "others": {fmt.Sprint(one.Unreadable, one.ToKey), "1 1"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %s, want %s", what, pair[0], pair[1])
		}
	}
	if one.OfChars != dossier.VerdictBelow || got.Devices[1].OfChars != dossier.VerdictLikely || got.Devices[1].OfFields != dossier.VerdictNothing {
		t.Errorf("verdicts %+v", got.Devices)
	}
	answers = append(answers, dossier.SampleAnswer{N: mistyped, Value: "02/03/2026", Settles: true})
	if again := s.Report(answers); again.Differ != 1 || again.Devices[0].Fields.Right != 2 {
		t.Errorf("after a second person: %+v", again)
	}
}
