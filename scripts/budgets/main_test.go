package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	root := t.TempDir()
	write(t, root, "a.go", "package a\n\nfunc short() {\n}\n\nfunc long(a, b, c, d, e, f int) {\n"+strings.Repeat("\t_ = a\n", 75)+"}\n")
	write(t, root, "a_test.go", "package a\n\nfunc helper() {\n"+strings.Repeat("\t_ = 1\n", 200)+"}\n")
	write(t, root, ".tools/b.go", "not Go")
	var out bytes.Buffer
	if err := run(root, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"77  a.go long", "6  a.go long", "82 of code, 204 of tests, 2.49 to 1"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "helper") || strings.Contains(out.String(), "short") {
		t.Errorf("names a test or a short function:\n%s", out.String())
	}
}

func TestBrokenFileIsAnError(t *testing.T) {
	root := t.TempDir()
	write(t, root, "a.go", "not Go")
	if err := run(root, &bytes.Buffer{}); err == nil {
		t.Error("no error")
	}
}

func write(t *testing.T, root, name, content string) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
