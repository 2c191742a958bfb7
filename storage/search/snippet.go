package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The marks around matched words in a snippet.
const (
	markOpen  = "«"
	markClose = "»"
)

// maxSnippetRunes is about two lines of a page.
const maxSnippetRunes = 200

// snippet is the line of a page that shows best why it was found, or the value
// or code that does, or the first line when nothing was asked for.
func snippet(text, code string, fields map[string]string, terms []term) string {
	if s, ok := marked(text, terms); ok {
		return s
	}
	for _, name := range sortedKeys(fields) {
		if s, ok := marked(fields[name], terms); ok {
			return s
		}
	}
	if s, ok := marked(code, terms); ok {
		return s
	}
	return firstLine(text)
}

func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			s := scene{text: line, tokens: tokenize(line)}
			return s.render(0, len(line))
		}
	}
	return ""
}

// marked cuts the best line or two neighbouring lines out of text. It is not ok
// when none of the terms is there.
func marked(text string, terms []term) (string, bool) {
	s := scene{text: text, tokens: tokenize(text)}
	s.look(terms)
	if len(s.found) == 0 {
		return "", false
	}
	from, to := s.bestLines()
	return s.render(from, to), true
}

// scene is a text with what was found in it.
type scene struct {
	text   string
	tokens []token
	found  []finding
	hit    map[int]bool // tokens that belong to a finding
}

// finding is a term that stands at the tokens from..to (to excluded).
type finding struct {
	term     int
	from, to int
	exact    bool // with the tones that were asked for
}

func (s *scene) look(terms []term) {
	s.hit = map[int]bool{}
	for n, t := range terms {
		for _, p := range t {
			for at := range s.tokens {
				if length, exact := s.standsAt(p, at); length > 0 {
					s.found = append(s.found, finding{n, at, at + length, exact})
					for i := range length {
						s.hit[at+i] = true
					}
				}
			}
		}
	}
}

// standsAt tells how many tokens from at on are the phrase. A single word of a
// phrase may be a number that stands there in groups.
func (s *scene) standsAt(p phrase, at int) (length int, exact bool) {
	if len(p.words) == 1 && !p.prefix && digits(p.words) >= minRunDigits {
		if n := s.groupsAt(p.words[0].fold, at); n > 0 {
			return n, true
		}
	}
	if at+len(p.words) > len(s.tokens) {
		return 0, false
	}
	exact = true
	for i, want := range p.words {
		got := s.tokens[at+i].word
		if p.prefix && i == len(p.words)-1 {
			if !strings.HasPrefix(got.fold, want.fold) {
				return 0, false
			}
			exact = exact && strings.HasPrefix(got.raw, want.raw)
			continue
		}
		if got.fold != want.fold {
			return 0, false
		}
		exact = exact && got.raw == want.raw
	}
	return len(p.words), exact
}

// groupsAt tells how many tokens from at on make up the number when joined.
func (s *scene) groupsAt(number string, at int) int {
	rest := number
	for i := at; i < len(s.tokens) && rest != ""; i++ {
		tail, ok := strings.CutPrefix(rest, s.tokens[i].fold)
		if !ok {
			return 0
		}
		if rest = tail; rest == "" {
			return i - at + 1
		}
	}
	return 0
}

// bestLines gives the bytes of the one or two lines in which most terms stand,
// exact ones preferred, then one line before two, then the first.
func (s *scene) bestLines() (from, to int) {
	best := -1
	starts := lineStarts(s.text)
	for i := range starts[:len(starts)-1] {
		for lines := 1; lines <= 2 && i+lines < len(starts); lines++ {
			score := 4*s.worth(starts[i], starts[i+lines]) - lines
			if score > best {
				best, from, to = score, starts[i], starts[i+lines]
			}
		}
	}
	return from, to
}

// worth counts the terms that stand between two bytes, exact ones twice.
func (s *scene) worth(from, to int) int {
	worth := map[int]int{}
	for _, f := range s.found {
		if s.tokens[f.from].start < from || s.tokens[f.to-1].end > to {
			continue
		}
		value := 1
		if f.exact {
			value = 2
		}
		worth[f.term] = max(worth[f.term], value)
	}
	total := 0
	for _, v := range worth {
		total += v
	}
	return total
}

// lineStarts gives the byte at which each line starts, and the end of the text.
func lineStarts(text string) []int {
	starts := []int{0}
	for i := range len(text) {
		if text[i] == '\n' && i+1 < len(text) {
			starts = append(starts, i+1)
		}
	}
	return append(starts, len(text))
}

// render writes the text between two bytes in one line, with marks, cut to
// length around the first mark.
func (s *scene) render(from, to int) string {
	first := slices.IndexFunc(s.tokens, func(t token) bool { return t.start >= from })
	if first < 0 {
		return tidy(s.text[from:to])
	}
	last := first
	for last < len(s.tokens) && s.tokens[last].end <= to {
		last++
	}
	cutFirst, cutLast := s.window(first, last)
	var b strings.Builder
	at := from
	if cutFirst > first {
		b.WriteString("… ")
		at = s.tokens[cutFirst].start
	}
	for i := cutFirst; i < cutLast; i++ {
		t := s.tokens[i]
		b.WriteString(unmark(s.text[at:t.start]))
		if s.hit[i] && (i == cutFirst || !s.hit[i-1]) {
			b.WriteString(markOpen)
		}
		b.WriteString(unmark(s.text[t.start:t.end]))
		if s.hit[i] && (i+1 == cutLast || !s.hit[i+1]) {
			b.WriteString(markClose)
		}
		at = t.end
	}
	if cutLast < last {
		b.WriteString(" …")
	} else {
		b.WriteString(unmark(s.text[at:to]))
	}
	return tidy(b.String())
}

// window chooses the tokens to show of first..last: all when they fit, else
// from a little before the first mark as many as fit.
func (s *scene) window(first, last int) (int, int) {
	runes := func(a, b int) int {
		if a >= b {
			return 0
		}
		return utf8.RuneCountInString(s.text[s.tokens[a].start:s.tokens[b-1].end])
	}
	if runes(first, last) <= maxSnippetRunes {
		return first, last
	}
	anchor := first
	for i := first; i < last; i++ {
		if s.hit[i] {
			anchor = i
			break
		}
	}
	from := anchor
	for from > first && runes(from-1, anchor) < maxSnippetRunes/4 {
		from--
	}
	to := anchor + 1
	for to < last && runes(from, to+1) <= maxSnippetRunes {
		to++
	}
	return from, to
}

// unmark keeps marks that stood on the paper from being taken for ours.
func unmark(s string) string {
	return strings.NewReplacer(markOpen, "“", markClose, "”").Replace(s)
}

// tidy makes one line of it.
func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }
