package web

import (
	"embed"
	"encoding/csv"
	"fmt"
	"net/http"
)

//go:embed words.csv
var wordsFile embed.FS

// lang is a language of the pages.
type lang string

const (
	vi lang = "vi"
	en lang = "en"
)

// words is the one table of everything the pages say, by key.
type words map[string]map[lang]string

// loadWords reads the table. A row without a key or with an empty language is
// an error: half a translation is none.
func loadWords() (words, error) {
	file, err := wordsFile.Open("words.csv")
	if err != nil {
		return nil, fmt.Errorf("words: %w", err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.Comment = '#'
	reader.FieldsPerRecord = 3
	rows, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("words: %w", err)
	}
	table := make(words, len(rows))
	for _, row := range rows[1:] {
		key := row[0]
		if _, twice := table[key]; twice || key == "" || row[1] == "" || row[2] == "" {
			return nil, fmt.Errorf("words: row %q is empty, incomplete or there twice", key)
		}
		table[key] = map[lang]string{vi: row[1], en: row[2]}
	}
	return table, nil
}

// say gives the words of a key, with its arguments filled in. A key that is
// missing shows itself: a test looks for those.
func (w words) say(l lang, key string, args ...any) string {
	text, ok := w[key][l]
	if !ok {
		return "[" + key + "]"
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// langCookie keeps the choice of language.
const langCookie = "lang"

// langOf is the language a person chose; Vietnamese unless they did.
func langOf(r *http.Request) lang {
	if c, err := r.Cookie(langCookie); err == nil && lang(c.Value) == en {
		return en
	}
	return vi
}

// language keeps a choice and goes back to the page it was made on.
func (s *site) language(w http.ResponseWriter, r *http.Request) error {
	chosen := vi
	if lang(r.FormValue("to")) == en {
		chosen = en
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // not Secure: the pages are served on the machine itself, without TLS, and the cookie is no secret
		Name: langCookie, Value: string(chosen), Path: "/", MaxAge: 400 * 24 * 3600,
		HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	seeOther(w, r, localPath(r.FormValue("back")))
	return nil
}
