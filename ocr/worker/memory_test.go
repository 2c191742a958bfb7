package worker

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"os"
	"strconv"
	"testing"
	"time"

	"sohoa/ocr/internal/drawn"
)

// BenchmarkMemory prints how much memory a page worker takes at its highest for
// the pages an office scans, models included. The bounds are those of the goals.
func BenchmarkMemory(b *testing.B) {
	for _, page := range []struct {
		name       string
		short, dpi int
		megabytes  float64
	}{{"A4 300 dpi", 2480, 300, 250}, {"A3 600 dpi", 7016, 600, 700}} {
		b.Run(page.name, func(b *testing.B) {
			path := drawn.File(b, "p.jpg", drawn.JPEG(b, tiled(b, page.short, page.dpi), page.dpi))
			self, err := os.Executable()
			if err != nil {
				b.Fatal(err)
			}
			p, err := NewPool(Config{Command: []string{self, "page-worker"}, Workers: 1, Scratch: b.TempDir(), PageTimeout: 10 * time.Minute})
			if err != nil {
				b.Fatal(err)
			}
			defer func() {
				if err := p.Close(); err != nil {
					b.Error(err)
				}
			}()
			for b.Loop() {
				if _, err := p.Read(b.Context(), Task{Path: path, File: "p.jpg", Index: 1}); err != nil {
					b.Fatal(err)
				}
			}
			s := <-p.slots
			high := highWater(b, s.child.pid)
			p.slots <- s
			b.ReportMetric(high, "MB-peak")
			b.ReportMetric(high/page.megabytes, "of-goal")
		})
	}
}

// tiled is a colour page, upright and of the proportions of A4, filled with
// drawn pages.
func tiled(b *testing.B, short, dpi int) image.Image {
	b.Helper()
	m := image.NewRGBA(image.Rect(0, 0, short, short*297/210))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	tile := drawn.Page(b, dpi)
	for y := 0; y < m.Rect.Dy(); y += tile.Rect.Dy() {
		for x := 0; x < m.Rect.Dx(); x += tile.Rect.Dx() {
			draw.Draw(m, tile.Rect.Add(image.Pt(x, y)), tile, image.Point{}, draw.Src)
		}
	}
	for x := range 80 { // a red seal, so that the page has colour
		for y := range 80 {
			i := m.PixOffset(x+50, y+50)
			m.Pix[i], m.Pix[i+1], m.Pix[i+2] = 200, 20, 30
		}
	}
	return m
}

// highWater is VmHWM of a process in megabytes.
func highWater(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		b.Fatal(err)
	}
	for line := range bytes.Lines(status) {
		var kib float64
		if n, err := fmt.Sscanf(string(line), "VmHWM: %f kB", &kib); n == 1 && err == nil {
			return kib / 1024
		}
	}
	b.Fatal("no VmHWM")
	return 0
}
