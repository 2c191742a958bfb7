package cleanup

import (
	"fmt"
	"math"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
)

// pose is how an upright page lies in a picture: back maps points of the page,
// w x h pixels large, to points of the picture. Points are corners of pixels, so
// that the far edge of a page of width w is at w. No pixel moves when a page is
// turned: what is read is sampled from the picture through the pose.
type pose struct {
	w, h int
	back dossier.Matrix
}

func poseOf(pix *lept.Pix) pose { return pose{pix.Width(), pix.Height(), dossier.Identity()} }

// mirror undoes mirroring left to right.
func (p *pose) mirror() {
	p.back = dossier.Matrix{-1, 0, 0, 1, float64(p.w), 0}.Then(p.back)
}

// quarter turns the page clockwise by a multiple of 90 degrees.
func (p *pose) quarter(degrees int) {
	w, h := float64(p.w), float64(p.h)
	var back dossier.Matrix
	switch (degrees%360 + 360) % 360 {
	case 0:
		return
	case 90:
		back = dossier.Matrix{0, -1, 1, 0, 0, h}
		p.w, p.h = p.h, p.w
	case 180:
		back = dossier.Matrix{-1, 0, 0, -1, w, h}
	case 270:
		back = dossier.Matrix{0, 1, -1, 0, w, 0}
		p.w, p.h = p.h, p.w
	}
	p.back = back.Then(p.back)
}

// rotate turns the page clockwise by any angle about its middle; its size stays.
func (p *pose) rotate(degrees float64) {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	x, y := float64(p.w)/2, float64(p.h)/2
	p.back = dossier.Matrix{cos, -sin, sin, cos, x - x*cos - y*sin, y + x*sin - y*cos}.Then(p.back)
}

// sample draws a rectangle of the upright page at a scale.
func (p pose) sample(pix *lept.Pix, b lept.Box, scale float64) (*lept.Pix, error) {
	w, h := max(1, int(math.Round(float64(b.W)*scale))), max(1, int(math.Round(float64(b.H)*scale)))
	from := dossier.Matrix{float64(b.W) / float64(w), 0, 0, float64(b.H) / float64(h), float64(b.X), float64(b.Y)}
	out, err := pix.Sample(from.Then(p.back), w, h)
	if err != nil {
		return nil, fmt.Errorf("sample page: %w", err)
	}
	return out, nil
}

// told is the quarter turn that is left to bring the page upright as a person
// says, 0 to 270 degrees clockwise.
func (s *straightener) told() int { return ((-*s.lies-s.turns)%360 + 360) % 360 }

// turnAsTold brings the page upright as a person says, and levels its lines as
// far as they run that way.
func (s *straightener) turnAsTold(sheet *sheet, found marks) error {
	quarter := s.told()
	s.quarter(quarter)
	l, err := measureLean(sheet.text)
	if err != nil {
		return err
	}
	s.lap("deskew")
	if l.axis != quarter%180 && l.other != nil {
		l = *l.other
	}
	if !l.sure || l.axis != quarter%180 || found.letters < leastMarks {
		s.flag(dossier.FlagSkewUnsure)
		return nil
	}
	s.rotate(l.degrees)
	return nil
}
