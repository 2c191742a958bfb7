package decode

import (
	"encoding/binary"
	"math"
)

// jp2Header is what the boxes of a JPEG 2000 file say (ISO/IEC 15444-1, annex
// I) beside what leptonica reads itself.
type jp2Header struct {
	boxed      bool // a file with boxes, not a bare codestream
	components int
	bits       byte // of the image header box: 7 for 8 bits without sign
	colours    int  // colour specifications
	method     byte
	space      uint32
	mapped     bool // a palette, a channel definition or depths that differ
	xdpi, ydpi float64
	// The size by the codestream, which decides what a decoder asks memory for,
	// whatever the boxes say.
	width, height int
}

// The enumerated colour spaces a PDF/A-2 picture may be taken over with: sRGB
// and gray.
const (
	jp2RGB  = 16
	jp2Gray = 17
)

// readJP2Header walks the boxes; what does not fit is left out.
func readJP2Header(data []byte) jp2Header {
	var h jp2Header
	if len(data) >= 12 && string(data[4:8]) == "jP  " {
		h.boxed = true
		h.boxes(data, 0)
	} else {
		h.codestream(data)
	}
	return h
}

// maxJP2Depth is how deep boxes that matter are nested: header, resolution.
const maxJP2Depth = 3

func (h *jp2Header) boxes(data []byte, depth int) {
	for len(data) >= 8 && depth < maxJP2Depth {
		head, size := int64(8), int64(binary.BigEndian.Uint32(data))
		switch {
		case size == 0: // the last box reaches to the end of the file
			size = int64(len(data))
		case size == 1 && len(data) >= 16: // a long one
			head, size = 16, int64(binary.BigEndian.Uint64(data[8:]))
		}
		if size < head || size > int64(len(data)) {
			size = int64(len(data)) // cut short; decoders go on with what is there
		}
		h.box(string(data[4:8]), data[min(head, size):size], depth)
		data = data[size:]
	}
}

// codestream reads the size marker that a codestream begins with (A.5.1).
func (h *jp2Header) codestream(data []byte) {
	const siz = "\xff\x4f\xff\x51"
	if len(data) < 24 || string(data[:4]) != siz {
		return
	}
	side := func(at int) int {
		return int(binary.BigEndian.Uint32(data[at:])) - int(binary.BigEndian.Uint32(data[at+8:]))
	}
	h.width, h.height = side(8), side(12)
}

func (h *jp2Header) box(kind string, body []byte, depth int) {
	switch kind {
	case "jp2h", "res ":
		h.boxes(body, depth+1)
	case "jp2c":
		if h.width == 0 { // decoders take the first
			h.codestream(body)
		}
	case "ihdr":
		if len(body) >= 14 {
			h.components, h.bits = int(binary.BigEndian.Uint16(body[8:])), body[10]
		}
	case "colr":
		h.colours++
		if len(body) >= 7 {
			h.method, h.space = body[0], binary.BigEndian.Uint32(body[3:])
		}
	case "pclr", "cdef", "bpcc":
		h.mapped = true
	case "resc", "resd":
		if len(body) >= 10 {
			h.ydpi = perMetreScaled(body[0:4], body[8])
			h.xdpi = perMetreScaled(body[4:8], body[9])
		}
	}
}

// perMetreScaled is a fraction times a power of ten, dots a metre, in dpi.
func perMetreScaled(fraction []byte, exponent byte) float64 {
	over := binary.BigEndian.Uint16(fraction[2:])
	if over == 0 {
		return 0
	}
	return float64(binary.BigEndian.Uint16(fraction)) / float64(over) * math.Pow(10, float64(int8(exponent))) * 0.0254
}

// liftable tells whether the file's own bytes may stand in PDF/A-2 (ISO
// 19005-2, 6.2.8.3): one to three channels of one depth, one enumerated colour
// space that the output intent covers. Of the depths allowed only 8 bits are
// used, which every viewer shows.
func (h jp2Header) liftable() bool {
	space := h.components == 3 && h.space == jp2RGB || h.components == 1 && h.space == jp2Gray
	return h.boxed && space && h.bits == 7 && h.colours == 1 && h.method == 1 && !h.mapped
}
