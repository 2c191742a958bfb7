package extract

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"sohoa/dossier"
	"sohoa/dossier/viet"
	"sohoa/pipeline/fuzzy"
)

// An engine is sure of many words that it misread, so its confidence alone does
// not tell a right value. What a value must look like, and what the fields of a
// paper have to do with each other, tells more. A breach never changes a value:
// it makes it doubtful, so that a person looks.

// doubtful is the factor for a value that breaks a rule; it takes any below
// every gate.
const doubtful = 0.5

// vouched is how much of the doubt is left when two places on the paper say the
// same: a date in figures and in words are misread to the same wrong day about
// never, but a label may have led to the wrong person twice.
const vouched = 0.3

var (
	phoneForm = regexp.MustCompile(`^(?:0|\+84)\d{9,10}$`)
	// serialForm is a serial of any time: those of eight digits have two letters.
	serialForm = regexp.MustCompile(`^(?:[A-ZĐ]{1,2} ?\d{6}|[A-ZĐ]{2} ?\d{8})$`)
	// certificateForm is a serial since 2009: two letters and six digits, or eight
	// (TT 23/2014/TT-BTNMT; TT 10/2024/TT-BTNMT, Điều 29).
	certificateForm = regexp.MustCompile(`^[A-ZĐ]{2} ?(?:\d{6}|\d{8})$`)

	entryForm = regexp.MustCompile(`^\d{1,4}(?:/\d{4})?\p{L}?$`)
	idForm    = regexp.MustCompile(`^(?:\d{9}|\d{12})$`)
	// perhapsHeavy is a word of a name whose y may have lost its dot below: neither
	// the fast nor the best Vietnamese model of Tesseract has the letters ỵ and Ỵ
	// (their unicharset lacks them), so that Mỵ is read as My with confidence 0.97.
	// Left out are words that are no name with the dot.
	perhapsHeavy = regexp.MustCompile(`^(?i:(?:h|k|l|m|s|t|th)y|(?:th|l|ng)uy)$`)
	// namesake is a word of a name as names are written: a capital and small
	// letters, or capitals throughout.
	namesake = regexp.MustCompile(`^\p{Lu}(?:['’.-]?\p{Lu}?\p{Ll}*)*$|^\p{Lu}[\p{Lu}'’.-]*$`)
)

// wellFormed tells whether a value looks as values of its type do.
func wellFormed(kind dossier.Kind, typ dossier.FieldType, value string) bool {
	switch typ {
	case dossier.TypePhone:
		return phoneForm.MatchString(value)
	case dossier.TypeSerial:
		return serialForm.MatchString(value)
	case dossier.TypeID:
		return idForm.MatchString(value)
	case dossier.TypeMoney, dossier.TypeArea:
		return !strings.HasPrefix(value, "0")
	case dossier.TypeName:
		return nameForm(kind, value)
	case dossier.TypeNumber:
		return symbolOf(kind, value) && !nearlyCommittee(value)
	case dossier.TypeEntry:
		return entryForm.MatchString(value)
	default: // the pattern that read it was its form
		return true
	}
}

// nameForm tells whether a value looks like the name of a person: two words or
// more, written alike, of syllables that Vietnamese can have. Names of
// minorities that it can not have wait for a person, as they must not be
// corrected; and so does a name that begins with no known surname, since a wrong
// tone is read as surely as the right one (Tấn for Tẩn).
func nameForm(kind dossier.Kind, value string) bool {
	words := strings.Fields(value)
	capitals := strings.ToUpper(value) == value
	if len(words) > 0 && !kind.Surname(viet.NFC(words[0])) {
		return false
	}
	for _, w := range words {
		if perhapsHeavy.MatchString(w) || !namesake.MatchString(w) || !capitals && len([]rune(w)) > 1 && strings.ToUpper(w) == w || !viet.Syllable(w) {
			return false
		}
	}
	return len(words) >= 2 && len(words) <= 6 && !slices.Contains(middleNames, fuzzy.Plain(words[len(words)-1]))
}

// middleNames end no name: behind them a word was lost.
var middleNames = []string{"van", "thi"}

// symbolOf tells whether the number of a paper names the type of the paper, for
// types that have a symbol: "245/QĐ-UBND".
func symbolOf(kind dossier.Kind, value string) bool {
	_, symbol, found := strings.Cut(value, "/")
	if !found || len(kind.Symbols) == 0 {
		return true
	}
	if before, after, more := strings.Cut(symbol, "/"); more && len(before) == 4 {
		symbol = after // 21/2026/TT-BCT
	} else if more && len(after) == 4 {
		symbol = before // 15/HĐ/2026
	}
	return slices.ContainsFunc(kind.Symbols, func(s string) bool {
		return symbol == s || strings.HasPrefix(symbol, s+"-")
	})
}

// check lowers and raises the confidence of what was read.
func (p *paper) check(fields map[string]dossier.Field) {
	for id, f := range fields {
		if doubted(f) && !wellFormed(p.kind, p.typeOf(id), f.Value) {
			doubt(fields, id)
		}
	}
	p.compareWords(fields)
	p.compareSpelled(fields)
	p.vouchNames(fields)
	for _, c := range p.kind.Checks {
		if breached(c, fields) {
			doubt(fields, c.Fields...)
		}
	}
}

// doubted tells whether a field may be wrong: an engine read it, and no person
// has confirmed it. A code carries checks of its own.
func doubted(f dossier.Field) bool { return f.Source == "ocr" && f.Status != dossier.FieldConfirmed }

// doubt marks fields that may be wrong.
func doubt(fields map[string]dossier.Field, ids ...string) {
	for _, id := range ids {
		if f, ok := fields[id]; ok && doubted(f) {
			f.Confidence *= doubtful
			fields[id] = f
		}
	}
}

// typeOf is the type by which the field is read on this kind.
func (p *paper) typeOf(field string) dossier.FieldType {
	at := slices.IndexFunc(p.kind.Labels, func(l dossier.Label) bool { return l.Field == field })
	if at < 0 {
		return ""
	}
	return p.kind.Labels[at].Type
}

// breached tells whether the fields contradict each other.
func breached(c dossier.Check, fields map[string]dossier.Field) bool {
	value := func(i int) string {
		if i >= len(c.Fields) {
			return ""
		}
		if f := fields[c.Fields[i]]; f.Norm != "" {
			return f.Norm
		}
		return fields[c.Fields[i]].Value
	}
	a, b := value(0), value(1)
	if a == "" || b == "" {
		return false
	}
	switch c.How {
	case dossier.CheckOrder:
		n := min(len(a), len(b)) // partial dates are compared as far as they go
		return a[:n] > b[:n]
	case dossier.CheckApart:
		return fuzzy.Plain(a) == fuzzy.Plain(b)
	case dossier.CheckPerson:
		return !personAgrees(a, b, value(2))
	}
	return false
}

// personAgrees compares a 12-digit number with a date of birth in ISO form and
// a sex, which may be unknown. The fourth digit tells century and sex: 0 and 1
// are men and women born in the 20th century, 2 and 3 in the 21st; two digits of
// the year of birth follow (TT 59/2021/TT-BCA, Điều 7). Old numbers of nine
// digits tell nothing.
func personAgrees(id, born, sex string) bool {
	if len(id) != 12 || len(born) < 4 {
		return true
	}
	century := map[byte]string{'0': "19", '1': "19", '2': "20", '3': "20"}[id[3]]
	if century+id[4:6] != born[:4] {
		return false
	}
	female := (id[3]-'0')%2 == 1
	switch fuzzy.Plain(sex) {
	case "nam":
		return !female
	case "nu":
		return female
	}
	return true
}

// inWords are the labels of a date that is written out.
var inWords = []string{"ghibangchu", "bangchu"}

// compareWords compares the date of birth with the one spelled out under it.
func (p *paper) compareWords(fields map[string]dossier.Field) {
	f, ok := fields["dob"]
	if !ok || !doubted(f) || len(f.Norm) != len(time.DateOnly) {
		return
	}
	for _, r := range p.rows {
		plain := r.plain()
		for _, label := range inWords {
			_, spelled, found := strings.Cut(plain, label)
			if !found {
				continue
			}
			if spelled == spelledDate(f.Norm) {
				f.Confidence = 1 - (1-f.Confidence)*vouched
			} else if edits, _ := fuzzy.Prefix(spelledDate(f.Norm), spelled, 6); edits > 5 {
				f.Confidence *= doubtful
			}
			fields["dob"] = f
			return
		}
	}
}

// spelledDate writes an ISO date out as papers do, folded and without spaces:
// "ngaymuoihaithangnamnamhainghinkhongtrammuoibay".
func spelledDate(iso string) string {
	day, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return ""
	}
	return "ngay" + spelled(day.Day()) + "thang" + spelled(int(day.Month())) + "nam" + spelled(day.Year())
}

// spelled writes a number below ten thousand in folded words.
func spelled(n int) string {
	text := ""
	if n >= 1000 {
		text = digitWord(n/1000) + "nghin" + digitWord(n/100%10) + "tram"
		n %= 100
		if n > 0 && n < 10 {
			text += "linh"
		}
	}
	tens, ones := n/10, n%10
	switch {
	case tens == 1:
		text += "muoi"
	case tens > 1:
		text += digitWord(tens) + "muoi"
	}
	switch {
	case ones == 0:
		return text
	case ones == 1 && tens > 1:
		return text + "mot"
	case ones == 5 && tens > 0:
		return text + "lam"
	}
	return text + digitWord(ones)
}

// digitWord is a digit in folded letters.
func digitWord(digit int) string {
	return strings.Fields("khong mot hai ba bon nam sau bay tam chin")[digit]
}
