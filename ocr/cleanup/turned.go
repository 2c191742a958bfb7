package cleanup

import (
	"math"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
)

// turned is a picture that has been scaled, mirrored and turned, with the way
// back: back maps its points to points of the picture it began as. Points are
// corners of pixels, so that the far edge of a picture of width w is at w.
type turned struct {
	pix  *lept.Pix
	back dossier.Matrix
}

// replace takes over a step's result; back maps its points to those before it.
func (t *turned) replace(pix *lept.Pix, back dossier.Matrix) {
	t.pix.Close()
	t.pix, t.back = pix, back.Then(t.back)
}

func (t *turned) scale(sx, sy float64) error {
	if sx == 1 && sy == 1 {
		return nil
	}
	w, h := float64(t.pix.Width()), float64(t.pix.Height())
	pix, err := t.pix.Scale(sx, sy)
	if err != nil {
		return err
	}
	// The real factors differ from those asked for by the rounding to pixels.
	t.replace(pix, dossier.Matrix{w / float64(pix.Width()), 0, 0, h / float64(pix.Height()), 0, 0})
	return nil
}

func (t *turned) mirror() error {
	pix, err := t.pix.MirrorLR()
	if err != nil {
		return err
	}
	t.replace(pix, dossier.Matrix{-1, 0, 0, 1, float64(pix.Width()), 0})
	return nil
}

// quarter turns clockwise by a multiple of 90 degrees.
func (t *turned) quarter(degrees int) error {
	w, h := float64(t.pix.Width()), float64(t.pix.Height())
	var back dossier.Matrix
	switch (degrees%360 + 360) % 360 {
	case 0:
		return nil
	case 90:
		back = dossier.Matrix{0, -1, 1, 0, 0, h}
	case 180:
		back = dossier.Matrix{-1, 0, 0, -1, w, h}
	case 270:
		back = dossier.Matrix{0, 1, -1, 0, w, 0}
	}
	pix, err := t.pix.Quarter(degrees)
	if err != nil {
		return err
	}
	t.replace(pix, back)
	return nil
}

// rotate turns clockwise by any angle about the middle of the picture; the
// size stays.
func (t *turned) rotate(degrees float64) error {
	pix, err := t.pix.RotateGray(degrees)
	if err != nil {
		return err
	}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	// leptonica turns about the middle of the pixel at (w/2, h/2).
	x, y := float64(pix.Width()/2)+0.5, float64(pix.Height()/2)+0.5
	t.replace(pix, dossier.Matrix{cos, -sin, sin, cos, x - x*cos - y*sin, y + x*sin - y*cos})
	return nil
}
