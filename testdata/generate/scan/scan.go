package scan

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"

	"github.com/disintegration/imaging"

	"sohoa/dossier"
)

// Sheet is a printed sheet on its way into the scanner.
type Sheet struct {
	Front *image.RGBA
	Back  *image.RGBA // what may show through; nil for nothing
	Paper color.RGBA  // the paper's own shade; white for ordinary paper
}

// Scan returns the image a scanner delivers: *image.RGBA, *image.Gray or, in
// black and white, *image.Paletted with index 1 for black. ToInput maps a
// point of the upright front to its place in that image.
func Scan(sheet Sheet, set Settings, rng *rand.Rand) (img image.Image, toInput dossier.Matrix) {
	ink := newInk(sheet, set, rng)
	page := ink.develop(sheet, set, rng)
	lid := lidShade(set)
	if set.Damage.Holes {
		punch(page, set.DPI)
	}
	onGlass, toInput := place(page, set, lid, rng)
	if set.Damage.Blur > 0 {
		onGlass = asRGBA(imaging.Blur(asNRGBA(onGlass), set.Damage.Blur))
	}
	size := onGlass.Bounds().Size()
	turned := turn(onGlass, set.RotationCW)
	return sense(turned, set, ink.threshold(), rng), quarterTurned(toInput, set.RotationCW, size)
}

// lidShade is what the scanner sees where there is no paper: the black lid, or
// a white one in a little shadow.
func lidShade(set Settings) color.RGBA {
	if set.Damage.Border {
		return blackLid()
	}
	return color.RGBA{R: 236, G: 236, B: 234, A: 255}
}

func blackLid() color.RGBA { return color.RGBA{R: 14, G: 14, B: 16, A: 255} }

// punch cuts the two holes of a binder, 80 mm apart and 12 mm from the edge. The
// lamp does not reach through them, so they are black under any lid.
func punch(page *image.RGBA, dpi int) {
	const edge, apart, radius = 12.0, 80.0, 2.9 // millimetres
	scale := float64(dpi) / 25.4
	middle := float64(page.Bounds().Dy()) / 2
	for _, cy := range []float64{middle - apart/2*scale, middle + apart/2*scale} {
		disc(page, edge*scale, cy, radius*scale, blackLid())
	}
}

func disc(page *image.RGBA, cx, cy, radius float64, shade color.RGBA) {
	for y := int(cy - radius); y <= int(cy+radius); y++ {
		for x := int(cx - radius); x <= int(cx+radius); x++ {
			if math.Hypot(float64(x)-cx, float64(y)-cy) <= radius {
				page.SetRGBA(x, y, shade)
			}
		}
	}
}

// place lays the page on the glass: askew, and with a border around it when
// the scan is wider than the sheet.
func place(page *image.RGBA, set Settings, lid color.RGBA, rng *rand.Rand) (*image.RGBA, dossier.Matrix) {
	size := page.Bounds().Size()
	canvas, corner := size, image.Point{}
	if set.Damage.Border {
		margin := func() int { return int((2 + 10*rng.Float64()) * float64(set.DPI) / 25.4) }
		corner = image.Pt(margin(), margin())
		canvas = size.Add(corner).Add(image.Pt(margin(), margin()))
	}
	leaning := page
	if set.SkewCW != 0 {
		// imaging turns the other way round and grows the image about its centre.
		leaning = asRGBA(imaging.Rotate(asNRGBA(page), -set.SkewCW, lid))
	}
	grown := leaning.Bounds().Size()
	at := corner.Add(image.Pt((size.X-grown.X)/2, (size.Y-grown.Y)/2))
	toInput := leaned(set.SkewCW, size, grown, at)
	if grown == canvas && at == (image.Point{}) {
		return leaning, toInput
	}
	glass := image.NewRGBA(image.Rectangle{Max: canvas})
	draw.Draw(glass, glass.Bounds(), image.NewUniform(lid), image.Point{}, draw.Src)
	draw.Draw(glass, image.Rectangle{Min: at, Max: at.Add(grown)}, leaning, image.Point{}, draw.Src)
	return glass, toInput
}

// leaned is the matrix of place: turn about the centre of the page, then move
// that centre to the centre of the grown image.
func leaned(skew float64, size, grown, at image.Point) dossier.Matrix {
	sin, cos := math.Sincos(skew * math.Pi / 180)
	cx, cy := float64(size.X)/2, float64(size.Y)/2
	toX, toY := float64(at.X)+float64(grown.X)/2, float64(at.Y)+float64(grown.Y)/2
	return dossier.Matrix{cos, sin, -sin, cos, toX - cos*cx + sin*cy, toY - sin*cx - cos*cy}
}

// quarterTurned adds a clockwise quarter turn of an image of the given size
// (before the turn) to a matrix.
func quarterTurned(m dossier.Matrix, rotation int, size image.Point) dossier.Matrix {
	w, h := float64(size.X), float64(size.Y)
	switch rotation {
	case 90: // (x, y) → (h-y, x)
		return dossier.Matrix{-m[1], m[0], -m[3], m[2], h - m[5], m[4]}
	case 180:
		return dossier.Matrix{-m[0], -m[1], -m[2], -m[3], w - m[4], h - m[5]}
	case 270: // (x, y) → (y, w-x)
		return dossier.Matrix{m[1], -m[0], m[3], -m[2], m[5], w - m[4]}
	}
	return m
}

func turn(img *image.RGBA, rotation int) *image.RGBA {
	switch rotation {
	case 90:
		return asRGBA(imaging.Rotate270(asNRGBA(img)))
	case 180:
		return asRGBA(imaging.Rotate180(asNRGBA(img)))
	case 270:
		return asRGBA(imaging.Rotate90(asNRGBA(img)))
	}
	return img
}

// asNRGBA and asRGBA share the pixels: all images here are opaque, for which
// the two types mean the same bytes. The standard library draws and encodes
// RGBA fast, imaging works on NRGBA.
func asNRGBA(img *image.RGBA) *image.NRGBA {
	return &image.NRGBA{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect}
}

func asRGBA(img *image.NRGBA) *image.RGBA {
	return &image.RGBA{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect}
}
