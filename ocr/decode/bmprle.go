package decode

import (
	"errors"

	"sohoa/dossier"
)

// unrun undoes run lengths of 4 or 8 bits into rows of one byte a pixel, in
// stored order. Pixels that are skipped have the first colour of the palette.
// A run beyond its row or an end before the last row is damage.
func (h *bmpHeader) unrun(data []byte) ([]byte, error) {
	stride := (h.width + 3) / 4 * 4
	r := bmpRuns{data: data, out: make([]byte, stride*h.height), stride: stride, h: h}
	for !r.ended {
		if err := r.next(); err != nil {
			return nil, err
		}
	}
	return r.out, nil
}

type bmpRuns struct {
	data   []byte
	out    []byte
	stride int
	h      *bmpHeader
	x, y   int
	ended  bool
}

var errRuns = errors.New("bmp run lengths")

// next takes one code: a run, or an escape.
func (r *bmpRuns) next() error {
	if r.y >= r.h.height { // the mark at the end is often left out
		r.ended = true
		return nil
	}
	code, ok := r.take(2)
	if !ok {
		return because(dossier.ReasonDamaged, errRuns)
	}
	count, value := int(code[0]), code[1]
	if count > 0 {
		return r.put(count, func(i int) byte { return r.sample([]byte{value, value}, i%2) })
	}
	return r.escape(int(value))
}

// escape ends a row (0), the picture (1), moves on (2), or gives pixels.
func (r *bmpRuns) escape(kind int) error {
	switch kind {
	case 0:
		r.x, r.y = 0, r.y+1
		return nil
	case 1:
		r.ended = true
		return nil
	case 2:
		move, ok := r.take(2)
		if !ok || r.x+int(move[0]) > r.h.width {
			return because(dossier.ReasonDamaged, errRuns)
		}
		r.x, r.y = r.x+int(move[0]), r.y+int(move[1])
		return nil
	}
	size := kind
	if r.h.bits == 4 {
		size = (kind + 1) / 2
	}
	pixels, ok := r.take((size + 1) / 2 * 2)
	if !ok {
		return because(dossier.ReasonDamaged, errRuns)
	}
	return r.put(kind, func(i int) byte { return r.sample(pixels, i) })
}

func (r *bmpRuns) take(n int) ([]byte, bool) {
	if len(r.data) < n {
		return nil, false
	}
	taken := r.data[:n]
	r.data = r.data[n:]
	return taken, true
}

// sample is the i-th pixel of packed ones.
func (r *bmpRuns) sample(packed []byte, i int) byte {
	if r.h.bits == 8 {
		return packed[i]
	}
	if i%2 == 0 {
		return packed[i/2] >> 4
	}
	return packed[i/2] & 15
}

func (r *bmpRuns) put(n int, pixel func(int) byte) error {
	if r.x+n > r.h.width || r.y >= r.h.height {
		return because(dossier.ReasonDamaged, errRuns)
	}
	row := r.out[r.y*r.stride+r.x:]
	for i := range n {
		row[i] = pixel(i)
	}
	r.x += n
	return nil
}
