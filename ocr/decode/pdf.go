package decode

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
)

// pdfFile is a PDF. A page that is exactly one picture is lifted out unchanged;
// any other is drawn by pdftoppm. Without a parsed form every page is drawn.
type pdfFile struct {
	path   string // of the input, or of its repaired copy
	copied bool   // path is a copy of ours
	tools  pdfTools
	parsed *model.Context // nil when pdfcpu cannot read the file
}

// pdfcpu holds the whole file in memory and may be slow on a damaged one.
const (
	parseTime     = 12 * time.Second
	maxParseBytes = 256 << 20
	// maxDecoded bounds what is unpacked of a stream that is no picture: tables
	// of objects, and the content of a page. Pictures have the limit of their size.
	maxDecoded = 32 << 20
)

// openPDF reads by pdfcpu; what that cannot read goes to poppler as it is, then
// once more after a repair by qpdf.
func openPDF(ctx context.Context, path string, tools pdfTools) (*File, error) {
	p := &pdfFile{path: path, tools: tools}
	pages, err := p.parse(ctx)
	if err != nil {
		pages, err = p.countByPoppler(ctx, err)
	}
	if err == nil {
		err = p.checkCount(pages)
	}
	if err != nil {
		p.close()
		return nil, err
	}
	f := &File{Images: pages, source: p}
	if signed, err := hasSignature(path); err != nil {
		p.close()
		return nil, err
	} else if signed {
		f.Flags = append(f.Flags, dossier.FlagForeignSigned)
	}
	return f, nil
}

func (p *pdfFile) checkCount(pages int) error {
	switch {
	case pages <= 0:
		return because(dossier.ReasonNoPages, nil)
	case pages > p.tools.limits.Images:
		return because(dossier.ReasonTooManyPages, fmt.Errorf("%d pages", pages))
	}
	return nil
}

func (p *pdfFile) close() {
	if p.copied {
		_ = os.RemoveAll(filepath.Dir(p.path)) // else it goes with the worker's scratch folder
	}
}

func (p *pdfFile) bytes(s *Stream) ([]byte, error) { return s.Data, nil }

// parse reads the file by pdfcpu and counts its pages.
func (p *pdfFile) parse(ctx context.Context) (pages int, err error) {
	defer recoverPDF(&err)
	file, err := os.Open(p.path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	if info.Size() > maxParseBytes {
		return 0, errors.New("too large to be held in memory")
	}
	ctx, cancel := context.WithTimeout(ctx, parseTime)
	defer cancel()
	parsed, err := pdfcpu.ReadWithContext(ctx, file, pdfConfig(p.tools.limits))
	if err != nil {
		return 0, err
	}
	if err := parsed.EnsurePageCount(); err != nil {
		return 0, err
	}
	p.parsed = parsed
	return parsed.PageCount, nil
}

func pdfConfig(limits Limits) *model.Configuration {
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	conf.Offline = true
	conf.Limits.MaxStreamBytes = limits.Memory / 2
	conf.Limits.MaxDecodeBytes = min(limits.Memory/2, maxDecoded)
	conf.Limits.MaxImagePixels = limits.Pixels
	conf.Limits.MaxObjectCount = 1_000_000
	conf.Limits.MaxXRefEntries = 1_000_000
	return conf
}

// recoverPDF turns a panic of pdfcpu into an error: it happens on damaged
// files, and the page can still be drawn by poppler.
func recoverPDF(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("pdfcpu: %v", r)
	}
}

// countByPoppler is the way for files pdfcpu gave up on, for the reason first.
func (p *pdfFile) countByPoppler(ctx context.Context, first error) (int, error) {
	pages, err := p.tools.count(ctx, p.path)
	if errors.Is(err, errTool) && !errors.Is(first, pdfcpu.ErrWrongPassword) {
		pages, err = p.countRepaired(ctx)
	}
	switch {
	case errors.Is(err, errPassword), errors.Is(err, errTool) && errors.Is(first, pdfcpu.ErrWrongPassword):
		return 0, because(dossier.ReasonEncrypted, nil)
	case errors.Is(err, errTool):
		return 0, because(dossier.ReasonDamaged, err)
	}
	return pages, err
}

func (p *pdfFile) countRepaired(ctx context.Context) (int, error) {
	repaired, err := p.tools.repair(ctx, p.path)
	if err != nil {
		return 0, err
	}
	p.path, p.copied = repaired, true
	if pages, err := p.parse(ctx); err == nil {
		return pages, nil
	}
	return p.tools.count(ctx, p.path)
}

// hasSignature looks for the mark of a digital signature. It stands in plain
// bytes, since a signature has to name byte positions of the file.
func hasSignature(path string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	mark := []byte("/ByteRange")
	r := bufio.NewReaderSize(file, 1<<16)
	for {
		window, err := r.Peek(r.Size())
		if bytes.Contains(window, mark) {
			return true, nil
		}
		if err != nil {
			return false, notEOF(err)
		}
		if _, err := r.Discard(len(window) - len(mark) + 1); err != nil {
			return false, notEOF(err)
		}
	}
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (p *pdfFile) picture(ctx context.Context, index int) (*Picture, error) {
	page := p.inspect(index + 1)
	if page.refused != nil {
		return nil, page.refused
	}
	picture, err := p.read(ctx, index+1, page)
	if err != nil {
		return nil, popplerFault(err)
	}
	if page.text {
		picture.Flags = append(picture.Flags, dossier.FlagForeignTextKept)
	}
	return picture, nil
}

func (p *pdfFile) read(ctx context.Context, number int, page pdfPage) (*Picture, error) {
	if page.image != nil {
		return p.readLifted(ctx, number, page.image)
	}
	drawn, dpi, err := p.render(ctx, number)
	if err != nil {
		return nil, err
	}
	pix, err := decodePPM(drawn.data)
	if err != nil {
		return nil, err
	}
	flags := []dossier.Flag{dossier.FlagRendered}
	if drawn.partial || p.parsed == nil {
		flags = append(flags, dossier.FlagPartial)
	}
	return &Picture{
		Pix: pix, Orientation: 1, Resolution: Resolution{X: dpi, Y: dpi, Source: "pdf"}, Flags: flags,
	}, nil
}

// decodePNG decodes a PNG that poppler wrote.
func decodePNG(data []byte) (*lept.Pix, error) {
	pix, err := lept.Decode(data)
	if err != nil {
		return nil, because(dossier.ReasonDamaged, err)
	}
	defer pix.Close()
	flat, err := pix.Flatten()
	if err != nil {
		return nil, because(dossier.ReasonMemory, err)
	}
	return withoutColour(flat), nil
}

// decodePPM decodes a PPM that poppler wrote: the header of 8-bit RGB, then the
// rows. It is not compressed, which for a noisy scan saves seconds.
func decodePPM(data []byte) (*lept.Pix, error) {
	var w, h, header int
	if _, err := fmt.Sscanf(string(data[:min(len(data), 32)]), "P6\n%d %d\n255\n", &w, &h); err != nil || w <= 0 || h <= 0 {
		return nil, because(dossier.ReasonDamaged, errors.New("ppm header"))
	}
	header = len(fmt.Sprintf("P6\n%d %d\n255\n", w, h))
	if int64(len(data)) != int64(header)+3*int64(w)*int64(h) {
		return nil, because(dossier.ReasonDamaged, errors.New("ppm rows"))
	}
	pix, err := lept.New(w, h, 32)
	if err != nil {
		return nil, because(dossier.ReasonMemory, err)
	}
	if err := pix.SetRows(data[header:], 3*w, 3); err != nil {
		pix.Close()
		return nil, because(dossier.ReasonDamaged, err)
	}
	return withoutColour(pix), nil
}

// withoutColour makes a colour picture gray when it has no colour.
func withoutColour(pix *lept.Pix) *lept.Pix {
	gray := pix.GrayIfColourless()
	if gray == nil {
		return pix
	}
	pix.Close()
	return gray
}

// renderDPIs are tried in turn until the page fits into the memory: 300 is
// what archives ask for, below 150 small print is lost.
var renderDPIs = []int{300, 200, 150}

// renderBytesPerPixel: the rows poppler draws, and later the picture of them.
const renderBytesPerPixel = 3 + 4

func (p *pdfFile) render(ctx context.Context, number int) (drawn made, dpi float64, err error) {
	w, h, err := p.tools.pageSize(ctx, p.path, number)
	if err != nil {
		return made{}, 0, err
	}
	for _, try := range renderDPIs {
		scale := float64(try) / 72
		if err = p.tools.limits.checkSize(int(w*scale), int(h*scale), renderBytesPerPixel); err == nil {
			drawn, err = p.tools.render(ctx, p.path, number, try)
			return drawn, float64(try), err
		}
	}
	return made{}, 0, err
}

func (p *pdfFile) stream(ctx context.Context, index int) (*Stream, error) {
	page := p.inspect(index + 1)
	if page.refused != nil {
		return nil, page.refused
	}
	if page.image != nil {
		return page.image.stream, nil
	}
	drawn, _, err := p.render(ctx, index+1)
	if err != nil {
		return nil, popplerFault(err)
	}
	pix, err := decodePPM(drawn.data)
	if err != nil {
		return nil, err
	}
	defer pix.Close()
	return pack(pix)
}

// popplerFault gives a failure of a program its reason.
func popplerFault(err error) error {
	switch {
	case errors.Is(err, errPassword):
		return because(dossier.ReasonEncrypted, nil)
	case errors.Is(err, errTool):
		return because(dossier.ReasonDamaged, err)
	}
	return err
}
