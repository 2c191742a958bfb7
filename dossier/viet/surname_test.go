package viet_test

import (
	"testing"

	"sohoa/dossier/viet"
)

func TestSurname(t *testing.T) {
	for word, want := range map[string]bool{"Nguyễn": true, "TẨN": true, "Giàng": true, "Vũ": true, "Tấn": false, "Nguyên": false, "ng": false, "": false, "an": true, "Niê": true, "a ba": false} {
		if viet.Surname(word) != want {
			t.Errorf("Surname(%q) is not %v", word, want)
		}
	}
}
