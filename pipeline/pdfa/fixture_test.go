package pdfa

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/xml"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sohoa/dossier"
)

// Pages of known truth: an upright sheet with black squares and made-up words
// at known places, turned and leaned as a scanner would deliver it. All are
// drawn at testDPI, which keeps the tests fast.
const (
	testDPI    = 100
	testWidth  = 583 // about A5
	testHeight = 827
)

// marks are the corners of black squares on the upright sheet; they lie
// unsymmetrically, so that no turn or mirror image passes for another.
var marks = []image.Point{{60, 50}, {480, 80}, {100, 700}, {300, 420}}

const markSide = 30

// sheetWords stand between the marks: Vietnamese with every kind of mark,
// punctuation, characters outside the basic plane (chữ Nôm) and a mark that
// has no composed form.
func sheetWords() []dossier.Word {
	rows := []string{
		"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
		"Ủy ban nhân dân xã Đông Thạnh",
		"tờ khai đăng ký khai sinh, số 17/2026",
		"ẵ ễ ỗ ữ ự ỵ 𡨸 喃 𠀧 x̱y (đã ký)",
	}
	var words []dossier.Word
	for i, row := range rows {
		x := 70
		for word := range strings.FieldsSeq(row) {
			w := 9 * len([]rune(word))
			words = append(words, dossier.Word{Text: word, X: x, Y: 200 + 40*i, W: w, H: 18, Line: i + 1, Block: 1 + i/2, Confidence: 0.9})
			x += w + 7
		}
	}
	return words
}

// scan is how a sheet went through the scanner.
type scan struct {
	turn int     // clockwise, in degrees
	lean float64 // clockwise, in degrees, after the turn
}

// toInput is the matrix of the scan and the size of its image.
func (s scan) toInput() (m dossier.Matrix, width, height int) {
	turned := dossier.Identity()
	w, h := float64(testWidth), float64(testHeight)
	switch s.turn {
	case 90:
		turned, w, h = dossier.Matrix{0, 1, -1, 0, h, 0}, h, w
	case 180:
		turned = dossier.Matrix{-1, 0, 0, -1, w, h}
	case 270:
		turned, w, h = dossier.Matrix{0, -1, 1, 0, 0, w}, h, w
	}
	if s.lean == 0 {
		return turned, int(w), int(h)
	}
	sin, cos := math.Sincos(s.lean * math.Pi / 180)
	wide, high := math.Ceil(w*cos+h*math.Abs(sin)), math.Ceil(h*cos+w*math.Abs(sin))
	leaned := dossier.Matrix{cos, sin, -sin, cos, wide/2 - (cos*w-sin*h)/2, high/2 - (sin*w+cos*h)/2}
	return join(leaned, turned), int(wide), int(high)
}

// join applies first, then second.
func join(second, first dossier.Matrix) dossier.Matrix {
	ox, oy := second.Apply(first[4], first[5])
	ax, ay := second.Apply(first[0]+first[4], first[1]+first[5])
	bx, by := second.Apply(first[2]+first[4], first[3]+first[5])
	return dossier.Matrix{ax - ox, ay - oy, bx - ox, by - oy, ox, oy}
}

// dark tells whether there is ink at a place of the upright sheet.
func dark(x, y float64) bool {
	for _, m := range marks {
		dx, dy := x-float64(m.X), y-float64(m.Y)
		if dx >= 0 && dx < markSide && dy >= 0 && dy < markSide {
			return true
		}
	}
	return false
}

// draw makes the scan's image.
func (s scan) draw(t testing.TB) *image.Gray {
	t.Helper()
	m, w, h := s.toInput()
	up, ok := m.Invert()
	if !ok {
		t.Fatal("matrix of the scan can not be inverted")
	}
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			ink := uint8(255)
			if dark(up.Apply(float64(x)+0.5, float64(y)+0.5)) {
				ink = 0
			}
			img.SetGray(x, y, color.Gray{Y: ink})
		}
	}
	return img
}

// page packs the scan's image and adds what was read on it.
func (s scan) page(t testing.TB, pack func(testing.TB, *image.Gray) dossier.ImageStream) Page {
	t.Helper()
	m, _, _ := s.toInput()
	return Page{
		Image: pack(t, s.draw(t)),
		Reading: dossier.Reading{
			Width: testWidth, Height: testHeight, DPI: testDPI, RotationCW: s.turn, SkewCWDegrees: s.lean,
			ToInput: m, Words: sheetWords(),
		},
	}
}

// opener serves bytes as an image's Open.
func opener(data []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
}

func stream(filter string, bounds image.Rectangle, data []byte) dossier.ImageStream {
	return dossier.ImageStream{
		Width: bounds.Dx(), Height: bounds.Dy(), BitsPerComponent: 8, Components: 1,
		Filter: filter, Size: int64(len(data)), Open: opener(data),
	}
}

func grayJPEG(t testing.TB, img *image.Gray) dossier.ImageStream {
	t.Helper()
	return stream("DCTDecode", img.Bounds(), encodeJPEG(t, img))
}

func colourJPEG(t testing.TB, img *image.Gray) dossier.ImageStream {
	t.Helper()
	rgb := image.NewRGBA(img.Bounds())
	for i, v := range img.Pix {
		copy(rgb.Pix[4*i:], []uint8{v, v, v, 255})
	}
	s := stream("DCTDecode", img.Bounds(), encodeJPEG(t, rgb))
	s.Components = 3
	return s
}

func encodeJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func grayFlate(t testing.TB, img *image.Gray) dossier.ImageStream {
	t.Helper()
	return stream("FlateDecode", img.Bounds(), deflate(t, img.Pix))
}

// predictedRGB is as a PNG's own data: each row begins with its filter.
func predictedRGB(t testing.TB, img *image.Gray) dossier.ImageStream {
	t.Helper()
	var rows []byte
	w := img.Bounds().Dx()
	for at := 0; at < len(img.Pix); at += w {
		rows = append(rows, 0)
		for _, v := range img.Pix[at : at+w] {
			rows = append(rows, v, v, v)
		}
	}
	s := stream("FlateDecode", img.Bounds(), deflate(t, rows))
	s.Components, s.DecodeParms = 3, "/Predictor 15 /Colors 3 /Columns "+itoa(w)
	return s
}

// bilevel is one bit per pixel with black as 1, so it needs an inverting Decode.
func bilevel(t testing.TB, img *image.Gray) dossier.ImageStream {
	t.Helper()
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	row := (w + 7) / 8
	bits := make([]byte, row*h)
	for i, v := range img.Pix {
		if v == 0 {
			bits[i/w*row+i%w/8] |= 0x80 >> (i % w % 8)
		}
	}
	s := stream("FlateDecode", img.Bounds(), deflate(t, bits))
	s.BitsPerComponent, s.Inverted = 1, true
	return s
}

func deflate(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// testMeta is hostile on purpose: the title carries markup and control
// characters.
func testMeta() Meta {
	return Meta{
		Title:   "Giấy khai sinh <b>&\"x\"\x00\x1b]]>\uFEFF",
		Created: time.Date(2026, 11, 22, 4, 5, 6, 789, time.UTC),
		ID:      [16]byte{1, 2, 3, 0xAB, 15: 0xFF},
		Creator: "sohoa test",
	}
}

// write makes a file and insists that the gate lets it pass.
func write(t testing.TB, meta Meta, pages ...Page) ([]byte, Written) {
	t.Helper()
	var b bytes.Buffer
	done, err := Write(context.Background(), &b, meta, pages)
	if err != nil {
		t.Fatal(err)
	}
	if meta.Level == Level2U {
		if err := Check(bytes.NewReader(b.Bytes()), int64(b.Len())); err != nil {
			t.Fatalf("own gate: %v", err)
		}
	}
	return b.Bytes(), done
}

// onDisk puts a file where outside programs find it.
func onDisk(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// tool runs an outside program and gives its output.
func tool(t testing.TB, program string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Fatalf("%s is missing; run: apt-get install poppler-utils qpdf", program)
	}
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return out
}

// foundWord is a word as pdftotext -bbox reports it, in points from the top
// left.
type foundWord struct {
	XMin float64 `xml:"xMin,attr"`
	YMin float64 `xml:"yMin,attr"`
	XMax float64 `xml:"xMax,attr"`
	YMax float64 `xml:"yMax,attr"`
	Text string  `xml:",chardata"`
}

// foundPage is a page of pdftotext -bbox.
type foundPage struct {
	Width  float64     `xml:"width,attr"`
	Height float64     `xml:"height,attr"`
	Words  []foundWord `xml:"word"`
}

func boxes(t testing.TB, path string) []foundPage {
	t.Helper()
	var found struct {
		Pages []foundPage `xml:"body>doc>page"`
	}
	if err := xml.Unmarshal(tool(t, "pdftotext", "-bbox", path, "-"), &found); err != nil {
		t.Fatal(err)
	}
	return found.Pages
}
