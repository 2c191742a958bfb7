package fuzzy_test

import (
	"testing"

	"sohoa/pipeline/fuzzy"
)

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{"Họ, chữ đệm, tên:": "hochudemten", "QUYẾT ĐỊNH": "quyetdinh", "m²": "m", "(1)": "1", "": ""} {
		if got := fuzzy.Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPrefix(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		edits, end    int
	}{
		{"quyetdinh", "quyetdinh", 0, 9},
		{"quyetdinh", "quyetdinhveviec", 0, 9},
		{"quyetdinh", "quvetdlnhveviec", 2, 9},
		{"quyetdinh", "quyetdnhveviec", 1, 8},
		{"abc", "", 3, 0},
		{"", "abc", 0, 0},
		{"khaitu", "khaisinh", 2, 6},
	} {
		edits, end := fuzzy.Prefix(c.pattern, c.text)
		if edits != c.edits || end != c.end {
			t.Errorf("Prefix(%q, %q) = %d, %d, want %d, %d", c.pattern, c.text, edits, end, c.edits, c.end)
		}
	}
}

func TestWithin(t *testing.T) {
	if !fuzzy.Within("xxdoclaptudohanhphucyy", "doclaptudohanhphuc", 0) || !fuzzy.Within("doc1aptudchanhphuc", "doclaptudohanhphuc", 2) {
		t.Error("a motto with two wrong letters was not found")
	}
	if fuzzy.Within("doclap", "doclaptudohanhphuc", 3) {
		t.Error("a third of the motto was taken for all of it")
	}
}
