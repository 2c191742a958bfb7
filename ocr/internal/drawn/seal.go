package drawn

import (
	"image"
	"image/color"
	"math"
)

// Seal draws a round seal of 36 mm around a point, darker than what lies there
// by nothing but its own gray: two circles at its edge, one inside, and letters
// with their feet towards the middle on all but the lowest quarter. Wide is by how
// much it is wider than high.
func Seal(page *image.Gray, middle image.Point, dpi int, ink uint8, wide float64) {
	scale := 25.4 / float64(dpi) // millimetres to a pixel
	reach := int(20 / scale)
	for y := -reach; y <= reach; y++ {
		for x := -reach; x <= reach; x++ {
			mx, my := float64(x)*scale/wide, float64(y)*scale
			if at := middle.Add(image.Pt(x, y)); inSeal(math.Hypot(mx, my), math.Atan2(my, mx)) && page.GrayAt(at.X, at.Y).Y > ink {
				page.SetGray(at.X, at.Y, color.Gray{Y: ink})
			}
		}
	}
}

// inSeal tells whether there is ink so many millimetres from the middle of a seal,
// in a direction clockwise from the right.
func inSeal(r, angle float64) bool {
	for _, circle := range [...][2]float64{{17.1, 18}, {16.3, 16.6}, {10.2, 10.6}} {
		if r >= circle[0] && r <= circle[1] {
			return true
		}
	}
	const feet, high, apart, half, stroke = 12.2, 2.4, 0.21, 0.9, 0.4
	if angle > math.Pi/4 && angle < 3*math.Pi/4 || r < feet || r > feet+high {
		return false
	}
	// An H, or on every third place an I.
	place := math.Round(angle / apart)
	off := math.Abs(angle-place*apart) * feet
	if int(place)%3 == 0 {
		return off <= stroke/2
	}
	return off <= half && (off >= half-stroke || math.Abs(r-feet-high/2) <= stroke/2)
}
