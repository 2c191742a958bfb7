package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sohoa/dossier/viet"
)

// word is one word in its two forms: raw in Vietnamese normal form with tones,
// fold without.
type word struct{ raw, fold string }

// barrier stands between parts of an entry that must not make a phrase
// together. No query can contain it: it is neither letter nor digit.
const barrier = "¶"

// The most of one page that is indexed: many times what fits on paper, but
// within what a tsvector can hold (positions to 16,383, a megabyte of words).
const (
	maxWords     = 16_000
	maxWordBytes = 400_000
	maxWordRunes = 64
)

// token is a word and where it stands in the text it was taken from.
type token struct {
	word
	start, end int
}

// tokenize splits a text into words. The index, the query and the snippet all
// go through it.
func tokenize(s string) []token {
	var tokens []token
	at := 0
	for _, w := range viet.Words(s) {
		// Between two words there are only separators, so the first place
		// where w occurs is w itself.
		start := at + strings.Index(s[at:], w)
		at = start + len(w)
		if form := newWord(w); form.fold != "" {
			tokens = append(tokens, token{word: form, start: start, end: at})
		}
	}
	return tokens
}

func newWord(s string) word {
	raw := clip(viet.Normalise(s))
	return word{raw: raw, fold: viet.Fold(raw)}
}

// clip keeps the start of a word that is no word: nobody types more of it.
func clip(s string) string {
	if utf8.RuneCountInString(s) <= maxWordRunes {
		return s
	}
	return string([]rune(s)[:maxWordRunes])
}

func wordsOf(s string) []word {
	tokens := tokenize(s)
	words := make([]word, len(tokens))
	for i, t := range tokens {
		words[i] = t.word
	}
	return words
}

// entryWords is all an entry can be found by, in the order of the phrase
// positions: text, code, fields, and the joined forms of their numbers.
func entryWords(e Entry) []word {
	parts := []string{e.Text, e.Code}
	for _, name := range sortedKeys(e.Fields) {
		parts = append(parts, e.Fields[name])
	}
	var words []word
	for _, part := range parts {
		words = append(append(words, wordsOf(part)...), word{barrier, barrier})
	}
	for _, part := range parts {
		for _, joined := range joinedNumbers(part) {
			words = append(words, joined, word{barrier, barrier})
		}
	}
	return bounded(words)
}

func bounded(words []word) []word {
	bytes := 0
	for i, w := range words {
		bytes += len(w.raw)
		if i == maxWords || bytes > maxWordBytes {
			return words[:i]
		}
	}
	return words
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// joinedNumbers gives the numbers of a text as one word each, as they would be
// typed without their punctuation or grouping: h38122501010001 for
// H38.12-250101-0001, ch662153 for CH 662153.
func joinedNumbers(text string) []word {
	var joined []word
	for line := range strings.Lines(text) {
		chunks := chunksOf(line)
		for _, c := range chunks {
			if len(c.words) > 1 && c.hasDigit() {
				joined = append(joined, join(c.words))
			}
		}
		for _, run := range numberRuns(chunks) {
			if words := wordsIn(chunks[run.from:run.to]); digits(words) >= minRunDigits {
				joined = append(joined, join(words))
			}
		}
	}
	return joined
}

// chunk is what stands between two spaces.
type chunk struct {
	words  []word
	closed bool // ends in punctuation: what follows does not belong to it
}

func chunksOf(line string) []chunk {
	var chunks []chunk
	for _, s := range strings.Fields(line) {
		last, _ := utf8.DecodeLastRuneInString(s)
		if words := wordsOf(s); len(words) > 0 {
			chunks = append(chunks, chunk{words: words, closed: unicode.IsPunct(last)})
		} else if len(chunks) > 0 {
			chunks[len(chunks)-1].closed = true
		}
	}
	return chunks
}

func (c chunk) hasDigit() bool { return digits(c.words) > 0 }

func (c chunk) isNumber() bool { return len(c.words) == 1 && isDigits(c.words[0].fold) }

// isSeries tells whether the chunk can open a serial number: the CH of CH 662153.
func (c chunk) isSeries() bool {
	return len(c.words) == 1 && len(c.words[0].fold) <= maxSeriesLetters && isASCIILetters(c.words[0].fold)
}

const (
	// A serial opens with one to three letters (land certificates: two).
	maxSeriesLetters = 3
	// Shorter numbers are not written in groups.
	minRunDigits = 6
	// More numbers in a row are a row of a table.
	maxRunChunks = 6
)

// span is the chunks from (included) to to (excluded).
type span struct{ from, to int }

// numberRuns finds numbers written in groups: two or more numbers next to each
// other, or one or more after the letters of a series.
func numberRuns(chunks []chunk) []span {
	var runs []span
	for i := 0; i < len(chunks); {
		end := i + 1
		if chunks[i].isNumber() || chunks[i].isSeries() {
			for end < len(chunks) && chunks[end].isNumber() && !chunks[end-1].closed {
				end++
			}
		}
		if n := end - i; n > 1 && n <= maxRunChunks {
			runs = append(runs, span{i, end})
		}
		i = end
	}
	return runs
}

func wordsIn(chunks []chunk) []word {
	var words []word
	for _, c := range chunks {
		words = append(words, c.words...)
	}
	return words
}

func join(words []word) word {
	var raw strings.Builder
	for _, w := range words {
		raw.WriteString(w.raw)
	}
	return newWord(raw.String())
}

func digits(words []word) int {
	n := 0
	for _, w := range words {
		for _, r := range w.fold {
			if unicode.IsDigit(r) {
				n++
			}
		}
	}
	return n
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func isASCIILetters(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}
