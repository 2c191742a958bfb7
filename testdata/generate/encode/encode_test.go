package encode

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"golang.org/x/image/ccitt"
	"golang.org/x/image/tiff"
)

// bilevel makes an image of random runs; the mean run is as long as asked.
func bilevel(width, height, mean int, seed uint64) *image.Paletted {
	rng := rand.New(rand.NewPCG(seed, 1))
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.White, color.Black})
	colour := uint8(0)
	for i := range img.Pix {
		if rng.IntN(mean) == 0 {
			colour = 1 - colour
		}
		img.Pix[i] = colour
		// Most rows resemble the one above, as print does.
		if i >= width && rng.IntN(3) > 0 {
			img.Pix[i] = img.Pix[i-width]
		}
	}
	return img
}

func checkGroup4(t *testing.T, img *image.Paletted) {
	t.Helper()
	size := img.Bounds().Size()
	got := image.NewGray(img.Rect)
	raw := group4(img)
	if err := ccitt.DecodeIntoGray(got, bytes.NewReader(raw), ccitt.MSB, ccitt.Group4, nil); err != nil {
		t.Fatalf("%v: %v", size, err)
	}
	for i, index := range img.Pix {
		if dark := got.Pix[i] == 0; dark != (index == 1) {
			t.Fatalf("%v: pixel (%d, %d) came back wrong", size, i%size.X, i/size.X)
		}
	}
}

func TestGroup4(t *testing.T) {
	for _, mean := range []int{1, 2, 5, 40, 900, 9000, 1 << 40} {
		for seed := range uint64(4) {
			checkGroup4(t, bilevel(1+int(seed)*997, 60, mean, seed))
		}
	}
}

// TestGroup4LongRuns crosses the longest single run code, 2560 + 63 pixels.
func TestGroup4LongRuns(t *testing.T) {
	for _, run := range []int{63, 64, 2559, 2560, 2623, 2624, 5184, 5300} {
		img := image.NewPaletted(image.Rect(0, 0, 6000, 2), color.Palette{color.White, color.Black})
		for x := 10; x < 10+run; x++ {
			img.SetColorIndex(x, 1, 1)
		}
		checkGroup4(t, img)
	}
}

func FuzzGroup4(f *testing.F) {
	f.Add([]byte{0xf0, 0x0f, 0xaa, 0x55}, uint8(7))
	f.Fuzz(func(t *testing.T, bits []byte, width uint8) {
		if width == 0 || len(bits) == 0 {
			return
		}
		height := (8*len(bits) + int(width) - 1) / int(width)
		img := image.NewPaletted(image.Rect(0, 0, int(width), height), color.Palette{color.White, color.Black})
		for i := range min(len(img.Pix), 8*len(bits)) {
			img.Pix[i] = bits[i/8] >> (i % 8) & 1
		}
		checkGroup4(t, img)
	})
}

// TestTIFF has libtiff's own tool read three pages, and another decoder the
// first.
func TestTIFF(t *testing.T) {
	first := bilevel(500, 300, 20, 1)
	raw := TIFF([]Bilevel{{first, 300}, {bilevel(300, 500, 20, 2), 200}, {bilevel(77, 33, 3, 3), 300}})
	img, err := tiff.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for i, index := range first.Pix {
		level, _, _, _ := img.At(i%500, i/500).RGBA()
		if (level == 0) != (index == 1) {
			t.Fatalf("pixel %d of the first page came back wrong", i)
		}
	}
	out := tiffinfo(t, raw)
	for want, count := range map[string]int{"TIFF Directory at": 3, "CCITT Group 4": 3, "Resolution: 300, 300 pixels/inch": 2, "Resolution: 200, 200 pixels/inch": 1} {
		if got := strings.Count(out, want); got != count {
			t.Errorf("tiffinfo says %q %d times, want %d:\n%s", want, got, count, out)
		}
	}
	if strings.Contains(out, "arning") {
		t.Errorf("tiffinfo warns:\n%s", out)
	}
}

func tiffinfo(t *testing.T, raw []byte) string {
	t.Helper()
	program, err := exec.LookPath("tiffinfo")
	if err != nil {
		t.Fatal("tiffinfo is missing; install it with: apt-get install libtiff-tools")
	}
	path := filepath.Join(t.TempDir(), "pages.tif")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "-D", path).CombinedOutput() // -D decodes every strip
	if err != nil {
		t.Fatalf("tiffinfo: %v\n%s", err, out)
	}
	return string(out)
}

func TestJPEG(t *testing.T) {
	raw, err := JPEG(image.NewGray(image.Rect(0, 0, 64, 48)), 300, 80)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jpeg.Decode(bytes.NewReader(raw)); err != nil {
		t.Error(err)
	}
	if string(raw[6:10]) != "JFIF" || raw[13] != 1 || binary.BigEndian.Uint16(raw[14:]) != 300 || binary.BigEndian.Uint16(raw[16:]) != 300 {
		t.Errorf("header % x does not say 300 dots per inch", raw[:20])
	}
}

func TestPNG(t *testing.T) {
	raw, err := PNG(bilevel(64, 48, 5, 1), 200)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(raw)); err != nil {
		t.Error(err)
	}
	at := bytes.Index(raw, []byte("pHYs"))
	if at < 0 || at > bytes.Index(raw, []byte("IDAT")) || binary.BigEndian.Uint32(raw[at+4:]) != 7874 || raw[at+12] != 1 {
		t.Error("no pHYs chunk of 7874 pixels per metre before the pixels")
	}
}

func TestPDF(t *testing.T) {
	photo, err := JPEG(image.NewGray(image.Rect(0, 0, 64, 48)), 100, 80)
	if err != nil {
		t.Fatal(err)
	}
	bits := bilevel(400, 300, 20, 1)
	raw := PDF([]PDFPage{{JPEG: photo, Gray: true, Size: image.Pt(64, 48), DPI: 100}, {Bilevel: bits, Size: image.Pt(400, 300), DPI: 300}})
	api.DisableConfigDir()
	if err := api.Validate(bytes.NewReader(raw), nil); err != nil {
		t.Error(err)
	}
	pages, err := api.PageCount(bytes.NewReader(raw), nil)
	if err != nil || pages != 2 {
		t.Errorf("%d pages, error %v; want 2", pages, err)
	}
	if !bytes.Contains(raw, photo) {
		t.Error("the JPEG's bytes are not in the file unchanged")
	}
	if !bytes.Contains(raw, []byte("/MediaBox [0 0 96.00 72.00]")) {
		t.Error("400 × 300 pixels at 300 dpi are not 96 × 72 points")
	}
}
