package extract

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/fuzzy"
)

// unitOf is the unit in which a value that is spelled out ends, folded.
func unitOf(typ dossier.FieldType) string {
	switch typ {
	case dossier.TypeMoney:
		return "dong"
	case dossier.TypeArea:
		return "metvuong"
	default: // nothing else is spelled out like this
		return ""
	}
}

// compareSpelled compares amounts and areas with those spelled out behind them
// ("Bằng chữ: Ba trăm triệu đồng"). Where both say the same, both are right,
// also when a point of the figures was misread. A page may spell out several: a
// value that none of them names is doubtful.
func (p *paper) compareSpelled(fields map[string]dossier.Field) {
	text := ""
	for id, f := range fields {
		typ := p.typeOf(id)
		unit := unitOf(typ)
		if unit == "" || !doubted(f) {
			continue
		}
		if text == "" {
			text = p.spelledText()
		}
		switch least, found := nearestSpelled(wordings(typ, f), text, unit); {
		case found && least == 0:
			f.Confidence = 1 - (1-f.Confidence)*vouched
		case found && least > 4: // another number, not a letter misread
			f.Confidence *= doubtful
		}
		fields[id] = f
	}
}

// spelledText is the text of the paper without spaces, with one wording for
// numbers that have two.
func (p *paper) spelledText() string {
	var all strings.Builder
	for _, r := range p.rows {
		all.WriteString(r.plain())
	}
	return strings.NewReplacer("ngan", "nghin", "muoitu", "muoibon", "tramle", "tramlinh").Replace(all.String())
}

// longestSpelled is how many letters a number that is written out has at most.
const longestSpelled = 160

// nearestSpelled is how many letters part the wordings from the number spelled
// out in the unit that is nearest to them; found is false where none is. Above a
// few letters it is only known that there are more.
func nearestSpelled(wordings []string, text, unit string) (least int, found bool) {
	for behind := range eachSpelled(text) {
		behind = behind[:min(len(behind), longestSpelled)]
		if !strings.Contains(behind, unit) || strings.HasPrefix(behind, "ngay") {
			continue // a number of something else, or a day
		}
		for _, want := range wordings {
			want += unit
			edits, _ := fuzzy.Prefix(want, behind[:min(len(behind), len(want)+4)], 6)
			if !found || edits < least {
				least, found = edits, true
			}
		}
	}
	return least, found
}

// eachSpelled goes through what stands behind each "Bằng chữ".
func eachSpelled(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			_, behind, found := strings.Cut(text, "bangchu")
			if !found || !yield(behind) {
				return
			}
			text = behind
		}
	}
}

// wordings are the ways in which a value may be spelled out, without its unit.
func wordings(typ dossier.FieldType, f dossier.Field) []string {
	whole, part := f.Norm, ""
	if typ == dossier.TypeArea {
		whole, part = areaParts(f.Value)
	}
	n, err := strconv.Atoi(whole)
	if err != nil || spelledWhole(n) == "" {
		return nil
	}
	text := spelledWhole(n)
	if strings.Trim(part, "0") == "" {
		return []string{text}
	}
	each, zeros := "", ""
	for _, digit := range part {
		each += digitWord(int(digit - '0'))
	}
	for strings.HasPrefix(part, "0") {
		part, zeros = part[1:], zeros+"khong"
	}
	n, err = strconv.Atoi(part)
	if err != nil || n > 9999 {
		return []string{text + "phay" + each}
	}
	return []string{text + "phay" + zeros + spelledWhole(n), text + "phay" + each}
}

// areaParts gives the digits before and behind the decimal mark of an area. A
// point before three digits parts thousands.
func areaParts(value string) (whole, part string) {
	whole, part, comma := strings.Cut(value, ",")
	if at := strings.LastIndex(whole, "."); !comma && at >= 0 && len(whole)-at-1 != 3 {
		whole, part = whole[:at], whole[at+1:]
	}
	return digitsOf(whole), digitsOf(part)
}

// spelledWhole writes a whole number below a thousand billions in folded words
// without spaces, as contracts do; "" for any other.
func spelledWhole(n int) string {
	if n <= 0 || n >= 1_000_000_000_000 {
		return ""
	}
	text := ""
	for _, scale := range []struct {
		size int
		name string
	}{{1_000_000_000, "ty"}, {1_000_000, "trieu"}, {1000, "nghin"}, {1, ""}} {
		if group := n / scale.size % 1000; group > 0 {
			text += spelledGroup(group, text != "") + scale.name
		}
	}
	return text
}

// spelledGroup writes 1 to 999; behind a larger group the hundreds are said
// also where there are none.
func spelledGroup(n int, follows bool) string {
	if n < 100 && !follows {
		return spelled(n)
	}
	text := digitWord(n/100) + "tram"
	if n %= 100; n > 0 && n < 10 {
		text += "linh"
	}
	if n == 0 {
		return text
	}
	return text + spelled(n)
}

// certificateSerial finds the serial of a land use certificate in the text of
// its code; what else it holds is in no published order, so that only a part
// that is nothing but a serial counts, and only where there is one.
func certificateSerial(text string) string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("|;\n\t:", r) })
	var found []string
	for _, part := range parts {
		if part = strings.TrimSpace(part); certificateForm.MatchString(part) && !slices.Contains(found, part) {
			found = append(found, part)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}
