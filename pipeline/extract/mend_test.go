package extract

import (
	"math"
	"strings"
	"testing"

	"sohoa/dossier"
)

// read makes tokens of a text, as an engine that is sure of them would.
func read(words ...string) (all []token) {
	for _, w := range words {
		all = append(all, tokensOf(dossier.Word{Text: w, Confidence: 0.96}, "p")...)
	}
	return all
}

// TestTokens: what an engine joined is parted, what Vietnamese can not have is
// respelled, and what may be a name of another language stays.
func TestTokens(t *testing.T) {
	for word, want := range map[string]string{
		"mẹ:Tòng": "mẹ: Tòng", "Số:866/GM-UBND": "Số: 866/GM-UBND", "năm:1995": "năm: 1995", "14:05": "14:05", "http://dichvucong": "http://dichvucong",
		"cộngđồng": "cộng đồng", "duyệtKế": "duyệt Kế", "internet": "internet", "Nguyễn": "Nguyễn",
		"Dươnø": "Dương", "Miñh": "Minh", "Ðinh": "Đinh", "N'gọc": "Ngọc", "cộn@": "cộng",
		"K'Brôih": "K'Brôih", "H'Len": "H'Len", "Y'Wang": "Y'Wang", "13/'07/1945": "13/07/1945", "1986@5": "1986,5",
	} {
		if got := textOf(read(word)); got != want {
			t.Errorf("%s is read as %s, want %s", word, got, want)
		}
	}
	if got := readOf(read("Dươnø")); got != "Dươnø" {
		t.Errorf("what was read became %s", got)
	}
	if sure := read("Dươnø")[0].Confidence; sure != mended {
		t.Errorf("a mended word is %v sure, want %v", sure, mended)
	}
	if sure := read("Ðinh")[0].Confidence; sure != 0.96 {
		t.Errorf("a letter that looks the same is %v sure, want 0.96", sure)
	}
}

// TestMend: a form that leaves one reading is mended, and never accepted; where
// a figure is missing there is no value.
func TestMend(t *testing.T) {
	for _, c := range []struct {
		typ        dossier.FieldType
		text, want string
	}{
		{dossier.TypeDate, "0704/1992", "07/04/1992"}, {dossier.TypeDate, "17/071989", "17/07/1989"}, {dossier.TypeDate, "3207/1989", ""},
		{dossier.TypeDate, "20/06/002", ""}, {dossier.TypeDate, "17071989", ""},
		{dossier.TypeMoney, "824.000:000 đồng", "824.000.000"}, {dossier.TypeMoney, "300.000.00 đồng", ""},
		{dossier.TypeID, "0,02200184744", "002200184744"}, {dossier.TypeID, "01120534808", ""},
		{dossier.TypeCode, "H38,71-251024-0890", "H38.71-251024-0890"}, {dossier.TypeCode, "H1837-251022-0866", "H18.37-251022-0866"},
		{dossier.TypeCode, "H38.17-2606041147", "H38.17-260604-1147"}, {dossier.TypeCode, "H60.46-26622-1878", ""},
	} {
		f, ok := candidate{typ: c.typ, like: 1, value: read(c.text)}.read()
		if f.Value != c.want || ok != (c.want != "") {
			t.Errorf("%s %q is %q, want %q", c.typ, c.text, f.Value, c.want)
		}
		if f.Confidence > mended {
			t.Errorf("%s %q is %v sure", c.typ, c.text, f.Confidence)
		}
	}
}

func TestMendNumber(t *testing.T) {
	p := &paper{kind: dossier.Kind{Symbols: []string{"QĐ", "TB"}}}
	for text, want := range map[string]string{
		"Số: 1588QĐ-UBND": "1588/QĐ-UBND", "Số: 374/TBUBND": "374/TB-UBND", "ố: 833/QĐ-UBND": "833/QĐ-UBND", "Số: 12/HĐLĐ": "", "Số: 1588": "",
	} {
		if f, _ := p.mendNumber([]row{{tokens: read(strings.Fields(text)...)}}); f.Value != want {
			t.Errorf("%s is %q, want %q", text, f.Value, want)
		}
	}
	for number, want := range map[string]bool{"133/QĐ-UBD": true, "405/TTr-UAND": true, "405/TTr-UBND": false, "12/QĐ-TTg": false, "3722/VPCP-CN": false} {
		if got := nearlyCommittee(number); got != want {
			t.Errorf("nearlyCommittee(%s) = %v", number, got)
		}
	}
}

// TestLostLetter: a box too wide for its letters is a doubt, in regular and in
// bold type; so is a word in small letters behind a name.
func TestLostLetter(t *testing.T) {
	faces := loadFaces()
	line := func(words ...string) row {
		r := row{width: 2480}
		x := 0
		for _, w := range words {
			printed := w
			if w == "3/09/1988" {
				printed = "23/09/1988"
			}
			wide := faces[0].advance(printed) * 40 / 1000
			r.tokens = append(r.tokens, token{Word: dossier.Word{Text: w, X: x, W: wide, H: 40, Confidence: 0.96}, read: w})
			x += wide + 10
		}
		r.measure(faces)
		return r
	}
	for word, want := range map[string]bool{"13/09/1988": false, "3/09/1988": true} {
		r := line("Ngày,", "tháng,", "năm", "sinh:", word)
		if got := misfits(r.tokens[4:], dossier.TypeDate); got != want {
			t.Errorf("%s misfits: %v", word, got)
		}
	}
	f, _ := candidate{typ: dossier.TypeName, like: 1, value: read("Nguyễn", "Kim", "guyệt,")}.read()
	if f.Confidence > mended {
		t.Errorf("%s is %v sure", f.Value, f.Confidence)
	}
}

// TestMoneyInWords: words that say the same vouch for the figures, words that
// say another amount make them doubtful.
func TestMoneyInWords(t *testing.T) {
	for amount, want := range map[int]string{
		300_000_000: "batramtrieu", 1_005_020_000: "motty" + "khongtramlinhnamtrieu" + "khongtramhaimuoinghin", 946_000_000: "chintrambonmuoisautrieu", 0: "",
	} {
		if got := spelledWhole(amount); got != want {
			t.Errorf("%d is %s, want %s", amount, got, want)
		}
	}
	for words, want := range map[string]func(float64) bool{
		"(Bằng chữ: Ba trăm triệu đồng)":               func(sure float64) bool { return sure > 0.8 },
		"(Bằng chữ: Năm trăm sáu mươi hai triệu đồng)": func(sure float64) bool { return sure < 0.5 },
		"thanh toán một lần":                           func(sure float64) bool { return sure == 0.7 },
	} {
		p := &paper{kind: dossier.Kind{Labels: []dossier.Label{{Field: "price", Type: dossier.TypeMoney}}}, rows: []row{{tokens: read(strings.Fields(words)...)}}}
		fields := map[string]dossier.Field{"price": {Value: "300.000.000", Norm: "300000000", Confidence: 0.7, Source: "ocr"}}
		if p.compareSpelled(fields); !want(fields["price"].Confidence) {
			t.Errorf("beside %q the amount is %v sure", words, fields["price"].Confidence)
		}
	}
}

// TestAreaInWords: the same of areas, also where a price is spelled out, too.
func TestAreaInWords(t *testing.T) {
	const vouched, alone, against = 0.91, 0.7, 0.35
	for _, c := range []struct {
		area, words string
		want        float64
	}{
		{"300", "(Bằng chữ: ba trăm mét vuông)", vouched},
		{"3.577,4", "bằng chữ: Ba ngàn năm trăm bảy mươi bảy phẩy bốn mét vuông; hình thức sử dụng", vouched},
		{"125,75", "(bằng chữ: một trăm hai mươi lăm phẩy bảy năm mét vuông)", vouched},
		{"125,75", "(bằng chữ: một trăm hai mươi lăm phẩy bảy mươi lăm mét vuông)", vouched},
		{"84,05", "(bằng chữ: tám mươi tư phẩy không năm mét vuông)", vouched},
		{"84.5", "Giá: 300.000.000 đồng (Bằng chữ: Ba trăm triệu đồng) diện tích (Bằng chữ: tám mươi bốn phẩy năm mét vuông)", vouched},
		{"845", "(Bằng chữ: tám mươi bốn phẩy năm mét vuông)", against},
		{"12", "(Bằng chữ: một trăm hai mươi ba mét vuông)", against},
		{"12", "(Bằng chữ: Ba trăm triệu đồng)", alone},
		{"12", "thửa đất số 3", alone},
	} {
		p := &paper{kind: dossier.Kind{Labels: []dossier.Label{{Field: "area", Type: dossier.TypeArea}}}, rows: []row{{tokens: read(strings.Fields(c.words)...)}}}
		fields := map[string]dossier.Field{"area": {Value: c.area, Confidence: 0.7, Source: "ocr"}}
		if p.compareSpelled(fields); math.Abs(fields["area"].Confidence-c.want) > 0.001 {
			t.Errorf("%s beside %q is %v sure, want %v", c.area, c.words, fields["area"].Confidence, c.want)
		}
	}
}

func TestCertificateSerial(t *testing.T) {
	for text, want := range map[string]string{
		"AA 01234567|mã 123|Tờ bản đồ 5": "AA 01234567", "AA 01234567|AB 01234567": "", "https://example.vn/AA01234567": "", "BK 123456": "BK 123456", "": "",
	} {
		if got := certificateSerial(text); got != want {
			t.Errorf("%q has the serial %q, want %q", text, got, want)
		}
	}
}

// TestMendHeadNumber reads numbers of which a letter was lost, for a person to see.
func TestMendHeadNumber(t *testing.T) {
	for line, want := range map[string]string{
		"Số: 971/TB-UAND": "971/TB-UBND", "Số: 971/TB-UBD": "971/TB-UBND", "ố: 971/TB-UBND": "971/TB-UBND", "Số: 971/TB-UBNDNV": "971/TB-UBND-NV",
		"Số: 971/TB-UBND": "971/TB-UBND", "Số: 971/TB-SNV": "971/TB-SNV", "Số: 971/TB/2026": "971/TB/2026",
		"Số: 971/TB/SNV": "971/TB/SNV", "Số: 971/TB/12": "971/TB",
	} {
		p := paper{kind: dossier.Kind{Symbols: []string{"TB"}}}
		var r row
		for _, w := range strings.Fields(line) {
			r.tokens = append(r.tokens, tokensOf(dossier.Word{Text: w, Confidence: 0.96}, "p")...)
		}
		f, ok := p.readHeadNumber([]row{r}, dossier.TypeNumber)
		if !ok || f.Value != want {
			t.Errorf("%q: %q %v, want %q", line, f.Value, ok, want)
		}
		if whole := strings.HasSuffix(line, want); (f.Confidence > mended) != (whole && strings.HasPrefix(line, "Số")) {
			t.Errorf("%q: %q is %v sure", line, f.Value, f.Confidence)
		}
	}
}

// TestVouchNames: a name that stands twice and was read the same is surer; a part
// of a longer name is none, and another tone is another name.
func TestVouchNames(t *testing.T) {
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := kinds.Kind("birth_certificate")
	kind.Labels = []dossier.Label{{Field: "mother", Type: dossier.TypeName}}
	for below, want := range map[string]bool{"Cầm Thị Xôm": true, "CẦM THỊ XÔM,": true, "Câm Thị Xôm": false, "Cầm Thị Xôm Hoa": false, "": false} {
		p := paper{kind: kind, rows: []row{{tokens: read("mẹ:", "Cầm", "Thị", "Xôm")}}}
		if below != "" {
			p.rows = append(p.rows, row{tokens: read(strings.Fields(below)...)})
		}
		fields := map[string]dossier.Field{"mother": {Value: "Cầm Thị Xôm", Confidence: 0.92, Source: "ocr"}}
		if p.vouchNames(fields); (fields["mother"].Confidence > 0.92) != want {
			t.Errorf("above %q the name is %v sure", below, fields["mother"].Confidence)
		}
	}
}

func TestTidySerial(t *testing.T) {
	for in, want := range map[string]string{"AE77215178": "AE 77215178", "ẠA 96671915": "AA 96671915", "ĐA 123456": "ĐA 123456", "": ""} {
		got := tidySerial(dossier.Field{Value: in, Confidence: 0.96})
		if got.Value != want || (got.Confidence > mended) != !strings.HasPrefix(in, "Ạ") {
			t.Errorf("tidySerial(%q) = %q %v, want %q", in, got.Value, got.Confidence, want)
		}
	}
}

func TestInThousands(t *testing.T) {
	for in, want := range map[string]string{"515.000000": "515.000.000", "804000.000": "804.000.000", "83.000.000": "83.000.000", "325.50.000": "", "829.000.00": ""} {
		if got := inThousands(in); got != want {
			t.Errorf("inThousands(%q) = %q, want %q", in, got, want)
		}
	}
}
