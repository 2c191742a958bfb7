package decode

import "math"

// Resolution is dots per inch along the stored rows (X) and columns (Y).
type Resolution struct {
	X, Y float64
	// Source is "tag", "pdf", "profile", "paper" or "default"; see
	// [dossier.Reading].
	Source string
}

// Guessed tells that the file did not say.
func (r Resolution) Guessed() bool { return r.Source == "paper" || r.Source == "default" }

// OrAssumed is the resolution that is known of the device, where the file did
// not say; 0 is none known.
func (r Resolution) OrAssumed(dpi float64) Resolution {
	if dpi == 0 || !r.Guessed() {
		return r
	}
	return Resolution{X: dpi, Y: dpi, Source: "profile"}
}

// Resolutions outside this range are mistakes of a program, not of a scanner:
// 1 and 72 stand for "unknown" in many files (72 is believed only when the
// picture is so small that it could be true), 2400 is the finest film scanner.
const (
	minDPI = 50
	maxDPI = 2400
	// screenDPI is the most that editors write when they do not know.
	screenDPI = 96
	// longestSheet is the longest sheet an office scanner takes, in inches
	// (A3 and a margin). A 72-dpi page longer than that is not a 72-dpi page.
	longestSheet = 17
)

// resolve believes the tag when it can be true, else infers from the paper.
func resolve(x, y float64, w, h int) Resolution {
	if x <= 0 {
		x = y
	}
	if y <= 0 {
		y = x
	}
	if credible(x) && credible(y) && !screenGuess(x, y, w, h) {
		return Resolution{X: x, Y: y, Source: "tag"}
	}
	return fromPaper(w, h)
}

func credible(dpi float64) bool { return dpi >= minDPI && dpi <= maxDPI && !math.IsNaN(dpi) }

func screenGuess(x, y float64, w, h int) bool {
	return x <= screenDPI && y <= screenDPI && max(float64(w)/x, float64(h)/y) > longestSheet
}

// sheet is a size of paper in inches, upright.
type sheet struct{ short, long float64 }

// The usual sheets and resolutions, likeliest first: A4, A3, A5, Letter.
var (
	sheets    = []sheet{{210 / 25.4, 297 / 25.4}, {297 / 25.4, 420 / 25.4}, {148 / 25.4, 210 / 25.4}, {8.5, 11}}
	usualDPIs = []float64{300, 200, 150, 600, 400, 240, 100}
)

// sheetTolerance: feeders crop and add a few millimetres.
const sheetTolerance = 0.03

// fromPaper takes the sheet and the usual resolution that together explain
// both sides. A picture that is none of them is taken for the length of an A4.
func fromPaper(w, h int) Resolution {
	long, short := float64(max(w, h)), float64(min(w, h))
	for _, dpi := range usualDPIs {
		for _, s := range sheets {
			if near(long, s.long*dpi) && near(short, s.short*dpi) {
				return Resolution{X: dpi, Y: dpi, Source: "paper"}
			}
		}
	}
	dpi := math.Round(min(max(long/sheets[0].long, minDPI), 600))
	return Resolution{X: dpi, Y: dpi, Source: "default"}
}

func near(pixels, expected float64) bool { return math.Abs(pixels/expected-1) <= sheetTolerance }
