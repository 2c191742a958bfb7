package pades

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/copying"
)

// Request is what is to be signed, and what the signature says about itself.
type Request struct {
	// Input is the finished PDF/A file, unsigned or signed before, and Size
	// its length. It is read by Prepare and again by [Signed.WriteTo].
	Input io.ReaderAt
	Size  int64
	// At is the claimed time of signing; whole seconds count. The certificate
	// must be valid then.
	At time.Time
	// Block is what page 1 shows of the signature; nil leaves the page as it is.
	Block *Block
	// Reason and Location go into the signature dictionary; both may be empty.
	Reason, Location string
	// Room is how many bytes are kept free for the container; 0 means
	// [DefaultRoom]. A chain that needs more is a [*RoomError].
	Room int
}

// DefaultRoom holds a chain of four certificates with RSA keys of 4096 bits.
// MaxRoom bounds what a Request may ask for.
const (
	DefaultRoom = 10 << 10
	MaxRoom     = 64 << 10
)

// RoomError says that the container does not fit. To go on, prepare again with
// Room = Need; nothing was signed yet.
type RoomError struct{ Have, Need int }

func (e *RoomError) Error() string {
	return fmt.Sprintf("the signature's container needs %d bytes, %d are kept free", e.Need, e.Have)
}

// Prepared is a file with its update laid out around a hole for the container.
type Prepared struct {
	req        Request
	head, tail []byte // the update before and after the hole
	input      [sha256.Size]byte
	digest     [sha256.Size]byte
}

// Prepare lays out the update and hashes all that the signature will cover. It
// refuses, with a [dossier.Fault], a file whose structure is not that of package
// pdfa, a block that does not fit the page, and a letter the font lacks. It
// looks only at what the update touches: that the whole file is as it should be
// is for [pdfa.Check] to say before, and for [Check] after.
func Prepare(ctx context.Context, req Request) (*Prepared, error) {
	p, err := layOut(req)
	if err != nil {
		return nil, fmt.Errorf("prepare signature: %w", err)
	}
	if p.input, p.digest, err = p.hash(ctx); err != nil {
		return nil, fmt.Errorf("prepare signature: %w", err)
	}
	return p, nil
}

// layOut builds the update without reading more of the file than its structure.
func layOut(req Request) (*Prepared, error) {
	if req.Room == 0 {
		req.Room = DefaultRoom
	}
	if req.At.IsZero() || req.Room < 0 || req.Room > MaxRoom {
		return nil, errors.New("no time, or room outside its bounds")
	}
	if textOf("\xEF\xBB\xBF"+req.Reason) != req.Reason || textOf("\xEF\xBB\xBF"+req.Location) != req.Location {
		return nil, errors.New("reason or location is not plain text, or too long")
	}
	b, err := openBase(req.Input, req.Size)
	if err != nil {
		return nil, &dossier.Fault{Kind: dossier.Park, Op: "read pdf", Reason: dossier.ReasonGate, Err: err}
	}
	u := newUpdate(b)
	if err := u.write(req); err != nil {
		return nil, err
	}
	head, tail := u.halves()
	return &Prepared{req: req, head: head, tail: tail}, nil
}

// buffer is the size of the reads of hashing and copying.
const buffer = 256 << 10

// hash gives the digest of the input and that of all the signature covers.
func (p *Prepared) hash(ctx context.Context) (input, all [sha256.Size]byte, err error) {
	sum := sha256.New()
	if err := copyInput(ctx, sum, p.req); err != nil {
		return input, all, err
	}
	sum.Sum(input[:0])
	sum.Write(p.head)
	sum.Write(p.tail)
	sum.Sum(all[:0])
	return input, all, nil
}

// copyInput copies the input, and fails when it is shorter than it was said.
func copyInput(ctx context.Context, w io.Writer, req Request) error {
	in := copying.Reader(ctx, io.NewSectionReader(req.Input, 0, req.Size))
	n, err := io.CopyBuffer(struct{ io.Writer }{w}, in, make([]byte, buffer))
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	if n != req.Size {
		return changed(fmt.Errorf("ends after %d of %d bytes", n, req.Size))
	}
	return nil
}

func changed(err error) error {
	return &dossier.Fault{Kind: dossier.Retry, Op: "read pdf", Reason: dossier.ReasonChanged, Err: err}
}
