package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sohoa/ocr/ocrtest"
)

// BenchmarkOCRmyPDF has OCRmyPDF (SOHOA_OCRMYPDF, which `make bench` sets) and
// `sohoa ocr --format pdf` make a searchable PDF/A of each page, upright and
// level, two pages at a time, and compares the text of both: of drawn pages, of
// which SOHOA_BENCH_EVERY=n takes every n-th, and of the real scans whose text is
// known, where SOHOA_CORPUS names them. The version is logged, and with -v the words
// of each page.
func BenchmarkOCRmyPDF(b *testing.B) {
	program := os.Getenv("SOHOA_OCRMYPDF")
	if program == "" {
		b.Fatal("SOHOA_OCRMYPDF is not set; run scripts/tools ocrmypdf, or make bench")
	}
	says, err := exec.Command(program, "--version").Output()
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("OCRmyPDF %s", strings.TrimSpace(string(says)))
	tools := buildTools(b)
	drawn := yardstickPages(b, tools)
	b.Run("drawn", func(b *testing.B) { besideOCRmyPDF(b, program, tools, drawn) })
	if corpus := os.Getenv("SOHOA_CORPUS"); corpus != "" {
		scans, err := ocrtest.Transcribed(filepath.Join(corpus, "vi-scans"))
		if err != nil {
			b.Fatal(err)
		}
		b.Run("scans", func(b *testing.B) { besideOCRmyPDF(b, program, tools, scans) })
	}
}

func besideOCRmyPDF(b *testing.B, program, tools string, pages []ocrtest.Page) {
	b.Helper()
	for b.Loop() {
		theirs, theirScores := runOCRmyPDF(b, program, pages)
		ours, ourScores := runOCR(b, tools, pages)
		var ourScore, theirScore ocrtest.Score
		worse := 0
		for i, page := range pages {
			a, o := ourScores[i], theirScores[i]
			b.Logf("%s: %d of %d words read (OCRmyPDF %d), %d of %d signs wrong (OCRmyPDF %d)",
				page.Name, a.Hits, a.TrueWords, o.Hits, a.LineEdits, a.LineSigns, o.LineEdits)
			ourScore, theirScore = ourScore.Add(a), theirScore.Add(o)
			if a.Recall() < o.Recall()-leastRecall {
				worse++
			}
		}
		n := float64(len(pages))
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(ours.cpu.Seconds()/n, "cpu-s/page")
		b.ReportMetric(theirs.cpu.Seconds()/n, "ocrmypdf-cpu-s/page")
		b.ReportMetric(n/ours.wall.Minutes(), "pages/min")
		b.ReportMetric(n/theirs.wall.Minutes(), "ocrmypdf-pages/min")
		b.ReportMetric(theirs.wall.Seconds()/ours.wall.Seconds(), "x-faster")
		b.ReportMetric(ourScore.Ordered(), "cer")
		b.ReportMetric(theirScore.Ordered(), "ocrmypdf-cer")
		b.ReportMetric(ourScore.OrderFree(), "free-cer")
		b.ReportMetric(theirScore.OrderFree(), "ocrmypdf-free-cer")
		b.ReportMetric(ourScore.F1(), "f1")
		b.ReportMetric(theirScore.F1(), "ocrmypdf-f1")
		b.ReportMetric(ourScore.Recall(), "recall")
		b.ReportMetric(theirScore.Recall(), "ocrmypdf-recall")
		b.ReportMetric(float64(worse), "pages-with-fewer-words")
	}
}

// leastRecall is by how much of its words a page may be read worse.
const leastRecall = 0.003

// yardstickPages are pages of one image a file.
func yardstickPages(b *testing.B, tools string) []ocrtest.Page {
	b.Helper()
	dir := filepath.Join(os.Getenv("SOHOA_CORPUS"), "dossier-pages")
	if os.Getenv("SOHOA_CORPUS") == "" {
		dir = filepath.Join(b.TempDir(), "drawn")
		draw := exec.Command(filepath.Join(tools, "generate"), "-out", dir, "-dossiers", "3", "-seed", "11", "-truth")
		if out, err := draw.CombinedOutput(); err != nil {
			b.Fatalf("draw pages: %v\n%s", err, out)
		}
	}
	all, err := ocrtest.Drawn(dir)
	if err != nil {
		b.Fatal(err)
	}
	every, err := strconv.Atoi(os.Getenv("SOHOA_BENCH_EVERY"))
	if err != nil {
		every = 1
	}
	count := make(map[string]int)
	for _, page := range all {
		count[page.Path]++
	}
	var pages []ocrtest.Page
	for i, page := range all {
		if count[page.Path] == 1 && i%every == 0 {
			pages = append(pages, page)
		}
	}
	return pages
}

func runOCRmyPDF(b *testing.B, program string, pages []ocrtest.Page) (spent cost, scores []ocrtest.Score) {
	b.Helper()
	dir := b.TempDir()
	for _, page := range pages {
		base := filepath.Join(dir, page.Name)
		args := []string{"-q", "-j", "2", "-l", "vie", "--deskew", "--rotate-pages", "--output-type", "pdfa", "--sidecar", base + ".txt"}
		if filepath.Ext(page.Path) == ".pdf" {
			args = append(args, "--pages", strconv.Itoa(page.Index), "--force-ocr", "--invalidate-digital-signatures")
		} else {
			args = append(args, "--image-dpi", "300")
		}
		cmd := exec.Command(program, append(args, page.Path, base+".pdf")...)
		// 4 and 10: the PDF is made, but is not PDF/A or has a remark.
		c := measure(b, cmd, exitDone, 4, 10)
		spent.cpu, spent.wall = spent.cpu+c.cpu, spent.wall+c.wall
		scores = append(scores, compareFile(b, page, base+".txt"))
	}
	return spent, scores
}

func runOCR(b *testing.B, tools string, pages []ocrtest.Page) (spent cost, scores []ocrtest.Score) {
	b.Helper()
	pdfs, texts := b.TempDir(), b.TempDir()
	var files []string
	for _, page := range pages {
		files = append(files, page.Path)
	}
	spent = measure(b, exec.Command(filepath.Join(tools, "sohoa"), append([]string{"ocr", "--format", "pdf", "-o", pdfs}, files...)...), exitDone)
	measure(b, exec.Command(filepath.Join(tools, "sohoa"), append([]string{"ocr", "--format", "text", "-o", texts}, files...)...), exitDone)
	for _, page := range pages {
		name := strings.TrimSuffix(filepath.Base(page.Path), filepath.Ext(page.Path)) + ".txt"
		scores = append(scores, compareFile(b, page, filepath.Join(texts, name)))
	}
	return spent, scores
}

func compareFile(b *testing.B, page ocrtest.Page, path string) ocrtest.Score {
	b.Helper()
	read, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	return ocrtest.Compare(page.Text, string(read))
}
