// Package storagetest is the suite that every implementation of
// [storage.Store] has to pass. It is owned by the contract, not by an
// implementation: what it checks is what package storage promises.
package storagetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/storage"
)

// Run checks the store that open makes. Each call of open gives an empty store
// and takes care of its end with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) storage.Store) {
	t.Helper()
	for name, check := range map[string]func(run){
		"PutThenRead":        run.putThenRead,
		"EmptyObject":        run.emptyObject,
		"LargeObject":        run.largeObject,
		"Ranges":             run.ranges,
		"NotFound":           run.notFound,
		"PutIfAbsent":        run.putIfAbsent,
		"ConcurrentPut":      run.concurrentPut,
		"FailingSource":      run.failingSource,
		"CancelledContext":   run.cancelledContext,
		"BadKeys":            run.badKeys,
		"PutHashed":          run.putHashed,
		"PutHashedDamaged":   run.putHashedDamaged,
		"PutHashedBadName":   run.putHashedBadName,
		"ListOrder":          run.listOrder,
		"ListStops":          run.listStops,
		"LocalPath":          run.localPath,
		"ReadersIndependent": run.readersIndependent,
	} {
		t.Run(name, func(t *testing.T) { check(run{t, open(t)}) })
	}
}

// run is one check on one store.
type run struct {
	t *testing.T
	s storage.Store
}

func (c run) putThenRead() {
	t, s := c.t, c.s
	body := []byte("Giấy khai sinh")
	put := mustPut(t, s, "u/x/c/one/v1.pdf", body)
	wantObject(t, put, storage.Object{Key: "u/x/c/one/v1.pdf", Size: int64(len(body)), SHA256: sum(body)})

	r, opened, err := s.Open(t.Context(), put.Key)
	noError(t, err)
	wantObject(t, opened, storage.Object{Key: put.Key, Size: put.Size})
	wantBytes(t, readAll(t, r), body)
	noError(t, r.Close())

	stat, err := s.Stat(t.Context(), put.Key)
	noError(t, err)
	wantObject(t, stat, storage.Object{Key: put.Key, Size: put.Size})

	digest, err := storage.Digest(t.Context(), s, put.Key)
	noError(t, err)
	wantObject(t, digest, put)
}

func (c run) emptyObject() {
	t, s := c.t, c.s
	put := mustPut(t, s, "empty", nil)
	wantObject(t, put, storage.Object{Key: "empty", SHA256: sum(nil)})
	wantBytes(t, mustGet(t, s, "empty"), nil)
}

// largeObject is bigger than one part of a multipart upload and no multiple of
// any buffer.
func (c run) largeObject() {
	t, s := c.t, c.s
	body := noise(6<<20 + 12345)
	put := mustPut(t, s, "large", body)
	if put.SHA256 != sum(body) || put.Size != int64(len(body)) {
		t.Fatalf("put gave size %d digest %s", put.Size, put.SHA256)
	}
	wantBytes(t, mustGet(t, s, "large"), body)
}

func (c run) ranges() {
	t, s := c.t, c.s
	body := noise(300 << 10)
	mustPut(t, s, "ranges", body)
	r, _, err := s.Open(t.Context(), "ranges")
	noError(t, err)
	defer func() { noError(t, r.Close()) }()

	part := make([]byte, 1000)
	n, err := r.ReadAt(part, 200_000)
	noError(t, err)
	wantBytes(t, part[:n], body[200_000:201_000])

	n, err = r.ReadAt(part, int64(len(body))-10)
	if n != 10 || !errors.Is(err, io.EOF) {
		t.Fatalf("ReadAt over the end: n=%d err=%v, want 10, EOF", n, err)
	}
	wantBytes(t, part[:n], body[len(body)-10:])
	if n, err = r.ReadAt(part, int64(len(body))+5); n != 0 || !errors.Is(err, io.EOF) {
		t.Fatalf("ReadAt after the end: n=%d err=%v, want 0, EOF", n, err)
	}

	at, err := r.Seek(-500, io.SeekEnd)
	noError(t, err)
	if at != int64(len(body))-500 {
		t.Fatalf("Seek gave %d", at)
	}
	wantBytes(t, readAll(t, r), body[len(body)-500:])
	_, err = r.Seek(0, io.SeekStart)
	noError(t, err)
	wantBytes(t, readAll(t, r), body)
}

func (c run) notFound() {
	t, s := c.t, c.s
	mustPut(t, s, "folder/there", []byte("x"))
	for _, key := range []string{"missing", "folder", "folder/missing", "folder/there/below"} {
		_, err := s.Stat(t.Context(), key)
		wantError(t, err, storage.ErrNotFound)
		_, _, err = s.Open(t.Context(), key)
		wantError(t, err, storage.ErrNotFound)
		_, err = storage.Digest(t.Context(), s, key)
		wantError(t, err, storage.ErrNotFound)
	}
}

func (c run) putIfAbsent() {
	t, s := c.t, c.s
	first := mustPut(t, s, "key", []byte("first"))
	again, err := s.Put(t.Context(), "key", strings.NewReader("second, and longer"))
	wantError(t, err, storage.ErrExists)
	wantObject(t, again, first)
	wantBytes(t, mustGet(t, s, "key"), []byte("first"))
}

// concurrentPut lets many writers start at once on one key, each with its own
// bytes. The readers that feed them meet at a gate, so that every writer is in
// the middle of Put when the first one finishes.
func (c run) concurrentPut() {
	t, s := c.t, c.s
	const writers = 8
	type result struct {
		obj storage.Object
		err error
	}
	gate := newGate(writers)
	results := make(chan result, writers)
	bodies := map[dossier.SHA256][]byte{}
	for range writers {
		body := noise(40 << 10)
		bodies[sum(body)] = body
		go func() {
			obj, err := s.Put(t.Context(), "contended", io.MultiReader(gate.reader(), bytes.NewReader(body)))
			results <- result{obj, err}
		}()
	}
	won := 0
	seen := map[dossier.SHA256]int{}
	for range writers {
		r := <-results
		seen[r.obj.SHA256]++
		switch {
		case r.err == nil:
			won++
		case !errors.Is(r.err, storage.ErrExists):
			t.Errorf("a loser got %v, want ErrExists", r.err)
		}
	}
	stored := mustGet(t, s, "contended")
	if won != 1 || len(seen) != 1 || seen[sum(stored)] != writers {
		t.Fatalf("%d winners, %d different objects returned, want 1 and 1: the one stored", won, len(seen))
	}
	if !bytes.Equal(bodies[sum(stored)], stored) {
		t.Fatal("the stored bytes are no writer's bytes")
	}
}

func (c run) failingSource() {
	t, s := c.t, c.s
	broken := errors.New("the scanner went away")
	source := func() io.Reader {
		return io.MultiReader(bytes.NewReader(noise(300<<10)), failingReader{broken})
	}
	_, err := s.Put(t.Context(), "half", source())
	wantError(t, err, broken)
	_, _, err = s.PutHashed(t.Context(), source(), func(dossier.SHA256) string { return "half" })
	wantError(t, err, broken)
	wantEmpty(t, s)
	mustPut(t, s, "half", []byte("whole"))
}

func (c run) cancelledContext() {
	t, s := c.t, c.s
	ctx, cancel := context.WithCancel(t.Context())
	body := io.MultiReader(bytes.NewReader(noise(300<<10)), callingReader{cancel}, bytes.NewReader(noise(1000)))
	_, err := s.Put(ctx, "cancelled", body)
	wantError(t, err, context.Canceled)
	_, err = s.Stat(ctx, "cancelled")
	wantError(t, err, context.Canceled)
	wantEmpty(t, s)
}

func (c run) badKeys() {
	t, s := c.t, c.s
	for _, key := range []string{"", "/abs", "a/../b", "../up", "a//b", "a/", ".", "..", ".hidden", "a/.hidden", "tên", "a b", `a\b`, "a\x00b", strings.Repeat("k", 513)} {
		_, err := s.Put(t.Context(), key, strings.NewReader("x"))
		wantError(t, err, storage.ErrKey)
		_, err = s.Stat(t.Context(), key)
		wantError(t, err, storage.ErrKey)
		_, _, err = s.Open(t.Context(), key)
		wantError(t, err, storage.ErrKey)
	}
	for _, prefix := range []string{"/", "../", "a//", "a/../", ".incoming/", "t n"} {
		_, err := collect(t, s, prefix)
		wantError(t, err, storage.ErrKey)
	}
	wantEmpty(t, s)
}

func (c run) putHashed() {
	t, s := c.t, c.s
	body := noise(50 << 10)
	name := func(d dossier.SHA256) string { return dossier.RawKey("x", d) }
	first, existed, err := s.PutHashed(t.Context(), bytes.NewReader(body), name)
	noError(t, err)
	want := storage.Object{Key: dossier.RawKey("x", sum(body)), Size: int64(len(body)), SHA256: sum(body)}
	wantObject(t, first, want)
	if existed {
		t.Fatal("a new object is said to have existed")
	}
	again, existed, err := s.PutHashed(t.Context(), bytes.NewReader(body), name)
	noError(t, err)
	wantObject(t, again, want)
	if !existed {
		t.Fatal("a known object is said to be new")
	}
	wantBytes(t, mustGet(t, s, want.Key), body)
}

// putHashedDamaged meets an object that no longer is what its name says. To
// answer "known" would let the caller throw away the only good copy.
func (c run) putHashedDamaged() {
	t, s := c.t, c.s
	good := []byte("the good bytes")
	key := dossier.RawKey("x", sum(good))
	mustPut(t, s, key, []byte("the bad byte!!"))
	_, _, err := s.PutHashed(t.Context(), bytes.NewReader(good), func(d dossier.SHA256) string { return dossier.RawKey("x", d) })
	wantError(t, err, storage.ErrDamaged)
	if dossier.KindOf(err) != dossier.Stop {
		t.Fatalf("damage is fault kind %v, want Stop", dossier.KindOf(err))
	}
}

func (c run) putHashedBadName() {
	t, s := c.t, c.s
	_, _, err := s.PutHashed(t.Context(), strings.NewReader("x"), func(dossier.SHA256) string { return "../up" })
	wantError(t, err, storage.ErrKey)
	wantEmpty(t, s)
}

// listOrder uses names on which the order of folders and the order of keys
// differ: "-" and "." come before "/", "0" after it.
func (c run) listOrder() {
	t, s := c.t, c.s
	all := []string{"a-b", "a.b/c", "a/b", "a/b-c/d", "a/b.c", "a0", "b/c/d/e", "b/cc"}
	for i := range all {
		mustPut(t, s, all[(i*3+5)%len(all)], []byte("x")) // 3 and 8 share no factor: every key once, out of order
	}
	for prefix, want := range map[string][]string{
		"":        all,
		"a":       all[:6],
		"a/":      all[2:5],
		"a/b":     all[2:5],
		"a/b-":    {"a/b-c/d"},
		"a/b-c/d": {"a/b-c/d"},
		"b/c":     {"b/c/d/e", "b/cc"},
		"b/c/":    {"b/c/d/e"},
		"c":       nil,
		"a/b/c":   nil,
	} {
		got, err := collect(t, s, prefix)
		noError(t, err)
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("List(%q) = %v, want %v", prefix, got, want)
		}
	}
}

func (c run) listStops() {
	t, s := c.t, c.s
	for _, key := range []string{"a/1", "a/2", "b/1"} {
		mustPut(t, s, key, []byte("x"))
	}
	seen := 0
	for obj, err := range s.List(t.Context(), "") {
		noError(t, err)
		wantObject(t, obj, storage.Object{Key: "a/1", Size: 1})
		seen++
		break
	}
	if seen != 1 {
		t.Fatalf("saw %d objects, want to stop at 1", seen)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range s.List(ctx, "") {
		wantError(t, err, context.Canceled)
	}
}

func (c run) localPath() {
	t, s := c.t, c.s
	files, ok := s.(storage.Files)
	if !ok {
		t.Fatal("the store cannot give files to page workers")
	}
	body := noise(10 << 10)
	mustPut(t, s, "u/x/raw/file", body)
	path, release, err := files.LocalPath(t.Context(), "u/x/raw/file")
	noError(t, err)
	wantBytes(t, readFile(t, path), body)
	release()
	_, _, err = files.LocalPath(t.Context(), "u/x/raw/missing")
	wantError(t, err, storage.ErrNotFound)
	wantBytes(t, mustGet(t, s, "u/x/raw/file"), body)
}

func (c run) readersIndependent() {
	t, s := c.t, c.s
	body := noise(64 << 10)
	mustPut(t, s, "shared", body)
	one, _, err := s.Open(t.Context(), "shared")
	noError(t, err)
	two, _, err := s.Open(t.Context(), "shared")
	noError(t, err)
	half := make([]byte, len(body)/2)
	_, err = io.ReadFull(one, half)
	noError(t, err)
	wantBytes(t, readAll(t, two), body)
	noError(t, two.Close())
	wantBytes(t, readAll(t, one), body[len(half):])
	noError(t, one.Close())
}

func sum(b []byte) dossier.SHA256 { return dossier.SumString(sha256.Sum256(b)) }

// noise is bytes that no compression or chance makes equal to others.
func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}
