// Package decodetest makes files of every kind a scanner or a phone writes, by
// programs that are not ours, and decodes them by one that is not ours. It is
// test support, never part of the product.
//
// Start at [Samples]. It needs Debian's imagemagick and libtiff-tools; a test
// fails without them and says so.
package decodetest

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"os/exec"
	"path/filepath"
	"testing"

	"sohoa/ocr/internal/drawn"
)

// Sample is one kind of file a scanner or a phone writes: how ImageMagick and
// libtiff's tools make it of a picture, and what is to come of it.
type Sample struct {
	Name    string
	From    string   // "colour", "gray" or "bilevel"
	magick  []string // arguments between input and output
	ext     string
	tiffcp  []string // a second step by tiffcp
	Pages   int
	Lossy   bool    // the oracle's decoder rounds otherwise than ours
	Filter  string  // of the stream that is published
	Own     bool    // the published stream is of the input's own bytes
	Nearest float64 // how far a lossy one may be off on average; 0 means 2
}

// Samples lists the kinds.
func Samples() []Sample {
	return []Sample{
		{Name: "jpeg", From: "colour", ext: "jpg", Lossy: true, Filter: "DCTDecode", Own: true},
		{Name: "jpeg gray", From: "gray", ext: "jpg", Lossy: true, Filter: "DCTDecode", Own: true},
		{Name: "jpeg progressive", From: "colour", magick: []string{"-interlace", "Plane"}, ext: "jpg", Lossy: true, Filter: "DCTDecode", Own: true},
		{Name: "jpeg 4:2:0", From: "colour", magick: []string{"-sampling-factor", "2x2"}, ext: "jpg", Lossy: true, Filter: "DCTDecode", Own: true},
		{Name: "jpeg cmyk", From: "colour", magick: []string{"-colorspace", "CMYK"}, ext: "jpg", Lossy: true, Filter: "FlateDecode"},
		{Name: "png 8 rgb", From: "colour", ext: "png", Filter: "FlateDecode", Own: true},
		{Name: "png interlaced", From: "colour", magick: []string{"-interlace", "Line"}, ext: "png", Filter: "FlateDecode"},
		{Name: "png palette", From: "colour", magick: []string{"-colors", "32", "-define", "png:color-type=3"}, ext: "png", Filter: "FlateDecode"},
		{Name: "png 16 rgb", From: "colour", magick: []string{"-define", "png:bit-depth=16", "-define", "png:color-type=2"}, ext: "png", Filter: "FlateDecode", Own: true},
		{Name: "png 16 gray", From: "gray", magick: []string{"-define", "png:bit-depth=16", "-define", "png:color-type=0"}, ext: "png", Filter: "FlateDecode", Own: true},
		{Name: "png 4 gray", From: "gray", magick: []string{"-depth", "4", "-define", "png:bit-depth=4", "-define", "png:color-type=0"}, ext: "png", Filter: "FlateDecode", Own: true},
		{Name: "png 2 gray", From: "gray", magick: []string{"-depth", "2", "-define", "png:bit-depth=2", "-define", "png:color-type=0"}, ext: "png", Filter: "FlateDecode", Own: true},
		{Name: "png 1", From: "bilevel", magick: []string{"-define", "png:bit-depth=1", "-define", "png:color-type=0"}, ext: "png", Filter: "FlateDecode", Own: true},
		{Name: "bmp 24", From: "colour", magick: []string{"-type", "TrueColor"}, ext: "bmp", Filter: "FlateDecode"},
		{Name: "bmp 8 palette", From: "colour", magick: []string{"-colors", "64", "-type", "Palette", "-compress", "None"}, ext: "bmp", Filter: "FlateDecode"},
		{Name: "bmp 8 run lengths", From: "colour", magick: []string{"-colors", "64", "-type", "Palette", "-compress", "RLE"}, ext: "bmp", Filter: "FlateDecode"},
		{Name: "bmp 1", From: "bilevel", magick: []string{"-type", "bilevel"}, ext: "bmp", Filter: "CCITTFaxDecode"},
		{Name: "bmp os/2", From: "colour", ext: "bmp2", Filter: "FlateDecode"},
		{Name: "webp lossless", From: "colour", magick: []string{"-define", "webp:lossless=true"}, ext: "webp", Filter: "FlateDecode"},
		{Name: "webp", From: "colour", ext: "webp", Lossy: true, Filter: "FlateDecode"},
		{Name: "gif", From: "colour", magick: []string{"-colors", "64"}, ext: "gif", Filter: "FlateDecode"},
		{Name: "jp2", From: "colour", magick: []string{"-quality", "0", "-define", "jp2:rate=1"}, ext: "jp2", Filter: "JPXDecode", Own: true},
		{Name: "jp2 gray", From: "gray", magick: []string{"-define", "jp2:rate=1"}, ext: "jp2", Filter: "JPXDecode", Own: true},
		{Name: "j2k", From: "colour", magick: []string{"-define", "jp2:rate=1"}, ext: "j2k", Filter: "FlateDecode"},
		{Name: "tiff rgb", From: "colour", magick: []string{"-compress", "None"}, ext: "tif", Filter: "FlateDecode"},
		{Name: "tiff lzw", From: "colour", magick: []string{"-compress", "LZW"}, ext: "tif", Filter: "FlateDecode"},
		{Name: "tiff zip", From: "colour", magick: []string{"-compress", "Zip"}, ext: "tif", Filter: "FlateDecode"},
		{Name: "tiff packbits", From: "gray", ext: "tif", tiffcp: []string{"-c", "packbits"}, Filter: "FlateDecode"},
		{Name: "tiff big-endian", From: "colour", magick: []string{"-endian", "MSB"}, ext: "tif", Filter: "FlateDecode"},
		{Name: "tiff 16 rgb", From: "colour", magick: []string{"-depth", "16"}, ext: "tif", Lossy: true, Filter: "FlateDecode"},
		{Name: "tiff 16 gray", From: "gray", magick: []string{"-depth", "16"}, ext: "tif", Lossy: true, Filter: "FlateDecode"},
		{Name: "tiff 4 gray", From: "gray", magick: []string{"-depth", "4"}, ext: "tif", Lossy: true, Filter: "FlateDecode"},
		{Name: "tiff palette", From: "colour", magick: []string{"-colors", "64", "-type", "Palette"}, ext: "tif", Lossy: true, Filter: "FlateDecode"},
		{Name: "tiff palette 4", From: "colour", magick: []string{"-colors", "12", "-type", "Palette", "-depth", "4"}, ext: "tif", Filter: "FlateDecode"},
		{Name: "tiff cmyk", From: "colour", magick: []string{"-colorspace", "CMYK"}, ext: "tif", Lossy: true, Filter: "FlateDecode"},
		{Name: "tiff lab", From: "colour", magick: []string{"-colorspace", "Lab"}, ext: "tif", Lossy: true, Nearest: 6, Filter: "FlateDecode"},
		{Name: "tiff alpha", From: "colour", magick: []string{"-alpha", "set"}, ext: "tif", Filter: "FlateDecode"},
		{Name: "tiff planar", From: "colour", ext: "tif", tiffcp: []string{"-p", "separate"}, Filter: "FlateDecode"},
		{Name: "tiff tiled", From: "colour", ext: "tif", tiffcp: []string{"-t", "-w", "128", "-l", "128"}, Filter: "FlateDecode"},
		{Name: "tiff tiled g4", From: "bilevel", magick: []string{"-compress", "Group4"}, ext: "tif", tiffcp: []string{"-t", "-w", "128", "-l", "128", "-c", "g4"}, Filter: "FlateDecode"},
		{Name: "tiff bigtiff", From: "colour", ext: "tif", tiffcp: []string{"-8"}, Filter: "FlateDecode"},
		{Name: "tiff jpeg", From: "colour", ext: "tif", tiffcp: []string{"-c", "jpeg:r:90"}, Lossy: true, Filter: "DCTDecode", Own: true},
		{Name: "tiff jpeg ycbcr", From: "colour", magick: []string{"-compress", "JPEG", "-sampling-factor", "2x2"}, ext: "tif", Lossy: true, Filter: "DCTDecode", Own: true},
		{Name: "tiff jpeg ycbcr strips", From: "colour", ext: "tif", tiffcp: []string{"-c", "jpeg:90", "-r", "16"}, Lossy: true, Filter: "DCTDecode", Own: true},
		{Name: "tiff jpeg gray one strip", From: "gray", ext: "tif", tiffcp: []string{"-c", "jpeg:90", "-r", "10000"}, Lossy: true, Filter: "DCTDecode", Own: true},
		{Name: "tiff jpeg tiled", From: "colour", ext: "tif", tiffcp: []string{"-t", "-w", "128", "-l", "128", "-c", "jpeg:90"}, Lossy: true, Filter: "FlateDecode"},
		{Name: "tiff g3 1-D", From: "bilevel", magick: []string{"-compress", "Group4"}, ext: "tif", tiffcp: []string{"-c", "g3:1d"}, Filter: "CCITTFaxDecode"},
		{Name: "tiff g3 2-D", From: "bilevel", magick: []string{"-compress", "Group4"}, ext: "tif", tiffcp: []string{"-c", "g3:2d"}, Filter: "CCITTFaxDecode"},
		{Name: "tiff g3 filled", From: "bilevel", magick: []string{"-compress", "Group4"}, ext: "tif", tiffcp: []string{"-c", "g3:2d:fill"}, Filter: "CCITTFaxDecode"},
		{Name: "tiff g4 strips", From: "bilevel", magick: []string{"-compress", "Group4"}, ext: "tif", tiffcp: []string{"-c", "g4", "-r", "32"}, Filter: "CCITTFaxDecode"},
		{Name: "tiff g4 one strip", From: "bilevel", magick: []string{"-compress", "Group4"}, ext: "tif", tiffcp: []string{"-c", "g4", "-r", "10000"}, Filter: "CCITTFaxDecode", Own: true},
		{Name: "tiff g4 fill order", From: "bilevel", magick: []string{"-compress", "Group4"}, ext: "tif", tiffcp: []string{"-c", "g4", "-r", "10000", "-f", "lsb2msb"}, Filter: "CCITTFaxDecode", Own: true},
		{Name: "tiff bilevel zip", From: "bilevel", magick: []string{"-compress", "Group4"}, ext: "tif", tiffcp: []string{"-c", "zip"}, Filter: "CCITTFaxDecode"},
		{Name: "tiff three pages", From: "colour", magick: []string{"(", "+clone", "-negate", ")", "(", "+clone", "-flip", ")"}, ext: "tif", Pages: 3, Filter: "FlateDecode"},
	}
}

// magick runs ImageMagick, which is called otherwise in each of its versions.
func magick(tb testing.TB, args ...string) []byte {
	tb.Helper()
	for _, name := range []string{"magick", "convert-im6.q16"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		out, err := exec.CommandContext(tb.Context(), path, args...).Output()
		if err != nil {
			tb.Fatalf("%s %q: %v", name, args, err)
		}
		return out
	}
	tb.Fatal("ImageMagick is missing: apt install imagemagick")
	return nil
}

// Sources writes the three pictures that samples are made of.
func Sources(tb testing.TB) map[string]string {
	tb.Helper()
	soft := image.NewRGBA(image.Rect(0, 0, 328, 248))
	for y := range 248 {
		for x := range 328 {
			soft.SetRGBA(x, y, color.RGBA{R: uint8(x * 255 / 328), G: uint8(y * 255 / 248), B: uint8(128 + 100*math.Sin(float64(x+y)/40)), A: 255})
		}
	}
	dark := image.NewGray(soft.Rect)
	for i := range dark.Pix {
		dark.Pix[i] = uint8(i % 328 * 3 / 4)
	}
	page := drawn.Page(tb, 50)
	for i, v := range page.Pix {
		page.Pix[i] = 255 * (v >> 7)
	}
	made := map[string]string{}
	for name, m := range map[string]image.Image{"colour": soft, "gray": dark, "bilevel": page} {
		made[name] = drawn.File(tb, name+".png", drawn.PNG(tb, m))
	}
	return made
}

// Make writes the file and returns its path.
func (s Sample) Make(tb testing.TB, from string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "a."+s.ext)
	to := path
	if s.ext == "bmp2" {
		to = "bmp2:" + path
	}
	magick(tb, append(append([]string{from, "-units", "PixelsPerInch", "-density", "100"}, s.magick...), to)...)
	if s.tiffcp != nil {
		second := filepath.Join(tb.TempDir(), "b.tif")
		if out, err := exec.CommandContext(tb.Context(), "tiffcp", append(append([]string{}, s.tiffcp...), path, second)...).CombinedOutput(); err != nil {
			tb.Fatalf("tiffcp: %v %s", err, out)
		}
		return second
	}
	return path
}

// Apart is how far two pictures are from each other: on average and at most.
func Apart(a, b []byte) (mean float64, most int) {
	sum := 0
	for i := range a {
		d := int(a[i]) - int(b[i])
		d = max(d, -d)
		sum, most = sum+d, max(most, d)
	}
	return float64(sum) / float64(len(a)), most
}

// Oracle decodes by ImageMagick into rows of RGB bytes.
func Oracle(tb testing.TB, path string, page int) (w, h int, rows []byte) {
	tb.Helper()
	ppm := magick(tb, fmt.Sprintf("%s[%d]", path, page), "-background", "white", "-alpha", "remove", "-colorspace", "sRGB", "-depth", "8", "-type", "TrueColor", "ppm:-")
	var largest int
	if n, err := fmt.Sscanf(string(ppm[:min(len(ppm), 40)]), "P6\n%d %d\n%d\n", &w, &h, &largest); n != 3 || err != nil {
		tb.Fatalf("oracle: %q %v", ppm[:20], err)
	}
	return w, h, ppm[len(ppm)-3*w*h:]
}
