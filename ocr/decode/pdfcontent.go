package decode

import (
	"errors"
	"strconv"

	"sohoa/dossier"
)

// A page of a scanned PDF draws one picture and nothing that can be seen. To
// find that out its content stream is followed with a small interpreter: it
// keeps the transformation, the clip and the text mode, notes pictures and
// whether anything is painted on top of one. It need not understand what is
// painted: whatever it does not know makes the page one to be rendered.

// drawing is one picture as the content draws it.
type drawing struct {
	name   string
	matrix dossier.Matrix // from the unit square to the page, PDF space
	clip   *rectangle     // nil when nothing clips
}

// content is what a content stream does, as far as lifting needs to know.
type content struct {
	drawings []drawing
	states   []string // names of the graphics states used
	text     bool     // shows text, visible or not
	over     bool     // paints something after the first picture
	strange  bool     // does something that is not followed here
}

// rectangle in PDF space.
type rectangle struct{ x0, y0, x1, y1 float64 }

func (r rectangle) width() float64  { return r.x1 - r.x0 }
func (r rectangle) height() float64 { return r.y1 - r.y0 }

// box is the bounding box of the unit square under m.
func box(m dossier.Matrix) rectangle { return boxOf(m, rectangle{0, 0, 1, 1}) }

func boxOf(m dossier.Matrix, of rectangle) rectangle {
	var r rectangle
	for i, corner := range [4][2]float64{{of.x0, of.y0}, {of.x1, of.y0}, {of.x0, of.y1}, {of.x1, of.y1}} {
		x, y := m.Apply(corner[0], corner[1])
		if i == 0 {
			r = rectangle{x, y, x, y}
		}
		r = rectangle{min(r.x0, x), min(r.y0, y), max(r.x1, x), max(r.y1, y)}
	}
	return r
}

func (r rectangle) intersect(o rectangle) rectangle {
	return rectangle{max(r.x0, o.x0), max(r.y0, o.y0), min(r.x1, o.x1), min(r.y1, o.y1)}
}

// graphics is the part of the graphics state that q and Q save.
type graphics struct {
	matrix   dossier.Matrix
	clip     *rectangle
	textMode float64
}

// interpreter follows one content stream.
type interpreter struct {
	content
	graphics
	saved    []graphics
	operands []operand
	path     *rectangle // the path so far, when it is a single rectangle
	segments int        // pieces of the path
	clipping bool
}

// maxSaved bounds the nesting of q; a page that is one picture needs few.
const maxSaved = 64

var errContent = errors.New("content stream")

// followContent interprets a content stream.
func followContent(data []byte) content {
	in := interpreter{graphics: graphics{matrix: dossier.Identity()}}
	lex := lexer{data: data}
	for !in.strange {
		token, err := lex.next()
		if err != nil {
			in.strange = true
			break
		}
		if token == nil {
			break
		}
		if token.kind != operatorToken {
			in.operands = append(in.operands, *token)
			in.strange = in.strange || len(in.operands) > 64
			continue
		}
		in.operator(token.text)
		in.operands = in.operands[:0]
	}
	return in.content
}

func (in *interpreter) operator(op string) {
	switch op {
	case "q", "Q", "cm", "gs", "Do":
		in.state(op)
	case "re", "m", "l", "c", "v", "y", "h", "W", "W*", "n":
		in.pathPart(op)
	case "f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "sh":
		in.mark()
		in.endPath()
	case "Tr":
		in.textMode = in.number(0)
	case "Tj", "TJ", "'", "\"":
		in.text = true
		if in.textMode != 3 {
			in.mark()
		}
		in.strange = in.strange || in.textMode > 3 // text as a clip
	case "BDC":
		in.strange = in.strange || len(in.operands) > 0 && in.operands[0].text == "OC"
	case "w", "J", "j", "M", "d", "ri", "i", "g", "G", "rg", "RG", "k", "K", "cs", "CS", "sc", "scn", "SC", "SCN",
		"BT", "ET", "Tc", "Tw", "Tz", "TL", "Tf", "Ts", "Td", "TD", "Tm", "T*", "BMC", "EMC", "MP", "DP", "BX", "EX":
	default:
		in.strange = true
	}
}

// mark notes that something is painted; under the first picture it is hidden.
func (in *interpreter) mark() { in.over = in.over || len(in.drawings) > 0 }

func (in *interpreter) state(op string) {
	switch op {
	case "q":
		in.saved = append(in.saved, in.graphics)
		in.strange = in.strange || len(in.saved) > maxSaved
	case "Q":
		if n := len(in.saved); n > 0 {
			in.graphics, in.saved = in.saved[n-1], in.saved[:n-1]
		}
	case "cm":
		m := dossier.Matrix{in.number(0), in.number(1), in.number(2), in.number(3), in.number(4), in.number(5)}
		in.matrix = m.Then(in.matrix)
	case "gs":
		in.states = append(in.states, in.name())
	case "Do":
		in.drawings = append(in.drawings, drawing{in.name(), in.matrix, in.clip})
	}
}

func (in *interpreter) pathPart(op string) {
	switch op {
	case "re":
		x, y := in.number(0), in.number(1)
		r := boxOf(in.matrix, rectangle{x, y, x + in.number(2), y + in.number(3)})
		in.path = &r
		in.segments++
	case "W", "W*":
		in.clipping = true
	case "n":
		in.endPath()
	default:
		in.path = nil
		in.segments += 2 // never a single rectangle
	}
}

// endPath applies a clip. Only a rectangle is followed.
func (in *interpreter) endPath() {
	if in.clipping {
		switch {
		case in.path == nil || in.segments != 1 || !upright(in.matrix):
			in.strange = true
		case in.clip == nil:
			in.clip = in.path
		default:
			both := in.clip.intersect(*in.path)
			in.clip = &both
		}
	}
	in.path, in.segments, in.clipping = nil, 0, false
}

// upright tells whether rectangles stay rectangles under the matrix.
func upright(m dossier.Matrix) bool {
	_, ok := orientationOf(m)
	return ok
}

func (in *interpreter) number(i int) float64 {
	if i < len(in.operands) && in.operands[i].kind == numberToken {
		return in.operands[i].number
	}
	in.strange = true
	return 0
}

func (in *interpreter) name() string {
	if len(in.operands) == 1 && in.operands[0].kind == nameToken {
		return in.operands[0].text
	}
	in.strange = true
	return ""
}

// The kinds of token of a content stream. Strings, arrays and dictionaries
// are skipped as a whole: their contents do not matter here.
const (
	operatorToken = iota
	numberToken
	nameToken
	otherToken
)

type operand struct {
	kind   int
	text   string
	number float64
}

// lexer splits a content stream into tokens (ISO 32000-1, 7.2 and 7.8.2).
type lexer struct {
	data []byte
	at   int
}

// next returns the next token, nil at the end.
func (l *lexer) next() (*operand, error) {
	l.skipSpace()
	if l.at >= len(l.data) {
		return nil, nil
	}
	switch c := l.data[l.at]; c {
	case '/':
		l.at++
		return &operand{kind: nameToken, text: l.word()}, nil
	case '(', '<', '[':
		return &operand{kind: otherToken}, l.skipNested()
	case ')', '>', ']', '{', '}':
		return nil, errContent
	}
	word := l.word()
	if number, err := strconv.ParseFloat(word, 64); err == nil {
		return &operand{kind: numberToken, number: number}, nil
	}
	if word == "true" || word == "false" || word == "null" {
		return &operand{kind: otherToken}, nil
	}
	return &operand{kind: operatorToken, text: word}, nil
}

func (l *lexer) skipSpace() {
	for l.at < len(l.data) {
		switch l.data[l.at] {
		case 0, '\t', '\n', '\f', '\r', ' ':
			l.at++
		case '%':
			for l.at < len(l.data) && l.data[l.at] != '\n' && l.data[l.at] != '\r' {
				l.at++
			}
		default:
			return
		}
	}
}

func (l *lexer) word() string {
	start := l.at
	for l.at < len(l.data) && !delimiter(l.data[l.at]) {
		l.at++
	}
	return string(l.data[start:l.at])
}

func delimiter(c byte) bool {
	switch c {
	case 0, '\t', '\n', '\f', '\r', ' ', '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

// skipNested passes over a string, an array or a dictionary, whatever is in it.
func (l *lexer) skipNested() error {
	depth := 0
	for l.at < len(l.data) {
		c := l.data[l.at]
		if c == '(' {
			if err := l.skipString(); err != nil {
				return err
			}
		} else {
			l.at++
			switch c {
			case '<', '[':
				depth++
			case '>', ']':
				depth--
			}
		}
		if depth == 0 {
			return nil
		}
	}
	return errContent
}

func (l *lexer) skipString() error {
	depth := 0
	for ; l.at < len(l.data); l.at++ {
		switch l.data[l.at] {
		case '\\':
			l.at++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				l.at++
				return nil
			}
		}
	}
	return errContent
}
