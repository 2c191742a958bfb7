package web

import (
	"slices"
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

// quoteMarks are what keyboards and word processors put around a phrase.
const quoteMarks = "\"“”„«»"

// wantedPhrases takes a query apart the way the index does: what stands in
// quotes, and what is typed without a space ("05-TP/HT"), is found only as a
// whole; a star means "begins with".
func wantedPhrases(query string) [][]wanted {
	var phrases [][]wanted
	parts := strings.FieldsFunc(" "+query+" ", func(r rune) bool { return strings.ContainsRune(quoteMarks, r) })
	for i, part := range parts {
		if quoted := i%2 == 1; quoted {
			phrases = appendPhrase(phrases, part)
			continue
		}
		for _, typed := range strings.Fields(part) {
			phrases = appendPhrase(phrases, typed)
		}
	}
	return phrases
}

func appendPhrase(phrases [][]wanted, typed string) [][]wanted {
	var phrase []wanted
	for _, w := range viet.Words(viet.Fold(typed)) {
		phrase = append(phrase, wanted{fold: w})
	}
	if len(phrase) == 0 {
		return phrases
	}
	phrase[len(phrase)-1].prefix = strings.HasSuffix(typed, "*")
	return append(phrases, phrase)
}

// token is a run of letters and digits in a printed word.
type token struct {
	fold string
	word int // its place in the page's words
}

// matched tells for every word whether the query asked for it. Words that are
// the same without tones match; only where a query word is nowhere on the page
// do long words match that differ in one letter.
func matched(words []dossier.Word, query string) []bool {
	hits := make([]bool, len(words))
	phrases := wantedPhrases(query)
	if len(phrases) == 0 {
		return hits
	}
	var tokens []token
	for i, w := range words {
		for _, fold := range viet.Words(viet.Fold(w.Text)) {
			tokens = append(tokens, token{fold, i})
		}
	}
	for _, phrase := range phrases {
		if !mark(hits, tokens, phrase, wanted.is) && len(phrase) == 1 && len([]rune(phrase[0].fold)) >= minFuzzy {
			mark(hits, tokens, phrase, wanted.almost)
		}
	}
	return hits
}

// mark notes the words wherever the phrase stands.
func mark(hits []bool, tokens []token, phrase []wanted, same func(wanted, string) bool) (found bool) {
	for at := 0; at+len(phrase) <= len(tokens); at++ {
		if !standsAt(tokens[at:], phrase, same) {
			continue
		}
		found = true
		for i := range phrase {
			hits[tokens[at+i].word] = true
		}
	}
	return found
}

func standsAt(tokens []token, phrase []wanted, same func(wanted, string) bool) bool {
	for i, want := range phrase {
		if !same(want, tokens[i].fold) {
			return false
		}
	}
	return true
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
// typing: each word once.
func foldAll(names []string) string {
	var all []string
	for _, name := range names {
		for _, word := range strings.Fields(viet.Fold(name)) {
			if !slices.Contains(all, word) {
				all = append(all, word)
			}
		}
	}
	return strings.Join(all, " ")
}
