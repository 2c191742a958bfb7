package main

import (
	"fmt"
	"strings"
)

// The plot, in pixels.
const (
	side   = 320
	margin = 40
)

// plot draws how often the product was right (upwards) against how sure it was
// (to the right), in twenty equal bins; the diagonal is perfect calibration, and
// the area of a dot is the share of the answers in its bin.
func plot(kinds, fields []judged) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", side+2*margin, side+2*margin)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#fff"/><rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="#888"/>`+"\n", margin, margin, side, side)
	fmt.Fprintf(&b, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#bbb"/>`+"\n", margin, margin+side, margin+side, margin)
	for i, label := range []string{"0", "0.5", "1"} {
		at := margin + i*side/2
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">%s</text><text x="%d" y="%d" text-anchor="end">%s</text>`+"\n",
			at, margin+side+16, label, margin-6, side+2*margin-at+4, label)
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">confidence</text><text x="%d" y="%d">share that is right</text>`+"\n", margin+side/2, margin+side+32, margin, margin-10)
	dots(&b, kinds, "#1565c0")
	dots(&b, fields, "#c62828")
	fmt.Fprintf(&b, `<text x="%d" y="%d" fill="#1565c0">kinds</text><text x="%d" y="%d" fill="#c62828">fields</text>`+"\n</svg>\n",
		margin+10, margin+18, margin+10, margin+34)
	return b.String()
}

func dots(b *strings.Builder, all []judged, ink string) {
	const bins = 20
	var n, right [bins]int
	for _, j := range all {
		bin := min(int(j.confidence*bins), bins-1)
		n[bin]++
		if j.right {
			right[bin]++
		}
	}
	for i := range bins {
		if n[i] == 0 {
			continue
		}
		x := margin + (float64(i)+0.5)/bins*side
		y := margin + side*(1-float64(right[i])/float64(n[i]))
		radius := 2 + 10*float64(n[i])/float64(len(all))
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="%.1f" fill="%s" fill-opacity="0.6"><title>%d of %d right</title></circle>`+"\n", x, y, radius, ink, right[i], n[i])
	}
}
