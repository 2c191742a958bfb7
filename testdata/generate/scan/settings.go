// Package scan turns a printed side into what an office scanner makes of it:
// tinted paper, show-through, faded toner, punch holes, a sheet that lies
// askew or the wrong way round on a black lid, blur and noise, in colour, gray
// or black and white.
//
// Angles are clockwise, as the input leans relative to upright: a page with
// SkewCW 1.3 and RotationCW 90 was turned by 91.3 degrees clockwise. The exact
// way from the upright side to the scan is returned as a matrix.
//
// Start at [Roll] for random settings or [Pristine] for none, then [Scan].
package scan

import (
	"math"
	"math/rand/v2"
)

// Mode is the colour mode of the scanner.
type Mode string

// The modes.
const (
	Color   Mode = "color"
	Gray    Mode = "gray"
	Bilevel Mode = "bw"
)

// Settings are everything that happens to one side.
type Settings struct {
	DPI        int
	Mode       Mode
	SkewCW     float64 // degrees, to three decimals
	RotationCW int     // 0, 90, 180 or 270
	Damage     Damage
}

// Damage names what spoils a scan, as the truth records it.
type Damage struct {
	Stamp   bool    `json:"stamp"`   // a seal over the text
	Paper   bool    `json:"paper"`   // tinted, mottled paper
	Through bool    `json:"through"` // the other side shows through
	Fade    bool    `json:"fade"`    // pale toner
	Border  bool    `json:"border"`  // black lid around the sheet
	Blur    float64 `json:"blur"`    // sigma in pixels
	Noise   int     `json:"noise"`   // sigma in gray levels
	Holes   bool    `json:"holes"`   // punched for a binder
}

// Pristine is a straight colour scan with nothing wrong.
func Pristine() Settings { return Settings{DPI: 300, Mode: Color} }

// Roll draws settings as often as they are met in offices: most pages nearly
// straight, one in four turned, a third of them at 200 dpi.
func Roll(rng *rand.Rand) Settings {
	set := Settings{DPI: oneOf(rng, 300, 300, 200), RotationCW: oneOf(rng, 0, 0, 0, 0, 0, 0, 0, 0, 0, 90, 180, 270)}
	set.Mode = oneOf(rng, Color, Color, Color, Color, Color, Gray, Gray, Bilevel)
	set.SkewCW = rollSkew(rng)
	set.Damage = Damage{
		Stamp: chance(rng, 0.25), Paper: chance(rng, 0.5), Through: chance(rng, 0.25), Fade: chance(rng, 0.12),
		Border: chance(rng, 0.3), Holes: chance(rng, 0.25),
		Blur: oneOf(rng, 0, 0, 0.5, 0.8, 1.1), Noise: oneOf(rng, 1, 3, 6, 9),
	}
	return set
}

// rollSkew draws none, a little (what a feeder does) or up to five degrees
// (what a hand on the glass does).
func rollSkew(rng *rand.Rand) float64 {
	var angle float64
	switch roll := rng.Float64(); {
	case roll < 0.2:
		return 0
	case roll < 0.75:
		angle = min(max(rng.NormFloat64()*0.8, -2), 2)
	default:
		angle = (rng.Float64()*2 - 1) * 5
	}
	return math.Round(angle*1000) / 1000
}

func chance(rng *rand.Rand, p float64) bool { return rng.Float64() < p }

func oneOf[T any](rng *rand.Rand, choices ...T) T { return choices[rng.IntN(len(choices))] }
