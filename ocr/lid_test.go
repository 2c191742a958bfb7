package ocr

import (
	"testing"

	"sohoa/ocr/cleanup"
	"sohoa/ocr/internal/drawn"
)

// TestEmptySheetUnderABlackLid: what the lid of a scanner shows beside an empty
// sheet is no print, so that the sheet is blank. Text is read as well with the
// lid left in; for this it is erased.
func TestEmptySheetUnderABlackLid(t *testing.T) {
	sheet := drawn.Blank(1654, 2339)
	border(sheet)
	path := drawn.File(t, "lid.png", drawn.PNG(t, sheet))
	r := reader(t)
	file, err := r.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		without cleanup.Step
		blank   bool
	}{{"", true}, {cleanup.Borders, false}} {
		picture, err := file.Picture(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		page, err := cleanup.Straighten(picture, cleanup.Help{Reader: r.engine, Without: c.without})
		if err != nil {
			t.Fatal(err)
		}
		page.Close()
		if got := page.Blankness != cleanup.Written; got != c.blank {
			t.Errorf("without %q: blankness %v", c.without, page.Blankness)
		}
	}
}
