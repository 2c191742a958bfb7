package local_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sohoa/storage"
	"sohoa/storage/local"
	"sohoa/storage/storagetest"
)

func TestConformance(t *testing.T) {
	storagetest.Run(t, openEmpty)
}

func openEmpty(t *testing.T) storage.Store {
	t.Helper()
	return open(t, t.TempDir())
}

func open(t testing.TB, dir string) *local.Store {
	t.Helper()
	s, err := local.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnObjectIsAReadOnlyFileUnderItsKey(t *testing.T) {
	dir := t.TempDir()
	if _, err := open(t, dir).Put(t.Context(), "u/x/raw/abc", strings.NewReader("bytes")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "u", "x", "raw", "abc")
	body, err := os.ReadFile(path)
	if err != nil || string(body) != "bytes" {
		t.Fatalf("file holds %q, %v", body, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o222 != 0 {
		t.Fatalf("mode %v, %v: want no write bit", info.Mode(), err)
	}
}

func TestAKeyIsNeverAFolderOfAnother(t *testing.T) {
	s := open(t, t.TempDir())
	put := func(key string) error {
		_, err := s.Put(t.Context(), key, strings.NewReader("x"))
		return err
	}
	if err := put("a/b"); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "a/b/c", "a/b/c/d"} {
		if err := put(key); !errors.Is(err, storage.ErrKey) {
			t.Errorf("Put(%q) = %v, want ErrKey", key, err)
		}
	}
}

func TestNewNeedsTheParent(t *testing.T) {
	if _, err := local.New(filepath.Join(t.TempDir(), "missing", "objects")); err == nil {
		t.Fatal("a store was made below a folder that does not exist: a mistyped path or an unmounted disk")
	}
}

func TestRemoveStale(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	boot := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, written := range map[string]time.Time{"old": boot.Add(-time.Minute), "new": boot.Add(time.Minute)} {
		path := filepath.Join(dir, ".incoming", name)
		if err := os.WriteFile(path, []byte("half a page"), 0o444); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, written, written); err != nil {
			t.Fatal(err)
		}
	}
	removed, err := s.RemoveStale(boot)
	if err != nil || removed != 1 {
		t.Fatalf("removed %d, %v; want 1", removed, err)
	}
	left, err := os.ReadDir(filepath.Join(dir, ".incoming"))
	if err != nil || len(left) != 1 || left[0].Name() != "new" {
		t.Fatalf("left %v, %v", left, err)
	}
}

func TestListPassesOverWhatIsNoObject(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := s.Put(t.Context(), "a/b", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "a", "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a", ".nfs0001"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for obj, err := range s.List(t.Context(), "") {
		if err != nil || obj.Key != "a/b" {
			t.Fatalf("listed %+v, %v", obj, err)
		}
	}
	if _, err := s.Stat(t.Context(), "a/link"); !errors.Is(err, storage.ErrNotFound) {
		t.Fatalf("Stat of a symbolic link: %v, want ErrNotFound", err)
	}
	if _, _, err := s.Open(t.Context(), "a/link"); !errors.Is(err, storage.ErrNotFound) {
		t.Fatalf("Open of a symbolic link: %v, want ErrNotFound", err)
	}
}
