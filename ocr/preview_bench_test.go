package ocr

import (
	"bytes"
	"context"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/disintegration/imaging"

	"sohoa/ocr/tesseract"
)

// BenchmarkPreview makes a thumbnail of a colour A4 page at 300 dpi, beside the
// same page opened, resized and written by disintegration/imaging: processor
// time of the whole process for each.
func BenchmarkPreview(b *testing.B) {
	path := filepath.Join(b.TempDir(), "page.jpg")
	drawA4(b, path)
	reader, err := NewReader(Config{Scratch: b.TempDir(), Profile: Profile{Models: tesseract.Config{Languages: []string{"vie"}}}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = reader.Close() })
	const width = 240 // of an arriving page
	var ours, theirs time.Duration
	rounds := 0
	for b.Loop() {
		rounds++
		ours += cpuOf(b, func() error {
			_, err := reader.Preview(context.Background(), path, 1, View{Pixels: width})
			return err
		})
		theirs += cpuOf(b, func() error {
			page, err := imaging.Open(path)
			if err != nil {
				return err
			}
			var out bytes.Buffer
			return imaging.Encode(&out, imaging.Resize(page, width, 0, imaging.Box), imaging.JPEG, imaging.JPEGQuality(previewQuality))
		})
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ours.Seconds()*1000/float64(rounds), "cpu-ms/picture")
	b.ReportMetric(theirs.Seconds()*1000/float64(rounds), "imaging-cpu-ms/picture")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-imaging")
}

// drawA4 writes noise of paper with lines of ink, so that a decoder has work.
func drawA4(b *testing.B, path string) {
	b.Helper()
	page := imaging.New(2480, 3508, color.White)
	seed := uint32(1)
	for y := range 3508 {
		row := page.Pix[y*page.Stride:]
		for x := range 2480 {
			seed = seed*1664525 + 1013904223 // Numerical Recipes, 7.1
			shade := byte(225 + seed>>28)
			if y%60 < 30 && x > 200 && x < 2280 && seed>>30 == 0 {
				shade = 30
			}
			row[4*x], row[4*x+1], row[4*x+2] = shade, shade, shade-8
		}
	}
	out, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := jpeg.Encode(out, page, &jpeg.Options{Quality: 85}); err != nil {
		b.Fatal(err)
	}
	if err := out.Close(); err != nil {
		b.Fatal(err)
	}
}

// cpuOf is the processor time of the whole process while work runs.
func cpuOf(b *testing.B, work func() error) time.Duration {
	b.Helper()
	var before, after syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		b.Fatal(err)
	}
	if err := work(); err != nil {
		b.Fatal(err)
	}
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		b.Fatal(err)
	}
	return used(after) - used(before)
}

func used(r syscall.Rusage) time.Duration {
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
