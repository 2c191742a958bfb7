package classify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline/classify"
)

func load(t *testing.T) *dossier.Catalogue {
	t.Helper()
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

const national = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\n"

func text(s string) dossier.Reading { return dossier.Reading{Text: s} }

// sure tells whether the guess passes the gate of its kind.
func sure(cat *dossier.Catalogue, g classify.Guess) bool {
	kind, _ := cat.Kind(g.Kind)
	return g.Kind != dossier.KindOther && g.Confidence >= kind.Gate
}

// filled is what stands below the title of a paper of the kind.
func filled(k dossier.Kind) string {
	switch {
	case k.ID == dossier.KindSeparator:
		return "H38.29-260909-0549\n"
	case k.Group == dossier.GroupIdentity:
		return "Số: 012345678901\nHộ chiếu B1234567\nHọ và tên: Nguyễn Văn An\nNgày sinh: 01/02/1962\nQuốc tịch: Việt Nam\n"
	}
	return "Họ, chữ đệm, tên: Nguyễn Văn An\n"
}

// TestEveryTitle holds that each title of the catalogue, printed under a
// letterhead, names its own kind and no other.
func TestEveryTitle(t *testing.T) {
	t.Parallel()
	cat := load(t)
	for _, k := range cat.Kinds() {
		for _, title := range k.AllTitles() {
			g := classify.Classify(cat, text(national+title+"\n\n"+filled(k)))
			if g.Kind != k.ID || !sure(cat, g) || !g.First {
				t.Errorf("%s: %v first %t, want %s: %q", title, g, g.First, k.ID, g.Reasons)
			}
			if g.Role != k.Role {
				t.Errorf("%s: role %s, want %s", title, g.Role, k.Role)
			}
		}
	}
}

// TestDamagedTitles takes letters out of today's titles: the name may get lost,
// but it must not become another.
func TestDamagedTitles(t *testing.T) {
	t.Parallel()
	cat := load(t)
	apart := 4 // letters between two damages
	if testing.Short() {
		apart = 24
	}
	for _, k := range cat.Kinds() {
		for _, title := range k.Titles {
			letters := []rune(title)
			for i := 0; i+2 < len(letters); i += apart {
				damaged := slices.Concat(letters[:i], []rune{'~'}, letters[i+2:])
				g := classify.Classify(cat, text(national+string(damaged)+"\n\n"+filled(k)))
				if sure(cat, g) && g.Kind != k.ID {
					t.Errorf("%q: %v, want %s or unsure: %q", string(damaged), g, k.ID, g.Reasons)
				}
			}
		}
	}
}

// TestPages classifies heads as they stand on paper. want ends in "?" when the
// page must be left to a person, whatever is proposed.
func TestPages(t *testing.T) {
	cat := load(t)
	for name, c := range map[string]struct{ page, want string }{
		"title over two lines":                          {national + "TỜ KHAI\nCẤP GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN\nKính gửi: Ủy ban nhân dân xã", "marital_status_application"},
		"title over three lines":                        {national + "GIẤY CHỨNG NHẬN\nQUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN\nVỚI ĐẤT\n1. Người sử dụng đất:", "land_use_certificate"},
		"copy mark behind":                              {national + "TRÍCH LỤC KHAI SINH (BẢN SAO)\nHọ, chữ đệm, tên:", "birth_extract"},
		"copy mark above":                               {"UBND XÃ SƠN HÀ\n" + national + "BẢN SAO\nGIẤY KHAI SINH\nHọ và tên:", "birth_certificate"},
		"footnote mark":                                 {national + "GIẤY ỦY QUYỀN(1)\nHôm nay, ngày 01 tháng 02 năm 2025", "power_of_attorney"},
		"form number above":                             {"Mẫu số 18\n(Ban hành kèm theo Nghị định số 151/2025/NĐ-CP)\n" + national + "ĐƠN ĐĂNG KÝ BIẾN ĐỘNG ĐẤT ĐAI, TÀI SẢN GẮN LIỀN VỚI ĐẤT\nKính gửi:", "land_change_application"},
		"words joined and split":                        {national + "GIẤYCHỨNG SI NH\nHọ và tên mẹ", "birth_notice"},
		"tones lost":                                    {national + "QUYET ĐINH\nVề việc phê duyệt kế hoạch\nCăn cứ Luật", "decision"},
		"old title":                                     {national + "GIẤY CHỨNG NHẬN QUYỀN SỞ HỮU NHÀ Ở VÀ QUYỀN SỬ DỤNG ĐẤT Ở\n", "land_use_certificate"},
		"special contract before general":               {national + "HỢP ĐỒNG CHUYỂN NHƯỢNG QUYỀN SỬ DỤNG ĐẤT\nChúng tôi gồm có:", "land_transfer_contract"},
		"general contract":                              {national + "HỢP ĐỒNG THUÊ NHÀ\nChúng tôi gồm có:", "contract"},
		"labour contract":                               {"HỢP ĐỒNG LAO ĐỘNG\nSố: 042/HĐLĐ/2026\nHôm nay", "contract"},
		"title against its symbol":                      {"UBND XÃ\nSố: 12/QĐ-UBND\n" + national + "QUY ĐỊNH\nVề việc", "?"},
		"decision":                                      {"ỦY BAN NHÂN DÂN\nXÃ NA SON\nSố: 763/QĐ-UBND\n\n" + national + "QUYẾT ĐỊNH\nVề việc công nhận\nCHỦ TỊCH ỦY BAN NHÂN DÂN XÃ NA SON\nCăn cứ Luật", "decision"},
		"decision under a seal":                         {"ỦY BAN NHÂN DÂN\nXÃ NA SON\nSố: 763/QĐ-UBND\n\n" + national + "~~ 'Y\nVề việc công nhận\nQUYẾT ĐỊNH:\nĐiều 1. Công nhận", "decision"},
		"official letter":                               {"UBND TỈNH\nVĂN PHÒNG\nSố: 575 /UBND-KTTH\nV/v tham gia ý kiến\n\n" + national + "Kính gửi: Sở Tài chính\nTheo đề nghị", "official_letter"},
		"letter whose address is misread":               {"UBND TỈNH\nVĂN PHÒNG\nSố: 575 /UBND-KTTH\nV/v tham gia ý kiến\n\n" + national + "Kính øửi: Sở Tài chính\nTheo đề nghị", "official_letter"},
		"letter without the S of its number":            {"UBND TỈNH\nVĂN PHÒNG\nố: 575/UBND-KTTH\nV/v' tham gia ý kiến\n\n" + national + "Kính gửi: Sở Tài chính\nTheo đề nghị", "official_letter"},
		"a letter lost that no other title has":         {national + "GIẤY KHAI INH\nHọ, chữ đệm, tên:", "birth_certificate"},
		"nothing left that parts two titles":            {national + "GIẤY KHAI ~~\nHọ, chữ đệm, tên:", "?"},
		"letter without subject line":                   {"UBND TỈNH\nSố: 575 /UBND-KTTH\n\n" + national + "Kính gửi: Sở Tài chính\nTheo đề nghị", "?"},
		"old identity card":                             {national + "GIẤY CHỨNG MINH NHÂN DÂN\nSố 012345678\nHọ tên Nguyễn Văn An\nSinh ngày 01-02-1962\nNguyên quán Sơn Hà", "citizen_id_card"},
		"heading of an identity card without its lines": {national + "GIẤY CHỨNG MINH NHÂN DÂN\nSố 012345678", "?"},
		"subject in capitals names a certificate":       {"UBND XÃ\nSố: 12/TB-UBND\n" + national + "THÔNG BÁO\nVỀ VIỆC NIÊM YẾT CÔNG KHAI HỒ SƠ CẤP\nGIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT\nCăn cứ", "notice"},
		"certificate of another kind":                   {national + "GIẤY CHỨNG NHẬN ĐĂNG KÝ DOANH NGHIỆP\nMã số:", "?"},
		"unknown form":                                  {national + "ĐƠN XIN NGHỈ VIỆC\nKính gửi: Ban Giám đốc", "?"},
		"title may begin above":                         {national + "ĐƠN XIN CẤP\nGIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN\nKính gửi: Ủy ban nhân dân xã", "?"},
		"symbol contradicts":                            {"UBND XÃ\nSố: 12/QĐ-UBND\n" + national + "THÔNG ÁO\nVề việc", "?"},
		"decision cited in a sentence":                  {"theo\nQuyết định số 15/QĐ-UBND ngày 01 tháng 02 năm 2025 của Ủy ban nhân dân xã,", "?"},
		"paper listed in an application":                {"3. Những giấy tờ nộp kèm theo:\n- Giấy chứng nhận quyền sử dụng đất đã cấp; mảnh trích đo bản đồ địa chính.", "?"},
		"reasons":                                       {"Căn cứ Quyết định số 15/QĐ-UBND;\nXét Tờ trình số 12/TTr-PVHCC,", "?"},
		"formula on a second page":                      {"2\nChủ tịch Ủy ban nhân dân,\nQUYẾT ĐỊNH:\nĐiều 1. Phê duyệt", "?"},
		"formula without its colon":                     {"2\nChủ tịch Ủy ban nhân dân,\nQUYẾT ĐỊNH\nĐiều 1. Phê duyệt", "?"},
		"annex":                                         {"QUY CHẾ\nLàm việc của Ủy ban nhân dân xã\n(Ban hành kèm theo Quyết định số 12/QĐ-UBND)\nĐiều 1.", "?"},
		"nothing":                                       {"abc xyz", "?"},
	} {
		t.Run(name, func(t *testing.T) {
			g := classify.Classify(cat, text(c.page))
			got := g.Kind
			if !sure(cat, g) {
				got = "?"
			}
			if got != c.want {
				t.Errorf("%v, want %s: %q", g, c.want, g.Reasons)
			}
		})
	}
}

func TestFirstPageCues(t *testing.T) {
	cat := load(t)
	for name, c := range map[string]struct {
		page string
		want bool
	}{
		"letterhead, unknown title":    {national + "ĐƠN XIN NGHỈ VIỆC\n", true},
		"form title alone":             {"PHIẾU LẤY Ý KIẾN NHÂN DÂN\nHọ và tên:\n", true},
		"running text":                 {"trách nhiệm thi hành quyết định này.\nNơi nhận:\n- Như Điều 3;", false},
		"formula on a second page":     {"2\nQUYẾT ĐỊNH:\nĐiều 1. Phê duyệt", false},
		"annex":                        {"QUY CHẾ\nLàm việc\n(Kèm theo Quyết định số 12/QĐ-UBND)\n", false},
		"letterhead wrapped in blocks": {"SỞ Y TẾ\n\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT\nNAM\nĐộc lập - Tự do - Hạnh phúc\n\nabc", true},
	} {
		if g := classify.Classify(cat, text(c.page)); g.First != c.want {
			t.Errorf("%s: first = %t, want %t: %v %q", name, g.First, c.want, g, g.Reasons)
		}
	}
}

func TestPageNumber(t *testing.T) {
	cat := load(t)
	for page, want := range map[string]int{
		"2\ncủa Ủy ban nhân dân xã": 2, "- 3 -\nabc": 3, "abc\ndef\nTrang 4": 4, "abc\nTrang 2/3": 2, "abc\n5/7": 5,
		"abc\ndef 2": 0, "abc\n1962": 0, "abc": 0, "0\nabc": 0, "một\nhai\nba\n7\nbốn\nnăm\nsáu": 0,
	} {
		if g := classify.Classify(cat, text(page)); g.PageNumber != want {
			t.Errorf("%q: page number %d, want %d", page, g.PageNumber, want)
		}
	}
}

func TestContinues(t *testing.T) {
	cat := load(t)
	for page, want := range map[string]string{
		"II. Thửa đất, nhà ở và tài sản khác gắn liền với đất\n1. Thửa đất:": "land_use_certificate",
		"Đặc điểm nhận dạng / Personal identification:":                      "citizen_id_card",
		"trách nhiệm thi hành": "",
	} {
		if g := classify.Classify(cat, text(page)); g.Continues != want || g.First {
			t.Errorf("%q: continues %q first %t, want %q", page, g.Continues, g.First, want)
		}
	}
}

func TestCodes(t *testing.T) {
	cat := load(t)
	separator, err := dossier.FormatSeparator("H38.29-260909-0549", 12)
	if err != nil {
		t.Fatal(err)
	}
	const card = "012345678901|123456789|Nguyễn Văn An|09041962|Nam|thôn Na, xã Sơn Hà|01052021"
	for name, c := range map[string]struct {
		code, page, kind string
		sure             bool
	}{
		"separator":               {separator, "TỜ PHÂN CÁCH HỒ SƠ", "separator", true},
		"separator over a title":  {separator, national + "GIẤY KHAI SINH", "separator", true},
		"broken separator":        {strings.Replace(separator, "0549", "0594", 1), "", "separator", true},
		"separator by its title":  {"", "TỜ PHÂN CÁCH HỒ SƠ\n\nH38.29-260909-0549", "separator", true},
		"citizen card":            {card, "abc", "citizen_id_card", true},
		"card without old number": {strings.Replace(card, "|123456789|", "||", 1), "abc", "citizen_id_card", true},
		"card with more parts":    {card + "|Nguyễn Văn B|Trần Thị C|", "abc", "citizen_id_card", true},
		"card code on a form":     {card, national + "TỜ KHAI ĐĂNG KÝ KHAI SINH\nKính gửi:", "birth_registration_application", false},
		"foreign code":            {"https://example.org/H38", "abc", "other", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := text(c.page)
			if c.code != "" {
				r.Codes = []dossier.Code{{Type: "qr", Text: c.code}}
			}
			g := classify.Classify(cat, r)
			if g.Kind != c.kind || sure(cat, g) != c.sure {
				t.Errorf("%v, want %s sure %t: %q", g, c.kind, c.sure, g.Reasons)
			}
		})
	}
	back := text("Nơi đăng ký khai sinh / Place of birth: xã Sơn Hà\nIDVNM1234567890")
	back.Codes = []dossier.Code{{Type: "qr", Text: card}}
	if g := classify.Classify(cat, back); g.First || g.Continues != "citizen_id_card" || g.Kind != "citizen_id_card" {
		t.Errorf("back of a card with its code: %v first %t continues %q", g, g.First, g.Continues)
	}
}

// TestSlipCode holds when a printed code may open a dossier: a code has no
// check character, so only a machine-readable one or a clear one will do.
func TestSlipCode(t *testing.T) {
	cat := load(t)
	for name, c := range map[string]struct {
		printed    string
		confidence float64
		codes      []string
		want       string
	}{
		"printed clearly":     {"H60.3-250512-5970", 0.96, nil, "H60.3-250512-5970"},
		"printed not clearly": {"H60.3-250512-5970", 0.85, nil, ""},
		"printed, no day":     {"H60.3-250532-5970", 0.96, nil, ""},
		"code before print":   {"H60.3-250512-5979", 0.96, []string{"H60.3-250512-5970"}, "H60.3-250512-5970"},
		"two codes":           {"", 0, []string{"H60.3-250512-5970", "H60.3-250512-5971"}, ""},
		"look-up address":     {"H60.3-250512-5970", 0.96, []string{"https://example.org/?c=1"}, "H60.3-250512-5970"},
	} {
		t.Run(name, func(t *testing.T) {
			r := layout(
				line{y: 300, x: 700, text: "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"},
				line{y: 400, x: 200, text: "Mã hồ sơ: " + c.printed, confidence: c.confidence},
			)
			for _, code := range c.codes {
				r.Codes = append(r.Codes, dossier.Code{Type: "qr", Text: code})
			}
			g := classify.Classify(cat, r)
			if g.Kind != dossier.KindReceiptSlip || g.Role != dossier.RoleSlip || g.Code != c.want {
				t.Errorf("%v role %s code %q, want %q", g, g.Role, g.Code, c.want)
			}
		})
	}
}

// TestPatchT: a sheet with patch T is a separator, with print on it or without;
// one that is a paper by its title is none that anybody may be sure of.
func TestPatchT(t *testing.T) {
	cat := load(t)
	sheet := layout(line{y: 300, x: 700, text: "PATCH T"})
	title := layout(line{y: 300, x: 700, text: "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"}, line{y: 400, x: 200, text: "Mã hồ sơ: H60.3-250512-5970"})
	for name, c := range map[string]struct {
		page dossier.Reading
		code dossier.Code
		kind string
		sure bool
	}{
		"sheet":             {sheet, dossier.Code{Type: "patch", Text: "T"}, dossier.KindSeparator, true},
		"without print":     {dossier.Reading{}, dossier.Code{Type: "patch", Text: "T"}, dossier.KindSeparator, true},
		"a paper":           {title, dossier.Code{Type: "patch", Text: "T"}, dossier.KindSeparator, false},
		"separator's print": {layout(line{y: 300, x: 700, text: "TỜ PHÂN CÁCH HỒ SƠ"}), dossier.Code{Type: "patch", Text: "T"}, dossier.KindSeparator, true},
		"another patch":     {title, dossier.Code{Type: "patch", Text: "2"}, dossier.KindReceiptSlip, true},
		"a code that is T":  {title, dossier.Code{Type: "code39", Text: "T"}, dossier.KindReceiptSlip, true},
	} {
		c.page.Codes = []dossier.Code{c.code}
		if g := classify.Classify(cat, c.page); g.Kind != c.kind || g.Confidence >= dossier.DefaultGate != c.sure {
			t.Errorf("%s: %v %v", name, g, g.Reasons)
		}
	}
}

func TestEmptyPages(t *testing.T) {
	cat := load(t)
	if g := classify.Classify(cat, dossier.Reading{Blank: true}); g.Kind != dossier.KindBlank || g.Confidence != 1 {
		t.Errorf("blank: %v", g)
	}
	if g := classify.Classify(cat, dossier.Reading{}); g.Kind != dossier.KindOther || g.First {
		t.Errorf("a picture without words: %v", g)
	}
	if g := classify.Classify(cat, dossier.Reading{Blank: true, Text: national + "GIẤY KHAI SINH"}); g.Kind != "birth_certificate" {
		t.Errorf("called blank, yet with text: %v", g)
	}
}

// line is a printed line for layout: words 20 pixels a letter, 30 high.
type line struct {
	x, y, block int
	text        string
	confidence  float64
}

// layout makes a reading of an A4 page at 200 dpi with words in place. Lines of
// equal y are one line of the engine.
func layout(lines ...line) dossier.Reading {
	r := dossier.Reading{Width: 1654, Height: 2339, DPI: 200}
	number := 0
	for i, l := range lines {
		if i == 0 || l.y != lines[i-1].y {
			number++
		}
		x := l.x
		for word := range strings.FieldsSeq(l.text) {
			w := dossier.Word{Text: word, X: x, Y: l.y, W: 20 * len([]rune(word)), H: 30, Line: number, Block: max(l.block, 1), Confidence: 0.95}
			if l.confidence > 0 {
				w.Confidence = l.confidence
			}
			r.Words = append(r.Words, w)
			x += w.W + 12
		}
		r.Text += l.text + "\n"
	}
	return r
}

// TestLayout holds what only geometry can tell.
func TestLayout(t *testing.T) {
	cat := load(t)
	head := []line{
		{x: 150, y: 100, text: "ỦY BAN NHÂN DÂN"}, {x: 800, y: 100, text: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"},
		{x: 150, y: 150, text: "XÃ NA SON"}, {x: 850, y: 150, text: "Độc lập - Tự do - Hạnh phúc"},
		{x: 150, y: 200, text: "Số: 12/QĐ-UBND"}, {x: 800, y: 200, text: "Na Son, ngày 05 tháng 03 năm 2025"},
	}
	for name, c := range map[string]struct {
		lines []line
		want  string
	}{
		"letterhead in two columns": {append(slices.Clone(head), line{x: 730, y: 350, text: "QUYẾT ĐỊNH"}), "decision"},
		"letter whose number was written by pen": {[]line{
			{x: 150, y: 100, text: "ỦY BAN NHÂN DÂN"}, {x: 800, y: 100, text: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"},
			{x: 150, y: 200, text: "Số:"}, {x: 320, y: 200, text: "/UBND-KTTH"},
			{x: 150, y: 260, text: "V/v tham gia ý kiến"}, {x: 700, y: 400, text: "Kính gửi: Sở Tài chính"},
		}, "official_letter"},
		"title at the foot":           {append(slices.Clone(head), line{x: 300, y: 1000, text: "abc"}, line{x: 730, y: 2000, text: "THÔNG BÁO"}), "?"},
		"lower case heading, centred": {[]line{{x: 400, y: 300, text: "Tờ khai đăng ký khai sinh cho trẻ em mới"}, {x: 590, y: 300, text: ""}}, "?"},
		"lower case form title":       {[]line{{x: 540, y: 300, text: "Tờ khai đăng ký khai sinh"}, {x: 300, y: 360, text: "Kính gửi: Ủy ban nhân dân xã"}}, "birth_registration_application"},
		"lower case at the margin":    {[]line{{x: 150, y: 300, text: "Tờ khai đăng ký khai sinh"}}, "?"},
		"title far below capitals": {[]line{{x: 560, y: 300, text: "LIÊN ĐOÀN LAO ĐỘNG"}, {x: 620, y: 600, text: "GIẤY KHAI SINH"},
			{x: 200, y: 700, text: "Họ, chữ đệm, tên: Nguyễn Văn An"}, {x: 200, y: 760, text: "Ngày sinh: 01/02/2020"}, {x: 200, y: 820, text: "Giới tính: Nam"}}, "birth_certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			g := classify.Classify(cat, layout(c.lines...))
			got := g.Kind
			if !sure(cat, g) {
				got = "?"
			}
			if got != c.want {
				t.Errorf("%v, want %s: %q", g, c.want, g.Reasons)
			}
		})
	}
}

// TestReasonsNameTheLine holds the form of the first reason.
func TestReasonsNameTheLine(t *testing.T) {
	g := classify.Classify(load(t), text(national+"GIẤY CHỨNG SINH\n"))
	want := fmt.Sprintf("title line 3: GIẤY CHỨNG SINH, %.2f", g.Confidence)
	if len(g.Reasons) == 0 || g.Reasons[0] != want {
		t.Errorf("reasons = %q, want %q first", g.Reasons, want)
	}
}

func BenchmarkClassify(b *testing.B) {
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		b.Fatal(err)
	}
	r := text(national + "TỜ KHAI CẤP GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN\nKính gửi: Ủy ban nhân dân xã\n" + strings.Repeat("Họ, chữ đệm, tên: Nguyễn Văn An\n", 40))
	for b.Loop() {
		classify.Classify(cat, r)
	}
}
