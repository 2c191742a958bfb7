package extract

import (
	"slices"
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
// start of the next where the value wraps. Of a value that a pen wrote there and
// that can not be read, the place is known.
func (p *paper) findOnLine(label dossier.Label) (place dossier.Field, there bool) {
	rows := p.section(label)
	for i, r := range rows {
		for j := range r.tokens {
			h, ok := p.labelAt(r, label.Words, j)
			if !ok {
				continue
			}
			c := candidate{typ: label.Type, value: p.upToStop(r, h.end), like: h.like}
			if i+1 < len(rows) && h.end+len(c.value) == len(r.tokens) {
				c.next = rows[i+1].tokens
				c.narrow = len(label.Column) > 0 || halfBelow(r, rows[i+1])
			}
			if label.Type == dossier.TypeID {
				c.value = r.tokens[h.end:] // "Căn cước công dân số" in between is no stop
			}
			c.label = r.tokens[j:h.end]
			ink := p.inkBehind(r, h.end, c.value)
			if f, ok := c.read(); ok {
				if lacks(c.value, r.box.H, ink) {
					f.Confidence *= doubtful
				}
				return f, true
			}
			if !there && written(c.value) {
				place, there = unread(c.value, boxOf(c.value)), true
			}
			p.remember(label, r, c, ink)
		}
	}
	return place, there
}

// labelAt finds the best of the wordings at token j. A label opens the row, or
// a colon follows it; and it is not the beginning of a longer label.
func (p *paper) labelAt(r row, words []string, j int) (best hit, found bool) {
	for _, w := range words {
		want := fuzzy.Plain(w)
		h, ok := r.within(want, j, tolerance(want, p.loose))
		if ok && (!found || h.letters > best.letters) {
			best, found = h, true
		}
	}
	if !found || p.loose && p.otherLabel(r, j, best) {
		return hit{}, false
	}
	colon := strings.Contains(r.tokens[best.end-1].Text, ":") || best.end < len(r.tokens) && strings.HasPrefix(r.tokens[best.end].Text, ":")
	if !colon && (p.loose && best.letters < longLabel || j != r.listMark() || r.longerLabel(best.end)) {
		return hit{}, false
	}
	return best, true
}

// halfBelow tells whether the second row stands right under the first in one
// half of the page.
func halfBelow(r, below row) bool {
	middle := r.width / 2
	left := r.box.X+r.box.W <= middle && below.box.X+below.box.W <= middle
	right := r.box.X >= middle && below.box.X >= middle
	return r.width > 0 && r.page == below.page && (left || right) && below.box.Y > r.box.Y && below.box.Y-r.box.Y < 3*r.box.H
}

// longLabel is from how many letters on a label may be damaged and have no
// colon behind it.
const longLabel = 10

// tolerance is how many letters of a label may be wrong: one in eight. Loosely
// it is one or two, never three, since that is what parts "tên mẹ" from "tên cha".
func tolerance(want string, loose bool) int {
	switch {
	case !loose || len(want) < 3:
		return len(want) / 8
	case len(want) < longLabel:
		return 1
	}
	return max(2, len(want)/8)
}

// otherLabel tells whether another label of the form stands there, letter for
// letter.
func (p *paper) otherLabel(r row, j int, found hit) bool {
	return found.like < 1 && slices.ContainsFunc(p.stops, func(stop string) bool {
		_, ok := r.within(stop, j, 0)
		return ok
	})
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
func (r row) wordsAt(want string, j int) (hit, bool) { return r.within(want, j, len(want)/8) }

// within is wordsAt with so many letters wrong at most. Words that begin better
// one token later begin there: in "5 Tờ bản đồ số:" the 5 is no wrong letter.
func (r row) within(want string, j, limit int) (hit, bool) {
	h, ok := r.match(want, j, limit)
	if !ok || h.like == 1 || j+1 >= len(r.tokens) {
		return h, ok
	}
	if later, ok := r.match(want, j+1, limit); ok && later.like > h.like {
		return hit{}, false
	}
	return h, true
}

func (r row) match(want string, j, limit int) (hit, bool) {
	text, end := "", j
	ends := make([]int, 0, 8)
	for ; end < len(r.tokens) && len(text) < len(want)+2; end++ {
		text += r.tokens[end].plain
		ends = append(ends, len(text))
	}
	edits, length := fuzzy.Prefix(want, text, limit)
	if r.tokens[j].plain == "" || edits > limit {
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
			h, ok := r.within(stop, j, max(len(stop)/8, len(stop)/6))
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
