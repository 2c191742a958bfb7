package ocr

import (
	"image"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sohoa/ocr/cleanup"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
	"sohoa/ocr/lines"
	"sohoa/ocr/tesseract"
)

// How a page is read. Each line is drawn upright at the height to which the
// engine brings every line anyway, so that fine scans cost no more than coarse
// ones: the engine compresses each picture of a line on the way to its network
// (a tenth of all time at 300 dpi). White above and below costs nothing and is
// worth a third of the errors: marks above capitals are read from their place.
const (
	netHeight  = 36.0  // pixels, of Debian's model for Vietnamese
	lineMargin = 0.3   // heights of a line above and below
	sideMargin = 0.027 // inches left and right
	sparseEdge = 0.08  // inches around what is too tall for a line
	sparseDPI  = 200
	lookEdge   = 0.1 // inches around what was missed
	// leastLine is the mean confidence below which a line is no print, leastShort
	// that of a line of fewer than shortLine letters and digits, as strokes of a
	// pen are read, and leastWord that of a word. What stands in nothing
	// recognized as a line is believed only with looseWord.
	leastLine  = 0.6
	leastShort = 0.75
	shortLine  = 6
	leastWord  = 0.2
	looseWord  = 0.7
	// plainSigns: a word of signs alone is a dash or a number sign, which print
	// has, or a hole or a leader of dots, which the engine is less sure of.
	plainSigns = 0.75
)

// step is one that can be left out, to measure what it costs and brings.
type step string

// The steps that the benchmark leaves out in turn.
const (
	nothing    step = "nothing"
	ownLines   step = "own lines"
	tallPieces step = "tall pieces"
	secondLook step = "second look"
	margins    step = "margins"
	sharpening step = "sharpening"
	rereading  step = "rereading"
	// loneNumbers is looking again at them, from other distances.
	loneNumbers step = "lone numbers"
	allCodes    step = "codes"
)

// readWritten reads a page line by line. Where ink like print is in no word after
// that, lines were not found, because a stamp or a signature joins them: there the
// engine looks for print in its own way, and what it finds in lines is believed
// rather than pieces. Last comes what is too tall for a line.
func (r *Reader) readWritten(page *cleanup.Page) ([]tesseract.Word, error) {
	if r.without == ownLines {
		return r.readWhole(page, tesseract.WholePage)
	}
	found, err := lines.Find(page.Ink)
	if err != nil {
		return nil, err
	}
	words, err := r.readLines(page, found)
	if err != nil {
		return nil, err
	}
	tall := found.Tall
	if r.without != secondLook {
		if words, tall, err = r.readMissed(page, words, tall); err != nil {
			return nil, err
		}
	}
	pieces, err := r.readTall(page, tall, words)
	if err != nil {
		return nil, err
	}
	return addNew(words, pieces, lastLine(words)), nil
}

// readMissed adds to words what the engine finds by itself where ink like print
// is in none of them nor in what is too tall for a line, and gives what is tall
// elsewhere: a stamp among lines that were missed is read with them once, and not
// alone as well.
func (r *Reader) readMissed(page *cleanup.Page, words []tesseract.Word, tall []lept.Box) ([]tesseract.Word, []lept.Box, error) {
	missed, err := lines.Missed(page.Ink, append(onInk(page, words), tall...))
	if err != nil {
		return nil, nil, err
	}
	for _, box := range missed {
		more, err := r.readAt(page, onPage(page, box, lookEdge, lookEdge), 1, tesseract.OneBlock)
		if err != nil {
			return nil, nil, err
		}
		words = addNew(words, printOf(more), lastLine(words))
	}
	return words, outside(tall, missed), nil
}

// outside are the boxes of which most lies in none of some others.
func outside(boxes, others []lept.Box) (out []lept.Box) {
	for _, b := range boxes {
		if !slices.ContainsFunc(others, b.HalfIn) {
			out = append(out, b)
		}
	}
	return out
}

// lastLine is the highest number of a line.
func lastLine(words []tesseract.Word) int {
	last := 0
	for _, w := range words {
		last = max(last, w.Line)
	}
	return last
}

// printOf keeps the lines that are print, and their believable words.
func printOf(words []tesseract.Word) []tesseract.Word {
	var out []tesseract.Word
	for len(words) > 0 {
		n := 1
		for n < len(words) && words[n].Line == words[0].Line {
			n++
		}
		if isPrint(words[:n]) {
			for _, w := range words[:n] {
				if believable(w) {
					out = append(out, w)
				}
			}
		}
		words = words[n:]
	}
	return out
}

// addNew adds words that lie on none of those before, with line numbers after a
// number.
func addNew(words, more []tesseract.Word, line int) []tesseract.Word {
	before := len(words)
	for _, w := range more {
		if !overlapsAny(w, words[:before]) {
			w.Line += line
			words = append(words, w)
		}
	}
	return words
}

// readWhole lets the engine find the print.
func (r *Reader) readWhole(page *cleanup.Page, layout tesseract.Layout) ([]tesseract.Word, error) {
	upright, err := page.Upright()
	if err != nil {
		return nil, err
	}
	defer upright.Close()
	return r.engine.Read(upright, page.DPI*page.Scale, layout)
}

// onInk brings words to pixels of the measuring copy.
func onInk(page *cleanup.Page, words []tesseract.Word) []lept.Box {
	f := measure.DPI / (page.DPI * page.Scale)
	boxes := make([]lept.Box, len(words))
	for i, w := range words {
		boxes[i] = lept.Box{
			X: int(float64(w.Box.Min.X) * f), Y: int(float64(w.Box.Min.Y) * f),
			W: int(float64(w.Box.Dx())*f) + 1, H: int(float64(w.Box.Dy())*f) + 1,
		}
	}
	return boxes
}

// readLines reads the lines that were found.
func (r *Reader) readLines(page *cleanup.Page, found lines.Found) ([]tesseract.Word, error) {
	usual := found.UsualHeight()
	var all []tesseract.Word
	for i, box := range found.Lines {
		words, err := r.readLine(page, box, usual)
		if err != nil {
			return nil, err
		}
		for _, w := range words {
			w.Line, w.Block = i+1, 1
			all = append(all, w)
		}
	}
	return all, nil
}

// readLine reads the print in a box of the measuring copy; usual is the height
// of most lines of the page, which one of small letters alone does not reach. A
// line with a doubtful word is read again. What is no print at first is not given
// that second chance, at which strokes of a pen become words, but another when it
// is as short as the number in a cell of a table, or lies on a seal.
func (r *Reader) readLine(page *cleanup.Page, box lept.Box, usual int) ([]tesseract.Word, error) {
	height := max(box.H, usual)
	margin := lineMargin
	if r.without == margins {
		margin = 0.05
	}
	words, err := r.readWithin(page, box, margin*float64(height))
	if err != nil {
		return nil, err
	}
	if r.without != loneNumbers && isLone(box, height) && !isSure(words) {
		surer, err := r.readLone(page, box, height, words)
		if err != nil || surer != nil {
			return withoutSerif(surer), err
		}
	}
	if !isPrint(words) {
		if words, err = r.readSealed(page, box, usual, words); err != nil || len(words) == 0 {
			return nil, err
		}
	}
	if r.without != rereading && slices.ContainsFunc(words, isDoubtful) {
		if words, err = r.readAgain(page, box, height, words); err != nil {
			return nil, err
		}
	}
	words = slices.DeleteFunc(words, func(w tesseract.Word) bool { return !believable(w) })
	return withoutSerif(words), nil
}

// readWithin reads the line in a box of the measuring copy, with so many pixels
// of that above and below it.
func (r *Reader) readWithin(page *cleanup.Page, box lept.Box, above float64) ([]tesseract.Word, error) {
	at := onPage(page, box, sideMargin, above/measure.DPI)
	return r.readAt(page, at, min(1, netHeight/float64(at.H)), tesseract.RawLine)
}

// withoutSerif takes away the apostrophe that the engine reads in the left serif
// of a capital with which a line begins ("'TRUNG"), unless a second one closes
// what it would open.
func withoutSerif(words []tesseract.Word) []tesseract.Word {
	if len(words) == 0 {
		return words
	}
	rest, ok := strings.CutPrefix(words[0].Text, "'")
	if first, _ := utf8.DecodeRuneInString(rest); !ok || !unicode.IsUpper(first) || strings.Contains(rest, "'") {
		return words
	}
	for _, w := range words[1:] {
		if strings.Contains(w.Text, "'") {
			return words
		}
	}
	words[0].Text = rest
	return words
}

// readTall reads what was too tall for a line: a name under a seal, large
// print. Words that overlap what was read before are left out.
func (r *Reader) readTall(page *cleanup.Page, tall []lept.Box, words []tesseract.Word) ([]tesseract.Word, error) {
	if r.without == tallPieces {
		return nil, nil
	}
	var pieces []tesseract.Word
	line := 0
	for _, box := range tall {
		at := onPage(page, box, sparseEdge, sparseEdge)
		scale := min(1, sparseDPI/(page.DPI*page.Scale))
		more, err := r.readAt(page, at, scale, tesseract.Sparse)
		if err != nil {
			return nil, err
		}
		for _, w := range more {
			if w.Confidence >= looseWord && believable(w) && !overlapsAny(w, words) && !overlapsAny(w, pieces) {
				w.Line += line
				pieces = append(pieces, w)
			}
		}
		line += len(more)
	}
	return pieces, nil
}

// readAt reads a rectangle of the upright page, drawn at a scale; boxes come
// back in pixels of the page as it is read.
func (r *Reader) readAt(page *cleanup.Page, at lept.Box, scale float64, layout tesseract.Layout) ([]tesseract.Word, error) {
	picture, err := page.Sample(at, scale)
	if err != nil {
		return nil, err
	}
	defer func() { picture.Close() }()
	if layout == tesseract.RawLine && r.without != sharpening {
		sharp, err := picture.Sharpen()
		if err != nil {
			return nil, err
		}
		picture.Close()
		picture = sharp
	}
	words, err := r.engine.Read(picture, page.DPI*page.Scale*scale, layout)
	if layout == tesseract.RawLine {
		apart(words)
	}
	for i := range words {
		b := &words[i].Box
		*b = image.Rect(
			at.X+int(float64(b.Min.X)/scale), at.Y+int(float64(b.Min.Y)/scale),
			at.X+int(math.Ceil(float64(b.Max.X)/scale)), at.Y+int(math.Ceil(float64(b.Max.Y)/scale)),
		)
	}
	return words, err
}

// apart ends each word of a line where the next begins: the engine draws the box
// of one over the next, or over all the rest of the line, where signs are no print.
func apart(words []tesseract.Word) {
	for i := 1; i < len(words); i++ {
		b := &words[i-1].Box
		b.Max.X = min(b.Max.X, max(b.Min.X+1, words[i].Box.Min.X))
	}
}

// onPage brings a box of the measuring copy to pixels of reading, with margins
// in inches, inside the page.
func onPage(page *cleanup.Page, b lept.Box, side, above float64) lept.Box {
	dpi := page.DPI * page.Scale
	f := dpi / measure.DPI
	w, h := page.Size()
	x0, y0 := max(0, int(float64(b.X)*f-side*dpi)), max(0, int(float64(b.Y)*f-above*dpi))
	x1, y1 := min(w, int(float64(b.X+b.W)*f+side*dpi)), min(h, int(float64(b.Y+b.H)*f+above*dpi))
	return lept.Box{X: x0, Y: y0, W: max(1, x1-x0), H: max(1, y1-y0)}
}

// isPrint tells a line of print from strokes and ornaments.
func isPrint(words []tesseract.Word) bool {
	signs := 0
	for _, w := range words {
		signs += tesseract.Signs(w.Text)
	}
	if signs < shortLine {
		return mean(words) >= leastShort
	}
	return mean(words) >= leastLine
}

func mean(words []tesseract.Word) float64 {
	sum := 0.0
	for _, w := range words {
		sum += w.Confidence
	}
	return sum / float64(max(len(words), 1))
}

// strokes are signs that no office paper has as words: rules, strokes of a pen
// and specks are read as them.
const strokes = "|\\'`^_"

// believable tells words from what holes, leaders and specks are read as.
func believable(w tesseract.Word) bool {
	if w.Confidence < leastWord {
		return false
	}
	plain := true
	for _, c := range w.Text {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return true
		}
		plain = plain && c < unicode.MaxASCII && !strings.ContainsRune(strokes, c)
	}
	return plain && len(w.Text) <= 2 && w.Confidence >= plainSigns
}

// overlapsAny tells whether a quarter of a word lies on words read before.
func overlapsAny(w tesseract.Word, words []tesseract.Word) bool {
	area := w.Box.Dx() * w.Box.Dy()
	return slices.ContainsFunc(words, func(o tesseract.Word) bool {
		common := w.Box.Intersect(o.Box)
		return 4*common.Dx()*common.Dy() > area
	})
}
