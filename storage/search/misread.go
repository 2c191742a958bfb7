package search

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Misread words. OCR turns "trần" into "tr4n" now and then; who searches for
// Trần must find that page too. Comparing a query with the whole vocabulary is
// slow, and most words one letter away are other people's names. So only words
// that are no syllable are remembered, in a table of their own, each under
// itself and under everything it becomes when one letter is left out. Two words
// that differ by one letter share such a key: a query looks up its own few keys
// and compares what it finds. Words are never forgotten; one that has no page
// left matches nothing.

// What may be a misread word: too short ones are like everything, longer ones
// do not occur, and a word with several digits is a number, in which one
// different digit is a different number.
const (
	minMisread       = 3
	maxMisread       = 16
	maxMisreadDigits = 1
	// maxLikeness bounds how many misread words one word of a query stands for.
	maxLikeness = 16
	// A page with more of them is noise, and writing it down would hold up the
	// transaction. Rows go in some at a time: engines bound their arguments.
	maxLearned    = 400
	learnedAtOnce = 100
)

const misreadSchema = `CREATE TABLE IF NOT EXISTS search_misread (
	key TEXT NOT NULL,
	word TEXT NOT NULL,
	PRIMARY KEY (key, word)
)`

// learn remembers misread words, each with its keys. It goes through them in
// order, so that two transactions on PostgreSQL that bring the same words wait
// for each other in one direction only.
func learn(ctx context.Context, tx Tx, words []string) error {
	slices.Sort(words)
	for some := range slices.Chunk(slices.Compact(words), learnedAtOnce) {
		if err := learnSome(ctx, tx, some); err != nil {
			return err
		}
	}
	return nil
}

// learnSome writes the words first, which tells the new ones, and then the
// keys of those: most pages bring few new words.
func learnSome(ctx context.Context, tx Tx, words []string) error {
	known := make([]misreadKey, len(words))
	for i, w := range words {
		known[i] = misreadKey{key: w, word: w}
	}
	fresh, err := insertKeys(ctx, tx, known)
	if err != nil {
		return err
	}
	var keys []misreadKey
	for _, w := range fresh {
		for _, key := range shortened(w) {
			keys = append(keys, misreadKey{key: key, word: w})
		}
	}
	_, err = insertKeys(ctx, tx, keys)
	return err
}

// misreadKey is a row of search_misread.
type misreadKey struct{ key, word string }

// insertKeys gives the words of the rows that were not there before.
func insertKeys(ctx context.Context, tx Tx, keys []misreadKey) ([]string, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	args := make([]any, 0, 2*len(keys))
	for _, k := range keys {
		args = append(args, k.key, k.word)
	}
	values := "(?, ?)" + strings.Repeat(", (?, ?)", len(keys)-1)
	return column(ctx, tx, "INSERT INTO search_misread (key, word) VALUES "+values+" ON CONFLICT DO NOTHING RETURNING word", args)
}

// column runs a query for one column of text.
func column(ctx context.Context, tx Tx, query string, args []any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var values []string
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, rows.Err()
}

// misread picks the words of a page that are no syllable.
func misread(words []word) []string {
	var found []string
	for _, w := range words {
		n := len([]rune(w.fold))
		if n >= minMisread && n <= maxMisread && digits([]word{w}) <= maxMisreadDigits && !isSyllable(w.fold) {
			found = append(found, w.fold)
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	return found[:min(len(found), maxLearned)]
}

// shortened is the word with each one letter left out.
func shortened(s string) []string {
	letters := []rune(s)
	keys := make([]string, len(letters))
	for i := range letters {
		keys[i] = string(letters[:i]) + string(letters[i+1:])
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// withMisread adds to each term the phrases in which one word is a misread one.
func withMisread(ctx context.Context, tx Tx, terms []term) ([]term, error) {
	wide := make([]term, len(terms))
	for i, t := range terms {
		wide[i] = slices.Clone(t)
		asked := t[0]
		for at, w := range asked.words {
			if asked.prefix && at == len(asked.words)-1 {
				continue
			}
			alike, err := alikes(ctx, tx, w.fold)
			if err != nil {
				return nil, err
			}
			for _, other := range alike {
				words := slices.Clone(asked.words)
				words[at] = word{raw: other, fold: other}
				wide[i] = append(wide[i], phrase{words: words, prefix: asked.prefix, approx: true})
			}
		}
	}
	return wide, nil
}

// alikes gives the misread words that a word of a query stands for.
func alikes(ctx context.Context, tx Tx, fold string) ([]string, error) {
	n := len([]rune(fold))
	if n < minMisread || n > maxMisread || digits([]word{{fold: fold}}) > 0 {
		return nil, nil
	}
	keys := append(shortened(fold), fold)
	args := make([]any, len(keys))
	for i, k := range keys {
		args[i] = k
	}
	near, err := column(ctx, tx, "SELECT DISTINCT word FROM search_misread WHERE key IN (?"+strings.Repeat(", ?", len(keys)-1)+") ORDER BY word", args)
	if err != nil {
		return nil, fmt.Errorf("look up misread words: %w", err)
	}
	found := slices.DeleteFunc(near, func(other string) bool { return other == fold || !oneEdit(fold, other) })
	return found[:min(len(found), maxLikeness)], nil
}

// oneEdit tells whether one letter put in, left out, replaced, or swapped with
// its neighbour makes b of a.
func oneEdit(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	for len(x) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	switch {
	case len(y) <= 1:
		return true
	case len(x) == 2 && len(y) == 2:
		return x[0] == y[1] && x[1] == y[0]
	default:
		return false
	}
}
