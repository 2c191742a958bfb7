package cms

import (
	"bytes"
	"errors"
	"testing"
)

// TestBER: definite and indefinite lengths, and strings in pieces, come out as
// the same DER.
func TestBER(t *testing.T) {
	want := []byte{0x30, 0x09, 0x02, 0x01, 0x05, 0x04, 0x04, 'a', 'b', 'c', 'd'}
	for name, b := range map[string][]byte{
		"already DER":        want,
		"long length":        {0x30, 0x82, 0x00, 0x09, 0x02, 0x01, 0x05, 0x04, 0x04, 'a', 'b', 'c', 'd'},
		"indefinite":         {0x30, 0x80, 0x02, 0x01, 0x05, 0x04, 0x04, 'a', 'b', 'c', 'd', 0, 0},
		"string in pieces":   {0x30, 0x80, 0x02, 0x01, 0x05, 0x24, 0x80, 0x04, 0x02, 'a', 'b', 0x04, 0x02, 'c', 'd', 0, 0, 0, 0},
		"pieces of a length": {0x30, 0x0D, 0x02, 0x01, 0x05, 0x24, 0x08, 0x04, 0x02, 'a', 'b', 0x04, 0x02, 'c', 'd'},
	} {
		got, rest, err := toDER(append(b, 0, 0))
		if err != nil || !bytes.Equal(got, want) || len(rest) != 2 {
			t.Errorf("%s: % x, rest % x, %v", name, got, rest, err)
		}
	}
}

// TestBERRefused: what is cut short or nested without end is an error.
func TestBERRefused(t *testing.T) {
	for name, b := range map[string][]byte{
		"empty": nil, "no end mark": {0x30, 0x80, 0x02, 0x01, 0x05}, "too long": {0x04, 0x05, 1}, "long tag": {0x3F, 0x81, 0x01, 0},
		"primitive without length": {0x04, 0x80, 0, 0}, "length of length": {0x30, 0x89, 1}, "too deep": bytes.Repeat([]byte{0x30, 0x80}, 100),
	} {
		if _, _, err := toDER(b); !errors.Is(err, ErrSyntax) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
