// Package paper draws one side of an A4 sheet the way an office prints it: type
// set in columns, rules and dotted leaders, tables, QR codes, a red seal and a
// signature by pen. It also keeps what it printed, line by line and with boxes,
// so that the truth about a page is a by-product of drawing it.
//
// Lengths are millimetres from the top left corner of the sheet, sizes of type
// are points; pixels appear only in the finished image and in [Line].
//
// Start at [New], open a [Column] with [Sheet.Column], and call [Sheet.Finish]
// at the end. Errors stick: after the first one (a glyph the font lacks, a text
// that runs off the sheet) all drawing is skipped and Finish returns it, so
// that forms can be written as plain lists of lines.
package paper

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// The size of A4 and the margins that Nghị định 30/2020/NĐ-CP asks for.
const (
	Width       = 210.0
	Height      = 297.0
	LeftMargin  = 28.0
	RightMargin = 16.0
	TopMargin   = 18.0
	Bottom      = Height - 12.0
)

// Line is one printed line. Box is in pixels of the sheet.
type Line struct {
	Text  string
	Box   image.Rectangle
	Block int
	Words []Word
}

// Word is one word of a line.
type Word struct {
	Text string
	Box  image.Rectangle
}

// Sheet is one side being printed. It is not safe for concurrent use.
type Sheet struct {
	// Family is what columns are set in that are opened from now on.
	Family Family
	// Hand fills forms in by pen; nil types everything.
	Hand *Hand

	img   *image.RGBA // nil where only the layout is wanted
	dpi   int
	fonts *Fonts
	faces map[Style]font.Face
	hand  *rand.Rand // what no two hands do alike: signatures, where a seal lands
	lines []Line
	words []Word // set, and not yet part of a line
	codes []string
	block int
	err   error
}

// New returns an empty white sheet of the given resolution. The hand decides
// how signatures and seals turn out.
func New(fonts *Fonts, dpi int, hand *rand.Rand) *Sheet {
	s := &Sheet{dpi: dpi, fonts: fonts, faces: make(map[Style]font.Face), hand: hand}
	s.img = image.NewRGBA(image.Rect(0, 0, s.px(Width), s.px(Height)))
	draw.Draw(s.img, s.img.Bounds(), image.White, image.Point{}, draw.Src)
	return s
}

// Layout returns a sheet that is only laid out, not drawn, which takes a
// hundredth of the time. Finish returns its lines and no picture.
func Layout(fonts *Fonts, dpi int, hand *rand.Rand) *Sheet {
	return &Sheet{dpi: dpi, fonts: fonts, faces: make(map[Style]font.Face), hand: hand}
}

// Size is the sheet in pixels.
func (s *Sheet) Size() image.Point { return image.Pt(s.px(Width), s.px(Height)) }

// Codes are the texts of the square codes printed so far.
func (s *Sheet) Codes() []string { return s.codes }

// Finish returns the printed side and its lines in reading order.
func (s *Sheet) Finish() (*image.RGBA, []Line, error) { return s.img, s.lines, s.err }

// Fail makes err the sheet's error, unless it already has one.
func (s *Sheet) Fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// Break ends a block of text: blocks are parted by an empty line in the truth.
func (s *Sheet) Break() { s.block++ }

// Text joins lines as the truth writes them: one printed line a line, blocks
// parted by an empty line.
func Text(lines []Line) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 && line.Block != lines[i-1].Block {
			b.WriteByte('\n')
		}
		b.WriteString(line.Text)
		b.WriteByte('\n')
	}
	return b.String()
}

func (s *Sheet) px(mm float64) int         { return int(s.pxf(mm) + 0.5) }
func (s *Sheet) pxf(mm float64) float64    { return mm * float64(s.dpi) / 25.4 }
func (s *Sheet) mm(px float64) float64     { return px * 25.4 / float64(s.dpi) }
func emHeight(points float64) (mm float64) { return points * 25.4 / 72 }

func (s *Sheet) face(style Style) font.Face {
	if face, ok := s.faces[style]; ok {
		return face
	}
	face, err := opentype.NewFace(s.fonts.parsed[style.fileName()], &opentype.FaceOptions{Size: style.Size, DPI: float64(s.dpi)})
	if err != nil {
		s.Fail(fmt.Errorf("face of %s: %w", style.fileName(), err))
	}
	s.faces[style] = face
	return face
}

// width is the length in millimetres of text set in style.
func (s *Sheet) width(style Style, text string) float64 {
	if s.err != nil {
		return 0
	}
	return s.mm(float64(font.MeasureString(s.face(style), text)) / 64)
}

// print sets text with its baseline starting at (x, y). It records nothing.
func (s *Sheet) print(x, y float64, style Style, ink color.Color, text string) {
	if strings.ContainsAny(text, "*_") {
		s.Fail(fmt.Errorf("print text: markup not at the edge of a word"))
	}
	s.checkGlyphs(style, text)
	if s.err != nil || s.img == nil {
		return
	}
	d := font.Drawer{Dst: s.img, Src: image.NewUniform(ink), Face: s.face(style)}
	d.Dot = fixed.Point26_6{X: fixed.Int26_6(s.pxf(x) * 64), Y: fixed.Int26_6(s.pxf(y) * 64)}
	d.DrawString(text)
}

// checkGlyphs refuses text that the font would print as empty boxes.
func (s *Sheet) checkGlyphs(style Style, text string) {
	for _, r := range text {
		if index, err := s.fonts.parsed[style.fileName()].GlyphIndex(nil, r); err != nil || index == 0 {
			s.Fail(fmt.Errorf("print text: %s has no glyph for %q; install version 2 of the font: apt-get install %s",
				style.fileName(), r, FontPackage))
			return
		}
	}
}

// record keeps a line of text that stands on the baseline y from x to x+w.
func (s *Sheet) record(text string, x, y, w, size float64) {
	em := emHeight(size)
	if y > Bottom || x+w > Width {
		s.Fail(fmt.Errorf("print text: a line %.0f mm from the top runs off the sheet", y))
	}
	box := image.Rect(s.px(x), s.px(y-0.92*em), s.px(x+w), s.px(y+0.26*em))
	for i := range s.words {
		s.words[i].Box.Min.Y, s.words[i].Box.Max.Y = box.Min.Y, box.Max.Y
	}
	s.lines = append(s.lines, Line{Text: text, Box: box, Block: s.block, Words: s.words})
	s.words = nil
}

// Rule draws a straight horizontal line of the given thickness.
func (s *Sheet) Rule(x, y, w, thickness float64) {
	s.fill(x, y-thickness/2, w, thickness, color.Black)
}

func (s *Sheet) fill(x, y, w, h float64, ink color.Color) {
	if s.img == nil {
		return
	}
	r := image.Rect(s.px(x), s.px(y), max(s.px(x+w), s.px(x)+1), max(s.px(y+h), s.px(y)+1))
	draw.Draw(s.img, r, image.NewUniform(ink), image.Point{}, draw.Src)
}
