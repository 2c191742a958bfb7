package register

import (
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/fuzzy"
)

// lettersAnEdit is how many letters of a label carry one wrong one: a label of
// two letters must be right.
const lettersAnEdit = 5

// longestLabel is the number of printed words that a label may have.
const longestLabel = 12

// stamp is a label that was found: which field it names, and its words.
type stamp struct {
	field string
	line  int // among the lines of the page
	from  int // its first word in the line
	to    int // behind its last
	box   dossier.Box
}

// stamps are all labels of a page, from top to bottom.
type stamps []stamp

func (s stamps) of(field string) (own stamps) {
	for _, one := range s {
		if one.field == field {
			own = append(own, one)
		}
	}
	return own
}

// labels finds the labels that stand in front of values: at the beginning of a
// line, or behind a gap in it, and ended by a colon.
func (p page) labels() (all stamps) {
	for n, line := range p.lines {
		for i := 0; i < len(line.Words); i++ {
			found, ok := p.labelAt(line, i)
			if !ok {
				continue
			}
			found.line = n
			all = append(all, found)
			i = found.to - 1
		}
	}
	return all
}

// labelAt is the longest label that begins with a word of a line.
func (p page) labelAt(line dossier.Line, from int) (best stamp, ok bool) {
	if from > 0 && line.Words[from].X-right(line.Words[from-1]) < line.Box.H && !endsValue(line.Words[from-1]) {
		return best, false
	}
	least := 0
	for _, f := range p.kind.Entries {
		for _, words := range f.Words {
			to, edits, matched := matchWords(line.Words[from:], words)
			if matched && (from+to > best.to || from+to == best.to && edits < least) {
				least = edits
				best, ok = stamp{field: f.Field, from: from, to: from + to, box: dossier.NewLine(line.Words[from : from+to]).Box}, true
			}
		}
	}
	return best, ok
}

// endsValue tells whether a label may follow a word closely: leaders of dots and
// signs end a value.
func endsValue(w dossier.Word) bool {
	return strings.HasSuffix(w.Text, ".") || strings.HasSuffix(w.Text, ";")
}

func right(w dossier.Word) int { return w.X + w.W }

// matchWords tells how many words of a line are the label, of which the last
// ends in a colon, or the next begins with one, and how many letters are wrong.
func matchWords(words []dossier.Word, label string) (to, edits int, ok bool) {
	text := ""
	for i, w := range words[:min(len(words), longestLabel)] {
		text += w.Text
		colon := strings.HasSuffix(w.Text, ":") || i+1 < len(words) && strings.HasPrefix(words[i+1].Text, ":")
		if !colon {
			continue
		}
		if edits, ok := alike(text, label); ok {
			return i + 1, edits, true
		}
	}
	return 0, 0, false
}

// alike tells whether a text is a label, with a few letters wrong.
func alike(text, label string) (edits int, ok bool) {
	want, have := fuzzy.Plain(label), fuzzy.Plain(text)
	limit := len(want) / lettersAnEdit
	edits, end := fuzzy.Prefix(want, have, limit)
	edits += len(have) - end
	return edits, edits <= limit
}

// heads tells whether a text at the head of a column is a label, or ends in one:
// a head may stand below another that spans several columns.
func heads(text, label string) bool {
	want, have := fuzzy.Plain(label), fuzzy.Plain(text)
	if len(have) > 2*len(want)+lettersAnEdit {
		return false
	}
	if len(want) < lettersAnEdit {
		return want == have
	}
	return fuzzy.Within(have, want, len(want)/lettersAnEdit)
}
