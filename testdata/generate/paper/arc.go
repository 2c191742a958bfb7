package paper

import (
	"fmt"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

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
		s.Fail(fmt.Errorf("seal: %w", err))
		return
	}
	var buf sfnt.Buffer
	ppem := fixed.Int26_6(s.pxf(emHeight(style.Size)) * 64)
	segments, err := outline.LoadGlyph(&buf, index, ppem, nil)
	if err != nil {
		s.Fail(fmt.Errorf("seal: %w", err))
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
