// Command registers says how well the entries on pages of registers are found. It
// draws pages of books that nobody keeps, scans them as offices do, reads them as
// the product does, and compares the regions with where the cases were drawn:
//
//	OMP_THREAD_LIMIT=1 go run -tags sqlite_fts5 ./scripts/registers -pages 200
//
// A case is found when its region and the drawn one share at least 0.8 of what both
// cover. It is passed over in silence when the page was taken for certain and no
// region covers the case: that must never be. A page that is not certain goes to a
// person, who sees all of it.
//
// With -open it draws open books on A3 instead, which lean, lie off the middle and have
// a shadow along their fold or none, and single sheets of A3: whether they are parted at
// the fold, both halves are made level, and rows that go on over the fold are joined.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"sohoa/dossier"
	"sohoa/ocr"
	"sohoa/pipeline/classify"
	"sohoa/pipeline/register"
	"sohoa/testdata/generate/encode"
	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/registers"
	"sohoa/testdata/generate/scan"
)

func main() {
	pages := flag.Int("pages", 200, "how many pages")
	seed := flag.Uint64("seed", 20261128, "draw everything from this number")
	faint := flag.Float64("faint", 0.1, "share of tables with a rule of which only parts are left")
	say := flag.Bool("v", false, "say of every page how it went")
	keep := flag.String("keep", "", "keep every page, and what was read on it, in this `folder`; what was read there before is not read again")
	open := flag.Int("open", 0, "instead of pages, so many open books of two")
	every := flag.Int("every", 1, "of the open books, one in so many is read, and of the others measured how they lie")
	flag.Parse()
	if *open > 0 {
		if err := runOpen(*open, *every, *seed, *say); err != nil {
			fmt.Fprintln(os.Stderr, "registers:", err)
			os.Exit(1)
		}
		return
	}
	m := measurement{seed: *seed, faint: *faint, say: *say, keep: *keep, doubts: map[register.Doubt]int{}}
	if err := m.run(*pages); err != nil {
		fmt.Fprintln(os.Stderr, "registers:", err)
		os.Exit(1)
	}
	fmt.Print(m.report())
}

// measurement is everything counted so far.
type measurement struct {
	seed  uint64
	faint float64
	say   bool
	keep  string

	rows, blocks tally
	named        int // pages whose kind is right
	doubts       map[register.Doubt]int
}

// tally counts the pages of one layout.
type tally struct {
	pages, certain      int
	damaged, caught     int // pages with a faint rule, and those of them that were not certain
	cases, found        int // cases, and regions at 0.8 or more
	offered             int // cases on pages that are not certain: a person sees all of these
	passedOver, phantom int // cases without a region on certain pages; regions without a case
}

// tools are what pages are drawn, read and judged with.
type tools struct {
	fonts  *paper.Fonts
	cat    *dossier.Catalogue
	reader *ocr.Reader
	dir    string // for the pages
}

func newTools() (t tools, err error) {
	if t.fonts, err = paper.LoadFonts(); err != nil {
		return t, err
	}
	if t.cat, err = dossier.LoadCatalogue(nil); err != nil {
		return t, err
	}
	if t.dir, err = os.MkdirTemp("", "registers-"); err != nil {
		return t, err
	}
	if t.reader, err = ocr.NewReader(ocr.Config{Scratch: t.dir}); err != nil {
		err = errors.Join(err, os.RemoveAll(t.dir))
	}
	return t, err
}

func (t tools) close() error { return errors.Join(t.reader.Close(), os.RemoveAll(t.dir)) }

func (m *measurement) run(pages int) (err error) {
	with, err := newTools()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, with.close()) }()
	for i := range pages {
		seed := m.seed + uint64(i)
		one, err := m.load(seed)
		if err != nil {
			if one, err = m.read(with, seed); err != nil {
				return fmt.Errorf("seed %d: %w", seed, err)
			}
		}
		m.judge(with.cat, one.Reading, one.Truth, seed)
	}
	return nil
}

// drawn is a page that was read, beside the truth about it.
type drawn struct {
	Truth   registers.Truth
	Reading dossier.Reading
}

// load gives a page that was kept.
func (m *measurement) load(seed uint64) (one drawn, err error) {
	raw, err := os.ReadFile(filepath.Join(m.keep, fmt.Sprintf("%d.json", seed)))
	if err == nil {
		err = json.Unmarshal(raw, &one)
	}
	return one, err
}

// read draws a page, scans it, and reads it.
func (m *measurement) read(with tools, seed uint64) (one drawn, err error) {
	dir := with.dir
	if m.keep != "" {
		dir = m.keep
	}
	path := filepath.Join(dir, fmt.Sprintf("%d.jpg", seed))
	img, truth, err := draw(with.fonts, m.faint, seed)
	if err != nil {
		return one, err
	}
	raw, err := encode.JPEG(gray(img), truth.DPI, 85)
	if err == nil {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		return one, err
	}
	readings, err := with.reader.Read(context.Background(), path, "page.jpg", 1)
	if err != nil {
		return one, err
	}
	if len(readings) != 1 {
		return one, fmt.Errorf("%d pages on one sheet", len(readings))
	}
	one = drawn{Truth: truth, Reading: readings[0]}
	if m.keep == "" {
		return one, os.Remove(path)
	}
	if raw, err = json.Marshal(one); err != nil {
		return one, err
	}
	return one, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.json", seed)), raw, 0o600)
}

// draw draws what a seed says: each kind in each layout, as offices scan.
func draw(fonts *paper.Fonts, faint float64, seed uint64) (image.Image, registers.Truth, error) {
	rng := rand.New(rand.NewPCG(seed, 3))
	kinds := registers.Kinds()
	page := registers.Page{Kind: kinds[rng.IntN(len(kinds))], Layout: registers.Rows, Faint: faint, Numbered: rng.IntN(3) == 0}
	if rng.IntN(2) == 0 {
		page.Layout = registers.Blocks
	}
	return registers.Draw(fonts, page, scan.Roll(rng), seed)
}

// judge compares one page with the truth.
func (m *measurement) judge(cat *dossier.Catalogue, reading dossier.Reading, truth registers.Truth, seed uint64) {
	t := &m.rows
	if truth.Layout == registers.Blocks {
		t = &m.blocks
	}
	kind, _ := cat.Kind(truth.Kind)
	if classify.Classify(cat, reading).Kind == truth.Kind {
		m.named++
	}
	found := register.Find(kind, reading)
	t.pages++
	t.cases += len(truth.Entries)
	if truth.Damaged {
		t.damaged++
	}
	if found.Why != "" {
		m.doubts[found.Why]++
		t.offered += len(truth.Entries)
		if truth.Damaged {
			t.caught++
		}
		m.tell(seed, truth, "not certain: "+string(found.Why))
		return
	}
	t.certain++
	hits, covered := match(found.Regions, truth, reading)
	t.found += hits
	t.passedOver += len(truth.Entries) - covered
	t.phantom += len(found.Regions) - covered
	m.tell(seed, truth, fmt.Sprintf("%d of %d found, %d covered, %d regions", hits, len(truth.Entries), covered, len(found.Regions)))
}

func (m *measurement) tell(seed uint64, truth registers.Truth, how string) {
	if m.say {
		fmt.Fprintf(os.Stderr, "%d %s %s damaged=%t: %s\n", seed, truth.Kind, truth.Layout, truth.Damaged, how)
	}
}

// match counts the cases whose own region agrees with them, and those that have a
// region at all: one whose middle lies in the case, and in no other.
func match(regions []register.Region, truth registers.Truth, reading dossier.Reading) (hits, covered int) {
	for _, want := range truth.Entries {
		best, inside := 0.0, 0
		for _, r := range regions {
			have := onSheet(r.Box, truth, reading)
			best = max(best, share(have, want))
			x, y := have.X+have.W/2, have.Y+have.H/2
			if x > want.X && x < want.X+want.W && y > want.Y && y < want.Y+want.H {
				inside++
			}
		}
		if best >= 0.8 {
			hits++
		}
		if inside == 1 && best >= 0.5 {
			covered++
		}
	}
	return hits, covered
}

// onSheet brings a box of the upright page to millimetres of the drawn sheet, by
// way of the scan.
func onSheet(b dossier.Box, truth registers.Truth, reading dossier.Reading) registers.Rect {
	back, _ := truth.ToInput.Invert()
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, corner := range [][2]int{{b.X, b.Y}, {b.X + b.W, b.Y}, {b.X, b.Y + b.H}, {b.X + b.W, b.Y + b.H}} {
		x, y := back.Apply(reading.ToInput.Apply(float64(corner[0]), float64(corner[1])))
		x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
	}
	mm := 25.4 / float64(truth.DPI)
	return registers.Rect{X: x0 * mm, Y: y0 * mm, W: (x1 - x0) * mm, H: (y1 - y0) * mm}
}

// share is what two rectangles have in common, of what both cover.
func share(a, b registers.Rect) float64 {
	w := min(a.X+a.W, b.X+b.W) - max(a.X, b.X)
	h := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (a.W*a.H + b.W*b.H - w*h)
}

// gray is a bilevel image in gray, for JPEG.
func gray(img image.Image) image.Image {
	p, ok := img.(*image.Paletted)
	if !ok {
		return img
	}
	out := image.NewGray(p.Rect)
	for i, v := range p.Pix {
		r, _, _, _ := p.Palette[v].RGBA()
		out.Pix[i] = color.Gray{Y: uint8(r >> 8)}.Y
	}
	return out
}

func (m *measurement) report() string {
	text := ""
	for _, part := range []struct {
		name string
		t    tally
	}{{"rows of a table", m.rows}, {"blocks", m.blocks}} {
		t := part.t
		text += fmt.Sprintf("%s: %d pages, %d certain; %d of %d cases found, %d on pages for a person, %d passed over in silence, %d regions without a case",
			part.name, t.pages, t.certain, t.found, t.cases, t.offered, t.passedOver, t.phantom)
		if t.damaged > 0 {
			text += fmt.Sprintf("; of %d pages with a faint rule %d went to a person", t.damaged, t.caught)
		}
		text += "\n"
	}
	text += fmt.Sprintf("kind named right: %d of %d pages\n", m.named, m.rows.pages+m.blocks.pages)
	for _, d := range []register.Doubt{register.NoForm, register.Rules, register.Rows, register.Labels, register.Empty} {
		if n := m.doubts[d]; n > 0 {
			text += fmt.Sprintf("not certain for %s: %d pages\n", d, n)
		}
	}
	return text
}
