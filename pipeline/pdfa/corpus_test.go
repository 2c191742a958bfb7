//go:build corpus

package pdfa

import (
	"image/color"
	"image/jpeg"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline/pdfa/pdfatest"
	"sohoa/testdata/generate/collection"
)

// fromDisk describes a JPEG file as an image; ok is false for one that is not
// gray or YCbCr, which intake converts before it comes here.
func fromDisk(t *testing.T, path string) (p Page, ok bool) {
	t.Helper()
	open := func() (io.ReadCloser, error) { return os.Open(path) }
	f, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	config, err := jpeg.DecodeConfig(f)
	if err != nil {
		return Page{}, false
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	components := map[color.Model]int{color.GrayModel: 1, color.YCbCrModel: 3}[config.ColorModel]
	return Page{
		Image: dossier.ImageStream{
			Width: config.Width, Height: config.Height, BitsPerComponent: 8, Components: components,
			Filter: "DCTDecode", Size: info.Size(), Open: open,
		},
		Reading: dossier.Reading{
			Width: config.Width, Height: config.Height, DPI: 200, ToInput: dossier.Identity(),
			Words: []dossier.Word{{Text: "Đã", X: config.Width / 9, Y: config.Height / 9, W: config.Width / 9, H: config.Height / 30, Line: 1, Block: 1}},
		},
	}, components != 0
}

// outside is the share of images that outside programs, which unpack them all,
// are asked about: one in so many.
const outside = 6

// TestCorpusScans puts every JPEG that real and simulated scanners made through
// the own gate, and some of them through the others and the validator.
func TestCorpusScans(t *testing.T) {
	t.Parallel()
	root := collection.Dir(t)
	folders := map[string][]Page{}
	for _, group := range []string{"dossier-pages", "vi-scans", "leptonica", "deskew-blank", "split-page"} {
		err := filepath.WalkDir(filepath.Join(root, group), func(path string, _ fs.DirEntry, err error) error {
			if ext := strings.ToLower(filepath.Ext(path)); err != nil || ext != ".jpg" && ext != ".jpeg" {
				return err
			}
			if p, ok := fromDisk(t, path); ok {
				folders[group] = append(folders[group], p)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var some []Page
	total := 0
	for _, pages := range folders {
		write(t, testMeta(), pages...)
		for i := 0; i < len(pages); i += outside {
			some = append(some, pages[i])
		}
		total += len(pages)
	}
	if total < 64 {
		t.Errorf("only %d JPEGs in the corpus", total)
	}
	data, _ := write(t, testMeta(), some...)
	path := onDisk(t, "corpus.pdf", data)
	tool(t, "qpdf", "--check", path)
	checkPdfcpu(t, path)
	if found := boxes(t, path); len(found) != len(some) {
		t.Errorf("%d pages, want %d", len(found), len(some))
	}
	pdfatest.Validate(t, path)
	t.Logf("%d images, %d of them shown to others", total, len(some))
}
