package pdfa

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline/pdfa/pdfatest"
)

func itoa(n int) string { return strconv.Itoa(n) }

// scans are all quarter turns, straight and leaning to both sides.
var scans = []scan{{0, 0}, {90, 0}, {180, 0}, {270, 0}, {0, 3.7}, {90, -2.2}, {180, 7}, {270, -5.5}}

// packings are all ways in which an image may come.
var packings = []struct {
	name string
	pack func(testing.TB, *image.Gray) dossier.ImageStream
}{
	{"gray JPEG", grayJPEG}, {"colour JPEG", colourJPEG}, {"gray Flate", grayFlate},
	{"PNG rows", predictedRGB}, {"bilevel", bilevel},
}

// TestMarksLandUpright renders each scan of the known sheet and looks for its
// marks where they are on the upright sheet.
func TestMarksLandUpright(t *testing.T) {
	t.Parallel()
	scans := scans
	if testing.Short() {
		scans = scans[:2] // the drawing takes the time, not what is written
	}
	var pages []Page
	for i, s := range scans {
		pages = append(pages, s.page(t, packings[i%len(packings)].pack))
	}
	data, _ := write(t, testMeta(), pages...)
	path := onDisk(t, "marks.pdf", data)
	for i, s := range scans {
		t.Run(fmt.Sprintf("turn %d lean %v %s", s.turn, s.lean, packings[i%len(packings)].name), func(t *testing.T) {
			checkMarks(t, render(t, path, i+1), marks, markSide)
		})
	}
}

// finer is how many times finer than testDPI pages are rendered: poppler draws
// images up to a rendered pixel off (12 times finer, all marks are within 0.12
// pixels), which must not blur the comparison.
const finer = 6

// render draws a page.
func render(t testing.TB, path string, page int) *image.Gray {
	t.Helper()
	return drawn(t, path, page, "-r", itoa(finer*testDPI))
}

// drawn draws a page as pdftoppm is told to.
func drawn(t testing.TB, path string, page int, how ...string) *image.Gray {
	t.Helper()
	n := itoa(page)
	pgm := tool(t, "pdftoppm", append(how, "-gray", "-f", n, "-l", n, path)...)
	var w, h, limit int
	head := bytes.NewReader(pgm)
	if _, err := fmt.Fscanf(head, "P5\n%d %d\n%d\n", &w, &h, &limit); err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, w, h))
	if _, err := io.ReadFull(head, img.Pix); err != nil {
		t.Fatal(err)
	}
	return img
}

// checkMarks compares the centre and the area of the ink around each mark with
// the truth, and wants white everywhere else.
func checkMarks(t *testing.T, img *image.Gray, at []image.Point, side int) {
	t.Helper()
	ink := func(x, y int) float64 { return 1 - float64(img.GrayAt(x, y).Y)/255 }
	total, want := 0.0, float64(side*side)
	for _, m := range at {
		var area, mx, my float64
		for y := (m.Y - 10) * finer; y < (m.Y+side+10)*finer; y++ {
			for x := (m.X - 10) * finer; x < (m.X+side+10)*finer; x++ {
				v := ink(x, y) / (finer * finer)
				area, mx, my = area+v, mx+v*(float64(x)+0.5)/finer, my+v*(float64(y)+0.5)/finer
			}
		}
		total += area
		dx, dy := mx/area-float64(m.X)-float64(side)/2, my/area-float64(m.Y)-float64(side)/2
		if math.Hypot(dx, dy) > 0.35 || math.Abs(area-want) > 0.06*want {
			t.Errorf("mark at %v: off by (%.2f, %.2f) pixels, %.0f of %.0f pixels of ink", m, dx, dy, area, want)
		}
	}
	sum := 0
	for _, v := range img.Pix {
		sum += 255 - int(v)
	}
	if all := float64(sum) / (255 * finer * finer); all > total*1.05 {
		t.Errorf("ink outside the marks: %.0f of %.0f", all-total, all)
	}
}

// TestWordsComeBack reads the words with an outside program: each exactly, in
// order, on its print.
func TestWordsComeBack(t *testing.T) {
	t.Parallel()
	var pages []Page
	for _, s := range scans {
		pages = append(pages, s.page(t, grayJPEG))
	}
	data, _ := write(t, testMeta(), pages...)
	path := onDisk(t, "words.pdf", data)
	found := boxes(t, path)
	if len(found) != len(scans) {
		t.Fatalf("%d pages, want %d", len(found), len(scans))
	}
	for i, page := range found {
		checkWords(t, fmt.Sprint(scans[i]), page, pages[i].Reading, pixel)
	}
	text := strings.Fields(string(tool(t, "pdftotext", "-f", "1", "-l", "1", path, "-")))
	if want := texts(sheetWords()); !slices.Equal(text, want) {
		t.Errorf("pdftotext gives\n%q, want\n%q", text, want)
	}
	lines := strings.Split(strings.TrimSpace(string(tool(t, "pdftotext", "-raw", "-f", "1", "-l", "1", path, "-"))), "\n")
	if len(lines) != 4 || lines[1] != "Ủy ban nhân dân xã Đông Thạnh" {
		t.Errorf("lines are not kept: %q", lines)
	}
}

func texts(words []dossier.Word) []string {
	var all []string
	for _, w := range words {
		all = append(all, w.Text)
	}
	return all
}

// pixel is one at 300 dpi, in points.
const pixel = 72.0 / 300

// checkWords compares words and boxes. A box begins where the print begins,
// within a pixel, ends where it ends, within slack, and covers it from top to
// bottom.
func checkWords(t *testing.T, label string, page foundPage, want dossier.Reading, slack float64) {
	t.Helper()
	if len(page.Words) != len(want.Words) {
		t.Fatalf("%s: %d words, want %d: %v", label, len(page.Words), len(want.Words), page.Words)
	}
	scale := 72 / want.DPI
	for i, got := range page.Words {
		w := want.Words[i]
		left, right := float64(w.X)*scale, float64(w.X+w.W)*scale
		top, bottom := float64(w.Y)*scale, float64(w.Y+w.H)*scale
		if got.Text != w.Text {
			t.Errorf("%s: word %d is %q, want %q", label, i, got.Text, w.Text)
		}
		if math.Abs(got.XMin-left) > pixel || math.Abs(got.XMax-right) > slack {
			t.Errorf("%s: word %q from %.2f to %.2f, want %.2f to %.2f", label, w.Text, got.XMin, got.XMax, left, right)
		}
		if got.YMin > top+pixel || got.YMax < bottom-pixel {
			t.Errorf("%s: word %q from %.2f down to %.2f, want %.2f to %.2f", label, w.Text, got.YMin, got.YMax, top, bottom)
		}
	}
}

// TestUnevenLine: heights of words differ by their letters, one is as tall as a
// stamp, boxes touch and overlap, the line leans. Each word still comes back
// alone and on its print, and the line stays one line.
func TestUnevenLine(t *testing.T) {
	t.Parallel()
	p := scan{}.page(t, grayJPEG)
	p.Reading.Words = nil
	for i, text := range strings.Fields("cao Đặng ăn gạch nhà Ộ con sóng trên ngói") {
		w := dossier.Word{Text: text, X: 40 + 50*i, Y: 300 + i, W: 50 + 4*(i%2), H: 12, Line: 1, Block: 1}
		if i%3 == 1 {
			w.Y, w.H = w.Y-5, w.H+9
		}
		p.Reading.Words = append(p.Reading.Words, w)
	}
	p.Reading.Words = append(p.Reading.Words, dossier.Word{Text: "ẤN", X: 545, Y: 200, W: 30, H: 150, Line: 1, Block: 1})
	data, _ := write(t, testMeta(), p)
	path := onDisk(t, "uneven.pdf", data)
	const overlap = 8 * 72.0 / testDPI // what the first of two overlapping words gives up
	checkWords(t, "uneven", boxes(t, path)[0], p.Reading, overlap)
	lines := strings.Split(strings.TrimSpace(string(tool(t, "pdftotext", path, "-"))), "\n")
	if lines[0] != "cao Đặng ăn gạch nhà Ộ con sóng trên ngói" {
		t.Errorf("line is torn: %q", lines)
	}
	for _, w := range boxes(t, path)[0].Words[:10] {
		if w.YMax-w.YMin > 30*72.0/testDPI {
			t.Errorf("word %q is %.1f points high: the tall word stretched its line", w.Text, w.YMax-w.YMin)
		}
	}
}

// TestSingleLetters: the cells of a table row are words of their own, wide apart
// or not, though readers like to join single letters.
func TestSingleLetters(t *testing.T) {
	t.Parallel()
	p := scan{}.page(t, grayJPEG)
	p.Reading.Words = nil
	gaps := []int{6, 10, 40}
	for line, gap := range gaps {
		for i, cell := range []string{"1", "Ề", "X"} {
			p.Reading.Words = append(p.Reading.Words, dossier.Word{Text: cell, X: 50 + i*(12+gap), Y: 100 + 80*line, W: 12, H: 24, Line: line + 1, Block: line + 1})
		}
	}
	data, _ := write(t, testMeta(), p)
	got := strings.Fields(string(tool(t, "pdftotext", onDisk(t, "cells.pdf", data), "-")))
	want := texts(p.Reading.Words)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("cells are %q, want %q", got, want)
	}
}

// TestOddWords: what an engine may return, and what of it comes back.
func TestOddWords(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("dài", 6000) // longer than one string may be
	p := scan{}.page(t, grayJPEG)
	p.Reading.Words = []dossier.Word{
		{Text: "a\x00b\uFEFF", X: 10, Y: 200, W: 50, H: 20, Line: 1, Block: 1},
		{Text: "", X: 70, Y: 200, W: 50, H: 20, Line: 1, Block: 1},
		{Text: "\x01\u200b", X: 70, Y: 230, W: 50, H: 20, Line: 2, Block: 1},
		{Text: "ngoài", X: -40, Y: 5000, W: 80, H: 20, Line: 3, Block: 1},
		{Text: "phẳng", X: 100, Y: 300, W: 0, H: 0, Line: 4, Block: 1},
		{Text: "hai\u00a0chữ", X: 200, Y: 300, W: 70, H: 20, Line: 5, Block: 1},
		{Text: "xấu\xff\xfe", X: 300, Y: 300, W: 70, H: 20, Line: 6, Block: 1},
		{Text: long, X: 10, Y: 400, W: 500, H: 20, Line: 7, Block: 1},
	}
	data, _ := write(t, testMeta(), p)
	got := strings.Fields(string(tool(t, "pdftotext", "-raw", onDisk(t, "odd.pdf", data), "-")))
	for _, want := range []string{"ab", "ngoài", "phẳng", "hai", "chữ", "xấu"} {
		if !slices.Contains(got, want) {
			t.Errorf("word %q is lost; got %.200q", want, got)
		}
	}
	if !strings.Contains(strings.Join(got, ""), long) { // poppler parts letters so narrow
		t.Error("long word is lost")
	}
}

// TestImageBytesAreKept: what the scanner made is in the file, byte by byte.
func TestImageBytesAreKept(t *testing.T) {
	t.Parallel()
	img := scan{90, 3}.draw(t)
	jpg := encodeJPEG(t, img)
	data, _ := write(t, testMeta(), scan{90, 3}.page(t, grayJPEG))
	dir := t.TempDir()
	tool(t, "pdfimages", "-all", onDisk(t, "kept.pdf", data), dir+"/x")
	got, err := os.ReadFile(dir + "/x-000.jpg")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, jpg) {
		t.Error("JPEG in the file is not the scanner's own")
	}
}

// conformance is a file of every kind of page, at a level.
func conformance(t *testing.T, level Level) []byte {
	t.Helper()
	meta := testMeta()
	meta.Level = level
	var pages []Page
	for i, p := range packings {
		pages = append(pages, scans[i].page(t, p.pack))
	}
	blank := scan{}.page(t, grayJPEG)
	blank.Reading.Words, blank.Reading.Blank = nil, true
	smaller := scans[5].page(t, colourJPEG)
	smaller.Margin = 70
	pages = append(pages, blank, smaller, faxPage(t, "CCITTFaxDecode"), faxPage(t, "JBIG2Decode"))
	if level == Level2U {
		huge := scan{}.page(t, grayJPEG)
		huge.Reading.DPI = 2
		pages = append(pages, huge)
	}
	data, _ := write(t, meta, pages...)
	return data
}

// TestConformance asks everybody: the outside PDF/A validator, qpdf, pdfcpu.
func TestConformance(t *testing.T) {
	t.Parallel()
	all := onDisk(t, "all.pdf", conformance(t, Level2U))
	noText := scan{}.page(t, grayJPEG)
	noText.Reading.Words = nil
	blankData, _ := write(t, Meta{Created: testMeta().Created}, noText)
	blank := onDisk(t, "blank.pdf", blankData)
	var many []Page
	for range 2*treeFan + 1 {
		many = append(many, noText)
	}
	manyData, _ := write(t, testMeta(), many...)
	long := onDisk(t, "long.pdf", manyData)

	for _, path := range []string{all, blank, long} {
		tool(t, "qpdf", "--check", path)
		checkPdfcpu(t, path)
	}
	if pages := tool(t, "qpdf", "--show-npages", long); strings.TrimSpace(string(pages)) != itoa(len(many)) {
		t.Errorf("%s pages, want %d", pages, len(many))
	}
	older := onDisk(t, "a1.pdf", conformance(t, Level1B))
	if testing.Short() {
		return // the validators are programs of their own, and have judged these files
	}
	if pdfatest.Choose(t) == pdfatest.VeraPDF {
		pdfatest.Validate(t, all, blank, long)
	}
	pdfatest.ValidateA1(t, older)
}

func checkPdfcpu(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckPdfcpu(t.Context(), f, info.Size()); err != nil {
		t.Error(err)
	}
}

// TestSameBytes: nothing but the arguments shapes a file.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	pages := []Page{scans[4].page(t, grayJPEG), scans[1].page(t, bilevel)}
	first, done := write(t, testMeta(), pages...)
	again, _ := write(t, testMeta(), pages...)
	if !bytes.Equal(first, again) {
		t.Error("two files of the same pages differ")
	}
	if done.Size != int64(len(first)) || done.SHA256 != dossier.SumString(sha256.Sum256(first)) {
		t.Errorf("reported %d bytes %s", done.Size, done.SHA256)
	}
}

// TestWrittenHelpsASigner: the numbers point at what they name.
func TestWrittenHelpsASigner(t *testing.T) {
	t.Parallel()
	data, done := write(t, testMeta(), scans[0].page(t, grayJPEG))
	for at, want := range map[int64]string{
		done.CatalogOffset:   fmt.Sprintf("%d 0 obj\n<</Type/Catalog", done.Catalog),
		done.FirstPageOffset: fmt.Sprintf("%d 0 obj\n<</Type/Page/", done.FirstPage),
		done.StartXRef:       fmt.Sprintf("xref\n0 %d\n", done.Objects),
	} {
		if !bytes.HasPrefix(data[at:], []byte(want)) {
			t.Errorf("at %d: %.40q, want %q", at, data[at:], want)
		}
	}
}

// TestRefused: what can not be shown is refused before the first byte, with a
// reason.
func TestRefused(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		spoil  func(*Page)
		reason dossier.Reason
	}{
		{"no resolution", func(p *Page) { p.Reading.DPI = 0 }, dossier.ReasonGate},
		{"NaN resolution", func(p *Page) { p.Reading.DPI = math.NaN() }, dossier.ReasonGate},
		{"no width", func(p *Page) { p.Reading.Width = 0 }, dossier.ReasonGate},
		{"flat matrix", func(p *Page) { p.Reading.ToInput = dossier.Matrix{} }, dossier.ReasonGate},
		{"wild matrix", func(p *Page) { p.Reading.ToInput[0] = math.Inf(1) }, dossier.ReasonGate},
		{"page of a few dots", func(p *Page) { p.Reading.Width, p.Reading.DPI = 4, 300 }, dossier.ReasonTooSmall},
		{"page of a kilometre", func(p *Page) { p.Reading.DPI = 0.01 }, dossier.ReasonTooLarge},
		{"no image", func(p *Page) { p.Image.Open = nil }, dossier.ReasonGate},
		{"empty image", func(p *Page) { p.Image.Size = 0 }, dossier.ReasonGate},
		{"CMYK", func(p *Page) { p.Image.Components = 4 }, dossier.ReasonGate},
		{"LZW", func(p *Page) { p.Image.Filter = "LZWDecode" }, dossier.ReasonGate},
		{"12 bits", func(p *Page) { p.Image.BitsPerComponent = 12 }, dossier.ReasonGate},
		{"syntax in parameters", func(p *Page) { p.Image.DecodeParms = "/K -1>>/Length 5" }, dossier.ReasonGate},
		{"globals of nothing", func(p *Page) { p.Image.Globals = []byte{1} }, dossier.ReasonGate},
		{"margin of a third", func(p *Page) { p.Margin = 200 }, dossier.ReasonBlockRoom},
		{"margin below nothing", func(p *Page) { p.Margin = -1 }, dossier.ReasonBlockRoom},
		{"margin that is no number", func(p *Page) { p.Margin = math.NaN() }, dossier.ReasonBlockRoom},
	}
	for _, c := range cases {
		p := scan{}.page(t, grayJPEG)
		c.spoil(&p)
		var b bytes.Buffer
		_, err := Write(t.Context(), &b, testMeta(), []Page{p})
		if dossier.ReasonOf(err) != c.reason || dossier.KindOf(err) != dossier.Park || b.Len() != 0 {
			t.Errorf("%s: %v, %d bytes written", c.name, err, b.Len())
		}
	}
	if _, err := Write(t.Context(), io.Discard, testMeta(), nil); dossier.ReasonOf(err) != dossier.ReasonNoPages {
		t.Errorf("no pages: %v", err)
	}
	p := scan{}.page(t, grayJPEG)
	for _, meta := range []Meta{{}, {Created: testMeta().Created, Lang: "vi)/OpenAction(x"}} {
		if _, err := Write(t.Context(), io.Discard, meta, []Page{p}); err == nil {
			t.Errorf("meta %+v is accepted", meta)
		}
	}
	p.Reading.DPI = 2
	if _, err := Write(t.Context(), io.Discard, Meta{Created: testMeta().Created, Level: Level1B}, []Page{p}); dossier.ReasonOf(err) != dossier.ReasonTooLarge {
		t.Errorf("huge page at level 1b: %v", err)
	}
}

// failing is an image whose bytes go wrong on the way.
type failing struct {
	io.Reader
	closed *bool
}

// Close notes that it was called.
func (f failing) Close() error { *f.closed = true; return nil }

// TestImageGoesWrong: an image that is shorter or longer than it said, or that
// can not be read, is an error and is closed.
func TestImageGoesWrong(t *testing.T) {
	t.Parallel()
	disk := errors.New("disk")
	p := scan{}.page(t, grayJPEG)
	size := p.Image.Size
	cases := []struct {
		name string
		src  io.Reader
		ok   func(error) bool
	}{
		{"short", io.LimitReader(zeros{}, size-1), func(err error) bool { return dossier.ReasonOf(err) == dossier.ReasonChanged }},
		{"long", io.LimitReader(zeros{}, size+1), func(err error) bool { return dossier.ReasonOf(err) == dossier.ReasonChanged }},
		{"broken", io.MultiReader(io.LimitReader(zeros{}, size/2), broken{disk}), func(err error) bool { return errors.Is(err, disk) }},
		{"broken at the end", io.MultiReader(io.LimitReader(zeros{}, size), broken{disk}), func(err error) bool { return errors.Is(err, disk) }},
	}
	for _, c := range cases {
		closed := false
		p.Image.Open = func() (io.ReadCloser, error) { return failing{c.src, &closed}, nil }
		if _, err := Write(t.Context(), io.Discard, testMeta(), []Page{p}); !c.ok(err) || !closed {
			t.Errorf("%s: %v, closed %v", c.name, err, closed)
		}
	}
	p.Image.Open = func() (io.ReadCloser, error) { return nil, disk }
	if _, err := Write(t.Context(), io.Discard, testMeta(), []Page{p}); !errors.Is(err, disk) {
		t.Errorf("not opened: %v", err)
	}
}

// zeros never ends.
type zeros struct{}

// Read gives zeros.
func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// broken fails.
type broken struct{ err error }

// Read fails.
func (b broken) Read([]byte) (int, error) { return 0, b.err }

// TestStops: a full disk and a caller that gives up end the work.
func TestStops(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	if _, err := Write(t.Context(), brokenWriter{full}, testMeta(), []Page{scan{}.page(t, grayJPEG)}); !errors.Is(err, full) {
		t.Errorf("full disk: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	p := scan{}.page(t, grayJPEG)
	p.Image.Size = math.MaxInt64
	p.Image.Open = func() (io.ReadCloser, error) { cancel(); return io.NopCloser(zeros{}), nil }
	if _, err := Write(ctx, io.Discard, testMeta(), []Page{p}); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

// brokenWriter fails.
type brokenWriter struct{ err error }

// Write fails.
func (b brokenWriter) Write([]byte) (int, error) { return 0, b.err }

// TestTitle: markup and control characters of a title do no harm.
func TestTitle(t *testing.T) {
	t.Parallel()
	data, _ := write(t, testMeta(), scan{}.page(t, grayJPEG))
	if !bytes.Contains(data, []byte(`Giấy khai sinh &lt;b&gt;&amp;&#34;x&#34;]]&gt;</rdf:li>`)) {
		t.Error("title is not escaped as expected")
	}
}
