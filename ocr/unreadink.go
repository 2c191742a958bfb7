package ocr

import (
	"fmt"

	"sohoa/dossier"
	"sohoa/ocr/cleanup"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
	"sohoa/ocr/unread"
)

// unreadInk is where ink stands that is in no word and in no square to be ticked, in
// pixels of the page.
func unreadInk(page *cleanup.Page, reading *dossier.Reading) (places []dossier.Box, err error) {
	small := measure.DPI / page.DPI
	var known []lept.Box
	add := func(b dossier.Box) {
		x, y := int(float64(b.X)*small), int(float64(b.Y)*small)
		known = append(known, lept.Box{X: x, Y: y, W: int(float64(b.X+b.W)*small) + 1 - x, H: int(float64(b.Y+b.H)*small) + 1 - y})
	}
	for _, w := range reading.Words {
		add(w.Box())
	}
	for _, c := range reading.CheckBoxes {
		add(c.Box())
	}
	found, err := unread.Find(page.Ink, known)
	if err != nil {
		return nil, fmt.Errorf("find ink that was not read: %w", err)
	}
	for _, b := range found {
		var p dossier.Box
		p.X, p.W = span(b.X, b.X+b.W, small, page.Width)
		p.Y, p.H = span(b.Y, b.Y+b.H, small, page.Height)
		places = append(places, p)
	}
	return places, nil
}
