package cleanup

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/internal/drawn"
)

// TestLeanByKnownAngles: a page leant by x is measured as leaning by x, up to
// 15 degrees to either side and on both axes.
func TestLeanByKnownAngles(t *testing.T) {
	var errors []float64
	page := drawn.Page(t, testDPI)
	for angle := -15.0; angle <= 15; angle += 2.74 {
		leaning, _ := drawn.Lean(page, angle)
		for _, axis := range []int{0, 90} {
			input, _ := drawn.Quarter(leaning, (360-axis)%360)
			p := picture(t, input)
			s, err := newSheet(p.Pix, testDPI, true)
			p.Pix.Close()
			if err != nil {
				t.Fatal(err)
			}
			got, err := measureLean(s.text)
			s.close()
			if err != nil {
				t.Fatal(err)
			}
			if !got.sure || got.axis != axis || math.Abs(got.degrees-angle) > 0.1 {
				t.Errorf("%.2f degrees on axis %d: %+v", angle, axis, got)
			}
			errors = append(errors, math.Abs(got.degrees-angle))
		}
	}
	slices.Sort(errors)
	t.Logf("%d pages: error median %.3f, worst %.3f degrees", len(errors), errors[len(errors)/2], errors[len(errors)-1])
}

// TestWidelyLeantPage: what lay on the glass comes back level and upright, and
// what leans more than can be told is left as scanned and flagged.
func TestWidelyLeantPage(t *testing.T) {
	for _, angle := range []float64{-14.5, 9.2, 18, 20, -23, 27, 34} {
		t.Run(fmt.Sprint(angle), func(t *testing.T) {
			leaning, leant := drawn.Lean(drawn.Page(t, testDPI), angle)
			page := straighten(t, picture(t, leaning))
			flagged := slices.Contains(page.Flags, dossier.FlagSkewUnsure)
			if math.Abs(angle) > 15 {
				if page.SkewCWDegrees != 0 || page.ToInput != dossier.Identity() || !flagged {
					t.Errorf("turned by %.2f, flags %v", page.SkewCWDegrees, page.Flags)
				}
				return
			}
			x, y := page.ToInput.Apply(300, 900)
			wantX, wantY := leant(300, 900)
			if math.Abs(page.SkewCWDegrees-angle) > 0.1 || math.Hypot(x-wantX, y-wantY) > 2 || flagged {
				t.Errorf("skew %.3f, point (%.0f, %.0f) for (%.0f, %.0f), flags %v", page.SkewCWDegrees, x, y, wantX, wantY, page.Flags)
			}
		})
	}
}
