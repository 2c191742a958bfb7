package extract

import (
	"slices"
	"strconv"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/fuzzy"
)

// compareMoney compares an amount with the one spelled out behind it ("Bằng
// chữ: Ba trăm triệu đồng"). Where both say the same, both are right, also when
// a point of the figures was misread.
func (p *paper) compareMoney(fields map[string]dossier.Field) {
	for id, f := range fields {
		amount, err := strconv.Atoi(f.Norm)
		if err != nil || f.Source != "ocr" || p.typeOf(id) != dossier.TypeMoney {
			continue
		}
		var all strings.Builder
		for _, r := range p.rows {
			all.WriteString(r.plain())
		}
		_, words, found := strings.Cut(all.String(), "bangchu")
		if want := spelledWhole(amount); found && want != "" {
			switch edits, _ := fuzzy.Prefix(want+"dong", words[:min(len(words), len(want)+8)], 6); {
			case edits == 0:
				f.Confidence = 1 - (1-f.Confidence)*vouched
			case edits > 4: // another number, not a letter misread
				f.Confidence *= doubtful
			}
			fields[id] = f
		}
	}
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
	text := strings.Fields("khong mot hai ba bon nam sau bay tam chin")[n/100] + "tram"
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
