//go:build corpus && soak

package main

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/testdata/generate/collection"
)

// label is what a person wrote down about one page of vi-scans.
type label struct {
	at                       spot
	kind, number, date, role string
	head                     bool // number and date stand in a letterhead
}

// verdict counts, of what the labels say, what the program got right, what it
// left to a person, and what it got wrong without saying that it is unsure.
type verdict struct{ right, left, wrong int }

// TestLabels takes in every scan that labels.csv knows, and in a batch of their
// own the pages of testdata/labels/pages.csv, and compares kind, number, date and
// role (first page of its paper, or not). The numbers and days of most of these
// papers are written by pen, so many are left to a person, who is told where they
// stand; one in nineteen may be wrong in each column.
func TestLabels(t *testing.T) {
	t.Parallel()
	program := filepath.Join(buildTools(t), "sohoa")
	t.Run("vi-scans", func(t *testing.T) {
		labels, paths := allLabels(t, filepath.Join(collection.Dir(t), "vi-scans"))
		compareLabels(t, labels, process(t, program, paths...).outcome)
	})
	t.Run("pages.csv", func(t *testing.T) {
		labels, paths := ownLabels(t, collection.Dir(t))
		compareLabels(t, labels, process(t, program, paths...).outcome)
	})
}

// compareLabels counts column by column what the program made of labelled pages.
func compareLabels(t *testing.T, labels []label, o outcome) {
	t.Helper()
	found := whatBecame(o)
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, column := range []string{"kind", "number", "date", "role"} {
		var sum verdict
		for _, l := range labels {
			want, got := l.compared(column, cat, found[l.at])
			switch got {
			case want:
				sum.right++
			case "":
				sum.left++
				t.Logf("%s page %d: %s is left to a person, is %q", l.at.file, l.at.index, column, want)
				if p := found[l.at]; l.head && p.first && (column == "number" || column == "date") && p.component.Fields[column].Box == nil {
					t.Errorf("%s page %d: nobody is told where the %s stands", l.at.file, l.at.index, column)
				}
			default:
				sum.wrong++
				t.Logf("%s page %d: %s is %q, want %q", l.at.file, l.at.index, column, got, want)
			}
		}
		t.Logf("%s: %d right, %d left to a person, %d wrong of %d", column, sum.right, sum.left, sum.wrong, len(labels))
		if sum.wrong > len(labels)/19 {
			t.Errorf("%s: %d wrong, want at most %d", column, sum.wrong, len(labels)/19)
		}
	}
}

// ownLabels reads the labels of ours of pages of the collection, and lists the
// files once each, in the order in which a counter might feed them.
func ownLabels(t *testing.T, corpus string) (labels []label, paths []string) {
	t.Helper()
	for _, row := range labelRows(t, filepath.Join("testdata", "labels", "pages.csv")) {
		page, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		labels = append(labels, label{at: spot{filepath.Base(row[0]), page}, kind: row[2], number: row[3], date: row[4], role: row[5]})
		if page == 1 {
			paths = append(paths, filepath.Join(corpus, row[0]))
		}
	}
	return labels, paths
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
		l := label{at: spot{filepath.Base(row[0]), page}, kind: kindNamed(t, cat, row[2]), number: row[3], date: row[4], role: "later", head: true}
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
// whether as its first page, or a blank side.
type place struct {
	component dossier.Component
	first     bool
	blank     bool
}

func whatBecame(o outcome) map[spot]place {
	found := make(map[spot]place)
	for _, d := range o.Dossiers {
		for _, c := range d.Components {
			for i, p := range c.Pages {
				found[spot{filepath.Base(p.File), p.Index}] = place{component: c, first: i == 0}
			}
		}
	}
	for _, b := range o.Blanks {
		found[spot{filepath.Base(b.File), b.Page}] = place{blank: true}
	}
	return found
}

// compared gives what the label and the program say; "" of the program is left
// to a person. A page that waits says nothing in any column.
func (l label) compared(column string, cat *dossier.Catalogue, p place) (want, got string) {
	says := map[string]string{"kind": l.kind, "number": l.number, "date": l.date, "role": l.role}[column]
	if p.blank {
		return says, map[string]string{"kind": dossier.KindBlank, "role": "blank"}[column]
	}
	if p.component.ID == "" {
		return says, ""
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
