package web

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // an office's machine may lack the zone files
	"unicode"
	"unicode/utf8"

	"sohoa/dossier"
)

// functions are what templates of one language may call.
func (s *site) functions(l lang) template.FuncMap {
	return template.FuncMap{
		"t":        func(key string, args ...any) string { return s.words.say(l, key, args...) },
		"day":      func(t time.Time) string { return t.In(s.zone).Format("02/01/2006") },
		"due":      func(due *time.Time) *urgency { return s.urgency(l, due) },
		"clock":    func(t time.Time) string { return t.In(s.zone).Format("15:04:05") },
		"moment":   func(t time.Time) string { return t.In(s.zone).Format("15:04 02/01/2006") },
		"machine":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"num":      number[int],
		"decimal":  decimal,
		"share":    func(p float64) string { return decimal(100*p, 1) + " %" },
		"percent":  func(p float64) string { return decimal(100*p, 0) + " %" },
		"kind":     func(id string) string { return s.kindName(l, id) },
		"field":    func(id string) string { return s.fieldName(l, id) },
		"reason":   func(r dossier.Reason) string { return r.Text(string(l)) },
		"waits":    func(a dossier.Arrival) string { return a.Why(string(l)) },
		"count":    func(m dossier.Miscount) string { return m.Text(string(l)) },
		"short":    func(r dossier.Reason) string { return s.words.say(l, "reason."+string(r)) },
		"state":    func(st any) string { return s.words.say(l, fmt.Sprintf("state.%v", st)) },
		"sentence": func(x Sentence) string { return x.in(l) },
		"thumb":    func(page dossier.Page) string { return pictureURL(page.ID, page.ReadingOf(), widthThumb) },
		"large":    func(page dossier.Page) string { return pictureURL(page.ID, page.ReadingOf(), widthZoom) },
		"marks":    snippetParts,
		"masked":   s.masked,
		"add":      func(a, b int) int { return a + b },
		"account":  accountTerms,
		"why":      func(reason string) string { return s.why(l, reason) },
		"name":     s.dossierName(l),
		"device":   s.deviceName(l),
		"refusal":  func(r dossier.Refusal) string { return r.Text(string(l)) },
		"role":     func(r dossier.Role) string { return s.words.say(l, "role."+string(r)) },
	}
}

// Sentence is something said in both languages by another part of sohoa.
type Sentence struct{ Vi, En string }

func (x Sentence) in(l lang) string {
	if l == en {
		return x.En
	}
	return x.Vi
}

// number writes 1234567 as "1.234.567".
func number[N int | int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "." + digits[i:]
	}
	return sign + digits
}

// decimal writes 1234.5 as "1.234,5".
func decimal(x float64, places int) string {
	text := strconv.FormatFloat(x, 'f', places, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return text
	}
	sign := ""
	if n == 0 && strings.HasPrefix(whole, "-") {
		sign = "-"
	}
	if fraction == "" {
		return sign + number(n)
	}
	return sign + number(n) + "," + fraction
}

// kindName is how a kind of paper is called: the title of today's form in the
// letters of a sentence; in English its id in words.
func (s *site) kindName(l lang, id string) string {
	if id == "" {
		return s.words.say(l, "kind.none")
	}
	if key := "kind." + id; s.words[key] != nil {
		return s.words.say(l, key)
	}
	kind, ok := s.Kinds.Kind(id)
	if l == en || !ok || len(kind.Titles) == 0 {
		return sentenceCase(strings.ReplaceAll(id, "_", " "))
	}
	return sentenceCase(kind.Titles[0])
}

// sentenceCase lowers everything but the first letter.
func sentenceCase(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + strings.ToLower(s[size:])
}

func (s *site) fieldName(l lang, id string) string {
	def, ok := s.Kinds.Field(id)
	switch {
	case !ok:
		return id
	case l == en:
		return def.En
	default:
		return def.Vi
	}
}

// masked hides the middle of identity numbers, for lists: in a list nobody
// needs the whole number, and everybody walking past can read it.
func (s *site) masked(fieldID, value string) string {
	def, ok := s.Kinds.Field(fieldID)
	runes := []rune(value)
	if !ok || def.Type != dossier.TypeID && def.Type != dossier.TypePhone || len(runes) < 8 {
		return value
	}
	return mask(value)
}

// mask leaves the first four and the last two letters.
func mask(value string) string {
	runes := []rune(value)
	return string(runes[:4]) + strings.Repeat("•", len(runes)-6) + string(runes[len(runes)-2:])
}

// dossierName is the code of a dossier, or words that say it has none yet.
func (s *site) dossierName(l lang) func(dossier.Dossier) string {
	return func(d dossier.Dossier) string {
		if d.Code != nil && *d.Code != "" {
			return *d.Code
		}
		return s.words.say(l, "dossier.no_code", d.ReceivedAt.In(s.zone).Format("15:04 02/01"))
	}
}

// deviceName is a device as people call it; sohoa's own ways in have names.
func (s *site) deviceName(l lang) func(string) string {
	return func(device string) string {
		if key := "device." + device; s.words[key] != nil {
			return s.words.say(l, key)
		}
		return device
	}
}

// why says why a version of a dossier exists. Manifests say it in English; what
// the table does not know is shown as it is.
func (s *site) why(l lang, reason string) string {
	if key := "why." + reason; s.words[key] != nil {
		return s.words.say(l, key)
	}
	return reason
}

// part is a piece of a snippet: matched or not.
type part struct {
	Text string
	Hit  bool
}

// snippetParts takes a snippet apart at its marks.
func snippetParts(snippet string) []part {
	var parts []part
	for snippet != "" {
		before, rest, marked := strings.Cut(snippet, "«")
		if before != "" {
			parts = append(parts, part{Text: before})
		}
		if !marked {
			break
		}
		hit, after, _ := strings.Cut(rest, "»")
		parts, snippet = append(parts, part{Text: hit, Hit: true}), after
	}
	return parts
}
