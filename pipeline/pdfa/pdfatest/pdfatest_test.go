package pdfatest_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/pdfa"
	"sohoa/pipeline/pdfa/pdfatest"
)

// file writes a blank page at the level.
func file(t *testing.T, level pdfa.Level) []byte {
	t.Helper()
	var jpg, pdf bytes.Buffer
	if err := jpeg.Encode(&jpg, image.NewGray(image.Rect(0, 0, 60, 80)), nil); err != nil {
		t.Fatal(err)
	}
	page := pdfa.Page{
		Image: dossier.ImageStream{
			Width: 60, Height: 80, BitsPerComponent: 8, Components: 1, Filter: "DCTDecode", Size: int64(jpg.Len()),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(jpg.Bytes())), nil },
		},
		Reading: dossier.Reading{Width: 60, Height: 80, DPI: 50, ToInput: dossier.Identity()},
	}
	if _, err := pdfa.Write(t.Context(), &pdf, pdfa.Meta{Created: time.Unix(0, 0), Level: level}, []pdfa.Page{page}); err != nil {
		t.Fatal(err)
	}
	return pdf.Bytes()
}

// judged is a test that may fail without failing ours.
type judged struct {
	testing.TB
	failed bool
}

// Fatalf notes the failure and ends the goroutine, as a test's own does.
func (j *judged) Fatalf(string, ...any) { j.failed = true; runtime.Goexit() }

// Fatal is Fatalf.
func (j *judged) Fatal(...any) { j.Fatalf("") }

// refused tells whether validate fails its test on the file.
func refused(t *testing.T, data []byte, validate func(testing.TB, ...string)) bool {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	inner, done := &judged{TB: t}, make(chan struct{})
	go func() {
		defer close(done)
		validate(inner, path)
	}()
	<-done
	return inner.failed
}

// TestValidatorsJudge: a good file passes and one without its output intent
// does not, so a pass means something.
func TestValidatorsJudge(t *testing.T) {
	t.Parallel()
	cases := map[pdfa.Level]func(testing.TB, ...string){pdfa.Level1B: pdfatest.ValidateA1}
	if pdfatest.Choose(t) == pdfatest.VeraPDF {
		cases[pdfa.Level2U] = pdfatest.Validate
	}
	for level, validate := range cases {
		good := file(t, level)
		if refused(t, good, validate) {
			t.Errorf("level %d: a good file is refused", level)
		}
		if !refused(t, bytes.Replace(good, []byte("/OutputIntents"), []byte("/OutputIntentX"), 1), validate) {
			t.Errorf("level %d: a file without output intent passes", level)
		}
	}
}
