package web

import (
	"strings"
	"testing"

	"sohoa/dossier"
)

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1.000", 1234567: "1.234.567", -1234: "-1.234"} {
		if got := number(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
	for _, c := range []struct {
		x      float64
		places int
		want   string
	}{{1234.5, 1, "1.234,5"}, {0.875, 2, "0,88"}, {-0.5, 1, "-0,5"}, {94, 0, "94"}} {
		if got := decimal(c.x, c.places); got != c.want {
			t.Errorf("%v is written %q, want %q", c.x, got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	table, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{Config: Config{Kinds: kinds}, words: table}
	for _, c := range []struct {
		l        lang
		id, want string
	}{
		{vi, "birth_registration_application", "Tờ khai đăng ký khai sinh"},
		{en, "birth_registration_application", "Birth registration application"},
		{vi, "official_letter", "Công văn"},
		{vi, "", "Chưa rõ loại giấy"},
	} {
		if got := s.kindName(c.l, c.id); got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.id, c.l, got, c.want)
		}
	}
	// Every kind a person can choose has a Vietnamese name.
	for _, k := range paperKinds(kinds) {
		if name := s.kindName(vi, k.ID); strings.EqualFold(name, strings.ReplaceAll(k.ID, "_", " ")) {
			t.Errorf("kind %s has no Vietnamese name", k.ID)
		}
	}
	for value, want := range map[string]string{"015012345612": "0150••••••12", "123456789": "1234•••89", "12": "12"} {
		if got := s.masked("pid", value); got != want {
			t.Errorf("masked: %q, want %q", got, want)
		}
	}
	if got := s.masked("child_name", "Lò Văn Tỏa Dài"); got != "Lò Văn Tỏa Dài" {
		t.Errorf("a name is masked: %q", got)
	}
}

func TestMatched(t *testing.T) {
	words := strings.Fields("Ông Lò Văn Tỏa, sinh ngày 02/03/2026; quyển 05-TP/HT đăng ký khai sinh Mưòng Khương 123456")
	for query, want := range map[string]string{
		"toa":           "Tỏa,",
		"lò văn tỏa":    "Lò Văn Tỏa,",
		`"khai sinh"`:   "khai sinh",
		"02/03":         "02/03/2026;",
		"khuo*":         "Khương",
		`“lò văn” sinh`: "Lò Văn sinh sinh",
		"03-2026":       "02/03/2026;",
		"02/2026":       "",
		"kh":            "",
		"Mường khuong":  "Mưòng Khương",
		"khuang":        "Khương", // misread by one letter
		"123457":        "",       // a number is another number
		"":              "",
	} {
		var page []dossier.Word
		for _, w := range words {
			page = append(page, dossier.Word{Text: w})
		}
		var got []string
		for i, hit := range matched(page, query) {
			if hit {
				got = append(got, words[i])
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q outlines %q, want %q", query, got, want)
		}
	}
}

func TestSnippetParts(t *testing.T) {
	got := snippetParts("cháu «Lò Văn Tỏa» sinh «ngày")
	want := []part{{"cháu ", false}, {"Lò Văn Tỏa", true}, {" sinh ", false}, {"ngày", true}}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("part %d: %v, want %v", i, got[i], want[i])
		}
	}
}
