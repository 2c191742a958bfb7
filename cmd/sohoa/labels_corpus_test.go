//go:build corpus && soak

package main

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sohoa/dossier"
)

// label is what a person wrote down about one page of vi-scans.
type label struct {
	at                       spot
	kind, number, date, role string
}

// verdict counts, of what the labels say, what the program got right, what it
// left to a person, and what it got wrong without saying that it is unsure.
type verdict struct{ right, left, wrong int }

// TestLabels takes in every scan that labels.csv knows and compares kind,
// number, date and role (first page of its paper, or not). The numbers and days
// of most of these papers are written by pen, so many are left to a person, who
// is told where they stand; one in each column may be wrong.
func TestLabels(t *testing.T) {
	dir := filepath.Join(corpusDir(t), "vi-scans")
	labels, paths := allLabels(t, dir)
	found := whatBecame(process(t, filepath.Join(buildTools(t), "sohoa"), paths...).outcome)
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]*verdict{}
	for _, column := range []string{"kind", "number", "date", "role"} {
		sums[column] = &verdict{}
		for _, l := range labels {
			want, got := l.compared(column, cat, found[l.at])
			switch got {
			case want:
				sums[column].right++
			case "":
				sums[column].left++
				t.Logf("%s page %d: %s is left to a person, is %q", l.at.file, l.at.index, column, want)
				if p := found[l.at]; p.first && (column == "number" || column == "date") && p.component.Fields[column].Box == nil {
					t.Errorf("%s page %d: nobody is told where the %s stands", l.at.file, l.at.index, column)
				}
			default:
				sums[column].wrong++
				t.Logf("%s page %d: %s is %q, want %q", l.at.file, l.at.index, column, got, want)
			}
		}
		sum := *sums[column]
		t.Logf("%s: %d right, %d left to a person, %d wrong of %d", column, sum.right, sum.left, sum.wrong, len(labels))
		if sum.wrong > 1 {
			t.Errorf("%s: %d wrong, want at most 1", column, sum.wrong)
		}
	}
}

// allLabels reads labels.csv, and lists the files in it once each.
func allLabels(t *testing.T, dir string) (labels []label, paths []string) {
	t.Helper()
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range labelRows(t, filepath.Join(dir, "labels.csv")) {
		page, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		l := label{at: spot{filepath.Base(row[0]), page}, kind: kindNamed(t, cat, row[2]), number: row[3], date: row[4], role: "later"}
		if l.kind == dossier.KindCitizenIDCard || l.kind == "birth_registration_application" {
			l.number, l.date = "", "" // of the person and of the form's signing: no fields of these kinds
		}
		if row[7] != "continuation" && row[7] != "last" {
			l.role = "first"
		}
		labels = append(labels, l)
		if page == 1 {
			paths = append(paths, filepath.Join(dir, row[0]))
		}
	}
	return labels, paths
}

// place is what the program made of a page: the paper that it went into, and
// whether as its first page.
type place struct {
	component dossier.Component
	first     bool
}

func whatBecame(o outcome) map[spot]place {
	found := make(map[spot]place)
	for _, d := range o.Dossiers {
		for _, c := range d.Components {
			for i, p := range c.Pages {
				found[spot{filepath.Base(p.File), p.Index}] = place{c, i == 0}
			}
		}
	}
	return found
}

// compared gives what the label and the program say; "" of the program is left
// to a person. A page that waits says nothing in any column.
func (l label) compared(column string, cat *dossier.Catalogue, p place) (want, got string) {
	if p.component.ID == "" {
		return map[string]string{"kind": l.kind, "number": l.number, "date": l.date, "role": l.role}[column], ""
	}
	switch column {
	case "kind":
		return l.kind, p.component.Kind
	case "role":
		if p.first {
			return l.role, "first"
		}
		return l.role, "later"
	}
	if !p.first {
		return "", "" // its paper's fields are those of the first page
	}
	field := p.component.Fields[column]
	if def, _ := cat.Field(column); field.Confidence < def.Gate {
		field = dossier.Field{}
	}
	if column == "number" {
		return strings.ReplaceAll(l.number, " ", ""), strings.ReplaceAll(field.Value, " ", "")
	}
	if day, err := time.Parse(time.DateOnly, l.date); err == nil {
		return day.Format("02/01/2006"), field.Value
	}
	return l.date, field.Value
}
