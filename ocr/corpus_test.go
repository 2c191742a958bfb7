//go:build corpus

package ocr

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/cleanup"
	"sohoa/testdata/generate/collection"
)

// truth of a made-up page.
type truth struct {
	File       string  `json:"file"`
	Kind       string  `json:"kind"`
	Skew       float64 `json:"skew_cw_degrees"`
	RotationCW int     `json:"rotation_cw"`
	Fields     struct {
		Code string `json:"dossier_code"`
	} `json:"fields"`
}

// TestDossierPages: on every made-up page the turn is right, the skew is within
// a tenth of a degree, blanks and only blanks are blank, and every dossier code
// is read from its QR. The words are not read: the command line's test does it.
func TestDossierPages(t *testing.T) {
	root := filepath.Join(collection.Dir(t), "dossier-pages")
	files, err := filepath.Glob(filepath.Join(root, "truth", "*.json"))
	if err != nil || len(files) < 60 {
		t.Fatalf("%d truths, %v", len(files), err)
	}
	r := reader(t)
	var errors []float64
	for _, file := range files {
		want := load(t, file)
		if e, turned := compare(t, r, filepath.Join(root, want.File), want); turned {
			errors = append(errors, e)
		}
	}
	slices.Sort(errors)
	median, most, worst := errors[len(errors)/2], errors[len(errors)*95/100], errors[len(errors)-1]
	t.Logf("skew error of %d pages: median %.3f, p95 %.3f, worst %.3f degrees", len(errors), median, most, worst)
	if median > 0.02 || worst > 0.1 {
		t.Errorf("skew error: median %.3f, worst %.3f degrees", median, worst)
	}
}

// compare straightens one page; for a written one it returns the error of the
// skew.
func compare(t *testing.T, r *Reader, path string, want truth) (skewError float64, written bool) {
	t.Helper()
	page, scan := straighten(t, r, path)
	defer page.Close()
	blank := page.Blankness == cleanup.SurelyBlank
	if page.Faint { // the back shining through, which reading tells from print
		blank = one(t, r, path).Blank
	}
	if blank != (want.Kind == "blank") || page.Blankness == cleanup.MaybeBlank && !page.Faint {
		t.Errorf("%s: blankness %d, kind %s", want.File, page.Blankness, want.Kind)
	}
	if blank {
		return 0, false
	}
	if page.RotationCW != want.RotationCW {
		t.Errorf("%s: rotation %d, want %d", want.File, page.RotationCW, want.RotationCW)
	}
	found, err := r.readCodes(page, scan)
	if err != nil {
		t.Fatal(err)
	}
	if code := want.Fields.Code; code != "" && !slices.ContainsFunc(found.codes, func(c dossier.Code) bool { return strings.Contains(c.Text, code) }) {
		t.Errorf("%s: codes %v, want %s", want.File, found.codes, code)
	}
	return math.Abs(page.SkewCWDegrees - want.Skew), true
}

// straighten is the first page of a file, upright and level, and the scan of it.
// The caller closes it.
func straighten(t *testing.T, r *Reader, path string) (*cleanup.Page, scan) {
	t.Helper()
	file, err := r.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := file.Picture(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	found := scanOf(picture)
	page, err := cleanup.Straighten(picture, cleanup.Help{Reader: r.engine})
	if err != nil {
		t.Fatal(err)
	}
	return page, found
}

func load(t *testing.T, file string) truth {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want truth
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	return want
}

// TestRealBlanks: backs of sealed pages and an empty sheet from real scanners.
func TestRealBlanks(t *testing.T) {
	root := collection.Dir(t)
	files, err := filepath.Glob(filepath.Join(root, "vi-scans", "trang-trang-vet-dau", "*.jpg"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no blank backs: %v", err)
	}
	r := reader(t)
	for _, file := range append(files, filepath.Join(root, "deskew-blank", "naps2", "blank1.jpg")) {
		if got := one(t, r, file); !got.Blank {
			t.Errorf("%s is not blank: %q", filepath.Base(file), got.Text)
		}
	}
}
