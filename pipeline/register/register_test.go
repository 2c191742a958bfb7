package register_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sohoa/dossier"
	"sohoa/pipeline/register"
)

var update = flag.Bool("update", false, "rewrite the expected entries in testdata")

// TestFind runs one case per file of testdata; see testdata/README.md.
func TestFind(t *testing.T) {
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases in testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil || len(archive.Files) != 2 {
				t.Fatal("want the files page and entries", err)
			}
			kind, reading := parsePage(t, cat, string(archive.Files[0].Data))
			got := format(kind, register.Find(kind, reading))
			if *update {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if want := string(archive.Files[1].Data); got != want {
				t.Errorf("entries:\n%swant:\n%s", got, want)
			}
		})
	}
}

// parsePage builds what an engine would have read.
func parsePage(t *testing.T, cat *dossier.Catalogue, text string) (kind dossier.Kind, r dossier.Reading) {
	t.Helper()
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	rules := func(words []string) (all []dossier.Rule) {
		for _, w := range words {
			at, faint := strings.CutSuffix(w, "*")
			rule := dossier.Rule{At: number(at), From: 0, To: r.Height, Seen: 0.95}
			if faint {
				rule.Seen = 0.4
			}
			all = append(all, rule)
		}
		return all
	}
	for n, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := strings.Fields(line)
		switch words[0] {
		case "kind":
			kind, _ = cat.Kind(words[1])
			if kind.ID == "" {
				t.Fatalf("no kind %s", words[1])
			}
		case "page":
			r.Width, r.Height = number(words[1]), number(words[2])
		case "rows":
			r.Grid = &dossier.Grid{Rows: rules(words[1:])}
		case "columns":
			r.Grid.Columns = rules(words[1:])
			for i := range r.Grid.Columns {
				r.Grid.Columns[i].From, r.Grid.Columns[i].To = r.Grid.Rows[0].At, r.Grid.Rows[len(r.Grid.Rows)-1].At
			}
		case "foot": // where the rules down the page end
			for i := range r.Grid.Columns {
				r.Grid.Columns[i].To = number(words[1])
			}
		case "ink":
			var row []float64
			for _, c := range words[1] {
				row = append(row, map[rune]float64{'#': 0.05, '.': 0, ',': 0.003}[c])
			}
			r.Grid.Ink = append(r.Grid.Ink, row)
		case "line":
			x, y := number(words[1]), number(words[2])
			for _, w := range words[3:] {
				width := 12 * len([]rune(w))
				r.Words = append(r.Words, dossier.Word{Text: w, X: x, Y: y, W: width, H: 24, Confidence: 0.95, Line: n + 1, Block: 1})
				x += width + 8
			}
		default:
			t.Fatalf("line %q", line)
		}
	}
	return kind, r
}

// format writes entries for people to compare.
func format(kind dossier.Kind, found register.Found) string {
	var b strings.Builder
	if found.Why != "" {
		fmt.Fprintf(&b, "not certain: %s\n", found.Why)
	}
	for _, region := range found.Regions {
		fmt.Fprintf(&b, "%s\n", box(region.Box))
		for _, f := range kind.Entries {
			if field := region.Fields[f.Field]; field.Box != nil {
				fmt.Fprintf(&b, "  %s %s %q\n", f.Field, box(*field.Box), field.Raw)
			}
		}
	}
	return b.String()
}

func box(b dossier.Box) string { return fmt.Sprintf("%d,%d %dx%d", b.X, b.Y, b.W, b.H) }

// TestBands: the bands that a person asks for cover the page without a gap.
func TestBands(t *testing.T) {
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := cat.Kind("birth_register_page")
	whole := dossier.Box{X: 5, Y: 7, W: 100, H: 1001}
	for count := 1; count <= 40; count++ {
		at := whole.Y
		for _, region := range register.Bands(kind, whole, count) {
			if region.Box.Y != at || region.Box.W != whole.W || region.Box.H < 1001/count {
				t.Fatalf("%d bands: %+v does not begin at %d", count, region.Box, at)
			}
			if len(region.Fields) != len(kind.Entries) || region.Fields["child_name"].Status != dossier.FieldUnread {
				t.Fatalf("fields %v", region.Fields)
			}
			at += region.Box.H
		}
		if at != whole.Y+whole.H {
			t.Fatalf("%d bands end at %d", count, at)
		}
	}
}
