package ocr

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"slices"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/cleanup"
	"sohoa/ocr/internal/drawn"
)

// fault is what a page with codes suffers before it is read.
type fault struct {
	name     string
	lean     float64
	quarter  int
	contrast float64 // of ink and paper, 1 for black on white
	noise    float64 // standard deviation, of 255
	quality  int     // of the JPEG
	two      bool    // another code stands beside
}

func codeFaults() []fault {
	all := []fault{{name: "plain"}, {name: "two on a page", two: true}, {name: "JPEG quality 30", quality: 30}}
	for _, degrees := range []float64{-15, -10, -5, 5, 10, 15} {
		all = append(all, fault{name: fmt.Sprintf("lean %g", degrees), lean: degrees})
	}
	for _, degrees := range []int{90, 180, 270} {
		all = append(all, fault{name: fmt.Sprintf("turned %d", degrees), quarter: degrees})
	}
	for _, contrast := range []float64{0.8, 0.6, 0.4, 0.2} {
		all = append(all, fault{name: fmt.Sprintf("contrast %.0f %%", 100*contrast), contrast: contrast})
	}
	for _, noise := range []float64{10, 25} {
		all = append(all, fault{name: fmt.Sprintf("noise %g", noise), noise: noise})
	}
	return all
}

// codeCase is one page of the grid.
type codeCase struct {
	kind   string
	module int // pixels
	dpi    int
	fault  fault
}

func (c codeCase) String() string {
	return fmt.Sprintf("%s, modules of %d pixels at %d dpi, %s", c.kind, c.module, c.dpi, c.fault.name)
}

// drawnCode is a code of a kind, and what it says. Bars are 10 mm high, or as
// high as the standard of Code 39 asks for, 15 % of their length.
func drawnCode(tb testing.TB, kind string, module, dpi int) (dossier.Code, *image.Gray) {
	tb.Helper()
	switch kind {
	case "qr":
		code := dossier.Code{Type: kind, Text: "SOHOA1|H38.12-260105-0421|7|3K"}
		return code, drawn.QR(tb, code.Text, module)
	case "code39":
		code := dossier.Code{Type: kind, Text: "H38-0421"}
		return code, drawn.Code39(tb, code.Text, module, max(dpi*10/25, 22*module))
	}
	code := dossier.Code{Type: "code128", Text: "H38.12-0421"}
	return code, drawn.Code128(code.Text, module, max(dpi*10/25, 22*module))
}

// page draws an A4 page of print with the codes of a case in its lower half.
func (c codeCase) page(tb testing.TB, print *image.Gray) (page *image.Gray, want []dossier.Code) {
	tb.Helper()
	page = drawn.Blank(print.Rect.Dx(), print.Rect.Dy())
	copy(page.Pix, print.Pix)
	kinds := []string{c.kind}
	if c.fault.two {
		kinds = append(kinds, map[string]string{"qr": "code128", "code39": "qr", "code128": "qr"}[c.kind])
	}
	at := image.Pt(c.dpi*3/4, c.dpi*13/2)
	for _, kind := range kinds {
		code, picture := drawnCode(tb, kind, c.module, c.dpi)
		draw.Draw(page, picture.Rect.Add(at), picture, image.Point{}, draw.Src)
		want = append(want, code)
		at.Y += picture.Rect.Dy() + c.dpi/2
	}
	page, _ = drawn.Quarter(page, c.fault.quarter)
	if c.fault.lean != 0 {
		page, _ = drawn.Lean(page, c.fault.lean)
	}
	c.fault.spoil(page)
	return page, want
}

// spoil takes contrast and adds noise.
func (f fault) spoil(page *image.Gray) {
	if f.contrast == 0 && f.noise == 0 {
		return
	}
	contrast := f.contrast
	if contrast == 0 {
		contrast = 1
	}
	random := rand.New(rand.NewPCG(5, 6)) // the same each time
	const paper = 240
	for i, v := range page.Pix {
		value := paper - contrast*paper*(1-float64(v)/255) + f.noise*random.NormFloat64()
		page.Pix[i] = uint8(min(max(value, 0), 255))
	}
}

// codesOf are the codes that are found on a page.
func codesOf(tb testing.TB, r *Reader, page *image.Gray, c codeCase) []dossier.Code {
	tb.Helper()
	var data bytes.Buffer
	quality := c.fault.quality
	if quality == 0 {
		quality = 90
	}
	if err := jpeg.Encode(&data, page, &jpeg.Options{Quality: quality}); err != nil {
		tb.Fatal(err)
	}
	jfif := []byte{0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 1, byte(c.dpi >> 8), byte(c.dpi), byte(c.dpi >> 8), byte(c.dpi), 0, 0}
	file, err := r.Open(tb.Context(), drawn.File(tb, "p.jpg", append(jfif, data.Bytes()[2:]...)))
	if err != nil {
		tb.Fatal(err)
	}
	picture, err := file.Picture(tb.Context(), 1)
	if err != nil {
		tb.Fatal(err)
	}
	r.clock = startClock()
	scan := scanOf(picture)
	straight, err := cleanup.Straighten(picture, cleanup.Help{Reader: r.engine})
	if err != nil {
		tb.Fatal(err)
	}
	defer straight.Close()
	r.clock.Lap("rest")
	found, err := r.readCodes(straight, scan)
	if err != nil {
		tb.Fatal(err)
	}
	r.clock.Lap("codes")
	return found.codes
}

// BenchmarkCodes reads codes of known text, each kind in modules of 2 to 6
// pixels at 150 to 300 dpi with one fault at a time, and names what is missed.
func BenchmarkCodes(b *testing.B) {
	r := benchReader(b)
	for b.Loop() {
		wanted, read, wrong, pages, cost := 0, 0, 0, 0, 0.0
		for _, dpi := range []int{150, 200, 300} {
			print := drawn.Blank(dpi*827/100, dpi*1169/100)
			draw.Draw(print, print.Rect, drawn.Page(b, dpi), image.Point{}, draw.Src)
			for _, c := range every(b, codeCases(dpi)) {
				page, want := c.page(b, print)
				found := codesOf(b, r, page, c)
				cost += r.clock.stage("codes").CPU.Seconds()
				pages++
				wanted += len(want)
				for _, code := range want {
					if slices.Contains(found, code) {
						read++
						continue
					}
					b.Logf("missed: %s (%s)", c, code.Type)
				}
				for _, code := range found {
					if !slices.Contains(want, code) {
						wrong++
						b.Logf("wrong: %s: %v", c, code)
					}
				}
			}
		}
		b.Logf("%d of %d codes read, %d wrong, on %d pages", read, wanted, wrong, pages)
		b.ReportMetric(float64(read)/float64(wanted), "read")
		b.ReportMetric(float64(wrong), "wrong")
		b.ReportMetric(1000*cost/float64(pages), "cpu-ms/page")
	}
}

func codeCases(dpi int) []codeCase {
	var all []codeCase
	for _, kind := range []string{"qr", "code39", "code128"} {
		for _, module := range []int{2, 3, 4, 6} {
			for _, f := range codeFaults() {
				all = append(all, codeCase{kind, module, dpi, f})
			}
		}
	}
	return all
}
