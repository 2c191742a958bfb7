package dossier

import (
	"errors"
	"strings"
	"testing"
)

// TestCheck37 uses identifiers published with their check character: GRid
// (IFPI, GRid standard 2.1) and ISAN (ISO 15706), both MOD 37,36.
func TestCheck37(t *testing.T) {
	for _, published := range []string{"A12425GABC1234002M", "B159D8FA01240000K", "188166C7342000003"} {
		body, check := published[:len(published)-1], published[len(published)-1]
		if got := check37(body); got != check {
			t.Errorf("check37(%s) = %c, want %c", body, got, check)
		}
	}
	if check37("H38.29-260909-054912") != check37("H3829260909054912") {
		t.Error("punctuation must not count")
	}
}

// TestCheck37FindsTypingErrors proves the promise made for typing by hand.
func TestCheck37FindsTypingErrors(t *testing.T) {
	const code = "H3829260909054912"
	want := check37(code)
	for i := range code {
		for _, r := range "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
			wrong := code[:i] + string(r) + code[i+1:]
			if wrong != code && check37(wrong) == want {
				t.Errorf("%s passes with the check of %s", wrong, code)
			}
		}
	}
}

func TestSeparatorRoundTrip(t *testing.T) {
	for _, c := range []Separator{{"H38.29-260909-0549", 0}, {"H38.29-260909-0549", 12}, {"000.00.15.H38-250701-0001", 1}} {
		text, err := FormatSeparator(c.Code, c.Sheets)
		if err != nil {
			t.Fatal(err)
		}
		got, isSeparator, err := ParseSeparator(text)
		if err != nil || !isSeparator || got != c {
			t.Errorf("ParseSeparator(%q) = %+v, %v, %v, want %+v", text, got, isSeparator, err, c)
		}
	}
	for _, bad := range []Separator{{"H38.29-260931-0549", 0}, {"H38.29-260909-0549", -1}, {"H38.29-260909-0549", 1000}} {
		if text, err := FormatSeparator(bad.Code, bad.Sheets); err == nil {
			t.Errorf("FormatSeparator(%+v) = %q, want an error", bad, text)
		}
	}
}

func TestParseSeparator(t *testing.T) {
	good, err := FormatSeparator("H38.29-260909-0549", 12)
	if err != nil {
		t.Fatal(err)
	}
	for _, foreign := range []string{"", "https://example.org", "H38.29-260909-0549", "SOHOA1", "012345678901|x|NGUYEN VAN A"} {
		if sep, isSeparator, err := ParseSeparator(foreign); isSeparator || err != nil || sep != (Separator{}) {
			t.Errorf("ParseSeparator(%q) = %+v, %v, %v: not ours", foreign, sep, isSeparator, err)
		}
	}
	for _, broken := range []string{
		"SOHOA1|", "SOHOA1|H38.29-260931-0549", "SOHOA1|H38.29-260909-0549|12", "SOHOA1|H38.29-260909-0549|0|A", "SOHOA1|H38.29-260909-0549|x|A",
		strings.Replace(good, "|12|", "|21|", 1), strings.Replace(good, "0549", "0594", 1), "SOHOA2|H38.29-260909-0549", good + "|more",
	} {
		sep, isSeparator, err := ParseSeparator(broken)
		var fault *Fault
		if !isSeparator || sep != (Separator{}) || !errors.As(err, &fault) || fault.Reason != ReasonCodeInvalid {
			t.Errorf("ParseSeparator(%q) = %+v, %v, %v: want a separator without code", broken, sep, isSeparator, err)
		}
	}
}

// TestPrinted reads what is printed on a separator back, and refuses it with any
// one character wrong.
func TestPrinted(t *testing.T) {
	const code = "H38.29-260909-0549"
	line := PrintedCount(code, 12)
	if sep, ok := ParsePrinted(code, line); !ok || sep != (Separator{code, 12}) {
		t.Fatalf("ParsePrinted(%q, %q) = %v, %v", code, line, sep, ok)
	}
	if sep, ok := ParsePrinted(code, strings.Replace(line, "Số", "Sô", 1)); !ok || sep.Sheets != 12 {
		t.Error("a misread tone matters")
	}
	for i := range code {
		for _, r := range "0123456789" {
			if wrong := code[:i] + string(r) + code[i+1:]; wrong != code {
				if sep, ok := ParsePrinted(wrong, line); ok {
					t.Errorf("%s passes as %v", wrong, sep)
				}
			}
		}
	}
	for _, wrong := range []string{"", "Số tờ: 12", "Số tờ: 13" + line[len("Số tờ: 12"):], "Số tờ: 12 / ?"} {
		if _, ok := ParsePrinted(code, wrong); ok {
			t.Errorf("%q passes", wrong)
		}
	}
}
