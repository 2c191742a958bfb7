//go:build corpus

package extract_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline/extract"
	"sohoa/testdata/generate/collection"
)

// TestDossierPages reads the fields from the exact text of every made-up page:
// what is lost here is lost without any fault of the engine. The text has no
// geometry, so the two columns of a marriage certificate can not be told apart.
func TestDossierPages(t *testing.T) {
	cat := load(t)
	files, err := filepath.Glob(filepath.Join(collection.Dir(t), "dossier-pages", "truth", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no truth files", err)
	}
	right, wrong, all := 0, 0, 0
	for _, file := range files {
		var truth struct {
			Kind   string
			Fields map[string]string
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(strings.TrimSuffix(file, "json") + "txt")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &truth); err != nil {
			t.Fatal(err)
		}
		kind, _ := cat.Kind(truth.Kind)
		got := extract.Fields(kind, []dossier.Reading{{Text: string(text)}}, []dossier.PageID{"p"})
		for name, want := range truth.Fields {
			all++
			switch f, ok := got[name]; {
			case ok && strings.EqualFold(f.Value, want):
				right++
			case ok:
				wrong++
				t.Logf("%s %s %s = %q, want %q", filepath.Base(file), truth.Kind, name, f.Value, want)
			default:
				t.Logf("%s %s %s not found, want %q", filepath.Base(file), truth.Kind, name, want)
			}
		}
	}
	t.Logf("%d of %d fields right, %d wrong", right, all, wrong)
	if right*100 < all*95 {
		t.Errorf("%d of %d fields, want 95 %%", right, all)
	}
	if wrong > 0 {
		t.Errorf("%d fields wrong: absent is better", wrong)
	}
}
