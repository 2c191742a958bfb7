package lines

import (
	"cmp"
	"slices"

	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
)

// Large print: titles of separator sheets, covers and certificates, up to about
// 60 points. Heights are in inches, the rest in heights of a letter.
const (
	largeLeast  = 0.2
	largeMost   = 0.8
	largeWide   = 1.6 // a letter, or two that touch
	largeGap    = 0.7 // between letters of a line, spaces included
	largeUneven = 1.7 // the tallest against the lowest: marks that touch their letter
	largeFeet   = 0.2 // how far feet stand apart
	// A line has so many letters, and so many of them are too tall for usual
	// print; strokes of a pen seldom stand in such a row.
	largeLetters, largeTall = 4, 2
	// Marks of large letters are as high as small print.
	largeMark, largeAway = 0.45, 0.3
)

// large finds the lines of large print among all pieces: letters of one size,
// beside each other, whose feet stand on one line.
func large(pieces []lept.Box) []lept.Box {
	var letters []lept.Box
	for _, p := range pieces {
		if p.H >= measure.Inches(largeLeast) && p.H <= measure.Inches(largeMost) && float64(p.W) <= largeWide*float64(p.H) {
			letters = append(letters, p)
		}
	}
	slices.SortStableFunc(letters, func(a, b lept.Box) int { return cmp.Compare(a.X, b.X) })
	var rows [][]lept.Box
	for _, l := range letters {
		at := slices.IndexFunc(rows, func(row []lept.Box) bool { return stands(row, l) })
		if at < 0 {
			rows = append(rows, []lept.Box{l})
			continue
		}
		rows[at] = append(rows[at], l)
	}
	var found []lept.Box
	for _, row := range rows {
		tall, all := 0, row[0]
		for _, l := range row {
			all = union(all, l)
			if l.H > measure.Inches(tallest) {
				tall++
			}
		}
		if len(row) >= largeLetters && tall >= largeTall {
			found = append(found, all)
		}
	}
	return found
}

// stands tells whether a letter goes on where a row ends.
func stands(row []lept.Box, l lept.Box) bool {
	last := row[len(row)-1]
	low, high := float64(min(last.H, l.H)), float64(max(last.H, l.H))
	apart := l.X - (last.X + last.W)
	feet := (last.Y + last.H) - (l.Y + l.H)
	return high <= largeUneven*low && float64(apart) <= largeGap*high && float64(max(feet, -feet)) <= largeFeet*high
}

// without drops the boxes of which most lies in rows of large print.
func without(boxes, rows []lept.Box) []lept.Box {
	return slices.DeleteFunc(boxes, func(b lept.Box) bool {
		return slices.ContainsFunc(rows, func(r lept.Box) bool {
			w := min(b.X+b.W, r.X+r.W) - max(b.X, r.X)
			h := min(b.Y+b.H, r.Y+r.H) - max(b.Y, r.Y)
			return w > 0 && h > 0 && 2*w*h > b.W*b.H
		})
	})
}

// withMarks gives a row of large print the marks above and below its letters,
// out of bodies.
func withMarks(row lept.Box, bodies []lept.Box) (whole lept.Box, rest []lept.Box) {
	whole = row
	high := float64(row.H)
	for _, b := range bodies {
		away := float64(max(row.Y-(b.Y+b.H), b.Y-(row.Y+row.H), 0))
		if float64(b.H) <= largeMark*high && b.W <= row.H && away <= largeAway*high && b.X >= row.X && b.X+b.W <= row.X+row.W+row.H {
			whole = union(whole, b)
			continue
		}
		rest = append(rest, b)
	}
	return whole, rest
}
