package dossier

import "strings"

// Line is one printed line of a page, as the engine put words together.
type Line struct {
	Text  string
	Words []Word
	// Box encloses the words; empty when the reading has text but no geometry.
	Box Box
	// Block counts from 1; lines of one paragraph or column share it.
	Block int
}

// Lines gives the reading's lines in reading order, from its words. A reading
// without words (a text file, an old engine) yields the lines of its text,
// with words that have neither place nor confidence.
func (r Reading) Lines() []Line {
	if len(r.Words) == 0 {
		return textLines(r.Text)
	}
	var lines []Line
	for start := 0; start < len(r.Words); {
		end := start + 1
		for end < len(r.Words) && r.Words[end].Line == r.Words[start].Line && r.Words[end].Block == r.Words[start].Block {
			end++
		}
		lines = append(lines, NewLine(r.Words[start:end]))
		start = end
	}
	return lines
}

// NewLine puts words, at least one, together to a line.
func NewLine(words []Word) Line {
	texts := make([]string, len(words))
	box := words[0].Box()
	for i, w := range words {
		texts[i] = w.Text
		box = box.Union(w.Box())
	}
	return Line{Text: strings.Join(texts, " "), Words: words, Box: box, Block: words[0].Block}
}

// Box is the word's rectangle.
func (w Word) Box() Box { return Box{X: w.X, Y: w.Y, W: w.W, H: w.H} }

// Union is the smallest rectangle around both.
func (b Box) Union(o Box) Box {
	x, y := min(b.X, o.X), min(b.Y, o.Y)
	return Box{X: x, Y: y, W: max(b.X+b.W, o.X+o.W) - x, H: max(b.Y+b.H, o.Y+o.H) - y}
}

func textLines(text string) []Line {
	var lines []Line
	block, gap := 0, true
	for n, printed := range strings.Split(text, "\n") {
		fields := strings.Fields(printed)
		if len(fields) == 0 {
			gap = true
			continue
		}
		if gap {
			block, gap = block+1, false
		}
		words := make([]Word, len(fields))
		for i, f := range fields {
			words[i] = Word{Text: f, Line: n + 1, Block: block}
		}
		lines = append(lines, NewLine(words))
	}
	return lines
}
