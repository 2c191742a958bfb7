package decode

import (
	"fmt"

	"sohoa/ocr/internal/lept"
)

// pack compresses a picture without loss: CCITT group 4 for one bit, deflate
// with PNG predictors for gray and RGB. A colour picture without colour is
// packed as gray.
func pack(pix *lept.Pix) (*Stream, error) {
	if pix.Depth() == 1 {
		return packG4(pix)
	}
	if gray := pix.GrayIfColourless(); gray != nil {
		defer gray.Close()
		pix = gray
	}
	data, err := pix.PNG()
	if err != nil {
		return nil, err
	}
	return liftPNG(data)
}

func packG4(pix *lept.Pix) (*Stream, error) {
	data, err := pix.G4()
	if err != nil {
		return nil, err
	}
	s := g4Stream(pix.Width(), pix.Height())
	s.Data = data
	return s, nil
}

// g4Stream describes CCITT group 4 data without end-of-line marks or padding.
func g4Stream(w, h int) *Stream {
	return &Stream{
		Width: w, Height: h, BitsPerComponent: 1, Components: 1,
		Filter: "CCITTFaxDecode", DecodeParms: fmt.Sprintf("/K -1 /Columns %d /Rows %d", w, h),
	}
}
