package ocr

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/tesseract"
)

// A page scanned with its head to the left (turned 270 degrees clockwise) is
// shown upright: the dark corner lands where the matrix says, also when its
// file was decoded at a fraction of the size.
func TestPreviewIsUpright(t *testing.T) {
	t.Run("png", func(t *testing.T) { previewIsUpright(t, png.Encode) })
	t.Run("jpeg", func(t *testing.T) {
		previewIsUpright(t, func(w io.Writer, scan image.Image) error { return jpeg.Encode(w, scan, nil) })
	})
}

func previewIsUpright(t *testing.T, encode func(io.Writer, image.Image) error) {
	t.Helper()
	scan := image.NewGray(image.Rect(0, 0, 600, 400))
	for i := range scan.Pix {
		scan.Pix[i] = 0xff
	}
	// The upright page is 400 x 600; its top left corner is the scan's bottom left.
	for y := 300; y < 400; y++ {
		for x := range 100 {
			scan.SetGray(x, y, color.Gray{})
		}
	}
	path := filepath.Join(t.TempDir(), "scan")
	var body bytes.Buffer
	if err := encode(&body, scan); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := NewReader(Config{Scratch: t.TempDir(), Profile: Profile{Models: tesseract.Config{Languages: []string{"vie"}}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reader.Close() })
	view := View{ToInput: dossier.Matrix{0, -1, 1, 0, 0, 400}, Width: 400, Height: 600, Pixels: 200}
	for name, c := range map[string]struct {
		view          View
		width, height int
		dark, light   image.Point
	}{
		"upright":    {view, 200, 300, image.Pt(20, 20), image.Pt(180, 280)},
		"as scanned": {View{Pixels: 300}, 300, 200, image.Pt(20, 180), image.Pt(280, 20)},
		"small":      {View{Pixels: 75}, 75, 50, image.Pt(5, 45), image.Pt(70, 5)},
	} {
		out, err := reader.Preview(context.Background(), path, 1, c.view)
		if err != nil {
			t.Fatal(err)
		}
		got, err := jpeg.Decode(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		if size := got.Bounds().Size(); size != image.Pt(c.width, c.height) {
			t.Errorf("%s: size %v", name, size)
		}
		if at := gray(got, c.dark); at > 40 {
			t.Errorf("%s: %v has brightness %d, want dark", name, c.dark, at)
		}
		if at := gray(got, c.light); at < 215 {
			t.Errorf("%s: %v has brightness %d, want light", name, c.light, at)
		}
	}
	if _, err := reader.Preview(context.Background(), path, 1, View{Pixels: MaxPreview + 1}); err == nil {
		t.Error("a preview wider than the limit was made")
	}
}

func gray(i image.Image, at image.Point) uint8 {
	g, _ := color.GrayModel.Convert(i.At(at.X, at.Y)).(color.Gray)
	return g.Y
}
