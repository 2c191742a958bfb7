package pipeline_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sohoa/dossier"
	"sohoa/pipeline/classify"
	"sohoa/pipeline/extract"
	"sohoa/pipeline/split"
)

var update = flag.Bool("update", false, "rewrite what is wanted in testdata/cases")

// TestCases feeds what an engine read on a stack of pages, and wants the papers
// that are made of it, with their fields, and the pages that wait. A case is a
// txtar file (testdata/cases/README explains it); -update writes what is made
// into the file, to be looked at before it is kept.
func TestCases(t *testing.T) {
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			if archive.Files[last].Name != "want" {
				t.Fatal("the last part is not want")
			}
			got := outcome(cat, sheets(t, cat, archive.Files[:last]))
			if want := string(archive.Files[last].Data); got != want && !*update {
				t.Errorf("made of it:\n%s\nwant:\n%s", got, want)
			}
			if *update {
				archive.Files[last].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// sheets reads the pages. The name of a part is INPUT/PAGE.
func sheets(t *testing.T, cat *dossier.Catalogue, parts []txtar.File) []split.Sheet {
	t.Helper()
	var all []split.Sheet
	inputs := map[string]int{}
	for _, part := range parts {
		input, page, _ := strings.Cut(part.Name, "/")
		if _, known := inputs[input]; !known {
			inputs[input] = len(inputs) + 1
		}
		r := reading(t, string(part.Data))
		all = append(all, split.Sheet{
			Page: dossier.PageID(part.Name), Image: dossier.ImageID(input + "/" + page), Input: inputs[input], Reading: r, Guess: classify.Classify(cat, r),
		})
	}
	return all
}

// reading makes words with boxes of the lines of a page.
func reading(t *testing.T, text string) dossier.Reading {
	t.Helper()
	r := dossier.Reading{Width: 2480, Height: 3508, DPI: 300, DPISource: "tag", ToInput: dossier.Identity()}
	for n, line := range strings.Split(strings.TrimSpace(text), "\n") {
		command, rest, _ := strings.Cut(line, " ")
		switch command {
		case "blank":
			r.Blank = true
		case "size":
			if _, err := fmt.Sscan(rest, &r.Width, &r.Height); err != nil {
				t.Fatal(err)
			}
		case "code":
			r.Codes = append(r.Codes, dossier.Code{Type: "qr", Text: rest})
		case "square":
			c := dossier.CheckBox{W: 44, H: 44, Confidence: 0.97}
			if _, err := fmt.Sscan(rest, &c.X, &c.Y, &c.State); err != nil {
				t.Fatal(err)
			}
			r.CheckBoxes = append(r.CheckBoxes, c)
		case "ink":
			var b dossier.Box
			if _, err := fmt.Sscan(rest, &b.X, &b.Y, &b.W, &b.H); err != nil {
				t.Fatal(err)
			}
			r.Unread = append(r.Unread, b)
		default:
			r.Words = append(r.Words, words(t, n+1, line)...)
			r.Text += rest + "\n"
		}
	}
	return r
}

// letter is the width of a letter, and the height of a line, in pixels.
const letter, height = 24, 56

// words places the words of "X Y TEXT" from X on; "~" before a word is one of
// which the engine was unsure, "~~" one that it hardly believed itself.
func words(t *testing.T, n int, line string) (all []dossier.Word) {
	t.Helper()
	fields := strings.Fields(line)
	x, xErr := strconv.Atoi(fields[0])
	y, yErr := strconv.Atoi(fields[1])
	if xErr != nil || yErr != nil {
		t.Fatalf("line %q does not begin with X Y", line)
	}
	for _, w := range fields[2:] {
		bare := strings.TrimLeft(w, "~")
		sure := []float64{0.96, 0.6, 0.2}[len(w)-len(bare)]
		wide := letter * len([]rune(bare))
		all = append(all, dossier.Word{Text: bare, X: x, Y: y, W: wide, H: height, Confidence: sure, Line: n, Block: 1})
		x += wide + letter
	}
	return all
}

// standing is what a person has to do about a field, as a text.
func standing(f dossier.Field, def dossier.FieldDef) string {
	switch {
	case f.Status == dossier.FieldUnread && f.Box != nil:
		return fmt.Sprintf("(unread at %d %d, raw %q)", f.Box.X, f.Box.Y, f.Raw)
	case f.Confidence < def.Gate:
		return " (doubtful)"
	}
	return ""
}

// outcome is what becomes of the pages, as a text.
func outcome(cat *dossier.Catalogue, all []split.Sheet) string {
	readings := map[dossier.PageID]dossier.Reading{}
	for _, s := range all {
		readings[s.Page] = s.Reading
	}
	plan := split.Split(cat, all)
	var b strings.Builder
	for _, g := range plan.Groups {
		code := "without a code"
		if g.Code != nil {
			code = *g.Code
		}
		fmt.Fprintf(&b, "dossier %s by %s\n", code, g.Opener)
		for _, c := range g.Components {
			kind, _ := cat.Kind(c.Kind)
			var pages []dossier.Reading
			for _, p := range c.Pages {
				pages = append(pages, readings[p])
			}
			fmt.Fprintf(&b, "  %s %s %v\n", c.Role, c.Kind, c.Pages)
			fields := extract.Fields(kind, pages, c.Pages)
			for _, id := range slices.Sorted(maps.Keys(fields)) {
				def, _ := cat.Field(id)
				fmt.Fprintf(&b, "    %s = %s%s\n", id, fields[id].Value, standing(fields[id], def))
			}
		}
	}
	for _, p := range plan.Parked {
		fmt.Fprintf(&b, "waits %s %s\n", p.Page, p.Reason)
	}
	fmt.Fprintf(&b, "separators %v blanks %v\n", plan.Separators, plan.Blanks)
	return b.String()
}
