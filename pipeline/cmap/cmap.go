// Package cmap writes the map from the codes of a font to Unicode, which every
// font in our PDFs carries so that its text can be found and copied: the
// invisible font of what was read, and the visible one of a signature's block.
//
// Start at [ToUnicode].
package cmap

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// perBlock is the most entries that one bfchar block may have (ISO 32000-1,
// 9.7.6.2, by Adobe technical note 5014).
const perBlock = 100

// ToUnicode is the CMap of a font with codes of two bytes (ISO 32000-1, 9.10.3):
// chars[i] is what the code i+1 means, a letter with its marks.
func ToUnicode(chars []string) []byte {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for from := 0; from < len(chars); from += perBlock {
		block := chars[from:min(from+perBlock, len(chars))]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(block))
		for i, char := range block {
			fmt.Fprintf(&b, "<%04X> <", from+i+1)
			for _, unit := range utf16.Encode([]rune(char)) {
				fmt.Fprintf(&b, "%04X", unit)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return []byte(b.String())
}
