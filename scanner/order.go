package scanner

import (
	"cmp"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Compare orders file names the way a person counts them: runs of digits by
// their value ("scan2.jpg" before "scan10.jpg"), letters without regard to
// case, and the name before its extension, so that "Scan.pdf" comes before
// "Scan (2).pdf". Names that are equal in that sense are ordered by their
// bytes: the order is total, and 0 means the same name.
func Compare(a, b string) int {
	stemA, extA := cutExt(a)
	stemB, extB := cutExt(b)
	return cmp.Or(natural(stemA, stemB), natural(extA, extB), strings.Compare(a, b))
}

// cutExt parts a name from its extension; a dot in front is part of the name.
func cutExt(name string) (stem, ext string) {
	ext = filepath.Ext(name)
	if len(ext) == len(name) {
		return name, ""
	}
	return name[:len(name)-len(ext)], ext
}

func natural(a, b string) int {
	for a != "" && b != "" {
		if isDigit(a[0]) && isDigit(b[0]) {
			numA, restA := cutNumber(a)
			numB, restB := cutNumber(b)
			if c := cmp.Or(cmp.Compare(len(numA), len(numB)), strings.Compare(numA, numB)); c != 0 {
				return c
			}
			a, b = restA, restB
			continue
		}
		runeA, lenA := utf8.DecodeRuneInString(a)
		runeB, lenB := utf8.DecodeRuneInString(b)
		if c := cmp.Compare(unicode.ToLower(runeA), unicode.ToLower(runeB)); c != 0 {
			return c
		}
		a, b = a[lenA:], b[lenB:]
	}
	return cmp.Compare(len(a), len(b))
}

// cutNumber takes the leading digits off, without their leading zeros, so that
// the longer number is the larger one however many digits there are.
func cutNumber(s string) (number, rest string) {
	end := 0
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	return strings.TrimLeft(s[:end], "0"), s[end:]
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
