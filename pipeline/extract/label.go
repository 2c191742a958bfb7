package extract

import (
	"strings"
	"unicode"

	"sohoa/dossier"
	"sohoa/pipeline/fuzzy"
)

// hit is a label found in a row.
type hit struct {
	end     int     // index of the first token behind it
	like    float64 // 1 for every letter right
	letters int
}

// findOnLine follows a label to the value behind it on the same row, or at the
// start of the next where the value wraps.
func (p *paper) findOnLine(label dossier.Label) (dossier.Field, bool) {
	rows := p.section(label)
	for i, r := range rows {
		for j := range r.tokens {
			h, ok := r.labelAt(label.Words, j)
			if !ok {
				continue
			}
			c := candidate{typ: label.Type, value: p.upToStop(r, h.end), like: h.like}
			if i+1 < len(rows) && h.end+len(c.value) == len(r.tokens) {
				c.next = rows[i+1].tokens
				c.narrow = len(label.Column) > 0
			}
			if label.Type == dossier.TypeID {
				c.value = r.tokens[h.end:] // "Căn cước công dân số" in between is no stop
			}
			if f, ok := c.read(); ok {
				return f, true
			}
		}
	}
	return dossier.Field{}, false
}

// labelAt finds the best of the wordings at token j. A label opens the row, or
// a colon follows it; and it is not the beginning of a longer label.
func (r row) labelAt(words []string, j int) (best hit, found bool) {
	for _, w := range words {
		h, ok := r.wordsAt(fuzzy.Plain(w), j)
		if ok && (!found || h.letters > best.letters) {
			best, found = h, true
		}
	}
	if !found {
		return hit{}, false
	}
	colon := strings.Contains(r.tokens[best.end-1].Text, ":") || best.end < len(r.tokens) && strings.HasPrefix(r.tokens[best.end].Text, ":")
	if !colon && (j != r.listMark() || r.longerLabel(best.end)) {
		return hit{}, false
	}
	return best, true
}

// longerLabel tells whether the label goes on behind token end: more words in
// lower case before a colon, as in "Họ, chữ đệm, tên người mẹ:".
func (r row) longerLabel(end int) bool {
	for i := end; i < min(end+6, len(r.tokens)); i++ {
		if strings.Contains(r.tokens[i].Text, ":") {
			return true
		}
		if r.tokens[i].plain != "" && !startsLower(r.tokens[i].Text) {
			return false
		}
	}
	return false
}

func startsLower(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) {
			return unicode.IsLower(r)
		}
	}
	return false
}

// wordsAt compares the tokens from j on with the wanted words: one letter in
// eight may be wrong, and the words must end where a token ends.
func (r row) wordsAt(want string, j int) (hit, bool) {
	text, end := "", j
	ends := make([]int, 0, 8)
	for ; end < len(r.tokens) && len(text) < len(want)+2; end++ {
		text += r.tokens[end].plain
		ends = append(ends, len(text))
	}
	edits, length := fuzzy.Prefix(want, text, len(want)/8)
	if r.tokens[j].plain == "" || edits > len(want)/8 {
		return hit{}, false
	}
	for k, e := range ends {
		if k > 0 && strings.HasSuffix(r.tokens[j+k-1].Text, ":") {
			break // a colon ends a label: what follows is the value
		}
		if e == length || edits > 0 && (e == length+1 || e == length-1) {
			return hit{end: j + k + 1, like: 1 - float64(edits)/float64(len(want)), letters: len(want)}, true
		}
	}
	return hit{}, false
}

// upToStop gives the tokens of the row from start to the next label.
func (p *paper) upToStop(r row, start int) []token {
	for j := start; j < len(r.tokens); j++ {
		for _, stop := range p.stops {
			h, ok := r.wordsAt(stop, j)
			if ok && (strings.Contains(r.tokens[h.end-1].Text, ":") || j > 0 && strings.Contains(r.tokens[j-1].Text, ";")) {
				return r.tokens[start:j]
			}
		}
	}
	return r.tokens[start:]
}

// inlineReach is how many words behind an inline label its value may stand.
const inlineReach = 14

// findInline looks for a label inside sentences, which wrap.
func (p *paper) findInline(label dossier.Label) (dossier.Field, bool) {
	var all row
	for _, r := range p.section(label) {
		all.tokens = append(all.tokens, r.tokens...)
	}
	for j := range all.tokens {
		for _, w := range label.Words {
			h, ok := all.wordsAt(fuzzy.Plain(w), j)
			if !ok {
				continue
			}
			c := candidate{typ: label.Type, like: h.like, value: all.tokens[h.end:min(h.end+inlineReach, len(all.tokens))]}
			if f, ok := c.read(); ok {
				return f, true
			}
		}
	}
	return dossier.Field{}, false
}

// findAlone looks for a value that stands alone on a line.
func (p *paper) findAlone(label dossier.Label) (dossier.Field, bool) {
	for _, r := range p.pieces {
		c := candidate{typ: label.Type, like: 1, value: r.tokens, alone: true}
		if f, ok := c.read(); ok {
			return f, true
		}
	}
	return dossier.Field{}, false
}
