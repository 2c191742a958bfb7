package cleanup

import "math"

// The circles of a seal as dark as print.
const (
	sealDirections = 720
	// A circle has ink in so many directions, and in less by circleContrast beside
	// it; print and an inscription have ink in about half of them.
	circleDrawn    = 0.65
	circleContrast = 0.25
	circleBeside   = 0.01  // inches
	circleReach    = 0.03  // inches to either side in which the outermost is looked for
	circleThick    = 0.075 // inches: two circles, run together
	// circleEdge is how far, in inches, the ink of a circle may stand out of it.
	circleEdge = 0.006
	// innermost is the radius, in that of the seal, below which no circle is looked
	// for, outermost that from which on one is the rim.
	innermost = 0.35
	outermost = 0.8
	// leastSeen is the share of directions in which the outermost must be seen.
	leastSeen = 0.5
)

// circle is from one radius to another.
type circle struct{ from, to float64 }

func (d *disc) isInk(k int, r float64) bool {
	ray := &d.rays[k]
	x, y := int(d.x+r*ray.wide*ray.cos), int(d.y+r*ray.wide*ray.sin)
	return x >= 0 && y >= 0 && x < d.at.W && y < d.at.H && d.ink[y*d.at.W+x]
}

// fit brings the rays to where the outermost circle is, moved and oval, as paper
// is pulled through scanners unevenly: by the first harmonics of how far it is off.
func (d *disc) fit() {
	reach := circleReach * d.dpi
	for _, near := range [...]float64{reach, reach / 2, reach / 4} {
		var sums [5]float64
		seen := 0.0
		for k, ray := range d.rays {
			off, ok := d.edge(k, reach)
			if !ok || math.Abs(off) > near {
				continue
			}
			seen++
			for h, w := range ray.harmonics() {
				sums[h] += off * w
			}
		}
		if seen < leastSeen*sealDirections {
			return
		}
		d.out += sums[0] / seen
		for k, ray := range d.rays {
			w := ray.harmonics()
			for h := 1; h < len(w); h++ {
				d.rays[k].wide += 2 * sums[h] / seen * w[h] / d.out
			}
		}
	}
}

func (r ray) harmonics() [5]float64 {
	return [5]float64{1, r.cos, r.sin, r.cos*r.cos - r.sin*r.sin, 2 * r.sin * r.cos}
}

// edge is how far out the last ink in a direction is, near the outermost circle.
func (d *disc) edge(k int, reach float64) (off float64, ok bool) {
	for off := reach; off >= -reach; off-- {
		if d.isInk(k, d.out+off) {
			return off, true
		}
	}
	return 0, false
}

// circles finds those of the seal, from the middle outward.
func (d *disc) circles() []circle {
	drawn := make([]float64, int(d.out+2*circleReach*d.dpi))
	for r := range drawn {
		for k := range d.rays {
			if d.isInk(k, float64(r)) {
				drawn[r] += 1.0 / sealDirections
			}
		}
	}
	beside := int(math.Ceil(circleBeside * d.dpi))
	var all []circle
	for r := int(innermost*d.out) + 2*beside; r < len(drawn); r++ {
		if drawn[r] < circleDrawn {
			continue
		}
		from, most := r, 0.0
		for ; r < len(drawn) && drawn[r] >= circleDrawn; r++ {
			most = max(most, drawn[r])
		}
		least := most
		for i := beside; i <= 2*beside; i++ {
			least = min(least, drawn[from-i], drawn[min(r-1+i, len(drawn)-1)])
		}
		if float64(r-from) <= circleThick*d.dpi && most-least >= circleContrast {
			all = append(all, circle{float64(from), float64(r - 1)})
		}
	}
	return all
}

// rim is the radius inside of which the letters of an inscription are.
func (d *disc) rim(circles []circle) float64 {
	within := d.out
	for _, c := range circles {
		if c.from > outermost*d.out {
			within = min(within, c.from+circleBeside*d.dpi)
		}
	}
	return within
}

// clearCircle takes a circle away where its ink begins and ends with it, looked
// at from the middle: there no stroke crosses it.
func (d *disc) clearCircle(c circle) {
	edge := circleEdge * d.dpi
	from, to := c.from-edge, c.to+edge
	for i, ink := range d.ink {
		if !ink {
			continue
		}
		x, y := float64(i%d.at.W)+0.5-d.x, float64(i/d.at.W)+0.5-d.y
		r := math.Hypot(x, y)
		if r < 0.9*from || r > 1.1*to {
			continue
		}
		k := int(math.Round(math.Atan2(y, x)/(2*math.Pi)*sealDirections)+sealDirections) % sealDirections
		at := r / d.rays[k].wide
		if at >= from && at <= to && d.ends(i, -x/r, -y/r, at-from) && d.ends(i, x/r, y/r, to-at) {
			d.gone[i] = true
		}
	}
}

// ends tells whether the ink at a pixel ends in a direction within so many pixels.
func (d *disc) ends(at int, x, y, within float64) bool {
	fromX, fromY := float64(at%d.at.W)+0.5, float64(at/d.at.W)+0.5
	for step := 1.0; step <= within+1; step++ {
		u, v := int(fromX+step*x), int(fromY+step*y)
		if u < 0 || v < 0 || u >= d.at.W || v >= d.at.H || !d.ink[v*d.at.W+u] {
			return true
		}
	}
	return false
}
