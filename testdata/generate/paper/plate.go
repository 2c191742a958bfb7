package paper

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/vector"
)

type point struct{ x, y float64 }

// plate is a square piece of the sheet on which a shape is drawn in
// millimetres from its centre before it is inked.
type plate struct {
	raster *vector.Rasterizer
	side   int
	half   float64
	scale  float64 // pixels per millimetre
	corner image.Point
}

func (s *Sheet) plate(x, y, half float64) *plate {
	side := s.px(2*half) + 2
	return &plate{raster: vector.NewRasterizer(side, side), side: side, half: half, scale: s.pxf(1),
		corner: image.Pt(s.px(x-half), s.px(y-half))}
}

func (p *plate) at(q point) (float32, float32) {
	return float32((q.x + p.half) * p.scale), float32((q.y + p.half) * p.scale)
}

func (p *plate) polygon(corners []point) {
	p.raster.MoveTo(p.at(corners[0]))
	for _, corner := range corners[1:] {
		p.raster.LineTo(p.at(corner))
	}
	p.raster.ClosePath()
}

// circle adds a disc; one drawn the other way round cuts a hole.
func (p *plate) circle(radius float64, clockwise bool) {
	const corners = 120
	polygon := make([]point, corners)
	for i := range polygon {
		angle := 2 * math.Pi * float64(i) / corners
		if !clockwise {
			angle = -angle
		}
		polygon[i] = point{radius * math.Cos(angle), radius * math.Sin(angle)}
	}
	p.polygon(polygon)
}

func (p *plate) star(radius float64) {
	var corners []point
	for i := range 10 {
		r := radius
		if i%2 == 1 {
			r *= 0.382 // the inner corners of a regular five-pointed star
		}
		angle := math.Pi * (float64(i)/5 - 0.5)
		corners = append(corners, point{r * math.Cos(angle), r * math.Sin(angle)})
	}
	p.polygon(corners)
}

// stroke runs a pen along a smooth curve through the knots. Each short step is
// a small quadrilateral of its own, always wound the same way: overlaps then
// add up and are clipped, where one long outline would cancel at its loops.
func (p *plate) stroke(knots []point, width float64) {
	const steps = 24
	last := knots[0]
	for i := 0; i+1 < len(knots); i++ {
		for step := 1; step <= steps; step++ {
			next := catmullRom(knots, i, float64(step)/steps)
			p.segment(last, next, width)
			last = next
		}
	}
}

func (p *plate) segment(from, to point, width float64) {
	dx, dy := to.x-from.x, to.y-from.y
	length := math.Hypot(dx, dy)
	if length == 0 {
		return
	}
	// A fast pen leaves less ink.
	half := width / 2 * (1.25 - min(0.6, length))
	nx, ny := -dy/length*half, dx/length*half
	ex, ey := dx/length*half/2, dy/length*half/2
	p.polygon([]point{{from.x + nx - ex, from.y + ny - ey}, {from.x - nx - ex, from.y - ny - ey},
		{to.x - nx + ex, to.y - ny + ey}, {to.x + nx + ex, to.y + ny + ey}})
}

// catmullRom is the point at t of the curve between knots i and i+1.
func catmullRom(knots []point, i int, t float64) point {
	knot := func(i int) point { return knots[min(max(i, 0), len(knots)-1)] }
	a, b, c, d := knot(i-1), knot(i), knot(i+1), knot(i+2)
	curve := func(a, b, c, d float64) float64 {
		return 0.5 * (2*b + (c-a)*t + (2*a-5*b+4*c-d)*t*t + (3*b-a-3*c+d)*t*t*t)
	}
	return point{curve(a.x, b.x, c.x, d.x), curve(a.y, b.y, c.y, d.y)}
}

// stain inks the plate: colours multiply, as transparent ink over print does,
// so black letters under a seal stay black. Wear takes away up to that part of
// the ink, in patches a few millimetres wide.
func (s *Sheet) stain(p *plate, ink color.Color, wear float64) {
	mask := image.NewAlpha(image.Rect(0, 0, p.side, p.side))
	p.raster.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	r, g, b, _ := ink.RGBA()
	absorb := [3]float64{1 - float64(r)/0xffff, 1 - float64(g)/0xffff, 1 - float64(b)/0xffff}
	phase := [2]float64{s.hand.Float64() * 6, s.hand.Float64() * 6}
	area := mask.Bounds().Add(p.corner).Intersect(s.img.Bounds())
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			cover := mask.Pix[(y-p.corner.Y)*mask.Stride+x-p.corner.X]
			if cover == 0 {
				continue
			}
			patch := 0.5 + 0.5*math.Sin(float64(x)/p.scale/2.1+phase[0])*math.Sin(float64(y)/p.scale/1.7+phase[1])
			strength := float64(cover) / 255 * (1 - wear*patch)
			pixel := s.img.Pix[s.img.PixOffset(x, y):]
			for i := range absorb {
				pixel[i] = uint8(float64(pixel[i]) * (1 - strength*absorb[i]))
			}
		}
	}
}
