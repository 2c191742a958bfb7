package decode

import (
	"encoding/binary"
	"errors"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
)

// BMP in Go: leptonica reads neither run lengths nor bit fields, which some
// scanner programs write. Layout as in Microsoft's "Bitmap Storage" (BITMAPCOREHEADER
// to BITMAPV5HEADER) and, for 64 bytes, OS/2 2.0. Sizes that the file states
// twice or does not need are not believed: the pixels decide.

// Compressions of a BMP.
const (
	bmpPlain = iota
	bmpRLE8
	bmpRLE4
	bmpFields
	bmpAlphaFields = 6
)

// bmpHeader is what a BMP says before its pixels.
type bmpHeader struct {
	width, height int
	topDown       bool
	bits          int
	compression   int
	xdpi, ydpi    float64
	palette       []uint32  // as words of a 32-bit picture
	masks         [3]uint32 // red, green and blue of 16 and 32 bits
	pixels        int       // offset of the first row
}

var errBMP = errors.New("bmp header")

func readBMPHeader(data []byte) (bmpHeader, error) {
	le := binary.LittleEndian
	if len(data) < 26 {
		return bmpHeader{}, because(dossier.ReasonDamaged, errBMP)
	}
	size := int(le.Uint32(data[14:]))
	h := bmpHeader{width: int(le.Uint16(data[18:])), height: int(le.Uint16(data[20:])), bits: int(le.Uint16(data[24:]))}
	if size != 12 {
		if size < 40 || len(data) < 14+size {
			return bmpHeader{}, because(dossier.ReasonDamaged, errBMP)
		}
		h.long(data)
	}
	if h.width <= 0 || h.height <= 0 || !h.known(size) {
		return bmpHeader{}, because(dossier.ReasonDamaged, errBMP)
	}
	h.colours(data, size)
	return h, nil
}

// long reads a header of 40 bytes or more.
func (h *bmpHeader) long(data []byte) {
	le := binary.LittleEndian
	h.width, h.height = int(int32(le.Uint32(data[18:]))), int(int32(le.Uint32(data[22:])))
	h.bits, h.compression = int(le.Uint16(data[28:])), int(le.Uint32(data[30:]))
	h.xdpi, h.ydpi = perMetre(le.Uint32(data[38:])), perMetre(le.Uint32(data[42:]))
	h.topDown = h.height < 0
	h.height = max(h.height, -h.height)
}

// known tells whether depth and compression go together.
func (h *bmpHeader) known(size int) bool {
	const os2 = 64 // there 3 is a fax code and 4 run lengths of 24 bits
	switch h.compression {
	case bmpPlain:
		return h.bits == 1 || h.bits == 2 || h.bits == 4 || h.bits == 8 || h.bits == 16 || h.bits == 24 || h.bits == 32
	case bmpRLE8:
		return h.bits == 8
	case bmpRLE4:
		return h.bits == 4
	case bmpFields, bmpAlphaFields:
		return (h.bits == 16 || h.bits == 32) && size != os2
	}
	return false
}

// colours reads palette and masks, and finds the first row.
func (h *bmpHeader) colours(data []byte, size int) {
	le := binary.LittleEndian
	after := 14 + size
	h.masks = [3]uint32{0xff0000, 0xff00, 0xff}
	if h.bits == 16 {
		h.masks = [3]uint32{0x7c00, 0x3e0, 0x1f}
	}
	if h.compression >= bmpFields && len(data) >= 66 {
		h.masks = [3]uint32{le.Uint32(data[54:]), le.Uint32(data[58:]), le.Uint32(data[62:])}
		if size == 40 { // the masks follow a header that has no room for them
			after += 12
		}
	}
	entry := 4
	if size == 12 {
		entry = 3
	}
	h.pixels = int(le.Uint32(data[10:]))
	if h.bits > 8 {
		return
	}
	n := 1 << h.bits
	if size != 12 {
		if used := int(le.Uint32(data[46:])); used > 0 && used < n {
			n = used
		}
	}
	for at := after; len(h.palette) < n && at+entry <= len(data); at += entry {
		if at+entry > h.pixels && h.pixels >= after+entry {
			break // the palette is shorter than announced
		}
		h.palette = append(h.palette, rgbWord(data[at+2], data[at+1], data[at]))
	}
}

// rgbWord is a pixel of a 32-bit picture.
func rgbWord(r, g, b byte) uint32 { return uint32(r)<<24 | uint32(g)<<16 | uint32(b)<<8 }

// stride is the length of a row, which ends on four bytes.
func (h *bmpHeader) stride() int { return (h.width*h.bits + 31) / 32 * 4 }

// bmpPixels decodes the pixels; the size has been checked.
func bmpPixels(data []byte) (*lept.Pix, error) {
	h, err := readBMPHeader(data)
	if err != nil {
		return nil, err
	}
	if h.pixels < 14 || h.pixels > len(data) {
		return nil, because(dossier.ReasonDamaged, errBMP)
	}
	rows := data[h.pixels:]
	if h.compression == bmpRLE8 || h.compression == bmpRLE4 {
		if rows, err = h.unrun(rows); err != nil {
			return nil, err
		}
		h.bits = 8
	}
	if len(rows) < h.stride()*(h.height-1)+(h.width*h.bits+7)/8 {
		return nil, because(dossier.ReasonDamaged, errors.New("bmp ends inside the picture"))
	}
	return h.picture(rows)
}

// picture fills a picture of the least depth that holds the colours.
func (h *bmpHeader) picture(rows []byte) (*lept.Pix, error) {
	if pix, err := h.bilevel(rows); pix != nil || err != nil {
		return pix, err
	}
	pix, err := lept.New(h.width, h.height, 32)
	if err != nil {
		return nil, because(dossier.ReasonMemory, err)
	}
	words, stride := pix.Words(), pix.Stride()
	for y := range h.height {
		out := words[y*stride : y*stride+h.width]
		row := rows[h.row(y)*h.stride():]
		switch {
		case h.bits <= 8:
			h.indexed(row, out)
		case h.bits == 24:
			for x := range out {
				out[x] = rgbWord(row[3*x+2], row[3*x+1], row[3*x])
			}
		default:
			h.masked(row, out)
		}
	}
	return withoutColour(pix), nil
}

// row is where the y-th row from the top is stored.
func (h *bmpHeader) row(y int) int {
	if h.topDown {
		return y
	}
	return h.height - 1 - y
}

// bilevel keeps one bit a pixel when the palette is black and white; nil when
// it is not.
func (h *bmpHeader) bilevel(rows []byte) (*lept.Pix, error) {
	const white = 0xffffff00
	if h.bits != 1 || len(h.palette) != 2 || h.palette[0]^h.palette[1] != white || h.palette[0] != 0 && h.palette[0] != white {
		return nil, nil
	}
	upright := make([]byte, 0, h.stride()*h.height)
	for y := range h.height {
		at := h.row(y) * h.stride()
		upright = append(upright, rows[at:min(at+h.stride(), len(rows))]...)
		upright = upright[:min((y+1)*h.stride(), cap(upright))]
	}
	pix, err := lept.New(h.width, h.height, 1)
	if err != nil {
		return nil, because(dossier.ReasonMemory, err)
	}
	if err := pix.SetRows(upright, h.stride(), 1); err != nil {
		pix.Close()
		return nil, because(dossier.ReasonDamaged, err)
	}
	if h.palette[0] == 0 {
		pix.Invert() // a set bit of leptonica is black
	}
	return pix, nil
}

// indexed looks a row of up to 8 bits up; an index without colour is black.
func (h *bmpHeader) indexed(row []byte, out []uint32) {
	var table [256]uint32
	copy(table[:], h.palette)
	perByte, mask := 8/h.bits, byte(1<<h.bits-1)
	for x := range out {
		shift := 8 - h.bits*(x%perByte+1)
		out[x] = table[row[x/perByte]>>shift&mask]
	}
}

// masked takes the colours of 16 or 32 bits out by their masks.
func (h *bmpHeader) masked(row []byte, out []uint32) {
	var fields [3]field
	for i, m := range h.masks {
		fields[i] = newField(m)
	}
	bytes := h.bits / 8
	for x := range out {
		v := uint32(row[bytes*x]) | uint32(row[bytes*x+1])<<8
		if bytes == 4 {
			v |= uint32(row[4*x+2])<<16 | uint32(row[4*x+3])<<24
		}
		out[x] = rgbWord(fields[0].of(v), fields[1].of(v), fields[2].of(v))
	}
}

// field is a colour within a pixel.
type field struct{ mask, shift, largest uint32 }

func newField(mask uint32) field {
	f := field{mask: mask}
	for ; mask != 0 && mask&1 == 0; mask >>= 1 {
		f.shift++
	}
	f.largest = mask
	return f
}

// of scales the colour to 8 bits; a mask without bits is black.
func (f field) of(v uint32) byte {
	if f.largest == 0 {
		return 0
	}
	return byte(uint64(v&f.mask>>f.shift) * 255 / uint64(f.largest))
}
