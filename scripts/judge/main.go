// Command judge says how well the whole program read drawn papers, from their
// pictures to the fields of their dossiers:
//
//	go run ./testdata/generate -out DIR -truth -dossiers 12 -seed 31337
//	sohoa init --unit H44.45 --data ARCHIVE
//	sohoa process --json --data ARCHIVE DIR/[0-9]* | go run ./scripts/judge DIR
//
// What scripts/measure finds on text as an engine misreads it is found here on
// pictures, with everything that is lost before there is text. A value counts as
// right whether it stands in capitals or not, and a subject with "Về việc" before
// it or without. Values that differ are listed, those
// that no person would be asked about first. Values that were written by hand
// (generate -written 0.6) are counted by themselves, too.
package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sohoa/dossier"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: sohoa process --json … | judge DIR")
		os.Exit(2)
	}
	if err := run(os.Stdin, os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "judge:", err)
		os.Exit(1)
	}
}

// drawn is what the generator knows of one image.
type drawn struct {
	File          string            `json:"file"`
	Page          int               `json:"page"`
	Kind          string            `json:"kind"`
	Fields        map[string]string `json:"fields"`
	Written       []string          `json:"written"` // fields that are filled in by hand
	ComponentPage int               `json:"component_page"`
}

// spot is an image by the name of its file and its place in it, from 1.
type spot struct {
	file string
	page int
}

// about is what some offices print before the subject of a paper.
var about = regexp.MustCompile(`^(?:Về việc|V/v) `)

// judgement counts what became of the papers.
type judgement struct {
	papers, named, waiting              int
	fields, right, accepted, wrong, off int
	pen                                 penned
	misses                              []miss
}

// penned counts values that were written by hand. Those that are accepted count
// among the fields, too, as all do.
type penned struct {
	written, unread, off int // handwriting: told as such, nothing said
	waits, waitsWrong    int // read, and a person is asked
	accepted, wrong      int
	typed, taken         int // print on pages with handwriting: taken for handwriting
}

// miss is a value that was read otherwise, or not at all.
type miss struct {
	accepted bool
	text     string
}

func run(processed io.Reader, dir string, out io.Writer) error {
	var outcome struct {
		Dossiers []dossier.Dossier `json:"dossiers"`
	}
	if err := json.NewDecoder(processed).Decode(&outcome); err != nil {
		return fmt.Errorf("read what process printed: %w", err)
	}
	papers := map[spot]dossier.Component{}
	for _, d := range outcome.Dossiers {
		for _, c := range d.Components {
			papers[spot{filepath.Base(c.Pages[0].File), c.Pages[0].Index}] = c
		}
	}
	truths, err := readTruths(filepath.Join(dir, "truth"))
	if err != nil {
		return err
	}
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		return err
	}
	var j judgement
	for _, t := range truths {
		if t.ComponentPage != 1 || t.Kind == dossier.KindSeparator || t.Kind == dossier.KindBlank {
			continue
		}
		j.add(t, papers[spot{t.File, max(t.Page, 1)}], kinds)
	}
	_, err = io.WriteString(out, j.report())
	return err
}

func readTruths(dir string) ([]drawn, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var all []drawn
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var t drawn
		if err := json.Unmarshal(body, &t); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, t)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no truth in %s: generate with -truth", dir)
	}
	return all, nil
}

// add compares one paper with what it is; a component without a kind is a paper
// that was not placed.
func (j *judgement) add(t drawn, read dossier.Component, kinds *dossier.Catalogue) {
	j.papers++
	switch read.Kind {
	case "":
		j.waiting++
		return
	case t.Kind:
		j.named++
	default:
		j.misses = append(j.misses, miss{true, fmt.Sprintf("%s is called %s", t.File, read.Kind)})
		return
	}
	for id, want := range t.Fields {
		j.fields++
		got, found := read.Fields[id]
		def, _ := kinds.Field(id)
		right := found && strings.EqualFold(about.ReplaceAllString(got.Value, ""), want)
		accepted := found && got.Status == dossier.FieldAuto && got.Confidence >= def.Gate
		j.pen.add(t, id, got, verdict{found, right, accepted})
		j.right += one(right)
		j.accepted += one(accepted)
		j.wrong += one(accepted && !right)
		j.off += one(!found)
		if !right {
			hand := ""
			if found && got.Status == dossier.FieldUnread {
				hand = ", unread"
			}
			if slices.Contains(t.Written, id) {
				hand += ", by hand"
			}
			j.misses = append(j.misses, miss{accepted, fmt.Sprintf("%s %s: %q %.2f, is %q%s", t.File, id, got.Value, got.Confidence, want, hand)})
		}
	}
}

// verdict is what became of one value.
type verdict struct{ found, right, accepted bool }

// add counts a value of a page on which something is written by hand.
func (p *penned) add(t drawn, id string, got dossier.Field, v verdict) {
	unread := v.found && got.Status == dossier.FieldUnread
	switch {
	case len(t.Written) == 0:
	case !slices.Contains(t.Written, id):
		p.typed++
		p.taken += one(unread)
	default:
		p.written++
		p.unread += one(unread)
		p.off += one(!v.found)
		p.accepted += one(v.accepted)
		p.wrong += one(v.accepted && !v.right)
		p.waits += one(v.found && !unread && !v.accepted)
		p.waitsWrong += one(v.found && !unread && !v.accepted && !v.right)
	}
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

func (j *judgement) report() string {
	var b strings.Builder
	fmt.Fprintf(&b, "papers %d, called right %d, waiting %d\n", j.papers, j.named, j.waiting)
	fmt.Fprintf(&b, "fields %d, right %d, accepted %d, accepted and wrong %d, not found %d\n", j.fields, j.right, j.accepted, j.wrong, j.off)
	if p := j.pen; p.written > 0 {
		fmt.Fprintf(&b, "by hand %d: unread %d, not found %d, read and waiting %d (wrong %d), accepted %d (wrong %d); of %d typed beside them unread %d\n",
			p.written, p.unread, p.off, p.waits, p.waitsWrong, p.accepted, p.wrong, p.typed, p.taken)
	}
	slices.SortFunc(j.misses, func(a, b miss) int {
		return cmp.Or(one(b.accepted)-one(a.accepted), strings.Compare(a.text, b.text))
	})
	for _, m := range j.misses {
		mark := " "
		if m.accepted {
			mark = "!"
		}
		fmt.Fprintln(&b, mark, m.text)
	}
	return b.String()
}
