// Package codes reads machine-readable codes on a page: QR, Code 39 and Code
// 128, by zbar. Separator sheets, receipt slips and identity cards carry them;
// a code is exact where recognized text is a guess.
//
// Start at [Scanner.Read]. A scanner is not safe for concurrent use.
package codes

// #cgo pkg-config: zbar
// #include "shim.h"
import "C"

import (
	"errors"
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

// Read finds the codes in a gray picture of w x h bytes, each text once. zbar
// needs about two pixels for the smallest bar: at 150 dpi modules of 0.34 mm.
func (s *Scanner) Read(gray []byte, w, h int) ([]dossier.Code, error) {
	if w <= 0 || h <= 0 || len(gray) < w*h {
		return nil, errors.New("zbar: too few pixels")
	}
	image := C.sohoa_zbar_scan(s.c, (*C.uchar)(unsafe.Pointer(&gray[0])), C.uint(w), C.uint(h))
	if image == nil {
		return nil, errors.New("zbar: scan failed")
	}
	defer C.sohoa_zbar_free(image)
	var found []dossier.Code
	for symbol := C.zbar_image_first_symbol(image); symbol != nil && len(found) < maxCodes; symbol = C.zbar_symbol_next(symbol) {
		if code, ok := toCode(symbol); ok && !contains(found, code) {
			found = append(found, code)
		}
	}
	return found, nil
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

func contains(codes []dossier.Code, code dossier.Code) bool {
	for _, c := range codes {
		if c == code {
			return true
		}
	}
	return false
}
