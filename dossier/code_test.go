package dossier_test

import (
	"testing"

	"sohoa/dossier"
)

func TestParseCode(t *testing.T) {
	for in, want := range map[string]string{
		"H38.29-260909-0549":        "H38.29-260909-0549",
		"H15.50.05.13-261008-0975":  "H15.50.05.13-261008-0975",
		"H57-260804-0583":           "H57-260804-0583",
		"G15-260804-150583":         "G15-260804-150583",
		"G15.1A-260804-1505831":     "G15.1A-260804-1505831",
		"000.00.15.H38-250701-0001": "000.00.15.H38-250701-0001",
		" h38.29 – 260909 — 0549 ":  "H38.29-260909-0549",
		"H38.29-240229-0001":        "H38.29-240229-0001", // a leap day
		"H38.29-250229-0001":        "",                   // not one
		"H38.29-261301-0001":        "",
		"H38.29-690101-0001":        "", // would be 1969
		"H38.29-260909-549":         "",
		"H38.29-260909-05491":       "", // five digits belong to nobody
		"Z38.29-260909-0549":        "",
		"H38.29.12345-260909-0549":  "",
		"H38.29-260909-0549-1":      "",
		"H38.29-26O909-0549":        "", // no repair without a known agency
		"0.00.15.H38-250701-0001":   "",
		"":                          "",
		"H38.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1-260909-0549": "", // 37 characters
	} {
		code, err := dossier.ParseCode(in)
		if got := code.String(); got != want || (err == nil) != (want != "") {
			t.Errorf("ParseCode(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	old, err := dossier.ParseCode("000.00.15.H38-250701-0001")
	if err != nil || old.Agency != "H38" || old.Ministry() || old.Day.Format("2006-01-02") != "2025-07-01" {
		t.Errorf("old order: %+v, %v", old, err)
	}
	if portal, _ := dossier.ParseCode("G15-260804-150583"); !portal.Ministry() {
		t.Error("six digits are a ministry's")
	}
}

func TestRepairCode(t *testing.T) {
	cat := load(t)
	for in, want := range map[string]struct {
		code     string
		repaired bool
	}{
		"H38.29-260909-0549":        {"H38.29-260909-0549", false},
		"H38.29-26O9O9-O549":        {"H38.29-260909-0549", true},
		"H38.29-260909-I549":        {"H38.29-260909-1549", true},
		"H38.29-260909-l549":        {"H38.29-260909-1549", true},
		"000.OO.15.H38-2507O1-OOO1": {"000.00.15.H38-250701-0001", true},
		"H99.29-260909-0549":        {"H99.29-260909-0549", false}, // unknown agency, nothing to repair
		"H99.29-26O909-0549":        {"", false},                   // unknown agency: repair refused
		"H38.29-26O931-0549":        {"", false},                   // no such day after repair
		"HOA BINH-260909-0549":      {"", false},
		"H38.29-260909-05A9":        {"", false},
		"":                          {"", false},
	} {
		code, repaired, err := cat.RepairCode(in)
		if code.String() != want.code || repaired != want.repaired || (err == nil) != (want.code != "") {
			t.Errorf("RepairCode(%q) = %q, %v, %v, want %v", in, code, repaired, err, want)
		}
	}
}

// FuzzParseCode holds that a code that parses is its own canonical form.
func FuzzParseCode(f *testing.F) {
	f.Add("H38.29-260909-0549")
	f.Add("000.00.15.h38 - 250701 - 0001")
	f.Fuzz(func(t *testing.T, s string) {
		code, err := dossier.ParseCode(s)
		if err != nil {
			return
		}
		again, err := dossier.ParseCode(code.String())
		if err != nil || again != code {
			t.Errorf("%q → %q → %q, %v", s, code, again, err)
		}
	})
}
