package pdfread

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Unpack gives the bytes of a stream of structure: stored plain or by Flate,
// with or without PNG's predictors.
func (f *File) Unpack(o Object) ([]byte, error) {
	if o.Length > maxUnpacked {
		return nil, ErrLimit
	}
	raw := make([]byte, o.Length)
	if err := f.readAt(raw, o.Data); err != nil {
		return nil, err
	}
	d := o.Dict()
	filter, parms := d.Get("Filter"), d.Get("DecodeParms")
	if a, ok := filter.(Array); ok && len(a) == 1 {
		filter = a[0]
		if p, ok := parms.(Array); ok && len(p) == 1 {
			parms = p[0]
		}
	}
	switch filter {
	case nil:
		return raw, nil
	case Name("FlateDecode"):
	default:
		return nil, fmt.Errorf("filter of a stream of structure: %w", errSyntax)
	}
	z, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(z, maxUnpacked+1))
	if f.work += int64(len(body)); len(body) > maxUnpacked || f.work > maxWork {
		return nil, ErrLimit
	}
	// Programs that forget the checksum at the end are common, and the bytes
	// are judged by what they say.
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	p, _ := parms.(Dict)
	return unpredict(body, p)
}

// unpredict undoes PNG's predictors (RFC 2083, 6) for samples of 8 bits.
func unpredict(body []byte, parms Dict) ([]byte, error) {
	predictor, _ := parms.Whole("Predictor")
	if predictor < 2 {
		return body, nil
	}
	columns, ok := parms.Whole("Columns")
	if !ok {
		columns = 1
	}
	if predictor < 10 || columns < 1 || columns > 1<<16 {
		return nil, fmt.Errorf("predictor %d: %w", predictor, errSyntax)
	}
	row := int(columns)
	out := make([]byte, 0, len(body))
	above := make([]byte, row)
	for len(body) > row {
		line := body[1 : 1+row]
		if err := unfilter(body[0], line, above); err != nil {
			return nil, err
		}
		out = append(out, line...)
		above, body = line, body[1+row:]
	}
	return out, nil
}

func unfilter(kind byte, line, above []byte) error {
	for i := range line {
		var left, corner byte
		if i > 0 {
			left, corner = line[i-1], above[i-1]
		}
		switch kind {
		case 0:
		case 1:
			line[i] += left
		case 2:
			line[i] += above[i]
		case 3:
			line[i] += byte((int(left) + int(above[i])) / 2)
		case 4:
			line[i] += paeth(left, above[i], corner)
		default:
			return fmt.Errorf("filter of a row: %w", errSyntax)
		}
	}
	return nil
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	da, db, dc := abs(p-int(a)), abs(p-int(b)), abs(p-int(c))
	if da <= db && da <= dc {
		return a
	}
	if db <= dc {
		return b
	}
	return c
}

func abs(v int) int {
	if v < 0 {
		return -v
	}
	return v
}

// packed is an object out of an object stream.
type packed struct {
	number int
	raw    []byte
}

// maxHeld bounds the unpacked object streams kept at once.
const maxHeld = 16 << 20

// packedObject reads an object out of an object stream (ISO 32000-1, 7.5.7).
func (f *File) packedObject(stream, index, number int) (Object, error) {
	pack, err := f.pack(stream)
	if err != nil {
		return Object{}, fmt.Errorf("object stream %d: %w", stream, err)
	}
	if index >= len(pack) || pack[index].number != number {
		return Object{}, fmt.Errorf("object %d is not in its object stream: %w", number, errSyntax)
	}
	// A word more, so that a number at the very end is seen to be no reference.
	raw := append(bytes.Clone(pack[index].raw), " null "...)
	if f.work += int64(len(raw)); f.work > maxWork {
		return Object{}, ErrLimit
	}
	l := lexer{b: raw, base: -1}
	v, err := l.value(0)
	if err != nil {
		return Object{}, fmt.Errorf("object %d: %w", number, err)
	}
	return Object{Value: v, At: -1, Raw: raw}, nil
}

// pack unpacks an object stream, which must itself be a plain object.
func (f *File) pack(stream int) ([]packed, error) {
	if pack, ok := f.packs[stream]; ok {
		return pack, nil
	}
	p := f.place(stream)
	if p.kind != plain {
		return nil, fmt.Errorf("not a stream: %w", errSyntax)
	}
	o, err := f.objectAt(p.at, Ref{stream, int(p.index)})
	if err != nil {
		return nil, err
	}
	if o.Data == 0 || o.Dict().Name("Type") != "ObjStm" {
		return nil, fmt.Errorf("not an object stream: %w", errSyntax)
	}
	body, err := f.Unpack(o)
	if err != nil {
		return nil, err
	}
	pack, err := splitPack(body, o.Dict())
	if err != nil {
		return nil, err
	}
	if f.held += len(body); f.held > maxHeld {
		clear(f.packs)
		f.held = len(body)
	}
	f.packs[stream] = pack
	return pack, nil
}

// splitPack cuts the body at the offsets of its head.
func splitPack(body []byte, d Dict) ([]packed, error) {
	n, _ := d.Whole("N")
	first, _ := d.Whole("First")
	if n < 0 || n > int64(len(body)) || first < 0 || first > int64(len(body)) {
		return nil, fmt.Errorf("head: %w", errSyntax)
	}
	head := strings.Fields(string(body[:first]))
	if int64(len(head)) < 2*n {
		return nil, fmt.Errorf("head: %w", errSyntax)
	}
	pack := make([]packed, n)
	starts := make([]int64, n+1)
	for i := range pack {
		number, start, ok := twoNumbers(head[2*i] + " " + head[2*i+1])
		if !ok || number > maxObjects || start > int64(len(body))-first {
			return nil, fmt.Errorf("head: %w", errSyntax)
		}
		pack[i].number, starts[i] = int(number), first+start
	}
	starts[n] = int64(len(body))
	for i := range pack {
		if starts[i] > starts[i+1] {
			return nil, fmt.Errorf("order of objects: %w", errSyntax)
		}
		pack[i].raw = body[starts[i]:starts[i+1]]
	}
	return pack, nil
}
