package pades_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/pades"
	"sohoa/pipeline/pdfa"
)

// largePaper writes a page whose picture is of so many bytes, zeros but for the
// head of the JPEG.
func largePaper(t testing.TB, w io.Writer, size int64) {
	t.Helper()
	var head bytes.Buffer
	pic := image.NewGray(image.Rect(0, 0, 83, 117))
	encodeJPEG(t, &head, pic)
	page := pdfa.Page{
		Image: dossier.ImageStream{
			Width: 83, Height: 117, BitsPerComponent: 8, Components: 1, Filter: "DCTDecode", Size: size,
			Open: func() (io.ReadCloser, error) {
				return io.NopCloser(io.LimitReader(io.MultiReader(bytes.NewReader(head.Bytes()), zeros{}), size)), nil
			},
		},
		Reading: dossier.Reading{Width: 83, Height: 117, DPI: 10, ToInput: dossier.Identity()},
	}
	if _, err := pdfa.Write(context.Background(), w, pdfa.Meta{Created: signingTime, ID: [16]byte{4}}, []pdfa.Page{page}); err != nil {
		t.Fatal(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// allocated is all that was ever allocated, which no garbage collection hides.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestMemoryStaysFlat signs, checks and verifies a file of 100 MB. All that is
// allocated on the way is counted, so it must run alone (no t.Parallel).
func TestMemoryStaysFlat(t *testing.T) {
	const size, limit = 100 << 20, 24 << 20
	path := filepath.Join(t.TempDir(), "large.pdf")
	signLarge(t, path, size, func(file *os.File, signedSize int64, spent uint64) {
		if spent > limit {
			t.Errorf("signing a file of %d bytes allocated %d, want at most %d", size, spent, limit)
		}
		before := allocated()
		if err := pades.Check(t.Context(), file, signedSize); err != nil {
			t.Error(err)
		}
		report, err := pades.Verify(t.Context(), file, signedSize, pades.VerifyOptions{})
		if err != nil || report.Verdict != pades.Valid {
			t.Errorf("verdict %s, %v", report.Verdict, err)
		}
		if grown := allocated() - before; grown > limit {
			t.Errorf("checking a file of %d bytes allocated %d, want at most %d", size, grown, limit)
		}
	})
}

// signLarge signs a sparse file of about the size and hands on the signed one,
// with what signing allocated.
func signLarge(t testing.TB, path string, size int64, then func(signed *os.File, size int64, spent uint64)) {
	t.Helper()
	unsigned := create(t, path)
	defer unsigned.Close()
	out := &sparseWriter{f: unsigned}
	largePaper(t, out, size)
	by := newSigner(t, ecKey(t), nil)
	before := allocated()
	prepared, err := pades.Prepare(t.Context(), pades.Request{Input: unsigned, Size: out.at, At: signingTime, Block: &pades.Block{Lines: blockLines()}})
	if err != nil {
		t.Fatal(err)
	}
	tbs, err := prepared.ToBeSigned(by.chain)
	if err != nil {
		t.Fatal(err)
	}
	done, err := tbs.Sign(t.Context(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	signed := create(t, path+".signed")
	defer signed.Close()
	if _, err := done.WriteTo(&sparseWriter{f: signed}); err != nil {
		t.Fatal(err)
	}
	then(signed, done.Size(), allocated()-before)
}

func create(t testing.TB, path string) *os.File {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// sparseWriter leaves holes where zeros are written, so that a file of a
// gigabyte costs no disk.
type sparseWriter struct {
	f  *os.File
	at int64
}

func (s *sparseWriter) Write(p []byte) (int, error) {
	if len(bytes.Trim(p, "\x00")) > 0 {
		if _, err := s.f.WriteAt(p, s.at); err != nil {
			return 0, err
		}
	}
	s.at += int64(len(p))
	return len(p), nil
}

// childVariable tells a copy of the test program that it is the one to sign.
const childVariable = "SOHOA_PADES_HUGE"

// TestHugeChild is the body of BenchmarkHuge's child process; by itself it does
// nothing.
func TestHugeChild(t *testing.T) {
	path := os.Getenv(childVariable)
	if path == "" {
		return
	}
	signLarge(t, path, 1<<30, func(file *os.File, size int64, _ uint64) {
		if err := pades.Check(t.Context(), file, size); err != nil {
			t.Fatal(err)
		}
		if report, err := pades.Verify(t.Context(), file, size, pades.VerifyOptions{}); err != nil || report.Verdict != pades.Valid {
			t.Fatal(report.Verdict, err)
		}
	})
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", regexp.MustCompile(`VmHWM:.*`).Find(status))
}

// BenchmarkHuge writes, signs, checks and verifies a file of 1 GB in a process
// of its own and reports that process's peak of resident memory, test code and
// PDF writer included.
func BenchmarkHuge(b *testing.B) {
	var peak float64
	for b.Loop() {
		child := exec.Command(os.Args[0], "-test.run=^TestHugeChild$", "-test.v")
		child.Env = append(os.Environ(), childVariable+"="+filepath.Join(b.TempDir(), "huge.pdf"))
		out, err := child.CombinedOutput()
		m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(out)
		if err != nil || m == nil {
			b.Fatalf("%v\n%s", err, out)
		}
		kib, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			b.Fatal(err)
		}
		peak = max(peak, kib/1024)
	}
	b.ReportMetric(peak, "peak-MiB")
	b.ReportMetric(peak/64, "x-allowed")
}

// BenchmarkSign signs a file of 1 MB in memory, from Prepare to the last byte.
// The yardstick is what no signature can do without: SHA-256 over the same
// bytes and the key's own signature.
func BenchmarkSign(b *testing.B) {
	var unsigned bytes.Buffer
	largePaper(b, &unsigned, 1<<20)
	for _, kind := range []struct {
		name string
		key  func(t testing.TB) crypto.Signer
	}{{"P-256", ecKey}, {"RSA-2048", rsaKey}} {
		by := newSigner(b, kind.key(b), nil)
		for _, block := range []struct {
			name  string
			lines []string
		}{{"block", blockLines()}, {"no-block", nil}} {
			b.Run(kind.name+"/"+block.name, func(b *testing.B) {
				bare := yardstick(b, by.key, unsigned.Bytes())
				b.ReportAllocs()
				before := cpu(b)
				for b.Loop() {
					signOnce(b, request(unsigned.Bytes(), block.lines...), by)
				}
				each := (cpu(b) - before) / float64(b.N)
				b.ReportMetric(1/each, "signatures/cpu-s")
				b.ReportMetric(1/bare, "bare/cpu-s")
				b.ReportMetric(each/bare, "x-bare")
			})
		}
	}
}

func signOnce(b *testing.B, r pades.Request, by signer) {
	b.Helper()
	prepared, err := pades.Prepare(context.Background(), r)
	if err != nil {
		b.Fatal(err)
	}
	tbs, err := prepared.ToBeSigned(by.chain)
	if err != nil {
		b.Fatal(err)
	}
	signed, err := tbs.Sign(context.Background(), by.key)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := signed.WriteTo(io.Discard); err != nil {
		b.Fatal(err)
	}
}

// yardstick is the processor seconds of one bare signature over the bytes.
func yardstick(b *testing.B, key crypto.Signer, file []byte) float64 {
	b.Helper()
	const rounds = 50
	before := cpu(b)
	for range rounds {
		sum := sha256.Sum256(file)
		if _, err := key.Sign(rand.Reader, sum[:], crypto.SHA256); err != nil {
			b.Fatal(err)
		}
	}
	return (cpu(b) - before) / rounds
}

// cpu is the processor time this process has used, in seconds: what a benchmark
// of computing must count on a machine that others use too.
func cpu(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// BenchmarkVerify judges a signed file of 1 MB; the yardstick is SHA-256 over
// its bytes.
func BenchmarkVerify(b *testing.B) {
	var unsigned bytes.Buffer
	largePaper(b, &unsigned, 1<<20)
	file := sign(b, request(unsigned.Bytes(), blockLines()...), newSigner(b, ecKey(b), nil))
	for _, kind := range []struct {
		name string
		run  func() error
	}{
		{"yardstick-sha256", func() error { sha256.Sum256(file); return nil }},
		{"verify", func() error {
			report, err := pades.Verify(context.Background(), bytes.NewReader(file), int64(len(file)), pades.VerifyOptions{})
			if err == nil && report.Verdict != pades.Valid {
				err = fmt.Errorf("verdict %s", report.Verdict)
			}
			return err
		}},
		{"gate", func() error { return pades.Check(context.Background(), bytes.NewReader(file), int64(len(file))) }},
	} {
		b.Run(kind.name, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			for b.Loop() {
				if err := kind.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
