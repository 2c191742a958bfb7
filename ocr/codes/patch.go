package codes

import (
	"math"
	"slices"

	"sohoa/dossier"
)

// Patch codes are four bars along an edge of a sheet, two wide and two narrow,
// that a scanner tells without reading: Kodak, "Patch Code Information for Kodak
// Scanners", A-61599 (2006). Bars are 0.20 or 0.08 inches wide and the three
// gaps 0.08, 0.80 inches in all, and the bars at least 2 inches long. No decoder
// library for bar codes knows them.
//
// Method: across the page, in both directions, run bands of some pixels, each
// averaged to a profile. In a profile the code is seven runs of known
// proportions with white at both ends. A code is what the same runs at the same
// place in neighbouring bands are: print, tables and bar codes have no seven
// runs of this size, and not over an inch and a half.
//
// A leaning code only moves from band to band; up to eight degrees are followed.
// Bars are measured against each other, so that a sheet printed at 70 to 130 % of
// its size is read, too. Turned by half a turn, T has the bars of 3, and 1 those
// of 6: codes are read from the edge of the sheet that is nearer, where the
// standard puts them (within 3.75 inches of it), and those in the middle of the
// sheet not at all. Nothing may be printed between the code and its edge, which
// the standard asks for, too: so the bars of a large bar code are none.

// The measures of the standard, in inches, and what is made of them.
const (
	patchLength = 0.80 // from the first bar to the end of the last
	patchUnits  = 10.0 // the same in narrow bars: a wide one is 2.5
	patchQuiet  = 1.6  // narrow bars of white before and behind; the standard has 3
	patchLeast  = 0.70 // of the length, printed smaller
	patchMost   = 1.30
	patchAcross = 1.5 // inches of bar that have to be seen
	patchSeen   = 0.8 // share of bands within that has to show it

	bandWidth = 8  // pixels that are averaged
	bandStep  = 16 // pixels from one band to the next
	bandDrift = 0.14 * bandStep

	// leastContrast parts bars from paper, of 255.
	leastContrast = 25
	// patchReach is the share of a sheet from its edge within which codes lie.
	patchReach = 0.4
	// patchSpeck is the share of a narrow bar that is no print.
	patchSpeck = 0.4
	// patchSheet is the side in inches that a sheet with a code has at least: A6
	// is 4.1 inches wide. What is smaller is a cut-out, often a bar code.
	patchSheet = 4.0
)

// patchNames are the codes by their bars from the edge inwards, wide ones in
// capitals.
func patchNames() map[string]string {
	return map[string]string{"WWnn": "1", "WnnW": "2", "WnWn": "3", "nWWn": "4", "nWnW": "T", "nnWW": "6"}
}

// Patches finds the patch codes in a gray picture of w x h bytes; each is named
// once, as a code of type "patch" with its name (1, 2, 3, 4, 6 or T) as text.
func Patches(gray []byte, w, h int, dpi float64) []dossier.Code {
	if len(gray) < w*h || float64(min(w, h)) < patchSheet*dpi {
		return nil
	}
	var found []dossier.Code
	for _, profiles := range [][][]int{bandsDown(gray, w, h), bandsAcross(gray, w, h)} {
		for _, s := range followed(profiles, dpi) {
			code := dossier.Code{Type: "patch", Text: s.name}
			if s.long(dpi) && !slices.Contains(found, code) {
				found = append(found, code)
			}
		}
	}
	return found
}

// bandsDown are the profiles from the top to the bottom of the picture, from
// left to right.
func bandsDown(gray []byte, w, h int) [][]int {
	bands := make([][]int, max(1, (w-bandWidth)/bandStep+1))
	for i := range bands {
		bands[i] = make([]int, h)
	}
	for y := range h {
		row := gray[y*w : (y+1)*w]
		for i := range bands {
			for _, v := range row[i*bandStep : min(i*bandStep+bandWidth, w)] {
				bands[i][y] += int(v)
			}
		}
	}
	return bands
}

// bandsAcross are the profiles from left to right, from top to bottom.
func bandsAcross(gray []byte, w, h int) [][]int {
	bands := make([][]int, max(1, (h-bandWidth)/bandStep+1))
	for i := range bands {
		bands[i] = make([]int, w)
		for y := i * bandStep; y < min(i*bandStep+bandWidth, h); y++ {
			for x, v := range gray[y*w : (y+1)*w] {
				bands[i][x] += int(v)
			}
		}
	}
	return bands
}

// patch is a code in one band.
type patch struct {
	name string
	at   float64 // its middle
}

// streak is the same code in neighbouring bands.
type streak struct {
	patch
	first, last, bands int
}

// followed joins what neighbouring bands show.
func followed(profiles [][]int, dpi float64) []streak {
	var all []streak
	for band, profile := range profiles {
		for _, p := range patches(smoothed(profile), dpi) {
			i := slices.IndexFunc(all, func(s streak) bool {
				return s.name == p.name && band-s.last <= 3 && s.last < band && math.Abs(s.at-p.at) <= 2+bandDrift*float64(band-s.last)
			})
			if i < 0 {
				all = append(all, streak{p, band, band, 1})
				continue
			}
			all[i].at, all[i].last = p.at, band
			all[i].bands++
		}
	}
	return all
}

// long tells whether the streak is as long as bars are.
func (s streak) long(dpi float64) bool {
	span := s.last - s.first + 1
	return float64(span*bandStep) >= patchAcross*dpi && float64(s.bands) >= patchSeen*float64(span)
}

// smoothed evens out specks: each value is the mean of three, from 0 to 255.
func smoothed(profile []int) []int {
	out := make([]int, len(profile))
	for i := range profile {
		out[i] = (profile[max(i-1, 0)] + profile[i] + profile[min(i+1, len(profile)-1)]) / (3 * bandWidth)
	}
	return out
}

// patches finds the codes in one profile: from its start, and turned round from
// its end.
func patches(profile []int, dpi float64) []patch {
	runs := runsOf(profile, threshold(profile))
	p, ok := outermost(runs, dpi, len(profile))
	var found []patch
	if ok {
		found = append(found, p)
	}
	if p, ok := outermost(turned(runs, len(profile)), dpi, len(profile)); ok {
		p.at = float64(len(profile)) - p.at
		found = append(found, p)
	}
	return found
}

// turned are the runs as seen from the other end.
func turned(runs []run, length int) []run {
	out := slices.Clone(runs)
	slices.Reverse(out)
	for i := range out {
		out[i].at = length - out[i].at - out[i].length
	}
	return out
}

// outermost is the code that begins with the first print from the start. What
// touches the start is the dark beside a sheet, and specks are no print.
func outermost(runs []run, dpi float64, length int) (patch, bool) {
	speck := int(patchSpeck * patchLeast * patchLength / patchUnits * dpi)
	for i, r := range runs {
		if !r.dark || r.at == 0 || r.length <= speck {
			continue
		}
		if i == 0 || i+7 >= len(runs) {
			break
		}
		bars, ok := barsOf(runs[i-1:i+8], dpi)
		end := runs[i+6].at + runs[i+6].length
		at := float64(r.at+end) / 2
		return patch{patchNames()[bars], at}, ok && at <= patchReach*float64(length)
	}
	return patch{}, false
}

// threshold lies half way between the paper of a profile, which is most of it,
// and its darkest parts; -1 where there is too little between them.
func threshold(profile []int) int {
	var counts [256]int
	for _, v := range profile {
		counts[v]++
	}
	rank := func(n int) int {
		v := 0
		for n -= counts[0]; n >= 0 && v < 255; n -= counts[v] {
			v++
		}
		return v
	}
	paper, ink := rank(len(profile)*2/3), rank(len(profile)/40)
	if paper-ink < leastContrast {
		return -1
	}
	return (paper + ink) / 2
}

// run is a stretch of a profile that is dark or light.
type run struct {
	at, length int
	dark       bool
}

func runsOf(profile []int, threshold int) []run {
	var runs []run
	for i, v := range profile {
		dark := v <= threshold
		if len(runs) == 0 || runs[len(runs)-1].dark != dark {
			runs = append(runs, run{at: i, dark: dark})
		}
		runs[len(runs)-1].length++
	}
	return runs
}

// barsOf names four bars and their gaps by widths: seven runs with a light one
// before and behind, which is wider than any gap.
func barsOf(runs []run, dpi float64) (bars string, ok bool) {
	total := 0
	for _, r := range runs[1:8] {
		total += r.length
	}
	length := float64(total) / dpi / patchLength
	if length < patchLeast || length > patchMost {
		return "", false
	}
	unit := float64(total) / patchUnits
	if between(runs[0].length, patchQuiet*unit, math.Inf(1)) && between(runs[8].length, patchQuiet*unit, math.Inf(1)) {
		return widths(runs[1:8], unit)
	}
	return "", false
}

// widths tells wide bars from narrow ones. Print grows into the gaps, or fades
// from them, by less than half a narrow bar.
func widths(runs []run, unit float64) (bars string, ok bool) {
	for i, r := range runs {
		switch {
		case between(r.length, 0.5*unit, 1.55*unit):
			if i%2 == 0 {
				bars += "n"
			}
		case i%2 == 0 && between(r.length, 2*unit, 3.05*unit):
			bars += "W"
		default:
			return "", false
		}
	}
	return bars, patchNames()[bars] != ""
}

func between(n int, least, most float64) bool { return float64(n) >= least && float64(n) <= most }
