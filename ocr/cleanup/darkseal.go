package cleanup

import (
	"math"

	"sohoa/ocr/decode"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
	"sohoa/ocr/seal"
)

// Seals as dark as print, as black-and-white scanners make them. What of one is
// drawn as print never is goes off what is read: its circles, where no stroke
// crosses them (circles.go), and the letters between them, unless they stand in
// a row with print (inscription.go). All else inside of it may be print, and
// stays.

// sealAround is how far around a seal, in inches, print is looked at.
const sealAround = 0.35

// tag is how the file says that a picture lies.
type tag struct {
	mirrored bool
	degrees  int // of the turn that undoes it
}

func tagOf(o decode.Orientation) tag {
	mirrored, degrees := o.Turn()
	return tag{mirrored, degrees}
}

// clearSeals takes the seals that are as dark as print off the picture to read
// and off the ink of the measuring copy, which lies as the tag of the file says.
func (s *straightener) clearSeals(sheet *sheet) error {
	if len(s.dark) == 0 {
		return nil
	}
	mask, err := lept.New(sheet.even.Width(), sheet.even.Height(), 1)
	if err != nil {
		return err
	}
	defer func() { mask.Close() }()
	print := quantile(s.pix.Histogram(), printShare)
	for _, ring := range s.dark {
		if err := s.clearSeal(mask, ring, print); err != nil {
			return err
		}
	}
	if err := s.tag.undo(&mask); err != nil {
		return err
	}
	sheet.binary.Clear(mask, 0, 0)
	return nil
}

// clearSeal takes one seal off the picture, and makes its place black in a mask.
func (s *straightener) clearSeal(mask *lept.Pix, ring seal.Ring, print int) error {
	p, err := cutAround(s.pix, ring, s.dpi, sealAround)
	if err != nil {
		return err
	}
	d := newDisc(p, byte((print+int(p.paper))/2))
	d.along, d.down = s.pose.axes()
	s.noteSeal(d)
	d.clear()
	d.whiten()
	cleared, err := lept.New(d.at.W, d.at.H, 8)
	if err != nil {
		return err
	}
	defer cleared.Close()
	if err := cleared.SetRows(d.pix, d.at.W, 1); err != nil {
		return err
	}
	s.pix.Paste(cleared, d.at.X, d.at.Y)
	return d.mark(mask)
}

// noteSeal tells where a seal is on the upright page.
func (s *straightener) noteSeal(d *disc) {
	upright, ok := s.pose.back.Invert()
	if !ok {
		return
	}
	f := measure.DPI / s.dpi
	x, y := upright.Apply(float64(d.at.X)+d.x, float64(d.at.Y)+d.y)
	side := int(2 * d.out * f)
	s.page.Sealed = append(s.page.Sealed, lept.Box{X: int((x - d.out) * f), Y: int((y - d.out) * f), W: side, H: side})
}

// vector is a direction of the length of a pixel.
type vector struct{ x, y float64 }

// axes are the directions in which the upright page is read, in its picture.
func (p pose) axes() (along, down vector) {
	return vector{p.back[0], p.back[1]}, vector{p.back[2], p.back[3]}
}

// disc is a seal as it is looked at from its middle.
type disc struct {
	*patch
	ink         []bool // what is dark as print
	gone        []bool // what is taken away of that
	rays        []ray
	out         float64 // the edge of the outermost circle, on rays of width 1
	along, down vector
}

// ray is a direction from the middle, and by how much circles are wider in it.
type ray struct{ sin, cos, wide float64 }

func newDisc(p *patch, level byte) *disc {
	d := &disc{patch: p, ink: make([]bool, len(p.pix)), gone: make([]bool, len(p.pix)), rays: make([]ray, sealDirections), out: p.r}
	for i, v := range p.pix {
		d.ink[i] = v < level
	}
	for k := range d.rays {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / sealDirections)
		d.rays[k] = ray{sin, cos, 1}
	}
	d.fit()
	return d
}

// clear marks what is the seal's.
func (d *disc) clear() {
	circles := d.circles()
	if len(circles) == 0 {
		return
	}
	for _, c := range circles {
		d.clearCircle(c)
	}
	d.clearInscription(d.rim(circles), d.pieces())
}

// whiten paints what is gone with paper, and its edge but for that of print.
func (d *disc) whiten() {
	edge := int(math.Round(printEdge * d.dpi))
	for i, gone := range d.gone {
		if !gone {
			continue
		}
		d.pix[i] = d.paper
		x, y := i%d.at.W, i/d.at.W
		for v := max(0, y-edge); v <= min(d.at.H-1, y+edge); v++ {
			for u := max(0, x-edge); u <= min(d.at.W-1, x+edge); u++ {
				if n := v*d.at.W + u; !d.ink[n] && d.pix[n] < d.paper && !d.besidePrint(u, v) {
					d.pix[n] = d.paper
				}
			}
		}
	}
}

// besidePrint tells whether ink that stays is next to a pixel.
func (d *disc) besidePrint(x, y int) bool {
	for v := max(0, y-1); v <= min(d.at.H-1, y+1); v++ {
		for u := max(0, x-1); u <= min(d.at.W-1, x+1); u++ {
			if n := v*d.at.W + u; d.ink[n] && !d.gone[n] {
				return true
			}
		}
	}
	return false
}

// mark makes the pixels of a mask of the measuring copy black in which ink is
// gone and none is left. Ink at the edge of a pixel may be half in the next.
func (d *disc) mark(mask *lept.Pix) error {
	f := measure.DPI / d.dpi
	x0, y0 := int(float64(d.at.X)*f), int(float64(d.at.Y)*f)
	w, h := int(float64(d.at.W)*f)+2, int(float64(d.at.H)*f)+2
	rows := make([]byte, w*h)
	for i := range rows {
		rows[i] = 255
	}
	set := func(x, y float64, v byte) {
		i, j := int(f*(float64(d.at.X)+x))-x0, int(f*(float64(d.at.Y)+y))-y0
		if i >= 0 && j >= 0 && i < w && j < h {
			rows[j*w+i] = v
		}
	}
	for i, gone := range d.gone {
		if x, y := float64(i%d.at.W), float64(i/d.at.W); gone {
			set(x-0.5, y-0.5, 0)
			set(x+1.5, y-0.5, 0)
			set(x-0.5, y+1.5, 0)
			set(x+1.5, y+1.5, 0)
		}
	}
	for i, ink := range d.ink {
		if ink && !d.gone[i] {
			set(float64(i%d.at.W)+0.5, float64(i/d.at.W)+0.5, 255)
		}
	}
	gray, err := lept.New(w, h, 8)
	if err != nil {
		return err
	}
	defer gray.Close()
	if err := gray.SetRows(rows, w, 1); err != nil {
		return err
	}
	bits, err := gray.Threshold(128)
	if err != nil {
		return err
	}
	defer bits.Close()
	mask.Paste(bits, x0, y0)
	return nil
}
