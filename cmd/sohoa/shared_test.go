package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// runTests runs the tests, with a folder for what they share.
func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "sohoa-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitOther
	}
	defer os.RemoveAll(dir)
	runFolder = dir
	return m.Run()
}

// runFolder is where this run of the test binary keeps what its tests share;
// TestMain makes and removes it.
var runFolder string

// buildTools compiles sohoa and the generator, once in a run: to link them takes
// a processor ten seconds.
func buildTools(t testing.TB) string {
	t.Helper()
	dir, err := builtTools()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var builtTools = sync.OnceValues(func() (dir string, err error) {
	dir = filepath.Join(runFolder, "tools")
	for name, pkg := range map[string]string{"sohoa": ".", "generate": "../../testdata/generate"} {
		build := exec.Command("go", "build", "-tags", "sqlite_fts5", "-o", filepath.Join(dir, name), pkg)
		if out, err := build.CombinedOutput(); err != nil {
			return "", fmt.Errorf("build %s: %w\n%s", name, err, out)
		}
	}
	return dir, nil
})

// drawSamples draws one dossier of loose images, one multi-page TIFF and one
// PDF, with the truth about each, and the broken files; once in a run. They are
// only read.
func drawSamples(t *testing.T) string {
	t.Helper()
	dir, err := drawnSamples()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var drawnSamples = sync.OnceValues(func() (dir string, err error) {
	tools, err := builtTools()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(runFolder, "samples")
	for _, args := range [][]string{
		{"-out", filepath.Join(dir, "scans"), "-dossiers", "1", "-seed", "5", "-truth"},
		{"-out", filepath.Join(dir, "broken"), "-broken"},
	} {
		draw := exec.Command(filepath.Join(tools, "generate"), args...)
		if out, err := draw.CombinedOutput(); err != nil {
			return "", fmt.Errorf("draw samples: %w\n%s", err, out)
		}
	}
	// A folder of scans holds scans only.
	return dir, os.Rename(filepath.Join(dir, "scans", "truth"), filepath.Join(dir, "truth"))
})

// workOnSamples has the program work on all scans of the samples, once in a run:
// the archive is in the folder, and what the program said of it in out.json.
func workOnSamples(t *testing.T) string {
	t.Helper()
	dir, err := workedSamples()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var workedSamples = sync.OnceValues(func() (dir string, err error) {
	samples, err := drawnSamples()
	if err != nil {
		return "", err
	}
	tools, err := builtTools()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(runFolder, "worked")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	work := exec.Command(filepath.Join(tools, "sohoa"), "process", "--data", filepath.Join(dir, "a"), "--json", filepath.Join(samples, "scans"))
	said, err := work.Output() // exit code 0 is what process.txt wants, too
	if err != nil {
		return "", fmt.Errorf("work on the samples: %w\n%s", err, said)
	}
	return dir, os.WriteFile(filepath.Join(dir, "out.json"), said, 0o600)
})
