package pdfa

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// checkJPX compares the boxes of a JPEG 2000 picture (ISO/IEC 15444-1, annex I)
// with the dictionary, and holds them to what PDF/A-2 allows (ISO 19005-2,
// 6.2.8.3): one colour specification of an enumerated kind, one depth.
func (c *checker) checkJPX(o object, p picture) error {
	w := jpxWalk{c: c}
	if err := p.parms.only(nil); err != nil {
		return err
	}
	if err := w.boxes(o.at, o.at+o.length, 0); err != nil {
		return err
	}
	const sRGB, gray, eightBits = 16, 17, 7
	space := uint32(gray)
	if p.components == 3 {
		space = sRGB
	}
	switch {
	case w.sizes != 1 || w.colours != 1 || !w.pixels:
		return errors.New("JPX without size, colour or pixels")
	case int64(w.width) != p.width || int64(w.height) != p.height || int64(w.components) != p.components:
		return fmt.Errorf("JPX of %d × %d pixels, %d components", w.width, w.height, w.components)
	case w.bits != eightBits || p.bits != 8:
		return errors.New("JPX of another depth than 8 bits")
	case w.method != 1 || w.space != space:
		return errors.New("JPX of another colour space than its dictionary")
	}
	return nil
}

// jpxWalk notes what the boxes say.
type jpxWalk struct {
	c              *checker
	sizes, colours int
	width, height  uint32
	components     uint16
	bits, method   byte
	space          uint32
	pixels         bool
}

// boxes walks the boxes from at to end; those of the header are one deeper.
func (w *jpxWalk) boxes(at, end int64, depth int) error {
	var head [8]byte
	for at+int64(len(head)) <= end && !w.pixels {
		if err := w.c.readAt(head[:], at); err != nil {
			return err
		}
		size, kind := int64(binary.BigEndian.Uint32(head[:])), string(head[4:])
		if kind == "jp2c" {
			w.pixels = true
			return nil
		}
		if size < int64(len(head)) || size > end-at {
			return errors.New("JPX box of a wrong length")
		}
		if err := w.box(kind, at+int64(len(head)), at+size, depth); err != nil {
			return err
		}
		at += size
	}
	return nil
}

func (w *jpxWalk) box(kind string, at, end int64, depth int) error {
	switch kind {
	case "jp2h":
		if depth > 0 {
			return errors.New("JPX header in a header")
		}
		return w.boxes(at, end, depth+1)
	case "ihdr":
		var b [14]byte
		if end-at < int64(len(b)) {
			return errors.New("JPX size")
		}
		if err := w.c.readAt(b[:], at); err != nil {
			return err
		}
		w.sizes++
		w.height, w.width = binary.BigEndian.Uint32(b[:]), binary.BigEndian.Uint32(b[4:])
		w.components, w.bits = binary.BigEndian.Uint16(b[8:]), b[10]
	case "colr":
		var b [7]byte
		if end-at < int64(len(b)) {
			return errors.New("JPX colour")
		}
		if err := w.c.readAt(b[:], at); err != nil {
			return err
		}
		w.colours++
		w.method, w.space = b[0], binary.BigEndian.Uint32(b[3:])
	case "pclr", "cdef", "bpcc":
		return errors.New("JPX with a palette, channels or depths of its own")
	}
	return nil
}
