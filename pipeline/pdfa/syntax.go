package pdfa

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// A reader of the small part of PDF syntax that this package writes. It is
// strict on purpose: single blanks are the only white space, strings have no
// escapes, every number is plain. What a damaged disk or a bug makes of such a
// file is then an error here, not another reading of the same bytes.

// The values of PDF: int64, float64, bool, name, text, ref, array, dict.
type (
	name  string
	text  string
	array []any
	dict  map[name]any
)

// maxNesting is more than the deepest value written (catalog → array of output
// intents → dictionary).
const maxNesting = 8

var errSyntax = errors.New("not the syntax of a value")

// cursor walks through the bytes of one object.
type cursor struct {
	rest []byte
}

// literal takes s, and fails when something else is there.
func (c *cursor) literal(s string) error {
	if !bytes.HasPrefix(c.rest, []byte(s)) {
		return fmt.Errorf("expected %q: %w", s, errSyntax)
	}
	c.rest = c.rest[len(s):]
	return nil
}

func (c *cursor) blank() {
	if len(c.rest) > 1 && c.rest[0] == ' ' && c.rest[1] != ' ' {
		c.rest = c.rest[1:]
	}
}

// value reads the next value.
func (c *cursor) value(depth int) (any, error) {
	if depth > maxNesting || len(c.rest) < 2 {
		return nil, errSyntax
	}
	switch first := c.rest[0]; {
	case first == '/':
		return c.name()
	case first == '(':
		return c.text()
	case first == '[':
		return c.array(depth)
	case first == '<' && c.rest[1] == '<':
		return c.dict(depth)
	case first == '<':
		return c.hex()
	default:
		return c.word()
	}
}

func (c *cursor) name() (name, error) {
	n := regular(c.rest[1:])
	if n == 0 {
		return "", errSyntax
	}
	s := name(c.rest[1 : 1+n])
	c.rest = c.rest[1+n:]
	return s, nil
}

// text reads a literal string without escapes or inner brackets.
func (c *cursor) text() (text, error) {
	end := bytes.IndexByte(c.rest, ')')
	if end < 0 || bytes.ContainsAny(c.rest[1:end], "(\\\r\n") {
		return "", errSyntax
	}
	s := text(c.rest[1:end])
	c.rest = c.rest[end+1:]
	return s, nil
}

// hex reads a hexadecimal string and gives its digits as they are.
func (c *cursor) hex() (text, error) {
	end := bytes.IndexByte(c.rest, '>')
	if end < 0 || len(bytes.Trim(c.rest[1:end], "0123456789abcdef")) > 0 {
		return "", errSyntax
	}
	s := text(c.rest[1:end])
	c.rest = c.rest[end+1:]
	return s, nil
}

func (c *cursor) array(depth int) (array, error) {
	c.rest = c.rest[1:]
	var a array
	for c.literal("]") != nil {
		v, err := c.value(depth + 1)
		if err != nil {
			return nil, err
		}
		a = append(a, v)
		c.blank()
	}
	return a, nil
}

func (c *cursor) dict(depth int) (dict, error) {
	c.rest = c.rest[2:]
	d := dict{}
	for c.literal(">>") != nil {
		if len(c.rest) == 0 || c.rest[0] != '/' {
			return nil, errSyntax
		}
		key, err := c.name()
		if err != nil {
			return nil, err
		}
		c.blank()
		v, err := c.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if _, twice := d[key]; twice {
			return nil, fmt.Errorf("key %s twice: %w", key, errSyntax)
		}
		d[key] = v
		c.blank()
	}
	return d, nil
}

// word reads a number, a boolean or a reference.
func (c *cursor) word() (any, error) {
	n := regular(c.rest)
	s := string(c.rest[:n])
	c.rest = c.rest[n:]
	if s == "true" || s == "false" {
		return s == "true", nil
	}
	v, err := strictNumber(s)
	if err != nil {
		return nil, err
	}
	if whole, ok := v.(int64); ok && bytes.HasPrefix(c.rest, []byte(" 0 R")) {
		c.rest = c.rest[4:]
		return ref(whole), nil
	}
	return v, nil
}

// strictNumber reads a number in the one form in which this package writes it,
// as int64 or float64.
func strictNumber(s string) (any, error) {
	if whole, err := strconv.ParseInt(s, 10, 64); err == nil && strconv.FormatInt(whole, 10) == s {
		return whole, nil
	}
	return strictFloat(s)
}

// strictFloat reads any number as float64.
func strictFloat(s string) (float64, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !finite(v) {
		return 0, fmt.Errorf("number: %w", errSyntax)
	}
	var b [32]byte
	if string(number(b[:0], v, pageDigits)) != s {
		return 0, fmt.Errorf("number: %w", errSyntax)
	}
	return v, nil
}

// regular counts the leading regular characters (ISO 32000-1, 7.2.2), as far as
// this package uses them.
func regular(b []byte) int {
	for i, ch := range b {
		switch {
		case ch >= 'a' && ch <= 'z', ch >= 'A' && ch <= 'Z', ch >= '0' && ch <= '9', ch == '-', ch == '.', ch == '_':
		default:
			return i
		}
	}
	return len(b)
}

// float gives a number of either kind.
func float(v any) (float64, bool) {
	switch n := v.(type) {
	case int64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

// only fails unless the dictionary has all required keys and no other than
// those and the optional ones. That is how actions, scripts, embedded files,
// encryption and whatever else PDF/A forbids are kept out: by being unlisted.
func (d dict) only(required []name, optional ...name) error {
	left := len(d)
	for _, key := range required {
		if _, ok := d[key]; !ok {
			return fmt.Errorf("no key %s", key)
		}
		left--
	}
	for _, key := range optional {
		if _, ok := d[key]; ok {
			left--
		}
	}
	if left != 0 {
		return fmt.Errorf("%d keys that do not belong here", left)
	}
	return nil
}

// is fails unless every listed key has exactly the listed value.
func (d dict) is(want dict) error {
	for key, v := range want {
		if d[key] != v {
			return fmt.Errorf("key %s is not %v", key, v)
		}
	}
	return nil
}

// ref gives the reference under the key, or 0, which no object has.
func (d dict) ref(key name) ref {
	r, _ := d[key].(ref)
	return r
}

// whole gives the integer under the key, or −1.
func (d dict) whole(key name) int64 {
	v, ok := d[key].(int64)
	if !ok {
		return -1
	}
	return v
}
