package scan

import (
	"image"
	"image/color"
	"math/rand/v2"
)

// sense adds the sensor's noise and reduces the image to the mode.
func sense(img *image.RGBA, set Settings, threshold uint8, rng *rand.Rand) image.Image {
	grain := newGrain(set.Damage.Noise, rng)
	switch set.Mode {
	case Gray:
		return senseGray(img, grain)
	case Bilevel:
		return senseBilevel(img, grain, threshold)
	}
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride : y*img.Stride+4*img.Rect.Dx()]
		noise := grain.row(y)
		for i := 0; i < len(row); i += 4 {
			for c := range 3 {
				row[i+c] = shifted(int(row[i+c]), noise[(i+c)&grainMask])
			}
		}
	}
	return img
}

func senseGray(img *image.RGBA, grain *grain) *image.Gray {
	gray := image.NewGray(img.Rect)
	for y := range img.Rect.Dy() {
		noise := grain.row(y)
		row, out := img.Pix[y*img.Stride:], gray.Pix[y*gray.Stride:]
		for x := range img.Rect.Dx() {
			out[x] = shifted(fastLuma(row[4*x:]), noise[x&grainMask])
		}
	}
	return gray
}

func senseBilevel(img *image.RGBA, grain *grain, threshold uint8) *image.Paletted {
	bits := image.NewPaletted(img.Rect, color.Palette{color.White, color.Black})
	for y := range img.Rect.Dy() {
		noise := grain.row(y)
		row, out := img.Pix[y*img.Stride:], bits.Pix[y*bits.Stride:]
		for x := range img.Rect.Dx() {
			if shifted(fastLuma(row[4*x:]), noise[x&grainMask]) < threshold {
				out[x] = 1
			}
		}
	}
	return bits
}

// fastLuma is luma in 16-bit fixed point.
func fastLuma(pixel []uint8) int {
	return (19595*int(pixel[0]) + 38470*int(pixel[1]) + 7471*int(pixel[2])) >> 16
}

func shifted(level int, by int8) uint8 { return uint8(min(max(level+int(by), 0), 255)) }

// grain is normal noise, drawn once and reread from another place for every
// row: a page has millions of pixels, and no eye or engine sees the repeat.
type grain struct {
	noise  []int8
	starts []int
}

const (
	grainLength = 1 << 15
	grainMask   = grainLength - 1
)

func newGrain(sigma int, rng *rand.Rand) *grain {
	g := &grain{noise: make([]int8, 2*grainLength), starts: make([]int, 1024)}
	for i := range grainLength {
		level := min(max(rng.NormFloat64()*float64(sigma), -120), 120)
		g.noise[i], g.noise[i+grainLength] = int8(level), int8(level)
	}
	for i := range g.starts {
		g.starts[i] = rng.IntN(grainLength)
	}
	return g
}

func (g *grain) row(y int) []int8 { return g.noise[g.starts[y&1023]:][:grainLength] }
