package paper

import "image/color"

// Write fills a strip of the sheet with what looks like words written by hand:
// (x, y) is its left end on the baseline, high the height of a small letter.
// Nothing can be read in it, and it is no part of the truth.
func (s *Sheet) Write(x, y, w, high float64, ink color.Color) {
	if s.img == nil {
		return
	}
	pen := 0.28 + 0.18*s.hand.Float64()
	for end := x + w; x < end; {
		word := min(high*(3+7*s.hand.Float64()), end-x)
		if word < 2*high {
			return
		}
		s.writeWord(x, y, word, high, pen, ink)
		x += word + high*(0.7+0.6*s.hand.Float64())
	}
}

// writeWord draws arches and loops, some of which rise or fall like the long
// letters, with a mark above now and then.
func (s *Sheet) writeWord(x, y, w, high, pen float64, ink color.Color) {
	half := w/2 + 2*high
	p := s.plate(x+w/2, y, half)
	left := -w / 2
	knots := []point{{left, 0}}
	for at := left; at < w/2; at += high * (0.55 + 0.35*s.hand.Float64()) {
		up, down := high, 0.0
		switch s.hand.IntN(7) {
		case 0:
			up = 2 * high
		case 1:
			down = 0.9 * high
		}
		knots = append(knots, point{at + 0.15*high, -up}, point{at + 0.45*high, down})
	}
	p.stroke(knots, pen)
	if s.hand.IntN(2) == 0 {
		at := left + w*s.hand.Float64()*0.8
		p.stroke([]point{{at, -1.5 * high}, {at + 0.4*high, -1.8 * high}, {at + 0.7*high, -1.5 * high}}, pen)
	}
	s.stain(p, ink, 0.1)
}

// Digits writes a number by hand, n signs of it.
func (s *Sheet) Digits(x, y float64, n int, high float64, ink color.Color) {
	if s.img == nil {
		return
	}
	for i := range n {
		at := x + float64(i)*1.3*high
		p := s.plate(at, y, 3*high)
		knots := []point{{-0.2 * high, -1.3 * high}, {0.3 * high, -1.6 * high}, {0.1 * high, -0.8 * high}, {0.3 * high, -0.2 * high}, {-0.2 * high, 0}}
		if s.hand.IntN(3) == 0 {
			knots = []point{{-0.1 * high, -1.3 * high}, {0.15 * high, -1.6 * high}, {0.1 * high, 0}}
		}
		p.stroke(knots, 0.32+0.15*s.hand.Float64())
		s.stain(p, ink, 0.05)
	}
}

// Upright draws a straight rule down the sheet, Faint one across it of which only
// parts took ink.
func (s *Sheet) Upright(x, y, h, thickness float64) {
	s.fill(x-thickness/2, y, thickness, h, color.Black)
}

// Faint draws a rule of which the given share is left, in pieces.
func (s *Sheet) Faint(x, y, w, thickness, share float64) {
	const piece = 9.0
	for at := x; at < x+w; at += piece {
		if s.hand.Float64() < share {
			s.Rule(at, y, min(piece, x+w-at), thickness)
		}
	}
}
