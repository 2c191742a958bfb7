package ocrtest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// OneThread ends a benchmark whose processor time would be a lie: the threads
// that libtesseract starts spin while they wait for each other. OpenMP reads its
// limit before the first line of Go runs, so that it has to come from outside.
func OneThread(b *testing.B) {
	b.Helper()
	if os.Getenv("OMP_THREAD_LIMIT") != "1" {
		b.Fatal("set OMP_THREAD_LIMIT=1 in the environment, as make bench does: without it the threads of libtesseract spin, and processor time is wrong on both sides")
	}
}

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
		if base, ok := strings.CutSuffix(path, ".gt.txt"); ok {
			pages = append(pages, Page{Name: filepath.Base(base), Path: base, Index: 1})
		}
		return err
	})
	for i := range pages {
		err = errors.Join(err, pages[i].complete())
	}
	return pages, err
}

// complete reads the text beside a transcribed page, whose Path is still without
// an ending, and finds the picture.
func (p *Page) complete() error {
	base := p.Path
	text, err := os.ReadFile(base + ".gt.txt")
	if err != nil {
		return err
	}
	p.Text = string(text)
	if at := strings.LastIndex(base, ".p"); at > 0 {
		if _, err := fmt.Sscanf(base[at:], ".p%d", &p.Index); err == nil {
			p.Path = base[:at] + ".pdf"
			return nil
		}
	}
	for _, ending := range []string{".jpg", ".png", ".tif"} {
		if _, err := os.Stat(base + ending); err == nil {
			p.Path = base + ending
			return nil
		}
	}
	return fmt.Errorf("no picture beside %s.gt.txt", p.Name)
}
