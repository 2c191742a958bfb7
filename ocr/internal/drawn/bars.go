package drawn

import (
	"image"
	"image/draw"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"
)

// Codes of known text. Widths of bars are those of ISO/IEC 16388 (Code 39) and
// ISO/IEC 15417 (Code 128); what is drawn is exact to the pixel, so that a code
// has nothing but the faults a test gives it.

// code39 holds the nine bars and gaps of the signs that tests use, wide ones in
// capitals.
const code39 = "0nnnWWnWnn1WnnWnnnnW2nnWWnnnnW3WnWWnnnnn4nnnWWnnnW5WnnWWnnnn6nnWWWnnnn7nnnWnnWnW8WnnWnnWnn9nnWWnnWnn" +
	"AWnnnnWnnWHWnnnnWWnn-nWnnnnWnW*nWnnWnWnn"

// code128 holds the widths of the symbols 0 to 105 and of the stop.
const code128 = "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221" +
	"223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321" +
	"112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131" +
	"311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114" +
	"122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141" +
	"2141214121211111431113411311411141131143114111134113111131411141313111414111312114122112142112322331112"

// QR draws a QR code of the module size, with its quiet zone.
func QR(tb testing.TB, text string, module int) *image.Gray {
	tb.Helper()
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		tb.Fatal(err)
	}
	modules := code.Bitmap()
	out := Blank(len(modules)*module, len(modules)*module)
	for y, row := range modules {
		for x, dark := range row {
			if dark {
				draw.Draw(out, image.Rect(x*module, y*module, (x+1)*module, (y+1)*module), image.Black, image.Point{}, draw.Src)
			}
		}
	}
	return out
}

// Code39 draws a text of digits, A, H and hyphens, with its quiet zones; wide
// bars are two and a half modules or a pixel less.
func Code39(tb testing.TB, text string, module, height int) *image.Gray {
	tb.Helper()
	var widths []int
	for _, sign := range "*" + text + "*" {
		at := strings.IndexRune(code39, sign)
		if at < 0 {
			tb.Fatalf("no bars for %q", sign)
		}
		for _, bar := range code39[at+1 : at+10] {
			if bar == 'W' {
				widths = append(widths, module*5/2)
			} else {
				widths = append(widths, module)
			}
		}
		widths = append(widths, module)
	}
	return bars(widths, module, height)
}

// Code128 draws a text of ASCII by code set B, with its quiet zones.
func Code128(text string, module, height int) *image.Gray {
	const startB, stop = 104, 106
	symbols, check := []int{startB}, startB
	for i, sign := range []byte(text) {
		value := int(sign) - ' '
		symbols = append(symbols, value)
		check += (i + 1) * value
	}
	symbols = append(symbols, check%103, stop)
	var widths []int
	for _, symbol := range symbols {
		pattern := code128[6*symbol : 6*symbol+6]
		if symbol == stop {
			pattern = code128[6*stop:]
		}
		for _, width := range pattern {
			widths = append(widths, module*int(width-'0'))
		}
	}
	return bars(widths, module, height)
}

// bars draws bars and gaps by turns, with ten modules of white at both ends.
func bars(widths []int, module, height int) *image.Gray {
	total := 20 * module
	for _, w := range widths {
		total += w
	}
	out := Blank(total, height)
	x := 10 * module
	for i, w := range widths {
		if i%2 == 0 {
			draw.Draw(out, image.Rect(x, 0, x+w, height), image.Black, image.Point{}, draw.Src)
		}
		x += w
	}
	return out
}
