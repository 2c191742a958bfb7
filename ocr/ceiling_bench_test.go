package ocr

import (
	"os"
	"testing"

	"sohoa/ocr/ocrtest"
	"sohoa/ocr/tesseract"
)

// BenchmarkCeiling reads the project's own papers drawn without any damage,
// upright and level, with the model at hand and with the more exact one
// (SOHOA_BEST, which `make bench` sets): how much is left to be won by a better
// picture, and how much by a better model. SOHOA_BENCH_EVERY=n takes every n-th.
func BenchmarkCeiling(b *testing.B) {
	best := os.Getenv("SOHOA_BEST")
	if best == "" {
		b.Fatal("SOHOA_BEST is not set; run scripts/tools best-model, or make bench")
	}
	ocrtest.OneThread(b)
	pages := ownPages(b, "-clean")
	for _, model := range []struct{ name, folder string }{{"fast", ""}, {"best", best}} {
		b.Run(model.name, func(b *testing.B) { ceiling(b, pages, model.folder) })
	}
}

func ceiling(b *testing.B, pages []ocrtest.Page, models string) {
	b.Helper()
	r, err := NewReader(Config{Scratch: b.TempDir(), Profile: Profile{Models: tesseract.Config{Data: models}}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = r.Close() }) // the benchmark is over
	for b.Loop() {
		var read outcome
		for _, page := range pages {
			read.read(b, r, page)
		}
		read.report(b, len(pages))
	}
}
