package local

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sohoa/dossier"
	"sohoa/storage"
)

// recorder is a disk that notes every step and can fail one of them. It keeps,
// beside the real file system, a model of what a power cut would leave: bytes
// survive once their file was synced, a name once its folder was.
type recorder struct {
	osDisk
	root   string
	failAt int // the step to fail, counted from 1; 0 for none
	err    error
	steps  []string

	synced  map[string]bool   // files whose bytes are durable, by path
	linked  map[string]string // names given, by path; the file they were given to
	durable map[string]bool   // names and folders whose entry is durable
	pending []string          // entries made, not durable yet
}

func newRecorder(root string) *recorder {
	return &recorder{root: root, synced: map[string]bool{}, linked: map[string]string{}, durable: map[string]bool{}}
}

func (d *recorder) step(what, path string) error {
	rel, err := filepath.Rel(d.root, path)
	if err != nil {
		return err
	}
	if strings.HasPrefix(rel, incoming+"/") {
		rel = "incoming"
	}
	d.steps = append(d.steps, what+" "+rel)
	if len(d.steps) == d.failAt {
		return d.err
	}
	return nil
}

func (d *recorder) write(f *os.File, p []byte) (int, error) {
	if err := d.step("write", f.Name()); err != nil {
		n, _ := d.osDisk.write(f, p[:len(p)/2]) // a full disk takes what still fits
		return n, err
	}
	return d.osDisk.write(f, p)
}

func (d *recorder) sync(f *os.File) error {
	if err := d.step("sync", f.Name()); err != nil {
		return err
	}
	d.synced[f.Name()] = true
	rest := d.pending[:0]
	for _, entry := range d.pending {
		if filepath.Dir(entry) == f.Name() {
			d.durable[entry] = true
		} else {
			rest = append(rest, entry)
		}
	}
	d.pending = rest
	return d.osDisk.sync(f)
}

func (d *recorder) mkdir(path string) error {
	if err := d.step("mkdir", path); err != nil {
		return err
	}
	err := d.osDisk.mkdir(path)
	if err == nil {
		d.pending = append(d.pending, path)
	}
	return err
}

func (d *recorder) link(from, to string) error {
	if err := d.step("link", to); err != nil {
		return err
	}
	if !d.synced[from] {
		return fmt.Errorf("link of %s before its bytes were synced", to)
	}
	d.pending = append(d.pending, to)
	return d.osDisk.link(from, to)
}

// survives tells whether a name below the root outlives a power cut now.
func (d *recorder) survives(path string) bool {
	for ; path != d.root; path = filepath.Dir(path) {
		if !d.durable[path] {
			return false
		}
	}
	return true
}

func withRecorder(t *testing.T) (*Store, *recorder) {
	t.Helper()
	s, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	rec := newRecorder(s.root)
	s.disk = rec
	return s, rec
}

func TestBytesAndFoldersAreSyncedBeforePutReturns(t *testing.T) {
	s, rec := withRecorder(t)
	if _, err := s.Put(t.Context(), "u/x/raw/one", strings.NewReader("one")); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"write incoming", "sync incoming",
		"mkdir u", "sync .", "mkdir u/x", "sync u", "mkdir u/x/raw", "sync u/x",
		"link u/x/raw/one", "sync u/x/raw",
	}
	if got := strings.Join(rec.steps, ", "); got != strings.Join(want, ", ") {
		t.Errorf("first object:\n got %s\nwant %s", got, strings.Join(want, ", "))
	}
	if !rec.survives(s.path("u/x/raw/one")) {
		t.Error("the name would not survive a power cut")
	}

	rec.steps = nil
	if _, err := s.Put(t.Context(), "u/x/raw/two", strings.NewReader("two")); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rec.steps, ", "); got != "write incoming, sync incoming, link u/x/raw/two, sync u/x/raw" {
		t.Errorf("second object in a known folder: %s", got)
	}
}

// A name that somebody else gave, and perhaps never synced, is synced before
// the caller hears that the object exists.
func TestATakenNameIsMadeDurable(t *testing.T) {
	s, rec := withRecorder(t)
	if err := os.MkdirAll(filepath.Dir(s.path("u/x/raw/one")), dirMode); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.path("u/x/raw/one"), []byte("one"), fileMode); err != nil {
		t.Fatal(err)
	}
	_, err := s.Put(t.Context(), "u/x/raw/one", strings.NewReader("one"))
	if !errors.Is(err, storage.ErrExists) {
		t.Fatal(err)
	}
	synced := strings.Join(rec.steps, ", ")
	for _, folder := range []string{"sync .", "sync u", "sync u/x", "sync u/x/raw"} {
		if !strings.Contains(synced+", ", folder+", ") {
			t.Errorf("missing %q in %s", folder, synced)
		}
	}
}

// Every step is made to fail once, each with the error of a full disk and of a
// broken one. Afterwards the object is whole or absent, nothing half-written is
// left, and a store opened anew can go on.
func TestAFailedStepLeavesTheObjectWholeOrAbsent(t *testing.T) {
	body := bytes.Repeat([]byte("page "), 60_000) // three writes
	s, rec := withRecorder(t)
	if _, err := s.Put(t.Context(), "u/x/c/one/v1.pdf", bytes.NewReader(body)); err != nil {
		t.Fatal(err)
	}
	steps := rec.steps
	for i, step := range steps {
		for reason, cause := range map[dossier.Reason]error{dossier.ReasonDiskFull: syscall.ENOSPC, dossier.ReasonStoreFailed: syscall.EIO} {
			t.Run(fmt.Sprintf("%d %s %s", i+1, strings.ReplaceAll(step, "/", "_"), reason), func(t *testing.T) {
				s, rec := withRecorder(t)
				rec.failAt, rec.err = i+1, cause
				_, err := s.Put(t.Context(), "u/x/c/one/v1.pdf", bytes.NewReader(body))
				if !errors.Is(err, cause) || dossier.KindOf(err) != dossier.Stop || dossier.ReasonOf(err) != reason {
					t.Fatalf("got %v, want a Stop fault with reason %s", err, reason)
				}
				if strings.Contains(err.Error(), s.root) {
					t.Errorf("the error names the folder: %v", err)
				}
				wantWholeOrAbsent(t, s, "u/x/c/one/v1.pdf", body)
				goesOn(t, s.root, "u/x/c/one/v1.pdf", body)
			})
		}
	}
}

func wantWholeOrAbsent(t *testing.T, s *Store, key string, body []byte) {
	t.Helper()
	got, err := os.ReadFile(s.path(key))
	if !errors.Is(err, os.ErrNotExist) && !bytes.Equal(got, body) {
		t.Errorf("%d bytes stand under the name, %v", len(got), err)
	}
	left, err := os.ReadDir(filepath.Join(s.root, incoming))
	if err != nil || len(left) != 0 {
		t.Errorf("left in .incoming: %v, %v", left, err)
	}
}

func goesOn(t *testing.T, root, key string, body []byte) {
	t.Helper()
	s, err := New(root)
	if err != nil {
		t.Fatal(err)
	}
	obj, err := s.Put(t.Context(), key, bytes.NewReader(body))
	if err != nil && !errors.Is(err, storage.ErrExists) {
		t.Fatalf("again: %v", err)
	}
	if obj.SHA256 != dossier.SumString(sha256.Sum256(body)) {
		t.Fatalf("again: digest %s", obj.SHA256)
	}
}

func TestNoMoreObjectsAfterAFolderCouldNotBeSynced(t *testing.T) {
	s, rec := withRecorder(t)
	rec.failAt, rec.err = 10, syscall.EIO // sync u/x/raw, after the link
	if _, err := s.Put(t.Context(), "u/x/raw/one", strings.NewReader("one")); !errors.Is(err, syscall.EIO) {
		t.Fatal(err)
	}
	for _, key := range []string{"u/x/raw/one", "u/x/raw/two"} {
		if _, err := s.Put(t.Context(), key, strings.NewReader("one")); !errors.Is(err, syscall.EIO) {
			t.Errorf("Put(%s) after a failed sync: %v, want the store to refuse", key, err)
		}
	}
}

func TestAShortWriteIsAnError(t *testing.T) {
	s, _ := withRecorder(t)
	s.disk = shortDisk{}
	if _, err := s.Put(t.Context(), "a", strings.NewReader("some bytes")); dossier.KindOf(err) != dossier.Stop {
		t.Fatalf("got %v", err)
	}
	wantWholeOrAbsent(t, s, "a", nil)
}

// shortDisk claims success for half of what it was given.
type shortDisk struct{ osDisk }

func (d shortDisk) write(f *os.File, p []byte) (int, error) { return d.osDisk.write(f, p[:len(p)/2]) }

func TestTheMemoryOfFoldersIsBounded(t *testing.T) {
	s, _ := withRecorder(t)
	s.disk = osDisk{}
	for i := range maxDurable {
		s.durable[fmt.Sprint(i)] = struct{}{}
	}
	if _, err := s.Put(t.Context(), "u/x/raw/one", strings.NewReader("one")); err != nil {
		t.Fatal(err)
	}
	if len(s.durable) > maxDurable {
		t.Fatalf("%d folders remembered", len(s.durable))
	}
}
