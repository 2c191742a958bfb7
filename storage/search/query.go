package search

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// phrase is words that stand next to each other.
type phrase struct {
	words  []word
	prefix bool // the last word is only the beginning of one
	approx bool // found by likeness: see misread.go
}

// term is one thing a page must have: any of the phrases.
type term []phrase

// Bounds on what is taken of a query, so that no query is expensive by size.
const (
	maxQueryRunes  = 1000
	maxTerms       = 24
	minPrefixRunes = 2 // "n*" is half the vocabulary: taken as the word "n"
)

// parse reads what a person typed. It cannot fail: what is no word is passed
// over.
func parse(text string) []term {
	var terms []term
	for _, part := range quoted(limitRunes(text, maxQueryRunes)) {
		if part.quoted {
			if words := wordsOf(part.text); len(words) > 0 {
				terms = append(terms, term{{words: words}})
			}
			continue
		}
		terms = append(terms, looseTerms(part.text)...)
	}
	return terms[:min(len(terms), maxTerms)]
}

func limitRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// part is a piece of the query inside or outside of quotes.
type part struct {
	text   string
	quoted bool
}

// quoted takes the query apart at its quotes. A quote without its end is
// nothing special.
func quoted(text string) []part {
	var parts []part
	for {
		open := strings.IndexAny(text, quotes)
		if open < 0 {
			return append(parts, part{text: text})
		}
		parts = append(parts, part{text: text[:open]})
		_, inside, _ := cutAny(text[open:], quotes)
		before, after, ok := cutAny(inside, quotes)
		if !ok {
			return append(parts, part{text: inside})
		}
		parts = append(parts, part{text: before, quoted: true})
		text = after
	}
}

// quotes are the marks that keyboards and word processors put around a phrase.
const quotes = "\"“”„«»"

// cutAny is strings.Cut at the first of the characters in chars.
func cutAny(s, chars string) (before, after string, found bool) {
	at := strings.IndexAny(s, chars)
	if at < 0 {
		return s, "", false
	}
	for i, r := range s[at:] {
		if i == 0 {
			return s[:at], s[at+len(string(r)):], true
		}
	}
	return s, "", false
}

// looseTerms reads words outside of quotes: each chunk between spaces is a
// term; numbers written in groups may also stand joined.
func looseTerms(text string) []term {
	chunks, starred := starredChunks(text)
	terms := make([]term, len(chunks))
	for i, c := range chunks {
		terms[i] = chunkTerm(c, starred[i])
	}
	for _, run := range numberRuns(chunks) {
		joined := phrase{words: []word{join(wordsIn(chunks[run.from:run.to]))}}
		for i := run.from; i < run.to; i++ {
			terms[i] = append(terms[i], joined)
		}
	}
	return terms
}

// starredChunks splits at spaces and tells which chunks ended in a star.
func starredChunks(text string) ([]chunk, []bool) {
	var chunks []chunk
	var starred []bool
	for _, s := range strings.Fields(text) {
		for _, c := range chunksOf(strings.TrimRight(s, "*")) {
			chunks = append(chunks, c)
			starred = append(starred, strings.HasSuffix(s, "*"))
		}
	}
	return chunks, starred
}

func chunkTerm(c chunk, starred bool) term {
	last := []rune(c.words[len(c.words)-1].fold)
	t := term{{words: c.words, prefix: starred && len(last) >= minPrefixRunes}}
	if starred {
		return t
	}
	if len(c.words) > 1 && c.hasDigit() {
		t = append(t, phrase{words: []word{join(c.words)}})
	}
	if series, number, ok := splitSerial(c); ok {
		t = append(t, phrase{words: []word{series, number}})
	}
	return append(t, datePhrases(c)...)
}

// splitSerial takes ch662153 apart into ch and 662153.
func splitSerial(c chunk) (series, number word, ok bool) {
	if len(c.words) != 1 {
		return word{}, word{}, false
	}
	w := c.words[0]
	at := strings.IndexAny(w.raw, "0123456789")
	if at < 1 {
		return word{}, word{}, false
	}
	series, number = newWord(w.raw[:at]), newWord(w.raw[at:])
	ok = len(series.fold) <= maxSeriesLetters && isASCIILetters(series.fold) && isDigits(number.fold) && len(number.fold) >= minRunDigits
	return series, number, ok
}

// datePhrases gives the ways in which a typed date may stand on paper: with or
// without leading zeros, in figures or as "1 tháng 3 năm 1985" (NĐ
// 30/2020/NĐ-CP writes 05 but tháng 3).
func datePhrases(c chunk) []phrase {
	day, month, year, ok := dateOf(c)
	if !ok {
		return nil
	}
	var phrases []phrase
	for _, d := range spellings(day) {
		for _, m := range spellings(month) {
			d, m, y := newWord(d), newWord(m), newWord(strconv.Itoa(year))
			phrases = append(phrases,
				phrase{words: []word{d, m, y}},
				phrase{words: []word{d, newWord("tháng"), m, newWord("năm"), y}})
		}
	}
	return phrases
}

// spellings writes a small number with and without a leading zero.
func spellings(n int) []string {
	return slices.Compact([]string{strconv.Itoa(n), fmt.Sprintf("%02d", n)})
}

// dateOf reads dd/mm/yyyy or yyyy-mm-dd, whatever stands between the numbers.
func dateOf(c chunk) (day, month, year int, ok bool) {
	if len(c.words) != 3 {
		return 0, 0, 0, false
	}
	var n [3]int
	for i, w := range c.words {
		if !isDigits(w.fold) || len(w.fold) > 4 {
			return 0, 0, 0, false
		}
		n[i], _ = strconv.Atoi(w.fold) // at most four digits
	}
	if n[0] > 31 {
		n[0], n[2] = n[2], n[0]
	}
	ok = n[0] >= 1 && n[0] <= 31 && n[1] >= 1 && n[1] <= 12 && n[2] >= 1000
	return n[0], n[1], n[2], ok
}

// toned tells whether the person typed tones or marks: then exact spellings go
// first.
func toned(terms []term) bool {
	for _, t := range terms {
		for _, w := range t[0].words {
			if w.raw != w.fold {
				return true
			}
		}
	}
	return false
}
