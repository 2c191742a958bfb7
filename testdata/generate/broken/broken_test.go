package broken

import (
	"bytes"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	_ "golang.org/x/image/tiff"
)

// TestBroken: every file is small, and the fault it is named for is there.
func TestBroken(t *testing.T) {
	dir := t.TempDir()
	if err := Write(dir); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) < 20 {
		t.Errorf("%d broken files, want at least 20", len(entries))
	}
	for _, entry := range entries {
		raw, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) > 70_000 {
			t.Errorf("%s: %d bytes is not small", entry.Name(), len(raw))
		}
		if strings.HasSuffix(entry.Name(), ".pdf") {
			checkPDF(t, entry.Name(), raw)
			continue
		}
		checkImage(t, entry.Name(), raw)
	}
}

// readable are the files whose fault lies beyond their first page.
var readable = map[string]bool{"second_cut.tif": true, "loop.tif": true}

func checkImage(t *testing.T, name string, raw []byte) {
	t.Helper()
	if strings.HasPrefix(name, "bomb") {
		config, _, err := image.DecodeConfig(bytes.NewReader(raw))
		if err != nil || config.Width < 50_000 {
			t.Errorf("%s: header says %d pixels, error %v; want a sound header of a huge image", name, config.Width, err)
		}
		return
	}
	if _, _, err := image.Decode(bytes.NewReader(raw)); (err == nil) != readable[name] {
		t.Errorf("%s: decoding gives %v", name, err)
	}
}

// soundOutside are the PDFs whose syntax is right and whose content is not.
var soundOutside = map[string]bool{"bomb.pdf": true, "cut_image.pdf": true}

func checkPDF(t *testing.T, name string, raw []byte) {
	t.Helper()
	api.DisableConfigDir()
	pages, err := api.PageCount(bytes.NewReader(raw), nil)
	if readable := err == nil && pages > 0; readable != soundOutside[name] {
		t.Errorf("%s: %d pages, error %v", name, pages, err)
	}
}
