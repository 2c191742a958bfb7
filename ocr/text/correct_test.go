package text

import (
	"strings"
	"testing"

	"sohoa/dossier"
)

func TestCorrect(t *testing.T) {
	tests := []struct{ name, read, want string }{
		{"square metres", "Diện tích: 3422,1 m2; sử dụng: 12 m?", "Diện tích: 3422,1 m²; sử dụng: 12 m²"},
		{"metres stay", "dài 12 m; rộng m2", "dài 12 m; rộng m2"},
		{"list letters", "c) Một\nd) Hai\nø) Ba\ne) Bốn\nø) Năm", "c) Một\nd) Hai\nđ) Ba\ne) Bốn\ng) Năm"},
		{"no list", "ø) Một", "ø) Một"},
		{"a syllable that is none", "thửa đất số đãt~", "thửa đất số đất~"},
		{"two examples", "đất đát đãt~", "đất đát đãt~"},
		{"read with confidence", "đất đãt", "đất đãt"},
		{"a capital", "đất Đãt~", "đất Đãt~"},
		{"a code", "12 H38.29 m2x đất", "12 H38.29 m2x đất"},
	}
	for _, test := range tests {
		var words []dossier.Word
		for n, line := range strings.Split(test.read, "\n") {
			for _, w := range strings.Fields(line) {
				confidence := 0.95
				if doubt, ok := strings.CutSuffix(w, "~"); ok {
					w, confidence = doubt, 0.5
				}
				words = append(words, dossier.Word{Text: w, Line: n + 1, Block: 1, Confidence: confidence})
			}
		}
		before := make([]string, len(words))
		for i, w := range words {
			before[i] = w.Text
		}
		Correct(words)
		want := strings.ReplaceAll(test.want, "~", "") + "\n"
		if got := Plain(words); got != want {
			t.Errorf("%s: %q, want %q", test.name, got, want)
		}
		for i, w := range words {
			if w.Text != before[i] {
				t.Errorf("%s: the engine's word %q became %q", test.name, before[i], w.Text)
			}
		}
	}
}

// TestNamesAreLeftAlone: five hundred names of the peoples of the mountains,
// read with little confidence among words that look like theirs; none changes.
func TestNamesAreLeftAlone(t *testing.T) {
	families := strings.Fields("Giàng Hờ Thào Sùng Lầu Vàng Mùa Cư Lò Quàng K'Brôih Y Blô H' Ksor Rơ Siu Kpă Đinh A Chá")
	given := strings.Fields("Páo Chua Blô Brôih Mỷ Súa Dếnh Chứ Phìn Sính Lử Tủa Nủ Dợ Hơ Nhè Pó Xá Vừ Đơ Niê Byă Êban Mlô Hmok")
	checked := 0
	for _, f := range families {
		for _, g := range given {
			words := []dossier.Word{{Text: "paọ", Confidence: 0.95}, {Text: "báo", Confidence: 0.95}, {Text: "chưa", Confidence: 0.95}, {Text: "12", Confidence: 0.95}}
			for _, part := range []string{f, "A", g} {
				words = append(words, dossier.Word{Text: part, Confidence: 0.3, Line: 1, Block: 1})
			}
			Correct(words)
			for _, w := range words {
				if w.Corrected != "" {
					t.Errorf("%s A %s: %q became %q", f, g, w.Text, w.Corrected)
				}
			}
			checked++
		}
	}
	if checked < 500 {
		t.Errorf("only %d names", checked)
	}
}
