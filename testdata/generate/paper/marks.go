package paper

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"github.com/skip2/go-qrcode"
)

// The inks of an office.
var (
	SealRed   = color.RGBA{R: 205, G: 30, B: 45, A: 255}
	PenBlue   = color.RGBA{R: 25, G: 45, B: 150, A: 255}
	SerialRed = color.RGBA{R: 190, G: 25, B: 35, A: 255}
)

// QR prints a code whose side, with its quiet zone, is about side millimetres;
// it is rounded down to whole pixels per module, as label printers do.
func (s *Sheet) QR(x, y, side float64, text string) {
	s.codes = append(s.codes, text)
	if s.img == nil {
		return
	}
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		s.Fail(fmt.Errorf("QR code: %w", err))
		return
	}
	modules := code.Bitmap()
	step := s.px(side) / len(modules)
	if step < 2 {
		s.Fail(fmt.Errorf("QR code: %d modules do not fit %.0f mm", len(modules), side))
		return
	}
	for row := range modules {
		for column, dark := range modules[row] {
			if dark {
				at := image.Pt(s.px(x)+column*step, s.px(y)+row*step)
				draw.Draw(s.img, image.Rectangle{Min: at, Max: at.Add(image.Pt(step, step))}, image.Black, image.Point{}, draw.Src)
			}
		}
	}
}

// Frame draws the ornamental border of a certificate: two lines and a chain of
// diamonds between them.
func (s *Sheet) Frame(inset float64, ink color.Color) {
	if s.img == nil {
		return
	}
	const gap, pitch = 4.0, 4.6
	for _, in := range []float64{inset, inset + gap} {
		w, h := Width-2*in, Height-2*in
		for _, r := range [][4]float64{{in, in, w, 0.5}, {in, in + h, w, 0.5}, {in, in, 0.5, h}, {in + w, in, 0.5, h}} {
			s.fill(r[0], r[1], r[2], r[3], ink)
		}
	}
	middle := inset + gap/2
	for x := middle + pitch; x < Width-middle; x += pitch {
		s.diamond(x, middle, ink)
		s.diamond(x, Height-middle, ink)
	}
	for y := middle + pitch; y < Height-middle; y += pitch {
		s.diamond(middle, y, ink)
		s.diamond(Width-middle, y, ink)
	}
}

func (s *Sheet) diamond(x, y float64, ink color.Color) {
	const half = 1.3
	p := s.plate(x, y, half)
	p.polygon([]point{{0, -half}, {half, 0}, {0, half}, {-half, 0}})
	s.stain(p, ink, 0)
}

// Seal stamps the round red seal of an office, 35 mm across, a little turned
// and unevenly inked, over whatever is printed there. Upper and lower run
// along its edge. Seals are no part of the truth.
func (s *Sheet) Seal(x, y float64, upper, lower string) {
	if s.img == nil {
		return
	}
	const radius = 17.5
	p := s.plate(x, y, radius)
	for _, ring := range [][2]float64{{radius - 0.3, radius - 1.1}, {radius - 1.5, radius - 1.8}, {radius * 0.60, radius*0.60 - 0.3}} {
		p.circle(ring[0], true)
		p.circle(ring[1], false)
	}
	p.star(radius * 0.42)
	turn := (s.hand.Float64() - 0.5) * 0.5
	s.arcText(p, upper, radius*0.71, turn-math.Pi/2, false)
	s.arcText(p, lower, radius*0.83, turn+math.Pi/2, true)
	s.stain(p, SealRed, 0.35)
}

// Sign writes a signature around (x, y): a few loops that lose height, leaning
// as the hand leans, then a flourish or none.
func (s *Sheet) Sign(x, y float64, ink color.Color) {
	if s.img == nil {
		return
	}
	const half = 26
	p := s.plate(x, y, half)
	pen := 0.28 + 0.2*s.hand.Float64()
	loops := 2 + s.hand.IntN(6)
	height, lean, width := 5+7*s.hand.Float64(), 6*(s.hand.Float64()-0.35), 16+12*s.hand.Float64()
	knots := []point{{-15 - 4*s.hand.Float64(), 6*s.hand.Float64() - 2}}
	for i := range loops {
		at := -14 + width*float64(i)/float64(loops)
		tall := height * (1 - 0.75*float64(i)/float64(loops)) * (0.4 + 0.8*s.hand.Float64())
		knots = append(knots, point{at + lean, -tall}, point{at + 5*s.hand.Float64() - lean/2, tall * (0.2 + 0.6*s.hand.Float64())})
	}
	p.stroke(append(knots, s.flourish()...), pen)
	s.stain(p, ink, 0.1)
}

// flourish ends a signature: a line back under it, a loop, or a last dash.
func (s *Sheet) flourish() []point {
	reach := 12 + 8*s.hand.Float64()
	switch s.hand.IntN(3) {
	case 0:
		return []point{{reach, -2 - 3*s.hand.Float64()}, {6, 6}, {-14, 7 + 2*s.hand.Float64()}, {reach, 5}}
	case 1:
		return []point{{reach, -6}, {reach + 3, 0}, {reach - 4, 4}, {reach - 10, -1}, {reach + 2, -3}}
	}
	return []point{{reach, -1 - 2*s.hand.Float64()}}
}
