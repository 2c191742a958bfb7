package s3

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/storage"
	"sohoa/storage/storagetest/gwtest"
)

// The digest goes along with the object, and the service refuses bytes that do
// not match it: bytes that changed between the source and the bucket.
func TestBytesThatChangedOnTheWayAreRefused(t *testing.T) {
	server := gwtest.Start(t)
	s, err := Open(t.Context(), Config{
		Endpoint: server.Endpoint, Bucket: server.Bucket(t, false), AccessKey: server.AccessKey, SecretKey: server.SecretKey, Spool: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	f, obj, err := s.takeIn(t.Context(), strings.NewReader("the good bytes"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "changed")
	if err := os.WriteFile(path, []byte("the bad bytes!"), 0o600); err != nil {
		t.Fatal(err)
	}
	changed, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = changed.Close() }()
	obj.Key = "a"
	if err := s.send(t.Context(), changed, obj); err == nil || dossier.KindOf(err) != dossier.Stop {
		t.Fatalf("got %v, want a Stop fault", err)
	}
	if _, err := s.Stat(t.Context(), "a"); !errors.Is(err, storage.ErrNotFound) {
		t.Fatalf("the changed bytes were stored: %v", err)
	}
}
