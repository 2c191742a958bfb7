package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	if err := run(context.Background(), []string{"-out", dir, "-kind", "receipt_slip", "-dossiers", "1", "-truth", "-clean", "-dpi", "120"}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"001_receipt_slip.jpg", "truth/001_receipt_slip.json", "truth/001_receipt_slip.txt"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestRunBroken(t *testing.T) {
	dir := t.TempDir()
	if err := run(context.Background(), []string{"-out", dir, "-broken"}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "zero.jpg")); err != nil {
		t.Error(err)
	}
}

func TestRunRefuses(t *testing.T) {
	for _, args := range [][]string{{}, {"-out"}, {"-out", t.TempDir(), "more"}, {"-out", t.TempDir(), "-kind", "passport"}, {"-out", t.TempDir(), "-dossiers", "-1"}} {
		if err := run(context.Background(), args); err == nil {
			t.Errorf("run(%q) gives no error", args)
		}
	}
}
