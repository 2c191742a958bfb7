// Package drawn makes pages of known truth for tests: Vietnamese print drawn
// with a system font, turned by known angles with plain Go code that shares
// nothing with what is tested. Used by tests only.
package drawn

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

const fontFile = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"

// Lines is the text of [Page]: fictional, with every kind of Vietnamese mark.
func Lines() []string {
	return []string{
		"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
		"Độc lập - Tự do - Hạnh phúc",
		"ĐƠN ĐỀ NGHỊ XÁC NHẬN",
		"Kính gửi: Ủy ban nhân dân xã Đông Thạnh",
		"Tôi tên là: Nguyễn Thị Hường, sinh ngày 02/03/1985",
		"Nơi thường trú: thôn Phú Quý, xã Đông Thạnh, tỉnh Hà Bắc",
		"Đề nghị quý cơ quan xác nhận tình trạng hôn nhân của tôi",
		"để bổ sung hồ sơ đăng ký kết hôn theo quy định hiện hành.",
		"Tôi xin cam đoan những nội dung trên là đúng sự thật và chịu",
		"trách nhiệm trước pháp luật về lời khai của mình.",
		"Người làm đơn ký và ghi rõ họ tên ở phía dưới trang này.",
	}
}

// Page draws the lines on an A5 page of the resolution, 13-point print.
func Page(tb testing.TB, dpi int) *image.Gray {
	tb.Helper()
	return PageOf(tb, dpi, Lines())
}

// PageOf draws the given lines on an A5 page.
func PageOf(tb testing.TB, dpi int, lines []string) *image.Gray {
	tb.Helper()
	page := Blank(int(5.83*float64(dpi)), int(8.27*float64(dpi)))
	for i, line := range lines {
		Text(tb, page, line, Size{13, dpi}, image.Pt(dpi/2, dpi+i*dpi*3/10))
	}
	return page
}

// Blank is a white picture.
func Blank(w, h int) *image.Gray {
	page := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(page, page.Bounds(), image.White, image.Point{}, draw.Src)
	return page
}

// Size of print: points, at a resolution.
type Size struct {
	Points float64
	DPI    int
}

// Text draws one line of print; its baseline begins at the point.
func Text(tb testing.TB, page draw.Image, line string, size Size, at image.Point) {
	tb.Helper()
	data, err := os.ReadFile(fontFile)
	if err != nil {
		tb.Fatalf("font for test pages: %v; install: apt install fonts-liberation2", err)
	}
	parsed, err := opentype.Parse(data)
	if err != nil {
		tb.Fatal(err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size.Points, DPI: float64(size.DPI), Hinting: font.HintingNone})
	if err != nil {
		tb.Fatal(err)
	}
	defer face.Close()
	d := font.Drawer{Dst: page, Src: image.Black, Face: face, Dot: fixed.P(at.X, at.Y)}
	d.DrawString(line)
}

// Lean turns a page clockwise about its middle, as a feeder does; the size
// stays and the corners that come in are white. It also returns where a point
// of the page has gone.
func Lean(page *image.Gray, degrees float64) (*image.Gray, func(x, y float64) (float64, float64)) {
	b := page.Bounds()
	cx, cy := float64(b.Dx())/2, float64(b.Dy())/2
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	out := Blank(b.Dx(), b.Dy())
	for y := range b.Dy() {
		for x := range b.Dx() {
			dx, dy := float64(x)+0.5-cx, float64(y)+0.5-cy
			out.SetGray(x, y, color.Gray{Y: sample(page, cx+dx*cos+dy*sin-0.5, cy-dx*sin+dy*cos-0.5)})
		}
	}
	return out, func(x, y float64) (float64, float64) {
		dx, dy := x-cx, y-cy
		return cx + dx*cos - dy*sin, cy + dx*sin + dy*cos
	}
}

// sample interpolates between four pixels; outside is white.
func sample(page *image.Gray, x, y float64) uint8 {
	x0, y0 := math.Floor(x), math.Floor(y)
	fx, fy := x-x0, y-y0
	at := func(dx, dy int) float64 {
		p := image.Pt(int(x0)+dx, int(y0)+dy)
		if !p.In(page.Bounds()) {
			return 255
		}
		return float64(page.GrayAt(p.X, p.Y).Y)
	}
	top := at(0, 0)*(1-fx) + at(1, 0)*fx
	bottom := at(0, 1)*(1-fx) + at(1, 1)*fx
	return uint8(top*(1-fy) + bottom*fy + 0.5)
}

// Quarter turns a page clockwise by a multiple of 90 degrees and returns where
// a point of the page has gone.
func Quarter(page *image.Gray, degrees int) (*image.Gray, func(x, y float64) (float64, float64)) {
	b := page.Bounds()
	w, h := b.Dx(), b.Dy()
	moved := func(x, y float64) (float64, float64) { return x, y }
	ow, oh := w, h
	switch degrees {
	case 90:
		ow, oh = h, w
		moved = func(x, y float64) (float64, float64) { return float64(h) - y, x }
	case 180:
		moved = func(x, y float64) (float64, float64) { return float64(w) - x, float64(h) - y }
	case 270:
		ow, oh = h, w
		moved = func(x, y float64) (float64, float64) { return y, float64(w) - x }
	}
	out := Blank(ow, oh)
	for y := range h {
		for x := range w {
			nx, ny := moved(float64(x)+0.5, float64(y)+0.5)
			out.SetGray(int(nx), int(ny), page.GrayAt(x, y))
		}
	}
	return out, moved
}

// PNG and JPEG encode a picture; the JPEG says its resolution.
func PNG(tb testing.TB, m image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// JPEG encodes a picture with a JFIF header that says its resolution.
func JPEG(tb testing.TB, m image.Image, dpi int) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		tb.Fatal(err)
	}
	jfif := []byte{0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 1, byte(dpi >> 8), byte(dpi), byte(dpi >> 8), byte(dpi), 0, 0}
	return append(append([]byte{0xff, 0xd8}, jfif...), b.Bytes()[2:]...)
}

// File writes bytes to a file of the test and returns its path.
func File(tb testing.TB, name string, data []byte) string {
	tb.Helper()
	path := tb.TempDir() + "/" + name
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}
