// Package decode turns the bytes of a scanner's file into pictures: it names
// the format, counts the images, decodes one of them, and hands out the
// compressed stream of one of them for publishing.
//
// Start at [Decoder.Open]. [Sniff] alone may run in the parent process; all
// the rest calls C libraries on foreign bytes and belongs into a worker.
//
// Promises: the size of a picture is checked before memory for it is asked
// for. Every failure is a *dossier.Fault with a reason a clerk understands and
// no file name in its text: Reject from Open (the file cannot be opened), Park
// from the methods of [File] (this image waits for a person). Pictures and
// streams are in stored order; how they lie is told by [Orientation].
package decode

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
)

// Limits bound what is opened. The zero value of a field means its default.
type Limits struct {
	// Pixels of one image. Default 400 million: A0 at 600 dpi is more, and no
	// scanner of an office makes that.
	Pixels int64
	// Images in one file. Default 500.
	Images int
	// Memory in bytes that decoding one image may ask for. Default 640 MiB.
	Memory int64
	// small lets tests decode pictures that are no pages.
	small bool
}

func (l Limits) withDefaults() Limits {
	if l.Pixels == 0 {
		l.Pixels = 400_000_000
	}
	if l.Images == 0 {
		l.Images = 500
	}
	if l.Memory == 0 {
		l.Memory = 640 << 20
	}
	return l
}

// The smallest picture that can be a page: an identity card at 72 dpi is 240
// pixels wide.
const (
	minLong  = 200
	minShort = 100
)

// checkSize refuses a picture of w x h samples that is no page, or whose
// decoding would need more than the limits: bytesPerPixel for the decoder's
// buffers and one more for the gray copy that is read.
func (l Limits) checkSize(w, h int, bytesPerPixel float64) error {
	pixels := int64(w) * int64(h)
	switch {
	case w <= 0 || h <= 0:
		return because(dossier.ReasonDamaged, errors.New("picture without area"))
	case pixels > l.Pixels, float64(pixels)*(bytesPerPixel+1) > float64(l.Memory):
		return because(dossier.ReasonTooLarge, fmt.Errorf("%d x %d pixels", w, h))
	case !l.small && (max(w, h) < minLong || min(w, h) < minShort):
		return because(dossier.ReasonTooSmall, fmt.Errorf("%d x %d pixels", w, h))
	}
	return nil
}

// Picture is one decoded image in stored order.
type Picture struct {
	Pix         *lept.Pix // 1, 8 or 32 bits; owned by whoever has the Picture
	Resolution  Resolution
	Orientation Orientation
	Flags       []dossier.Flag
}

// Stream is the compressed form of one image for publishing: ranges of the
// input file, or bytes that were made. See [dossier.ImageStream].
type Stream struct {
	Width, Height int
	// X and Y are where the picture begins in the image; see [File.Part].
	X, Y             int
	BitsPerComponent int
	Components       int
	Filter           string
	DecodeParms      string
	Inverted         bool
	Globals          []byte
	// Ranges of the input file whose bytes in order are the stream; nil when
	// Data holds it.
	Ranges []Range
	Data   []byte
}

// Range is a piece of a file.
type Range struct{ Offset, Length int64 }

// source is one opened file of some format; index counts from 0.
type source interface {
	picture(ctx context.Context, index int) (*Picture, error)
	stream(ctx context.Context, index int) (*Stream, error)
	// bytes of a stream in one piece.
	bytes(s *Stream) ([]byte, error)
	close()
}

// Decoder opens files. Scratch is a folder for what has to be rendered or
// repaired; it may be shared, every file made there is removed again.
type Decoder struct {
	Limits  Limits
	Scratch string
}

// File is an opened input. It is not safe for concurrent use.
type File struct {
	Format Format
	Images int
	Flags  []dossier.Flag // remarks on the file as a whole
	source source
}

// Open names the format and counts the images. A file it cannot open is a
// fault to reject the file with.
func (d Decoder) Open(ctx context.Context, path string) (*File, error) {
	f, err := d.open(ctx, path)
	if err != nil {
		return nil, asFault(dossier.Reject, "open image file", err)
	}
	return f, nil
}

func (d Decoder) open(ctx context.Context, path string) (*File, error) {
	path, err := filepath.Abs(path) // the PDF programs run in another folder
	if err != nil {
		return nil, err
	}
	format, err := sniffFile(path)
	if err != nil {
		return nil, err
	}
	limits := d.Limits.withDefaults()
	var f *File
	switch format {
	case Unknown:
		return nil, because(dossier.ReasonFormat, nil)
	case TIFF:
		f, err = openTIFF(path, limits)
	case PDF:
		f, err = openPDF(ctx, path, pdfTools{scratch: d.Scratch, limits: limits})
	default:
		f, err = openRaster(path, format, limits)
	}
	if err != nil {
		return nil, err
	}
	f.Format = format
	return f, nil
}

func sniffFile(path string) (Format, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Unknown, err
	}
	if !info.Mode().IsRegular() {
		return Unknown, because(dossier.ReasonNotAFile, nil)
	}
	if info.Size() == 0 {
		return Unknown, because(dossier.ReasonEmptyFile, nil)
	}
	file, err := os.Open(path)
	if err != nil {
		return Unknown, err
	}
	defer file.Close()
	head := make([]byte, min(HeadSize, info.Size()))
	n, err := file.ReadAt(head, 0)
	if err != nil {
		return Unknown, err
	}
	return Sniff(head[:n]), nil
}

// Picture decodes the image at index, counted from 1. The caller closes Pix.
func (f *File) Picture(ctx context.Context, index int) (*Picture, error) {
	if index < 1 || index > f.Images {
		return nil, asFault(dossier.Park, "decode image", because(dossier.ReasonNoPages, nil))
	}
	p, err := f.source.picture(ctx, index-1)
	if err != nil {
		return nil, asFault(dossier.Park, "decode image", err)
	}
	p.Flags = append(p.Flags, f.Flags...)
	return p, nil
}

// Enough tells which fraction of the size of an image, so many pixels wide, is
// enough for what it is wanted for.
type Enough func(width int) float64

// coarser is a source that can decode at a fraction of the size with a fraction
// of the work.
type coarser interface {
	coarse(ctx context.Context, index int, enough Enough) (p *Picture, times int, err error)
}

// Coarse is like Picture, for somebody who needs fewer pixels: the picture has
// its size divided by times, rounded up, and that is enough. Times is 1 where
// the format gives nothing coarser.
func (f *File) Coarse(ctx context.Context, index int, enough Enough) (p *Picture, times int, err error) {
	source, ok := f.source.(coarser)
	if !ok || index < 1 || index > f.Images {
		p, err = f.Picture(ctx, index)
		return p, 1, err
	}
	if p, times, err = source.coarse(ctx, index-1, enough); err != nil {
		return nil, 0, asFault(dossier.Park, "decode image", err)
	}
	p.Flags = append(p.Flags, f.Flags...)
	return p, times, nil
}

// Stream gives the compressed form of the image at index, counted from 1. Its
// pixels are those of Picture.
func (f *File) Stream(ctx context.Context, index int) (*Stream, error) {
	if index < 1 || index > f.Images {
		return nil, asFault(dossier.Park, "extract image", because(dossier.ReasonNoPages, nil))
	}
	s, err := f.source.stream(ctx, index-1)
	if err != nil {
		return nil, asFault(dossier.Park, "extract image", err)
	}
	return s, nil
}

// Close lets go of the file and of everything made for it.
func (f *File) Close() { f.source.close() }

// gather reads a stream's bytes from the file its ranges are of.
func gather(path string, s *Stream, limits Limits) ([]byte, error) {
	if s.Ranges == nil {
		return s.Data, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var data []byte
	for _, r := range s.Ranges {
		if r.Length+int64(len(data)) > limits.Memory/2 {
			return nil, because(dossier.ReasonTooLarge, errors.New("stream size"))
		}
		piece := make([]byte, r.Length)
		if _, err := file.ReadAt(piece, r.Offset); err != nil {
			return nil, err
		}
		data = append(data, piece...)
	}
	return data, nil
}

// because is a fault whose kind and operation are filled in at the edge of the
// package, where it is known whether a whole file or one image is meant.
func because(reason dossier.Reason, err error) error {
	return &dossier.Fault{Reason: reason, Err: err}
}

// asFault completes a fault. Errors of the system (no permission, a failing
// disk) stop the work; they are no fault of the file. Paths are cut from them.
func asFault(kind dossier.FaultKind, op string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", op, err)
	}
	if f, ok := errors.AsType[*dossier.Fault](err); ok {
		return &dossier.Fault{Kind: kind, Op: op, Reason: f.Reason, Err: f.Err}
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = fmt.Errorf("%s: %w", p.Op, p.Err)
	}
	return &dossier.Fault{Kind: dossier.Stop, Op: op, Reason: dossier.ReasonUnknown, Err: err}
}
