package pdfread

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// readSections follows the chain of sections from the newest back.
func (f *File) readSections(at int64) error {
	seen := map[int64]bool{}
	for {
		if seen[at] {
			return fmt.Errorf("sections go in a circle: %w", errSyntax)
		}
		if len(f.Sections) == maxSections {
			return ErrLimit
		}
		seen[at] = true
		f.Sections = append(f.Sections, at)
		trailer, err := f.readSection(at)
		if err != nil {
			return fmt.Errorf("section at %d: %w", at, err)
		}
		if f.Trailer == nil {
			f.Trailer = trailer
		}
		prev, ok := trailer.Whole("Prev")
		if !ok {
			return nil
		}
		at = prev
	}
}

// readSection reads a table or a stream.
func (f *File) readSection(at int64) (Dict, error) {
	head := make([]byte, len("xref"))
	if err := f.readAt(head, at); err != nil {
		return nil, err
	}
	if string(head) != "xref" {
		f.Classic = false
		return f.readXRefStream(at)
	}
	trailer, err := f.readTable(at + int64(len(head)))
	if err != nil {
		return nil, err
	}
	// A hybrid file: what its stream names counts after the table.
	if stream, ok := trailer.Whole("XRefStm"); ok {
		f.Classic = false
		if _, err := f.readXRefStream(stream); err != nil {
			return nil, err
		}
	}
	return trailer, nil
}

// readTable reads subsections until the trailer.
func (f *File) readTable(at int64) (Dict, error) {
	in := &lineReader{in: bufio.NewReaderSize(io.NewSectionReader(f.r, at, f.Size-at), 32<<10), at: at}
	for {
		line, err := in.next()
		if err != nil {
			return nil, err
		}
		if rest, ok := strings.CutPrefix(line, "trailer"); ok {
			return f.readTrailer(in.at - int64(len(rest)) - int64(in.ending))
		}
		first, count, ok := twoNumbers(line)
		if !ok {
			return nil, fmt.Errorf("head of a subsection: %w", errSyntax)
		}
		if err := f.readSubsection(in, first, count); err != nil {
			return nil, err
		}
	}
}

func (f *File) readSubsection(in *lineReader, first, count int64) error {
	for i := range count {
		line, err := in.next()
		if err != nil {
			return err
		}
		if f.work += 20; f.work > maxWork {
			return ErrLimit
		}
		fields := strings.Fields(line)
		if len(fields) != 3 || len(fields[2]) != 1 {
			return fmt.Errorf("entry of a table: %w", errSyntax)
		}
		at, generation, ok := twoNumbers(fields[0] + " " + fields[1])
		if !ok {
			return fmt.Errorf("entry of a table: %w", errSyntax)
		}
		p := place{kind: plain, index: int32(generation), at: at}
		if fields[2] == "f" {
			p = place{kind: free}
		}
		if err := f.setPlace(first+i, p); err != nil {
			return err
		}
	}
	return nil
}

func twoNumbers(s string) (a, b int64, ok bool) {
	fields := strings.Fields(s)
	if len(fields) != 2 {
		return 0, 0, false
	}
	x, errX := strconv.ParseUint(fields[0], 10, 40)
	y, errY := strconv.ParseUint(fields[1], 10, 31)
	return int64(x), int64(y), errX == nil && errY == nil
}

// readTrailer reads the dictionary after the keyword.
func (f *File) readTrailer(at int64) (Dict, error) {
	for window := int64(firstGlance); ; window *= 4 {
		b := make([]byte, min(window, f.Size-at))
		if err := f.readAt(b, at); err != nil {
			return nil, err
		}
		l := lexer{b: b, base: at}
		v, err := l.value(0)
		if errors.Is(err, errShort) && int64(len(b)) == window && window < maxObject {
			continue
		}
		d, ok := v.(Dict)
		if err != nil || !ok {
			return nil, errors.Join(errors.New("no trailer dictionary"), err)
		}
		return d, nil
	}
}

// lineReader reads short lines with any line end and counts bytes.
type lineReader struct {
	in     *bufio.Reader
	at     int64
	ending int // length of the last line end
}

// next gives the next line that is not empty.
func (l *lineReader) next() (string, error) {
	const maxLine = 64 // of a table; a trailer may follow its keyword at once
	var line []byte
	for {
		c, err := l.in.ReadByte()
		if err != nil {
			return "", fmt.Errorf("table without end: %w", errSyntax)
		}
		l.at++
		if c == '\n' || c == '\r' {
			if len(bytes.TrimSpace(line)) == 0 {
				line = line[:0]
				continue
			}
			l.ending = 1
			return string(line), nil
		}
		line = append(line, c)
		if len(line) > maxLine || bytes.HasPrefix(line, []byte("trailer")) {
			l.ending = 0
			return string(line), nil
		}
	}
}

// readXRefStream reads a cross-reference stream (ISO 32000-1, 7.5.8).
func (f *File) readXRefStream(at int64) (Dict, error) {
	o, err := f.anyObjectAt(at)
	if err != nil {
		return nil, err
	}
	d := o.Dict()
	if d.Name("Type") != "XRef" || o.Data == 0 {
		return nil, fmt.Errorf("no cross-reference stream: %w", errSyntax)
	}
	body, err := f.Unpack(o)
	if err != nil {
		return nil, err
	}
	widths, err := fieldWidths(d.Get("W"))
	if err != nil {
		return nil, err
	}
	size, _ := d.Whole("Size")
	index, ok := d.Get("Index").(Array)
	if !ok {
		index = Array{int64(0), size}
	}
	for ; len(index) >= 2; index = index[2:] {
		first, okFirst := index[0].(int64)
		count, okCount := index[1].(int64)
		if !okFirst || !okCount || first < 0 || count < 0 {
			return nil, fmt.Errorf("index: %w", errSyntax)
		}
		if body, err = f.packedEntries(body, widths, first, count); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func fieldWidths(v any) ([3]int, error) {
	var widths [3]int
	a, _ := v.(Array)
	if len(a) != 3 {
		return widths, fmt.Errorf("widths: %w", errSyntax)
	}
	for i := range a {
		n, ok := a[i].(int64)
		if !ok || n < 0 || n > 8 {
			return widths, fmt.Errorf("widths: %w", errSyntax)
		}
		widths[i] = int(n)
	}
	return widths, nil
}

// packedEntries reads count entries and gives what is left.
func (f *File) packedEntries(body []byte, widths [3]int, first, count int64) ([]byte, error) {
	size := widths[0] + widths[1] + widths[2]
	for i := range count {
		if size == 0 || len(body) < size {
			return nil, fmt.Errorf("too few entries: %w", errSyntax)
		}
		p, err := entryOf(body[:size], widths)
		if err != nil {
			return nil, err
		}
		if err := f.setPlace(first+i, p); err != nil {
			return nil, err
		}
		body = body[size:]
	}
	return body, nil
}

func entryOf(b []byte, widths [3]int) (place, error) {
	var v [3]uint64
	for i, w := range widths {
		for range w {
			v[i] = v[i]<<8 | uint64(b[0])
			b = b[1:]
		}
	}
	if widths[0] == 0 {
		v[0] = 1
	}
	if v[1] > 1<<40 || v[2] > 1<<30 {
		return place{}, fmt.Errorf("entry: %w", errSyntax)
	}
	switch v[0] {
	case 0:
		return place{kind: free}, nil
	case 1:
		return place{kind: plain, at: int64(v[1]), index: int32(v[2])}, nil
	case 2:
		return place{kind: inStream, at: int64(v[1]), index: int32(v[2])}, nil
	}
	return place{kind: free}, nil // other kinds mean null
}

// anyObjectAt reads the object at the offset, whatever its number.
func (f *File) anyObjectAt(at int64) (Object, error) {
	b := make([]byte, max(0, min(32, f.Size-at)))
	if err := f.readAt(b, at); err != nil {
		return Object{}, err
	}
	l := lexer{b: b, base: at}
	number, errN := strconv.Atoi(l.word())
	l.skip()
	generation, errG := strconv.Atoi(l.word())
	if errN != nil || errG != nil {
		return Object{}, fmt.Errorf("no object there: %w", errSyntax)
	}
	return f.objectAt(at, Ref{number, generation})
}
