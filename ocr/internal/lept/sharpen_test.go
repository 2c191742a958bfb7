package lept

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestSharpen compares with the definition, v + 0.2 (v - mean of 3 x 3), rounded and
// within 0 to 255; the outermost pixels stay.
func TestSharpen(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for _, size := range [][2]int{{1, 1}, {2, 9}, {9, 2}, {3, 3}, {64, 40}, {61, 37}, {35, 3}} {
		w, h := size[0], size[1]
		rows := make([]byte, w*h)
		for i := range rows {
			rows[i] = byte(random.IntN(256))
			if random.IntN(3) == 0 {
				rows[i] = byte(255 * random.IntN(2))
			}
		}
		sharp := sharpened(t, rows, w, h)
		for i, got := range sharp {
			if want := sharpByDefinition(rows, w, h, i%w, i/w); got != want {
				t.Fatalf("%d x %d: at %d, %d: %d, want %d", w, h, i%w, i/w, got, want)
			}
		}
	}
}

func sharpened(t *testing.T, rows []byte, w, h int) []byte {
	t.Helper()
	pix, err := New(w, h, 8)
	if err != nil {
		t.Fatal(err)
	}
	defer pix.Close()
	if err := pix.SetRows(rows, w, 1); err != nil {
		t.Fatal(err)
	}
	sharp, err := pix.Sharpen()
	if err != nil {
		t.Fatal(err)
	}
	defer sharp.Close()
	out, err := sharp.GrayRows(nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sharpByDefinition(rows []byte, w, h, x, y int) byte {
	v := float64(rows[y*w+x])
	if x == 0 || y == 0 || x == w-1 || y == h-1 {
		return rows[y*w+x]
	}
	sum := 0.0
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			sum += float64(rows[(y+dy)*w+x+dx])
		}
	}
	return byte(min(max(math.Floor(v+0.2*(v-sum/9)+0.5), 0), 255))
}
