package pdfa

import (
	"bufio"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
)

// unpacker reads one Flate stream after another with the same buffers. Its
// reads fail unless the packed data ends exactly where the stream does.
type unpacker struct {
	packed countingReader
	zip    io.ReadCloser
	length int64
}

// open begins with the stream of o. The reader is valid until the next open.
func (u *unpacker) open(r io.ReaderAt, o object) (io.Reader, error) {
	u.packed.reset(io.NewSectionReader(r, o.at, o.length))
	u.length = o.length
	if err := u.rewind(); err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return u, nil
}

func (u *unpacker) rewind() (err error) {
	if again, ok := u.zip.(zlib.Resetter); ok {
		return again.Reset(&u.packed, nil)
	}
	u.zip, err = zlib.NewReader(&u.packed)
	return err
}

// Read gives unpacked bytes.
func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.zip.Read(p)
	if errors.Is(err, io.EOF) && u.packed.taken != u.length {
		return n, errors.New("bytes after the end of packed data")
	}
	return n, err
}

// countingReader counts what a decoder takes. Being an io.ByteReader, it is
// asked for no more than the decoder needs.
type countingReader struct {
	in    *bufio.Reader
	taken int64
}

func (c *countingReader) reset(r io.Reader) {
	if c.in == nil {
		c.in = bufio.NewReader(r)
	}
	c.in.Reset(r)
	c.taken = 0
}

// Read gives packed bytes.
func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.taken += int64(n)
	return n, err
}

// ReadByte gives one packed byte.
func (c *countingReader) ReadByte() (byte, error) {
	b, err := c.in.ReadByte()
	if err == nil {
		c.taken++
	}
	return b, err
}
