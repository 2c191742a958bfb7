package dossier

import (
	"io"
	"time"
)

// Matrix maps a point of the upright page to a point of the input image, both
// in pixels with the origin at the top left and y downwards:
//
//	xIn = m[0]*x + m[2]*y + m[4]
//	yIn = m[1]*x + m[3]*y + m[5]
//
// The order of the six numbers is that of a PDF transformation matrix (ISO
// 32000-1, 8.3.3). The published image is always the input's own; this matrix
// carries the quarter turn, the deskew and the margins instead.
type Matrix [6]float64

// Identity leaves every point where it is.
func Identity() Matrix { return Matrix{1, 0, 0, 1, 0, 0} }

// Apply maps one point.
func (m Matrix) Apply(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// Then is the matrix that applies m first and next afterwards.
func (m Matrix) Then(next Matrix) Matrix {
	return Matrix{
		m[0]*next[0] + m[1]*next[2], m[0]*next[1] + m[1]*next[3],
		m[2]*next[0] + m[3]*next[2], m[2]*next[1] + m[3]*next[3],
		m[4]*next[0] + m[5]*next[2] + next[4], m[4]*next[1] + m[5]*next[3] + next[5],
	}
}

// Invert returns the matrix of the way back; ok is false for a matrix that
// flattens the plane.
func (m Matrix) Invert() (inverse Matrix, ok bool) {
	det := m[0]*m[3] - m[1]*m[2]
	if det == 0 {
		return Identity(), false
	}
	a, b, c, d := m[3]/det, -m[1]/det, -m[2]/det, m[0]/det
	return Matrix{a, b, c, d, -(a*m[4] + c*m[5]), -(b*m[4] + d*m[5])}, true
}

// Word is one word as the engine read it, with its box in pixels of the
// upright page. Text is in Unicode NFC. Confidence is the engine's own,
// between 0 and 1. Line and Block count from 1 in reading order. Corrected is
// what the word must be where a rule of the language knows better than the
// engine; it stands in the page's text, while the PDF carries what was read.
type Word struct {
	Text       string  `json:"text"`
	Corrected  string  `json:"corrected,omitempty"`
	X          int     `json:"x"`
	Y          int     `json:"y"`
	W          int     `json:"w"`
	H          int     `json:"h"`
	Confidence float64 `json:"confidence"`
	Line       int     `json:"line"`
	Block      int     `json:"block"`
}

// Code is a machine-readable code found on a page: "qr", "code39", "code128"…
type Code struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// CheckBox is a small printed square that is there to be ticked, in pixels of
// the upright page. Confidence is that of its state.
type CheckBox struct {
	X          int        `json:"x"`
	Y          int        `json:"y"`
	W          int        `json:"w"`
	H          int        `json:"h"`
	State      CheckState `json:"state"`
	Confidence float64    `json:"confidence"`
}

// Box is the square's rectangle.
func (c CheckBox) Box() Box {
	return Box{X: c.X, Y: c.Y, W: c.W, H: c.H}
}

// CheckState is what stands in a square.
type CheckState string

// The states of a square.
const (
	CheckTicked CheckState = "ticked"
	CheckEmpty  CheckState = "empty"
	// CheckUnsure: something stands there that may be no tick.
	CheckUnsure CheckState = "unsure"
)

// Flag is a remark on a page that a person should know about. Flags never
// change where a page goes; reasons of a [Fault] do.
type Flag string

// The flags.
const (
	FlagDPIGuessed      Flag = "dpi_guessed"      // no usable resolution in the file: inferred from the paper size
	FlagSkewUnsure      Flag = "skew_unsure"      // left as scanned: the angle could not be measured
	FlagTurnUnsure      Flag = "turn_unsure"      // up or down could not be decided
	FlagLowConfidence   Flag = "low_confidence"   // the engine is unsure of most of the words
	FlagResolutionLow   Flag = "resolution_low"   // below 200 dpi (NĐ 30/2020/NĐ-CP, Phụ lục I)
	FlagForeignTextKept Flag = "foreign_text"     // the input PDF carried text; sohoa read the picture
	FlagForeignSigned   Flag = "foreign_signed"   // the input PDF carries a signature; the original is kept untouched
	FlagRendered        Flag = "rendered"         // the page was drawn by pdftoppm, not lifted as one image
	FlagPartial         Flag = "partial_decoding" // the decoder reported damage and returned what it could
	FlagSpreadUnsure    Flag = "spread_unsure"    // may be two pages side by side: left as one
	FlagNotReadAgain    Flag = "not_read_again"   // turned by a person, but the engine gave up on it: words as before
)

// Reading is what the page front end saw on one page: geometry and text, in
// the units of the upright page. It is stored once, as an object, before the
// page may be placed, so that a rebuild need not read again.
type Reading struct {
	// File is the name of the input file as shown to people; never part of an
	// object key.
	File string `json:"file"`
	// Page is the index of the image in its file and Part the part of the
	// image (1 unless it is a spread); both count from 1.
	Page int `json:"page"`
	Part int `json:"part"`
	// Width and Height are pixels of the upright page.
	Width  int     `json:"width"`
	Height int     `json:"height"`
	DPI    float64 `json:"dpi"`
	// DPISource says where DPI comes from: "tag", "pdf", "profile" (what the
	// office says of the device), "paper" (inferred from the size of the sheet)
	// or "default".
	DPISource string `json:"dpi_source"`
	// RotationCW is the quarter turn (0, 90, 180, 270) and SkewCWDegrees the
	// lean by which the input was turned clockwise relative to upright.
	RotationCW    int     `json:"rotation_cw"`
	SkewCWDegrees float64 `json:"skew_cw_degrees"`
	ToInput       Matrix  `json:"to_input"`
	// Cut is the gutter of the spread the page is one half of; nil for a page
	// that has its image to itself.
	Cut   *Cut `json:"cut,omitempty"`
	Blank bool `json:"blank"`

	Kind           string           `json:"kind,omitempty"`
	KindConfidence float64          `json:"kind_confidence,omitempty"`
	Codes          []Code           `json:"codes,omitempty"`
	Fields         map[string]Field `json:"fields,omitempty"`
	Flags          []Flag           `json:"flags,omitempty"`
	// Text is the page's text in reading order, lines ended by "\n", blocks
	// parted by an empty line; NFC. Corrected words stand corrected.
	Text  string `json:"text"`
	Words []Word `json:"words"`
	// Grid is the table of ruled lines that the page has; nil for none.
	Grid *Grid `json:"grid,omitempty"`
	// CheckBoxes are the squares to be ticked that the page has.
	CheckBoxes []CheckBox `json:"check_boxes,omitempty"`
	// Unread are the places of ink as high as writing that is in no word.
	Unread []Box `json:"unread,omitempty"`
	// Engine names the engine and model that read the page, for example
	// "tesseract 5.3.0 vie@1f2e3d4c": of the model the beginning of its SHA-256.
	Engine string `json:"engine,omitempty"`
}

// Inches is the size of the page; 0 where its resolution is only guessed from
// its pixels, which proves nothing.
func (r Reading) Inches() (w, h float64) {
	if r.DPI <= 0 || r.DPISource == "paper" || r.DPISource == "default" {
		return 0, 0
	}
	return float64(r.Width) / r.DPI, float64(r.Height) / r.DPI
}

// Indexed is the text by which the page is found: the page's text, and what the
// engine read where it was corrected.
func (r Reading) Indexed() string {
	text := r.Text
	for _, w := range r.Words {
		if w.Corrected != "" {
			text += " " + w.Text
		}
	}
	return text
}

// ImageStream is the picture of one image as a PDF viewer takes it: the
// input's own compressed bytes where the format allows, else a lossless
// re-packing of the same pixels. Fields follow the image dictionary of ISO
// 32000-1, 8.9.5.
type ImageStream struct {
	Width, Height int
	// X and Y are where the picture begins in the image: not zero only when it
	// was cut out of a spread.
	X, Y             int
	BitsPerComponent int
	// Components is 1 (gray or bilevel) or 3 (RGB). Other colour spaces are
	// converted when the stream is made, because PDF/A ties device colour to
	// the output intent.
	Components int
	// Filter is "DCTDecode", "CCITTFaxDecode", "JBIG2Decode", "JPXDecode" or
	// "FlateDecode".
	Filter string
	// DecodeParms are the entries of the filter's parameter dictionary, in PDF
	// syntax ("/K -1 /Columns 2480"); empty for none.
	DecodeParms string
	// Inverted asks for a Decode array that swaps black and white.
	Inverted bool
	// Globals is the JBIG2Globals stream, nil for none.
	Globals []byte
	// Size is the length in bytes of what Open yields.
	Size int64
	// Open starts reading the stream from its first byte. It may be called
	// more than once; the caller closes what it gets.
	Open func() (io.ReadCloser, error)
}

// Page is a page's place in a component, as manifests list it.
type Page struct {
	ID PageID `json:"id"`
	// File is the name the scanner or the clerk gave the file, Index and Part
	// as in [Reading].
	File  string `json:"file"`
	Index int    `json:"index"`
	Part  int    `json:"part"`
	// Reading is the version of the reading by which the page is shown when it
	// is not the first; see [Page.ReadingOf].
	Reading int `json:"reading,omitempty"`
}

// ImageReading is the object that keeps what was read on one image: one
// reading per part, or the reason why the image could not be read.
type ImageReading struct {
	Schema string  `json:"schema"` // [ReadingSchema]
	Image  ImageID `json:"image"`
	// Of is how many images the file holds: a rebuild need not open it again.
	Of       int       `json:"of"`
	At       time.Time `json:"at"`
	Readings []Reading `json:"readings"`
	// Reason is set, and Readings empty, when the worker gave the image up.
	Reason Reason `json:"reason,omitempty"`
}

// ReadingSchema names the form of a reading.
const ReadingSchema = "sohoa/reading/1"
