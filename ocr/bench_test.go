package ocr

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/otiai10/gosseract/v2"

	"sohoa/dossier"
	"sohoa/ocr/cleanup"
	"sohoa/ocr/ocrtest"
	"sohoa/ocr/tesseract"
)

// set is a collection of pages with known text.
type set struct {
	name  string
	pages []ocrtest.Page
}

// benchSets are pages drawn by the project's own generator and, where
// SOHOA_CORPUS names the collection of scans, its made-up dossiers and its real
// scans. SOHOA_BENCH_EVERY=n takes every n-th page of a drawn set.
func benchSets(b *testing.B) []set {
	b.Helper()
	sets := []set{{"drawn", ownPages(b)}}
	corpus := os.Getenv("SOHOA_CORPUS")
	if corpus == "" {
		return sets
	}
	real, err := ocrtest.Transcribed(filepath.Join(corpus, "vi-scans"))
	if err != nil {
		b.Fatal(err)
	}
	return append(sets, set{"dossiers", every(b, drawnPages(b, filepath.Join(corpus, "dossier-pages")))}, set{"scans", real})
}

// ownPages are pages that the generator draws, with more of its flags.
func ownPages(b *testing.B, flags ...string) []ocrtest.Page {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "drawn")
	draw := exec.Command("go", append([]string{"run", "../testdata/generate", "-out", dir, "-dossiers", "3", "-seed", "11", "-truth"}, flags...)...)
	if out, err := draw.CombinedOutput(); err != nil {
		b.Fatalf("draw pages: %v\n%s", err, out)
	}
	return every(b, drawnPages(b, dir))
}

func drawnPages(b *testing.B, dir string) []ocrtest.Page {
	b.Helper()
	pages, err := ocrtest.Drawn(dir)
	if err != nil {
		b.Fatal(err)
	}
	return pages
}

func every[T any](b *testing.B, pages []T) []T {
	b.Helper()
	n, err := strconv.Atoi(os.Getenv("SOHOA_BENCH_EVERY"))
	if err != nil || n < 2 {
		return pages
	}
	var some []T
	for i := 0; i < len(pages); i += n {
		some = append(some, pages[i])
	}
	return some
}

// outcome is what reading a set came to.
type outcome struct {
	ocrtest.Score
	cpu            time.Duration
	stages         clock
	turned, blanks int // pages whose quarter turn, and blankness, is right
	skew           []float64
}

// BenchmarkPages reads pages whose text is known, beside bare libtesseract (one
// client, PSM 3, the same model, one thread, pages as they lie) page by page in
// the same run: character error rates, words, geometry, CPU-seconds.
func BenchmarkPages(b *testing.B) {
	ocrtest.OneThread(b)
	for _, set := range benchSets(b) {
		b.Run(set.name, func(b *testing.B) {
			r, client := benchReader(b), bareClient(b)
			for b.Loop() {
				var ours, bare outcome
				for _, page := range set.pages {
					before, read := ours.Score, bare.Score
					ours.read(b, r, page)
					bare.readBare(b, client, page)
					b.Logf("%s: %d of %d signs wrong (bare %d), in reading order %d (bare %d); %d of %d words read (bare %d)",
						page.Name, ours.LineEdits-before.LineEdits, ours.LineSigns-before.LineSigns, bare.LineEdits-read.LineEdits,
						ours.Edits-before.Edits, bare.Edits-read.Edits,
						ours.Hits-before.Hits, ours.TrueWords-before.TrueWords, bare.Hits-read.Hits)
				}
				ours.report(b, len(set.pages))
				b.ReportMetric(bare.OrderFree(), "bare-free-cer")
				b.ReportMetric(bare.Recall(), "bare-recall")
				b.ReportMetric(ours.cpu.Seconds()/bare.cpu.Seconds(), "x-bare")
			}
		})
	}
}

// BenchmarkWithout reads the sets, and drawn pages with damages, with one step left
// out at a time: what a step costs and what it brings.
func BenchmarkWithout(b *testing.B) {
	ocrtest.OneThread(b)
	for _, set := range append(benchSets(b), set{"damaged", damagedPages(b)}) {
		for _, step := range []step{
			nothing, step(cleanup.Colour), step(cleanup.Borders), step(cleanup.Background), step(cleanup.Seals), step(cleanup.DarkSeals), step(cleanup.Faint), allCodes,
			ownLines, tallPieces, secondLook, margins, sharpening, rereading, loneNumbers,
		} {
			b.Run(set.name+"/"+string(step), func(b *testing.B) {
				r := benchReader(b)
				r.without = step
				for b.Loop() {
					var ours outcome
					for _, page := range set.pages {
						ours.read(b, r, page)
					}
					ours.report(b, len(set.pages))
				}
			})
		}
	}
}

func benchReader(b *testing.B) *Reader {
	b.Helper()
	r, err := NewReader(Config{Scratch: b.TempDir(), Profile: Profile{Models: tesseract.Config{Data: os.Getenv("SOHOA_BENCH_MODELS")}}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = r.Close() }) // the benchmark is over
	return r
}

func (o *outcome) read(b *testing.B, r *Reader, page ocrtest.Page) {
	b.Helper()
	before := spent()
	readings, err := r.Read(context.Background(), page.Path, page.Name, page.Index)
	o.cpu += spent() - before
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range r.Stages() {
		o.stages.stage(s.Name).CPU += s.CPU
	}
	o.compare(page, readings)
}

func (o *outcome) compare(page ocrtest.Page, readings []dossier.Reading) {
	first := readings[0]
	o.Score = o.Add(ocrtest.Compare(page.Text, first.Text))
	if first.Blank == page.Blank() {
		o.blanks++
	}
	if page.Blank() {
		return
	}
	if first.RotationCW == page.RotationCW {
		o.turned++
	}
	o.skew = append(o.skew, math.Abs(first.SkewCWDegrees-page.SkewCWDegrees))
}

func (o *outcome) report(b *testing.B, pages int) {
	b.Helper()
	b.ReportMetric(0, "ns/op") // the clock on the wall also measures the yardstick
	b.ReportMetric(o.Ordered(), "cer")
	b.ReportMetric(o.OrderFree(), "free-cer")
	b.ReportMetric(o.Recall(), "recall")
	b.ReportMetric(o.F1(), "f1")
	b.ReportMetric(float64(o.BlankSigns), "signs-on-blanks")
	b.ReportMetric(float64(pages-o.blanks), "blank-wrong")
	b.ReportMetric(float64(len(o.skew)-o.turned), "turn-wrong")
	slices.Sort(o.skew)
	b.ReportMetric(o.skew[len(o.skew)/2], "skew-median")
	b.ReportMetric(o.skew[len(o.skew)*95/100], "skew-p95")
	b.ReportMetric(o.cpu.Seconds()/float64(pages), "cpu-s/page")
	for _, s := range o.stages.stages {
		b.ReportMetric(float64(s.CPU.Milliseconds())/float64(pages), s.Name+"-ms/page")
	}
}

// bareClient is the yardstick.
func bareClient(b *testing.B) *gosseract.Client {
	b.Helper()
	client := gosseract.NewClient()
	b.Cleanup(func() { _ = client.Close() }) // the benchmark is over
	if err := client.SetLanguage("vie"); err != nil {
		b.Fatal(err)
	}
	return client
}

func (o *outcome) readBare(b *testing.B, client *gosseract.Client, page ocrtest.Page) {
	b.Helper()
	path := page.Path
	if filepath.Ext(path) == ".pdf" {
		path = rendered(b, page)
	}
	before := spent()
	if err := client.SetImage(path); err != nil {
		b.Fatal(err)
	}
	if err := client.SetPageSegMode(gosseract.PSM_AUTO); err != nil {
		b.Fatal(err)
	}
	text, err := client.Text()
	if err != nil {
		b.Fatal(err)
	}
	o.cpu += spent() - before
	o.Score = o.Add(ocrtest.Compare(page.Text, text))
}

// rendered draws a page of a PDF, which libtesseract does not open.
func rendered(b *testing.B, page ocrtest.Page) string {
	b.Helper()
	base := filepath.Join(b.TempDir(), "page")
	n := strconv.Itoa(page.Index)
	if out, err := exec.Command("pdftoppm", "-r", "300", "-f", n, "-l", n, "-singlefile", "-png", page.Path, base).CombinedOutput(); err != nil {
		b.Fatal(fmt.Errorf("pdftoppm: %w: %s", err, out))
	}
	return base + ".png"
}
