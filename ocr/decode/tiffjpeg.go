package decode

// #include "tiff_shim.h"
import "C"

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// A TIFF keeps a JPEG page as strips, each a JPEG of its own without the tables,
// which stand once in a tag (TIFF Technical Note 2). The strips become one JPEG
// without decoding a sample: an encoder that restarts after every strip would
// have written just these bytes, parted by restart marks (ITU-T T.81, B.2.4.4).

// liftJPEG puts a page together; nil when its strips are not of that form.
func (t *tiffFile) liftJPEG(p tiffPage) (*Stream, error) {
	colour := p.tags.samples == 3 && (p.tags.photometric == tiffRGB || p.tags.photometric == tiffYCbCr)
	gray := p.tags.samples == 1 && p.tags.photometric == tiffMinIsBlack
	if p.tags.compression != tiffJPEG || p.tags.tiled != 0 || p.tags.bits != 8 || p.tags.planar > 1 || !colour && !gray {
		return nil, nil
	}
	j := stripJPEG{width: int(p.tags.width), height: int(p.tags.height), rows: int(min(p.tags.strip_rows, p.tags.height))}
	var size C.uint32_t
	if tables := C.sohoa_tiff_jpeg_tables(t.c, &size); tables != nil {
		j.tables = C.GoBytes(tables, C.int(size))
	}
	for i := range int(p.tags.strips) {
		r := t.strip(i)
		if !t.holds(r) {
			return nil, nil
		}
		strip, err := t.readRange(r)
		if err != nil {
			return nil, err
		}
		if !j.add(strip, i == int(p.tags.strips)-1) {
			return nil, nil
		}
	}
	data := j.join()
	h, err := readJPEGHeader(data)
	if err != nil {
		return nil, nil //nolint:nilerr // strips that do not join are decoded instead
	}
	if !h.dct() || h.components != int(p.tags.samples) || h.width != j.width || h.height != j.height {
		return nil, nil
	}
	s := &Stream{Width: h.width, Height: h.height, BitsPerComponent: 8, Components: h.components, Filter: "DCTDecode", Data: data}
	if p.tags.photometric == tiffRGB && !h.adobe {
		s.DecodeParms = "/ColorTransform 0"
	}
	return s, nil
}

// stripJPEG collects the strips of a page.
type stripJPEG struct {
	width, height, rows int
	tables              []byte // JPEG of tables only
	head                []byte // segments of the first strip up to its scan
	frame               int    // offset of its frame header in head
	scans               [][]byte
}

// add takes a strip; it must be coded like the first and restart nowhere itself.
func (j *stripJPEG) add(strip []byte, last bool) bool {
	h, err := readJPEGHeader(strip)
	if err != nil || h.sof > 0xc1 || h.width != j.width || h.restart != 0 {
		return false
	}
	if h.height != j.rows && !last || h.height > j.rows {
		return false
	}
	head, scan := slices.Clone(strip[2:h.scan]), strip[h.scan:]
	frame := h.frameAt - 2
	binary.BigEndian.PutUint16(head[frame+5:], 0) // heights may differ
	if j.head == nil {
		j.head, j.frame = head, frame
	}
	if !bytes.Equal(head, j.head) {
		return false
	}
	end := bytes.LastIndex(scan, []byte{0xff, 0xd9})
	if end < 0 {
		return false
	}
	j.scans = append(j.scans, scan[:end])
	return true
}

// join writes the page's JPEG; nil when a strip does not end on whole blocks.
func (j *stripJPEG) join() []byte {
	head := slices.Clone(j.head)
	binary.BigEndian.PutUint16(head[j.frame+5:], uint16(j.height))
	interval, ok := j.interval(head)
	if len(j.scans) > 1 && !ok {
		return nil
	}
	out := []byte{0xff, 0xd8}
	if n := len(j.tables); n > 4 {
		out = append(out, j.tables[2:n-2]...)
	}
	if len(j.scans) > 1 {
		out = append(out, 0xff, 0xdd, 0, 4, byte(interval>>8), byte(interval))
	}
	out = append(out, head...)
	for i, scan := range j.scans {
		if i > 0 {
			out = append(out, 0xff, 0xd0+byte((i-1)%8))
		}
		out = append(out, scan...)
	}
	return append(out, 0xff, 0xd9)
}

// interval is how many blocks of interleaved samples a strip holds.
func (j *stripJPEG) interval(head []byte) (int, bool) {
	const perComponent, first = 3, 10
	wide, high := 8, 8
	for i := range int(head[j.frame+9]) {
		at := j.frame + first + perComponent*i
		if at+1 >= len(head) {
			return 0, false
		}
		wide, high = max(wide, 8*int(head[at+1]>>4)), max(high, 8*int(head[at+1]&15))
	}
	if head[j.frame+9] == 1 { // a lone component is not interleaved (A.2.2)
		wide, high = 8, 8
	}
	n := (j.width + wide - 1) / wide * (j.rows / high)
	return n, j.rows%high == 0 && n > 0 && n <= 0xffff
}
