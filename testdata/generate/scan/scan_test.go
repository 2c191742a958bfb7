package scan

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"testing"
)

// marks are where dots are printed on the test sheet.
var marks = []image.Point{{200, 150}, {620, 180}, {410, 600}, {180, 980}, {640, 1000}}

const dot = 6

func dotted() *image.RGBA {
	sheet := image.NewRGBA(image.Rect(0, 0, 827, 1169))
	draw.Draw(sheet, sheet.Rect, image.White, image.Point{}, draw.Src)
	for _, at := range marks {
		draw.Draw(sheet, image.Rectangle{at, at}.Inset(-dot), image.Black, image.Point{}, draw.Src)
	}
	return sheet
}

var white = color.RGBA{255, 255, 255, 255}

// TestToInput turns a sheet by known angles and looks for its dots where the
// matrix says they are, in every quarter turn, with and without a border.
func TestToInput(t *testing.T) {
	for _, rotation := range []int{0, 90, 180, 270} {
		for _, skew := range []float64{0, 1.3, -4.7} {
			for _, border := range []bool{false, true} {
				set := Settings{DPI: 100, Mode: Gray, SkewCW: skew, RotationCW: rotation, Damage: Damage{Border: border, Noise: 1}}
				t.Run(fmt.Sprint(rotation, skew, border), func(t *testing.T) { checkToInput(t, set) })
			}
		}
	}
}

func checkToInput(t *testing.T, set Settings) {
	img, toInput := Scan(Sheet{Front: dotted(), Paper: white}, set, rand.New(rand.NewPCG(5, 5)))
	gray, ok := img.(*image.Gray)
	if !ok {
		t.Fatalf("gray mode made a %T", img)
	}
	for _, mark := range marks {
		wantX, wantY := toInput.Apply(float64(mark.X), float64(mark.Y))
		gotX, gotY := centreOfInk(gray, int(wantX), int(wantY))
		if math.Hypot(gotX-wantX, gotY-wantY) > 0.5 {
			t.Errorf("dot of (%d, %d) lies at (%.1f, %.1f), the matrix says (%.1f, %.1f)", mark.X, mark.Y, gotX, gotY, wantX, wantY)
		}
	}
}

// centreOfInk is the centre of gravity of the dark pixels near a point, where
// a pixel's place is its middle.
func centreOfInk(img *image.Gray, x, y int) (cx, cy float64) {
	total := 0.0
	for dy := -3 * dot; dy <= 3*dot; dy++ {
		for dx := -3 * dot; dx <= 3*dot; dx++ {
			weight := 255 - float64(img.GrayAt(x+dx, y+dy).Y)
			if weight < 60 {
				continue
			}
			total += weight
			cx += weight * (float64(x+dx) + 0.5)
			cy += weight * (float64(y+dy) + 0.5)
		}
	}
	return cx / total, cy / total
}

// TestSkewIsClockwise: a sheet that leans clockwise has its upper right corner
// lower than its upper left one.
func TestSkewIsClockwise(t *testing.T) {
	_, toInput := Scan(Sheet{Front: dotted(), Paper: white}, Settings{DPI: 100, Mode: Color, SkewCW: 3}, rand.New(rand.NewPCG(1, 1)))
	_, left := toInput.Apply(0, 0)
	_, right := toInput.Apply(827, 0)
	if right <= left {
		t.Errorf("upper edge from y=%.1f to y=%.1f, want it to fall", left, right)
	}
}

// TestModes checks the image types the encoders rely on, and that dots survive
// the threshold of black and white on the darkest paper.
func TestModes(t *testing.T) {
	set := Settings{DPI: 100, Mode: Bilevel, Damage: Damage{Paper: true, Fade: true, Noise: 9}}
	img, _ := Scan(Sheet{Front: dotted(), Paper: white}, set, rand.New(rand.NewPCG(2, 2)))
	bits, ok := img.(*image.Paletted)
	if !ok || len(bits.Palette) != 2 {
		t.Fatalf("black and white mode made a %T", img)
	}
	if bits.ColorIndexAt(marks[0].X, marks[0].Y) != 1 || bits.ColorIndexAt(400, 300) != 0 {
		t.Error("a printed dot must be index 1, bare paper index 0")
	}
	set.Mode = Color
	img, _ = Scan(Sheet{Front: dotted(), Paper: white}, set, rand.New(rand.NewPCG(2, 2)))
	if _, ok := img.(*image.RGBA); !ok {
		t.Errorf("colour mode made a %T", img)
	}
}

// TestThrough: the back shows through mirrored and faintly, and only if asked.
func TestThrough(t *testing.T) {
	blank := image.NewRGBA(dotted().Rect)
	draw.Draw(blank, blank.Rect, image.White, image.Point{}, draw.Src)
	for _, through := range []bool{false, true} {
		set := Settings{DPI: 100, Mode: Color, Damage: Damage{Through: through}}
		img, _ := Scan(Sheet{Front: blank, Back: dotted(), Paper: white}, set, rand.New(rand.NewPCG(3, 3)))
		r, _, _, _ := img.At(827-marks[0].X, marks[0].Y).RGBA()
		bare, _, _, _ := img.At(300, 300).RGBA()
		faint := bare>>8-r>>8 > 8 && r>>8 > 150
		if faint != through {
			t.Errorf("through %v: level %d on paper of %d", through, r>>8, bare>>8)
		}
	}
}

func TestRollStaysInRange(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	turned := 0
	for range 2000 {
		set := Roll(rng)
		if math.Abs(set.SkewCW) > 5 || set.RotationCW%90 != 0 || (set.DPI != 200 && set.DPI != 300) {
			t.Fatalf("rolled %+v", set)
		}
		if set.RotationCW != 0 {
			turned++
		}
	}
	if turned < 300 || turned > 700 {
		t.Errorf("%d of 2000 pages turned, want about 500", turned)
	}
}
