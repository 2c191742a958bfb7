package ocr

import (
	"strings"
	"testing"

	"sohoa/ocr/tesseract"
)

func lineOf(confidence float64, text string) []tesseract.Word {
	var words []tesseract.Word
	for t := range strings.FieldsSeq(text) {
		words = append(words, tesseract.Word{Text: t, Confidence: confidence})
	}
	return words
}

func textOf(words []tesseract.Word) string {
	var texts []string
	for _, w := range words {
		texts = append(texts, w.Text)
	}
	return strings.Join(texts, " ")
}

func TestWithoutSerif(t *testing.T) {
	for read, want := range map[string]string{
		"'TRUNG TÂM HÀNH CHÍNH": "TRUNG TÂM HÀNH CHÍNH",
		"'Ủy ban":               "Ủy ban",
		"'Tờ trình' số 5":       "'Tờ trình' số 5",
		"'Khai'":                "'Khai'",
		"Y' Blô":                "Y' Blô",
		"'a) thửa":              "'a) thửa",
		"":                      "",
	} {
		if got := textOf(withoutSerif(lineOf(0.9, read))); got != want {
			t.Errorf("%q became %q, want %q", read, got, want)
		}
	}
}

func TestSurenessCountsSigns(t *testing.T) {
	long, short := lineOf(0.9, "Nghiêng"), lineOf(0.2, "a")
	if got := sureness(append(long, short...)); got < 0.81 || got > 0.82 {
		t.Errorf("seven signs at 0.9 and one at 0.2: %.3f, want 6.5/8", got)
	}
	if got := sureness(nil); got != 0 {
		t.Errorf("nothing: %v", got)
	}
}

// TestBelievableSigns: a dash between numbers is print, a rule beside them is none.
func TestBelievableSigns(t *testing.T) {
	for sign, want := range map[string]bool{"-": true, "–": false, "+": true, "\"": true, "|": false, "\\": false, "'": false, "a": true, "7": true, "...": false} {
		if got := believable(tesseract.Word{Text: sign, Confidence: 0.8}); got != want {
			t.Errorf("%q believed: %v", sign, got)
		}
	}
}
