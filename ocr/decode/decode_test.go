package decode

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"slices"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/internal/lept"
)

func open(t *testing.T, path string) *File {
	t.Helper()
	f, err := Decoder{Scratch: t.TempDir()}.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

func read(t *testing.T, f *File, index int) *Picture {
	t.Helper()
	p, err := f.Picture(t.Context(), index)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Pix.Close)
	return p
}

// streamBytes collects a stream whose ranges are of the file at path.
func streamBytes(t *testing.T, s *Stream, path string) []byte {
	t.Helper()
	if s.Ranges == nil {
		return s.Data
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, r := range s.Ranges {
		all = append(all, file[r.Offset:r.Offset+r.Length]...)
	}
	return all
}

// colourPage is a small picture with colour in it.
func colourPage() *image.RGBA {
	page := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for y := range 240 {
		for x := range 320 {
			page.SetRGBA(x, y, color.RGBA{R: uint8(x), G: uint8(y), B: uint8(x + y), A: 255})
		}
	}
	return page
}

func TestJPEG(t *testing.T) {
	data := drawn.JPEG(t, colourPage(), 300)
	path := drawn.File(t, "a.bin", data)
	f := open(t, path)
	p := read(t, f, 1)
	if f.Format != JPEG || f.Images != 1 || p.Pix.Width() != 320 || p.Pix.Depth() != 32 || p.Orientation != 1 {
		t.Errorf("file %+v, picture %+v", f, p)
	}
	if p.Resolution != (Resolution{300, 300, "tag"}) {
		t.Errorf("resolution %+v", p.Resolution)
	}
	s, err := f.Stream(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if s.Filter != "DCTDecode" || s.Components != 3 || !bytes.Equal(streamBytes(t, s, path), data) {
		t.Errorf("stream is not the file: %+v", s)
	}
}

// TestEXIF: orientation and resolution of an EXIF block, both byte orders.
func TestEXIF(t *testing.T) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for orientation := Orientation(1); orientation <= 8; orientation++ {
			data := withEXIF(drawn.JPEG(t, colourPage(), 0)[20:], order, orientation)
			p := read(t, open(t, drawn.File(t, "e.jpg", data)), 1)
			if p.Orientation != orientation || p.Resolution != (Resolution{200, 200, "tag"}) {
				t.Errorf("%v %d: got %d, %+v", order, orientation, p.Orientation, p.Resolution)
			}
		}
	}
}

// withEXIF puts an EXIF block (200 dpi) before the rest of a JPEG.
func withEXIF(rest []byte, order binary.ByteOrder, o Orientation) []byte {
	block := []byte("II*\x00")
	if order == binary.BigEndian {
		block = []byte("MM\x00*")
	}
	u16 := func(v uint16) { block = append(block, 0, 0); order.PutUint16(block[len(block)-2:], v) }
	u32 := func(v uint32) { block = append(block, 0, 0, 0, 0); order.PutUint32(block[len(block)-4:], v) }
	u32(8)
	u16(3)
	u16(0x0112)
	u16(3)
	u32(1)
	u16(uint16(o))
	u16(0)
	for _, tag := range []uint16{0x011a, 0x011b} {
		u16(tag)
		u16(5)
		u32(1)
		u32(50)
	}
	u32(0)
	u32(200)
	u32(1)
	size := len(block) + 8
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1, byte(size >> 8), byte(size)}, "Exif\x00\x00"...)
	return append(append(out, block...), rest...)
}

// TestPNG: pixel bytes are lifted where a viewer takes them, and hold the same
// pixels; transparency is laid on white.
func TestPNG(t *testing.T) {
	gray := drawn.Page(t, 100)
	data := drawn.PNG(t, gray)
	path := drawn.File(t, "g.png", data)
	f := open(t, path)
	s, err := f.Stream(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if s.Filter != "FlateDecode" || s.Components != 1 || s.BitsPerComponent != 8 || s.Ranges == nil {
		t.Fatalf("stream %+v", s)
	}
	if got := unpredict(t, streamBytes(t, s, path), gray.Rect.Dx(), 1); !bytes.Equal(got, gray.Pix) {
		t.Error("lifted pixels differ")
	}
	if p := read(t, f, 1); p.Resolution.Source != "paper" || p.Resolution.X != 100 {
		t.Errorf("resolution of an A5 without tag: %+v", p.Resolution)
	}
	see := image.NewNRGBA(image.Rect(0, 0, 300, 200))
	see.SetNRGBA(10, 10, color.NRGBA{R: 255, A: 255})
	see.SetNRGBA(11, 10, color.NRGBA{A: 0})
	f = open(t, drawn.File(t, "t.png", drawn.PNG(t, see)))
	s, err = f.Stream(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	rows := unpredict(t, s.Data, 300, 3)
	if at := rows[(10*300+10)*3:]; !bytes.Equal(at[:6], []byte{255, 0, 0, 255, 255, 255}) {
		t.Errorf("red and transparent pixel became %v", at[:6])
	}
}

// unpredict undoes deflate and the PNG predictors of 8-bit rows by means of
// Go's own PNG reader.
func unpredict(t *testing.T, idat []byte, width, channels int) []byte {
	t.Helper()
	z, err := zlib.NewReader(bytes.NewReader(idat))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	height := len(raw) / (width*channels + 1)
	colour := byte(0)
	if channels == 3 {
		colour = 2
	}
	var file bytes.Buffer
	file.WriteString("\x89PNG\r\n\x1a\n")
	header := binary.BigEndian.AppendUint32(nil, uint32(width))
	header = binary.BigEndian.AppendUint32(header, uint32(height))
	chunk(&file, "IHDR", append(header, 8, colour, 0, 0, 0))
	chunk(&file, "IDAT", idat)
	chunk(&file, "IEND", nil)
	m, err := png.Decode(&file)
	if err != nil {
		t.Fatal(err)
	}
	if gray, ok := m.(*image.Gray); ok {
		return gray.Pix
	}
	var out []byte
	for y := range height {
		for x := range width {
			r, g, b, _ := m.At(x, y).RGBA()
			out = append(out, byte(r>>8), byte(g>>8), byte(b>>8))
		}
	}
	return out
}

// TestReasons: every file that cannot be opened says why, in the closed list.
func TestReasons(t *testing.T) {
	jpeg := drawn.JPEG(t, drawn.Page(t, 100), 100)
	bomb := bytes.Clone(drawn.PNG(t, drawn.Blank(300, 300)))
	binary.BigEndian.PutUint32(bomb[16:], 200_000)
	binary.BigEndian.PutUint32(bomb[20:], 200_000)
	tests := []struct {
		name   string
		data   []byte
		reason dossier.Reason
	}{
		{"empty", nil, dossier.ReasonEmptyFile},
		{"text", []byte("chỉ là chữ"), dossier.ReasonFormat},
		{"png bomb", bomb, dossier.ReasonTooLarge},
		{"stamp-sized", drawn.PNG(t, drawn.Blank(40, 40)), dossier.ReasonTooSmall},
		{"jpeg without picture", jpeg[:200], dossier.ReasonDamaged},
		{"png without pixels", bomb[:40], dossier.ReasonDamaged},
		{"tiff header only", []byte("II*\x00\x08\x00\x00\x00"), dossier.ReasonDamaged},
		{"tiff without pages", []byte("II*\x00\x00\x00\x00\x00"), dossier.ReasonDamaged},
		{"pdf header only", []byte("%PDF-1.7\n"), dossier.ReasonDamaged},
	}
	for _, test := range tests {
		_, err := Decoder{Scratch: t.TempDir()}.Open(t.Context(), drawn.File(t, "Nguyen-Van-A.x", test.data))
		if dossier.KindOf(err) != dossier.Reject || dossier.ReasonOf(err) != test.reason {
			t.Errorf("%s: %v, want rejected for %s", test.name, err, test.reason)
		}
		if err != nil && bytes.Contains([]byte(err.Error()), []byte("Nguyen")) {
			t.Errorf("%s: error names the file: %v", test.name, err)
		}
	}
	if _, err := (Decoder{}).Open(t.Context(), t.TempDir()); dossier.ReasonOf(err) != dossier.ReasonNotAFile {
		t.Errorf("folder: %v", err)
	}
	if _, err := (Decoder{}).Open(t.Context(), "/nonexistent/Nguyen"); dossier.KindOf(err) != dossier.Stop || bytes.Contains([]byte(err.Error()), []byte("Nguyen")) {
		t.Errorf("missing file: %v", err)
	}
}

// TestDamage: a JPEG that was cut short has lost part of the page and is
// parked; one with damage in the middle is read with a remark.
func TestDamage(t *testing.T) {
	whole := drawn.JPEG(t, drawn.Page(t, 100), 100)
	f := open(t, drawn.File(t, "cut.jpg", whole[:len(whole)/2]))
	_, err := f.Picture(t.Context(), 1)
	if dossier.KindOf(err) != dossier.Park || dossier.ReasonOf(err) != dossier.ReasonDamaged {
		t.Errorf("cut short: %v", err)
	}
	hurt := bytes.Clone(whole)
	copy(hurt[len(hurt)/2:], bytes.Repeat([]byte{0xff, 0xd3}, 20))
	p := read(t, open(t, drawn.File(t, "hurt.jpg", hurt)), 1)
	if !slices.Contains(p.Flags, dossier.FlagPartial) {
		t.Errorf("damaged inside: flags %v", p.Flags)
	}
}

func TestResolve(t *testing.T) {
	tests := []struct {
		x, y float64
		w, h int
		want Resolution
	}{
		{300, 300, 2480, 3508, Resolution{300, 300, "tag"}},
		{204, 98, 1728, 1100, Resolution{204, 98, "tag"}}, // fax
		{300, 0, 2480, 3508, Resolution{300, 300, "tag"}},
		{72, 72, 2480, 3508, Resolution{300, 300, "paper"}}, // nobody's 72 dpi
		{72, 72, 595, 842, Resolution{72, 72, "tag"}},
		{1, 1, 1654, 2339, Resolution{200, 200, "paper"}},
		{0, 0, 3508, 2480, Resolution{300, 300, "paper"}}, // lying
		{0, 0, 3508, 4961, Resolution{300, 300, "paper"}}, // A3
		{0, 0, 1748, 2480, Resolution{300, 300, "paper"}}, // A5
		{0, 0, 2550, 3300, Resolution{300, 300, "paper"}}, // Letter
		{9600, 9600, 2480, 3508, Resolution{300, 300, "paper"}},
		{math.NaN(), 1, 2480, 3508, Resolution{300, 300, "paper"}},
		{0, 0, 1000, 1000, Resolution{86, 86, "default"}},
	}
	for _, test := range tests {
		if got := resolve(test.x, test.y, test.w, test.h); got != test.want {
			t.Errorf("resolve(%v, %v, %d, %d) = %+v, want %+v", test.x, test.y, test.w, test.h, got, test.want)
		}
	}
}

// TestBMP: 24-bit rows from the bottom up.
func TestBMP(t *testing.T) {
	const w, h = 240, 210
	data := make([]byte, 54, 54+w*h*3)
	copy(data, "BM")
	binary.LittleEndian.PutUint32(data[2:], 54+w*h*3)
	binary.LittleEndian.PutUint32(data[10:], 54)
	binary.LittleEndian.PutUint32(data[14:], 40)
	binary.LittleEndian.PutUint32(data[18:], w)
	binary.LittleEndian.PutUint32(data[22:], h)
	binary.LittleEndian.PutUint16(data[26:], 1)
	binary.LittleEndian.PutUint16(data[28:], 24)
	binary.LittleEndian.PutUint32(data[38:], 11811)
	binary.LittleEndian.PutUint32(data[42:], 11811)
	for y := range h {
		for range w {
			data = append(data, 0, 0, uint8(y)) // blue, green, red
		}
	}
	p := read(t, open(t, drawn.File(t, "a.bmp", data)), 1)
	if math.Abs(p.Resolution.X-300) > 0.1 || p.Pix.Words()[0]>>24 != h-1 {
		t.Errorf("resolution %+v, first red %d", p.Resolution, p.Pix.Words()[0]>>24)
	}
}

// samePixels compares two 1-bit pictures; bits after the end of a row do not
// count.
func samePixels(t *testing.T, a, b *lept.Pix) bool {
	t.Helper()
	one, errOne := a.G4()
	two, errTwo := b.G4()
	if errOne != nil || errTwo != nil {
		t.Fatal(errOne, errTwo)
	}
	return a.Width() == b.Width() && a.Height() == b.Height() && bytes.Equal(one, two)
}
