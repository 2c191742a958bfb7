package decode

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/internal/lept"
)

// The fuzz tests run the C decoders in the process of the test: a crash in one
// ends the fuzzing worker, which Go's engine notices and keeps the input of.
// Seeds come from the collection of broken files as well when SOHOA_CORPUS names
// it; those are not ours to keep.

// fuzzLimits keep one try small, so that many are made.
func fuzzLimits() Limits {
	return Limits{Pixels: 4 << 20, Images: 20, Memory: 96 << 20, small: true}
}

// maxSeed: mutations of long inputs rarely touch what a decoder looks at.
const maxSeed = 48 << 10

// addSeeds adds the files of the formats: our own of testdata/seeds, and those
// of the collection below the folders.
func addSeeds(f *testing.F, wanted func(Format) bool, folders ...string) {
	f.Helper()
	patterns := []string{"testdata/seeds/*"}
	if corpus := os.Getenv("SOHOA_CORPUS"); corpus != "" {
		for _, folder := range folders {
			patterns = append(patterns, filepath.Join(corpus, folder, "*", "*"))
		}
	}
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("seeds %s: %v", pattern, err)
		}
		for _, path := range files {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			if len(data) <= maxSeed && wanted(Sniff(data)) {
				f.Add(data)
			}
		}
	}
}

// tryFile opens bytes as a file and takes everything out of it. Whatever the
// bytes are, the errors are faults of the closed list and a picture is as large
// as the limits allow at most.
func tryFile(t testing.TB, data []byte) {
	t.Helper()
	path := drawn.File(t, "f", data)
	file, err := Decoder{Limits: fuzzLimits(), Scratch: t.TempDir()}.Open(context.Background(), path)
	if err != nil {
		checkFault(t, err, dossier.Reject)
		return
	}
	defer file.Close()
	for i := range min(file.Images, 4) {
		p, err := file.Picture(context.Background(), i+1)
		if err != nil {
			checkFault(t, err, dossier.Park)
			continue
		}
		if depth := p.Pix.Depth(); p.Pix.Width() <= 0 || p.Pix.Height() <= 0 || depth != 1 && depth != 8 && depth != 32 {
			t.Errorf("picture of %d x %d, %d bits", p.Pix.Width(), p.Pix.Height(), depth)
		}
		p.Pix.Close()
		s, err := file.Stream(context.Background(), i+1)
		if err != nil {
			checkFault(t, err, dossier.Park)
			continue
		}
		checkRanges(t, s, int64(len(data)))
	}
}

func checkFault(t testing.TB, err error, kind dossier.FaultKind) {
	t.Helper()
	if dossier.KindOf(err) != kind || dossier.ReasonOf(err) == dossier.ReasonUnknown {
		t.Errorf("error that is no fault of the file: %v", err)
	}
}

func checkRanges(t testing.TB, s *Stream, size int64) {
	t.Helper()
	for _, r := range s.Ranges {
		if r.Offset < 0 || r.Length < 0 || r.Offset > size-r.Length {
			t.Errorf("range %+v of a file of %d bytes", r, size)
		}
	}
	if s.Ranges == nil && len(s.Data) == 0 {
		t.Error("stream without bytes")
	}
}

// FuzzRaster: JPEG, PNG, BMP, WebP, GIF, JPEG 2000.
func FuzzRaster(f *testing.F) {
	lept.Quiet()
	wanted := func(format Format) bool {
		return format != Unknown && format != TIFF && format != PDF && format != HEIC
	}
	addSeeds(f, wanted, "bad-image")
	f.Fuzz(func(t *testing.T, data []byte) {
		if wanted(Sniff(data)) {
			tryFile(t, data)
		}
	})
}

// FuzzTIFF: libtiff, all pages, and the strips that are lifted.
func FuzzTIFF(f *testing.F) {
	lept.Quiet()
	wanted := func(format Format) bool { return format == TIFF }
	addSeeds(f, wanted, "bad-image")
	f.Fuzz(func(t *testing.T, data []byte) {
		if wanted(Sniff(data)) {
			tryFile(t, data)
		}
	})
}

// FuzzHEIC: libheif in WebAssembly, which cannot harm the process but may take
// its time and memory.
func FuzzHEIC(f *testing.F) {
	lept.Quiet()
	phone := readFile(f, "testdata/phone.heic")
	// The first picture is decoded before the clock of the fuzzer runs, which
	// allows each try ten seconds: compiling the library takes longer when all
	// of it is instrumented.
	tryFile(f, phone)
	f.Add(phone)
	f.Fuzz(func(t *testing.T, data []byte) {
		if Sniff(data) == HEIC {
			tryFile(t, data)
		}
	})
}

// FuzzPDF: everything of a PDF that is read in this process: structure, content
// and the dictionary of the picture. Poppler's programs are not ours to fuzz.
func FuzzPDF(f *testing.F) {
	lept.Quiet()
	f.Add(imagePage("", "q 420 0 0 595 0 0 cm /Im0 Do Q", grayJPEG, string(drawn.JPEG(f, drawn.Page(f, 100), 100))))
	f.Add(imagePage("/Rotate 90", "q 420 0 0 595 0 0 cm /Im0 Do Q", "/Width 240 /Height 340 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", deflate(make([]byte, 240*340))))
	addSeeds(f, func(format Format) bool { return format == PDF }, "bad-pdf", "scans-pdf")
	f.Fuzz(func(t *testing.T, data []byte) {
		if Sniff(data) != PDF {
			return
		}
		p := &pdfFile{path: drawn.File(t, "f.pdf", data), tools: pdfTools{limits: fuzzLimits()}}
		pages, err := p.parse(context.Background())
		if err != nil {
			return
		}
		for i := range min(pages, 4) {
			page := p.inspect(i + 1)
			if page.image == nil {
				continue
			}
			if page.image.stream.Filter == "FlateDecode" || page.image.stream.Filter == "DCTDecode" {
				if picture, err := p.readLifted(context.Background(), i+1, page.image); err == nil {
					picture.Pix.Close()
				}
			}
		}
	})
}

// FuzzContent: the interpreter of content streams.
func FuzzContent(f *testing.F) {
	f.Add([]byte("q 0.24 0 0 0.24 0 0 cm /Im0 Do Q"))
	f.Add([]byte("q 0 0 612 792 re W n BT /F1 12 Tf 3 Tr (a\\)b) Tj ET << /A [ <00> ] >> Q % x"))
	f.Add([]byte("[(<<>>)] << /A (x) >> <41> BI ID EI % comment"))
	addContents(f)
	f.Fuzz(func(_ *testing.T, data []byte) {
		c := followContent(data)
		for _, d := range c.drawings {
			_ = covers(d, rectangle{0, 0, 612, 792})
			_, _ = orientationOf(d.matrix)
		}
	})
}

// addContents adds the content streams of the collection's files.
func addContents(f *testing.F) {
	f.Helper()
	corpus := os.Getenv("SOHOA_CORPUS")
	if corpus == "" {
		return
	}
	files, err := filepath.Glob(filepath.Join(corpus, "bad-pdf", "*", "*.pdf"))
	if err != nil || len(files) == 0 {
		f.Fatalf("files of the collection: %v", err)
	}
	added := 0
	for _, path := range files {
		data, err := firstContent(path)
		if err == nil && len(data) > 0 && len(data) <= maxSeed {
			f.Add(data)
			added++
		}
	}
	if added == 0 {
		f.Fatal("no file of the collection has content")
	}
}

// firstContent is the content stream of the first page of a PDF.
func firstContent(path string) (content []byte, err error) {
	p := &pdfFile{path: path, tools: pdfTools{limits: fuzzLimits()}}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("content of %s: %v", path, r)
		}
	}()
	if _, err := p.parse(context.Background()); err != nil || p.parsed == nil {
		return nil, err
	}
	dict, _, _, err := p.parsed.PageDict(1, false)
	if err != nil {
		return nil, err
	}
	return p.parsed.PageContent(dict, 1)
}

func readFile(tb testing.TB, path string) []byte {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}
