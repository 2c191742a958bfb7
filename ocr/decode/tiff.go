package decode

// #cgo pkg-config: libtiff-4
// #include <stdlib.h>
// #include "tiff_shim.h"
import "C"

import (
	"context"
	"errors"
	"math/bits"
	"os"
	"unsafe"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
)

// Values of TIFF tags that are asked for (TIFF 6.0).
const (
	tiffMinIsWhite   = 0
	tiffMinIsBlack   = 1
	tiffG4           = 4
	tiffJPEG         = 7
	tiffRGB          = 2
	tiffYCbCr        = 6
	tiffCentimetre   = 3
	tiffMSBFirst     = 1
	tiffReducedImage = 1 // bit of the subfile type: a thumbnail of another page
	tiffMask         = 4 // bit of the subfile type: a transparency mask
)

// tiffFile is a TIFF by libtiff, which reads every compression and layout that
// scanners write; Go's decoder sees the first page only, silently.
type tiffFile struct {
	path   string
	size   int64
	c      *C.sohoa_tiff
	limits Limits
	pages  []uint32 // directory numbers of the pages, thumbnails left out
}

func openTIFF(path string, limits Limits) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	c := C.sohoa_tiff_open(name, C.int64_t(limits.Memory))
	if c == nil {
		return nil, because(dossier.ReasonDamaged, errors.New("tiff header"))
	}
	t := &tiffFile{path: path, size: info.Size(), c: c, limits: limits}
	if err := t.listPages(); err != nil {
		t.close()
		return nil, err
	}
	return &File{Images: len(t.pages), source: t}, nil
}

func (t *tiffFile) close() { C.sohoa_tiff_close(t.c) }

func (t *tiffFile) bytes(s *Stream) ([]byte, error) { return gather(t.path, s, t.limits) }

// listPages walks the directories. A chain that breaks off in the middle means
// that pages were lost on the way, so the file is damaged. A lone picture is
// checked at once; in a longer file each page answers for itself.
func (t *tiffFile) listPages() error {
	var thumbnails []uint32
	for directory := uint32(0); ; directory++ {
		if len(t.pages) >= t.limits.Images || directory >= 2*uint32(t.limits.Images) {
			return because(dossier.ReasonTooManyPages, nil)
		}
		if p := t.describe(); p.subfile&(tiffReducedImage|tiffMask) == 0 {
			t.pages = append(t.pages, directory)
		} else {
			thumbnails = append(thumbnails, directory)
		}
		if C.sohoa_tiff_next(t.c) == 0 {
			break
		}
	}
	if t.c.errors > 0 {
		return because(dossier.ReasonDamaged, errors.New("tiff directory"))
	}
	if len(t.pages) == 0 {
		t.pages = thumbnails
	}
	if len(t.pages) == 1 {
		_, err := t.selectPage(0)
		return err
	}
	return nil
}

func (t *tiffFile) describe() C.sohoa_tiff_page {
	var p C.sohoa_tiff_page
	C.sohoa_tiff_describe(t.c, &p)
	return p
}

// tiffPage is a directory with what is decided about reading it.
type tiffPage struct {
	tags  C.sohoa_tiff_page
	depth int // of the picture it becomes
}

// selectPage makes a page current and checks its size.
func (t *tiffFile) selectPage(index int) (tiffPage, error) {
	if C.sohoa_tiff_select(t.c, C.uint32_t(t.pages[index])) == 0 {
		return tiffPage{}, because(dossier.ReasonDamaged, errors.New("tiff directory"))
	}
	p := tiffPage{t.describe(), 32}
	plain := p.tags.samples == 1 && p.tags.tiled == 0 && p.tags.photometric <= tiffMinIsBlack && p.tags.format == 1
	if plain && (p.tags.bits == 1 || p.tags.bits == 8) {
		p.depth = int(p.tags.bits)
	}
	// The plain rows are held twice: as read and as a picture.
	bytesPerPixel := 4.0
	if p.depth != 32 {
		bytesPerPixel = float64(p.depth) / 4
	}
	return p, t.limits.checkSize(int(p.tags.width), int(p.tags.height), bytesPerPixel)
}

func (p tiffPage) resolution() Resolution {
	unit := 1.0
	if p.tags.unit == tiffCentimetre {
		unit = 2.54
	}
	return resolve(float64(p.tags.xres)*unit, float64(p.tags.yres)*unit, int(p.tags.width), int(p.tags.height))
}

func (t *tiffFile) picture(_ context.Context, index int) (*Picture, error) {
	p, err := t.selectPage(index)
	if err != nil {
		return nil, err
	}
	pix, err := lept.New(int(p.tags.width), int(p.tags.height), p.depth)
	if err != nil {
		return nil, because(dossier.ReasonMemory, err)
	}
	if err := t.read(p, pix); err != nil {
		pix.Close()
		return nil, err
	}
	picture := &Picture{Pix: pix, Resolution: p.resolution(), Orientation: Orientation(p.tags.orientation).valid()}
	if t.c.errors > 0 {
		picture.Flags = append(picture.Flags, dossier.FlagPartial)
	}
	return picture, nil
}

func (t *tiffFile) read(p tiffPage, pix *lept.Pix) error {
	if p.depth == 32 {
		words := pix.Words()
		if C.sohoa_tiff_read_rgb(t.c, (*C.uint32_t)(unsafe.Pointer(&words[0]))) == 0 {
			return because(dossier.ReasonDamaged, errors.New("tiff pixels"))
		}
		return nil
	}
	stride := (int(p.tags.width)*p.depth + 7) / 8
	rows := make([]byte, stride*int(p.tags.height))
	if C.sohoa_tiff_read_rows(t.c, (*C.uint8_t)(unsafe.Pointer(&rows[0])), p.tags.height, C.size_t(stride)) == 0 {
		return because(dossier.ReasonDamaged, errors.New("tiff pixels"))
	}
	if err := pix.SetRows(rows, stride, 1); err != nil {
		return because(dossier.ReasonDamaged, err)
	}
	// leptonica takes a set bit for black and a high gray value for white.
	if (p.depth == 1) == (p.tags.photometric == tiffMinIsBlack) {
		pix.Invert()
	}
	return nil
}

// stream lifts the one strip of a group 4 page and the strips of a JPEG page;
// anything else is packed again.
func (t *tiffFile) stream(ctx context.Context, index int) (*Stream, error) {
	p, err := t.selectPage(index)
	if err != nil {
		return nil, err
	}
	if s, err := t.liftG4(p); s != nil || err != nil {
		return s, err
	}
	if s, err := t.liftJPEG(p); s != nil || err != nil {
		return s, err
	}
	picture, err := t.picture(ctx, index)
	if err != nil {
		return nil, err
	}
	defer picture.Pix.Close()
	return pack(picture.Pix)
}

// liftG4 hands the strip out as it is; when its bits are in the other order, its
// bytes with their bits turned round.
func (t *tiffFile) liftG4(p tiffPage) (*Stream, error) {
	if p.depth != 1 || p.tags.compression != tiffG4 || p.tags.strips != 1 {
		return nil, nil
	}
	r := t.strip(0)
	if !t.holds(r) {
		return nil, nil
	}
	s := g4Stream(int(p.tags.width), int(p.tags.height))
	s.Inverted = p.tags.photometric == tiffMinIsBlack
	if p.tags.fill_order == tiffMSBFirst {
		s.Ranges = []Range{r}
		return s, nil
	}
	data, err := t.readRange(r)
	for i, b := range data {
		data[i] = bits.Reverse8(b)
	}
	s.Data = data
	return s, err
}

// strip is where the bytes of a strip are.
func (t *tiffFile) strip(i int) Range {
	return Range{int64(C.sohoa_tiff_strip_offset(t.c, C.uint32_t(i))), int64(C.sohoa_tiff_strip_bytes(t.c, C.uint32_t(i)))}
}

func (t *tiffFile) holds(r Range) bool {
	return r.Offset > 0 && r.Length > 0 && r.Offset <= t.size && r.Length <= t.size-r.Offset
}

func (t *tiffFile) readRange(r Range) ([]byte, error) {
	if r.Length > t.limits.Memory/4 {
		return nil, because(dossier.ReasonTooLarge, errors.New("strip size"))
	}
	file, err := os.Open(t.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data := make([]byte, r.Length)
	_, err = file.ReadAt(data, r.Offset)
	return data, err
}
