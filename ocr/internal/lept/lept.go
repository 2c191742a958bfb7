// Package lept is a thin binding of leptonica: the few operations the page
// front end needs, each a method on [Pix], none with a decision of its own.
// What is measured and why lives in the callers. What leptonica lacks, or does in
// many times the time on whole pages, is in shim.c and pieces.c.
//
// A Pix owns memory outside the Go heap; whoever receives one closes it. A Pix
// is not safe for concurrent use. Depths in use are 1 (1 is black), 8 (gray)
// and 32 (RGB, and RGBA only between decoding and [Pix.Flatten]).
package lept

// #cgo pkg-config: lept
// #cgo LDFLAGS: -lm
// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"math"
	"unsafe"
)

// Pix is a picture held by leptonica.
type Pix struct{ c *C.PIX }

// errFailed is what every operation returns when leptonica gives nothing: it
// says why only on stderr, and most often it is short of memory.
var errFailed = errors.New("leptonica: operation failed")

// Quiet stops leptonica from writing to stderr, where it prints file names.
func Quiet() { C.setMsgSeverity(C.L_SEVERITY_NONE) }

func wrap(c *C.PIX, op string) (*Pix, error) {
	if c == nil {
		return nil, fmt.Errorf("%s: %w", op, errFailed)
	}
	return &Pix{c}, nil
}

// New makes a white picture of the depth.
func New(w, h, depth int) (*Pix, error) {
	p, err := wrap(C.pixCreate(C.l_int32(w), C.l_int32(h), C.l_int32(depth)), "create")
	if err != nil {
		return nil, err
	}
	if depth > 1 {
		C.pixSetAll(p.c)
	}
	return p, nil
}

// Close frees the picture; closing twice is harmless.
func (p *Pix) Close() {
	if p != nil && p.c != nil {
		C.pixDestroy(&p.c)
	}
}

// Width is the number of pixels in a row.
func (p *Pix) Width() int { return int(C.pixGetWidth(p.c)) }

// Height is the number of rows.
func (p *Pix) Height() int { return int(C.pixGetHeight(p.c)) }

// Depth is the number of bits of a pixel.
func (p *Pix) Depth() int { return int(C.pixGetDepth(p.c)) }

// Copy is another picture of the same pixels.
func (p *Pix) Copy() (*Pix, error) { return wrap(C.pixCopy(nil, p.c), "copy") }

// Clone is a second handle on the same pixels; both are closed.
func (p *Pix) Clone() *Pix { return &Pix{C.pixClone(p.c)} }

// Histogram counts the values of an 8-bit picture.
func (p *Pix) Histogram() [256]int {
	var counts [256]C.l_int32
	C.sohoa_histogram(p.c, &counts[0])
	var out [256]int
	for i, n := range counts {
		out[i] = int(n)
	}
	return out
}

// Words gives the raster as leptonica keeps it: big-endian samples in 32-bit
// words of the machine, [Pix.Stride] words a row. It is valid until Close.
func (p *Pix) Words() []uint32 {
	n := p.Stride() * p.Height()
	return unsafe.Slice((*uint32)(unsafe.Pointer(C.pixGetData(p.c))), n)
}

// Stride is the number of 32-bit words in a row.
func (p *Pix) Stride() int { return int(C.pixGetWpl(p.c)) }

// SetRows fills the raster from packed rows of bytes of stride bytes each.
// channels is 1, or 3 for RGB into a 32-bit picture.
func (p *Pix) SetRows(data []byte, stride, channels int) error {
	need := (p.Width()*p.Depth() + 7) / 8
	if channels == 3 {
		need = p.Width() * 3
	}
	if stride < need || len(data) < stride*(p.Height()-1)+need {
		return errors.New("set rows: too few bytes")
	}
	C.sohoa_set_rows(p.c, (*C.l_uint8)(unsafe.Pointer(&data[0])), C.size_t(stride), C.int(channels))
	return nil
}

// GrayRows gives an 8-bit picture as rows of exactly Width bytes.
func (p *Pix) GrayRows(header []byte) ([]byte, error) {
	if p.Depth() != 8 {
		return nil, errors.New("gray rows: not an 8-bit picture")
	}
	out := make([]byte, len(header)+p.Width()*p.Height())
	copy(out, header)
	C.sohoa_get_gray(p.c, (*C.l_uint8)(unsafe.Pointer(&out[len(header)])))
	return out, nil
}

// Invert swaps black and white in place.
func (p *Pix) Invert() { C.pixInvert(p.c, p.c) }

// JPEG decodes a JPEG as far as it goes, at a fraction of its size: times is 1,
// 2, 4 or 8, and sizes are rounded up. warnings counts what the decoder had to
// guess.
func JPEG(data []byte, times int) (p *Pix, warnings int, err error) {
	if len(data) == 0 {
		return nil, 0, errFailed
	}
	var warn C.l_int32
	c := C.pixReadMemJpeg((*C.l_uint8)(unsafe.Pointer(&data[0])), C.size_t(len(data)), 0, C.l_int32(times), &warn, C.L_JPEG_CONTINUE_WITH_BAD_DATA)
	p, err = wrap(c, "decode jpeg")
	return p, int(warn), err
}

// Decode reads PNG, BMP, WebP or JPEG 2000 by their magic bytes.
func Decode(data []byte) (*Pix, error) {
	if len(data) == 0 {
		return nil, errFailed
	}
	return wrap(C.pixReadMem((*C.l_uint8)(unsafe.Pointer(&data[0])), C.size_t(len(data))), "decode")
}

// Header is the form of a picture as its file announces it.
type Header struct{ Width, Height, BitsPerSample, SamplesPerPixel int }

// ReadHeader reads the form without the pixels.
func ReadHeader(data []byte) (Header, error) {
	if len(data) == 0 {
		return Header{}, errFailed
	}
	var format, w, h, bps, spp, cmap C.l_int32
	if C.pixReadHeaderMem((*C.l_uint8)(unsafe.Pointer(&data[0])), C.size_t(len(data)), &format, &w, &h, &bps, &spp, &cmap) != 0 {
		return Header{}, fmt.Errorf("read header: %w", errFailed)
	}
	return Header{int(w), int(h), int(bps), int(spp)}, nil
}

// Flatten brings any decoded picture to one of the depths in use: colour maps
// are resolved, transparency is laid on white, other depths become 8 bits. The
// receiver stays valid.
func (p *Pix) Flatten() (*Pix, error) { return wrap(C.sohoa_flatten(p.c), "flatten") }

// GrayIfColourless returns the 8-bit form of a 32-bit picture in which every
// pixel has R = G = B, and nil for any other.
func (p *Pix) GrayIfColourless() *Pix {
	if c := C.sohoa_gray_if_colourless(p.c); c != nil {
		return &Pix{c}
	}
	return nil
}

// PNG encodes the picture losslessly.
func (p *Pix) PNG() ([]byte, error) {
	var data *C.l_uint8
	var size C.size_t
	if C.pixWriteMemPng(&data, &size, p.c, 0) != 0 {
		return nil, fmt.Errorf("encode png: %w", errFailed)
	}
	defer C.lept_free(unsafe.Pointer(data))
	return C.GoBytes(unsafe.Pointer(data), C.int(size)), nil
}

// G4 encodes a 1-bit picture as CCITT group 4 in which black runs are black.
func (p *Pix) G4() ([]byte, error) {
	var cid *C.L_COMP_DATA
	if C.pixGenerateCIData(p.c, C.L_G4_ENCODE, 0, 0, &cid) != 0 {
		return nil, fmt.Errorf("encode g4: %w", errFailed)
	}
	defer C.l_CIDataDestroy(&cid)
	return C.GoBytes(unsafe.Pointer(cid.datacomp), C.int(cid.nbytescomp)), nil
}

// Luminance is the brightness of an RGB picture, in 8 bits.
func (p *Pix) Luminance() (*Pix, error) { return wrap(C.pixConvertRGBToLuminance(p.c), "luminance") }

// Stretch spreads the gray values of an 8-bit picture: from becomes black, to white.
func (p *Pix) Stretch(from, to int) (*Pix, error) {
	return wrap(C.pixGammaTRC(nil, p.c, 1, C.l_int32(from), C.l_int32(to)), "stretch")
}

// Red is the red channel of an RGB picture, in 8 bits.
func (p *Pix) Red() (*Pix, error) { return wrap(C.pixGetRGBComponent(p.c, C.COLOR_RED), "red") }

// RedMask is black where an RGB picture is of saturated red; one pixel of it
// stands for step x step of the picture.
func (p *Pix) RedMask(step int) (*Pix, error) {
	return wrap(C.sohoa_red_mask(p.c, C.int(step)), "red mask")
}

// CopyBox copies a rectangle of another picture of the same size and depth over
// this one.
func (p *Pix) CopyBox(other *Pix, b Box) {
	C.pixRasterop(p.c, C.l_int32(b.X), C.l_int32(b.Y), C.l_int32(b.W), C.l_int32(b.H), C.PIX_SRC, other.c, C.l_int32(b.X), C.l_int32(b.Y))
}

// Paste copies a picture of the same depth over this one, its corner at (x, y).
func (p *Pix) Paste(other *Pix, x, y int) {
	C.pixRasterop(p.c, C.l_int32(x), C.l_int32(y), C.pixGetWidth(other.c), C.pixGetHeight(other.c), C.PIX_SRC, other.c, 0, 0)
}

// Clear makes a 1-bit picture white where a mask is black, its corner at (x, y).
func (p *Pix) Clear(mask *Pix, x, y int) {
	C.pixRasterop(p.c, C.l_int32(x), C.l_int32(y), C.pixGetWidth(mask.c), C.pixGetHeight(mask.c), C.PIX_SUBTRACT, mask.c, 0, 0)
}

// To8 makes an 8-bit picture of a 1-bit one.
func (p *Pix) To8() (*Pix, error) { return wrap(C.pixConvert1To8(nil, p.c, 255, 0), "to 8 bits") }

// Scale resizes: by averaging when it shrinks, by interpolation when it grows.
func (p *Pix) Scale(sx, sy float64) (*Pix, error) {
	return wrap(C.sohoa_scale(p.c, C.l_float32(sx), C.l_float32(sy)), "scale")
}

// Threshold makes a 1-bit picture: samples below the level are black.
func (p *Pix) Threshold(level int) (*Pix, error) {
	return wrap(C.pixThresholdToBinary(p.c, C.l_int32(level)), "threshold")
}

// OpenBrick removes black that a w x h brick does not fit into.
func (p *Pix) OpenBrick(w, h int) (*Pix, error) {
	return wrap(C.sohoa_open(p.c, C.l_int32(w), C.l_int32(h)), "open")
}

// CloseBrick fills white that a w x h brick does not fit into.
func (p *Pix) CloseBrick(w, h int) (*Pix, error) {
	return wrap(C.sohoa_close(p.c, C.l_int32(w), C.l_int32(h)), "close")
}

// Dilate grows black by a w x h brick.
func (p *Pix) Dilate(w, h int) (*Pix, error) {
	return wrap(C.pixDilateBrick(nil, p.c, C.l_int32(w), C.l_int32(h)), "dilate")
}

// BorderRing is a 1-bit picture of the same size whose outer ring is black.
func (p *Pix) BorderRing(width int) (*Pix, error) {
	ring, err := wrap(C.pixCreateTemplate(p.c), "ring")
	if err != nil {
		return nil, err
	}
	n := C.l_int32(width)
	C.pixSetOrClearBorder(ring.c, n, n, n, n, C.PIX_SET)
	return ring, nil
}

// ClearBorder makes the outer ring of a 1-bit picture white, in place.
func (p *Pix) ClearBorder(width int) {
	n := C.l_int32(width)
	C.pixSetOrClearBorder(p.c, n, n, n, n, C.PIX_CLR)
}

// FillFrom keeps of the 1-bit receiver what touches the seed (8-connected).
func (p *Pix) FillFrom(seed *Pix) (*Pix, error) {
	start, err := wrap(C.pixAnd(nil, seed.c, p.c), "seed")
	if err != nil {
		return nil, err
	}
	defer start.Close()
	return wrap(C.pixSeedfillBinary(nil, start.c, p.c, 8), "seed fill")
}

// Replicate enlarges a 1-bit picture by a whole factor.
func (p *Pix) Replicate(factor int) (*Pix, error) {
	return wrap(C.pixExpandBinaryReplicate(p.c, C.l_int32(factor), C.l_int32(factor)), "replicate")
}

// PaintWhite sets every pixel under the black of the mask to white, in place.
func (p *Pix) PaintWhite(mask *Pix) { C.pixPaintThroughMask(p.c, mask.c, 0, 0, 255) }

// PaintWhiteBox makes a rectangle of a 1-bit picture white, in place.
func (p *Pix) PaintWhiteBox(b Box) {
	C.pixRasterop(p.c, C.l_int32(b.X), C.l_int32(b.Y), C.l_int32(b.W), C.l_int32(b.H), C.PIX_CLR, nil, 0, 0)
}

// Subtract makes white, in place, what is black in another 1-bit picture.
func (p *Pix) Subtract(other *Pix) { C.pixSubtract(p.c, p.c, other.c) }

// FlattenBackground evens the paper of an 8-bit picture out: the background
// is the brightest value of each 8x8 cell, closed and blurred, and every pixel
// is scaled so that its background becomes target.
func (p *Pix) FlattenBackground(target, darkest int) (*Pix, error) {
	return wrap(C.sohoa_flatten_background(p.c, C.int(target), C.int(darkest)), "flatten background")
}

// Smaller keeps the components of a 1-bit picture at most w wide and h high.
func (p *Pix) Smaller(w, h int) (*Pix, error) {
	return wrap(C.sohoa_select(p.c, C.l_int32(w), C.l_int32(h), 0), "select by size")
}

// Larger drops the components that are below w in width and h in height.
func (p *Pix) Larger(w, h int) (*Pix, error) {
	return wrap(C.sohoa_select(p.c, C.l_int32(w), C.l_int32(h), 1), "select by size")
}

// Box is a rectangle in pixels.
type Box struct{ X, Y, W, H int }

// HalfIn tells whether half of a box or more lies in another.
func (b Box) HalfIn(o Box) bool {
	w, h := min(b.X+b.W, o.X+o.W)-max(b.X, o.X), min(b.Y+b.H, o.Y+o.H)-max(b.Y, o.Y)
	return w > 0 && h > 0 && 2*w*h >= b.W*b.H
}

// Components are the boxes of the 8-connected components of a 1-bit picture, by
// their first pixels from the top down, then from the left.
func (p *Pix) Components() ([]Box, error) {
	var n C.l_int32
	found := C.sohoa_components(p.c, &n)
	if found == nil {
		return nil, fmt.Errorf("components: %w", errFailed)
	}
	defer C.free(unsafe.Pointer(found))
	boxes := make([]Box, n)
	for i, b := range unsafe.Slice((*[4]C.l_int32)(unsafe.Pointer(found)), int(n)) {
		boxes[i] = Box{X: int(b[0]), Y: int(b[1]), W: int(b[2] - b[0]), H: int(b[3] - b[1])}
	}
	return boxes, nil
}

// Black counts the black pixels of a 1-bit picture.
func (p *Pix) Black() int {
	var n C.l_int32
	C.pixCountPixels(p.c, &n, nil)
	return int(n)
}

// Halve shrinks a 1-bit picture by two; a pixel is black when at least level
// (1 to 4) of its four sources are.
func (p *Pix) Halve(level int) (*Pix, error) {
	return wrap(C.pixReduceRankBinary2(p.c, C.l_int32(level), nil), "halve")
}

// RowContrast shears the columns of a 1-bit picture by the angle and sums the
// squared differences of the black counts of neighbouring rows. It is largest
// when the lines of text lie along the rows.
func (p *Pix) RowContrast(degrees float64) (float64, error) {
	var sum C.l_float32
	if C.sohoa_row_contrast(p.c, C.l_float32(radians(degrees)), &sum) != 0 {
		return 0, fmt.Errorf("row contrast: %w", errFailed)
	}
	return float64(sum), nil
}

// Quarter turns the picture clockwise by 0, 90, 180 or 270 degrees.
func (p *Pix) Quarter(degrees int) (*Pix, error) {
	return wrap(C.pixRotateOrth(p.c, C.l_int32(degrees/90%4)), "quarter turn")
}

// MirrorLR returns the picture mirrored left to right.
func (p *Pix) MirrorLR() (*Pix, error) { return wrap(C.pixFlipLR(nil, p.c), "mirror") }

// Sample draws a picture of w x h pixels whose point (x, y) shows the point
// matrix(x, y) of an 8-bit picture; points are corners of pixels. Every pixel is
// the mean of enough points to lose none of the source; what lies outside is
// white.
func (p *Pix) Sample(matrix [6]float64, w, h int) (*Pix, error) {
	if p.Depth() != 8 {
		return nil, errors.New("sample: not an 8-bit picture")
	}
	return wrap(C.sohoa_sample(p.c, (*C.double)(unsafe.Pointer(&matrix[0])), C.l_int32(w), C.l_int32(h)), "sample")
}

// Sharpen undoes a little of the blur of shrinking an 8-bit picture, as pixScale does:
// each pixel moves by a fifth of what it differs from the mean of 3 x 3 around it.
func (p *Pix) Sharpen() (*Pix, error) {
	if p.Depth() != 8 {
		return nil, errors.New("sharpen: not an 8-bit picture")
	}
	return wrap(C.sohoa_sharpen(p.c), "sharpen")
}

// Brightest is the largest of the three channels of an RGB picture, in which
// coloured ink is pale and black print stays black.
func (p *Pix) Brightest() (*Pix, error) {
	return wrap(C.pixConvertRGBToGrayMinMax(p.c, C.L_CHOOSE_MAX), "brightest channel")
}

// RotateBinary turns a 1-bit picture clockwise by shears; for small angles.
func (p *Pix) RotateBinary(degrees float64) (*Pix, error) {
	return wrap(C.pixRotateShearCenter(p.c, C.l_float32(radians(degrees)), C.L_BRING_IN_WHITE), "rotate")
}

// UpDown compares ascenders with descenders on a level 1-bit picture of text.
// Positive means upright, negative upside down, near zero unknown; fewer than
// minCount marks give zero.
func (p *Pix) UpDown(minCount int) (float64, error) {
	var confidence C.l_float32
	if C.pixUpDownDetect(p.c, &confidence, C.l_int32(minCount), 0, 0) != 0 {
		return 0, fmt.Errorf("up or down: %w", errFailed)
	}
	return float64(confidence), nil
}

// AddBorder adds a white border to an 8-bit picture.
func (p *Pix) AddBorder(left, right, top, bottom int) (*Pix, error) {
	return wrap(C.pixAddBorderGeneral(p.c, C.l_int32(left), C.l_int32(right), C.l_int32(top), C.l_int32(bottom), 255), "add border")
}

// Crop cuts a rectangle out; it is clipped to the picture.
func (p *Pix) Crop(b Box) (*Pix, error) {
	box := C.boxCreate(C.l_int32(b.X), C.l_int32(b.Y), C.l_int32(b.W), C.l_int32(b.H))
	if box == nil {
		return nil, fmt.Errorf("crop: %w", errFailed)
	}
	defer C.boxDestroy(&box)
	return wrap(C.pixClipRectangle(p.c, box, nil), "crop")
}

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }
