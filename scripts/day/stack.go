package main

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"sohoa/dossier"
	"sohoa/testdata/generate/forms"
	"sohoa/testdata/generate/noise"
	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/people"
)

// stack is one filling of the feeder: the images in order, and the dossiers
// they are of.
type stack struct {
	images []image
	files  []file
}

// image is what was read on one image, and the truth about it.
type image struct {
	input   int
	reading dossier.Reading
	of      *file
	paper   int    // in the dossier, from 0; meaningless for separators and backs
	kind    string // separator, blank, other or the kind of the paper
}

// file is the truth about one dossier.
type file struct {
	code      string
	procedure string   // code of the procedure that its slip names, where the catalogue has it
	kinds     []string // of its papers, foreign ones left out
	lost      bool     // the feeder swallowed a sheet that the separator counts
	slipless  bool
}

// One in so many. Guesses, all but the empty backs on the dark side of what
// offices tell: a day has to show what goes wrong.
const (
	oneMissing     = 7  // dossiers that lack a paper
	oneDoubled     = 20 // a paper is there twice
	oneForeign     = 12 // a paper of a kind that nobody knows
	oneWithCard    = 8  // the card of the applicant was left in the stack
	oneSlipless    = 12 // nobody printed a slip
	oneCodeless    = 30 // separators whose square code cannot be read
	oneUnreadable  = 80 // separators of which nothing can be read
	oneLostSheet   = 40 // the feeder took two sheets for one
	oneBack        = 4  // sheets turned over by a simplex scanner, empty behind
	oneOfOurForms  = 2  // papers in the wording the product was developed on
	dotsPerInch    = 300
	dayOfTheDay    = "260909"
	agencyOfTheDay = "H38.29"
)

// feed draws the dossiers from first up to last, without last. Stacks arrive by
// turns as loose images, as one file a dossier, and as one file for the lot; of
// two, one comes from a duplex scanner that keeps empty backs.
func (d *day) feed(first, last int) (*stack, error) {
	batch := first / inBatch
	f := feeder{day: d, duplex: batch%2 == 1, inputs: batch % 3, stack: &stack{files: make([]file, 0, last-first)}}
	for n := first; n < last; n++ {
		f.stack.files = append(f.stack.files, file{code: fmt.Sprintf("%s-%s-%04d", agencyOfTheDay, dayOfTheDay, n+1)})
		if err := f.dossier(&f.stack.files[len(f.stack.files)-1], n); err != nil {
			return nil, err
		}
	}
	return f.stack, nil
}

// The ways a stack arrives.
const (
	loose = iota
	fileADossier
	fileABatch
)

type feeder struct {
	*day
	stack  *stack
	duplex bool
	inputs int
	input  int
}

func (d *day) oneIn(n int) bool { return d.rng.IntN(n) == 0 }

// sheet is one sheet of a dossier: its printed sides.
type sheet struct {
	paper int
	kind  string
	sides []func(*paper.Sheet)
}

func (f *feeder) dossier(of *file, n int) error {
	procedures := forms.Procedures()
	procedure := procedures[f.rng.IntN(len(procedures))]
	m := forms.NewMatter(people.New(rand.New(rand.NewPCG(f.seed, uint64(n)+2))), procedure)
	m.Code = of.code
	sheets, err := f.sheets(of, m)
	if err != nil {
		return err
	}
	m.Sheets = len(sheets)
	if f.oneIn(oneLostSheet) && len(sheets) > 2 {
		at := 1 + f.rng.IntN(len(sheets)-1)
		sheets, of.lost = slices.Delete(sheets, at, at+1), true
	}
	separator, err := forms.New(dossier.KindSeparator, m)
	if err != nil {
		return err
	}
	if f.inputs == fileADossier {
		f.input++
	}
	for _, s := range append([]sheet{{kind: dossier.KindSeparator, sides: separator.Sides}}, sheets...) {
		if err := f.scan(of, s); err != nil {
			return err
		}
	}
	return nil
}

// sheets are the sheets behind the separator, the slip on top.
func (f *feeder) sheets(of *file, m *forms.Matter) ([]sheet, error) {
	kinds := slices.Clone(m.Procedure.Papers)
	f.rng.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	if f.oneIn(oneMissing) {
		kinds = kinds[1:]
	}
	if f.oneIn(oneDoubled) {
		kinds = append(kinds, kinds[f.rng.IntN(len(kinds))])
	}
	if f.oneIn(oneWithCard) {
		kinds = append(kinds, dossier.KindCitizenIDCard)
	}
	if f.oneIn(oneForeign) {
		kinds = slices.Insert(kinds, f.rng.IntN(len(kinds)+1), dossier.KindOther)
	}
	if of.slipless = f.oneIn(oneSlipless); !of.slipless {
		kinds = append([]string{dossier.KindReceiptSlip}, kinds...)
		of.procedure = f.named(m.Procedure.Title)
	}
	var all []sheet
	for n, kind := range kinds {
		drawn, err := f.drawn(kind, m)
		if err != nil {
			return nil, err
		}
		if kind != dossier.KindOther {
			of.kinds = append(of.kinds, kind)
		}
		all = append(all, sheet{paper: n, kind: kind, sides: drawn.Sides})
	}
	return all, nil
}

// named is the code of the one procedure of that name.
func (d *day) named(title string) string {
	for _, p := range d.cat.Procedures() {
		if p.Name == title {
			return p.Code
		}
	}
	return ""
}

// drawn is a paper of the kind, half of the time in a wording that nothing was
// developed on. The fresh slip names one procedure only, so slips are ours.
func (f *feeder) drawn(kind string, m *forms.Matter) (forms.Paper, error) {
	fresh := f.fresh[kind]
	known := slices.Contains(forms.Kinds(), kind)
	if kind == dossier.KindReceiptSlip || len(fresh) == 0 || known && f.oneIn(oneOfOurForms) {
		return forms.New(kind, m)
	}
	return forms.NewFresh(fresh[f.rng.IntN(len(fresh))], m)
}

func freshByKind() (map[string][]string, error) {
	names, err := forms.FreshNames()
	if err != nil {
		return nil, err
	}
	all := map[string][]string{}
	for _, name := range names {
		drawn, err := forms.NewFresh(name, forms.NewMatter(people.New(rand.New(rand.NewPCG(1, 1))), forms.Procedures()[0]))
		if err != nil {
			return nil, err
		}
		all[drawn.Kind] = append(all[drawn.Kind], name)
	}
	return all, nil
}

// scan puts the images of a sheet on the stack: its printed sides, and the empty
// back where the scanner gives one.
func (f *feeder) scan(of *file, s sheet) error {
	for _, draw := range s.sides {
		drawn := paper.Layout(f.fonts, dotsPerInch, f.rng)
		draw(drawn)
		_, lines, err := drawn.Finish()
		if err != nil {
			return fmt.Errorf("%s: %w", s.kind, err)
		}
		size := drawn.Size()
		read := f.noise.Read(noise.Page{Lines: lines, Codes: drawn.Codes(), Width: size.X, Height: size.Y, DPI: dotsPerInch}, f.strength, f.rng)
		if s.kind == dossier.KindSeparator {
			f.damage(&read)
		}
		f.put(of, s.paper, s.kind, read)
	}
	if len(s.sides) == 1 && (f.duplex || s.kind != dossier.KindSeparator && f.oneIn(oneBack)) {
		f.put(of, s.paper, dossier.KindBlank, dossier.Reading{
			Page: 1, Part: 1, Width: 2480, Height: 3508, DPI: dotsPerInch, DPISource: "tag", ToInput: dossier.Identity(), Blank: true,
		})
	}
	return nil
}

// damage is what crumpled and faded separators read like.
func (f *feeder) damage(r *dossier.Reading) {
	if f.oneIn(oneCodeless) {
		r.Codes = nil
	}
	if f.oneIn(oneUnreadable) {
		r.Codes, r.Words, r.Text = nil, nil, ""
	}
}

func (f *feeder) put(of *file, number int, kind string, read dossier.Reading) {
	if f.inputs == loose {
		f.input++
	}
	f.stack.images = append(f.stack.images, image{input: f.input, reading: read, of: of, paper: number, kind: kind})
}
