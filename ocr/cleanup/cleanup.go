// Package cleanup turns a decoded picture into an upright, level, gray page
// for reading, and says how to get back: the cleaned pixels exist only inside
// a worker, while the published image stays the input's own and is placed by
// the matrix found here.
//
// Start at [Straighten]. Everything is measured on a reduced copy (measure.go)
// in this order: border, text mask, blankness (blank.go), faint print (faint.go), gray seals (seal.go),
// axis and skew (skew.go), up or down (updown.go), seals as dark as print
// (darkseal.go); the full picture is turned once. Each
// measurement comes with its certainty: what is unsure is left as scanned and
// flagged for a person.
package cleanup

import (
	"fmt"

	"sohoa/dossier"
	"sohoa/ocr/decode"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/seal"
)

// Page is a straightened page. Its pixels stay as they were scanned; what is to
// be read is sampled upright by [Page.Sample].
type Page struct {
	// Small is a gray copy of 150 dpi as scanned (after the orientation tag),
	// for codes.
	Small *lept.Pix
	// Ink is the upright page in black and white at 150 dpi, the paper evened
	// out: where print is. It is nil on a blank page.
	Ink *lept.Pix
	// Scale is pixels of the picture that is read per pixel of the page. The
	// page has the resolution of the input; fine scans are read at 300 dpi.
	Scale         float64
	Width, Height int
	DPI           float64
	RotationCW    int
	SkewCWDegrees float64
	ToInput       dossier.Matrix
	Blankness     Blankness
	// Faint tells a page on which nothing but pale marks is, made dark for reading.
	// It may be blank: unless there are words, the back of the sheet shines through.
	Faint bool
	// Note tells that a page which looks empty has strokes too sharp to shine through
	// from behind: whatever can be read of them, it is not blank.
	Note bool
	// Sealed are the boxes of seals as dark as print, in pixels of Ink.
	Sealed []lept.Box
	Flags  []dossier.Flag

	gray *lept.Pix // for reading, at DPI*Scale, as scanned
	pose pose      // how the upright page lies in it
}

// Close frees the pictures.
func (p *Page) Close() {
	p.gray.Close()
	p.Small.Close()
	p.Ink.Close()
}

// Size is that of the upright page in pixels of reading.
func (p *Page) Size() (w, h int) { return p.pose.w, p.pose.h }

// Sample gives a rectangle of the upright gray page, in pixels of reading,
// drawn at a scale.
func (p *Page) Sample(b lept.Box, scale float64) (*lept.Pix, error) {
	return p.pose.sample(p.gray, b, scale)
}

// Upright is the whole gray page.
func (p *Page) Upright() (*lept.Pix, error) {
	return p.Sample(lept.Box{W: p.pose.w, H: p.pose.h}, 1)
}

const (
	// readDPI is the finest that pays: above it reading only gets slower.
	readDPI = 300
	// shrinkAbove leaves resolutions alone that are nearly readDPI.
	shrinkAbove = 330
	// maxReadPixels bounds the page that is read, A1 at 300 dpi, for inputs
	// whose resolution is a lie.
	maxReadPixels = 70_000_000
	// lowDPI is the least that NĐ 30/2020/NĐ-CP asks of a digitized paper, 200,
	// less what is lost by page sizes in whole points.
	lowDPI = 199
)

// Help is what a caller may lend; nothing of it is needed.
type Help struct {
	// Reader settles which way up a page is when the shapes of its letters do
	// not.
	Reader LineReader
	// Lap is told the name of each step that has ended, for a table of times.
	Lap func(step string)
	// Without leaves a step out, to measure what it costs and brings.
	Without Step
	// Lies is how the page lies clockwise from upright, as a person says: then
	// only its skew is measured. Nil asks the page itself.
	Lies *int
}

// Step is one that can be left out.
type Step string

// The steps that benchmarks leave out in turn.
const (
	Colour     Step = "red left out"
	Borders    Step = "borders erased"
	Background Step = "background evened"
	Seals      Step = "seals faded"
	DarkSeals  Step = "dark seals cleared"
	Faint      Step = "faint print lifted"
)

// Straighten measures and turns a picture. The picture is consumed: its pixels
// are freed.
func Straighten(picture *decode.Picture, help Help) (*Page, error) {
	s := straightener{reader: help.Reader, lap: help.Lap, without: help.Without, lies: help.Lies, page: &Page{}}
	if s.lap == nil {
		s.lap = func(string) {}
	}
	err := s.run(picture)
	s.pink.mask.Close()
	if err != nil {
		s.page.Close()
		s.pix.Close()
		return nil, fmt.Errorf("straighten: %w", err)
	}
	return s.page, nil
}

// straightener carries one page through the steps.
type straightener struct {
	reader  LineReader
	lap     func(step string)
	without Step
	lies    *int
	page    *Page
	pix     *lept.Pix // to read, as scanned
	pose    pose      // how the page lies in pix, as far as is known
	toInput dossier.Matrix
	dpi     float64     // of pix
	red     float64     // share of saturated red in the input
	pink    pink        // red of the input, and what of it shines through
	tag     tag         // how the file says that pix lies
	dark    []seal.Ring // seals as dark as print, on the measuring copy as scanned
	turns   int         // clockwise quarter turns applied, in degrees
}

func (s *straightener) run(picture *decode.Picture) error {
	if err := s.toGray(picture); err != nil {
		return err
	}
	border, err := s.eraseBorder()
	if err != nil {
		return err
	}
	sheet, err := newSheet(s.pix, s.dpi, s.without != Background)
	if err != nil {
		return err
	}
	defer sheet.close()
	marks, err := s.count(sheet, border)
	if err != nil {
		return err
	}
	// Seals are taken off while the sheet still lies as the picture does.
	if s.page.Blankness == Written {
		if err := s.fadeSeals(sheet); err != nil {
			return err
		}
	}
	if err := s.applyTag(picture.Orientation, sheet); err != nil {
		return err
	}
	if s.page.Small, err = sheet.gray.Copy(); err != nil {
		return err
	}
	s.lap("clean")
	switch {
	case s.page.Blankness != SurelyBlank:
		if err := s.upright(sheet, marks); err != nil {
			return err
		}
	case s.lies != nil:
		s.quarter(s.told())
	}
	s.finish()
	return nil
}

// count tells by its marks whether a page is blank, and makes faint ones dark.
func (s *straightener) count(sheet *sheet, border float64) (marks, error) {
	found, err := countMarks(sheet, s.red, border)
	if err != nil {
		return found, err
	}
	if s.page.Blankness = found.blankness(); s.page.Blankness == Written || s.without == Faint {
		return found, nil
	}
	seals, err := s.pink.seals()
	if err != nil {
		return found, err
	}
	if s.page.Note, err = s.isNote(sheet, seals); err != nil {
		return found, err
	}
	err = s.lift(sheet, border, &found)
	if s.page.Faint || s.page.Note {
		s.page.Blankness = MaybeBlank
	}
	return found, err
}

func (s *straightener) eraseBorder() (share float64, err error) {
	if s.without == Borders {
		return 0, nil
	}
	return eraseBorder(s.pix)
}

// upright turns the page, and then the ink of the sheet alike.
func (s *straightener) upright(sheet *sheet, found marks) (err error) {
	tagged, turn := s.turns, s.turn
	if s.lies != nil {
		turn = s.turnAsTold
	}
	if err := turn(sheet, found); err != nil {
		return err
	}
	s.lap("orient")
	if err := s.clearSeals(sheet); err != nil {
		return err
	}
	s.page.Ink, err = turnedAlike(sheet.binary, s.turns-tagged, s.page.SkewCWDegrees)
	s.lap("clean")
	return err
}

// toGray makes the picture to read: gray, square pixels, not above readDPI.
func (s *straightener) toGray(picture *decode.Picture) error {
	finest := max(picture.Resolution.X, picture.Resolution.Y)
	var err error
	if s.pink, err = pinkOf(picture.Pix, picture.Resolution); err != nil {
		return err
	}
	gray, red, err := s.readable(picture.Pix, finest)
	s.red = red
	if gray != picture.Pix {
		picture.Pix.Close()
	}
	s.pix, s.toInput = gray, dossier.Identity()
	if err != nil {
		return err
	}
	r := picture.Resolution
	s.page.Scale = readScale(finest, float64(gray.Width())*float64(gray.Height()))
	s.page.DPI, s.dpi = finest, finest*s.page.Scale
	if r.Guessed() {
		s.flag(dossier.FlagDPIGuessed)
	} else if finest < lowDPI {
		s.flag(dossier.FlagResolutionLow)
	}
	if err := s.scale(finest/r.X*s.page.Scale, finest/r.Y*s.page.Scale); err != nil {
		return err
	}
	s.pose = poseOf(s.pix)
	return nil
}

func (s *straightener) readable(pix *lept.Pix, dpi float64) (gray *lept.Pix, red float64, err error) {
	if s.without == Colour && pix.Depth() == 32 {
		gray, err = pix.Luminance()
		return gray, 0, err
	}
	return readable(pix, dpi)
}

// scale brings the picture to the size of reading, and to 8 bits.
func (s *straightener) scale(sx, sy float64) error {
	w, h := float64(s.pix.Width()), float64(s.pix.Height())
	var scaled *lept.Pix
	var err error
	switch {
	case sx != 1 || sy != 1:
		scaled, err = s.pix.Scale(sx, sy)
	case s.pix.Depth() == 1:
		scaled, err = s.pix.To8()
	default:
		return nil
	}
	if err != nil {
		return err
	}
	s.pix.Close()
	s.pix = scaled
	// The real factors differ from those asked for by the rounding to pixels.
	s.toInput = dossier.Matrix{w / float64(scaled.Width()), 0, 0, h / float64(scaled.Height()), 0, 0}
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
func (s *straightener) applyTag(o decode.Orientation, sheet *sheet) error {
	s.tag = tagOf(o)
	if s.tag.mirrored {
		s.pose.mirror()
	}
	s.quarter(s.tag.degrees)
	return sheet.turn(s.tag)
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
	s.lap("deskew")
	if l, err = s.settleAxis(sheet.text, l); err != nil {
		return err
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
	scanned, turns := s.pose, s.turns
	if flip, err = s.level(level, l, flip); err == nil && flip.noPrint {
		s.pose, s.turns, s.page.SkewCWDegrees = scanned, turns, 0
		s.flag(dossier.FlagSkewUnsure)
	}
	if err == nil && !flip.sure {
		s.flag(dossier.FlagTurnUnsure)
	}
	return err
}

// rotate levels lines that lean by so many degrees, where that is worth it.
func (s *straightener) rotate(degrees float64) {
	if max(degrees, -degrees) >= leastSkew {
		s.page.SkewCWDegrees = degrees
		s.pose.rotate(-degrees)
	}
}

// turnedAlike turns a 1-bit picture as the page was turned.
func turnedAlike(binary *lept.Pix, turns int, skew float64) (*lept.Pix, error) {
	quarter, err := binary.Quarter(turns % 360)
	if err != nil || skew == 0 {
		return quarter, err
	}
	defer quarter.Close()
	return quarter.RotateBinary(-skew)
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
	s.quarter(first)
	s.rotate(l.degrees)
	if flip.sure {
		return flip, nil
	}
	if s.reader != nil {
		var err error
		if flip, err = s.readFlip(mask, flip); err != nil {
			return flip, err
		}
	}
	if flip.upsideDown && !flip.noPrint {
		s.quarter(180)
	}
	return flip, nil
}

// quarter turns the page and keeps count.
func (s *straightener) quarter(degrees int) {
	s.turns += degrees
	s.pose.quarter(degrees)
}

func (s *straightener) flag(f dossier.Flag) { s.page.Flags = append(s.page.Flags, f) }

// finish writes down size and matrix in pixels of the page.
func (s *straightener) finish() {
	p := s.page
	p.gray, p.pose = s.pix, s.pose
	p.RotationCW = (360 - s.turns%360) % 360
	p.Width = int(float64(s.pose.w)/p.Scale + 0.5)
	p.Height = int(float64(s.pose.h)/p.Scale + 0.5)
	shrink := dossier.Matrix{float64(s.pose.w) / float64(p.Width), 0, 0, float64(s.pose.h) / float64(p.Height), 0, 0}
	p.ToInput = shrink.Then(s.pose.back).Then(s.toInput)
}
