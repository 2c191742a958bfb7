package paper

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"github.com/skip2/go-qrcode"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// The inks of an office.
var (
	SealRed   = color.RGBA{R: 205, G: 30, B: 45, A: 255}
	PenBlue   = color.RGBA{R: 25, G: 45, B: 150, A: 255}
	SerialRed = color.RGBA{R: 190, G: 25, B: 35, A: 255}
)

// QR prints a code whose side, with its quiet zone, is about side millimetres;
// it is rounded down to whole pixels per module, as label printers do.
func (s *Sheet) QR(x, y, side float64, text string) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		s.fail(fmt.Errorf("QR code: %w", err))
		return
	}
	modules := code.Bitmap()
	step := s.px(side) / len(modules)
	if step < 2 {
		s.fail(fmt.Errorf("QR code: %d modules do not fit %.0f mm", len(modules), side))
		return
	}
	for row := range modules {
		for column, dark := range modules[row] {
			if dark {
				at := image.Pt(s.px(x)+column*step, s.px(y)+row*step)
				draw.Draw(s.img, image.Rectangle{Min: at, Max: at.Add(image.Pt(step, step))}, image.Black, image.Point{}, draw.Src)
			}
		}
	}
}

// Frame draws the ornamental border of a certificate: two lines and a chain of
// diamonds between them.
func (s *Sheet) Frame(inset float64, ink color.Color) {
	const gap, pitch = 4.0, 4.6
	for _, in := range []float64{inset, inset + gap} {
		w, h := Width-2*in, Height-2*in
		for _, r := range [][4]float64{{in, in, w, 0.5}, {in, in + h, w, 0.5}, {in, in, 0.5, h}, {in + w, in, 0.5, h}} {
			s.fill(r[0], r[1], r[2], r[3], ink)
		}
	}
	middle := inset + gap/2
	for x := middle + pitch; x < Width-middle; x += pitch {
		s.diamond(x, middle, ink)
		s.diamond(x, Height-middle, ink)
	}
	for y := middle + pitch; y < Height-middle; y += pitch {
		s.diamond(middle, y, ink)
		s.diamond(Width-middle, y, ink)
	}
}

func (s *Sheet) diamond(x, y float64, ink color.Color) {
	const half = 1.3
	p := s.plate(x, y, half)
	p.polygon([]point{{0, -half}, {half, 0}, {0, half}, {-half, 0}})
	s.stain(p, ink, 0)
}

// Seal stamps the round red seal of an office, 35 mm across, a little turned
// and unevenly inked, over whatever is printed there. Upper and lower run
// along its edge. Seals are no part of the truth.
func (s *Sheet) Seal(x, y float64, upper, lower string) {
	const radius = 17.5
	p := s.plate(x, y, radius)
	for _, ring := range [][2]float64{{radius - 0.3, radius - 1.1}, {radius - 1.5, radius - 1.8}, {radius * 0.60, radius*0.60 - 0.3}} {
		p.circle(ring[0], true)
		p.circle(ring[1], false)
	}
	p.star(radius * 0.42)
	turn := (s.hand.Float64() - 0.5) * 0.5
	s.arcText(p, upper, radius*0.71, turn-math.Pi/2, false)
	s.arcText(p, lower, radius*0.83, turn+math.Pi/2, true)
	s.stain(p, SealRed, 0.35)
}

// Sign writes a signature around (x, y): a few loops that lose height, then a
// long stroke back under them.
func (s *Sheet) Sign(x, y float64, ink color.Color) {
	const half = 26
	p := s.plate(x, y, half)
	pen := 0.28 + 0.2*s.hand.Float64()
	loops := 4 + s.hand.IntN(5)
	height := 8 + 4*s.hand.Float64()
	knots := []point{{-18, 3}}
	for i := range loops {
		at := -15 + 26*float64(i)/float64(loops)
		tall := height * (1 - 0.75*float64(i)/float64(loops)) * (0.6 + 0.6*s.hand.Float64())
		knots = append(knots, point{at + 2*s.hand.Float64(), -tall}, point{at + 1 + 3*s.hand.Float64(), tall * 0.5})
	}
	knots = append(knots, point{20, -2 - 3*s.hand.Float64()}, point{6, 6}, point{-14, 7 + 2*s.hand.Float64()}, point{22, 5})
	p.stroke(knots, pen)
	s.stain(p, ink, 0.1)
}

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

// arcText adds text along a circle, centred on the given angle; inside means
// that the feet of the letters point away from the centre.
func (s *Sheet) arcText(p *plate, text string, radius, middle float64, inside bool) {
	style := Style{Family: Sans, Bold: true, Size: 8.5}
	s.checkGlyphs(style, text)
	if s.err != nil {
		return
	}
	direction := 1.0
	if inside {
		direction = -1
	}
	angle := middle - direction*s.width(style, text)/radius/2
	for _, r := range text {
		advance := s.width(style, string(r)) / radius * direction
		s.arcGlyph(p, style, r, radius, angle+advance/2, inside)
		angle += advance
	}
}

// arcGlyph adds one letter standing on the circle at the angle.
func (s *Sheet) arcGlyph(p *plate, style Style, r rune, radius, angle float64, inside bool) {
	outline := s.fonts.parsed[style.fileName()]
	index, err := outline.GlyphIndex(nil, r)
	if err != nil {
		s.fail(fmt.Errorf("seal: %w", err))
		return
	}
	var buf sfnt.Buffer
	ppem := fixed.Int26_6(s.pxf(emHeight(style.Size)) * 64)
	segments, err := outline.LoadGlyph(&buf, index, ppem, nil)
	if err != nil {
		s.fail(fmt.Errorf("seal: %w", err))
		return
	}
	half := float64(font.MeasureString(s.face(style), string(r))) / 64 / 2
	turn := angle + math.Pi/2
	if inside {
		turn = angle - math.Pi/2
	}
	sin, cos := math.Sincos(turn)
	place := func(q fixed.Point26_6) (float32, float32) {
		gx, gy := (float64(q.X)/64-half)/p.scale, float64(q.Y)/64/p.scale
		return p.at(point{radius*math.Cos(angle) + gx*cos - gy*sin, radius*math.Sin(angle) + gx*sin + gy*cos})
	}
	addOutline(p.raster, segments, place)
}

func addOutline(raster *vector.Rasterizer, segments sfnt.Segments, place func(fixed.Point26_6) (float32, float32)) {
	for _, segment := range segments {
		ax, ay := place(segment.Args[0])
		switch segment.Op {
		case sfnt.SegmentOpMoveTo:
			raster.ClosePath()
			raster.MoveTo(ax, ay)
		case sfnt.SegmentOpLineTo:
			raster.LineTo(ax, ay)
		case sfnt.SegmentOpQuadTo:
			bx, by := place(segment.Args[1])
			raster.QuadTo(ax, ay, bx, by)
		case sfnt.SegmentOpCubeTo:
			bx, by := place(segment.Args[1])
			cx, cy := place(segment.Args[2])
			raster.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	raster.ClosePath()
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
