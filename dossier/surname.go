package dossier

import (
	"fmt"
	"strings"
	"unicode"
)

// surnames are the first words of names, in small letters; false for one that an
// office took out.
type surnames map[string]bool

// add takes one line of surnames.csv.
func (s surnames) add(r row) error {
	word := strings.ToLower(r.get("surname"))
	if word == "" || strings.ContainsFunc(word, func(l rune) bool { return !unicode.IsLetter(l) }) {
		return fmt.Errorf("column surname: %q is not one word of letters as papers spell it, without combining marks", r.get("surname"))
	}
	known, err := r.flag("known")
	if err != nil {
		return err
	}
	if r.repeated(word) {
		return fmt.Errorf("%s is there twice", word)
	}
	s[word] = known
	return nil
}

// Surname tells whether a word, in capitals or not, is a known first word of
// names. Every kind of a catalogue knows the same ones; a kind that is of none
// knows none. Letters with marks are compared as one character each (NFC).
func (k Kind) Surname(word string) bool { return k.surnames[strings.ToLower(word)] }
