package local_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The size of one scanned page.
const pageSize = 300 << 10

// BenchmarkPut is to be read beside BenchmarkYardstick, in the same run on the
// same disk: what the guarantees cost over the least that is durable at all.
func BenchmarkPut(b *testing.B) {
	s := open(b, b.TempDir())
	page := bytes.Repeat([]byte("x"), pageSize)
	b.SetBytes(pageSize)
	for i := 0; b.Loop(); i++ {
		if _, err := s.Put(b.Context(), fmt.Sprintf("u/x/raw/%d", i), bytes.NewReader(page)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "objects/s")
}

// BenchmarkYardstick writes, syncs, renames and syncs the folder with plain
// calls, without digest or any check.
func BenchmarkYardstick(b *testing.B) {
	dir := b.TempDir()
	page := bytes.Repeat([]byte("x"), pageSize)
	b.SetBytes(pageSize)
	for i := 0; b.Loop(); i++ {
		if err := plainPut(dir, fmt.Sprint(i), page); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "objects/s")
}

func plainPut(dir, name string, page []byte) error {
	f, err := os.Create(filepath.Join(dir, "tmp"))
	if err != nil {
		return err
	}
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }()
	for _, step := range []func() error{
		func() error { _, err := f.Write(page); return err },
		f.Sync,
		f.Close,
		func() error { return os.Rename(f.Name(), filepath.Join(dir, name)) },
		folder.Sync,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
