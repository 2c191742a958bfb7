package pdfa

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"
	"time"

	"sohoa/dossier"
)

// fullPage is a page as it comes all day: A4 at 300 dpi, 427 words. The picture
// is noise, as large as a JPEG of a real scan.
func fullPage(t testing.TB) Page {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 1240, 877))
	noise := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = uint8(noise.UintN(256))
	}
	p := Page{Image: grayJPEG(t, img), Reading: dossier.Reading{Width: 2480, Height: 3508, DPI: 300, ToInput: dossier.Matrix{0.5, 0, 0, 0.25, 0, 0}}}
	syllables := []string{"Ủy", "ban", "nhân", "dân", "xã", "giấy", "chứng", "nhận", "quyền", "sử", "dụng", "đất"}
	for i := range 427 {
		text := syllables[noise.IntN(len(syllables))]
		p.Reading.Words = append(p.Reading.Words, dossier.Word{
			Text: text, X: 200 + i%12*170, Y: 300 + i/12*80 + noise.IntN(6), W: 30 * len([]rune(text)), H: 40 + noise.IntN(12),
			Line: 1 + i/12, Block: 1 + i/120,
		})
	}
	return p
}

// TestMemoryStaysFlat: 400 MB of images pass through buffers of some kilobytes.
// It counts all that is ever allocated, which no garbage collection can hide,
// so it must run alone (no t.Parallel).
func TestMemoryStaysFlat(t *testing.T) {
	const pages, size, limit = 100, 4 << 20, 8 << 20
	page := fullPage(t)
	page.Image.Size = size
	page.Image.Open = func() (io.ReadCloser, error) { return io.NopCloser(io.LimitReader(zeros{}, size)), nil }
	all := make([]Page, pages)
	for i := range all {
		all[i] = page
	}
	before := allocated()
	done, err := Write(t.Context(), io.Discard, testMeta(), all)
	if err != nil {
		t.Fatal(err)
	}
	if grown := allocated() - before; grown > limit {
		t.Errorf("%d bytes allocated for a file of %d, want at most %d", grown, done.Size, limit)
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// hundred is a file of a hundred full pages.
func hundred(b *testing.B) []Page {
	b.Helper()
	page := fullPage(b)
	all := make([]Page, 100)
	for i := range all {
		all[i] = page
	}
	return all
}

// BenchmarkWrite writes a hundred pages to a file. The yardstick of the same
// run copies the same images to the same file, without and with a SHA-256 of
// them; "x-copy" is how many times longer Write takes.
func BenchmarkWrite(b *testing.B) {
	pages := hundred(b)
	f, err := os.Create(b.TempDir() + "/x.pdf")
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var spent, copied, hashed time.Duration
	var done Written
	b.ReportAllocs()
	for b.Loop() {
		spent += timed(b, f, func() (err error) { done, err = Write(b.Context(), f, testMeta(), pages); return err })
		b.StopTimer()
		copied += timed(b, f, func() error { return copyAll(f, pages) })
		hashed += timed(b, f, func() error { return copyAll(io.MultiWriter(f, sha256.New()), pages) })
		b.StartTimer()
	}
	b.SetBytes(done.Size)
	b.ReportMetric(float64(len(pages)*b.N)/spent.Seconds(), "pages/s")
	b.ReportMetric(spent.Seconds()/copied.Seconds(), "x-copy")
	b.ReportMetric(spent.Seconds()/hashed.Seconds(), "x-copy+sha")
	b.ReportMetric(float64(done.Size)/float64(len(pages))-float64(pages[0].Image.Size), "overhead-B/page")
}

// timed rewrites f and gives the time that took.
func timed(b *testing.B, f *os.File, work func() error) time.Duration {
	b.Helper()
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := work(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

func copyAll(w io.Writer, pages []Page) error {
	for i := range pages {
		src, err := pages[i].Image.Open()
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, src); err != nil {
			return fmt.Errorf("copy: %w", err)
		}
	}
	return nil
}

// BenchmarkCheck reads the same file back.
func BenchmarkCheck(b *testing.B) {
	var file bytes.Buffer
	if _, err := Write(b.Context(), &file, testMeta(), hundred(b)); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(file.Len()))
	for b.Loop() {
		if err := Check(bytes.NewReader(file.Bytes()), int64(file.Len())); err != nil {
			b.Fatal(err)
		}
	}
}
