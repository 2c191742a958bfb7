package extract

import (
	"testing"
	"time"

	"sohoa/dossier"
)

func TestPersonAgrees(t *testing.T) {
	for _, c := range []struct {
		id, born, sex string
		want          bool
	}{
		{"010190001234", "1990-05-06", "Nữ", true},
		{"010190001234", "1990-05-06", "Nam", false},
		{"010190001234", "1991-05-06", "", false},
		{"010090001234", "1990", "Nam", true},
		{"010224001234", "2024-01-02", "Nam", true},
		{"010224001234", "1924-01-02", "Nam", false},
		{"010324001234", "2024-01-02", "Nữ", true},
		{"081234567", "1960-01-02", "Nam", true}, // an old number tells nothing
	} {
		if got := personAgrees(c.id, c.born, c.sex); got != c.want {
			t.Errorf("personAgrees(%s, %s, %s) = %v", c.id, c.born, c.sex, got)
		}
	}
}

func TestNameForm(t *testing.T) {
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := kinds.Kind("birth_certificate")
	for name, want := range map[string]bool{
		"Giàng A Páo": true, "VÀNG THỊ MỶ": true, "Nguyễn Văn Hùng": true, "Lò Thị Ơn": true,
		"HÀ THỊ THỀM Giới": false,                                                                                     // the label behind it was misread
		"Hoàng Thị Mỷ":     true, "Hoàng Thị My": false, "LÒ VĂN TY": false, "Đặng Thuy": false, "Lê Quang Huy": true, // ỵ is read as y
		"Tẩn Mùi Mẩy": true, "Tấn Mùi Mẩy": false, // no surname
		"Páo": false, "Phạm Văn": false, "Dương Ngọc Longù": false, "Trần lan": false,
	} {
		if got := nameForm(kind, name); got != want {
			t.Errorf("nameForm(%s) = %v", name, got)
		}
	}
}

func TestSpelledDate(t *testing.T) {
	for iso, want := range map[string]string{
		"2017-05-12": "ngaymuoihaithangnamnamhainghinkhongtrammuoibay",
		"1991-11-21": "ngayhaimuoimotthangmuoimotnammotnghinchintramchinmuoimot",
		"2005-10-15": "ngaymuoilamthangmuoinamhainghinkhongtramlinhnam",
		"2000-01-04": "ngaybonthangmotnamhainghinkhongtram",
	} {
		if got := spelledDate(iso); got != want {
			t.Errorf("spelledDate(%s) = %s, want %s", iso, got, want)
		}
	}
}

func TestSymbolOf(t *testing.T) {
	decision := dossier.Kind{Symbols: []string{"QĐ"}}
	for number, want := range map[string]bool{"12/QĐ-UBND": true, "51/2025/QĐ-TTg": true, "51/QĐ/2025": true, "51/TB/2025": false, "12/QD-UBND": false, "12/TB-UBND": false, "12": true} {
		if got := symbolOf(decision, number); got != want {
			t.Errorf("symbolOf(%s) = %v", number, got)
		}
	}
}

// TestChecks: each check makes both fields doubtful, changes no value, and
// leaves what a code says alone.
func TestChecks(t *testing.T) {
	day := func(iso string) dossier.Field {
		at, err := time.Parse(time.DateOnly, iso)
		if err != nil {
			t.Fatal(err)
		}
		return dossier.Field{Value: at.Format("02/01/2006"), Norm: iso, Confidence: 0.96, Source: "ocr"}
	}
	name := func(n string) dossier.Field { return dossier.Field{Value: n, Confidence: 0.96, Source: "ocr"} }
	for what, c := range map[string]struct {
		check  dossier.Check
		fields map[string]dossier.Field
		want   bool
	}{
		"died before birth": {dossier.Check{How: dossier.CheckOrder, Fields: []string{"dob", "dod"}}, map[string]dossier.Field{"dob": day("1960-02-03"), "dod": day("1950-02-03")}, true},
		"died after birth":  {dossier.Check{How: dossier.CheckOrder, Fields: []string{"dob", "dod"}}, map[string]dossier.Field{"dob": day("1950-02-03"), "dod": day("1960-02-03")}, false},
		"weds herself":      {dossier.Check{How: dossier.CheckApart, Fields: []string{"wife", "husband"}}, map[string]dossier.Field{"wife": name("Lò Thị Ơn"), "husband": name("LÒ THỊ ƠN")}, true},
		"only one read":     {dossier.Check{How: dossier.CheckApart, Fields: []string{"wife", "husband"}}, map[string]dossier.Field{"wife": name("Lò Thị Ơn")}, false},
		"another's number":  {dossier.Check{How: dossier.CheckPerson, Fields: []string{"id", "dob", "sex"}}, map[string]dossier.Field{"id": name("010190001234"), "dob": day("1962-02-03")}, true},
	} {
		before := map[string]string{}
		for id, f := range c.fields {
			before[id] = f.Value
		}
		p := paper{kind: dossier.Kind{Checks: []dossier.Check{c.check}}}
		p.check(c.fields)
		for id, f := range c.fields {
			if doubted := f.Confidence < 0.5; doubted != c.want || f.Value != before[id] {
				t.Errorf("%s: %s = %q %.2f", what, id, f.Value, f.Confidence)
			}
		}
	}
	fields := map[string]dossier.Field{"id": {Value: "010190001234", Confidence: 1, Source: "qr"}, "dob": day("1962-02-03")}
	p := paper{kind: dossier.Kind{Checks: []dossier.Check{{How: dossier.CheckPerson, Fields: []string{"id", "dob"}}}}}
	if p.check(fields); fields["id"].Confidence != 1 || fields["dob"].Confidence >= 0.5 {
		t.Errorf("what a code says is %.2f, what was read beside it %.2f", fields["id"].Confidence, fields["dob"].Confidence)
	}
}
