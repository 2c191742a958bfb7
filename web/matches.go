package web

import (
	"strings"
	"unicode"

	"sohoa/dossier"
	"sohoa/dossier/viet"
)

// minFuzzy is the length from which a word may differ by one letter: the index
// finds misread words, and what it found must be seen on the page too.
const minFuzzy = 5

// wanted is one word of a query: without tones, perhaps only the beginning.
type wanted struct {
	fold   string
	prefix bool
}

// wantedWords takes a query apart the way the index does: words without tones,
// a star for "begins with".
func wantedWords(query string) []wanted {
	var list []wanted
	for _, typed := range strings.Fields(query) {
		words := viet.Words(viet.Fold(typed))
		for i, w := range words {
			last := i == len(words)-1
			list = append(list, wanted{fold: w, prefix: last && strings.HasSuffix(typed, "*")})
		}
	}
	return list
}

// matched tells for every word whether the query asked for it. Words that are
// the same without tones match; only where a query word is nowhere on the page
// do long words match that differ in one letter.
func matched(words []dossier.Word, query string) []bool {
	hits := make([]bool, len(words))
	folded := make([][]string, len(words))
	for i, w := range words {
		folded[i] = viet.Words(viet.Fold(w.Text))
	}
	for _, want := range wantedWords(query) {
		if !mark(hits, folded, want.is) && len([]rune(want.fold)) >= minFuzzy {
			mark(hits, folded, want.almost)
		}
	}
	return hits
}

func mark(hits []bool, folded [][]string, is func(string) bool) (any bool) {
	for i, words := range folded {
		for _, w := range words {
			if is(w) {
				hits[i], any = true, true
			}
		}
	}
	return any
}

func (w wanted) is(word string) bool {
	return word == w.fold || w.prefix && strings.HasPrefix(word, w.fold)
}

// almost tells whether one letter was changed, lost or added.
func (w wanted) almost(word string) bool {
	a, b := []rune(w.fold), []rune(word)
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || !hasLetter(b) {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i == len(a) || string(a[i+1:]) == string(b[i+1:])
	}
	return string(a[i:]) == string(b[i+1:])
}

// hasLetter keeps numbers out: one digit more or less is another number.
func hasLetter(rs []rune) bool {
	for _, r := range rs {
		if unicode.IsLetter(r) {
			return true
		}
	}
	return false
}

// textPart is a piece of a page's text; lines end with a break.
type textPart struct {
	Text  string
	Hit   bool
	Break bool
}

// textParts is the text of a page by its words, with the matched ones marked
// and neighbouring matches joined.
func textParts(reading dossier.Reading, hits []bool) []textPart {
	if len(reading.Words) == 0 {
		return []textPart{{Text: reading.Text}}
	}
	var parts []textPart
	for i, w := range reading.Words {
		if i > 0 && (w.Line != reading.Words[i-1].Line || w.Block != reading.Words[i-1].Block) {
			parts = append(parts, textPart{Break: true})
		}
		if n := len(parts) - 1; n >= 0 && !parts[n].Break && parts[n].Hit == hits[i] {
			parts[n].Text += " " + w.Text
			continue
		}
		text := w.Text
		if n := len(parts) - 1; n >= 0 && !parts[n].Break {
			parts = append(parts, textPart{Text: " "})
		}
		parts = append(parts, textPart{Text: text, Hit: hits[i]})
	}
	return parts
}

// foldAll is several names without tones, for a list that is narrowed by
// typing.
func foldAll(names []string) string { return viet.Fold(strings.Join(names, " ")) }
