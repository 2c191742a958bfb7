package search_test

import (
	"strings"
	"testing"

	"sohoa/dossier/viet"
	"sohoa/storage/search"
)

// FuzzQuery looks for a query that FTS5 takes for syntax, and for a text whose
// own words do not find it.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{`"Nguyễn Văn" an*`, "CH662153", "1/3/1985", `NEAR("a" b, 3) OR -c`, "«»¶*", "a\x00b\xff", "İß ﬁ ǅ", "Ω ก็ ١٢٣ ①²"} {
		f.Add(seed)
	}
	a := openSQLite(f)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 500 {
			return // longer queries are cut, by design
		}
		a.put(t, page("1", text))
		if _, err := a.Search(t.Context(), a.db, search.Query{Unit: "x", Text: text}); err != nil {
			t.Fatal(err)
		}
		for _, word := range firstWords(text) {
			if got := a.search(t, search.Query{Text: word}); got.Total != 1 {
				t.Errorf("%q does not find the page %q", word, text)
			}
		}
	})
}

// firstWords gives some words of a text as a person would type them again.
func firstWords(text string) []string {
	words := viet.Words(text)
	var some []string
	for _, w := range words[:min(len(words), 5)] {
		if viet.Fold(viet.Normalise(w)) != "" {
			some = append(some, w, viet.Fold(w), strings.ToUpper(w))
		}
	}
	return some
}
