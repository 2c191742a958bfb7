package worker

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sohoa/dossier"
	"sohoa/ocr"
	"sohoa/ocr/decode"
)

// What a child may answer. The bounds are beyond anything a page of paper can
// give; an answer outside them comes from a child that is no longer ours.
const (
	maxSide     = 200_000 // pixels
	maxImages   = 100_000
	maxReadings = 16
	maxWords    = 100_000
	maxWordLen  = 1024
	maxTextLen  = 4 << 20
	maxCodes    = 64
	maxRules    = 2000
	maxSquares  = 10_000
	maxCodeLen  = 8192
	maxFlags    = 16
	maxErrorLen = 200
	maxStages   = 16
)

// checkOpened checks the answer to open.
func checkOpened(o *Opened) error {
	if o == nil || o.Images < 1 || o.Images > maxImages || !plain(o.Format, 16) {
		return fmt.Errorf("%w: opened", errFrame)
	}
	return checkFlags(o.Flags)
}

// checkReadings checks the answer to read.
func checkReadings(readings []dossier.Reading, t Task) error {
	if len(readings) < 1 || len(readings) > maxReadings {
		return fmt.Errorf("%w: %d readings", errFrame, len(readings))
	}
	if len(t.Ways) > 0 && len(readings) != len(t.Ways) {
		return fmt.Errorf("%w: %d readings for %d pages", errFrame, len(readings), len(t.Ways))
	}
	for i, r := range readings {
		if r.File != t.File || r.Page != t.Index || r.Part != i+1 {
			return fmt.Errorf("%w: reading of another page", errFrame)
		}
		if len(t.Ways) > 0 && !reflect.DeepEqual(r.WayUp(), t.Ways[i]) {
			return fmt.Errorf("%w: reading of a page that lies another way", errFrame)
		}
		if err := checkReading(r); err != nil {
			return err
		}
	}
	return nil
}

// checkStages checks the table of times that comes with readings.
func checkStages(stages []ocr.Stage) error {
	if len(stages) > maxStages {
		return fmt.Errorf("%w: %d stages", errFrame, len(stages))
	}
	for _, s := range stages {
		if !plain(s.Name, 16) || s.CPU < 0 || s.Wall < 0 {
			return fmt.Errorf("%w: stage", errFrame)
		}
	}
	return nil
}

func checkReading(r dossier.Reading) error {
	sources := []string{"tag", "pdf", "profile", "paper", "default"}
	switch {
	case !side(r.Width), !side(r.Height):
		return fmt.Errorf("%w: page size", errFrame)
	case !within(r.DPI, 1, 10_000), !within(r.SkewCWDegrees, -45, 45), r.RotationCW%90 != 0 || r.RotationCW < 0 || r.RotationCW > 270:
		return fmt.Errorf("%w: page geometry", errFrame)
	case !slices.Contains(sources, r.DPISource), !plain(r.Engine, 100):
		return fmt.Errorf("%w: page sources", errFrame)
	case len(r.Text) > maxTextLen, !utf8.ValidString(r.Text), len(r.Fields) > 0, r.Kind != "":
		return fmt.Errorf("%w: page text", errFrame)
	}
	for _, v := range r.ToInput {
		if !within(v, -10*maxSide, 10*maxSide) {
			return fmt.Errorf("%w: page matrix", errFrame)
		}
	}
	if r.Cut != nil && !inImage(*r.Cut) {
		return fmt.Errorf("%w: gutter", errFrame)
	}
	if err := checkWords(r); err != nil {
		return err
	}
	if err := checkGrid(r); err != nil {
		return err
	}
	if err := checkSquares(r); err != nil {
		return err
	}
	if err := checkCodes(r.Codes); err != nil {
		return err
	}
	return checkFlags(r.Flags)
}

// checkGrid checks the table of rules: on the page, in order, with a share for
// each cell.
func checkGrid(r dossier.Reading) error {
	g := r.Grid
	if g == nil {
		return nil
	}
	rows, columns := len(g.Rows), len(g.Columns)
	if rows < 2 || columns < 2 || rows > maxRules || columns > maxRules || len(g.Ink) != rows-1 || !ruled(g.Rows, r.Height, r.Width) || !ruled(g.Columns, r.Width, r.Height) {
		return fmt.Errorf("%w: rules", errFrame)
	}
	for _, cells := range g.Ink {
		if len(cells) != columns-1 || slices.ContainsFunc(cells, func(share float64) bool { return !within(share, 0, 1) }) {
			return fmt.Errorf("%w: cells", errFrame)
		}
	}
	return nil
}

// checkSquares checks the squares to be ticked, and the places of ink in no word: on
// the page, with a known state.
func checkSquares(r dossier.Reading) error {
	if len(r.CheckBoxes) > maxSquares || len(r.Unread) > maxSquares {
		return fmt.Errorf("%w: %d squares", errFrame, len(r.CheckBoxes))
	}
	for _, b := range r.Unread {
		if b.X < 0 || b.Y < 0 || b.W <= 0 || b.H <= 0 || b.X > r.Width-b.W || b.Y > r.Height-b.H {
			return fmt.Errorf("%w: ink", errFrame)
		}
	}
	states := []dossier.CheckState{dossier.CheckTicked, dossier.CheckEmpty, dossier.CheckUnsure}
	for _, c := range r.CheckBoxes {
		inside := c.X >= 0 && c.Y >= 0 && c.W > 0 && c.H > 0 && c.X <= r.Width-c.W && c.Y <= r.Height-c.H
		if !inside || !within(c.Confidence, 0, 1) || !slices.Contains(states, c.State) {
			return fmt.Errorf("%w: square", errFrame)
		}
	}
	return nil
}

// ruled tells whether rules lie on a page, one behind the other.
func ruled(rules []dossier.Rule, across, along int) bool {
	before := -1
	for _, rule := range rules {
		onPage := rule.At > before && rule.At <= across && rule.From >= 0 && rule.From < rule.To && rule.To <= along+1
		if !onPage || !within(rule.Seen, 0, 1) {
			return false
		}
		before = rule.At
	}
	return true
}

// inImage tells whether a gutter is a line between two points of an image.
func inImage(c dossier.Cut) bool {
	for _, v := range c {
		if !within(v, -maxSide, 2*maxSide) {
			return false
		}
	}
	return c[0] != c[2] || c[1] != c[3]
}

func checkWords(r dossier.Reading) error {
	if len(r.Words) > maxWords {
		return fmt.Errorf("%w: %d words", errFrame, len(r.Words))
	}
	for _, w := range r.Words {
		inside := w.X >= 0 && w.Y >= 0 && w.W > 0 && w.H > 0 && w.X <= r.Width-w.W && w.Y <= r.Height-w.H
		numbered := w.Line >= 1 && w.Line <= maxWords && w.Block >= 1 && w.Block <= maxWords
		if !inside || !numbered || !within(w.Confidence, 0, 1) || !word(w.Text) || w.Corrected != "" && !word(w.Corrected) {
			return fmt.Errorf("%w: word", errFrame)
		}
	}
	return nil
}

func word(s string) bool { return s != "" && len(s) <= maxWordLen && utf8.ValidString(s) }

func checkCodes(codes []dossier.Code) error {
	if len(codes) > maxCodes {
		return fmt.Errorf("%w: %d codes", errFrame, len(codes))
	}
	for _, c := range codes {
		if !plain(c.Type, 16) || len(c.Text) > maxCodeLen || !utf8.ValidString(c.Text) {
			return fmt.Errorf("%w: code", errFrame)
		}
	}
	return nil
}

func checkFlags(flags []dossier.Flag) error {
	if len(flags) > maxFlags {
		return fmt.Errorf("%w: %d flags", errFrame, len(flags))
	}
	for _, f := range flags {
		if !plain(string(f), 32) {
			return fmt.Errorf("%w: flag", errFrame)
		}
	}
	return nil
}

// parmWords are the names and values a parameter dictionary may have; anything
// else could break out of the dictionary in the PDF it is written to.
var parmWords = []string{
	"/K", "/Columns", "/Rows", "/EndOfLine", "/EncodedByteAlign", "/EndOfBlock", "/BlackIs1", "/DamagedRowsBeforeError",
	"/Predictor", "/Colors", "/BitsPerComponent", "/ColorTransform", "true", "false",
}

// checkStream checks the answer to extract against the file the bytes come
// from, and returns how many there are.
func checkStream(s *stream, fileSize int64) (size int64, err error) {
	filters := []string{"DCTDecode", "CCITTFaxDecode", "JBIG2Decode", "FlateDecode", "JPXDecode"}
	switch {
	case s == nil, !side(s.Width), !side(s.Height), s.X < 0, s.Y < 0, s.X > maxSide, s.Y > maxSide, !slices.Contains(filters, s.Filter):
		return 0, fmt.Errorf("%w: stream", errFrame)
	case !slices.Contains([]int{1, 2, 4, 8, 16}, s.BitsPerComponent), s.Components != 1 && s.Components != 3:
		return 0, fmt.Errorf("%w: stream samples", errFrame)
	}
	for _, word := range strings.Fields(s.DecodeParms) {
		if !slices.Contains(parmWords, word) && !integer(word) {
			return 0, fmt.Errorf("%w: stream parameters", errFrame)
		}
	}
	if s.Ranges == nil {
		return fileSize, nonEmpty(fileSize)
	}
	for _, r := range s.Ranges {
		if !inFile(r, fileSize) {
			return 0, fmt.Errorf("%w: stream range", errFrame)
		}
		size += r.Length
	}
	return size, nonEmpty(size)
}

func inFile(r decode.Range, size int64) bool {
	return r.Offset >= 0 && r.Length >= 0 && r.Offset <= size && r.Length <= size-r.Offset
}

func nonEmpty(size int64) error {
	if size <= 0 {
		return fmt.Errorf("%w: empty stream", errFrame)
	}
	return nil
}

func integer(word string) bool {
	digits := strings.TrimPrefix(word, "-")
	return digits != "" && len(digits) < 10 && strings.Trim(digits, "0123456789") == ""
}

func side(v int) bool { return v >= 1 && v <= maxSide }

func within(v, low, high float64) bool { return !math.IsNaN(v) && v >= low && v <= high }

// plain tells whether a text is short and made of printable ASCII.
func plain(s string, longest int) bool {
	return len(s) <= longest && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// clean makes a child's words fit for an error.
func clean(s string) string {
	s = strings.ToValidUTF8(s[:min(len(s), maxErrorLen)], "")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s))
}

// toFault is a child's fault as the parent believes it: kinds and reasons that
// exist, a short text.
func toFault(w fault) error {
	f := &dossier.Fault{Kind: w.Kind, Op: clean(w.Op), Reason: w.Reason}
	if f.Kind < dossier.Retry || f.Kind > dossier.Stop {
		f.Kind = dossier.Stop
	}
	if !slices.Contains(dossier.Reasons(), f.Reason) {
		f.Reason = dossier.ReasonUnknown
	}
	if text := clean(w.Text); text != "" {
		f.Err = errorText(text)
	}
	return f
}

// errorText is an error that came over the pipe as text.
type errorText string

// Error is the text.
func (e errorText) Error() string { return string(e) }
