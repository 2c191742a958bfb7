package cleanup

import (
	"math"
	"slices"

	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
	"sohoa/ocr/seal"
)

// What is read through a round seal. Where no red tells its ink, its ring tells
// its place (package seal), and there what is clearly lighter than the print of
// the page is the seal's: it is painted over with the paper, but for the edges
// of print. Seals as dark as print are left to darkseal.go.
const (
	printShare = 0.01 // of the pixels of a page, the darkest: the middle of its strokes
	// sealRay is the quantile, from the dark end, of what rays meet at the ring,
	// which print crosses here and there.
	sealRay    = 0.25
	sealRays   = 180
	sealRing   = 0.008 // inches to either side in which the ring is looked for
	sealEdge   = 0.04  // inches around the ring that are still the seal's
	leastShade = 40    // levels by which a seal must be lighter than print
	printEdge  = 0.007 // inches around print that are its own
)

// fadeSeals takes round seals paler than print off what is read, in place, and
// keeps the places of the others.
func (s *straightener) fadeSeals(sheet *sheet) error {
	if s.without == Seals {
		return nil
	}
	rows, err := sheet.even.GrayRows(nil)
	if err != nil {
		return err
	}
	rings := seal.Find(seal.Picture{Pix: rows, W: sheet.even.Width(), H: sheet.even.Height()})
	if len(rings) == 0 {
		return nil
	}
	print := quantile(s.pix.Histogram(), printShare)
	for _, ring := range rings {
		if err := s.fade(sheet, ring, print); err != nil {
			return err
		}
	}
	return nil
}

// fade takes one seal off the picture to read and off the masks of the sheet.
func (s *straightener) fade(sheet *sheet, ring seal.Ring, print int) error {
	p, err := cutOut(s.pix, ring, s.dpi)
	if err != nil {
		return err
	}
	ink := p.ringLevel()
	if ink-print < leastShade {
		if s.without != DarkSeals {
			s.dark = append(s.dark, ring)
		}
		return nil
	}
	faded, err := p.fade((ink + print) / 2)
	if err != nil {
		return err
	}
	defer faded.Close()
	s.pix.Paste(faded, p.at.X, p.at.Y)
	return clearAlike(sheet, p, faded)
}

// patch is the square of a picture in which a seal lies.
type patch struct {
	pix     []byte
	at      lept.Box // in the picture
	x, y, r float64  // of the ring, in pixels of the patch
	dpi     float64
	paper   byte
}

func cutOut(pix *lept.Pix, ring seal.Ring, dpi float64) (*patch, error) {
	return cutAround(pix, ring, dpi, sealEdge)
}

// cutAround is the square with so many inches around the ring.
func cutAround(pix *lept.Pix, ring seal.Ring, dpi, edge float64) (*patch, error) {
	f := dpi / measure.DPI
	r := ring.R*f + edge*dpi
	x0, y0 := max(0, int(ring.X*f-r)), max(0, int(ring.Y*f-r))
	x1, y1 := min(pix.Width(), int(ring.X*f+r)+1), min(pix.Height(), int(ring.Y*f+r)+1)
	p := &patch{at: lept.Box{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}, x: ring.X*f - float64(x0), y: ring.Y*f - float64(y0), r: ring.R * f, dpi: dpi}
	cut, err := pix.Crop(p.at)
	if err != nil {
		return nil, err
	}
	defer cut.Close()
	p.paper = byte(quantile(cut.Histogram(), 0.5))
	p.pix, err = cut.GrayRows(nil)
	return p, err
}

// ringLevel is the gray of the ring.
func (p *patch) ringLevel() int {
	levels := make([]int, 0, sealRays)
	reach := sealRing * p.dpi
	for i := range sealRays {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / sealRays)
		darkest := 255
		for d := -reach; d <= reach; d++ {
			x, y := int(p.x+(p.r+d)*cos), int(p.y+(p.r+d)*sin)
			if x >= 0 && y >= 0 && x < p.at.W && y < p.at.H {
				darkest = min(darkest, int(p.pix[y*p.at.W+x]))
			}
		}
		levels = append(levels, darkest)
	}
	slices.Sort(levels)
	return levels[int(sealRay*sealRays)]
}

// fade paints all of the disc with paper that is no print, nor the edge of it.
func (p *patch) fade(darkest int) (*lept.Pix, error) {
	out, err := lept.New(p.at.W, p.at.H, 8)
	if err != nil {
		return nil, err
	}
	if err := p.paint(out, darkest); err != nil {
		out.Close()
		return nil, err
	}
	return out, nil
}

func (p *patch) paint(out *lept.Pix, darkest int) error {
	if err := out.SetRows(p.pix, p.at.W, 1); err != nil {
		return err
	}
	core, err := out.Threshold(darkest)
	if err != nil {
		return err
	}
	defer core.Close()
	side := 2*int(math.Round(printEdge*p.dpi)) + 1
	print, err := core.Dilate(side, side)
	if err != nil {
		return err
	}
	defer print.Close()
	words, stride := print.Words(), print.Stride()
	within := p.r + sealEdge*p.dpi
	for y := range p.at.H {
		for x := range p.at.W {
			if math.Hypot(float64(x)-p.x, float64(y)-p.y) > within {
				continue
			}
			if words[y*stride+x/32]>>(31-x%32)&1 == 0 {
				p.pix[y*p.at.W+x] = p.paper
			}
		}
	}
	return out.SetRows(p.pix, p.at.W, 1)
}

// clearAlike clears the masks of the sheet where the patch has no ink any more.
func clearAlike(sheet *sheet, p *patch, faded *lept.Pix) error {
	f := measure.DPI / p.dpi
	small, err := faded.Scale(f, f)
	if err != nil {
		return err
	}
	defer small.Close()
	small.Invert()
	level := 255 - int(p.paper)*inkThreshold/paperValue
	gone, err := small.Threshold(level)
	if err != nil {
		return err
	}
	defer gone.Close()
	x, y := int(math.Round(float64(p.at.X)*f)), int(math.Round(float64(p.at.Y)*f))
	sheet.binary.Clear(gone, x, y)
	sheet.text.Clear(gone, x, y)
	return nil
}

// quantile is the value below which that share of a histogram lies.
func quantile(counts [256]int, share float64) int {
	all := 0
	for _, n := range counts {
		all += n
	}
	below := 0
	for v, n := range counts {
		if below += n; float64(below) >= share*float64(all) {
			return v
		}
	}
	return 255
}
