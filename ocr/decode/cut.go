package decode

import (
	"context"
	"errors"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
)

// Part gives the compressed form of one half of a spread: what lies beyond the
// gutter is not hidden but gone, since clipped pixels stay in a file. A nil cut
// means the whole image.
//
// A JPEG is cut without loss, in whole blocks of its transform: blocks on the
// far side of the gutter become white, those on this side keep their
// coefficients. Everything else is decoded, painted white beyond the gutter and
// packed again without loss.
func (f *File) Part(ctx context.Context, index int, cut *dossier.Cut) (*Stream, error) {
	s, err := f.Stream(ctx, index)
	if err != nil || cut == nil {
		return s, err
	}
	part, err := f.cut(ctx, index, s, *cut)
	if err != nil {
		return nil, asFault(dossier.Park, "cut image", err)
	}
	return part, nil
}

func (f *File) cut(ctx context.Context, index int, whole *Stream, cut dossier.Cut) (*Stream, error) {
	frame := cut.Frame(whole.Width, whole.Height)
	if frame.W < 1 || frame.H < 1 {
		return nil, because(dossier.ReasonDamaged, errors.New("gutter outside of the image"))
	}
	if whole.Filter == "DCTDecode" && !whole.Inverted {
		data, err := f.source.bytes(whole)
		if err != nil {
			return nil, err
		}
		if part, err := cutJPEG(data, cut, frame); err == nil {
			return part, nil
		} // what libjpeg does not transform is decoded below
	}
	picture, err := f.source.picture(ctx, index-1)
	if err != nil {
		return nil, err
	}
	defer picture.Pix.Close()
	half, err := CutPix(picture.Pix, cut, frame)
	if err != nil {
		return nil, err
	}
	defer half.Close()
	s, err := pack(half)
	if err != nil {
		return nil, err
	}
	s.X, s.Y = frame.X, frame.Y
	return s, nil
}

// CutPix copies the page's side of a spread into a picture of its own, white
// beyond the gutter.
func CutPix(pix *lept.Pix, cut dossier.Cut, frame dossier.Box) (*lept.Pix, error) {
	half, err := pix.Crop(lept.Box{X: frame.X, Y: frame.Y, W: frame.W, H: frame.H})
	if err != nil {
		return nil, because(dossier.ReasonMemory, err)
	}
	for y := range frame.H {
		from, to := cut.Span(float64(frame.Y+y)+0.5, pix.Width())
		from, to = min(max(from-frame.X, 0), frame.W), min(max(to-frame.X, 0), frame.W)
		if to <= from {
			from, to = 0, 0
		}
		half.WhiteRow(y, 0, from)
		half.WhiteRow(y, to, frame.W)
	}
	return half, nil
}
