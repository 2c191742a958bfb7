package pades

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"sohoa/pipeline/pades/pdfread"
)

// maxText bounds what is repeated from a foreign file.
const maxText = 1000

// textOf reads a text string: UTF-16 with its mark, UTF-8 with its, else taken
// as Latin-1, which differs from PDF's own table in a few quotation marks.
func textOf(s string) string {
	var out string
	switch {
	case strings.HasPrefix(s, "\xFE\xFF"):
		units := make([]uint16, 0, len(s)/2)
		for i := 2; i+1 < len(s); i += 2 {
			units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
		}
		out = string(utf16.Decode(units))
	case strings.HasPrefix(s, "\xEF\xBB\xBF"):
		out = strings.ToValidUTF8(s[3:], "\uFFFD")
	default:
		runes := make([]rune, len(s))
		for i := range len(s) {
			runes[i] = rune(s[i])
		}
		out = string(runes)
	}
	runes := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, out))
	return string(runes[:min(len(runes), maxText)])
}

func textUnder(d pdfread.Dict, key pdfread.Name) string {
	t, _ := d.Get(key).(pdfread.Text)
	return textOf(t.Value)
}

// claimedTime reads the time of a signature dictionary, zero when there is none
// or it is not one.
func claimedTime(d pdfread.Dict) time.Time {
	t, _ := d.Get("M").(pdfread.Text)
	s := strings.TrimSuffix(strings.ReplaceAll(strings.TrimPrefix(t.Value, "D:"), "'", ""), "Z")
	for _, form := range []string{"20060102150405-0700", "20060102150405", "20060102150405Z0700"} {
		if at, err := time.Parse(form, s); err == nil {
			return at
		}
	}
	return time.Time{}
}
