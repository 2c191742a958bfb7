package main

import (
	"math"
	"strings"
	"testing"
)

// TestUpper compares with tables of the exact binomial interval.
func TestUpper(t *testing.T) {
	for _, c := range []struct {
		bad, n int
		want   float64
	}{{0, 1000, 0.00368}, {0, 10, 0.3085}, {1, 10, 0.4450}, {5, 100, 0.1128}} {
		if got := upper(c.bad, c.n); math.Abs(got-c.want) > 0.0002 {
			t.Errorf("upper(%d, %d) = %.4f, want %.4f", c.bad, c.n, got, c.want)
		}
	}
}

// TestMeasurement runs a small one through: every paper is counted once.
func TestMeasurement(t *testing.T) {
	m := measurement{seed: 1, strength: 1, confusion: map[[2]string]int{}}
	if err := m.run(96); err != nil {
		t.Fatal(err)
	}
	if m.pages != 96 || m.foreign == 0 || len(m.kinds)+m.foreign != m.pages || m.printed == 0 {
		t.Errorf("%d pages = %d of known kinds + %d others, %d fields", m.pages, len(m.kinds), m.foreign, m.printed)
	}
	if report := m.report(); !strings.Contains(report, "accepted and wrong") {
		t.Errorf("report: %s", report)
	}
	if svg := plot(m.kinds, m.fields); !strings.Contains(svg, "<circle") || !strings.HasSuffix(svg, "</svg>\n") {
		t.Errorf("plot: %s", svg)
	}
}
