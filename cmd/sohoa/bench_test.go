package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/otiai10/gosseract/v2"
)

// bareVariable, when set, makes the test binary the yardstick instead: bare
// libtesseract over a folder of pages.
const bareVariable = "SOHOA_BENCH_BARE"

// readBare reads every page of a folder with one client and nothing else: no
// deskew, no turning, no archive. PSM 3, the same model, one thread.
func readBare(dir string) error {
	client := gosseract.NewClient()
	defer func() { _ = client.Close() }()
	if err := client.SetLanguage("vie"); err != nil {
		return err
	}
	pages, err := walk(dir, "")
	if err != nil {
		return err
	}
	for _, page := range pages {
		if err := client.SetImage(page.path); err != nil {
			return err
		}
		if err := client.SetPageSegMode(gosseract.PSM_AUTO); err != nil {
			return err
		}
		if _, err := client.Text(); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkProcess is the main job from files to published dossiers, beside
// bare libtesseract on the same pages in the same run: CPU-seconds a page,
// pages a minute, peak memory of the biggest process. The pages are those of
// the collection of made-up dossiers where it is there (SOHOA_CORPUS), else
// drawn by the generator.
func BenchmarkProcess(b *testing.B) {
	tools := buildTools(b)
	pages := benchPages(b, tools)
	count, err := walk(pages, "")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		data := filepath.Join(b.TempDir(), "archive")
		process := exec.Command(filepath.Join(tools, "sohoa"), "process", "--data", data, pages)
		ours := measure(b, process, exitDone, exitParked)
		self, err := os.Executable()
		if err != nil {
			b.Fatal(err)
		}
		bare := exec.Command(self)
		bare.Env = append(os.Environ(), bareVariable+"="+pages, "OMP_THREAD_LIMIT=1")
		theirs := measure(b, bare, exitDone)
		n := float64(len(count))
		b.ReportMetric(ours.cpu.Seconds()/n, "cpu-s/page")
		b.ReportMetric(theirs.cpu.Seconds()/n, "bare-cpu-s/page")
		b.ReportMetric(ours.cpu.Seconds()/theirs.cpu.Seconds(), "x-bare")
		b.ReportMetric(n/ours.wall.Minutes(), "pages/min")
		b.ReportMetric(float64(ours.peakKB)/1024, "peak-MiB")
	}
}

func benchPages(b *testing.B, tools string) string {
	b.Helper()
	if corpus := os.Getenv("SOHOA_CORPUS"); corpus != "" {
		return filepath.Join(corpus, "dossier-pages", "pages")
	}
	dir := filepath.Join(b.TempDir(), "scans")
	draw := exec.Command(filepath.Join(tools, "generate"), "-out", dir, "-dossiers", "2", "-seed", "7")
	if out, err := draw.CombinedOutput(); err != nil {
		b.Fatalf("draw pages: %v\n%s", err, out)
	}
	// Bare libtesseract opens no PDF.
	for _, name := range []string{"*.pdf", "*.tif"} {
		paths, err := filepath.Glob(filepath.Join(dir, name))
		if err != nil {
			b.Fatal(err)
		}
		for _, path := range paths {
			if err := os.Remove(path); err != nil {
				b.Fatal(err)
			}
		}
	}
	return dir
}

// cost of a finished process and all it waited for.
type cost struct {
	cpu, wall time.Duration
	peakKB    int64
}

func measure(b *testing.B, cmd *exec.Cmd, allowed ...int) cost {
	b.Helper()
	var said strings.Builder
	cmd.Stderr = &said
	begun := time.Now()
	_ = cmd.Run() // judged by its exit code
	wall := time.Since(begun)
	code := cmd.ProcessState.ExitCode()
	for _, a := range allowed {
		if code == a {
			usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
			return cost{cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), wall: wall, peakKB: usage.Maxrss}
		}
	}
	b.Fatalf("%s: exit code %d\n%s", cmd, code, said.String())
	return cost{}
}
