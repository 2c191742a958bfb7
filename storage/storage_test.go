package storage_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"testing"

	"sohoa/dossier"
	"sohoa/storage"
)

func TestCheckKeyAndPrefix(t *testing.T) {
	for key, ok := range map[string]bool{
		"u/x/raw/abc": true, "archive.json": true, "a.b/c-d_e": true,
		"": false, ".": false, "..": false, "/a": false, "a/": false, "a//b": false, "a/./b": false, "a/../b": false,
		".incoming/x": false, "a/.b": false, "a b": false, "é": false,
	} {
		if err := storage.CheckKey(key); (err == nil) != ok || err != nil && !errors.Is(err, storage.ErrKey) {
			t.Errorf("CheckKey(%q) = %v", key, err)
		}
	}
	for prefix, ok := range map[string]bool{
		"": true, "u": true, "u/": true, "u/x/ra": true, "a.": true,
		"/": false, "//": false, "u//": false, "../": false, ".incoming": false, "u/.": false, "u/ ": false,
	} {
		if err := storage.CheckPrefix(prefix); (err == nil) != ok {
			t.Errorf("CheckPrefix(%q) = %v", prefix, err)
		}
	}
}

// shrunk is a store whose object has fewer bytes than it says: a file cut off
// by a broken disk.
type shrunk struct{}

func (shrunk) Open(context.Context, string) (storage.Reader, storage.Object, error) {
	return nopCloser{bytes.NewReader([]byte("half"))}, storage.Object{Key: "a", Size: 8}, nil
}

func (shrunk) Put(context.Context, string, io.Reader) (storage.Object, error) {
	return storage.Object{}, errors.ErrUnsupported
}

func (shrunk) PutHashed(context.Context, io.Reader, func(dossier.SHA256) string) (storage.Object, bool, error) {
	return storage.Object{}, false, errors.ErrUnsupported
}

func (shrunk) Stat(context.Context, string) (storage.Object, error) {
	return storage.Object{}, errors.ErrUnsupported
}

func (shrunk) List(context.Context, string) iter.Seq2[storage.Object, error] { return nil }

type nopCloser struct{ *bytes.Reader }

func (nopCloser) Close() error { return nil }

func TestDigestNoticesACutOffObject(t *testing.T) {
	if _, err := storage.Digest(t.Context(), shrunk{}, "a"); !errors.Is(err, storage.ErrDamaged) {
		t.Fatalf("got %v, want ErrDamaged", err)
	}
}
