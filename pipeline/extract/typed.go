package extract

import (
	"slices"
	"strings"
	"time"

	"sohoa/dossier"
	"sohoa/dossier/viet"
)

// Typed is a value as a person writes it down from the paper, in the form in
// which values of the field are recorded; ok is false when it can be none. A
// person may write any name, so nothing is asked of letters; a day that does not
// exist, or a number with a digit too few, was mistyped.
func Typed(kind dossier.Kind, def dossier.FieldDef, text string) (value, norm string, ok bool) {
	value = strings.Join(strings.Fields(viet.NFC(text)), " ")
	switch def.Type {
	case dossier.TypeDate:
		return typedDate(value)
	case dossier.TypeID, dossier.TypePhone:
		value = strings.NewReplacer(" ", "", ".", "").Replace(value)
		return value, "", value == "" || wellFormed(kind, def.Type, value)
	case dossier.TypeSerial:
		value = tidySerial(dossier.Field{Value: strings.ToUpper(value)}).Value
		return value, "", value == "" || wellFormed(kind, def.Type, value)
	case dossier.TypeMoney:
		return value, strings.NewReplacer(" ", "", ".", "").Replace(value), true
	default:
		return value, "", true
	}
}

// typedDate takes a day, a month or a year, with whatever parts people put
// between the numbers. Nothing is a value, too: the paper may have none.
func typedDate(text string) (value, norm string, ok bool) {
	if text == "" {
		return "", "", true
	}
	text = strings.NewReplacer("-", "/", ".", "/", " ", "/").Replace(text)
	if value, norm, err := compactDate(text); err == nil {
		return value, norm, true
	}
	for _, form := range []struct{ typed, value, norm string }{
		{"2/1/2006", "02/01/2006", time.DateOnly}, {"1/2006", "01/2006", "2006-01"}, {"2006", "2006", "2006"},
	} {
		if at, err := time.Parse(form.typed, text); err == nil {
			return at.Format(form.value), at.Format(form.norm), true
		}
	}
	return "", "", false
}

// Contradicted gives the fields of the first check that confirmed values of a
// paper fail among themselves; none when they agree, or when an unconfirmed one
// may be the wrong one.
func Contradicted(kind dossier.Kind, fields map[string]dossier.Field) []string {
	for _, c := range kind.Checks {
		open := slices.ContainsFunc(c.Fields, func(id string) bool {
			f, there := fields[id]
			return there && f.Status != dossier.FieldConfirmed
		})
		if !open && breached(c, fields) {
			return c.Fields
		}
	}
	return nil
}
