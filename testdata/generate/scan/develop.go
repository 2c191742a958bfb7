package scan

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"github.com/disintegration/imaging"
)

// ink knows how dark print and paper come out on one sheet.
type ink struct {
	toner float64 // 1 is black, less is faded
	paper color.RGBA
}

// shades of paper as they turn up in files: white, yellowed, recycled gray,
// and the green and pink of forms.
func paperShades() []color.RGBA {
	return []color.RGBA{{246, 243, 234, 255}, {240, 232, 214, 255}, {232, 234, 232, 255}, {226, 238, 226, 255}, {244, 228, 230, 255}}
}

func newInk(sheet Sheet, set Settings, rng *rand.Rand) ink {
	result := ink{toner: 0.97, paper: sheet.Paper}
	if set.Damage.Fade {
		result.toner = 0.5 + 0.15*rng.Float64()
	}
	if white := (color.RGBA{255, 255, 255, 255}); set.Damage.Paper && sheet.Paper == white {
		result.paper = oneOf(rng, paperShades()...)
	}
	return result
}

// threshold is where a scanner in black and white parts ink from paper: a
// little nearer to the paper, so that thin strokes survive.
func (k ink) threshold() uint8 {
	light := luma(k.paper.R, k.paper.G, k.paper.B)
	dark := light * (1 - k.toner)
	return uint8(dark + 0.62*(light-dark))
}

func luma(r, g, b uint8) float64 { return 0.299*float64(r) + 0.587*float64(g) + 0.114*float64(b) }

// develop prints the ink on its paper.
func (k ink) develop(sheet Sheet, set Settings, rng *rand.Rand) *image.RGBA {
	tone := k.tones()
	through := newBackside(sheet.Back, set, rng)
	mottle := newMottle(set, rng)
	size := sheet.Front.Bounds().Size()
	page := image.NewRGBA(sheet.Front.Bounds())
	for y := range size.Y {
		source, target := sheet.Front.Pix[y*sheet.Front.Stride:], page.Pix[y*page.Stride:]
		for x := range size.X {
			shift := mottle.at(x, y)
			for c := range 3 {
				value := int(tone[c][source[4*x+c]])
				value -= through.at(x, y, c) * value >> 8
				target[4*x+c] = uint8(min(max(value+shift, 0), 255))
			}
			target[4*x+3] = 255
		}
	}
	return page
}

// tones maps a printed level to a developed one, for each colour.
func (k ink) tones() (table [3][256]uint8) {
	for c, paper := range []uint8{k.paper.R, k.paper.G, k.paper.B} {
		for level := range 256 {
			table[c][level] = uint8((1 - k.toner*float64(255-level)/255) * float64(paper))
		}
	}
	return table
}

// backside is the other side of the sheet as it shows through: mirrored,
// soft and faint. A quarter of the resolution is plenty.
type backside struct {
	small    *image.NRGBA
	strength int // of 256
}

const backsideScale = 4

func newBackside(back *image.RGBA, set Settings, rng *rand.Rand) backside {
	if back == nil || !set.Damage.Through {
		return backside{}
	}
	width := (back.Bounds().Dx() + backsideScale - 1) / backsideScale
	small := imaging.Blur(imaging.FlipH(imaging.Resize(asNRGBA(back), width, 0, imaging.Box)), 0.9)
	return backside{small: small, strength: 18 + rng.IntN(24)}
}

// at is how much light the other side takes at a pixel, of 256.
func (b backside) at(x, y, c int) int {
	if b.small == nil {
		return 0
	}
	at := min(y/backsideScale, b.small.Rect.Dy()-1)*b.small.Stride + min(x/backsideScale, b.small.Rect.Dx()-1)*4 + c
	return int(255-b.small.Pix[at]) * b.strength / 255
}

// mottle is the uneven shade of cheap paper: slow waves across and down and a
// fine grain, in gray levels.
type mottle struct{ across, down []int }

func newMottle(set Settings, rng *rand.Rand) mottle {
	if !set.Damage.Paper {
		return mottle{}
	}
	wave := func() []int {
		levels := make([]int, 1024)
		phase, length := rng.Float64()*6, 60+rng.Float64()*140
		for i := range levels {
			levels[i] = int(math.Round(3*math.Sin(float64(i)/length+phase) + 1.2*rng.Float64()))
		}
		return levels
	}
	return mottle{across: wave(), down: wave()}
}

func (m mottle) at(x, y int) int {
	if m.across == nil {
		return 0
	}
	return (m.across[(x/3+y/7)&1023] + m.down[(y/3+x/11)&1023]) / 2
}
