package pdfa

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// maxContent bounds what the content of a page may unpack to. It is read as a
// stream; the bound only ends a bomb.
const maxContent = 256 << 20

// checkContent reads the operators of a page: one image inside the frame, then,
// if the page has a font, one text object of invisible words.
func (c *checker) checkContent(r ref, page sheet, hasText bool) error {
	o, err := c.flate(r)
	if err != nil {
		return err
	}
	unpacked, err := c.unpacker.open(c.r, o)
	if err != nil {
		return err
	}
	limited := &io.LimitedReader{R: unpacked, N: maxContent}
	lines := bufio.NewScanner(limited)
	lines.Buffer(make([]byte, 0, firstGlance), maxObject)
	p := contentParser{page: page}
	for lines.Scan() {
		if err := p.line(lines.Text()); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	end := afterImage
	if hasText {
		end = afterText
	}
	if limited.N == 0 || p.state != end {
		return errors.New("has no proper end, or has text without a font")
	}
	c.top = max(c.top, p.top)
	return nil
}

// contentState is how far a page's content has been read.
type contentState int

const (
	beforeImage contentState = iota
	afterImage
	beforeSize // inside the text object, no size of the font yet
	insideText
	afterText
)

// contentParser reads content line by line, as [file.content] and appendLine
// write it.
type contentParser struct {
	page  sheet
	state contentState
	top   uint16 // highest code shown
}

func (p *contentParser) line(s string) error {
	switch {
	case p.state == beforeImage:
		p.state = afterImage
		return p.imageLine(s)
	case p.state == afterImage && s == "BT 3 Tr":
		p.state = beforeSize
		return nil
	case (p.state == beforeSize || p.state == insideText) && strings.HasPrefix(s, "/F0 "):
		p.state = insideText
		return sizeLine(strings.TrimPrefix(s, "/F0 "))
	case p.state == insideText && s == "ET":
		p.state = afterText
		return nil
	case p.state == insideText:
		return p.wordLine(s)
	}
	return errors.New("operators that do not belong here")
}

func (p *contentParser) imageLine(s string) error {
	s, begun := strings.CutPrefix(s, "q ")
	clip, s, err := operands(s, 4)
	if err != nil || !begun || !p.page.mayClip(clip[0], clip[1], clip[2], clip[3]) {
		return errors.Join(errors.New("has another clip than the page's frame"), err)
	}
	s, framed := strings.CutPrefix(s, "re W n ")
	m, s, err := operands(s, 6)
	if !framed || err != nil || s != "cm /Im0 Do Q" {
		return errors.Join(errors.New("does not draw the image inside the page's frame"), err)
	}
	if m[0]*m[3] == m[1]*m[2] {
		return errors.New("draws the image flat")
	}
	return nil
}

// mayClip tells whether a clip is that of a page drawn whole, or of one drawn
// smaller: the same shape, in the middle of the lower edge.
func (s sheet) mayClip(x, y, w, h float64) bool {
	rounding := 1e-4 * (2 + s.width/s.height) // of numbers with four decimals
	same := func(a, b float64) bool { return math.Abs(a-b) <= rounding }
	if same(w, s.width) && same(h, s.height) {
		return x == 0 && y == 0
	}
	factor := h / s.height
	return y == 0 && factor >= leastFrame-rounding && factor < 1 && same(w, s.width*factor) && same(x, (s.width-w)/2)
}

func sizeLine(s string) error {
	size, s, err := operands(s, 1)
	if err != nil || s != "Tf" || size[0] <= 0 {
		return errors.Join(errors.New("no size of the font"), err)
	}
	return nil
}

// wordLine reads one word: its place, its own run and that of its blank.
func (p *contentParser) wordLine(s string) error {
	s, level := strings.CutPrefix(s, "1 0 0 1 ")
	_, s, err := operands(s, 2)
	s, placed := strings.CutPrefix(s, "Tm ")
	if !level || err != nil || !placed {
		return errors.Join(errors.New("word without a place"), err)
	}
	for range 2 {
		if s, err = p.run(s); err != nil {
			return err
		}
	}
	if s != "" {
		return errors.New("more than a word and its blank")
	}
	return nil
}

// run reads "z Tz <codes> Tj " with one or more strings, and gives the rest.
func (p *contentParser) run(s string) (string, error) {
	scaling, s, err := operands(s, 1)
	s, scaled := strings.CutPrefix(s, "Tz ")
	if err != nil || !scaled || scaling[0] <= 0 {
		return "", errors.Join(errors.New("run without a scaling"), err)
	}
	for first := true; first || strings.HasPrefix(s, "<"); first = false {
		codes, rest, ended := strings.Cut(s, "> Tj ")
		codes, begun := strings.CutPrefix(codes, "<")
		if !ended || !begun {
			return "", errors.New("run without codes")
		}
		if err := p.codes(codes); err != nil {
			return "", err
		}
		s = rest
	}
	return s, nil
}

// codes reads a string of two-byte codes.
func (p *contentParser) codes(digits string) error {
	if digits == "" || len(digits)%4 != 0 || len(digits) > 4*maxString {
		return errors.New("string of codes")
	}
	for ; digits != ""; digits = digits[4:] {
		code, err := strconv.ParseUint(digits[:4], 16, 16)
		if err != nil || code == 0 {
			return errors.New("code that shows no character")
		}
		p.top = max(p.top, uint16(code))
	}
	return nil
}

// operands takes n numbers, at most six, each followed by a blank, and gives
// the rest.
func operands(s string, n int) (values [6]float64, rest string, err error) {
	for i := range n {
		word, after, _ := strings.Cut(s, " ")
		if values[i], err = strictFloat(word); err != nil {
			return values, "", err
		}
		s = after
	}
	return values, s, nil
}
