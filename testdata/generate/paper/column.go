package paper

import (
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"
)

// Column is a strip of the sheet into which lines are set from top to bottom.
// Y is the top of the next line; a form may move it, for example to start two
// columns at one height.
//
// Texts may carry a little markup: *bold* and _italic_, which begin and end at
// the edge of a word. Lines that are too long are wrapped.
type Column struct {
	sheet *Sheet
	X, W  float64
	Y     float64

	Family  Family
	Size    float64 // points
	Leading float64 // baseline to baseline, as a multiple of the size
	Indent  float64 // of the first line of a paragraph
	Leaders bool    // dotted lines behind entries, as on forms filled by hand
	Ink     color.Color

	baseline float64 // of the line set last
}

// BodyLeading is the line spacing of running text, as a multiple of the size.
const BodyLeading = 1.42

// Column opens a strip of width w whose top left corner is (x, y), set in
// black 13 point type.
func (s *Sheet) Column(x, y, w float64) *Column {
	return &Column{sheet: s, Family: s.Family, X: x, Y: y, W: w, Size: 13, Leading: BodyLeading, Ink: color.Black}
}

// Body opens the whole width between the margins.
func (s *Sheet) Body(y float64) *Column {
	return s.Column(LeftMargin, y, Width-LeftMargin-RightMargin)
}

// Gap leaves white space.
func (c *Column) Gap(mm float64) { c.Y += mm }

// Line sets text flush left.
func (c *Column) Line(text string) { c.flow(text, placeLeft) }

// Para sets text with an indented first line and both edges straight.
func (c *Column) Para(text string) { c.flow(text, placeBoth) }

// Centre sets each text centred, on a line of its own.
func (c *Column) Centre(texts ...string) {
	for _, text := range texts {
		c.flow(text, placeCentre)
	}
}

// Title sets lines bold, centred and a size larger.
func (c *Column) Title(texts ...string) {
	size := c.Size
	c.Size = size + 1
	for _, text := range texts {
		c.Centre("*" + text + "*")
	}
	c.Size = size
}

// Underline draws a rule below the last line, as long as the given part of the
// column.
func (c *Column) Underline(part float64) {
	w := c.W * part
	c.sheet.Rule(c.X+(c.W-w)/2, c.Y+0.3, w, 0.25)
	c.Y += 1.2
}

// Entry sets one line of a form: each text ("Giới tính: Nam") gets its share of
// the width, with a dotted leader up to the next if the form has leaders. A
// single text may wrap.
func (c *Column) Entry(texts ...string) {
	if slices.ContainsFunc(texts, c.sheet.writes) {
		c.fillIn(texts)
		return
	}
	if len(texts) == 1 {
		end := c.flow(texts[0], placeLeft)
		c.leader(end, c.X+c.W)
		return
	}
	share := c.W / float64(len(texts))
	var plain []string
	y, end := c.nextBaseline(), 0.0
	for i, text := range texts {
		words := c.words(text)
		x := c.X + float64(i)*share
		end = c.set(words, x, y, 0)
		if end > c.X+float64(i+1)*share {
			c.sheet.Fail(fmt.Errorf("print text: entry %d of a line needs more than its %.0f mm", i+1, share))
		}
		c.leader(end, c.X+float64(i+1)*share-1.5)
		plain = append(plain, plainText(words))
	}
	c.sheet.record(strings.Join(plain, " "), c.X, y, end-c.X, c.Size)
}

type word struct {
	text  string
	style Style
	w     float64
}

// words parses the markup and measures.
func (c *Column) words(text string) []word {
	style := Style{Family: c.Family, Size: c.Size}
	var out []word
	for _, field := range strings.Fields(text) {
		bare := strings.Trim(field, "*_")
		before, after, _ := strings.Cut(field, bare)
		style.Bold = style.Bold || strings.Contains(before, "*")
		style.Italic = style.Italic || strings.Contains(before, "_")
		out = append(out, word{bare, style, c.sheet.width(style, bare)})
		style.Bold = style.Bold && !strings.Contains(after, "*")
		style.Italic = style.Italic && !strings.Contains(after, "_")
	}
	return out
}

func plainText(words []word) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.text
	}
	return strings.Join(texts, " ")
}

// space is the width of a blank; the same for all cuts of a family.
func (c *Column) space() float64 { return 0.25 * emHeight(c.Size) }

// wrap cuts words into lines that fit the width, the first one indented.
func (c *Column) wrap(words []word, indent float64) [][]word {
	var lines [][]word
	start, used := 0, indent
	for i, w := range words {
		if i > start && used+w.w > c.W {
			lines = append(lines, words[start:i])
			start, used = i, 0
		}
		used += w.w + c.space()
	}
	return append(lines, words[start:])
}

type placement int

const (
	placeLeft placement = iota
	placeCentre
	placeBoth
)

// flow wraps and sets text and returns the right end of its last line.
func (c *Column) flow(text string, place placement) (end float64) {
	indent := 0.0
	if place == placeBoth {
		indent = c.Indent
	}
	lines := c.wrap(c.words(text), indent)
	for i, line := range lines {
		natural := c.natural(line)
		x, stretch := c.X, 0.0
		switch {
		case place == placeCentre:
			x += (c.W - natural) / 2
		case place == placeBoth && i == 0:
			x += indent
		}
		if last := i == len(lines)-1; place == placeBoth && !last && len(line) > 1 {
			stretch = (c.X + c.W - x - natural) / float64(len(line)-1)
		}
		y := c.nextBaseline()
		end = c.set(line, x, y, stretch)
		c.sheet.record(plainText(line), x, y, end-x, c.Size)
	}
	return end
}

func (c *Column) natural(line []word) float64 {
	total := c.space() * float64(len(line)-1)
	for _, w := range line {
		total += w.w
	}
	return total
}

// set prints one line of words and returns where it ends.
func (c *Column) set(line []word, x, y, stretch float64) float64 {
	for i, w := range line {
		if i > 0 {
			x += c.space() + stretch
		}
		c.sheet.print(x, y, w.style, c.Ink, w.text)
		c.sheet.words = append(c.sheet.words, Word{Text: w.text, Box: image.Rect(c.sheet.px(x), 0, c.sheet.px(x+w.w), 0)})
		x += w.w
	}
	return x
}

// nextBaseline moves on by one line and returns its baseline.
func (c *Column) nextBaseline() float64 {
	// Half of the spare room goes above the letters, which stand some 0.8 em
	// high with their accents.
	em := emHeight(c.Size)
	c.baseline = c.Y + 0.82*em*(1+c.Leading)/2
	c.Y += em * c.Leading
	return c.baseline
}

// leader dots the baseline of the line set last. Leaders are rules, not text:
// the truth leaves them out.
func (c *Column) leader(from, to float64) {
	if !c.Leaders {
		return
	}
	const pitch, dot = 1.25, 0.25
	for x := from + 1; x < to; x += pitch {
		c.sheet.fill(x, c.baseline-dot/2, dot, dot, color.Gray{Y: 70})
	}
}
