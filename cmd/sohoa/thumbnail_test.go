package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sohoa/web/browsertest"
)

// BenchmarkThumbnail writes scans into the inbox of a running serve with the
// settings of an office and sees, in a real browser, when the picture of each
// is on the page: from the last byte written to the first pixel painted. Of
// that a file must rest one second ([watch.Config.Settle]), which is the
// yardstick. Once while nothing else goes on, once while both workers read.
func BenchmarkThumbnail(b *testing.B) {
	tools := buildTools(b)
	dir := b.TempDir()
	draw := exec.Command(filepath.Join(tools, "generate"), "-out", dir, "-dossiers", "2", "-seed", "23")
	if out, err := draw.CombinedOutput(); err != nil {
		b.Fatalf("draw scans: %v\n%s", err, out)
	}
	scans, err := filepath.Glob(filepath.Join(dir, "*.jpg"))
	if err != nil || len(scans) < 6 {
		b.Fatalf("drew %d scans, %v", len(scans), err)
	}
	for _, now := range []string{"idle", "reading"} {
		b.Run(now, func(b *testing.B) {
			office := serveForPages(b, tools, "SOHOA_BATCH_IDLE=10m")
			if now == "reading" {
				// The same scans many times, each with other bytes at its end, keep the
				// workers busy from behind the counter.
				busy := exec.Command(filepath.Join(tools, "sohoa"), "process", "--data", office.data, manyTimes(b, scans, 200))
				if err := busy.Start(); err != nil {
					b.Fatal(err)
				}
				b.Cleanup(func() {
					_ = busy.Process.Kill()
					_ = busy.Wait()
				})
			}
			office.measureThumbnails(b, scans)
		})
	}
}

// measureThumbnails drops one scan after the other, with another name each
// time, and waits for its picture.
func (o office) measureThumbnails(b *testing.B, scans []string) {
	b.Helper()
	page := browsertest.Start(b)
	page.Open(o.url + "/intake")
	page.Until(`document.readyState === "complete"`)
	var took []time.Duration
	for b.Loop() {
		n := len(took)
		body, err := os.ReadFile(scans[n%len(scans)])
		if err != nil {
			b.Fatal(err)
		}
		name := fmt.Sprintf("%04d.jpg", n)
		body = append(body, name...) // behind the end of the picture: other bytes, so no duplicate
		if err := os.WriteFile(filepath.Join(o.inbox, name), body, 0o640); err != nil {
			b.Fatal(err)
		}
		begun := time.Now()
		page.Until(fmt.Sprintf(`[...document.querySelectorAll(".strip .thumb")].some(t =>
			t.textContent.includes(%q) && t.querySelector("img") && t.querySelector("img").naturalWidth > 0)`, name))
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	const settle = time.Second
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(took[len(took)/2].Seconds()*1000, "p50-ms")
	b.ReportMetric(took[len(took)*95/100].Seconds()*1000, "p95-ms")
	b.ReportMetric(took[len(took)/2].Seconds()/settle.Seconds(), "x-settle")
}

// manyTimes writes n scans into a folder.
func manyTimes(b *testing.B, scans []string, n int) string {
	b.Helper()
	dir := b.TempDir()
	for i := range n {
		body, err := os.ReadFile(scans[i%len(scans)])
		if err != nil {
			b.Fatal(err)
		}
		name := fmt.Sprintf("back-%04d.jpg", i)
		if err := os.WriteFile(filepath.Join(dir, name), append(body, name...), 0o640); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}
