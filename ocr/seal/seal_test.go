package seal

import (
	"math"
	"math/rand/v2"
	"testing"
)

// canvas is white paper to draw on.
func canvas() Picture {
	p := Picture{W: 1240, H: 1754}
	p.Pix = make([]byte, p.W*p.H)
	for i := range p.Pix {
		p.Pix[i] = 245
	}
	return p
}

// circle draws a part of a line two pixels wide.
func (p Picture) circle(x, y, r, part float64, ink byte) {
	for a := 0.0; a < part; a += 1 / (8 * r) {
		sin, cos := math.Sincos(2 * math.Pi * a)
		for d := -1.0; d <= 1; d += 0.5 {
			p.Pix[int(y+(r+d)*sin)*p.W+int(x+(r+d)*cos)] = ink
		}
	}
}

// print draws lines of strokes as dense as print.
func (p Picture) print(random *rand.Rand, ink byte) {
	for y := 60; y < p.H-60; y += 32 {
		for x := 60; x < p.W-60; x += 5 + random.IntN(6) {
			for dy := range 10 + random.IntN(10) {
				p.Pix[(y+dy)*p.W+x], p.Pix[(y+dy)*p.W+x+1] = ink, ink
			}
			for dx := range 4 {
				p.Pix[(y+random.IntN(16))*p.W+x+dx] = ink
			}
		}
	}
}

// dust puts noise of so many levels on the paper.
func (p Picture) dust(random *rand.Rand, levels int) {
	for i, v := range p.Pix {
		p.Pix[i] = byte(min(255, max(0, int(v)+random.IntN(2*levels+1)-levels)))
	}
}

func TestSealsAreFoundWhereTheyAre(t *testing.T) {
	tests := []struct {
		name     string
		x, y, r  float64
		part     float64 // of the circle that is drawn
		ink      byte
		on       byte // ink of print below it, 0 for none
		grain    int
		tolerate float64
	}{
		{"plain", 800, 1200, 106, 1, 60, 0, 0, 1.5},
		{"the smallest", 300, 300, 82, 1, 60, 0, 0, 1.5},
		{"the largest", 900, 300, 125, 1, 60, 0, 0, 1.5},
		{"pale", 700, 900, 103, 1, 205, 0, 3, 1.5},
		{"on print", 620, 800, 106, 1, 120, 40, 4, 2},
		{"a quarter worn off", 400, 1000, 106, 0.75, 90, 0, 3, 2.5},
		{"grainy", 400, 500, 100, 1, 130, 0, 12, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			p := canvas()
			if tt.on != 0 {
				p.print(random, tt.on)
			}
			p.circle(tt.x, tt.y, tt.r, tt.part, tt.ink)
			p.dust(random, tt.grain)
			got := Find(p)
			if len(got) != 1 {
				t.Fatalf("found %v, want one ring", got)
			}
			if off := math.Hypot(got[0].X-tt.x, got[0].Y-tt.y); off > tt.tolerate || math.Abs(got[0].R-tt.r) > tt.tolerate {
				t.Errorf("found %+v, want a ring of %v at %v, %v", got[0], tt.r, tt.x, tt.y)
			}
		})
	}
}

func TestOfTwoRingsTheOuterIsTheSeal(t *testing.T) {
	p := canvas()
	p.circle(700, 700, 78, 1, 60)
	p.circle(700, 700, 104, 1, 60)
	got := Find(p)
	if len(got) != 1 || math.Abs(got[0].R-104) > 1.5 {
		t.Errorf("found %v, want the ring of 104 alone", got)
	}
}

func TestTwoSealsOfAPage(t *testing.T) {
	p := canvas()
	p.circle(300, 700, 104, 1, 60)
	p.circle(900, 720, 90, 1, 90)
	if got := Find(p); len(got) != 2 {
		t.Errorf("found %v, want two", got)
	}
}

func TestWhatIsNoSeal(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	tests := map[string]func(Picture){
		"nothing":        func(Picture) {},
		"print":          func(p Picture) { p.print(random, 30) },
		"half a circle":  func(p Picture) { p.circle(600, 600, 104, 0.5, 60) },
		"a punched hole": func(p Picture) { p.circle(600, 600, 20, 1, 60) },
		"a large circle": func(p Picture) { p.circle(600, 600, 250, 1, 60) },
		"a frame": func(p Picture) {
			for i := range 210 {
				for d := range 3 {
					p.Pix[(500+d)*p.W+500+i], p.Pix[(710+d)*p.W+500+i] = 40, 40
					p.Pix[(500+i)*p.W+500+d], p.Pix[(500+i)*p.W+710+d] = 40, 40
				}
			}
		},
	}
	for name, draw := range tests {
		t.Run(name, func(t *testing.T) {
			p := canvas()
			draw(p)
			if got := Find(p); len(got) != 0 {
				t.Errorf("found %v", got)
			}
		})
	}
}

func TestTinyPicturesHaveNoSeal(t *testing.T) {
	for _, side := range []int{0, 1, 3, 4, 9, 50} {
		if got := Find(Picture{Pix: make([]byte, side*side), W: side, H: side}); len(got) != 0 {
			t.Errorf("%d pixels wide: found %v", side, got)
		}
	}
}
