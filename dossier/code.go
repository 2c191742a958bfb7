package dossier

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// DossierCode is the code (mã hồ sơ) that an information system gave to a
// dossier when it was received. Two grammars are on paper:
//
//	H38.29-260909-0549          unit - day - number of that day (since 2020)
//	000.00.15.H38-250701-0001   the older order, the unit read right to left
//
// Four digits at the end come from a provincial system, six or seven from a
// ministry's portal. The zero value is no code.
type DossierCode struct {
	// Unit is the agency code, as written ("H38.29", "000.00.15.H38").
	Unit string
	// Agency is the level-1 part of Unit: "H38".
	Agency string
	// Day is the day of receipt the code claims, at midnight UTC.
	Day time.Time
	// Number is the running number with its leading zeros.
	Number string
}

// String is the canonical form: upper case, no spaces, plain hyphens. Equal
// codes have equal strings.
func (c DossierCode) String() string {
	if c.Unit == "" {
		return ""
	}
	return c.Unit + "-" + c.Day.Format("060102") + "-" + c.Number
}

// Ministry tells whether a ministry's portal gave the code, not a provincial
// system.
func (c DossierCode) Ministry() bool { return len(c.Number) > 4 }

// maxUnitCode is the length limit of an agency code (QĐ 20/2020/QĐ-TTg, Điều 4).
const maxUnitCode = 35

var (
	newCode = regexp.MustCompile(`^(([A-Y][0-9]{2})(?:\.[0-9A-Z]{1,4})*)-([0-9]{6})-([0-9]{4}|[0-9]{6,7})$`)
	oldCode = regexp.MustCompile(`^([0-9]{3}\.[0-9]{2,3}\.[0-9]{2}\.([A-Y][0-9]{2}))-([0-9]{6})-([0-9]{4})$`)
)

// ParseCode reads a dossier code as typed or as carried by a machine-readable
// code. It forgives case, spaces and the kind of dash, and nothing else: a day
// that does not exist is an error. For text read by an engine use
// [Catalogue.RepairCode].
func ParseCode(s string) (DossierCode, error) {
	return parseCanonical(canonicalCode(s))
}

// canonicalCode drops what carries no meaning.
func canonicalCode(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\u00a0':
			return -1
		case '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212':
			return '-'
		}
		return r
	}, strings.ToUpper(strings.TrimSpace(s)))
}

func parseCanonical(s string) (DossierCode, error) {
	m := newCode.FindStringSubmatch(s)
	if m == nil {
		m = oldCode.FindStringSubmatch(s)
	}
	if m == nil || len(m[1]) > maxUnitCode {
		return DossierCode{}, fmt.Errorf("dossier code %q: not unit-yymmdd-number", s)
	}
	day, err := time.Parse("060102", m[3])
	// Two digits of year mean 2000–2099 here; time.Parse puts 69–99 before.
	if err != nil || day.Year() < 2000 {
		return DossierCode{}, fmt.Errorf("dossier code %q: %s is not a day (yymmdd)", s, m[3])
	}
	return DossierCode{Unit: m[1], Agency: m[2], Day: day, Number: m[4]}, nil
}

// RepairCode reads a dossier code from text an engine recognized. Where the
// grammar wants a digit, the letters O and I (and l, Q, D, S, B, Z) are taken
// for the digits they look like, but only when the result carries the code of
// an agency the catalogue knows: without that anchor a repair could turn noise
// into somebody else's dossier. repaired tells whether letters were changed.
func (c *Catalogue) RepairCode(s string) (code DossierCode, repaired bool, err error) {
	s = canonicalCode(s)
	if code, err = parseCanonical(s); err == nil {
		return code, false, nil
	}
	fixed, ok := digitsWhereDue(s)
	if !ok {
		return DossierCode{}, false, err
	}
	code, fixErr := parseCanonical(fixed)
	if _, known := c.Agency(code.Agency); fixErr != nil || !known {
		return DossierCode{}, false, err
	}
	return code, true, nil
}

// lookAlikes are capital letters that engines read for a digit.
var lookAlikes = strings.NewReplacer("O", "0", "Q", "0", "D", "0", "I", "1", "L", "1", "|", "1", "S", "5", "B", "8", "Z", "2")

// digitsWhereDue replaces look-alikes in the parts of a code that hold digits
// only: day and number, and the two digits of the level-1 agency.
func digitsWhereDue(s string) (string, bool) {
	parts := strings.Split(s, "-")
	if len(parts) != 3 {
		return s, false
	}
	groups := strings.Split(parts[0], ".")
	agency := 0
	if len(groups) == 4 && len(groups[3]) == 3 && len(groups[0]) == 3 && len(groups[1]) >= 2 {
		agency = 3
		for i := range agency {
			groups[i] = lookAlikes.Replace(groups[i])
		}
	}
	if len(groups[agency]) != 3 {
		return s, false
	}
	groups[agency] = groups[agency][:1] + lookAlikes.Replace(groups[agency][1:])
	return strings.Join(groups, ".") + "-" + lookAlikes.Replace(parts[1]) + "-" + lookAlikes.Replace(parts[2]), true
}
