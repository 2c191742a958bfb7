// Package measure says how fine the copy of a page is on which everything is
// measured. Lengths on paper are told in inches and looked for in its pixels.
package measure

import "math"

// DPI is the resolution of the copy: the strokes of 8-point print are still two
// pixels wide there, and it has a quarter of the pixels of a scan.
const DPI = 150

// Inches is a length in pixels of the copy, at least one.
func Inches(length float64) int { return max(1, int(math.Round(length*DPI))) }
