//go:build corpus

package classify_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline/classify"
	"sohoa/testdata/generate/collection"
)

func readText(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestDossierPages classifies the exact text of every made-up page. Separators
// and blanks have no code and no flag here, so blanks stay unnamed.
func TestDossierPages(t *testing.T) {
	cat := load(t)
	files, err := filepath.Glob(filepath.Join(collection.Dir(t), "dossier-pages", "truth", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no truth files", err)
	}
	named, wrong := 0, 0
	for _, file := range files {
		var truth struct{ Kind string }
		if err := json.Unmarshal([]byte(readText(t, file)), &truth); err != nil {
			t.Fatal(err)
		}
		text := readText(t, strings.TrimSuffix(file, "json")+"txt")
		g := classify.Classify(cat, dossier.Reading{Text: text, Blank: truth.Kind == dossier.KindBlank})
		switch kind, _ := cat.Kind(g.Kind); {
		case g.Kind == truth.Kind && g.Confidence >= kind.Gate:
			named++
		case g.Kind != dossier.KindOther && g.Confidence >= kind.Gate:
			wrong++
			t.Errorf("%s: %v, want %s: %q", filepath.Base(file), g, truth.Kind, g.Reasons)
		default:
			t.Logf("%s: %v, want %s: %q", filepath.Base(file), g, truth.Kind, g.Reasons)
		}
	}
	t.Logf("%d of %d named, %d wrong", named, len(files), wrong)
	if named*100 < len(files)*95 {
		t.Errorf("%d of %d named, want 95 %%", named, len(files))
	}
}

// TestRealScans classifies what is printed on real papers.
func TestRealScans(t *testing.T) {
	cat := load(t)
	dir := filepath.Join(collection.Dir(t), "vi-scans")
	for file, want := range map[string]string{
		"nom-vn-real/real_cv_3722_metro_p1.gt.txt":       "official_letter",
		"nom-vn-real/real_qd_707_ttg_p1.gt.txt":          "decision",
		"mau-dien/tthc-cccd.gt.txt":                      "citizen_id_card",
		"mau-dien/tthc-to-dang-ki-giay-khai-sinh.gt.txt": "birth_registration_application",
		"thong-bao-dhdl/dl_2025_0008.gt.txt":             "notice",
		"ubnd-quang-ngai/cv-575_1p_signed1.p1.gt.txt":    "official_letter",
	} {
		g := classify.Classify(cat, dossier.Reading{Text: readText(t, filepath.Join(dir, file))})
		kind, _ := cat.Kind(g.Kind)
		if g.Kind != want || g.Confidence < kind.Gate || !g.First {
			t.Errorf("%s: %v first %t, want %s: %q", file, g, g.First, want, g.Reasons)
		}
	}
}

// TestLawSpeaksOfCards reads a law about identity cards: its first page is that
// of a law, and no chapter or list of what cards print makes a later page
// anything.
func TestLawSpeaksOfCards(t *testing.T) {
	cat := load(t)
	text := readText(t, filepath.Join(collection.Dir(t), "vi-scans", "van-ban-luat", "luat-can-cuoc-2023_congbao_text_30p.textlayer.txt"))
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	if len(pages) != 30 {
		t.Fatalf("%d pages, want 30", len(pages))
	}
	for i, page := range pages {
		g := classify.Classify(cat, dossier.Reading{Text: page})
		if first := i == 0; g.First != first || sure(cat, g) != first || first && g.Kind != "law" || g.Continues != "" {
			t.Errorf("page %d: %v first %t continues %q: %q", i+1, g, g.First, g.Continues, g.Reasons)
		}
	}
}
