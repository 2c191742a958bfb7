// Package tesseract reads print by libtesseract, through gosseract: a page to
// words with boxes, or one line for a question about it.
//
// Start at [New]; one engine per process, closed and made anew by its owner
// every some dozens of pages, because the binding leaks the strings it hands
// over. An engine is not safe for concurrent use. OMP_THREAD_LIMIT=1 has to
// stand in the environment before the process starts: the library's own
// threads cost more than they bring when there is a process per core.
package tesseract

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/otiai10/gosseract/v2"

	"sohoa/dossier/viet"
	"sohoa/ocr/internal/lept"
)

// Config says which models to read with.
type Config struct {
	// Languages in order of importance. Default "vie": adding English costs
	// 12 % of the time and loses words.
	Languages []string
	// Data is the folder of the models; empty for the library's own.
	Data string
}

// Same tells whether two name the same models.
func (c Config) Same(other Config) bool {
	return c.Data == other.Data && slices.Equal(c.languages(), other.languages())
}

func (c Config) languages() []string {
	if len(c.Languages) == 0 {
		return []string{"vie"}
	}
	return c.Languages
}

// Word is one word in pixels of the picture that was read. Line and Block are
// the engine's own numbers: words of one line have the same, and lines of one
// block.
type Word struct {
	Text        string
	Box         image.Rectangle
	Confidence  float64 // 0 to 1
	Line, Block int
}

// Layout is how much the engine is told about the picture.
type Layout int

// The layouts.
const (
	WholePage Layout = iota // find blocks and columns
	Sparse                  // find as much as possible, in no order
	OneBlock                // the picture is one column of lines
	RawLine                 // the picture is one line, nothing to be looked for
)

func (l Layout) mode() gosseract.PageSegMode {
	switch l {
	case OneBlock:
		return gosseract.PSM_SINGLE_BLOCK
	case Sparse:
		return gosseract.PSM_SPARSE_TEXT
	case RawLine:
		return gosseract.PSM_RAW_LINE
	}
	return gosseract.PSM_AUTO
}

// Engine reads pictures.
type Engine struct {
	client *gosseract.Client
	name   string
}

// New loads the models, so that a missing one is known before the first page.
func New(cfg Config) (*Engine, error) {
	languages := cfg.languages()
	client := gosseract.NewClient()
	e := &Engine{client: client, name: "tesseract " + client.Version() + " " + cfg.models()}
	if err := e.load(cfg.Data, languages); err != nil {
		err = fmt.Errorf("load tesseract models %s: %w", strings.Join(languages, "+"), err)
		return nil, errors.Join(err, client.Close())
	}
	return e, nil
}

// load initializes the library by reading an empty picture: what is set before
// the first reading, the layout among it, would be lost.
func (e *Engine) load(data string, languages []string) error {
	if data != "" {
		if err := e.client.SetTessdataPrefix(data); err != nil {
			return err
		}
	}
	if err := e.client.SetLanguage(languages...); err != nil {
		return err
	}
	// Looking for white print on black costs 5 % and finds nothing on paper.
	if err := e.client.SetVariable("tessedit_do_invert", "0"); err != nil {
		return err
	}
	empty, err := lept.New(32, 32, 8)
	if err != nil {
		return err
	}
	defer empty.Close()
	_, err = e.Read(empty, 300, WholePage)
	return err
}

// Name names the engine and its models, for the record: "tesseract 5.3.0
// vie@1f2e3d4c" says which file the model was by the beginning of its SHA-256,
// since the fast and the more exact model have one name.
func (e *Engine) Name() string { return e.name }

// Close frees the library's memory.
func (e *Engine) Close() error { return e.client.Close() }

// Read finds the words of a gray picture, in the engine's order. Words without
// text, which the engine reports for pictures and rules, are left out.
func (e *Engine) Read(gray *lept.Pix, dpi float64, layout Layout) ([]Word, error) {
	data, err := gray.GrayRows(tiffHeader(gray.Width(), gray.Height()))
	if err != nil {
		return nil, fmt.Errorf("read print: %w", err)
	}
	if err := e.prepare(data, dpi, layout); err != nil {
		return nil, fmt.Errorf("read print: %w", err)
	}
	boxes, err := e.client.GetBoundingBoxesVerbose()
	if err != nil {
		return nil, fmt.Errorf("read print: %w", err)
	}
	return toWords(boxes, image.Rect(0, 0, gray.Width(), gray.Height())), nil
}

// tiffHeader is what stands before the rows of an uncompressed 8-bit gray TIFF.
// The binding takes pictures as files in memory only; leptonica reads this form
// of an A4 page in a hundredth of a second and PNM, byte by byte, in a fifth.
func tiffHeader(w, h int) []byte {
	le := binary.LittleEndian
	entries := [][2]uint32{
		{256, uint32(w)}, {257, uint32(h)},
		{258, 8}, // bits
		{259, 1}, // not compressed
		{262, 1}, // 0 is black
		{273, 0}, // where the rows begin, known below
		{277, 1}, // samples
		{278, uint32(h)},
		{279, uint32(w) * uint32(h)},
	}
	size := 8 + 2 + 12*len(entries) + 4
	out := le.AppendUint16([]byte("II*\x00\x08\x00\x00\x00"), uint16(len(entries)))
	for _, e := range entries {
		if e[0] == 273 {
			e[1] = uint32(size)
		}
		out = le.AppendUint16(le.AppendUint16(out, uint16(e[0])), 4) // one 32-bit number
		out = le.AppendUint32(le.AppendUint32(out, 1), e[1])
	}
	return le.AppendUint32(out, 0)
}

// leastDPI is the least that the library takes; it says so on stderr for each
// line of a coarse picture, and goes on with it.
const leastDPI = 70

func (e *Engine) prepare(data []byte, dpi float64, layout Layout) error {
	return errors.Join(
		e.client.SetImageFromBytes(data),
		e.client.SetVariable("user_defined_dpi", strconv.Itoa(max(leastDPI, int(dpi+0.5)))),
		e.client.SetPageSegMode(layout.mode()),
	)
}

// toWords numbers lines throughout: the engine starts again in each paragraph.
func toWords(boxes []gosseract.BoundingBox, page image.Rectangle) []Word {
	var words []Word
	var last gosseract.BoundingBox
	line := 0
	for _, b := range boxes {
		if b.BlockNum != last.BlockNum || b.ParNum != last.ParNum || b.LineNum != last.LineNum {
			line++
		}
		last = b
		text := strings.TrimSpace(viet.NFC(strings.ToValidUTF8(b.Word, "")))
		at := b.Box.Intersect(page)
		if text == "" || at.Empty() {
			continue
		}
		words = append(words, Word{text, at, min(max(b.Confidence/100, 0), 1), line, b.BlockNum})
	}
	return words
}

// ReadLine reads one line and scores it: the mean confidence of its words and
// the number of letters and digits. It answers cleanup's question which way up
// a page is. Digits count: a line that is a code has little else, and upside
// down its digits turn into letters.
func (e *Engine) ReadLine(gray *lept.Pix, dpi float64) (confidence float64, signs int, err error) {
	words, err := e.Read(gray, dpi, RawLine)
	if err != nil || len(words) == 0 {
		return 0, 0, err
	}
	for _, w := range words {
		confidence += w.Confidence
		signs += Signs(w.Text)
	}
	return confidence / float64(len(words)), signs, nil
}

// Letters counts the letters of a text.
func Letters(text string) int { return count(text, unicode.IsLetter) }

// Signs counts the letters and digits of a text.
func Signs(text string) int { return count(text, unicode.IsLetter) + count(text, unicode.IsDigit) }

func count(text string, is func(rune) bool) int {
	n := 0
	for _, r := range text {
		if is(r) {
			n++
		}
	}
	return n
}
