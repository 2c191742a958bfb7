package ocr

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/disintegration/imaging"

	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/ocrtest"
)

// damages are what paper, copiers and scanners do to a page, one each.
func damages() map[string]func(page *image.Gray) image.Image {
	shining := func(page image.Image, share float64) *image.Gray {
		behind := back(page, 1.5)
		return mixed(page, func(x, y int, v float64) float64 {
			is, _, _, _ := behind.At(x, y).RGBA()
			return v - share*(255-float64(is>>8))
		})
	}
	return map[string]func(page *image.Gray) image.Image{
		"edges":           func(page *image.Gray) image.Image { edges(page); return page },
		"back":            func(page *image.Gray) image.Image { return shining(page, 0.35) },
		"faded":           func(page *image.Gray) image.Image { return pale(page, 0.3, 4) },
		"blurred":         func(page *image.Gray) image.Image { return imaging.Blur(page, 2.2) },
		"fold in shadow":  func(page *image.Gray) image.Image { return mixed(page, shadow(page.Rect.Dx())) },
		"carbon on brown": func(page *image.Gray) image.Image { return brown(pale(imaging.Blur(page, 1.2), 0.45, 6)) },
		"red pen across":  func(page *image.Gray) image.Image { return struck(page) },
		"all but the edges": func(page *image.Gray) image.Image {
			return mixed(pale(shining(page, 0.3), 0.6, 4), shadow(page.Rect.Dx()))
		},
	}
}

// damagedPages are pages of known print at 200 dpi, each with one damage, level and
// leaning.
func damagedPages(b *testing.B) []ocrtest.Page {
	b.Helper()
	all := damages()
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	var pages []ocrtest.Page
	for _, name := range names {
		for _, lean := range []float64{0, 2.5} {
			leant, _ := drawn.Lean(roomy(b), lean)
			file := strings.ReplaceAll(name, " ", "-") + ".jpg"
			pages = append(pages, ocrtest.Page{
				Name: name, Path: drawn.File(b, file, drawn.JPEG(b, all[name](leant), 200)), Index: 1,
				Text: strings.Join(drawn.Lines(), "\n"), SkewCWDegrees: lean,
			})
		}
	}
	return pages
}

// shadow darkens towards the left edge, where a bound sheet lifts off the glass.
func shadow(width int) func(x, y int, v float64) float64 {
	return func(x, _ int, v float64) float64 { return v * (1 - 0.75*math.Exp(-6*float64(x)/float64(width))) }
}

// brown is a gray page on packing paper.
func brown(page *image.Gray) image.Image {
	out := image.NewRGBA(page.Rect)
	for y := range page.Rect.Dy() {
		for x := range page.Rect.Dx() {
			v := float64(page.GrayAt(x, y).Y)
			out.SetRGBA(x, y, color.RGBA{R: uint8(v * 0.85), G: uint8(v * 0.72), B: uint8(v * 0.55), A: 255})
		}
	}
	return out
}

// struck is a page over which somebody wrote with a red pen.
func struck(page *image.Gray) image.Image {
	out := image.NewRGBA(page.Rect)
	draw.Draw(out, page.Rect, page, image.Point{}, draw.Src)
	for i := range 3 {
		for x := range 900 {
			y := 480 + 260*i + int(60*math.Sin(float64(x)/70+float64(i)))
			for w := range 5 {
				out.SetRGBA(300+x, y+w, color.RGBA{R: 205, G: 35, B: 45, A: 255})
			}
		}
	}
	return out
}
