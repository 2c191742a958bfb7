package ocrtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Page is a page whose text is known.
type Page struct {
	Name  string // of the truth's files
	Path  string
	Index int // of the image in the file, from 1
	Kind  string
	Text  string
	// Drawn pages also have a known geometry: how the scan lies, clockwise.
	RotationCW    int
	SkewCWDegrees float64
}

// Blank tells whether nothing is printed on the page.
func (p Page) Blank() bool { return p.Kind == "blank" }

// Drawn lists the pages of a folder made by the generator, or by one like it:
// truth/NAME.json and truth/NAME.txt beside the pages.
func Drawn(dir string) ([]Page, error) {
	files, err := filepath.Glob(filepath.Join(dir, "truth", "*.json"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no truth in %s: %w", dir, cmp.Or(err, os.ErrNotExist))
	}
	slices.Sort(files)
	pages := make([]Page, len(files))
	for i, file := range files {
		if pages[i], err = readTruth(dir, file); err != nil {
			return nil, fmt.Errorf("read truth: %w", err)
		}
	}
	return pages, nil
}

func readTruth(dir, file string) (Page, error) {
	var truth struct {
		File, Kind    string
		Page          int
		RotationCW    int     `json:"rotation_cw"`
		SkewCWDegrees float64 `json:"skew_cw_degrees"`
	}
	body, err := os.ReadFile(file)
	if err != nil {
		return Page{}, err
	}
	if err := json.Unmarshal(body, &truth); err != nil {
		return Page{}, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	base := strings.TrimSuffix(file, ".json")
	text, err := os.ReadFile(base + ".txt")
	if err != nil {
		return Page{}, err
	}
	return Page{
		Name: filepath.Base(base), Path: filepath.Join(dir, truth.File), Index: max(truth.Page, 1), Kind: truth.Kind,
		Text: string(text), RotationCW: truth.RotationCW, SkewCWDegrees: truth.SkewCWDegrees,
	}, nil
}

// Transcribed lists the pages below a folder beside which somebody wrote what
// is printed on them: NAME.gt.txt for a picture, NAME.pN.gt.txt for page N of
// NAME.pdf.
func Transcribed(dir string) ([]Page, error) {
	var pages []Page
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		base, ok := strings.CutSuffix(path, ".gt.txt")
		if err != nil || !ok {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		page := Page{Name: filepath.Base(base), Text: string(text), Index: 1}
		var found []string
		if at := strings.LastIndex(base, ".p"); at > 0 {
			if _, err := fmt.Sscanf(base[at:], ".p%d", &page.Index); err == nil {
				found = []string{base[:at] + ".pdf"}
			}
		}
		for _, ending := range []string{".jpg", ".png", ".tif"} {
			if _, err := os.Stat(base + ending); err == nil {
				found = append(found, base+ending)
			}
		}
		if len(found) == 0 {
			return fmt.Errorf("no picture beside %s", filepath.Base(path))
		}
		page.Path = found[0]
		pages = append(pages, page)
		return nil
	})
	return pages, err
}
