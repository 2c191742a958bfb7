package decode

import (
	"bytes"
	"encoding/binary"
	"errors"

	"sohoa/dossier"
)

// jpegHeader is what the markers before the first scan say.
type jpegHeader struct {
	width, height int
	precision     int
	components    int
	ids           []byte // component identifiers, for files that say "RGB" there
	sof           byte   // second byte of the start-of-frame marker
	xdpi, ydpi    float64
	orientation   Orientation
	adobe         bool
	restart       int // blocks between restart marks, 0 for none
	frameAt       int // offset of the frame header's marker
	scan          int // offset of the first scan
}

func (h jpegHeader) progressive() bool { return h.sof == 0xc2 }

// dct tells whether a PDF viewer takes the file's own bytes: baseline,
// extended or progressive, 8 bits, gray or three colours.
func (h jpegHeader) dct() bool {
	return h.sof >= 0xc0 && h.sof <= 0xc2 && h.precision == 8 && (h.components == 1 || h.components == 3)
}

// decodeParms tells the viewer of three plain RGB components. Decoders go by
// the identifiers; viewers are only promised the Adobe marker.
func (h jpegHeader) decodeParms() string {
	if h.components == 3 && !h.adobe && bytes.Equal(h.ids, []byte("RGB")) {
		return "/ColorTransform 0"
	}
	return ""
}

var errJPEG = errors.New("jpeg header")

// readJPEGHeader walks the markers up to the first scan.
func readJPEGHeader(data []byte) (jpegHeader, error) {
	h := jpegHeader{orientation: 1}
	for at := 2; at+4 <= len(data); {
		marker := data[at+1]
		if data[at] != 0xff || marker == 0xff || marker == 0 { // strays and fill bytes, which decoders pass over
			at++
			continue
		}
		if marker >= 0xd0 && marker <= 0xd8 || marker == 0x01 { // no length follows
			at += 2
			continue
		}
		size := int(binary.BigEndian.Uint16(data[at+2:]))
		if size < 2 || at+2+size > len(data) {
			break
		}
		if isFrame(marker) && h.width == 0 {
			h.frameAt = at
		}
		h.segment(marker, data[at+4:at+2+size])
		at += 2 + size
		if marker == 0xda {
			h.scan = at
			break
		}
	}
	if h.width == 0 || h.height == 0 || h.scan == 0 {
		return h, because(dossier.ReasonDamaged, errJPEG)
	}
	return h, nil
}

func isFrame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}

func (h *jpegHeader) segment(marker byte, body []byte) {
	switch {
	case isFrame(marker):
		h.frame(marker, body)
	case marker == 0xdd && len(body) >= 2:
		h.restart = int(binary.BigEndian.Uint16(body))
	case marker == 0xe0 && len(body) >= 12 && string(body[:5]) == "JFIF\x00":
		h.jfif(body)
	case marker == 0xe1 && len(body) > 6 && string(body[:6]) == "Exif\x00\x00":
		e := readEXIF(body[6:])
		h.orientation = e.orientation.valid()
		if h.xdpi == 0 {
			h.xdpi, h.ydpi = e.xdpi, e.ydpi
		}
	case marker == 0xee && len(body) >= 12 && string(body[:5]) == "Adobe":
		h.adobe = true
	}
}

func (h *jpegHeader) frame(marker byte, body []byte) {
	if len(body) < 6 || h.width != 0 {
		return
	}
	h.sof, h.precision, h.components = marker, int(body[0]), int(body[5])
	h.height, h.width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	for i := 6; i+3 <= len(body); i += 3 {
		h.ids = append(h.ids, body[i])
	}
}

func (h *jpegHeader) jfif(body []byte) {
	x, y := float64(binary.BigEndian.Uint16(body[8:])), float64(binary.BigEndian.Uint16(body[10:]))
	switch body[7] {
	case 1:
		h.xdpi, h.ydpi = x, y
	case 2:
		h.xdpi, h.ydpi = x*2.54, y*2.54
	}
}

// cutShort tells that the file ends inside the picture: no end marker follows
// the first scan.
func (h jpegHeader) cutShort(data []byte) bool {
	return !bytes.Contains(data[h.scan:], []byte{0xff, 0xd9})
}

// exif holds the few tags of an EXIF block that matter to a page.
type exif struct {
	orientation Orientation
	xdpi, ydpi  float64
}

// maxEXIFTags bounds a damaged directory; real ones have some dozens.
const maxEXIFTags = 512

// readEXIF reads the first directory of a TIFF-formed EXIF block. What does
// not fit in the block is taken as absent.
func readEXIF(b []byte) exif {
	e := exif{orientation: 1}
	if len(b) < 8 {
		return e
	}
	var order binary.ByteOrder = binary.BigEndian
	if b[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at < 8 || at+2 > int64(len(b)) {
		return e
	}
	perUnit := 1.0
	n := min(int(order.Uint16(b[at:])), maxEXIFTags)
	for i := range int64(n) {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(b)) {
			break
		}
		value := b[entry+8 : entry+12]
		switch order.Uint16(b[entry:]) {
		case 0x0112:
			e.orientation = Orientation(order.Uint16(value))
		case 0x011a:
			e.xdpi = rational(b, order, value)
		case 0x011b:
			e.ydpi = rational(b, order, value)
		case 0x0128:
			if order.Uint16(value) == 3 {
				perUnit = 2.54
			}
		}
	}
	e.xdpi, e.ydpi = e.xdpi*perUnit, e.ydpi*perUnit
	return e
}

func rational(b []byte, order binary.ByteOrder, offset []byte) float64 {
	at := int64(order.Uint32(offset))
	if at+8 > int64(len(b)) {
		return 0
	}
	numerator, denominator := order.Uint32(b[at:]), order.Uint32(b[at+4:])
	if denominator == 0 {
		return 0
	}
	return float64(numerator) / float64(denominator)
}
