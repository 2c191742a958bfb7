package extract

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"sohoa/dossier"
	"sohoa/dossier/viet"
)

// What is mended here is forced by the form of the value: eight digits in a row
// with one of two slashes are a date; behind the letter and two digits of an
// agency stands a point. Nothing is guessed: where a digit is missing there is
// no value. A mended value is for a person to see; see mended.

var (
	// lostSlash is a date of which one stroke was lost or misread: "0704/1992".
	lostSlash = regexp.MustCompile(`(?:^|[^\d/])(\d{2})(?:\s*[/.-]\s*(\d{2})\D?|\D?(\d{2})\s*[/.-]\s*)(\d{4})(?:$|[^\d])`)
	// brokenID is a number of twelve digits with marks between them.
	brokenID = regexp.MustCompile(`(?:^|[^\d])(\d(?:[ .,'-]?\d){11})(?:$|[^\d])`)
	// brokenCode is a dossier code with a comma for a point, or a lost hyphen.
	brokenCode = regexp.MustCompile(`([A-Z0-9][0-9A-Z.,]{2,34} ?[-–—] ?\d{6}) ?[-–—]? ?(\d{4}(?:\d{2,3})?)(?:$|[^\p{L}\d])`)
	// brokenMoney is an amount with another mark for one of its points.
	brokenMoney = regexp.MustCompile(`(?:^|[^\d.,;:])(\d{1,3}(?:[.,;: ]\d{3})+)(?:,-)? ?(?:đồng|đ|VNĐ|VND)`)
	// joinedMoney is an amount of which some points were lost.
	joinedMoney = regexp.MustCompile(`(?:^|[^\d.,;:])(\d{1,12}(?:\.\d{3,9})*)(?:,-)? ?(?:đồng|đ|VNĐ|VND)`)
	// joinedCode is a dossier code without its first hyphen.
	joinedCode = regexp.MustCompile(`([A-Z0-9][0-9A-Z.]{2,34})(\d{6}) ?[-–—] ?(\d{4}(?:\d{2,3})?)(?:$|[^\p{L}\d])`)
	// noLevel is an agency whose first point was lost: "H1837".
	noLevel = regexp.MustCompile(`^([A-Y]\d{2})(\d)`)
)

var grouping = strings.NewReplacer(",", ".", ";", ".", ":", ".", " ", ".")

// mend tries what is left when a value has not the form of its type.
func (c candidate) mend() (dossier.Field, bool) {
	f, ok := c.mendType()
	f.Confidence = min(f.Confidence, mended)
	return f, ok
}

func (c candidate) mendType() (dossier.Field, bool) {
	switch c.typ {
	case dossier.TypeDate:
		return c.pattern(lostSlash, func(m []string) (string, string) { return dayOf(m[1], m[2]+m[3], m[4]) })
	case dossier.TypeID:
		return c.pattern(brokenID, func(m []string) (string, string) { return digitsOf(m[1]), "" })
	case dossier.TypeCode:
		if f, ok := c.pattern(brokenCode, func(m []string) (string, string) {
			return codeOf(noLevel.ReplaceAllString(strings.ReplaceAll(m[1], ",", "."), "$1.$2") + "-" + m[2])
		}); ok {
			return f, true
		}
		return c.pattern(joinedCode, func(m []string) (string, string) { return codeOf(m[1] + "-" + m[2] + "-" + m[3]) })
	case dossier.TypeMoney:
		if f, ok := c.pattern(brokenMoney, func(m []string) (string, string) { return grouping.Replace(m[1]), digitsOf(m[1]) }); ok {
			return f, true
		}
		return c.pattern(joinedMoney, func(m []string) (string, string) { return inThousands(m[1]), digitsOf(m[1]) })
	default:
		return dossier.Field{}, false
	}
}

// codeOf is a dossier code in canonical form, "" for what is none.
func codeOf(text string) (value, norm string) {
	code, err := dossier.ParseCode(text)
	if err != nil {
		return "", ""
	}
	return code.String(), ""
}

// inThousands writes an amount with all of its points; "" where those that were
// read do not stand between thousands, so that a digit was lost too.
func inThousands(amount string) string {
	parts := strings.Split(amount, ".")
	for _, part := range parts[1:] {
		if len(part)%3 != 0 {
			return ""
		}
	}
	digits := digitsOf(amount)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "." + digits[at:]
	}
	return digits
}

// digitsOf drops everything else.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// brokenNumber is the number of a paper without the stroke or without the "S".
var brokenNumber = regexp.MustCompile(`^(?:S?\p{L})\s*[:.;]\s*(\d{1,6}[a-z]?)\s*/?\s*(\p{Lu}\p{L}{0,3})\s*-?\s*(\p{Lu}[\p{L}\d&.-]+)$`)

// mendNumber reads a number of which the stroke behind the digits or the hyphen
// behind the symbol was lost: "1588QĐ-UBND", "374/TBUBND". The symbol tells
// where they were, for kinds that have one.
func (p *paper) mendNumber(head []row) (dossier.Field, bool) {
	for _, r := range head {
		text := strings.ReplaceAll(viet.NFC(r.text()), "'", "")
		for _, symbol := range p.kind.Symbols {
			m := brokenNumber.FindStringSubmatch(text)
			if m == nil {
				break
			}
			rest, ok := strings.CutPrefix(m[2]+m[3], symbol)
			if !ok {
				rest, ok = strings.CutPrefix(m[2]+"-"+m[3], symbol+"-")
			}
			if rest = strings.TrimPrefix(rest, "-"); ok && letters(rest) > 2 {
				return candidate{like: mended}.field(m[1]+"/"+symbol+"-"+rest, "", r.tokens[1:]), true
			}
		}
	}
	return dossier.Field{}, false
}

// committee is what nearly every number of a commune ends in.
const committee = "UBND"

// mendCommittee writes UBND where a letter of it was lost or misread, and the
// hyphen behind it where that was lost: "245/TB-UAND", "182/UBNDXNTTHN".
func mendCommittee(f dossier.Field) dossier.Field {
	number, symbol, _ := strings.Cut(f.Value, "/")
	parts := strings.Split(symbol, "-")
	for i, part := range parts {
		rest, joined := strings.CutPrefix(part, committee)
		switch {
		case nearlyCommittee(part):
			parts[i] = committee
		case joined && letters(rest) >= 2:
			parts[i] = committee + "-" + rest
		}
	}
	if value := number + "/" + strings.Join(parts, "-"); symbol != "" && value != f.Value {
		f.Value, f.Confidence = value, min(f.Confidence, mended)
	}
	return f
}

// tidySerial writes the serial of a certificate with one space between letters
// and digits, and its letters without marks, which none has.
func tidySerial(f dossier.Field) dossier.Field {
	at := strings.IndexAny(f.Value, "0123456789")
	if at < 0 {
		return f
	}
	series := strings.TrimSpace(f.Value[:at])
	bare := strings.Map(bareLetter, series)
	if bare != series {
		f.Confidence = min(f.Confidence, mended)
	}
	f.Value = bare + " " + f.Value[at:]
	return f
}

// bareLetter is a capital without its marks; Đ is a letter of its own.
func bareLetter(r rune) rune {
	if r == 'Đ' {
		return r
	}
	return unicode.ToUpper([]rune(viet.Fold(string(r)))[0])
}

// nearlyCommittee tells whether a part of the symbol is UBND with a wrong or
// lost letter: no other agency is called like that.
func nearlyCommittee(number string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(number, func(r rune) bool { return r == '/' || r == '-' }), func(part string) bool {
		return part != committee && len(part) >= 3 && len(part) <= 5 && oneEdit(part, committee)
	})
}

// oneEdit tells whether the words differ by one letter at most.
func oneEdit(a, b string) bool {
	short, long := []rune(a), []rune(b)
	if len(short) > len(long) {
		short, long = long, short
	}
	if len(long)-len(short) > 1 {
		return false
	}
	i := 0
	for i < len(short) && short[i] == long[i] {
		i++
	}
	rest := i
	if len(short) == len(long) {
		rest++
	}
	return rest > len(short) || slices.Equal(short[rest:], long[i+1:])
}
