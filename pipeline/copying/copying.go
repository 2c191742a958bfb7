// Package copying lets long copies of files end when the caller gives up: the
// pictures that a PDF takes in, and the PDF that a signature covers.
//
// Start at [Reader].
package copying

import (
	"context"
	"io"
)

// Reader reads from r until ctx ends, and then gives the error of ctx.
func Reader(ctx context.Context, r io.Reader) io.Reader { return &reader{ctx, r} }

type reader struct {
	ctx context.Context
	r   io.Reader
}

// Read implements [io.Reader].
func (c *reader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
