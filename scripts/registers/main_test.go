package main

import (
	"testing"

	"sohoa/pipeline/register"
)

// TestNothingIsPassedOver reads a few pages and finds most cases; none is passed
// over in silence. How it is at large, docs/BENCHMARKS.md says.
func TestNothingIsPassedOver(t *testing.T) {
	m := measurement{seed: 31003, faint: 0.1, doubts: map[register.Doubt]int{}}
	if err := m.run(6); err != nil {
		t.Fatal(err)
	}
	t.Log(m.report())
	for _, layout := range []tally{m.rows, m.blocks} {
		if layout.pages == 0 {
			t.Error("a layout was not drawn")
		}
		if layout.passedOver > 0 || layout.phantom > 0 {
			t.Errorf("%d cases passed over, %d regions without one", layout.passedOver, layout.phantom)
		}
	}
	if found, cases := m.rows.found+m.blocks.found, m.rows.cases+m.blocks.cases; 2*found < cases {
		t.Errorf("%d of %d cases found", found, cases)
	}
}
