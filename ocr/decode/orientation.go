package decode

import "sohoa/dossier"

// Orientation says how stored rows and columns lie on the page as shown, in
// the numbering of TIFF 6.0 and EXIF: 1 as stored, 3 upside down, 6 to be
// turned 90 degrees clockwise, 8 counter-clockwise; 2, 4, 5 and 7 are mirrored.
type Orientation int

// Turn takes an orientation apart: show it by mirroring left to right first
// (when mirrored), then turning clockwise by degrees.
func (o Orientation) Turn() (mirrored bool, degrees int) {
	switch o {
	case 2:
		return true, 0
	case 3:
		return false, 180
	case 4:
		return true, 180
	case 5:
		return true, 270
	case 6:
		return false, 90
	case 7:
		return true, 90
	case 8:
		return false, 270
	}
	return false, 0
}

// Shown leads from the stored pixels of a picture of w x h to those of the
// picture as it is shown.
func (o Orientation) Shown(w, h int) dossier.Matrix {
	x, y := float64(w), float64(h)
	mirrored, degrees := o.Turn()
	m := dossier.Identity()
	if mirrored {
		m = dossier.Matrix{-1, 0, 0, 1, x, 0}
	}
	switch degrees {
	case 90:
		return m.Then(dossier.Matrix{0, 1, -1, 0, y, 0})
	case 180:
		return m.Then(dossier.Matrix{-1, 0, 0, -1, x, y})
	case 270:
		return m.Then(dossier.Matrix{0, -1, 1, 0, 0, x})
	}
	return m
}

// valid takes anything out of range for "as stored", as readers do.
func (o Orientation) valid() Orientation {
	if o < 1 || o > 8 {
		return 1
	}
	return o
}

// orientationOf finds the orientation whose stored picture, put into a unit
// square, is drawn by a matrix with these signs: (a, b) is where the picture's
// rows run on the page, (c, d) where its columns run upwards (PDF space, y up).
func orientationOf(m dossier.Matrix) (Orientation, bool) {
	a, b, c, d := sign(m[0], m), sign(m[1], m), sign(m[2], m), sign(m[3], m)
	o, ok := map[[4]int]Orientation{
		{1, 0, 0, 1}:   1,
		{-1, 0, 0, 1}:  2,
		{-1, 0, 0, -1}: 3,
		{1, 0, 0, -1}:  4,
		{0, -1, -1, 0}: 5,
		{0, -1, 1, 0}:  6,
		{0, 1, 1, 0}:   7,
		{0, 1, -1, 0}:  8,
	}[[4]int{a, b, c, d}]
	return o, ok
}

// sign of an entry, zero when it is negligible beside the others: half a
// thousandth is less than two pixels across an A4 page.
func sign(v float64, m dossier.Matrix) int {
	largest := max(abs(m[0]), abs(m[1]), abs(m[2]), abs(m[3]))
	switch {
	case abs(v) <= largest*0.0005:
		return 0
	case v > 0:
		return 1
	}
	return -1
}

func abs(v float64) float64 { return max(v, -v) }
