package ocr

import (
	"context"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/cleanup"
	"sohoa/ocr/decode"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/ocrtest"
)

// scanners are those without colour: to 1 bit, a little nearer to the paper than to the ink,
// as scanners do; and gray so dark that red is as black as print.
func scanners() map[string]scanner {
	return map[string]scanner{
		"bw":   func(gray *lept.Pix) (*lept.Pix, error) { return gray.Threshold(158) },
		"gray": func(gray *lept.Pix) (*lept.Pix, error) { return gray.Stretch(120, 220) },
	}
}

type scanner func(gray *lept.Pix) (*lept.Pix, error)

// BenchmarkDarkSeals reads the drawn pages on which a seal is found as such
// scanners deliver them, with and without the step that clears seals as dark as
// print.
func BenchmarkDarkSeals(b *testing.B) {
	ocrtest.OneThread(b)
	for _, set := range benchSets(b) {
		for name, scan := range scanners() {
			b.Run(set.name+"/"+name, func(b *testing.B) {
				r := benchReader(b)
				pages := sealedPages(b, r, set.pages, scan)
				for _, step := range []step{step(cleanup.DarkSeals), nothing} {
					b.Run("without "+string(step), func(b *testing.B) {
						r.without = step
						for b.Loop() {
							readScanned(b, r, pages, scan)
						}
					})
				}
			})
		}
	}
}

// sealedPages are those on which a seal as dark as print is found.
func sealedPages(b *testing.B, r *Reader, pages []ocrtest.Page, scan scanner) []ocrtest.Page {
	b.Helper()
	var sealed []ocrtest.Page
	for _, page := range pages {
		upright, err := cleanup.Straighten(withoutColour(b, r, page, scan), cleanup.Help{Reader: r.engine})
		if err != nil {
			b.Fatal(err)
		}
		if len(upright.Sealed) > 0 {
			sealed = append(sealed, page)
		}
		upright.Close()
	}
	return sealed
}

// withoutColour is a page as a scanner without colour delivers it.
func withoutColour(b *testing.B, r *Reader, page ocrtest.Page, scan scanner) *decode.Picture {
	b.Helper()
	picture, err := r.picture(context.Background(), page.Path, page.Index)
	if err != nil {
		b.Fatal(err)
	}
	if picture.Pix.Depth() == 32 {
		gray, err := picture.Pix.Luminance()
		if err != nil {
			b.Fatal(err)
		}
		picture.Pix.Close()
		picture.Pix = gray
	}
	if picture.Pix.Depth() == 8 {
		pix, err := scan(picture.Pix)
		if err != nil {
			b.Fatal(err)
		}
		picture.Pix.Close()
		picture.Pix = pix
	}
	return picture
}

func readScanned(b *testing.B, r *Reader, pages []ocrtest.Page, scan scanner) {
	b.Helper()
	var all outcome
	for _, page := range pages {
		picture, before := withoutColour(b, r, page, scan), spent()
		reading, err := r.readPage(picture, dossier.Reading{File: page.Name, Page: page.Index, Part: 1}, nil)
		if err != nil {
			b.Fatal(err)
		}
		all.cpu += spent() - before
		one := ocrtest.Compare(page.Text, reading.Text)
		b.Logf("%s: %d of %d signs wrong, in reading order %d; %d of %d words read, %d in all", page.Name, one.LineEdits, one.LineSigns, one.Edits, one.Hits, one.TrueWords, one.ReadWords)
		all.Score = all.Add(one)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(pages)), "pages")
	b.ReportMetric(all.Ordered(), "cer")
	b.ReportMetric(all.OrderFree(), "free-cer")
	b.ReportMetric(all.F1(), "f1")
	b.ReportMetric(float64(all.Hits), "words-right")
	b.ReportMetric(float64(all.TrueWords-all.Hits), "words-lost")
	b.ReportMetric(float64(all.ReadWords-all.Hits), "words-wrong")
	b.ReportMetric(all.cpu.Seconds()/float64(max(len(pages), 1)), "cpu-s/page")
}
