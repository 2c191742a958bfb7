package worker

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/ocr"
	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/tesseract"
)

// realPool is a pool of true page workers.
func realPool(t *testing.T) *Pool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPool(Config{Command: []string{self, "page-worker"}, Workers: 1, Scratch: t.TempDir()})
	if err != nil {
		t.Fatalf("%v; install: apt install tesseract-ocr-vie", err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// TestRealPage: a turned, leaning page goes in as JPEG; text, geometry and the
// file's own bytes come out.
func TestRealPage(t *testing.T) {
	leaning, _ := drawn.Lean(drawn.Page(t, 300), 2.5)
	input, _ := drawn.Quarter(leaning, 90)
	data := drawn.JPEG(t, input, 300)
	path := drawn.File(t, "scan.jpg", data)
	p := realPool(t)
	opened, err := p.Open(t.Context(), path)
	if err != nil || opened.Format != "jpeg" || opened.Images != 1 {
		t.Fatalf("Open = %+v, %v", opened, err)
	}
	readings, err := p.Read(t.Context(), Task{Path: path, File: "tờ 1.jpg", Index: 1})
	if err != nil {
		t.Fatal(err)
	}
	r := readings[0]
	if r.File != "tờ 1.jpg" || r.RotationCW != 90 || math.Abs(r.SkewCWDegrees-2.5) > 0.1 || r.Width != 1749 || r.DPI != 300 {
		t.Errorf("reading %+v", r)
	}
	for _, line := range drawn.Lines()[:4] {
		if !strings.Contains(r.Text, line) {
			t.Errorf("text lacks %q:\n%s", line, r.Text)
		}
	}
	stream, release, err := p.Extract(t.Context(), path, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if got := readAll(t, stream); stream.Filter != "DCTDecode" || !bytes.Equal(got, data) || stream.Size != int64(len(data)) {
		t.Errorf("stream is not the file: %+v", stream)
	}
}

func readAll(t *testing.T, s dossier.ImageStream) []byte {
	t.Helper()
	r, err := s.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestRelease: a stream that had to be made lies in the scratch folder until it
// is released, and can be read twice.
func TestRelease(t *testing.T) {
	interlaced := drawn.PNG(t, drawn.Page(t, 100))
	path := drawn.File(t, "a.png", interlaced)
	p := realPool(t)
	stream, release, err := p.Extract(t.Context(), path, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if first, second := readAll(t, stream), readAll(t, stream); !bytes.Equal(first, second) || int64(len(first)) != stream.Size {
		t.Error("two readings differ")
	}
	release()
	if left, err := filepath.Glob(filepath.Join(p.scratch, "stream-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestRealFaults: refusals come through with kind and reason, and the child
// that refused goes on working.
func TestRealFaults(t *testing.T) {
	p := realPool(t)
	pid := p.childPID(t)
	_, err := p.Open(t.Context(), drawn.File(t, "a.jpg", []byte("\xff\xd8\xff")))
	if dossier.KindOf(err) != dossier.Reject || dossier.ReasonOf(err) != dossier.ReasonDamaged {
		t.Errorf("damaged: %v", err)
	}
	good := drawn.File(t, "a.png", drawn.PNG(t, drawn.Blank(600, 800)))
	if _, err := p.Read(t.Context(), Task{Path: good, File: "a", Index: 2}); dossier.KindOf(err) != dossier.Park {
		t.Errorf("page that is not there: %v", err)
	}
	readings, err := p.Read(t.Context(), Task{Path: good, File: "a", Index: 1})
	if err != nil || !readings[0].Blank || readings[0].Text != "" {
		t.Errorf("blank page: %+v, %v", readings, err)
	}
	if p.childPID(t) != pid {
		t.Error("the child was replaced")
	}
}

// TestServeEndsWithPipe: Serve returns when its parent is gone, even though the
// page it works on is not finished.
func TestServeEndsWithPipe(t *testing.T) {
	questionsIn, questionsOut := io.Pipe()
	answersIn, answersOut := io.Pipe()
	served := make(chan error)
	go func() { served <- Serve(context.Background(), questionsIn, answersOut) }()
	hello := question{Op: opHello, Hello: &settings{HeapLimit: math.MaxInt64, Scratch: t.TempDir()}}
	if err := writeFrame(questionsOut, hello); err != nil {
		t.Fatal(err)
	}
	var a answer
	if err := readFrame(answersIn, maxAnswer, &a); err != nil || a.Fault != nil {
		t.Fatal(err, a.Fault)
	}
	path := drawn.File(t, "a.png", drawn.PNG(t, drawn.Page(t, 300)))
	if err := writeFrame(questionsOut, question{Op: opRead, Path: path, Index: 1, Profile: &ocr.Profile{}}); err != nil {
		t.Fatal(err)
	}
	if err := questionsOut.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-served:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("still serving")
	}
}

// TestServeRefuses: what is not the protocol ends the child.
func TestServeRefuses(t *testing.T) {
	for name, frames := range map[string]string{
		"too long":  "\xff\xff\xff\xff",
		"empty":     "\x00\x00\x00\x00",
		"not JSON":  "\x00\x00\x00\x02xx",
		"cut short": "\x00\x00\x00\x09{}",
	} {
		if err := Serve(t.Context(), strings.NewReader(frames), io.Discard); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if err := Serve(t.Context(), strings.NewReader(""), io.Discard); err != nil {
		t.Errorf("end of the pipe: %v", err)
	}
}

// FuzzFrame: whatever a child sends is either refused or within the bounds.
func FuzzFrame(f *testing.F) {
	for _, body := range []string{
		`{"opened":{"format":"pdf","images":3}}`, `{"opened":{"format":"pdf","images":-1}}`,
		`{"readings":[{"page":1,"part":1,"width":10,"height":10,"dpi":300,"dpi_source":"tag","words":[{"text":"a","x":9,"w":9}]}]}`,
		`{"stream":{"width":1,"height":1,"bits":8,"components":1,"filter":"FlateDecode","ranges":[{"Offset":1,"Length":9223372036854775807}]}}`,
		`{"readings":[{"page":1,"part":1,"width":10,"height":10,"dpi":300,"dpi_source":"tag","cut":[5,0,5,10]},{"page":1,"part":2,"width":10,"height":10,"dpi":300,"dpi_source":"tag","cut":[5,10,5,0]}]}`,
		`{"readings":[{"page":1,"part":1,"width":10,"height":10,"dpi":300,"dpi_source":"tag","cut":[1e300,0,1e300,0]}]}`,
		`{"stream":{"width":1,"height":1,"x":-5,"y":9000000,"bits":8,"components":1,"filter":"JPXDecode"}}`,
		`{"fault":{"kind":-4,"reason":"x","text":"\u0000"}}`, `{"stream":{"parms":">> /Evil"}}`,
	} {
		f.Add(append([]byte{0, 0, 0, byte(len(body))}, body...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var a answer
		if readFrame(bytes.NewReader(data), maxAnswer, &a) != nil {
			return
		}
		if a.Fault != nil && len(toFault(*a.Fault).Error()) > 4*maxErrorLen {
			t.Error("long error")
		}
		if checkOpened(a.Opened) == nil && (a.Opened.Images < 1 || a.Opened.Images > maxImages) {
			t.Error("number of images")
		}
		if checkReadings(a.Readings, Task{Index: 1}) == nil {
			for _, r := range a.Readings {
				if r.Cut != nil && (!inImage(*r.Cut) || r.Cut.Frame(100, 100).W > 100) {
					t.Errorf("gutter %v", *r.Cut)
				}
			}
			for _, w := range a.Readings[0].Words {
				if w.X+w.W > a.Readings[0].Width || w.X < 0 {
					t.Errorf("word off the page: %+v", w)
				}
			}
		}
		if size, err := checkStream(a.Stream, 1000); err == nil && (size <= 0 || a.Stream.X < 0 || a.Stream.Y < 0) {
			t.Errorf("stream of %d bytes at %d, %d", size, a.Stream.X, a.Stream.Y)
		}
	})
}

// TestParametersAreChecked: a child cannot write PDF of its own through the
// parameters of a stream.
func TestParametersAreChecked(t *testing.T) {
	good := stream{Width: 5, Height: 5, BitsPerComponent: 1, Components: 1, Filter: "CCITTFaxDecode", DecodeParms: "/K -1 /Columns 5 /BlackIs1 true"}
	if _, err := checkStream(&good, 10); err != nil {
		t.Error(err)
	}
	for _, parms := range []string{"/K -1 >> /JS (x)", "/Evil 1", "--1", "/K <41>", "/K 99999999999"} {
		bad := good
		bad.DecodeParms = parms
		if _, err := checkStream(&bad, 10); !errors.Is(err, errFrame) {
			t.Errorf("%q was accepted", parms)
		}
	}
}

// TestPicturesOnly: children for the screen start without models, make
// pictures, and do not pretend to read.
func TestPicturesOnly(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPool(Config{
		Command: []string{self, "page-worker"}, Workers: 1, Scratch: t.TempDir(), PicturesOnly: true,
		Profile: ocr.Profile{Models: tesseract.Config{Data: t.TempDir()}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	path := drawn.File(t, "scan.jpg", drawn.JPEG(t, drawn.Page(t, 100), 100))
	jpeg, err := p.Preview(t.Context(), path, 1, ocr.View{Pixels: 240})
	if err != nil || len(jpeg) == 0 {
		t.Errorf("preview: %d bytes, %v", len(jpeg), err)
	}
	if _, err := p.Read(t.Context(), Task{Path: path, File: "scan.jpg", Index: 1}); dossier.KindOf(err) != dossier.Stop {
		t.Errorf("reading without models: %v, want a fault to stop at", err)
	}
}

// TestNice: every thread of a child stands back as it was told.
func TestNice(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPool(Config{Command: []string{self, "page-worker"}, Workers: 1, Scratch: t.TempDir(), PicturesOnly: true, Nice: 19})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	s := <-p.slots
	threads, err := filepath.Glob(filepath.Join("/proc", strconv.Itoa(s.child.pid), "task", "*", "stat"))
	if err != nil || len(threads) == 0 {
		t.Fatalf("threads %v, %v", threads, err)
	}
	for _, thread := range threads {
		stat, err := os.ReadFile(thread)
		if err != nil {
			continue // it has ended
		}
		_, behind, _ := strings.Cut(string(stat), ") ")
		if fields := strings.Fields(behind); fields[16] != "19" { // the 19th of proc(5), counted from the 3rd
			t.Errorf("a thread has nice %s", fields[16])
		}
	}
	p.slots <- s
}
