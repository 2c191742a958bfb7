// Package codes reads machine-readable codes on a page: QR, Code 39 and Code
// 128, by zbar. Separator sheets, receipt slips and identity cards carry them;
// a code is exact where recognized text is a guess.
//
// Start at [Scanner.Search], which looks where something has the look of a code
// (seek.go) and draws what cannot be read larger (retry.go). [Scanner.Read] is
// zbar alone. A scanner is not safe for concurrent use.
package codes

// #cgo pkg-config: zbar
// #include "shim.h"
import "C"

import (
	"errors"
	"image"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"sohoa/dossier"
)

// Scanner holds zbar's state; close it.
type Scanner struct{ c *C.zbar_image_scanner_t }

// New sets a scanner up for the three kinds of code.
func New() (*Scanner, error) {
	c := C.sohoa_zbar_new()
	if c == nil {
		return nil, errors.New("zbar: scanner not created")
	}
	return &Scanner{c}, nil
}

// Close frees the scanner.
func (s *Scanner) Close() { C.zbar_image_scanner_destroy(s.c) }

const (
	// maxCodes on one page; a sheet of labels has some dozens.
	maxCodes = 64
	// maxText is more than the largest QR code holds (4,296 characters).
	maxText = 8192
)

// Picture is a gray picture of W x H bytes.
type Picture struct {
	Gray []byte
	W, H int
}

func (p Picture) bounds() image.Rectangle { return image.Rect(0, 0, p.W, p.H) }

// crop copies a part of the picture.
func (p Picture) crop(at image.Rectangle) Picture {
	at = at.Intersect(p.bounds())
	out := Picture{make([]byte, 0, at.Dx()*at.Dy()), at.Dx(), at.Dy()}
	for y := at.Min.Y; y < at.Max.Y; y++ {
		out.Gray = append(out.Gray, p.Gray[y*p.W+at.Min.X:y*p.W+at.Max.X]...)
	}
	return out
}

// Found is a code and where it is: points on its outline, in pixels of the
// picture that was searched.
type Found struct {
	dossier.Code
	Outline [][2]float64
}

// Read finds the codes in a picture, each text once. zbar needs about two pixels
// for the smallest bar: at 150 dpi modules of 0.34 mm.
func (s *Scanner) Read(p Picture) ([]Found, error) {
	if p.W <= 0 || p.H <= 0 || len(p.Gray) < p.W*p.H {
		return nil, errors.New("zbar: too few pixels")
	}
	scanned := C.sohoa_zbar_scan(s.c, (*C.uchar)(unsafe.Pointer(&p.Gray[0])), C.uint(p.W), C.uint(p.H))
	if scanned == nil {
		return nil, errors.New("zbar: scan failed")
	}
	defer C.sohoa_zbar_free(scanned)
	var found []Found
	for symbol := C.zbar_image_first_symbol(scanned); symbol != nil && len(found) < maxCodes; symbol = C.zbar_symbol_next(symbol) {
		if code, ok := toCode(symbol); ok && !contains(found, code) {
			found = append(found, Found{code, outline(symbol)})
		}
	}
	return found, nil
}

// outline is where zbar saw a symbol.
func outline(symbol *C.zbar_symbol_t) [][2]float64 {
	points := make([][2]float64, C.zbar_symbol_get_loc_size(symbol))
	for i := range points {
		points[i] = [2]float64{float64(C.zbar_symbol_get_loc_x(symbol, C.uint(i))), float64(C.zbar_symbol_get_loc_y(symbol, C.uint(i)))}
	}
	return points
}

// toCode takes a symbol over when its text is text.
func toCode(symbol *C.zbar_symbol_t) (dossier.Code, bool) {
	kind := ""
	switch C.zbar_symbol_get_type(symbol) {
	case C.ZBAR_QRCODE:
		kind = "qr"
	case C.ZBAR_CODE39:
		kind = "code39"
	case C.ZBAR_CODE128:
		kind = "code128"
	}
	n := C.zbar_symbol_get_data_length(symbol)
	if kind == "" || n == 0 || n > maxText {
		return dossier.Code{}, false
	}
	text := C.GoStringN(C.zbar_symbol_get_data(symbol), C.int(n))
	return dossier.Code{Type: kind, Text: text}, printable(text)
}

// printable refuses binary contents, which no code of an office has.
func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	})
}

func contains(found []Found, code dossier.Code) bool {
	return slices.ContainsFunc(found, func(f Found) bool { return f.Code == code })
}
