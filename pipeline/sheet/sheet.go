// Package sheet draws the sheets that sohoa itself prints. There is one so far:
// the separator, which is laid before the papers of a dossier and tells the
// machine, and the clerk, which dossier follows.
//
// Start at [Separator]. Pages are bilevel, A4 at 300 dpi, and come as the same
// values the PDF writer takes from a scan, so that what is printed is archived
// by the same code as what is read. A letter the font lacks is an error, never
// a box.
package sheet

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/draw"
	"io"
	"math"

	qrcode "github.com/skip2/go-qrcode"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"sohoa/dossier"
	typeface "sohoa/pipeline/font"
)

// The paper: A4 at 300 dpi, in pixels.
const (
	dpi    = 300
	width  = 2480
	height = 3508
)

// Sheet is one drawn page: its picture and its words, as the PDF writer takes
// them.
type Sheet struct {
	Image   dossier.ImageStream
	Reading dossier.Reading
}

// Separator draws the separator sheet of a dossier. sheets is the number of
// sheets that will follow, 0 when it is not known; the scan is then not counted
// against it.
func Separator(code string, sheets int) (Sheet, error) {
	text, err := dossier.FormatSeparator(code, sheets)
	if err != nil {
		return Sheet{}, err
	}
	c, err := newCanvas()
	if err != nil {
		return Sheet{}, err
	}
	c.center(560, 150, "TỜ PHÂN CÁCH HỒ SƠ")
	c.center(700, 60, "Đặt tờ này trước giấy tờ của hồ sơ. Không viết lên mã vuông.")
	if err := c.qr(text, 900, 1000); err != nil {
		return Sheet{}, err
	}
	c.center(2180, 170, code)
	if sheets > 0 {
		c.center(2380, 110, dossier.PrintedCount(code, sheets))
	}
	c.center(3300, 50, "sohoa · Place this sheet before the papers of the dossier.")
	return c.sheet()
}

// canvas draws black on white and remembers the words it drew.
type canvas struct {
	pix  *image.Gray
	font *opentype.Font
	page dossier.Reading
	line int
	err  error
}

func newCanvas() (*canvas, error) {
	parsed, err := opentype.Parse(typeface.Serif())
	if err != nil {
		return nil, fmt.Errorf("draw sheet: %w", err)
	}
	pix := image.NewGray(image.Rect(0, 0, width, height))
	draw.Draw(pix, pix.Rect, image.White, image.Point{}, draw.Src)
	return &canvas{pix: pix, font: parsed, page: dossier.Reading{
		Page: 1, Part: 1, Width: width, Height: height, DPI: dpi, DPISource: "tag", ToInput: dossier.Identity(),
	}}, nil
}

// center draws a line of text with its baseline at y and letters of size
// pixels; text too wide for the sheet is drawn smaller.
func (c *canvas) center(y int, size float64, text string) {
	if c.err != nil {
		return
	}
	face, advance := c.fit(size, text)
	if c.err != nil {
		return
	}
	c.line++
	x := (fixed.I(width) - advance) / 2
	d := font.Drawer{Dst: c.pix, Src: image.Black, Face: face, Dot: fixed.Point26_6{X: x, Y: fixed.I(y)}}
	d.DrawString(text)
	c.words(face, x, y, text)
	c.page.Text += text + "\n"
	c.err = face.Close()
}

// margin is what stays white at either side.
const margin = 200

func (c *canvas) fit(size float64, text string) (font.Face, fixed.Int26_6) {
	if c.err = c.complete(text); c.err != nil {
		return nil, 0
	}
	for {
		// Sizes are in pixels: at 72 dpi a point is one.
		face, err := opentype.NewFace(c.font, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			c.err = fmt.Errorf("draw sheet: %w", err)
			return nil, 0
		}
		if advance := font.MeasureString(face, text); advance <= fixed.I(width-2*margin) || size < 10 {
			return face, advance
		}
		size *= 0.95
	}
}

// complete refuses text with a letter the font lacks.
func (c *canvas) complete(text string) error {
	var buffer sfnt.Buffer
	for _, r := range text {
		index, err := c.font.GlyphIndex(&buffer, r)
		if err != nil || index == 0 {
			return fmt.Errorf("draw sheet: the font has no letter %q", r)
		}
	}
	return nil
}

// words notes where the words of a drawn line are.
func (c *canvas) words(face font.Face, x fixed.Int26_6, y int, text string) {
	metrics := face.Metrics()
	top, tall := y-metrics.Ascent.Ceil(), (metrics.Ascent + metrics.Descent).Ceil()
	start := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] != ' ' {
			continue
		}
		if i > start {
			left := x + font.MeasureString(face, text[:start])
			wide := font.MeasureString(face, text[start:i])
			c.page.Words = append(c.page.Words, dossier.Word{
				Text: text[start:i], X: left.Round(), Y: top, W: wide.Round(), H: tall, Confidence: 1, Line: c.line, Block: 1,
			})
		}
		start = i + 1
	}
}

// qr draws a code of about size pixels, centred, with its top at y. Level H
// survives a torn or stamped corner (30 % of the code may be lost); a whole
// number of pixels a module keeps the edges sharp.
func (c *canvas) qr(text string, y, size int) error {
	code, err := qrcode.New(text, qrcode.Highest)
	if err != nil {
		return fmt.Errorf("draw sheet: %w", err)
	}
	modules := code.Bitmap()
	scale := max(1, size/len(modules))
	left := (width - scale*len(modules)) / 2
	for row, line := range modules {
		for column, dark := range line {
			if dark {
				at := image.Rect(0, 0, scale, scale).Add(image.Pt(left+column*scale, y+row*scale))
				draw.Draw(c.pix, at, image.Black, image.Point{}, draw.Src)
			}
		}
	}
	c.page.Codes = append(c.page.Codes, dossier.Code{Type: "qr", Text: text})
	return nil
}

// sheet packs the drawing as a one-bit Flate stream.
func (c *canvas) sheet() (Sheet, error) {
	if c.err != nil {
		return Sheet{}, c.err
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	row := make([]byte, (width+7)/8)
	for y := range height {
		clear(row)
		for x := range width {
			if c.pix.GrayAt(x, y).Y > math.MaxUint8/2 {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
		if _, err := w.Write(row); err != nil {
			return Sheet{}, fmt.Errorf("draw sheet: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return Sheet{}, fmt.Errorf("draw sheet: %w", err)
	}
	body := packed.Bytes()
	return Sheet{Reading: c.page, Image: dossier.ImageStream{
		Width: width, Height: height, BitsPerComponent: 1, Components: 1, Filter: "FlateDecode", Size: int64(len(body)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil },
	}}, nil
}
