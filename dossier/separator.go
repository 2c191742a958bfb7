package dossier

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Separator is what the QR code of a separator sheet says: which dossier the
// sheets behind it belong to, and how many there are.
type Separator struct {
	// Code is the dossier's code in canonical form.
	Code string
	// Sheets is how many sheets of paper follow; 0 when the sheet says nothing.
	Sheets int
}

const (
	separatorPrefix  = "SOHOA"
	separatorVersion = "SOHOA1"
	// maxSheets is a bound for a count that was mistyped; a separator stands
	// for one dossier, and no feeder takes a thousand sheets.
	maxSheets = 999
)

// IsPatchT tells whether the code is patch T, by which scanners part batches. A
// sheet with it is a separator that says nothing about the dossier behind it.
func (c Code) IsPatchT() bool { return c.Type == "patch" && c.Text == "T" }

// ParseSeparator reads the text of a QR code. isSeparator is false for any
// other QR code. A separator that can not be trusted (a broken code, a wrong
// check character, a version from the future) is still a separator, with a
// [Fault] of reason code_invalid: what follows it must not join the dossier
// before it.
//
//	SOHOA1|H38.29-260909-0549
//	SOHOA1|H38.29-260909-0549|12|K
func ParseSeparator(qr string) (sep Separator, isSeparator bool, err error) {
	fields := strings.Split(strings.TrimSpace(qr), "|")
	if len(fields) < 2 || !strings.HasPrefix(fields[0], separatorPrefix) {
		return Separator{}, false, nil
	}
	sep, err = parseSeparatorFields(fields)
	if err != nil {
		return Separator{}, true, &Fault{Kind: Park, Op: "read separator", Reason: ReasonCodeInvalid, Err: err}
	}
	return sep, true, nil
}

func parseSeparatorFields(fields []string) (Separator, error) {
	if fields[0] != separatorVersion {
		return Separator{}, fmt.Errorf("form %q is not %s", fields[0], separatorVersion)
	}
	code, err := ParseCode(fields[1])
	if err != nil {
		return Separator{}, err
	}
	switch len(fields) {
	case 2:
		return Separator{Code: code.String()}, nil
	case 4:
	default:
		return Separator{}, errors.New("sheets and check character come together or not at all")
	}
	sheets, err := strconv.Atoi(fields[2])
	if err != nil || sheets < 1 || sheets > maxSheets {
		return Separator{}, fmt.Errorf("number of sheets is not between 1 and %d", maxSheets)
	}
	// The check covers what was printed, not what parsing made of it.
	if want := check37(fields[1] + fields[2]); fields[3] != string(want) {
		return Separator{}, errors.New("check character does not match")
	}
	return Separator{Code: code.String(), Sheets: sheets}, nil
}

// FormatSeparator is the text to print as QR code on a separator sheet. sheets
// is 0 when the number of sheets is not known beforehand.
func FormatSeparator(code string, sheets int) (string, error) {
	parsed, err := ParseCode(code)
	if err != nil {
		return "", err
	}
	if sheets < 0 || sheets > maxSheets {
		return "", fmt.Errorf("separator: number of sheets %d is not between 0 and %d", sheets, maxSheets)
	}
	text := separatorVersion + "|" + parsed.String()
	if sheets == 0 {
		return text, nil
	}
	count := strconv.Itoa(sheets)
	return text + "|" + count + "|" + string(check37(parsed.String()+count)), nil
}

// PrintedCount is the line under the printed code of a separator, with the check
// character of the QR code, so that code and count can be trusted where only the
// print is left:
//
//	Số tờ: 12 / K
func PrintedCount(code string, sheets int) string {
	count := strconv.Itoa(sheets)
	return "Số tờ: " + count + " / " + string(check37(code+count))
}

// printedCount is that line as an engine may read its words.
var printedCount = regexp.MustCompile(`^S\pL+ t\pL+ ?:? ?(\d{1,3}) ?[/|] ?([0-9A-Z])$`)

// ParsePrinted reads the printed code and count of a separator; ok is false
// where the lines are not those, or the check character does not match.
func ParsePrinted(code, count string) (sep Separator, ok bool) {
	m := printedCount.FindStringSubmatch(strings.TrimSpace(count))
	if m == nil {
		return Separator{}, false
	}
	sep, err := parseSeparatorFields([]string{separatorVersion, strings.TrimSpace(code), m[1], m[2]})
	return sep, err == nil
}

// check37 is the check character of ISO/IEC 7064, MOD 37,36 (a hybrid system:
// one character of 0-9A-Z, no punctuation). It finds every single wrong
// character and nearly every swap of neighbours, which is what a clerk typing
// a code by hand gets wrong. Characters outside 0-9A-Z are skipped.
func check37(s string) byte {
	const digits, modulus = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 36
	product := modulus
	for _, r := range strings.ToUpper(s) {
		value := strings.IndexRune(digits, r)
		if value < 0 {
			continue
		}
		sum := (product + value) % modulus
		if sum == 0 {
			sum = modulus
		}
		product = sum * 2 % (modulus + 1)
	}
	return digits[(modulus+1-product)%modulus]
}
