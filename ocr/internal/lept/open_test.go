package lept

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestBricks compares opening and closing with their definitions: black stays where
// a brick of black lies over it, white where one of white does, also over an edge.
func TestBricks(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 7}, {9, 1}, {5, 5}, {22, 4}, {33, 1}, {70, 2}, {100, 3}, {3, 64}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			const w, h = 97, 61
			random := rand.New(rand.NewPCG(1, uint64(size[0]*100+size[1])))
			pix, err := New(w, h, 1)
			if err != nil {
				t.Fatal(err)
			}
			defer pix.Close()
			black := blobs(random, w, h)
			paint(pix, black)
			opened, err := pix.OpenBrick(size[0], size[1])
			same(t, "opened", opened, err, openedByDefinition(black, size[0], size[1]))
			closed, err := pix.CloseBrick(size[0], size[1])
			same(t, "closed", closed, err, closedByDefinition(black, size[0], size[1]))
		})
	}
}

func same(t *testing.T, what string, pix *Pix, err error, want [][]bool) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer pix.Close()
	for y := range want {
		for x := range want[y] {
			if got := isBlack(pix, x, y); got != want[y][x] {
				t.Fatalf("%s: at %d, %d black is %v, want %v", what, x, y, got, want[y][x])
			}
		}
	}
}

// blobs are rectangles of all sizes, also over the edges, with holes.
func blobs(random *rand.Rand, w, h int) [][]bool {
	black := make([][]bool, h)
	for y := range black {
		black[y] = make([]bool, w)
	}
	for range 25 {
		x0, y0, bw, bh := random.IntN(w), random.IntN(h), 1+random.IntN(w), 1+random.IntN(h/3)
		for y := y0; y < min(h, y0+bh); y++ {
			for x := x0; x < min(w, x0+bw); x++ {
				black[y][x] = true
			}
		}
	}
	for range 60 {
		black[random.IntN(h)][random.IntN(w)] = false
	}
	return black
}

func openedByDefinition(black [][]bool, bw, bh int) [][]bool {
	out := make([][]bool, len(black))
	for y := range out {
		out[y] = make([]bool, len(black[0]))
	}
	for y := 0; y+bh <= len(black); y++ {
		for x := 0; x+bw <= len(black[0]); x++ {
			if !fits(black, x, y, bw, bh) {
				continue
			}
			for j := y; j < y+bh; j++ {
				for i := x; i < x+bw; i++ {
					out[j][i] = true
				}
			}
		}
	}
	return out
}

// closedByDefinition opens the white, which goes on around the picture.
func closedByDefinition(black [][]bool, bw, bh int) [][]bool {
	h, w := len(black), len(black[0])
	white := make([][]bool, h+2*bh)
	for y := range white {
		white[y] = make([]bool, w+2*bw)
		for x := range white[y] {
			inX, inY := x-bw, y-bh
			white[y][x] = inX < 0 || inX >= w || inY < 0 || inY >= h || !black[inY][inX]
		}
	}
	opened := openedByDefinition(white, bw, bh)
	out := make([][]bool, h)
	for y := range out {
		for x := range w {
			out[y] = append(out[y], !opened[y+bh][x+bw])
		}
	}
	return out
}

func fits(black [][]bool, x, y, bw, bh int) bool {
	for j := y; j < y+bh; j++ {
		for i := x; i < x+bw; i++ {
			if !black[j][i] {
				return false
			}
		}
	}
	return true
}

func paint(pix *Pix, black [][]bool) {
	words := pix.Words()
	for y := range black {
		for x := range black[y] {
			if black[y][x] {
				words[y*pix.Stride()+x/32] |= 1 << (31 - x%32)
			}
		}
	}
}

func isBlack(pix *Pix, x, y int) bool {
	return pix.Words()[y*pix.Stride()+x/32]>>(31-x%32)&1 == 1
}
