package ocr

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/otiai10/gosseract/v2"

	"sohoa/ocr/ocrtest"
)

// mostPages is how many pages of one file count, so that a law of thirty does not
// outweigh the letters.
const mostPages = 4

// BenchmarkCost reads every page of real scans (SOHOA_CORPUS names the collection;
// without it the generator draws pages), the first four of each file, beside bare
// libtesseract page by page in the same run: on six pages a ratio differs by a tenth
// from run to run. SOHOA_BENCH_EVERY=n takes every n-th file.
func BenchmarkCost(b *testing.B) {
	ocrtest.OneThread(b)
	files := scanned(b)
	r, client := benchReader(b), bareClient(b)
	for b.Loop() {
		var sum cost
		for _, path := range files {
			file, err := r.Open(context.Background(), path)
			if err != nil {
				b.Fatalf("%s: %v", filepath.Base(path), err)
			}
			for index := 1; index <= min(file.Images, mostPages); index++ {
				sum.add(b, r, client, ocrtest.Page{Path: path, Name: filepath.Base(path), Index: index})
			}
		}
		b.ReportMetric(0, "ns/op") // the clock on the wall also measures the yardstick
		b.ReportMetric(float64(sum.pages), "pages")
		b.ReportMetric(float64(sum.dearer), "pages-dearer-than-bare")
		b.ReportMetric(sum.ours.Seconds()/float64(sum.pages), "cpu-s/page")
		b.ReportMetric(sum.bare.Seconds()/float64(sum.pages), "bare-cpu-s/page")
		b.ReportMetric(sum.ours.Seconds()/sum.bare.Seconds(), "x-bare")
	}
}

// cost is what pages took, and how many took more than by bare libtesseract.
type cost struct {
	ours, bare    time.Duration
	pages, dearer int
}

func (c *cost) add(b *testing.B, r *Reader, client *gosseract.Client, page ocrtest.Page) {
	b.Helper()
	before := spent()
	if _, err := r.Read(context.Background(), page.Path, page.Name, page.Index); err != nil {
		b.Fatalf("%s, page %d: %v", page.Name, page.Index, err)
	}
	ours := spent() - before
	var bare outcome
	bare.readBare(b, client, page)
	b.Logf("%s, page %d: %.2f CPU-seconds, bare %.2f", page.Name, page.Index, ours.Seconds(), bare.cpu.Seconds())
	c.ours, c.bare, c.pages = c.ours+ours, c.bare+bare.cpu, c.pages+1
	if ours > bare.cpu {
		c.dearer++
	}
}

// scanned are the pictures and PDFs to read.
func scanned(b *testing.B) (files []string) {
	b.Helper()
	corpus := os.Getenv("SOHOA_CORPUS")
	if corpus == "" {
		for _, page := range ownPages(b) {
			files = append(files, page.Path)
		}
		return slices.Compact(files)
	}
	dir := filepath.Join(corpus, "vi-scans")
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if slices.Contains([]string{".jpg", ".png", ".tif", ".pdf"}, filepath.Ext(path)) {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		b.Fatalf("no scans below %s: %v", dir, err)
	}
	return every(b, files)
}
