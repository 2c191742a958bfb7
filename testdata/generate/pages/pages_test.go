package pages

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	_ "golang.org/x/image/tiff"

	"sohoa/testdata/generate/forms"
)

// quick is the lowest resolution at which the codes on the papers still print.
const quick = 120

func generate(t *testing.T, options Options) (map[string][]byte, []Truth) {
	t.Helper()
	options.Dir = t.TempDir()
	truths, err := Generate(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte)
	for _, pattern := range []string{"*", "truth/*"} {
		names, err := filepath.Glob(filepath.Join(options.Dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if raw, err := os.ReadFile(name); err == nil {
				files[strings.TrimPrefix(name, options.Dir+"/")] = raw
			}
		}
	}
	return files, truths
}

// TestSameSeedSameBytes: images and truth are a function of the seed.
func TestSameSeedSameBytes(t *testing.T) {
	options := Options{Seed: 5, Dossiers: 1, Kind: "land_transfer_contract", Truth: true, DPI: quick}
	first, _ := generate(t, options)
	second, _ := generate(t, options)
	if len(first) != 6 { // two sides, each an image and two files of truth
		t.Errorf("%d files, want 6", len(first))
	}
	for name, raw := range first {
		if !bytes.Equal(raw, second[name]) {
			t.Errorf("%s differs between two runs of one seed", name)
		}
	}
	options.Seed = 6
	third, _ := generate(t, options)
	for name, raw := range third {
		if bytes.Equal(raw, first[name]) {
			t.Errorf("%s is the same for another seed", name)
		}
	}
}

// TestContainers makes the two dossiers in one file each and holds files and
// truth against each other.
func TestContainers(t *testing.T) {
	files, truths := generate(t, Options{Seed: 2, Dossiers: 0, Kind: All, Truth: true, Clean: true, DPI: quick})
	pages := make(map[string]int)
	for _, truth := range truths {
		pages[truth.File]++
		if truth.Page != pages[truth.File] {
			t.Errorf("%s: page %d after %d", truth.File, truth.Page, pages[truth.File]-1)
		}
		checkStored(t, files, truth)
	}
	if n := bytes.Count(files["001_land.tif"], []byte("\x29\x01\x03\x00\x02")); n != pages["001_land.tif"] || n < 4 {
		t.Errorf("001_land.tif holds %d page numbers, the truth %d", n, pages["001_land.tif"])
	}
	api.DisableConfigDir()
	if n, err := api.PageCount(bytes.NewReader(files["002_office.pdf"]), nil); err != nil || n != pages["002_office.pdf"] {
		t.Errorf("002_office.pdf has %d pages (%v), the truth %d", n, err, pages["002_office.pdf"])
	}
}

// checkStored reads the stored truth back as a scorer does.
func checkStored(t *testing.T, files map[string][]byte, truth Truth) {
	t.Helper()
	var stored struct {
		Kind   string            `json:"kind"`
		Fields map[string]string `json:"fields"`
		Lines  []Line            `json:"lines"`
	}
	if err := json.Unmarshal(files["truth/"+truth.Base+".json"], &stored); err != nil {
		t.Fatalf("%s: %v", truth.Base, err)
	}
	if stored.Kind != truth.Kind || len(stored.Fields) != len(truth.Fields) {
		t.Errorf("%s: stored kind %s with %d fields", truth.Base, stored.Kind, len(stored.Fields))
	}
	text := string(files["truth/"+truth.Base+".txt"])
	if text != truth.Text || (text == "") != (truth.Kind == Blank) {
		t.Errorf("%s: stored text %q", truth.Base, text)
	}
	for _, line := range stored.Lines {
		if !strings.Contains(text, line.Text+"\n") || line.Box.X+line.Box.W > truth.Width || line.Box.Y+line.Box.H > truth.Height {
			t.Errorf("%s: line %+v is not in the text or not on the sheet", truth.Base, line)
		}
	}
}

// TestImageMatchesTruth decodes one image of every mode the seed brings and
// compares its size with the sheet's under the recorded turn.
func TestImageMatchesTruth(t *testing.T) {
	files, truths := generate(t, Options{Seed: 4, Dossiers: 5, Kind: "birth_notice", DPI: quick})
	for _, truth := range truths {
		config, _, err := image.DecodeConfig(bytes.NewReader(files[truth.File]))
		if err != nil {
			t.Fatalf("%s: %v", truth.File, err)
		}
		w, h := truth.Width, truth.Height
		if truth.RotationCW%180 == 90 {
			w, h = h, w
		}
		if exact := config.Width == w && config.Height == h; exact == truth.Damage.Border {
			t.Errorf("%s: image %d × %d of a sheet %d × %d, border %v", truth.File, config.Width, config.Height, w, h, truth.Damage.Border)
		}
		x, y := truth.ToInput.Apply(float64(truth.Width)/2, float64(truth.Height)/2)
		if x < 0.4*float64(config.Width) || x > 0.6*float64(config.Width) || y < 0.4*float64(config.Height) || y > 0.6*float64(config.Height) {
			t.Errorf("%s: the sheet's middle is mapped to (%.0f, %.0f)", truth.File, x, y)
		}
	}
}

// TestPlanHoldsEveryKind: the default batch shows everything the generator
// can, in natural order, with a separator before every dossier.
func TestPlanHoldsEveryKind(t *testing.T) {
	files, err := plan(Options{Seed: 1, Dossiers: 4, Kind: All})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	code := ""
	for i, f := range files {
		if i > 0 && files[i-1].name >= f.name {
			t.Errorf("%s comes after %s", f.name, files[i-1].name)
		}
		for _, one := range f.images {
			seen[one.kind] = true
			if one.matter.Code != code && one.kind != kindSeparator {
				t.Errorf("%s: dossier %s starts without a separator", f.name, one.matter.Code)
			}
			code = one.matter.Code
		}
	}
	for _, kind := range append(forms.Kinds(), Blank) {
		if !seen[kind] {
			t.Errorf("no %s in the default batch", kind)
		}
	}
}

func TestUnknownKindListsTheKnown(t *testing.T) {
	_, err := Generate(context.Background(), Options{Dir: t.TempDir(), Dossiers: 1, Kind: "passport"})
	if err == nil || !strings.Contains(err.Error(), "birth_notice") || !strings.Contains(err.Error(), Blank) {
		t.Errorf("error %v does not list the kinds", err)
	}
}

// TestCancelled: nobody waits for a batch that is no longer wanted.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Generate(ctx, Options{Dir: t.TempDir(), Dossiers: 1, Kind: Blank}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}
