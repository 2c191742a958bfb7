package main

import (
	"strings"
	"testing"

	"sohoa/dossier"
)

// TestDay runs a small day through: every image is counted once, and none is
// misfiled in silence.
func TestDay(t *testing.T) {
	d, err := newDay(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	d.mistakes = 100
	if err := d.run(30); err != nil {
		t.Fatal(err)
	}
	c := d.count
	if c.dossiers != 30 || c.images < 5*30 || c.right < 25 {
		t.Errorf("%d dossiers of %d images, %d right", c.dossiers, c.images, c.right)
	}
	if c.misfiled > 0 {
		t.Errorf("%d images misfiled", c.misfiled)
	}
	if report := d.report(); !strings.Contains(report, "misfiled in silence | 0.00 % (0 of ") {
		t.Errorf("report: %s", report)
	}
}

// TestJudgeSeesMisfiling says of one slip that it is another dossier's, and wants
// it to be called misfiled and the dossier it was filed in not to be right.
func TestJudgeSeesMisfiling(t *testing.T) {
	d, err := newDay(1, 0)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.feed(0, 2)
	if err != nil {
		t.Fatal(err)
	}
	made := d.make(s)
	for i := range s.images {
		one := &s.images[i]
		if one.kind == dossier.KindReceiptSlip && one.of == &s.files[0] {
			one.of = &s.files[1]
		}
	}
	d.judge(s, made)
	if d.count.misfiled != 1 || d.count.right != 1 {
		t.Errorf("%d misfiled, %d of %d dossiers right", d.count.misfiled, d.count.right, d.count.dossiers)
	}
}
