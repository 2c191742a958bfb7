//go:build corpus

package ocr

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/disintegration/imaging"

	"sohoa/dossier"
	"sohoa/ocr/ocrtest"
	"sohoa/testdata/generate/collection"
)

// laid is how a page of the collection lies, by deskew-gt.csv or by eye.
type laid struct {
	file       string
	rotationCW int
	skewCW     float64
	within     float64 // degrees
}

// TestCorpusGeometry finds how other projects' test pages lie: those of
// deskew-gt.csv, and a page turned here by known angles. A page may be wrong
// only when it is flagged for a person.
func TestCorpusGeometry(t *testing.T) {
	root := filepath.Join(collection.Dir(t), "deskew-blank")
	turned := t.TempDir()
	pages := []laid{
		{file: "sbrunner-deskew/deskew-1.png", skewCW: -1.4, within: 0.3}, // the list says -1; its left margin leans by 1.46
		{file: "sbrunner-deskew/deskew-2.png", skewCW: -2, within: 0.3},
		{file: "sbrunner-deskew/deskew-6.png", skewCW: -3, within: 0.3},
		{file: "naps2/deskewed.jpg", within: 0.3},
		{file: "naps2/skewed.jpg", skewCW: 16, within: 0.3}, // further than pages are levelled: flagged
		{file: "../ocr-gt/tesseract-test/phototest-rotated-180.png", rotationCW: 180, within: 0.3},
		{file: "../ocr-gt/tesseract-test/phototest-rotated-L.png", rotationCW: 270, within: 0.3},
		{file: "../ocr-gt/tesseract-test/phototest-rotated-R.png", rotationCW: 90, within: 0.3},
		{file: "../ocr-gt/tesseract-test/devatest-rotated-270.png", rotationCW: 270, within: 0.3},
	}
	for i := range pages {
		pages[i].file = filepath.Join(root, pages[i].file)
	}
	for angle := -15.0; angle <= 15; angle += 2.5 {
		pages = append(pages, laid{file: turn(t, filepath.Join(root, "jdeskew", "test.png"), turned, angle), skewCW: angle, within: 0.1})
	}
	r := reader(t)
	right := 0
	for _, want := range pages {
		got, _ := straighten(t, r, want.file)
		lies := got.RotationCW == want.rotationCW && math.Abs(got.SkewCWDegrees-want.skewCW) <= want.within
		flagged := slices.Contains(got.Flags, dossier.FlagSkewUnsure) || slices.Contains(got.Flags, dossier.FlagTurnUnsure)
		t.Logf("%s: %t, turned %d, leans %.2f; wanted %d, %.2f; %v", filepath.Base(want.file), lies, got.RotationCW, got.SkewCWDegrees, want.rotationCW, want.skewCW, got.Flags)
		if lies {
			right++
		} else if !flagged {
			t.Errorf("%s: turned %d, leans %.2f, and nobody is told; wanted %d, %.2f", filepath.Base(want.file), got.RotationCW, got.SkewCWDegrees, want.rotationCW, want.skewCW)
		}
		got.Close()
	}
	t.Logf("%d of %d", right, len(pages))
}

// turn leans a picture clockwise on white paper.
func turn(t *testing.T, path, dir string, degrees float64) string {
	t.Helper()
	img, err := imaging.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := imaging.Encode(&out, imaging.Rotate(img, -degrees, color.White), imaging.PNG); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, fmt.Sprintf("%+.1f.png", degrees))
	if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestCorpusLevelled reads a page that leans by an angle that nobody wrote down,
// and the same page level: of its text about as much must be read.
func TestCorpusLevelled(t *testing.T) {
	dir := filepath.Join(collection.Dir(t), "scans-pdf", "ocrmypdf")
	text, err := os.ReadFile(filepath.Join(dir, "linn.txt"))
	if err != nil {
		t.Fatal(err)
	}
	r := reader(t)
	level := ocrtest.Compare(string(text), one(t, r, filepath.Join(dir, "linn.pdf")).Text)
	leaning := ocrtest.Compare(string(text), one(t, r, filepath.Join(dir, "skew.pdf")).Text)
	t.Logf("of %d words: level %d, leaning %d", level.TrueWords, level.Hits, leaning.Hits)
	if level.Hits < 20 || float64(leaning.Hits) < 0.95*float64(level.Hits) {
		t.Errorf("of %d words: level %d, leaning %d", level.TrueWords, level.Hits, leaning.Hits)
	}
}

// TestCorpusSheets: sheets with drawings, blocks askew and a black bar at the
// edge are one page each.
func TestCorpusSheets(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(collection.Dir(t), "split-page", "unpaper", "*.png"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sheets: %v", err)
	}
	r := reader(t)
	for _, file := range files {
		one(t, r, file)
	}
}
