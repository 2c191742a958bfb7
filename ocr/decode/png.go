package decode

import (
	"encoding/binary"
	"errors"
	"fmt"

	"sohoa/dossier"
)

// pngHeader is what the chunks of a PNG say, and where its pixels are.
type pngHeader struct {
	width, height int
	bits          int
	colour        byte // 0 gray, 2 RGB, 3 palette, 4 gray + alpha, 6 RGBA
	interlaced    bool
	transparent   bool // a tRNS chunk names a transparent colour
	xdpi, ydpi    float64
	orientation   Orientation
	idat          []Range
	ended         bool
}

var errPNG = errors.New("png chunks")

// readPNGHeader walks the chunks. A file without its end chunk is kept: the
// decoder decides whether the pixels are whole.
func readPNGHeader(data []byte) (pngHeader, error) {
	h := pngHeader{orientation: 1}
	for at := int64(8); at+12 <= int64(len(data)) && !h.ended; {
		size := int64(binary.BigEndian.Uint32(data[at:]))
		if at+12+size > int64(len(data)) {
			break
		}
		h.chunk(string(data[at+4:at+8]), data[at+8:at+8+size], at+8)
		at += 12 + size
	}
	if h.width == 0 || len(h.idat) == 0 {
		return h, because(dossier.ReasonDamaged, errPNG)
	}
	return h, nil
}

func (h *pngHeader) chunk(kind string, body []byte, at int64) {
	switch kind {
	case "IHDR":
		if len(body) >= 13 {
			h.width, h.height = int(binary.BigEndian.Uint32(body)), int(binary.BigEndian.Uint32(body[4:]))
			h.bits, h.colour, h.interlaced = int(body[8]), body[9], body[12] != 0
		}
	case "pHYs":
		if len(body) >= 9 && body[8] == 1 { // dots per metre
			h.xdpi, h.ydpi = perMetre(binary.BigEndian.Uint32(body)), perMetre(binary.BigEndian.Uint32(body[4:]))
		}
	case "tRNS":
		h.transparent = true
	case "eXIf":
		h.orientation = readEXIF(body).orientation.valid()
	case "IDAT":
		h.idat = append(h.idat, Range{Offset: at, Length: int64(len(body))})
	case "IEND":
		h.ended = true
	}
}

func perMetre(dots uint32) float64 { return float64(dots) * 0.0254 }

// channels per pixel as stored.
func (h pngHeader) channels() int {
	switch h.colour {
	case 2:
		return 3
	case 4:
		return 2
	case 6:
		return 4
	}
	return 1
}

// liftable tells whether the pixel bytes are a PDF stream as they stand: rows
// with PNG predictors, gray or RGB, nothing transparent.
func (h pngHeader) liftable() bool {
	return !h.interlaced && !h.transparent && (h.colour == 0 || h.colour == 2)
}

// stream describes the pixel bytes as a PDF stream.
func (h pngHeader) stream() *Stream {
	return &Stream{
		Width: h.width, Height: h.height, BitsPerComponent: h.bits, Components: h.channels(),
		Filter: "FlateDecode",
		DecodeParms: fmt.Sprintf("/Predictor 15 /Colors %d /BitsPerComponent %d /Columns %d",
			h.channels(), h.bits, h.width),
		Ranges: h.idat,
	}
}

// liftPNG takes the stream out of a whole PNG held in memory.
func liftPNG(data []byte) (*Stream, error) {
	h, err := readPNGHeader(data)
	if err != nil {
		return nil, err
	}
	s := h.stream()
	for _, r := range h.idat {
		s.Data = append(s.Data, data[r.Offset:r.Offset+r.Length]...)
	}
	s.Ranges = nil
	return s, nil
}
