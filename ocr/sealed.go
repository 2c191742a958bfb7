package ocr

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"sohoa/ocr/cleanup"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/tesseract"
)

// readSealed looks again at a line that was no print at first and lies on a seal
// as dark as print. What is left of the seal makes its box too high, so that its
// letters are drawn too small: it is read at the usual height where most of its ink
// is. If that is no print, either, what is outside of the seal is read by itself,
// and of what is inside the words are believed that the engine is sure of.
func (r *Reader) readSealed(page *cleanup.Page, box lept.Box, usual int, first []tesseract.Word) ([]tesseract.Word, error) {
	if !slices.ContainsFunc(page.Sealed, func(s lept.Box) bool { return lies(box, s) }) {
		return nil, nil
	}
	words, err := r.readDensest(page, box, usual)
	if err != nil || isPrint(words) {
		return words, err
	}
	words = slices.Clone(surer(first, words))
	var out []tesseract.Word
	for _, part := range besideSeals(box, page.Sealed, usual) {
		more, err := r.readDensest(page, part, usual)
		if err != nil {
			return nil, err
		}
		if isPrint(more) {
			out = append(out, more...)
		}
	}
	for _, w := range words {
		if w.Confidence >= looseWord && tesseract.Letters(w.Text) >= wordLetters && !overlapsAny(w, out) {
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(a, b tesseract.Word) int { return cmp.Compare(a.Box.Min.X, b.Box.Min.X) })
	return out, nil
}

// lies tells whether a box lies on another.
func lies(a, b lept.Box) bool {
	return a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H
}

// readDensest reads the part of a line of the usual height that has most ink.
func (r *Reader) readDensest(page *cleanup.Page, box lept.Box, usual int) ([]tesseract.Word, error) {
	box, err := densest(page.Ink, box, usual)
	if err != nil {
		return nil, err
	}
	return r.readWithin(page, box, lineMargin*float64(usual))
}

// densest is the part of a box of so many rows that has most ink.
func densest(ink *lept.Pix, box lept.Box, height int) (lept.Box, error) {
	if box.H <= height {
		return box, nil
	}
	cut, err := ink.Crop(box)
	if err != nil {
		return box, err
	}
	defer cut.Close()
	words, stride := cut.Words(), cut.Stride()
	upTo := make([]int, cut.Height()+1) // ink above a row
	for y := range cut.Height() {
		upTo[y+1] = upTo[y]
		for _, w := range words[y*stride:][:stride] {
			upTo[y+1] += bits.OnesCount32(w)
		}
	}
	best := 0
	for y := range len(upTo) - height {
		if upTo[y+height]-upTo[y] > upTo[best+height]-upTo[best] {
			best = y
		}
	}
	return lept.Box{X: box.X, Y: box.Y + best, W: box.W, H: height}, nil
}

// besideSeals are the parts of a line left and right of seals, from so many
// pixels on.
func besideSeals(line lept.Box, seals []lept.Box, least int) []lept.Box {
	parts := []lept.Box{line}
	for _, s := range seals {
		var next []lept.Box
		for _, p := range parts {
			from, to := across(s, p)
			for _, side := range [...]lept.Box{
				{X: p.X, Y: p.Y, W: min(from, p.X+p.W) - p.X, H: p.H},
				{X: max(to, p.X), Y: p.Y, W: p.X + p.W - max(to, p.X), H: p.H},
			} {
				if side.W >= least {
					next = append(next, side)
				}
			}
		}
		parts = next
	}
	return parts
}

// across is from where to where a line goes through a seal: where the seal is
// widest. Of a line above or below of it that is its end.
func across(seal, line lept.Box) (from, to int) {
	radius := float64(seal.W) / 2
	x, y := float64(seal.X)+radius, float64(seal.Y)+radius
	off := min(max(y, float64(line.Y)), float64(line.Y+line.H)) - y
	if math.Abs(off) >= radius {
		return line.X + line.W, line.X + line.W
	}
	half := math.Sqrt(radius*radius - off*off)
	return int(x - half), int(math.Ceil(x + half))
}
