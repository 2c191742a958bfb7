package search

import (
	"fmt"
	"strings"
	"testing"

	"sohoa/dossier/viet"
)

func TestTokensAreTheWordsOfTheText(t *testing.T) {
	for _, text := range []string{
		"", "  ", "Số: 12/QĐ-UBND, ngày 3.", "lặp lặp lặp a a aa a", "Quye\u0302\u0301t định", "\xff hỏng \xfe\xff", "một\nhai\r\nba", "ký tự lạ ½ ² ٣ ไทย",
	} {
		var got []string
		end := 0
		for _, token := range tokenize(text) {
			if token.start < end || token.raw != viet.Normalise(text[token.start:token.end]) {
				t.Errorf("%q: token %+v does not stand where it says", text, token)
			}
			end = token.end
			got = append(got, token.raw)
		}
		if want := viet.Words(viet.Normalise(text)); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q: tokens %v, words %v", text, got, want)
		}
	}
}

func TestJoinedNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"H38.12-250101-0001":            "h38122501010001",
		"CH 662153":                     "ch662153",
		"số CH 662153, thửa 12":         "ch662153",
		"001 085 012 345":               "001085012345",
		"ngày 12/03/1985":               "12031985",
		"1.500.000 đồng":                "1500000",
		"123/QĐ-UBND":                   "123qdubnd",
		"khai sinh":                     "",
		"QĐ-UBND":                       "",
		"điều 12 khoản 3":               "",
		"năm 1985, 120000":              "",
		"1 2 3 4 5 6 7 8 9 1 2 3 4 5 6": "",
		"CH\n662153":                    "",
		"thửa 662153":                   "",
	} {
		var got []string
		for _, w := range joinedNumbers(text) {
			got = append(got, w.fold)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestSyllables(t *testing.T) {
	for _, yes := range strings.Fields(`a y e o u nguyen thi hoa thuy quyet dinh giay khai sinh nghieng thuong gia gi que quoc quynh khuyu
		yen duong truong phuong huyen xa uy ban nhan dan uoc rieng khuya xoong khoeo tuyet giuong`) {
		if !isSyllable(yes) {
			t.Errorf("%q is a syllable", yes)
		}
	}
	for _, no := range strings.Fields(`tr4n nguyenn ubnd cccd h kp bham nguycn truorg h38 12 khoorig w jana fiona sinhh`) {
		if isSyllable(no) {
			t.Errorf("%q is no syllable", no)
		}
	}
}

func TestOneEdit(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"tran", "tr4n", true}, {"tran", "trann", true}, {"tran", "tan", true}, {"tran", "rtan", true}, {"tran", "tran", true},
		{"tran", "tarn", true}, {"tran", "tr44n", false}, {"tran", "nart", false}, {"tran", "t", false}, {"tran", "xrax", false},
		{"đan", "đam", true}, {"", "a", true}, {"", "ab", false}, {"abcd", "bacx", false},
	} {
		if got := oneEdit(c.a, c.b); got != c.want || oneEdit(c.b, c.a) != got {
			t.Errorf("oneEdit(%q, %q) = %v, want %v both ways", c.a, c.b, got, c.want)
		}
	}
}

// Words one edit apart always share a key, or the lookup would miss them.
func TestShortenedKeysMeet(t *testing.T) {
	keys := func(s string) map[string]bool {
		set := map[string]bool{s: true}
		for _, k := range shortened(s) {
			set[k] = true
		}
		return set
	}
	for _, pair := range [][2]string{{"tran", "tr4n"}, {"tran", "trann"}, {"tran", "tan"}, {"tran", "rtan"}, {"aab", "ab"}} {
		shared := false
		for k := range keys(pair[0]) {
			shared = shared || keys(pair[1])[k]
		}
		if !shared {
			t.Errorf("%v share no key", pair)
		}
	}
}

func TestDates(t *testing.T) {
	for text, want := range map[string]string{
		"12/03/1985": "12 3 1985", "1/3/1985": "1 3 1985", "1985-03-01": "1 3 1985", "01.03.1985": "1 3 1985",
		"32/1/1985": "", "1/13/1985": "", "0/1/1985": "", "1/3/85": "", "1/3": "", "1/3/1985/2": "", "12345/1/1985": "", "a/3/1985": "",
	} {
		got := ""
		if d, m, y, ok := dateOf(chunksOf(text)[0]); ok {
			got = fmt.Sprint(d, m, y)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
