package extract

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"sohoa/dossier"
	"sohoa/dossier/viet"
)

// candidate is the text in which a value of a type should stand.
type candidate struct {
	typ    dossier.FieldType
	label  []token // the words of the label
	value  []token
	next   []token // the row below, where the value may wrap
	narrow bool    // in a column: names wrap too
	alone  bool    // the value must be everything
	like   float64 // how well the label fitted
}

// read takes the value out; ok is false when there is none.
func (c candidate) read() (dossier.Field, bool) {
	for len(c.value) > 0 && c.value[0].plain == "" {
		c.value = c.value[1:] // a colon or dots on their own
	}
	if f, ok := c.readType(); ok || c.alone {
		return f, ok
	}
	return c.mend()
}

func (c candidate) readType() (dossier.Field, bool) {
	switch c.typ {
	case dossier.TypeName:
		return c.name()
	case dossier.TypeDate:
		return c.date()
	case dossier.TypeText:
		return c.text()
	case dossier.TypeSex:
		return c.pattern(sexPattern, func(m []string) (string, string) { return m[1], "" })
	case dossier.TypeEntries:
		return dossier.Field{}, false // one record for each entry: not a single value
	default:
		return c.byPattern()
	}
}

var (
	sexPattern    = regexp.MustCompile(`^(Nam|Nữ|NAM|NỮ)(?:$|[^\p{L}])`)
	idPattern     = regexp.MustCompile(`(?:^|[^\d])(\d{12}|\d{9}|\d{3} ?\d{3} ?\d{3} ?\d{3})(?:$|[^\d])`)
	phonePattern  = regexp.MustCompile(`^[^\d+]{0,3}(\+?\d[\d .]{7,13}\d)(?:$|[^\d])`)
	intPattern    = regexp.MustCompile(`^[^\d\p{L}]{0,3}(\d{1,6}[a-z]?)(?:$|[^\d\p{L}])`)
	areaPattern   = regexp.MustCompile(`^[^\d\p{L}]{0,3}(\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)(?:$|[^\d.,;:]|[.,;:](?:$|\D))`)
	moneyPattern  = regexp.MustCompile(`(?:^|[^\d.,;:])(\d{1,3}(?:[. ]\d{3})+|\d{4,})(?:,-)? ?(?:đồng|đ|VNĐ|VND)`)
	serialPattern = regexp.MustCompile(`(?:^|[^\p{L}])(\p{Lu}{1,2} ?\d{6,8})(?:$|[^\d\p{L}])`)
	serialAlone   = regexp.MustCompile(`^(?:[Ss]ố (?:phát hành|seri)[^\p{Lu}]*)?(\p{Lu}{1,2} ?\d{6,8})$`)
	codePattern   = regexp.MustCompile(`([0-9A-Za-z.]{3,35} ?[-–—] ?[0-9A-Za-z]{6} ?[-–—] ?[0-9A-Za-z]{4,7})(?:$|[^\p{L}\d])`)
)

// byPattern reads the types that a pattern describes.
func (c candidate) byPattern() (dossier.Field, bool) {
	as := func(m []string) (string, string) { return m[1], "" }
	switch c.typ {
	case dossier.TypeID:
		return c.pattern(idPattern, func(m []string) (string, string) { return strings.ReplaceAll(m[1], " ", ""), "" })
	case dossier.TypePhone:
		return c.pattern(phonePattern, func(m []string) (string, string) { return strings.NewReplacer(" ", "", ".", "").Replace(m[1]), "" })
	case dossier.TypeInteger:
		return c.pattern(intPattern, as)
	case dossier.TypeArea:
		return c.pattern(areaPattern, as)
	case dossier.TypeMoney:
		return c.pattern(moneyPattern, func(m []string) (string, string) {
			return m[1], strings.NewReplacer(" ", "", ".", "").Replace(m[1])
		})
	case dossier.TypeSerial:
		return c.serial()
	case dossier.TypeCode:
		return c.pattern(codePattern, func(m []string) (string, string) { return codeOf(m[1]) })
	default: // names, dates and the like are no pattern
		return dossier.Field{}, false
	}
}

// serial reads the serial of a land use certificate.
func (c candidate) serial() (dossier.Field, bool) {
	form := serialPattern
	if c.alone {
		form = serialAlone
	}
	f, ok := c.pattern(form, func(m []string) (string, string) { return m[1], "" })
	return tidySerial(f), ok
}

// pattern reads the first match; write makes value and norm of it, "" to
// refuse.
func (c candidate) pattern(p *regexp.Regexp, write func([]string) (value, norm string)) (dossier.Field, bool) {
	text := viet.NFC(textOf(c.value))
	at := p.FindStringSubmatchIndex(text)
	if at == nil {
		return dossier.Field{}, false
	}
	value, norm := write(p.FindStringSubmatch(text))
	if value == "" {
		return dossier.Field{}, false
	}
	return c.field(value, norm, tokensBetween(c.value, at[2], at[3])), true
}

// tokensBetween gives the tokens that the bytes from..to of their joined text
// touch.
func tokensBetween(tokens []token, from, to int) []token {
	start, end, pos := -1, 0, 0
	for i, t := range tokens {
		next := pos + len(viet.NFC(t.Text))
		if next > from && start < 0 {
			start = i
		}
		if pos < to {
			end = i + 1
		}
		pos = next + 1
	}
	return tokens[max(start, 0):end]
}

// unfit is the factor for a value with a word whose letters do not fill its box.
const unfit = 0.7

// field puts a field together; its confidence is that of the least sure word,
// lowered by a damaged label. Words that look like none are handwriting.
func (c candidate) field(value, norm string, tokens []token) dossier.Field {
	if written(tokens) || penBeside(c.label, tokens) {
		return unread(tokens, boxOf(samePage(tokens)))
	}
	confidence := c.like
	for _, t := range tokens {
		confidence = min(confidence, t.Confidence)
	}
	if misfits(tokens, c.typ) {
		confidence *= unfit
	}
	f := dossier.Field{Value: value, Raw: readOf(tokens), Norm: norm, Confidence: confidence, Source: "ocr", Status: dossier.FieldAuto}
	if len(tokens) > 0 {
		f.Page = tokens[0].page
		if box := boxOf(samePage(tokens)); box != (dossier.Box{}) {
			f.Box = &box
		}
	}
	return f
}

// samePage drops tokens on later pages, whose boxes mean another sheet.
func samePage(tokens []token) []token {
	for i, t := range tokens {
		if t.page != tokens[0].page {
			return tokens[:i]
		}
	}
	return tokens
}

// titlesOfPersons stand before a name and are no part of it.
var titlesOfPersons = map[string]bool{"ong": true, "ba": true, "ongba": true, "honganh": true, "chi": true}

// name takes words up to the first mark or digit. It keeps spelling, case and
// order: a name that looks wrong may be right.
func (c candidate) name() (dossier.Field, bool) {
	tokens := c.value
	for len(tokens) > 0 && (titlesOfPersons[tokens[0].plain] && strings.ContainsAny(tokens[0].Text, ":/.") || tokens[0].plain == "") {
		tokens = tokens[1:]
	}
	end, finished := 0, false
	for end < len(tokens) && !finished && nameWord(tokens[end]) {
		finished = strings.ContainsAny(tokens[end].Text, ",;(")
		end++
	}
	taken := tokens[:end]
	if !finished && end == len(tokens) && end > 0 && c.narrow && c.wraps(taken) {
		taken = append(append([]token{}, taken...), c.next...)
	}
	if len(taken) == 0 {
		return dossier.Field{}, false
	}
	value := strings.TrimRight(strings.TrimSpace(viet.NFC(textOf(taken))), ",;:.( ")
	if letters(value) < 2 {
		return dossier.Field{}, false
	}
	f := c.field(value, "", taken)
	if !finished && end < len(tokens) && brokenName(tokens[end]) {
		f.Confidence *= doubtful // the name may go on in a word that was misread
	}
	return f, true
}

// afterNames are the words that follow a name in a sentence or on a form.
var afterNames = strings.Fields("sinh va ve la co cung voi hien thuong tru cu da de cho chet so cap theo tai o do duoc nguoi dai dien ten gioi ngay dan quoc nghe noi dia")

// brokenName tells whether the word behind a name may be its misread rest: not
// a mark or a number, and not one of the words that follow names. A first letter
// that was lost leaves the rest in small letters: "Nguyễn Kim guyệt".
func brokenName(t token) bool {
	return t.plain != "" && letters(t.Text) > 0 && (!startsLower(t.Text) || !slices.Contains(afterNames, t.plain))
}

// nameWord tells whether a token can be part of a name: letters, with an
// apostrophe or hyphen ("K'Brôih"), beginning with a capital.
func nameWord(t token) bool {
	word := strings.TrimRight(t.Text, ",;.:(")
	for _, r := range word {
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune("'’-.", r) {
			return false
		}
	}
	return word != "" && !startsLower(word) && t.plain != ""
}

// wraps tells whether the row below holds the rest of a name in capitals.
func (c candidate) wraps(taken []token) bool {
	if len(c.next) == 0 || len(c.next) > 2 || !allUpper(taken) || !allUpper(c.next) {
		return false
	}
	for _, t := range c.next {
		if !nameWord(t) || strings.Contains(t.Text, ":") {
			return false
		}
	}
	return true
}

func allUpper(tokens []token) bool {
	text := textOf(tokens)
	return strings.ToUpper(text) == text
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// text takes the words as they stand, without dotted lines.
func (c candidate) text() (dossier.Field, bool) {
	value := strings.Trim(viet.NFC(textOf(c.value)), " .…:;,_-")
	if letters(value) < 2 || strings.Contains(value, "...") || strings.Contains(value, "…") {
		return dossier.Field{}, false
	}
	return c.field(value, "", c.value), true
}

// The ways dates are written, day first: 09/04/2024, "ngày 09 tháng 04 năm
// 2024", 04/2024, "năm 1962", 1962.
var (
	dateNumbers = regexp.MustCompile(`(?:^|[^\d/])(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})(?:$|[^\d])`)
	dateWords   = regexp.MustCompile(`(\d{1,2})\s*,?\s*th[áaàâ]ng\s*(\d{1,2})\s*,?\s*n[ăaâ]m\s*(\d{4})(?:$|[^\d])`)
	dateMonth   = regexp.MustCompile(`^[^\d\p{L}]*(?:tháng\s*)?(\d{1,2})\s*(?:/|năm)\s*(\d{4})(?:$|[^\d])`)
	dateYear    = regexp.MustCompile(`^[^\d\p{L}]*(?:[Nn]ăm\s*)?((?:18|19|20)\d{2})(?:$|[^\d/.-])`)
)

// date reads a date, whole or partial. A date begun on the row ("ngày 08
// tháng…") may end on the next.
func (c candidate) date() (dossier.Field, bool) {
	if f, ok := c.wholeDate(); ok {
		return f, true
	}
	if begun := plainOf(c.value); strings.Contains(begun, "ngay") || strings.Contains(begun, "thang") {
		wrapped := c
		wrapped.value = append(append([]token{}, c.value...), c.next...)
		if f, ok := wrapped.wholeDate(); ok {
			return f, true
		}
	}
	return c.partialDate()
}

func (c candidate) wholeDate() (dossier.Field, bool) {
	text := viet.NFC(textOf(c.value))
	for _, p := range []*regexp.Regexp{dateWords, dateNumbers} {
		at := p.FindStringSubmatchIndex(text)
		if at == nil {
			continue
		}
		m := p.FindStringSubmatch(text)
		value, norm := dayOf(m[1], m[2], m[3])
		if value == "" {
			continue // no such day: misread, and nothing to guess from
		}
		f := c.field(value, norm, tokensBetween(c.value, at[2], at[7]))
		if p == dateNumbers && len(m[1]) != len(m[2]) && (m[1][0] == '0' || m[2][0] == '0') {
			f.Confidence *= doubtful // who writes 09 for a month writes 03 for a day
		}
		return f, true
	}
	return dossier.Field{}, false
}

// dayOf writes a day as it is recorded and in its ISO form; "" for a day that
// does not exist.
func dayOf(day, month, year string) (value, norm string) {
	at, err := time.Parse("2/1/2006", day+"/"+month+"/"+year)
	if err != nil {
		return "", ""
	}
	return at.Format("02/01/2006"), at.Format(time.DateOnly)
}

func (c candidate) partialDate() (dossier.Field, bool) {
	if f, ok := c.pattern(dateMonth, func(m []string) (string, string) {
		month, err := time.Parse("1/2006", m[1]+"/"+m[2])
		if err != nil {
			return "", ""
		}
		return month.Format("01/2006"), month.Format("2006-01")
	}); ok {
		return f, true
	}
	return c.pattern(dateYear, func(m []string) (string, string) { return m[1], m[1] })
}

// compactDate reads the ddMMyyyy of a card's QR code.
func compactDate(s string) (value, norm string, err error) {
	day, err := time.Parse("02012006", s)
	if err != nil {
		return "", "", fmt.Errorf("date %q: not ddMMyyyy", s)
	}
	return day.Format("02/01/2006"), day.Format(time.DateOnly), nil
}
