package main

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	pixels "image" // this package has a type of that name
	"image/jpeg"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/pipeline/jobs"
)

// rig is a real archive whose pages are read from text instead of from paper:
// the flow, the catalogue, the store and the PDFs are the program's own, so
// what a test does to them is what a crash or a lost disk would do.
type rig struct {
	cli    *cli
	reader *textReader
}

// newRig names an archive that is not there yet, on the database at address;
// empty means a file in the archive's folder.
func newRig(t *testing.T, address string) *rig {
	t.Helper()
	return &rig{
		cli:    &cli{Data: filepath.Join(t.TempDir(), "archive"), Database: address, Log: silent},
		reader: &textReader{},
	}
}

// silent is above every level of the log.
const silent = slog.LevelError + 4

func quiet() console { return console{out: io.Discard, err: io.Discard} }

// open opens the archive for work, as a fresh process would.
func (r *rig) open(t *testing.T) (*archive, *pipeline.Flow) {
	t.Helper()
	a, err := r.cli.openOrMakeDemo(t.Context(), quiet())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.lockForWork(t.Context()); err != nil {
		t.Fatal(errors.Join(err, a.Close()))
	}
	return a, a.flow(r.reader)
}

// feed takes texts in as one batch and works until it is done.
func (r *rig) feed(t *testing.T, texts ...string) outcome {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	batch := claimTexts(t, flow, texts...)
	o, err := a.finish(t.Context(), flow, batch, quiet())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// atWork has the program work on whatever waits, until rest is called.
func atWork(t *testing.T, a *archive, flow *pipeline.Flow) (rest func()) {
	t.Helper()
	return working(t, a, flow.Do)
}

// working has the queue worked on by a handler until rest is called.
func working(t *testing.T, a *archive, handle jobs.Handler) (rest func()) {
	t.Helper()
	working, stop := context.WithCancel(t.Context())
	worked := make(chan error, 1)
	go func() { worked <- a.queue.Run(working, 2, handle) }()
	return func() {
		stop()
		if err := <-worked; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

func closeArchive(t *testing.T, a *archive) {
	t.Helper()
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// claimTexts takes texts in without working on them.
func claimTexts(t *testing.T, flow *pipeline.Flow, texts ...string) dossier.Batch {
	t.Helper()
	batch, err := flow.Claim(t.Context(), dossier.Local(flow.Unit.ID), pipeline.Feed{Device: "test", Sources: textSources(texts...)})
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func textSources(texts ...string) []pipeline.Source {
	sources := make([]pipeline.Source, len(texts))
	for i, text := range texts {
		sources[i] = pipeline.Source{
			Name:      string(rune('a'+i)) + ".jpg",
			Open:      func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
			Unchanged: func() error { return nil },
		}
	}
	return sources
}

// rebuilt copies the objects into a new archive and rebuilds its catalogue.
func (r *rig) rebuilt(t *testing.T) *rig {
	t.Helper()
	copied := newRig(t, "")
	copied.reader = r.reader
	if err := os.CopyFS(copied.place().objects(), os.DirFS(r.place().objects())); err != nil {
		t.Fatal(err)
	}
	copied.rebuild(t)
	return copied
}

// rebuild restores the catalogue from the objects and finishes the rest.
func (r *rig) rebuild(t *testing.T) {
	t.Helper()
	a, err := r.cli.openForRebuild(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer closeArchive(t, a)
	if _, err := a.rebuild(t.Context(), a.flow(r.reader)); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) place() layout { return layout{root: r.cli.Data} }

// with opens the archive as a reading command does.
func (r *rig) with(t *testing.T, look func(a *archive)) {
	t.Helper()
	a, err := r.cli.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer closeArchive(t, a)
	look(a)
}

// dossiers gives the newest manifest of every dossier, oldest first.
func (r *rig) dossiers(t *testing.T) (all []dossier.Manifest) {
	t.Helper()
	r.with(t, func(a *archive) {
		ids, err := a.catalog.DossierIDs(t.Context(), a.unit().ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			m, err := a.catalog.Dossier(t.Context(), dossier.Whole(a.unit().ID), string(id))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, m)
		}
	})
	return all
}

// wantIntact verifies the archive and that every image is in one class.
func (r *rig) wantIntact(t *testing.T) {
	t.Helper()
	if err := r.wantNoFindings(t).Balance(); err != nil {
		t.Error(err)
	}
}

// wantNoFindings verifies the archive, and gives the account of its images.
func (r *rig) wantNoFindings(t *testing.T) (account dossier.Account) {
	t.Helper()
	r.with(t, func(a *archive) {
		verdict, err := a.flow(nil).Verify(t.Context(), a.catalog, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range verdict.Findings {
			t.Errorf("verify: %s: %s", finding.Subject, finding.Text)
		}
		log, err := a.checkLog(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range log.Findings {
			t.Errorf("verify: %+v", logFinding(finding))
		}
		account = verdict.Account
	})
	return account
}

// textReader reads images from text: form feeds part the images of a file. A
// file that begins with REJECT cannot be opened, an image that begins with LOST
// cannot be read, and one that says UNPUBLISHABLE cannot be put into a PDF. A
// vertical tab parts the two pages of a spread. On a page that says PLACES the
// words have boxes.
type textReader struct {
	// stop makes every call fail as a killed process would.
	stop error
	// opened is told of every file that is opened.
	opened func()
	// told may refuse to read an image again.
	told func([]dossier.WayUp) error
	// sure gives every word a place and full confidence.
	sure bool
}

func (r *textReader) images(path string) ([]string, error) {
	if r.stop != nil {
		return nil, r.stop
	}
	body, err := os.ReadFile(path)
	return strings.Split(string(body), "\f"), err
}

// Open counts the images.
func (r *textReader) Open(_ context.Context, path string) (int, error) {
	if r.opened != nil {
		r.opened()
	}
	images, err := r.images(path)
	if err == nil && strings.HasPrefix(images[0], "REJECT") {
		return 0, &dossier.Fault{Kind: dossier.Reject, Op: "open", Reason: dossier.ReasonDamaged}
	}
	return len(images), err
}

// headOver is the line above what stands on its head.
const headOver = "HEADOVER"

// ReadAs gives the text of one image as it stands for who is told how it lies.
// Where the engine is to give up, it does.
func (r *textReader) ReadAs(ctx context.Context, path string, image dossier.TakenImage, ways []dossier.WayUp) ([]dossier.Reading, error) {
	if r.told != nil {
		if err := r.told(ways); err != nil {
			return nil, err
		}
	}
	readings, err := r.readAs(ctx, path, image, ways)
	if err != nil || len(readings) != len(ways) {
		return nil, errors.Join(err, fmt.Errorf("%d pages, told of %d", len(readings), len(ways)))
	}
	for i, way := range ways {
		readings[i].RotationCW = way.RotationCW
		lies := dossier.Reading{Width: side, Height: side, ToInput: dossier.Identity()}.Turned((360 - way.RotationCW) % 360)
		readings[i].ToInput = lies.ToInput
	}
	return readings, nil
}

// Read gives the text of one image.
func (r *textReader) Read(ctx context.Context, path string, image dossier.TakenImage) ([]dossier.Reading, error) {
	return r.readAs(ctx, path, image, nil)
}

func (r *textReader) readAs(_ context.Context, path string, image dossier.TakenImage, ways []dossier.WayUp) ([]dossier.Reading, error) {
	images, err := r.images(path)
	if err != nil {
		return nil, err
	}
	text := images[image.Index-1]
	if strings.HasPrefix(text, "LOST") {
		return nil, &dossier.Fault{Kind: dossier.Park, Op: "read", Reason: dossier.ReasonCrash}
	}
	pages := strings.Split(text, "\v")
	readings := make([]dossier.Reading, len(pages))
	for i, page := range pages {
		upright, onHead, turned := strings.Cut(page, headOver+"\n")
		if page = upright; turned && i < len(ways) && ways[i].RotationCW == 180 {
			page = onHead
		}
		readings[i] = textReading(image.File, image.Index, page)
		if r.sure {
			readings[i].Words = sureWords(readings[i].Text)
		}
		if len(pages) > 1 {
			readings[i].Part, readings[i].Cut = i+1, &dossier.Cut{side / 2, 0, side / 2, side}
			if i == 1 { // the other side of the gutter
				readings[i].Cut = &dossier.Cut{side / 2, side, side / 2, 0}
			}
		}
	}
	return readings, nil
}

func textReading(file string, index int, text string) dossier.Reading {
	reading := dossier.Reading{
		File: file, Page: index, Part: 1, Width: side, Height: side, DPI: 72, DPISource: "tag", ToInput: dossier.Identity(),
		Text: text, Words: []dossier.Word{}, Blank: text == "",
	}
	if strings.Contains(text, "PLACES") {
		reading.Words = placedWords(text)
	}
	if code, ok := strings.CutPrefix(text, "QR "); ok {
		code, rest, _ := strings.Cut(code, "\n")
		reading.Text, reading.Codes = rest, []dossier.Code{{Type: "qr", Text: code}}
	}
	if strings.Contains(text, "RULED") {
		rule(&reading)
	}
	if strings.Contains(text, "GOES ON") {
		ruleRight(&reading)
	}
	return reading
}

// sureWords sets the words of a text as a page would have them.
func sureWords(text string) []dossier.Word {
	words := []dossier.Word{}
	for n, line := range strings.Split(text, "\n") {
		x := 10
		for _, word := range strings.Fields(line) {
			w := 4 * len([]rune(word))
			words = append(words, dossier.Word{Text: word, X: x, Y: 10 + 12*n, W: w, H: 8, Confidence: 1, Line: n + 1, Block: 1})
			x += w + 4
		}
	}
	return words
}

// placedWords are the words of a text as an engine finds them on a page, one
// line below the other.
func placedWords(text string) (words []dossier.Word) {
	for n, line := range strings.Split(text, "\n") {
		for i, word := range strings.Fields(line) {
			words = append(words, dossier.Word{Text: word, X: 10 + 30*i, Y: 10 + 25*n, W: 28, H: 12, Confidence: 0.97, Line: n + 1, Block: 1})
		}
	}
	return words
}

// side is the width and height of every picture: room for a signature's block.
const side = 420

// View draws a white page, and one that says PRINTED with a black corner.
func (r *textReader) View(_ context.Context, path string, index int, _ dossier.Reading, width int) ([]byte, error) {
	images, err := r.images(path)
	if err != nil {
		return nil, err
	}
	page := pixels.NewGray(pixels.Rect(0, 0, width, width))
	for i := range page.Pix {
		page.Pix[i] = 255
		if x, y := i%width, i/width; strings.Contains(images[index-1], "PRINTED") && x > width/2 && y < width/4 && x%3 == 0 {
			page.Pix[i] = 0
		}
	}
	var encoded bytes.Buffer
	err = jpeg.Encode(&encoded, page, nil)
	return encoded.Bytes(), err
}

// Extract gives a gray square.
func (r *textReader) Extract(_ context.Context, path string, index int, _ *dossier.Cut) (dossier.ImageStream, func(), error) {
	images, err := r.images(path)
	if err != nil {
		return dossier.ImageStream{}, nil, err
	}
	if strings.Contains(images[index-1], "UNPUBLISHABLE") {
		return dossier.ImageStream{}, nil, &dossier.Fault{Kind: dossier.Park, Op: "extract", Reason: dossier.ReasonMemory}
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := w.Write(make([]byte, side*side)); err != nil {
		return dossier.ImageStream{}, nil, err
	}
	if err := w.Close(); err != nil {
		return dossier.ImageStream{}, nil, err
	}
	return dossier.ImageStream{
		Width: side, Height: side, BitsPerComponent: 8, Components: 1, Filter: "FlateDecode", Size: int64(packed.Len()),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(packed.Bytes())), nil },
	}, func() {}, nil
}

// paper is a page with the title of a kind; name makes it differ from others.
func paper(title, name string) string {
	return "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\n" + title + "\n\nHọ, chữ đệm, tên: " + name + "\n"
}

// The titles of two kinds.
const (
	birth    = "GIẤY KHAI SINH"
	marriage = "GIẤY CHỨNG NHẬN KẾT HÔN"
)
