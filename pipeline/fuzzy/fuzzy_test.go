package fuzzy_test

import (
	"testing"

	"sohoa/pipeline/fuzzy"
)

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{"Họ, chữ đệm, tên:": "hochudemten", "QUYẾT ĐỊNH": "quyetdinh", "m²": "m", "(1)": "1", "QUY~ ĐỊNH": "quy?dinh", "Kính øửi": "kinh?ui", "| abc |": "abc", "": ""} {
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
		edits, end := fuzzy.Prefix(c.pattern, c.text, len(c.pattern))
		if edits != c.edits || end != c.end {
			t.Errorf("Prefix(%q, %q) = %d, %d, want %d, %d", c.pattern, c.text, edits, end, c.edits, c.end)
		}
	}
}

// TestPrefixLimit holds that a limit never changes an answer below it.
func TestPrefixLimit(t *testing.T) {
	for _, text := range []string{"quyetdinhveviec", "quvetdlnhveviec", "quychelamviec", "thongbao", ""} {
		edits, end := fuzzy.Prefix("quyetdinh", text, 9)
		for limit := range 9 {
			limited, at := fuzzy.Prefix("quyetdinh", text, limit)
			if edits <= limit && (limited != edits || at != end) || edits > limit && limited <= limit {
				t.Errorf("Prefix(%q, limit %d) = %d, %d; without a limit %d, %d", text, limit, limited, at, edits, end)
			}
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
