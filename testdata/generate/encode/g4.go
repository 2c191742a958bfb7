package encode

import (
	"image"
	"strings"
)

// Run codes of ITU-T T.4, tables 2 and 3: the lengths 0 to 63, then the
// multiples of 64 up to 2560. A length is sent as one multiple and one rest.
const (
	whiteRuns = `
	00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 110101 101010 101011
	0100111 0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 0100100 0011000 00000010 00000011 00011010
	00011011 00010010 00010011 00010100 00010101 00010110 00010111 00101000 00101001 00101010 00101011 00101100 00101101
	00000100 00000101 00001010 00001011 01010010 01010011 01010100 01010101 00100100 00100101 01011000 01011001 01011010
	01011011 01001010 01001011 00110010 00110011 00110100 11011 10010 010111 0110111 00110110 00110111 01100100 01100101
	01101000 01100111 011001100 011001101 011010010 011010011 011010100 011010101 011010110 011010111 011011000 011011001
	011011010 011011011 010011000 010011001 010011010 011000 010011011 00000001000 00000001100 00000001101 000000010010
	000000010011 000000010100 000000010101 000000010110 000000010111 000000011100 000000011101 000000011110 000000011111`
	blackRuns = `
	0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 00000111 000011000 0000010111
	0000011000 0000001000 00001100111 00001101000 00001101100 00000110111 00000101000 00000010111 00000011000 000011001010
	000011001011 000011001100 000011001101 000001101000 000001101001 000001101010 000001101011 000011010010 000011010011
	000011010100 000011010101 000011010110 000011010111 000001101100 000001101101 000011011010 000011011011 000001010100
	000001010101 000001010110 000001010111 000001100100 000001100101 000001010010 000001010011 000000100100 000000110111
	000000111000 000000100111 000000101000 000001011000 000001011001 000000101011 000000101100 000001011010 000001100110
	000001100111 0000001111 000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 0000001101100
	0000001101101 0000001001010 0000001001011 0000001001100 0000001001101 0000001110010 0000001110011 0000001110100
	0000001110101 0000001110110 0000001110111 0000001010010 0000001010011 0000001010100 0000001010101 0000001011010
	0000001011011 0000001100100 0000001100101 00000001000 00000001100 00000001101 000000010010 000000010011 000000010100
	000000010101 000000010110 000000010111 000000011100 000000011101 000000011110 000000011111`
	longestMultiple = 2560
)

// The codes of ITU-T T.6, table 1. Vertical codes are indexed by the distance
// from b1 to a1 plus three.
const (
	passCode       = "0001"
	horizontalCode = "001"
	endOfBlock     = "000000000001000000000001"
)

func verticalCode(distance int) string {
	return [7]string{"0000010", "000010", "010", "1", "011", "000011", "0000011"}[distance+3]
}

// group4 compresses a bilevel image by ITU-T T.6 ("Group 4"), as office
// scanners do. Each row is described by where its colour changes relative to
// the row above it. Index 1 of the image's palette is black.
func group4(img *image.Paletted) []byte {
	size := img.Bounds().Size()
	e := g4{runs: [2][]string{strings.Fields(whiteRuns), strings.Fields(blackRuns)}, width: size.X}
	above := []int{size.X, size.X, size.X}
	for y := range size.Y {
		row := changes(img.Pix[y*img.Stride : y*img.Stride+size.X])
		e.row(row, above)
		above = row
	}
	e.put(endOfBlock)
	return e.flush()
}

// changes lists where a row changes colour, starting from white, and ends with
// the row's width three times, so that looking ahead never leaves the list.
func changes(row []uint8) []int {
	var at []int
	last := uint8(0)
	for x, colour := range row {
		if colour != last {
			at, last = append(at, x), colour
		}
	}
	return append(at, len(row), len(row), len(row))
}

type g4 struct {
	runs  [2][]string
	width int
	out   []byte
	last  byte // bits not yet in out
	bits  int
}

// row writes one row. The names a0, a1, a2, b1, b2 are the standard's.
func (e *g4) row(row, above []int) {
	a0, colour, next := -1, 0, 0
	for k := 0; a0 < e.width; {
		for row[next] <= a0 && row[next] < e.width {
			next++
		}
		a1 := row[next]
		k = firstOpposite(above, k, a0, colour)
		b1, b2 := above[k], above[min(k+1, len(above)-1)]
		switch {
		case b2 < a1:
			e.put(passCode)
			a0 = b2
		case a1-b1 >= -3 && a1-b1 <= 3:
			e.put(verticalCode(a1 - b1))
			a0, colour = a1, 1-colour
		default:
			a2 := row[next+1]
			e.put(horizontalCode)
			e.run(colour, a1-max(a0, 0))
			e.run(1-colour, a2-a1)
			a0 = a2
		}
	}
}

// firstOpposite finds b1: the first change of the row above to the right of a0
// towards the colour opposite to the current one. Changes alternate, so those
// at even places turn to black. It may have to step back over one change.
func firstOpposite(above []int, from, a0, colour int) int {
	k := max(from-2, 0)
	if k%2 != colour {
		k++
	}
	for k+2 < len(above) && above[k] <= a0 {
		k += 2
	}
	return min(k, len(above)-1)
}

func (e *g4) run(colour, length int) {
	codes := e.runs[colour]
	for length > longestMultiple+63 {
		e.put(codes[len(codes)-1])
		length -= longestMultiple
	}
	if length >= 64 {
		e.put(codes[63+length/64])
	}
	e.put(codes[length%64])
}

// put appends a code written in ones and zeros.
func (e *g4) put(code string) {
	for i := range len(code) {
		e.last = e.last<<1 | (code[i] - '0')
		if e.bits++; e.bits == 8 {
			e.out, e.last, e.bits = append(e.out, e.last), 0, 0
		}
	}
}

func (e *g4) flush() []byte {
	for e.bits > 0 {
		e.put("0")
	}
	return e.out
}
