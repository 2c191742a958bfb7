// Package cleanup turns a decoded picture into an upright, level, gray page
// for reading, and says how to get back: the cleaned pixels exist only inside
// a worker, while the published image stays the input's own and is placed by
// the matrix found here.
//
// Start at [Straighten]. Everything is measured on a reduced copy (measure.go)
// in this order: border, text mask, axis and skew (skew.go), up or down
// (updown.go), blankness (blank.go); the full picture is turned once. Each
// measurement comes with its certainty: what is unsure is left as scanned and
// flagged for a person.
package cleanup

import (
	"fmt"

	"sohoa/dossier"
	"sohoa/ocr/decode"
	"sohoa/ocr/internal/lept"
)

// Page is a straightened page.
type Page struct {
	// Gray is the upright page for reading, at DPI*Scale dots per inch.
	Gray *lept.Pix
	// Small is a gray copy of 150 dpi as scanned (after the orientation tag),
	// for codes.
	Small *lept.Pix
	// Scale is pixels of Gray per pixel of the page. The page has the
	// resolution of the input; fine scans are read at 300 dpi.
	Scale         float64
	Width, Height int
	DPI           float64
	RotationCW    int
	SkewCWDegrees float64
	ToInput       dossier.Matrix
	Blankness     Blankness
	Flags         []dossier.Flag
}

// Close frees the pictures.
func (p *Page) Close() {
	p.Gray.Close()
	p.Small.Close()
}

const (
	// readDPI is the finest that pays: above it reading only gets slower.
	readDPI = 300
	// shrinkAbove leaves resolutions alone that are nearly readDPI.
	shrinkAbove = 330
	// maxReadPixels bounds the page that is read, A1 at 300 dpi, for inputs
	// whose resolution is a lie.
	maxReadPixels = 70_000_000
	// redPage is the share of saturated red from which on the red channel is
	// read: there, red seals and ruling vanish. Blue ink and coloured print
	// need the luminance.
	redPage = 0.001
	// lowDPI is the least that NĐ 30/2020/NĐ-CP asks of a digitized paper, 200,
	// less what is lost by page sizes in whole points.
	lowDPI = 199
)

// Straighten measures and turns a picture. reader settles which way up a page
// is when the shapes of its letters do not; it may be nil. The picture is
// consumed: its pixels are freed.
func Straighten(picture *decode.Picture, reader LineReader) (*Page, error) {
	s := straightener{reader: reader, page: &Page{}}
	if err := s.run(picture); err != nil {
		s.page.Close()
		s.work.pix.Close()
		return nil, fmt.Errorf("straighten: %w", err)
	}
	return s.page, nil
}

// straightener carries one page through the steps.
type straightener struct {
	reader LineReader
	page   *Page
	work   turned  // the picture so far, and the way back to the input
	dpi    float64 // of work
	red    float64 // share of saturated red in the input
	turns  int     // clockwise quarter turns applied, in degrees
}

func (s *straightener) run(picture *decode.Picture) error {
	if err := s.toGray(picture); err != nil {
		return err
	}
	if err := s.applyTag(picture.Orientation); err != nil {
		return err
	}
	border, err := eraseBorder(s.work.pix)
	if err != nil {
		return err
	}
	sheet, err := newSheet(s.work.pix, s.dpi)
	if err != nil {
		return err
	}
	defer sheet.close()
	if s.page.Small, err = sheet.gray.Copy(); err != nil {
		return err
	}
	marks, err := countMarks(sheet, s.red, border)
	if err != nil {
		return err
	}
	s.page.Blankness = marks.blankness()
	if s.page.Blankness != SurelyBlank {
		if err := s.turn(sheet, marks); err != nil {
			return err
		}
	}
	s.finish()
	return nil
}

// toGray makes the picture to read: gray, square pixels, not above readDPI.
func (s *straightener) toGray(picture *decode.Picture) error {
	gray, err := s.channel(picture.Pix)
	if gray != picture.Pix {
		picture.Pix.Close()
	}
	s.work = turned{pix: gray, back: dossier.Identity()}
	if err != nil {
		return err
	}
	r := picture.Resolution
	finest := max(r.X, r.Y)
	s.page.Scale = readScale(finest, float64(gray.Width())*float64(gray.Height()))
	s.page.DPI, s.dpi = finest, finest*s.page.Scale
	if r.Guessed() {
		s.flag(dossier.FlagDPIGuessed)
	} else if finest < lowDPI {
		s.flag(dossier.FlagResolutionLow)
	}
	if err := s.work.scale(finest/r.X*s.page.Scale, finest/r.Y*s.page.Scale); err != nil {
		return err
	}
	return s.to8()
}

// channel picks what of a colour picture is read.
func (s *straightener) channel(pix *lept.Pix) (*lept.Pix, error) {
	if pix.Depth() != 32 {
		return pix, nil
	}
	const everyFourth = 4
	if s.red = pix.RedShare(everyFourth); s.red > redPage {
		return pix.Red()
	}
	return pix.Luminance()
}

// to8 makes a bilevel page gray, unless scaling has done so.
func (s *straightener) to8() error {
	if s.work.pix.Depth() != 1 {
		return nil
	}
	gray, err := s.work.pix.To8()
	if err != nil {
		return err
	}
	s.work.replace(gray, dossier.Identity())
	return nil
}

// readScale is the factor by which a page is shrunk for reading.
func readScale(dpi, pixels float64) float64 {
	scale := 1.0
	if dpi > shrinkAbove {
		scale = readDPI / dpi
	}
	for pixels*scale*scale > maxReadPixels {
		scale /= 2
	}
	return scale
}

// applyTag undoes the orientation the file declares.
func (s *straightener) applyTag(o decode.Orientation) error {
	mirrored, degrees := o.Turn()
	if mirrored {
		if err := s.work.mirror(); err != nil {
			return err
		}
	}
	return s.quarter(degrees)
}

// turn brings the page upright by what the sheet shows. A page on which no
// print is found after all (a photograph, a drawing) is left as scanned.
func (s *straightener) turn(sheet *sheet, found marks) error {
	l, err := measureLean(sheet.text)
	if err != nil {
		return err
	}
	if !l.sure || found.letters < leastMarks {
		s.flag(dossier.FlagSkewUnsure)
		return nil
	}
	level, err := levelMask(sheet.text, l)
	if err != nil {
		return err
	}
	defer level.Close()
	flip, err := detectFlip(level)
	if err != nil {
		return err
	}
	scanned := turned{s.work.pix.Clone(), s.work.back}
	turns := s.turns
	if flip, err = s.level(level, l, flip); err == nil && flip.noPrint {
		scanned, s.work = s.work, scanned
		s.turns, s.page.SkewCWDegrees = turns, 0
		s.flag(dossier.FlagSkewUnsure)
	}
	scanned.pix.Close()
	if err == nil && !flip.sure {
		s.flag(dossier.FlagTurnUnsure)
	}
	return err
}

// levelMask turns the text mask as the page will be turned, flip apart.
func levelMask(text *lept.Pix, l lean) (*lept.Pix, error) {
	quarter, err := text.Quarter(l.axis)
	if err != nil {
		return nil, err
	}
	defer quarter.Close()
	return quarter.RotateBinary(-l.degrees)
}

// level turns the page itself: quarter turns first, then the skew, and another
// half turn when the reader says that it is upside down.
func (s *straightener) level(mask *lept.Pix, l lean, flip flipped) (flipped, error) {
	first := l.axis
	if flip.sure && flip.upsideDown {
		first += 180
	}
	if err := s.quarter(first); err != nil {
		return flip, err
	}
	if max(l.degrees, -l.degrees) >= leastSkew {
		s.page.SkewCWDegrees = l.degrees
		if err := s.work.rotate(-l.degrees); err != nil {
			return flip, err
		}
	}
	if flip.sure {
		return flip, nil
	}
	if s.reader != nil {
		var err error
		if flip, err = readFlip(s.reader, mask, s.work.pix, s.dpi, flip); err != nil {
			return flip, err
		}
	}
	if flip.upsideDown && !flip.noPrint {
		return flip, s.quarter(180)
	}
	return flip, nil
}

// quarter turns the page and keeps count.
func (s *straightener) quarter(degrees int) error {
	s.turns += degrees
	return s.work.quarter(degrees)
}

func (s *straightener) flag(f dossier.Flag) { s.page.Flags = append(s.page.Flags, f) }

// finish writes down size and matrix in pixels of the page.
func (s *straightener) finish() {
	p := s.page
	p.Gray = s.work.pix
	p.RotationCW = (360 - s.turns%360) % 360
	p.Width = int(float64(p.Gray.Width())/p.Scale + 0.5)
	p.Height = int(float64(p.Gray.Height())/p.Scale + 0.5)
	shrink := dossier.Matrix{
		float64(p.Gray.Width()) / float64(p.Width), 0, 0,
		float64(p.Gray.Height()) / float64(p.Height), 0, 0,
	}
	p.ToInput = shrink.Then(s.work.back)
}
