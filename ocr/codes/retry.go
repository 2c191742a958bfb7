package codes

import (
	"fmt"
	"image"
	"slices"

	"sohoa/dossier"
)

// How a code that cannot be read as it is gets a second chance. Drawn larger, and
// from finer pixels where there are some, modules have the pixels zbar needs.
// Bars are averaged along their length, which takes noise and ragged edges away
// and levels what leans: a bar code says the same in each of its lines.

// Finer draws a rectangle of the searched picture, so many times as large. back
// leads from its pixels to those of the searched picture.
type Finer func(at image.Rectangle, times float64) (p Picture, back dossier.Matrix, err error)

const (
	// goodModule is how many pixels a module is drawn with, mostTimes how much
	// larger at most.
	goodModule = 5.0
	mostTimes  = 5.0
	// barTimes is how much larger bars are drawn, whose modules are not known.
	barTimes = 3.0
	// mostRegions bounds what is spent on a page of stamps and halftones.
	mostRegions = 24
	// mostDrawn is how many pixels are drawn of one region.
	mostDrawn = 4_000_000
)

// Search finds the codes of a page on its copy of 150 dpi, each text once. finer
// may be nil.
func (s *Scanner) Search(p Picture, finer Finer) ([]Found, error) {
	if len(p.Gray) < p.W*p.H {
		return nil, fmt.Errorf("search codes: too few pixels")
	}
	var found []Found
	regions := seek(p)
	for _, r := range regions[:min(len(regions), mostRegions)] {
		if r.Rectangle = r.Intersect(p.bounds()); r.Empty() || read(found, r) {
			continue
		}
		more, err := s.at(p, r, finer)
		if err != nil {
			return nil, err
		}
		for _, f := range more {
			if !contains(found, f.Code) && len(found) < maxCodes {
				found = append(found, f)
			}
		}
	}
	return found, nil
}

// read tells whether a code was found in the middle of a region before.
func read(found []Found, r region) bool {
	middle := r.Min.Add(r.Max).Div(2)
	return slices.ContainsFunc(found, func(f Found) bool { return middle.In(f.box()) })
}

// box is the rectangle around a code.
func (f Found) box() image.Rectangle {
	box := image.Rectangle{}
	for _, p := range f.Outline {
		at := image.Pt(int(p[0]), int(p[1]))
		box = box.Union(image.Rectangle{at, at.Add(image.Pt(1, 1))})
	}
	return box
}

// at reads a region: as it is, larger, and bars averaged.
func (s *Scanner) at(p Picture, r region, finer Finer) ([]Found, error) {
	here := dossier.Matrix{1, 0, 0, 1, float64(r.Min.X), float64(r.Min.Y)}
	found, err := s.readFrom(p.crop(r.Rectangle), here)
	if err != nil || len(found) > 0 || finer == nil {
		return found, err
	}
	times := barTimes
	if !r.bars {
		times = min(max(goodModule/r.module, 1.5), mostTimes)
	}
	for pixels := float64(r.Dx() * r.Dy()); pixels*times*times > mostDrawn; {
		times /= 1.5
	}
	larger, back, err := finer(r.Rectangle, times)
	if err != nil {
		return nil, err
	}
	larger.stretch()
	if r.bars {
		return s.readLevel(larger, back)
	}
	if r.spot && !larger.hasFinder() {
		return nil, nil
	}
	return s.readFrom(larger, back)
}

// hasFinder tells whether a finder pattern is in a picture. What was only a dark spot
// shows its patterns when drawn large enough to be read; the decoder needs three of
// them, and takes longer to see that there is none.
func (p Picture) hasFinder() bool {
	if p.W < 4*tile || p.H < 4*tile {
		return true
	}
	s := newSurvey(p)
	return len(s.finders(s.ground())) > 0
}

// readFrom reads a picture whose pixels lie elsewhere.
func (s *Scanner) readFrom(p Picture, back dossier.Matrix) ([]Found, error) {
	found, err := s.Read(p)
	for i := range found {
		for j, at := range found[i].Outline {
			found[i].Outline[j][0], found[i].Outline[j][1] = back.Apply(at[0], at[1])
		}
	}
	return found, err
}

// stretch brings paper and ink to white and black, in place.
func (p Picture) stretch() {
	var counts [256]int
	for _, v := range p.Gray {
		counts[v]++
	}
	rank := func(n int) int {
		for v, c := range counts {
			if n -= c; n < 0 {
				return v
			}
		}
		return 255
	}
	low, high := rank(len(p.Gray)/50), rank(len(p.Gray)*9/10)
	if high-low < leastInk/2 {
		return
	}
	for i, v := range p.Gray {
		p.Gray[i] = uint8(min(max((int(v)-low)*255/(high-low), 0), 255))
	}
}
