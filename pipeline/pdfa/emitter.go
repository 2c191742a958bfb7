package pdfa

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"

	"sohoa/dossier"
)

// ref is the number of an indirect object. Generations are always 0: nothing
// is ever replaced inside a file.
type ref int

// String is the reference in PDF syntax.
func (r ref) String() string { return strconv.Itoa(int(r)) + " 0 R" }

// binaryMark is the comment after the header that tells transfer programs and
// PDF/A readers (ISO 19005-2, 6.1.2) that the file is binary.
const binaryMark = "%\xE2\xE3\xCF\xD3\n"

// emitter writes objects one after another and remembers where each began.
// Write errors are kept by the bufio.Writer and come out of finish, so that
// the many small writes in between need no checks.
type emitter struct {
	out     *bufio.Writer
	sum     hash.Hash
	at      int64
	offsets []int64 // by object number; entry 0 is the head of the free list
	zip     *zlib.Writer
	packed  bytes.Buffer
}

func newEmitter(w io.Writer) (*emitter, error) {
	e := &emitter{sum: sha256.New(), offsets: make([]int64, 1)}
	e.out = bufio.NewWriterSize(io.MultiWriter(w, e.sum), copyBuffer)
	zip, err := zlib.NewWriterLevel(io.Discard, zlib.DefaultCompression)
	if err != nil {
		return nil, fmt.Errorf("prepare compression: %w", err)
	}
	e.zip = zip
	return e, nil
}

// Write counts what goes out. Its error is bufio's, which repeats it for ever.
func (e *emitter) Write(p []byte) (int, error) {
	n, err := e.out.Write(p)
	e.at += int64(n)
	return n, err
}

func (e *emitter) printf(format string, args ...any) { _, _ = fmt.Fprintf(e, format, args...) }

// reserve hands out the number of an object that is written later.
func (e *emitter) reserve() ref {
	e.offsets = append(e.offsets, 0)
	return ref(len(e.offsets) - 1)
}

// begin opens the object r at the current place.
func (e *emitter) begin(r ref) {
	e.offsets[r] = e.at
	e.printf("%d 0 obj\n", r)
}

// dict writes a whole object that is a dictionary (or any value without a
// stream).
func (e *emitter) dict(r ref, body string) {
	e.begin(r)
	e.printf("%s\nendobj\n", body)
}

// openStream writes everything of a stream object before its first byte.
// entries are those of the stream dictionary apart from Length.
func (e *emitter) openStream(r ref, entries string, length int64) {
	e.begin(r)
	e.printf("<<%s/Length %d>>\nstream\n", entries, length)
}

// closeStream ends the object. The line end before endstream is not part of
// the stream (ISO 19005-2, 6.1.7.1 demands it).
func (e *emitter) closeStream() { e.printf("\nendstream\nendobj\n") }

// plainStream writes data as it is.
func (e *emitter) plainStream(r ref, entries string, data []byte) {
	e.openStream(r, entries, int64(len(data)))
	_, _ = e.Write(data)
	e.closeStream()
}

// flateStream writes data compressed. Only text and tables of bounded size go
// through here, never an image.
func (e *emitter) flateStream(r ref, entries string, data []byte) error {
	e.packed.Reset()
	e.zip.Reset(&e.packed)
	if _, err := e.zip.Write(data); err != nil {
		return fmt.Errorf("compress stream: %w", err)
	}
	if err := e.zip.Close(); err != nil {
		return fmt.Errorf("compress stream: %w", err)
	}
	e.plainStream(r, entries+"/Filter/FlateDecode", e.packed.Bytes())
	return nil
}

// finish writes cross-reference table and trailer and reports the file.
func (e *emitter) finish(root ref, id [16]byte) (Written, error) {
	startXRef := e.at
	e.printf("xref\n0 %d\n0000000000 65535 f \n", len(e.offsets))
	for _, at := range e.offsets[1:] {
		e.printf("%010d 00000 n \n", at)
	}
	e.printf(trailerForm, len(e.offsets), root, hex.EncodeToString(id[:]), startXRef)
	if startXRef > maxOffset {
		return Written{}, fmt.Errorf("file of %d bytes: a classic cross-reference table ends at %d", e.at, int64(maxOffset))
	}
	if err := e.out.Flush(); err != nil {
		return Written{}, fmt.Errorf("write pdf: %w", err)
	}
	return Written{
		Size:      e.at,
		SHA256:    dossier.SumString([32]byte(e.sum.Sum(nil))),
		Objects:   len(e.offsets),
		Catalog:   int(root),
		StartXRef: startXRef,
	}, nil
}

// trailerForm is the end of a file: number of objects, catalog, identifier in
// hexadecimal (the same twice, since this is the first version of the file),
// offset of the table.
const trailerForm = "trailer\n<</Size %d/Root %v/ID[<%[3]s><%[3]s>]>>\nstartxref\n%[4]d\n%%%%EOF\n"

// maxOffset is the largest offset of ten digits, the width of an entry of the
// cross-reference table.
const maxOffset = 9_999_999_999

// number appends v in PDF syntax: no exponent, at most digits decimals, no
// trailing zeros, no negative zero.
func number(b []byte, v float64, digits int) []byte {
	start := len(b)
	b = strconv.AppendFloat(b, v, 'f', digits, 64)
	if bytes.IndexByte(b[start:], '.') >= 0 {
		b = bytes.TrimRight(b, "0")
		b = bytes.TrimSuffix(b, []byte("."))
	}
	if string(b[start:]) == "-0" {
		b = append(b[:start], '0')
	}
	return b
}

// numbers appends the values with a blank after each.
func numbers(b []byte, digits int, values ...float64) []byte {
	for _, v := range values {
		b = append(number(b, v, digits), ' ')
	}
	return b
}
