package cms

import (
	"errors"
	"fmt"
)

// BER, the looser form of DER, has lengths that are found by an end mark, and
// strings in pieces. Some signing programs write it. toDER gives the first
// value in definite lengths and whole strings, and what follows it.
func toDER(b []byte) (der, rest []byte, err error) {
	der, rest, err = berValue(b, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	return der, rest, nil
}

// maxNesting is more than certificates inside containers need.
const maxNesting = 32

// Bits of an identifier octet (X.690, 8.1.2) and the head of a string in pieces.
const (
	constructedBit = 0x20
	longTag        = 0x1F
	octetPieces    = 0x24
	octetString    = 0x04
	indefinite     = 0x80
)

var errBER = errors.New("BER is cut short, too deep or has a long tag")

// berValue converts one value.
func berValue(b []byte, depth int) (der, rest []byte, err error) {
	if len(b) < 2 || depth > maxNesting || b[0]&longTag == longTag {
		return nil, nil, errBER
	}
	tag, rest := b[0], b[2:]
	length, open := int(b[1]), b[1] == indefinite
	if b[1] > indefinite {
		n := int(b[1] &^ indefinite)
		if n > 4 || len(rest) < n {
			return nil, nil, errBER
		}
		length = 0
		for _, c := range rest[:n] {
			length = length<<8 | int(c)
		}
		rest = rest[n:]
	}
	if !open && length > len(rest) || open && tag&constructedBit == 0 {
		return nil, nil, errBER
	}
	body := rest
	if !open {
		body, rest = rest[:length], rest[length:]
	}
	if tag&constructedBit == 0 {
		return withHead(tag, body), rest, nil
	}
	content, after, err := berContent(body, tag, open, depth)
	if open {
		rest = after
	}
	if tag == octetPieces {
		tag = octetString
	}
	return withHead(tag, content), rest, err
}

// berContent converts the values inside a constructed one.
func berContent(body []byte, tag byte, open bool, depth int) (content, after []byte, err error) {
	for {
		if open && len(body) >= 2 && body[0] == 0 && body[1] == 0 {
			return content, body[2:], nil
		}
		if len(body) == 0 {
			if open {
				return nil, nil, errBER
			}
			return content, nil, nil
		}
		var value []byte
		if value, body, err = berValue(body, depth+1); err != nil {
			return nil, nil, err
		}
		if tag == octetPieces {
			if value[0] != octetString {
				return nil, nil, errBER
			}
			value = withoutHead(value)
		}
		content = append(content, value...)
	}
}

// withHead puts tag and shortest length before a body.
func withHead(tag byte, body []byte) []byte {
	n := len(body)
	head := []byte{tag}
	switch {
	case n < 0x80:
		head = append(head, byte(n))
	case n < 1<<8:
		head = append(head, 0x81, byte(n))
	case n < 1<<16:
		head = append(head, 0x82, byte(n>>8), byte(n))
	case n < 1<<24:
		head = append(head, 0x83, byte(n>>16), byte(n>>8), byte(n))
	default:
		head = append(head, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(head, body...)
}

// withoutHead cuts the head that withHead made.
func withoutHead(value []byte) []byte {
	if value[1] < 0x80 {
		return value[2:]
	}
	return value[2+int(value[1]&0x7F):]
}
