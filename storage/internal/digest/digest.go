// Package digest counts and hashes bytes on their way into or out of a store,
// and stops the stream when its context ends.
package digest

import (
	"context"
	"crypto/sha256"
	"hash"
	"io"

	"sohoa/dossier"
)

// Reader passes on what another reader yields and remembers how many bytes
// there were and their SHA-256.
type Reader struct {
	ctx  context.Context //nolint:containedctx // a stream lives exactly as long as the call that made it
	from io.Reader
	size int64
	sum  hash.Hash
}

// NewReader wraps r. Reads fail with the context's error once ctx has ended.
func NewReader(ctx context.Context, r io.Reader) *Reader {
	return &Reader{ctx: ctx, from: r, sum: sha256.New()}
}

// Read implements [io.Reader].
func (d *Reader) Read(p []byte) (int, error) {
	if err := d.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := d.from.Read(p)
	d.size += int64(n)
	d.sum.Write(p[:n]) // never fails: hash.Hash
	return n, err
}

// Size is the number of bytes read so far.
func (d *Reader) Size() int64 { return d.size }

// SHA256 is the digest of the bytes read so far.
func (d *Reader) SHA256() dossier.SHA256 { return dossier.SumString([32]byte(d.sum.Sum(nil))) }

// Of reads r to its end.
func Of(ctx context.Context, r io.Reader) (int64, dossier.SHA256, error) {
	d := NewReader(ctx, r)
	if _, err := io.CopyBuffer(io.Discard, d, make([]byte, BufferSize)); err != nil {
		return 0, "", err
	}
	return d.Size(), d.SHA256(), nil
}

// BufferSize suits a page of some hundred kilobytes: few system calls, little
// memory for each of several concurrent streams.
const BufferSize = 128 << 10
