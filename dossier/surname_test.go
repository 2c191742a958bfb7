package dossier_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"sohoa/dossier"
)

// TestSurname: the list knows words as papers spell them, and an office adds to it
// and takes out of it.
func TestSurname(t *testing.T) {
	knows := func(overrides fstest.MapFS) func(string) bool {
		kinds, err := dossier.LoadCatalogue(overrides)
		if err != nil {
			t.Fatal(err)
		}
		kind, _ := kinds.Kind("birth_certificate")
		return kind.Surname
	}
	table := func(lines string) fstest.MapFS {
		return fstest.MapFS{"surnames.csv": {Data: []byte("surname,known\n" + lines)}}
	}
	own, ours := knows(fstest.MapFS{}), knows(table("Tấn,yes\nan,no\n"))
	for word, want := range map[string][2]bool{
		"Nguyễn": {true, true}, "TẨN": {true, true}, "Giàng": {true, true}, "Niê": {true, true}, "Tấn": {false, true}, "TẤN": {false, true}, "an": {true, false},
		"Nguyên": {false, false}, "ng": {false, false}, "": {false, false}, "a ba": {false, false},
	} {
		if got := [2]bool{own(word), ours(word)}; got != want {
			t.Errorf("Surname(%q): the list says %v, with the office's %v, want %v", word, got[0], got[1], want)
		}
	}
	for wrong, says := range map[string]string{
		"Giàng,yes\ngiàng,no\n": "surnames.csv:3: giàng is there twice", "Nguyễn Văn,yes\n": "surnames.csv:2: column surname", ",yes\n": "surnames.csv:2: column surname",
		"L0,yes\n": "surnames.csv:2: column surname", "Nguye\u0302\u0303n,yes\n": "surnames.csv:2: column surname", "Lò,maybe\n": `surnames.csv:2: column known: "maybe"`,
	} {
		if _, err := dossier.LoadCatalogue(table(wrong)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", wrong, err, says)
		}
	}
}
