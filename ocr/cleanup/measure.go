package cleanup

import (
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
)

// Paper is brought to the value 245 before the threshold of 170: faint print
// and pen strokes stay, show-through of the back (above 180) goes. Background
// below 40 is a picture or a dark cover and is not brightened further.
const (
	paperValue   = 245
	darkestPaper = 40
	inkThreshold = 170
)

// sheet is the measuring copy of a page and what was made of it.
type sheet struct {
	gray   *lept.Pix // 150 dpi
	even   *lept.Pix // gray, the paper evened out
	binary *lept.Pix // paper evened out, thresholded
	text   *lept.Pix // components of the size of letters and words
}

func (s *sheet) close() {
	s.gray.Close()
	s.even.Close()
	s.binary.Close()
	s.text.Close()
}

// turn undoes the orientation tag of a file.
func (s *sheet) turn(t tag) error {
	for _, p := range []**lept.Pix{&s.gray, &s.binary, &s.text} {
		if err := t.undo(p); err != nil {
			return err
		}
	}
	return nil
}

// undo turns a picture that lies as the file says.
func (t tag) undo(p **lept.Pix) error {
	if t.mirrored {
		out, err := (*p).MirrorLR()
		if err := swap(p, out, err); err != nil {
			return err
		}
	}
	if t.degrees%360 != 0 {
		out, err := (*p).Quarter(t.degrees)
		if err := swap(p, out, err); err != nil {
			return err
		}
	}
	return nil
}

// swap puts a step's result in the place of its input.
func swap(p **lept.Pix, out *lept.Pix, err error) error {
	if err != nil {
		return err
	}
	(*p).Close()
	*p = out
	return nil
}

// newSheet makes the measuring copy of a gray page of the resolution; flatten
// evens its background first.
func newSheet(page *lept.Pix, dpi float64, flatten bool) (*sheet, error) {
	s := &sheet{}
	err := s.fill(page, dpi, flatten)
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *sheet) fill(page *lept.Pix, dpi float64, flatten bool) (err error) {
	factor := measure.DPI / dpi
	if s.gray, err = page.Scale(factor, factor); err != nil {
		return err
	}
	s.even = s.gray.Clone()
	if flatten {
		even, err := s.gray.FlattenBackground(paperValue, darkestPaper)
		if err := swap(&s.even, even, err); err != nil {
			return err
		}
	}
	if s.binary, err = s.even.Threshold(inkThreshold); err != nil {
		return err
	}
	s.text, err = textMask(s.binary)
	return err
}

// The sizes of print, in inches: a letter or a run of touching letters is not
// higher than 0.3 (a title of 22 points) nor wider than 0.9; specks of two
// pixels are noise.
const (
	textHeight = 0.3
	textWidth  = 0.9
	speck      = 2
)

func textMask(binary *lept.Pix) (*lept.Pix, error) {
	small, err := binary.Smaller(measure.Inches(textWidth), measure.Inches(textHeight))
	if err != nil {
		return nil, err
	}
	defer small.Close()
	return small.Larger(speck+1, speck+1)
}

// Dark borders come from the lid of the scanner and from copies. They are
// looked for on a quarter-size copy, where anything that survives a 5x5
// opening is at least 1.7 mm thick at 300 dpi, and must touch the edge.
const (
	borderScale = 4
	borderDark  = 90
	borderBrick = 5
	borderRing  = 2
	// maxBorder is the largest share of the page that is taken for border: a
	// small sheet on a dark lid. What is darker still is a dark page.
	maxBorder = 0.65
)

// eraseBorder paints dark areas that touch the edge of a gray page white, in
// place, and returns the share of the page they covered.
func eraseBorder(page *lept.Pix) (share float64, err error) {
	quarter, err := page.Scale(1.0/borderScale, 1.0/borderScale)
	if err != nil {
		return 0, err
	}
	defer quarter.Close()
	border, err := darkFromEdge(quarter)
	if err != nil || border == nil {
		return 0, err
	}
	defer border.Close()
	share = float64(border.Black()) / (float64(border.Width()) * float64(border.Height()))
	if share > maxBorder {
		return share, nil
	}
	mask, err := border.Replicate(borderScale)
	if err != nil {
		return share, err
	}
	defer mask.Close()
	page.PaintWhite(mask)
	return share, nil
}

// darkFromEdge is the mask of dark areas connected with the edge, a little
// grown; nil when there are none.
func darkFromEdge(gray *lept.Pix) (*lept.Pix, error) {
	dark, err := gray.Threshold(borderDark)
	if err != nil {
		return nil, err
	}
	defer dark.Close()
	thick, err := dark.OpenBrick(borderBrick, borderBrick)
	if err != nil {
		return nil, err
	}
	defer thick.Close()
	ring, err := thick.BorderRing(borderRing)
	if err != nil {
		return nil, err
	}
	defer ring.Close()
	touching, err := thick.FillFrom(ring)
	if err != nil {
		return nil, err
	}
	defer touching.Close()
	if touching.Black() == 0 {
		return nil, nil
	}
	return touching.Dilate(borderBrick, borderBrick)
}
