package ocr

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"math"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
)

// View says how a picture is to be shown.
type View struct {
	// ToInput turns the page upright; Width and Height are those of the upright
	// page in pixels, as its reading has them. A zero Width shows the picture as
	// it was scanned.
	ToInput       dossier.Matrix `json:"to_input"`
	Width, Height int
	// Pixels is the width of the result, 16 to [MaxPreview].
	Pixels int `json:"pixels"`
}

// MaxPreview is the widest preview: an A4 page at 300 dpi.
const MaxPreview = 2480

// previewQuality is that of thumbnails and page views: text stays crisp and a
// page of 1,200 pixels has about 150 kB.
const previewQuality = 80

// Preview gives one image as JPEG, upright and at the width it will be shown
// at, so that a page of thumbnails is kilobytes and a browser never decodes a
// scan.
func (v *Viewer) Preview(ctx context.Context, path string, index int, view View) ([]byte, error) {
	if view.Pixels < 16 || view.Pixels > MaxPreview {
		return nil, fmt.Errorf("preview: width %d is not between 16 and %d", view.Pixels, MaxPreview)
	}
	file, err := v.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	picture, times, err := file.Coarse(ctx, index, view.enough)
	if err != nil {
		return nil, err
	}
	defer picture.Pix.Close()
	if view.Width <= 0 || view.Height <= 0 {
		view.ToInput, view.Width, view.Height = dossier.Identity(), times*picture.Pix.Width(), times*picture.Pix.Height()
	}
	upright, err := show(picture.Pix, times, view)
	if err != nil {
		return nil, parked("make preview", err)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright, &jpeg.Options{Quality: previewQuality}); err != nil {
		return nil, fmt.Errorf("encode preview: %w", err)
	}
	return out.Bytes(), nil
}

// enough is the fraction of the scan that the view shows.
func (v View) enough(width int) float64 {
	if v.Width > 0 {
		width = v.Width
	}
	return float64(v.Pixels) / float64(width)
}

// show draws the upright page at the size of the view: the picture, which is the
// scan at 1/times of its size, is first averaged down to about that size, then
// turned.
func show(pix *lept.Pix, times int, view View) (image.Image, error) {
	scale := float64(view.Pixels) / float64(view.Width)
	height := max(1, int(math.Round(float64(view.Height)*scale)))
	if height > 4*MaxPreview {
		return nil, errors.New("preview: the page is a strip")
	}
	shrink := min(1, scale)
	small, err := reduced(pix, shrink*float64(times))
	if err != nil {
		return nil, err
	}
	to, ok := view.ToInput.Invert()
	if !ok {
		return nil, errors.New("preview: flat matrix")
	}
	// source pixel → input pixel (÷ shrink) → upright page → view (× scale)
	f := scale / shrink
	matrix := f64.Aff3{to[0] * f, to[2] * f, to[4] * scale, to[1] * f, to[3] * f, to[5] * scale}
	canvas := image.NewRGBA(image.Rect(0, 0, view.Pixels, height))
	draw.Draw(canvas, canvas.Rect, image.White, image.Point{}, draw.Src)
	draw.ApproxBiLinear.Transform(canvas, matrix, small, small.Bounds(), draw.Over, nil)
	return canvas, nil
}

// reduced is the picture at a fraction of its size, as a Go image.
func reduced(pix *lept.Pix, factor float64) (image.Image, error) {
	deep := pix.Clone()
	if pix.Depth() == 1 {
		var err error
		deep.Close()
		if deep, err = pix.To8(); err != nil {
			return nil, err
		}
	}
	defer deep.Close()
	small := deep.Clone()
	if factor < 1 {
		var err error
		small.Close()
		if small, err = deep.Scale(factor, factor); err != nil {
			return nil, err
		}
	}
	defer small.Close()
	if small.Depth() == 8 {
		rows, err := small.GrayRows(nil)
		return &image.Gray{Pix: rows, Stride: small.Width(), Rect: image.Rect(0, 0, small.Width(), small.Height())}, err
	}
	return rgb(small), nil
}

// rgb copies a 32-bit picture; leptonica keeps red in the highest byte of a
// word and means nothing by the lowest.
func rgb(pix *lept.Pix) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, pix.Width(), pix.Height()))
	words, stride := pix.Words(), pix.Stride()
	for y := range pix.Height() {
		row := out.Pix[y*out.Stride:]
		for x, word := range words[y*stride : y*stride+pix.Width()] {
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = byte(word>>24), byte(word>>16), byte(word>>8), 0xff
		}
	}
	return out
}
