package lept

// #include "shim.h"
import "C"

// What taking a spread apart needs.

// WhiteRow makes the pixels of row y from one column up to another white, in
// place.
func (p *Pix) WhiteRow(y, from, to int) {
	if to <= from {
		return
	}
	op := C.l_int32(C.PIX_SET)
	if p.Depth() == 1 {
		op = C.PIX_CLR
	}
	C.pixRasterop(p.c, C.l_int32(from), C.l_int32(y), C.l_int32(to-from), 1, op, nil, 0, 0)
}

// Thin is what is darker than its surroundings in an 8-bit picture and fits into
// a square of the size, which is odd: strokes, but no shadow wider than that.
func (p *Pix) Thin(size int) (*Pix, error) {
	return wrap(C.pixTophat(p.c, C.l_int32(size), C.l_int32(size), C.L_TOPHAT_BLACK), "top hat")
}

// PinkMask is [Pix.RedMask] of paler red, too.
func (p *Pix) PinkMask(step int) (*Pix, error) {
	return wrap(C.sohoa_pink_mask(p.c, C.int(step)), "pink mask")
}
