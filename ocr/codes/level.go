package codes

import (
	"sohoa/dossier"
)

// Bars averaged along their length. A picture of bars is cut into bands, each
// averaged to a profile. Where the bars lean, the profiles are moved against each
// other; the shift at which their sum has the sharpest edges is the lean.

const (
	levelBands = 24
	// mostShift is the shift from band to band, in heights of a band: bars that
	// lean by 17 degrees.
	mostShift = 0.3
	// levelRows is how high the averaged bars are drawn.
	levelRows = 12
	// levelPart is the part of the height of the picture, in its middle, that is
	// averaged: the rest is the margin of the region and print beside the bars.
	levelFrom, levelTo = 0.3, 0.7
)

// readLevel reads the bars of a picture, standing or lying.
func (s *Scanner) readLevel(p Picture, back dossier.Matrix) ([]Found, error) {
	turned := Picture{make([]byte, len(p.Gray)), p.H, p.W}
	for y := range p.H {
		for x, v := range p.Gray[y*p.W : (y+1)*p.W] {
			turned.Gray[x*p.H+y] = v
		}
	}
	for _, c := range []struct {
		p    Picture
		back dossier.Matrix
	}{{p, back}, {turned, dossier.Matrix{0, 1, 1, 0, 0, 0}.Then(back)}} {
		found, err := s.Read(level(c.p))
		if err != nil || len(found) > 0 {
			for i := range found {
				found[i].Outline = [][2]float64{}
				for _, corner := range [][2]float64{{0, levelFrom}, {1, levelFrom}, {0, levelTo}, {1, levelTo}} {
					x, y := c.back.Apply(corner[0]*float64(c.p.W), corner[1]*float64(c.p.H))
					found[i].Outline = append(found[i].Outline, [2]float64{x, y})
				}
			}
			return found, err
		}
	}
	return nil, nil
}

// level averages standing bars.
func level(p Picture) Picture {
	bands := profiles(p)
	height := (levelTo - levelFrom) * float64(p.H) / levelBands
	best, sharpest := []float64(nil), -1.0
	for shift := -mostShift * height; shift <= mostShift*height; shift += 1.0 / levelBands {
		sum := added(bands, shift)
		if edges := sharpness(sum); edges > sharpest {
			best, sharpest = sum, edges
		}
	}
	out := Picture{make([]byte, 0, p.W*levelRows), p.W, levelRows}
	for range levelRows {
		for _, v := range best {
			out.Gray = append(out.Gray, uint8(v))
		}
	}
	out.stretch()
	return out
}

// profiles averages bands of the picture, from top to bottom.
func profiles(p Picture) [][]float64 {
	bands := make([][]float64, levelBands)
	top, height := levelFrom*float64(p.H), (levelTo-levelFrom)*float64(p.H)/levelBands
	for i := range bands {
		bands[i] = make([]float64, p.W)
		from := int(top + float64(i)*height)
		to := max(from+1, int(top+float64(i+1)*height))
		for y := from; y < to; y++ {
			for x, v := range p.Gray[y*p.W : (y+1)*p.W] {
				bands[i][x] += float64(v) / float64(to-from)
			}
		}
	}
	return bands
}

// added is the mean of the bands, each moved by shift against the one before;
// what comes in from outside is paper.
func added(bands [][]float64, shift float64) []float64 {
	out := make([]float64, len(bands[0]))
	for i, band := range bands {
		moved := int((float64(i)-levelBands/2)*shift+1000.5) - 1000
		for x := range out {
			if at := x + moved; at >= 0 && at < len(band) {
				out[x] += band[at] / levelBands
			} else {
				out[x] += 255.0 / levelBands
			}
		}
	}
	return out
}

func sharpness(profile []float64) float64 {
	sum := 0.0
	for i := 1; i < len(profile); i++ {
		d := profile[i] - profile[i-1]
		sum += d * d
	}
	return sum
}
