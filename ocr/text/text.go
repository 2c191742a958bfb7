// Package text puts recognized words into reading order and writes readings as
// plain text, JSON, hOCR and ALTO.
//
// Start at [Order] for the words of a page and [Correct] for what is misread; [Text], [JSON], [HOCR] and [ALTO]
// write files. Everything here is pure Go on values.
package text

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"sohoa/dossier"
)

// Plain is the text of words in reading order, corrected where they are: lines
// ended by "\n", blocks parted by an empty line.
func Plain(words []dossier.Word) string {
	var b strings.Builder
	for i, w := range words {
		switch {
		case i == 0:
		case w.Block != words[i-1].Block:
			b.WriteString("\n\n")
		case w.Line != words[i-1].Line:
			b.WriteByte('\n')
		default:
			b.WriteByte(' ')
		}
		b.WriteString(cmp.Or(w.Corrected, w.Text))
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	return b.String()
}

// Text writes the text of readings, pages parted by a form feed.
func Text(w io.Writer, readings []dossier.Reading) error {
	for i, r := range readings {
		page := r.Text
		if i > 0 {
			page = "\f" + page
		}
		if _, err := io.WriteString(w, page); err != nil {
			return fmt.Errorf("write text: %w", err)
		}
	}
	return nil
}

// JSON writes readings as one JSON object a line.
func JSON(w io.Writer, readings []dossier.Reading) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for _, r := range readings {
		if err := encoder.Encode(r); err != nil {
			return fmt.Errorf("write json: %w", err)
		}
	}
	return nil
}

// group is a run of words with a common number.
type group struct{ words []dossier.Word }

// blocks and lines cut words in reading order into runs.
func blocks(words []dossier.Word) []group {
	return cut(words, func(a, b dossier.Word) bool { return a.Block == b.Block })
}

func (g group) lines() []group {
	return cut(g.words, func(a, b dossier.Word) bool { return a.Line == b.Line })
}

func cut(words []dossier.Word, same func(a, b dossier.Word) bool) []group {
	var groups []group
	start := 0
	for i := 1; i <= len(words); i++ {
		if i == len(words) || !same(words[start], words[i]) {
			groups = append(groups, group{words[start:i]})
			start = i
		}
	}
	return groups
}

// box is the bounding box of a run.
type box struct{ x0, y0, x1, y1 int }

func (g group) box() box {
	b := box{g.words[0].X, g.words[0].Y, 0, 0}
	for _, w := range g.words {
		b = box{min(b.x0, w.X), min(b.y0, w.Y), max(b.x1, w.X+w.W), max(b.y1, w.Y+w.H)}
	}
	return b
}
