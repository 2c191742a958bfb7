package storagetest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
	"testing"

	"sohoa/storage"
)

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

func wantObject(t *testing.T, got, want storage.Object) {
	t.Helper()
	if got != want {
		t.Fatalf("object %+v, want %+v", got, want)
	}
}

func wantBytes(t *testing.T, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Fatalf("got %d bytes that differ from the %d wanted", len(got), len(want))
	}
}

func wantEmpty(t *testing.T, s storage.Store) {
	t.Helper()
	keys, err := collect(t, s, "")
	noError(t, err)
	if len(keys) != 0 {
		t.Fatalf("left behind: %v", keys)
	}
}

func mustPut(t *testing.T, s storage.Store, key string, body []byte) storage.Object {
	t.Helper()
	obj, err := s.Put(t.Context(), key, bytes.NewReader(body))
	noError(t, err)
	return obj
}

func mustGet(t *testing.T, s storage.Store, key string) []byte {
	t.Helper()
	r, _, err := s.Open(t.Context(), key)
	noError(t, err)
	defer func() { noError(t, r.Close()) }()
	return readAll(t, r)
}

func collect(t *testing.T, s storage.Store, prefix string) ([]string, error) {
	t.Helper()
	var keys []string
	for obj, err := range s.List(t.Context(), prefix) {
		if err != nil {
			return keys, err
		}
		keys = append(keys, obj.Key)
	}
	return keys, nil
}

func readAll(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	noError(t, err)
	return b
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	noError(t, err)
	return b
}

// failingReader fails at its first read.
type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

// callingReader is empty and calls something when it is read.
type callingReader struct{ call func() }

func (c callingReader) Read([]byte) (int, error) {
	c.call()
	return 0, io.EOF
}

// gate holds readers back until a number of them have been read.
type gate struct{ wait sync.WaitGroup }

func newGate(n int) *gate {
	g := &gate{}
	g.wait.Add(n)
	return g
}

func (g *gate) reader() io.Reader {
	return callingReader{func() { g.wait.Done(); g.wait.Wait() }}
}
