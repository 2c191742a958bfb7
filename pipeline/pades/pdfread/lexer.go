package pdfread

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxNesting bounds arrays and dictionaries within each other. Page trees and
// the like nest through references, not here.
const maxNesting = 48

var (
	errShort  = errors.New("ends in the middle of a value")
	errSyntax = errors.New("not the syntax of a PDF")
)

// lexer reads values out of the bytes of one object.
type lexer struct {
	b    []byte
	at   int
	base int64 // place of b in the file, −1 when it has none
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

// skip passes white space and comments.
func (l *lexer) skip() {
	for l.at < len(l.b) {
		switch c := l.b[l.at]; {
		case isSpace(c):
			l.at++
		case c == '%':
			for l.at < len(l.b) && l.b[l.at] != '\n' && l.b[l.at] != '\r' {
				l.at++
			}
		default:
			return
		}
	}
}

// word takes a run of regular characters.
func (l *lexer) word() string {
	from := l.at
	for l.at < len(l.b) && !isSpace(l.b[l.at]) && !isDelimiter(l.b[l.at]) {
		l.at++
	}
	return string(l.b[from:l.at])
}

// keyword takes the word, after white space, and fails on any other.
func (l *lexer) keyword(want string) error {
	l.skip()
	rest := string(l.b[l.at:])
	if strings.HasPrefix(rest, want) {
		l.at += len(want)
		return nil
	}
	if strings.HasPrefix(want, rest) {
		return errShort
	}
	return fmt.Errorf("expected %q: %w", want, errSyntax)
}

// value reads the next value.
func (l *lexer) value(depth int) (any, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("nested too deep: %w", errSyntax)
	}
	l.skip()
	if len(l.b)-l.at < 2 {
		return nil, errShort
	}
	switch c := l.b[l.at]; {
	case c == '/':
		l.at++
		return l.name()
	case c == '(':
		return l.literal()
	case c == '[':
		return l.array(depth)
	case c == '<' && l.b[l.at+1] == '<':
		return l.dict(depth)
	case c == '<':
		return l.hex()
	}
	return l.plain()
}

func (l *lexer) name() (Name, error) {
	raw := l.word()
	if l.at == len(l.b) {
		return "", errShort
	}
	if bytes.IndexByte([]byte(raw), '#') < 0 {
		return Name(raw), nil
	}
	var out []byte
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) && hexDigit(raw[i+1]) >= 0 && hexDigit(raw[i+2]) >= 0 {
			out = append(out, byte(hexDigit(raw[i+1])<<4|hexDigit(raw[i+2])))
			i += 2
			continue
		}
		out = append(out, raw[i])
	}
	return Name(out), nil
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// text makes a Text of what was read since from.
func (l *lexer) text(value []byte, from int, hex bool) Text {
	t := Text{Value: string(value), Hex: hex, From: -1, To: -1}
	if l.base >= 0 {
		t.From, t.To = l.base+int64(from), l.base+int64(l.at)
	}
	return t
}

// literal reads a string in round brackets (ISO 32000-1, 7.3.4.2).
func (l *lexer) literal() (any, error) {
	from := l.at
	var out []byte
	for open := 0; l.at < len(l.b); {
		c := l.b[l.at]
		l.at++
		switch c {
		case '(':
			open++
			if open == 1 {
				continue
			}
		case ')':
			open--
			if open == 0 {
				return l.text(out, from, false), nil
			}
		case '\\':
			out = l.escape(out)
			continue
		}
		out = append(out, c)
	}
	return nil, errShort
}

// escape reads what follows a backslash.
func (l *lexer) escape(out []byte) []byte {
	if l.at == len(l.b) {
		return out
	}
	c := l.b[l.at]
	l.at++
	if i := bytes.IndexByte([]byte("nrtbf"), c); i >= 0 {
		return append(out, "\n\r\t\b\f"[i])
	}
	switch {
	case c == '\r': // a line that goes on
		if l.at < len(l.b) && l.b[l.at] == '\n' {
			l.at++
		}
		return out
	case c == '\n':
		return out
	case c >= '0' && c <= '7':
		v := int(c - '0')
		for n := 1; n < 3 && l.at < len(l.b) && l.b[l.at] >= '0' && l.b[l.at] <= '7'; n++ {
			v = v<<3 | int(l.b[l.at]-'0')
			l.at++
		}
		return append(out, byte(v))
	}
	return append(out, c)
}

// hex reads a string in angle brackets. White space inside is allowed.
func (l *lexer) hex() (any, error) {
	from := l.at
	l.at++
	end := bytes.IndexByte(l.b[l.at:], '>')
	if end < 0 {
		return nil, errShort
	}
	out := make([]byte, 0, end/2+1)
	high := -1
	for _, c := range l.b[l.at : l.at+end] {
		v := hexDigit(c)
		switch {
		case isSpace(c):
		case v < 0:
			return nil, fmt.Errorf("hexadecimal string: %w", errSyntax)
		case high < 0:
			high = v
		default:
			out = append(out, byte(high<<4|v))
			high = -1
		}
	}
	if high >= 0 {
		out = append(out, byte(high<<4))
	}
	l.at += end + 1
	return l.text(out, from, true), nil
}

func (l *lexer) array(depth int) (any, error) {
	l.at++
	a := Array{}
	for {
		l.skip()
		if l.at == len(l.b) {
			return nil, errShort
		}
		if l.b[l.at] == ']' {
			l.at++
			return a, nil
		}
		v, err := l.value(depth + 1)
		if err != nil {
			return nil, err
		}
		a = append(a, v)
	}
}

func (l *lexer) dict(depth int) (any, error) {
	l.at += 2
	d := Dict{}
	seen := map[Name]bool{}
	for {
		l.skip()
		if len(l.b)-l.at < 2 {
			return nil, errShort
		}
		if l.b[l.at] == '>' && l.b[l.at+1] == '>' {
			l.at += 2
			return d, nil
		}
		if l.b[l.at] != '/' {
			return nil, fmt.Errorf("dictionary: %w", errSyntax)
		}
		l.at++
		e, err := l.entry(depth)
		if err != nil {
			return nil, err
		}
		// Programs differ in which of two they believe, so neither is read.
		if seen[e.Key] {
			return nil, fmt.Errorf("dictionary with a key twice: %w", errSyntax)
		}
		seen[e.Key] = true
		d = append(d, e)
	}
}

func (l *lexer) entry(depth int) (Entry, error) {
	key, err := l.name()
	if err != nil {
		return Entry{}, err
	}
	l.skip()
	from := l.at
	v, err := l.value(depth + 1)
	return Entry{Key: key, Value: v, From: from, To: l.at}, err
}

// plain reads a number, a reference, a boolean or null.
func (l *lexer) plain() (any, error) {
	w := l.word()
	switch {
	case l.at == len(l.b):
		return nil, errShort
	case w == "true" || w == "false":
		return w == "true", nil
	case w == "null":
		return nil, nil
	case w == "":
		return nil, errSyntax
	}
	n, err := strconv.ParseInt(w, 10, 64)
	if err != nil {
		f, err := strconv.ParseFloat(w, 64)
		if err != nil {
			return nil, fmt.Errorf("number: %w", errSyntax)
		}
		return f, nil
	}
	if n < 0 {
		return n, nil
	}
	return l.reference(n)
}

// reference looks whether the number n begins "n g R".
func (l *lexer) reference(n int64) (any, error) {
	back := l.at
	l.skip()
	g, err := strconv.ParseUint(l.word(), 10, 16)
	if l.at == len(l.b) {
		return nil, errShort
	}
	if err == nil {
		l.skip()
		if l.at+1 >= len(l.b) {
			return nil, errShort
		}
		after := l.b[l.at+1]
		if l.b[l.at] == 'R' && (isSpace(after) || isDelimiter(after)) {
			l.at++
			if n > maxObjects {
				return nil, fmt.Errorf("object number %d: %w", n, errSyntax)
			}
			return Ref{int(n), int(g)}, nil
		}
	}
	l.at = back
	return n, nil
}
