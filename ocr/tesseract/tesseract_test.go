package tesseract

import (
	"image"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/otiai10/gosseract/v2"

	"sohoa/dossier/viet"
	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/internal/lept"
)

func engine(t *testing.T) *Engine {
	t.Helper()
	e, err := New(Config{})
	if err != nil {
		t.Fatalf("%v; install: apt install tesseract-ocr-vie", err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func pix(t *testing.T, page *image.Gray) *lept.Pix {
	t.Helper()
	p, err := lept.New(page.Rect.Dx(), page.Rect.Dy(), 8)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	if err := p.SetRows(page.Pix, page.Stride, 1); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPage: clean print comes back word for word, with boxes on the print.
func TestPage(t *testing.T) {
	page := drawn.Page(t, 300)
	words, err := engine(t).Read(pix(t, page), 300, WholePage)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range words {
		got = append(got, w.Text)
		if w.Text != viet.NFC(w.Text) || w.Confidence <= 0 || w.Confidence > 1 {
			t.Errorf("word %+v", w)
		}
		if !hasInk(page, w.Box) {
			t.Errorf("no ink in the box of %q", w.Text)
		}
	}
	want := strings.Fields(strings.Join(drawn.Lines(), " "))
	missed := 0
	for _, w := range want {
		if !strings.Contains(strings.Join(got, " "), w) {
			missed++
		}
	}
	if missed > 1 {
		t.Errorf("%d of %d words missed:\n%s", missed, len(want), strings.Join(got, " "))
	}
	if lines := words[len(words)-1].Line; lines != len(drawn.Lines()) {
		t.Errorf("%d lines, want %d", lines, len(drawn.Lines()))
	}
}

func hasInk(page *image.Gray, box image.Rectangle) bool {
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if page.GrayAt(x, y).Y < 128 {
				return true
			}
		}
	}
	return false
}

// TestLayoutAfterStart: the layout asked for counts from the first page on,
// which the library would lose.
func TestLayoutAfterStart(t *testing.T) {
	line := drawn.Blank(1200, 90)
	drawn.Text(t, line, "Ủy ban nhân dân xã Đông Thạnh", drawn.Size{Points: 13, DPI: 300}, image.Pt(20, 60))
	e := engine(t)
	confidence, signs, err := e.ReadLine(pix(t, line), 300)
	if err != nil || confidence < 0.8 || signs != 23 {
		t.Errorf("upright: %v, %d, %v", confidence, signs, err)
	}
	over, _ := drawn.Quarter(line, 180)
	turned, _, err := e.ReadLine(pix(t, over), 300)
	if err != nil || turned > confidence-0.2 {
		t.Errorf("upside down %v, upright %v, %v", turned, confidence, err)
	}
}

// TestEmpty: an empty page has no words, though the library reports some.
func TestEmpty(t *testing.T) {
	e := engine(t)
	for _, layout := range []Layout{WholePage, Sparse} {
		words, err := e.Read(pix(t, drawn.Blank(800, 1000)), 300, layout)
		if err != nil || len(words) != 0 {
			t.Errorf("layout %d: %v, %v", layout, words, err)
		}
	}
}

func TestToWords(t *testing.T) {
	at := func(word string, block, par, line int, box image.Rectangle) gosseract.BoundingBox {
		return gosseract.BoundingBox{Word: word, BlockNum: block, ParNum: par, LineNum: line, Box: box, Confidence: 95}
	}
	in := image.Rect(10, 10, 50, 30)
	words := toWords([]gosseract.BoundingBox{
		at("Vie\u0323\u0302t", 1, 1, 1, in), at(" ", 1, 1, 1, in), at("a", 1, 1, 2, in), at("b", 1, 2, 1, in),
		at("c", 2, 1, 1, image.Rect(90, 90, 200, 200)), at("out", 2, 1, 1, image.Rect(300, 300, 310, 310)), at("\xffd", 2, 1, 1, in),
	}, image.Rect(0, 0, 100, 100))
	var got []string
	for _, w := range words {
		got = append(got, w.Text)
	}
	if strings.Join(got, ",") != "Việt,a,b,c,d" {
		t.Fatalf("words %q", got)
	}
	if words[1].Line != 2 || words[2].Line != 3 || words[3].Line != 4 || words[3].Box.Max != image.Pt(100, 100) {
		t.Errorf("lines and boxes: %+v", words)
	}
}

// TestMissingModel: it is named, so that it can be installed.
func TestMissingModel(t *testing.T) {
	if _, err := New(Config{Languages: []string{"xyz"}}); err == nil || !strings.Contains(err.Error(), "xyz") {
		t.Errorf("New = %v", err)
	}
}

// TestModelsAreToldApart: the name of the engine says which file of a language
// was read with, by a sum that sha256sum prints.
func TestModelsAreToldApart(t *testing.T) {
	name := engine(t).Name()
	out, err := exec.CommandContext(t.Context(), "sha256sum", "/usr/share/tesseract-ocr/5/tessdata/vie.traineddata").Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := " vie@" + string(out[:sumLength]); !strings.HasPrefix(name, "tesseract 5.") || !strings.HasSuffix(name, want) {
		t.Errorf("named %q, want %q at the end", name, want)
	}
	other := t.TempDir()
	if err := os.WriteFile(other+"/vie.traineddata", []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c := (Config{Data: other, Languages: []string{"vie", "eng"}}); c.models() != "vie@ae448ac8+eng" {
		t.Errorf("named %q", c.models())
	}
}
