package lept

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestComponents compares the components of dust and blobs with those that filling
// from every pixel finds, and what is kept by size with the pixels of these.
func TestComponents(t *testing.T) {
	const w, h = 131, 90
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(2, seed))
		black := blobs(random, w, h)
		if seed%2 == 0 {
			black = dust(random, w, h, 0.2+float64(seed)/40)
		}
		pix, err := New(w, h, 1)
		if err != nil {
			t.Fatal(err)
		}
		paint(pix, black)
		pieces := filled(black)
		boxes, err := pix.Components()
		if err != nil {
			t.Fatal(err)
		}
		var want []Box
		for _, p := range pieces {
			want = append(want, around(p))
		}
		if !slices.Equal(boxes, want) {
			t.Fatalf("seed %d: components %v, want %v", seed, boxes, want)
		}
		small, err := pix.Smaller(6, 4)
		kept(t, small, err, pieces, func(b Box) bool { return b.W <= 6 && b.H <= 4 })
		large, err := pix.Larger(6, 4)
		kept(t, large, err, pieces, func(b Box) bool { return b.W >= 6 || b.H >= 4 })
		pix.Close()
	}
}

type point struct{ x, y int }

func dust(random *rand.Rand, w, h int, share float64) [][]bool {
	black := make([][]bool, h)
	for y := range black {
		for range w {
			black[y] = append(black[y], random.Float64() < share)
		}
	}
	return black
}

// filled are the components by filling from one pixel after the other.
func filled(black [][]bool) (pieces [][]point) {
	seen := map[point]bool{}
	for y := range black {
		for x := range black[y] {
			if !black[y][x] || seen[point{x, y}] {
				continue
			}
			seen[point{x, y}] = true
			piece := []point{{x, y}}
			for i := 0; i < len(piece); i++ {
				for dy := -1; dy <= 1; dy++ {
					for dx := -1; dx <= 1; dx++ {
						n := point{piece[i].x + dx, piece[i].y + dy}
						if n.y >= 0 && n.y < len(black) && n.x >= 0 && n.x < len(black[0]) && black[n.y][n.x] && !seen[n] {
							seen[n] = true
							piece = append(piece, n)
						}
					}
				}
			}
			pieces = append(pieces, piece)
		}
	}
	return pieces
}

func around(piece []point) Box {
	x0, y0, x1, y1 := piece[0].x, piece[0].y, piece[0].x, piece[0].y
	for _, p := range piece {
		x0, y0, x1, y1 = min(x0, p.x), min(y0, p.y), max(x1, p.x), max(y1, p.y)
	}
	return Box{X: x0, Y: y0, W: x1 - x0 + 1, H: y1 - y0 + 1}
}

func kept(t *testing.T, pix *Pix, err error, pieces [][]point, keeps func(Box) bool) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer pix.Close()
	black := 0
	for _, piece := range pieces {
		keep := keeps(around(piece))
		for _, p := range piece {
			if isBlack(pix, p.x, p.y) != keep {
				t.Fatalf("pixel %v of a piece %v kept: %v, want %v", p, around(piece), !keep, keep)
			}
		}
		if keep {
			black += len(piece)
		}
	}
	if got := pix.Black(); got != black {
		t.Errorf("%d black pixels, want %d", got, black)
	}
}
