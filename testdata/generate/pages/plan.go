// Package pages makes whole batches of scans: it plans which sheets an office
// would feed, in which order, has them printed (package forms), scanned
// (package scan) and encoded (package encode), and writes the exact truth about
// every image beside them.
//
// Start at [Generate]. One seed always yields the same bytes.
package pages

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"sohoa/testdata/generate/forms"
	"sohoa/testdata/generate/people"
)

// Blank is the kind of a side with nothing on it.
const Blank = "blank"

// kindSeparator is treated apart: it is never stamped and counts as no paper.
const kindSeparator = "separator"

// container is how the images of a dossier reach the office's folder.
type container int

const (
	loose container = iota // one file an image
	inTIFF
	inPDF
)

// file is one file to be written, of one or more images.
type file struct {
	name   string // without its ending
	holds  container
	images []side
}

// side is one image: a side of a sheet that goes through the scanner.
type side struct {
	serial    uint64 // seeds everything random about this image
	kind      string
	paper     forms.Paper
	index     int // of the side in its paper, from 0
	matter    *forms.Matter
	component int // 0 for a separator, then 1, 2… within the dossier
}

// plan lays out the batch.
func plan(options Options) ([]file, error) {
	p := planner{seed: options.Seed}
	if options.Fresh > 0 {
		return p.fresh(options.Fresh)
	}
	if options.Kind != All {
		return p.single(options.Kind, options.Dossiers)
	}
	// The last two procedures come as a network scanner delivers them: one
	// file for the whole stack.
	containers := []container{inTIFF, inPDF}
	procedures := forms.Procedures()
	stacked := len(procedures) - len(containers)
	for i := range options.Dossiers {
		if err := p.dossier(procedures[i%stacked], loose); err != nil {
			return nil, err
		}
	}
	for i, holds := range containers {
		if err := p.dossier(procedures[stacked+i], holds); err != nil {
			return nil, err
		}
	}
	return p.files, nil
}

type planner struct {
	seed    uint64
	serial  uint64
	matters uint64
	files   []file
}

// Streams of random numbers that must not meet: matters and images.
const (
	matterStream = 1 << 40
	imageStream  = 1 << 41
	backStream   = 1 << 42
)

func (p *planner) matter(procedure forms.Procedure) *forms.Matter {
	p.matters++
	return forms.NewMatter(people.New(rand.New(rand.NewPCG(p.seed, matterStream+p.matters))), procedure)
}

// dossier plans separator, slip and papers of one dossier. Some sheets went
// through a duplex scanner and bring a blank back; the first paper always
// does.
func (p *planner) dossier(procedure forms.Procedure, holds container) error {
	matter := p.matter(procedure)
	kinds := append([]string{kindSeparator, "receipt_slip"}, procedure.Papers...)
	matter.Sheets = len(kinds) - 1
	choice := rand.New(rand.NewPCG(p.seed, backStream+p.matters))
	var stack []side
	for component, kind := range kinds {
		drawn, err := forms.New(kind, matter)
		if err != nil {
			return err
		}
		for i := range drawn.Sides {
			stack = append(stack, p.side(kind, drawn, i, matter, component))
		}
		if one := len(drawn.Sides) == 1; one && component > 0 && (component == 2 || choice.IntN(4) == 0) {
			stack = append(stack, p.side(Blank, drawn, 0, matter, component))
		}
	}
	p.add(stack, procedure.Name, holds)
	return nil
}

func (p *planner) side(kind string, drawn forms.Paper, index int, matter *forms.Matter, component int) side {
	p.serial++
	return side{serial: p.serial, kind: kind, paper: drawn, index: index, matter: matter, component: component}
}

// add names the files: numbers in feeding order, then what the file holds.
func (p *planner) add(stack []side, name string, holds container) {
	if holds != loose {
		p.files = append(p.files, file{name: p.number(name), holds: holds, images: stack})
		return
	}
	for _, one := range stack {
		name := one.kind
		if one.index > 0 {
			name = fmt.Sprintf("%s_%d", name, one.index+1)
		}
		p.files = append(p.files, file{name: p.number(name), images: []side{one}})
	}
}

func (p *planner) number(name string) string { return fmt.Sprintf("%03d_%s", len(p.files)+1, name) }

// single plans papers of one kind only, each of a matter of its own.
func (p *planner) single(kind string, count int) ([]file, error) {
	for range count {
		procedure := forms.ProcedureWith(kind)
		matter := p.matter(procedure)
		matter.Sheets = len(procedure.Papers) + 1
		printed := kind
		if kind == Blank {
			printed = procedure.Papers[0]
		}
		drawn, err := forms.New(printed, matter)
		if err != nil {
			return nil, fmt.Errorf("%w, %s", err, Blank)
		}
		for i := range drawn.Sides {
			p.add([]side{p.side(kind, drawn, i, matter, 1)}, kind, loose)
		}
	}
	return slices.Clip(p.files), nil
}

// fresh plans papers of the templates kept for measuring, one after the other.
func (p *planner) fresh(count int) ([]file, error) {
	names, err := forms.FreshNames()
	if err != nil {
		return nil, err
	}
	for i := range count {
		name := names[i%len(names)]
		matter := p.matter(forms.Procedures()[0])
		drawn, err := forms.NewFresh(name, matter)
		if err != nil {
			return nil, err
		}
		p.add([]side{p.side(drawn.Kind, drawn, 0, matter, 1)}, name, loose)
	}
	return p.files, nil
}
