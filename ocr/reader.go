// Package ocr turns the bytes of one image into pages with geometry and text.
//
// Start at [Reader.Read]: decode, straighten, look for codes, recognize, put
// into reading order. Each step is a package of its own, a plain function on
// values: decode, cleanup, codes, tesseract, text. A Reader works on foreign
// pixels in C libraries and therefore runs only inside a page worker; package
// worker holds the processes and is what the rest of the program uses.
//
// Promises: one page is in memory at a time; the size of a picture is checked
// before it is decoded; nothing here writes to disk except below Scratch;
// errors are faults with a reason and without personal data.
package ocr

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"sohoa/dossier"
	"sohoa/ocr/cleanup"
	"sohoa/ocr/codes"
	"sohoa/ocr/decode"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
	"sohoa/ocr/ruled"
	"sohoa/ocr/spread"
	"sohoa/ocr/tesseract"
	"sohoa/ocr/text"
)

// Config of a Reader.
type Config struct {
	Limits  decode.Limits
	Scratch string // folder for rendered and repaired PDFs
	Profile Profile
}

// Profile is how pages are read: an office has more than one scanner, and
// counters with different papers.
type Profile struct {
	Models tesseract.Config
	// DPI is the resolution of pictures whose files state none. 0 infers it from
	// the size of the paper.
	DPI float64
	// Patches looks for patch codes, too.
	Patches bool
}

// Viewer opens files and makes pictures of them. It needs no models, so that a
// process with nothing else is there at once. It is not safe for concurrent
// use.
type Viewer struct {
	decoder decode.Decoder
	opened  opened
	clock   *clock
	without step // for benchmarks: left out of reading
}

// NewViewer gives a Viewer; no models are loaded.
func NewViewer(cfg Config) *Viewer {
	lept.Quiet()
	return &Viewer{decoder: decode.Decoder{Limits: cfg.Limits, Scratch: cfg.Scratch}}
}

// Close closes the last file.
func (v *Viewer) Close() { v.opened.close() }

// Reader is a Viewer that also reads pages. It is not safe for concurrent use.
type Reader struct {
	*Viewer
	profile Profile
	engine  *tesseract.Engine
	codes   *codes.Scanner
}

// NewReader loads the models.
func NewReader(cfg Config) (*Reader, error) {
	viewer := NewViewer(cfg)
	engine, err := tesseract.New(cfg.Profile.Models)
	if err != nil {
		return nil, err
	}
	scanner, err := codes.New()
	if err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	return &Reader{Viewer: viewer, profile: cfg.Profile, engine: engine, codes: scanner}, nil
}

// Use reads by another profile from here on. Other models take the place of
// those that are loaded, so that there is memory for one engine at any time; when
// they cannot be loaded, the Reader can only be used again with some that can.
func (r *Reader) Use(p Profile) error {
	if r.engine != nil && r.profile.Models.Same(p.Models) {
		r.profile = p
		return nil
	}
	if err := r.closeEngine(); err != nil {
		return err
	}
	engine, err := tesseract.New(p.Models)
	if err != nil {
		return err
	}
	r.profile, r.engine = p, engine
	return nil
}

func (r *Reader) closeEngine() error {
	engine := r.engine
	r.engine = nil
	if engine == nil {
		return nil
	}
	return engine.Close()
}

// Close frees the models and the last file.
func (r *Reader) Close() error {
	r.Viewer.Close()
	r.codes.Close()
	return r.closeEngine()
}

// Engine names the engine and its models.
func (r *Reader) Engine() string { return r.engine.Name() }

// Open opens a file, or hands out the one that is open: the pages of a long
// PDF are asked for one by one, and parsing it each time would cost more than
// reading. The file stays the Viewer's.
func (v *Viewer) Open(ctx context.Context, path string) (*decode.File, error) {
	info, err := os.Stat(path)
	if err == nil && v.opened.is(path, info) {
		return v.opened.file, nil
	}
	v.opened.close()
	file, err := v.decoder.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	v.opened = opened{path, info.Size(), info.ModTime(), file}
	return file, nil
}

// opened is the file of the last call.
type opened struct {
	path     string
	size     int64
	modified time.Time
	file     *decode.File
}

func (o *opened) is(path string, info os.FileInfo) bool {
	return o.file != nil && o.path == path && o.size == info.Size() && o.modified.Equal(info.ModTime())
}

func (o *opened) close() {
	if o.file != nil {
		o.file.Close()
	}
	*o = opened{}
}

// Read reads the image at index (counted from 1) of a file; name is what
// people call the file.
func (r *Reader) Read(ctx context.Context, path, name string, index int) ([]dossier.Reading, error) {
	picture, err := r.picture(ctx, path, index)
	if err != nil {
		return nil, err
	}
	found, err := spread.Find(picture)
	if err != nil {
		picture.Pix.Close()
		return nil, parked("part spread", err)
	}
	r.clock.Lap("spread")
	if found.Unsure {
		picture.Flags = append(picture.Flags, dossier.FlagSpreadUnsure)
	}
	base := dossier.Reading{File: name, Page: index, Part: 1}
	if len(found.Parts) > 0 {
		return r.readHalves(picture, base, found.Parts)
	}
	reading, err := r.readPage(picture, base, nil)
	return []dossier.Reading{reading}, err
}

// ReadAs reads the image again with its pages as a person says that they lie:
// neither a gutter nor a way up is looked for.
func (r *Reader) ReadAs(ctx context.Context, path, name string, index int, ways []dossier.WayUp) ([]dossier.Reading, error) {
	picture, err := r.picture(ctx, path, index)
	if err != nil {
		return nil, err
	}
	base := dossier.Reading{File: name, Page: index, Part: 1}
	if len(ways) == 1 && ways[0].Cut == nil {
		reading, err := r.readPage(picture, base, &ways[0].RotationCW)
		return []dossier.Reading{reading}, err
	}
	return r.readTold(picture, base, ways)
}

// picture decodes the image at index of a file.
func (r *Reader) picture(ctx context.Context, path string, index int) (*decode.Picture, error) {
	file, err := r.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	r.clock = startClock()
	picture, err := file.Picture(ctx, index)
	if err != nil {
		return nil, err
	}
	picture.Resolution = picture.Resolution.OrAssumed(r.profile.DPI)
	r.clock.Lap("decode")
	return picture, nil
}

// readPage reads a picture that is one page; base says of which file, and lies,
// unless it is nil, how it lies clockwise from upright. The picture is consumed.
func (r *Reader) readPage(picture *decode.Picture, base dossier.Reading, lies *int) (dossier.Reading, error) {
	reading := base
	reading.DPISource, reading.Flags, reading.Engine = picture.Resolution.Source, picture.Flags, r.engine.Name()
	scan := scanOf(picture)
	help := cleanup.Help{Reader: r.engine, Lap: r.clock.Lap, Without: cleanup.Step(r.without), Lies: lies}
	page, err := cleanup.Straighten(picture, help)
	if err != nil {
		return reading, parked("straighten page", err)
	}
	defer page.Close()
	describe(&reading, page)
	if slices.ContainsFunc(reading.Flags, deniesBlank) {
		page.Blankness = cleanup.Written
	}
	if err := r.recognize(&reading, page, scan); err != nil {
		return reading, parked("read page", err)
	}
	return reading, nil
}

// deniesBlank: the file itself says that there is text, or not all of it could
// be decoded. What looks empty then may not be.
func deniesBlank(f dossier.Flag) bool {
	return f == dossier.FlagForeignTextKept || f == dossier.FlagPartial
}

// parked is the fault for a step that failed on this page: a library gave up,
// most often for want of memory.
func parked(op string, err error) error {
	return &dossier.Fault{Kind: dossier.Park, Op: op, Reason: dossier.ReasonUnreadable, Err: err}
}

// describe copies the geometry.
func describe(reading *dossier.Reading, page *cleanup.Page) {
	reading.Width, reading.Height, reading.DPI = page.Width, page.Height, page.DPI
	reading.RotationCW, reading.SkewCWDegrees, reading.ToInput = page.RotationCW, page.SkewCWDegrees, page.ToInput
	reading.Flags = append(reading.Flags, page.Flags...)
}

// recognize reads codes and words, and decides about blankness.
func (r *Reader) recognize(reading *dossier.Reading, page *cleanup.Page, scan scan) error {
	found, err := r.readCodes(page, scan)
	r.clock.Lap("codes")
	if err != nil {
		return err
	}
	reading.Codes = found.codes
	if page.Blankness == cleanup.SurelyBlank && len(found.codes) == 0 {
		reading.Blank = true
		return nil
	}
	found.wipe(page)
	words, err := r.readWords(page)
	r.clock.Lap("recognize")
	if err != nil {
		return err
	}
	words = found.without(words, page.Scale)
	if page.Blankness != cleanup.Written && !page.Note && len(found.codes) == 0 && len(words) == 0 {
		reading.Blank = true
		return nil
	}
	reading.Words = text.Order(toPage(words, page.Scale, reading), page.DPI)
	text.Correct(reading.Words)
	reading.Text = text.Plain(reading.Words)
	if page.Ink != nil {
		if reading.Grid, err = ruled.Find(page.Ink, ruled.Page{Scale: page.DPI / measure.DPI, Width: page.Width, Height: page.Height}); err != nil {
			return err
		}
		if reading.CheckBoxes, err = squares(page, reading.Words); err != nil {
			return err
		}
		if reading.Unread, err = unreadInk(page, reading); err != nil {
			return err
		}
	}
	r.clock.Lap("rules")
	if unsure(reading.Words) {
		reading.Flags = append(reading.Flags, dossier.FlagLowConfidence)
	}
	return nil
}

// readWords reads the page: line by line where there is print, as a whole where
// there may be none. There, dust and a seal shining through are read as single
// signs, or as words that nothing else on the page supports: words are only
// believed when the engine, which looks for blocks of print, finds some, or when
// a lone one is certain.
func (r *Reader) readWords(page *cleanup.Page) ([]tesseract.Word, error) {
	if page.Faint && page.Blankness != cleanup.Written {
		return r.readFaint(page)
	}
	if page.Blankness == cleanup.Written && page.Ink != nil {
		return r.readWritten(page)
	}
	words, err := r.readWhole(page, tesseract.WholePage)
	if err != nil || page.Blankness == cleanup.Written || anyWord(words, likelyWord) {
		return words, err
	}
	words, err = r.readWhole(page, tesseract.Sparse)
	if err != nil || anyWord(words, certainWord) {
		return words, err
	}
	return nil, nil
}

// readFaint reads a page of pale marks: as any other when they are words, which the
// back of a sheet shining through has none of, and as nothing else.
func (r *Reader) readFaint(page *cleanup.Page) ([]tesseract.Word, error) {
	words, err := r.readWhole(page, tesseract.WholePage)
	if err != nil {
		return nil, err
	}
	certain, all := 0, 0
	for _, w := range words {
		if anyWord([]tesseract.Word{w}, 0) {
			all++
		}
		if anyWord([]tesseract.Word{w}, certainWord) {
			certain++
		}
	}
	if certain < faintWords || 2*certain < all {
		return nil, nil
	}
	return r.readWritten(page)
}

// faintWords is how many certain words make pale marks print, if they are half of
// all: some titles in capitals, as HỘI, are words also the wrong way round.
const faintWords = 3

// What makes a word of at least wordLetters letters believed on a page that
// may be blank: in a block of print, and alone.
const (
	likelyWord  = 0.3
	certainWord = 0.7
	wordLetters = 2
)

func anyWord(words []tesseract.Word, confidence float64) bool {
	for _, w := range words {
		if w.Confidence >= confidence && tesseract.Letters(w.Text) >= wordLetters {
			return true
		}
	}
	return false
}

// toPage brings words to the pixels of the page.
func toPage(words []tesseract.Word, scale float64, page *dossier.Reading) []dossier.Word {
	out := make([]dossier.Word, len(words))
	for i, w := range words {
		x, width := span(w.Box.Min.X, w.Box.Max.X, scale, page.Width)
		y, height := span(w.Box.Min.Y, w.Box.Max.Y, scale, page.Height)
		out[i] = dossier.Word{
			Text: w.Text, X: x, Y: y, W: width, H: height,
			Confidence: min(max(w.Confidence, 0), 1), Line: w.Line, Block: w.Block,
		}
	}
	return out
}

// span scales one side of a box to the page. Rounding may put an edge a pixel
// off the paper, and the engine gives a box without extent now and then; both
// are pulled in, so that every box is on the page and has a size.
func span(from, to int, scale float64, side int) (at, length int) {
	at = min(max(int(float64(from)/scale+0.5), 0), side-1)
	end := min(max(int(float64(to)/scale+0.5), at+1), side)
	return at, end - at
}

// A page most of whose words are below unsureWord is flagged.
const unsureWord = 0.6

func unsure(words []dossier.Word) bool {
	low := 0
	for _, w := range words {
		if w.Confidence < unsureWord {
			low++
		}
	}
	return len(words) > 0 && 2*low > len(words)
}
