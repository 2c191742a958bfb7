package classify_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline/classify"
)

// prose is running text as laws and plans print it, line by line.
var prose = []string{
	"1. Cơ quan có thẩm quyền tiếp nhận, kiểm tra hồ sơ và ghi vào sổ theo mẫu quy định;",
	"trường hợp hồ sơ chưa đầy đủ thì hướng dẫn người nộp bổ sung trong thời hạn ba ngày.",
	"a) Thu thập, cập nhật, điều chỉnh thông tin của người dân đang cư trú trên địa bàn;",
	"Ủy ban nhân dân cấp xã có trách nhiệm công khai kết quả tại trụ sở làm việc và trên",
	"cổng thông tin điện tử; bảo đảm việc bảo vệ dữ liệu cá nhân theo quy định của luật này.",
	"2. Người đứng đầu cơ quan chịu trách nhiệm về tính chính xác của thông tin đã cập nhật",
	"và bố trí người thực hiện nhiệm vụ tiếp công dân vào tất cả các ngày làm việc trong tuần.",
	"đ) Nơi cấp: cơ quan quản lý hồ sơ của tỉnh, thành phố nơi người đó đang cư trú ổn định;",
	"Việc lưu trữ được thực hiện bằng bản giấy và bản điện tử, có giá trị pháp lý như nhau.",
	"3. Thời hạn giải quyết là năm ngày làm việc kể từ ngày nhận đủ hồ sơ hợp lệ của công dân.",
}

// runningText draws n lines of running text.
func runningText(random *rand.Rand, n int) string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = prose[random.IntN(len(prose))]
	}
	return strings.Join(lines, "\n") + "\n"
}

// drawn puts the lines of a text on a sheet: headings in capitals in the middle,
// text from margin to margin.
func drawn(page string) dossier.Reading {
	var lines []line
	y := 150
	for text := range strings.Lines(page) {
		text = strings.TrimSpace(text)
		l := line{x: 150, y: y, text: text}
		if n := len([]rune(text)); text == strings.ToUpper(text) && n < 60 {
			l.x = 827 - 10*n
		}
		y += 45
		if text != "" {
			lines = append(lines, l)
		}
	}
	return layout(lines...)
}

// TestTitlesInsideTexts prints every title of the catalogue as a heading where
// laws, letters and lists print it. None may become the name of the page, and
// where running text stands above, the page must not even count as a first one.
func TestTitlesInsideTexts(t *testing.T) {
	cat := load(t)
	some := 2 // of so many titles one, in each shape
	if testing.Short() {
		some = 12
	}
	for name, shape := range map[string]struct {
		page  func(random *rand.Rand, title string) string
		first bool // the page may count as a first one, for a person to look at
	}{
		"chapter in the middle": {func(r *rand.Rand, title string) string {
			return runningText(r, 4) + "Chương III\n" + title + "\nĐiều 18. Nội dung\n" + runningText(r, 9)
		}, false},
		"heading in the middle": {func(r *rand.Rand, title string) string {
			return runningText(r, 2+r.IntN(5)) + title + "\n" + runningText(r, 9)
		}, false},
		"under a running head": {func(r *rand.Rand, title string) string {
			return "46 CÔNG BÁO/Số 35 + 36/Ngày 08-01-2024\n" + runningText(r, 3) + title + "\n" + runningText(r, 9)
		}, false},
		"chapter on top": {func(r *rand.Rand, title string) string {
			return "Mục 2\n" + title + "\n" + runningText(r, 12)
		}, false},
		"article below": {func(r *rand.Rand, title string) string {
			return title + "\nĐiều 7. Trách nhiệm của cơ quan\n" + runningText(r, 12)
		}, false},
		"heading on top": {func(r *rand.Rand, title string) string { return title + "\n" + runningText(r, 12) }, true},
		"one line above": {func(r *rand.Rand, title string) string { return runningText(r, 1) + title + "\n" + runningText(r, 12) }, true},
		"one line above a form": {func(r *rand.Rand, title string) string {
			return runningText(r, 1) + title + "\nKính gửi: Sở Tư pháp tỉnh\n" + runningText(r, 9)
		}, true},
		"numbered list": {func(_ *rand.Rand, title string) string {
			return "MỤC LỤC\n1. " + title + " ........ 5\n2. " + title + "\n"
		}, true},
		"list of forms": {func(_ *rand.Rand, title string) string {
			return "DANH MỤC BIỂU MẪU\n" + title + "\n" + title + "\n"
		}, true},
		"quoted": {func(r *rand.Rand, title string) string {
			return runningText(r, 1) + "“" + title + "”;\n" + runningText(r, 9)
		}, true},
		"form in a law": {func(r *rand.Rand, title string) string {
			return runningText(r, 4) + national + title + "\n" + runningText(r, 9)
		}, true},
		"quoted letterhead": {func(r *rand.Rand, title string) string {
			return runningText(r, 3) + "b) Dòng chữ “CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM - Độc lập - Tự do - Hạnh phúc”;\n" + title + "\n" + runningText(r, 9)
		}, false},
		"below the address": {func(r *rand.Rand, title string) string {
			return national + "Kính gửi: Sở Tư pháp tỉnh\n" + title + "\n" + runningText(r, 9)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(11, uint64(len(name))))
			for _, k := range cat.Kinds() {
				for n, title := range k.AllTitles() {
					if random.IntN(some) != 0 {
						continue // every title comes in some of the shapes
					}
					page := shape.page(random, title)
					reading := text(page)
					if n%2 == 0 {
						reading = drawn(page)
					}
					g := classify.Classify(cat, reading)
					if sure(cat, g) || g.First && !shape.first {
						t.Errorf("%v first %t: %q\n%s", g, g.First, g.Reasons, page)
					}
				}
			}
		})
	}
}

// TestAnnexes tells annexes from papers and from forms that name what prescribes
// them.
func TestAnnexes(t *testing.T) {
	cat := load(t)
	for name, c := range map[string]struct {
		page, continues string
		annex           bool
	}{
		"plan with a letterhead": {"THỦ TƯỚNG CHÍNH PHỦ\n" + national + "KẾ HOẠCH\nHành động về phòng, chống thiên tai\n(Kèm theo Quyết định số 12/QĐ-TTg\nngày 05 tháng 3 năm 2025)\nI. MỤC TIÊU", "decision", true},
		"appendix":               {"PHỤ LỤC II\nDANH MỤC THIẾT BỊ\n(Ban hành kèm theo Thông tư số 12/2020/TT-BCA)\n1. Máy bơm", "circular", true},
		"appendix without name":  {"Phụ lục\nSTT Nội dung", "", true},
		"annex of an annex":      {"Phụ lục\nNHIỆM VỤ CỤ THỂ\n(Kèm theo Kế hoạch tại Quyết định số 12/QĐ-TTg)", "", true},
		"annex of a letter":      {"DANH SÁCH ĐƠN VỊ\n(Kèm theo Công văn số 12/UBND-NC)", "official_letter", true},
		"paper with a number":    {"UBND XÃ\nSố: 12/KH-UBND\n" + national + "KẾ HOẠCH\nTriển khai Quyết định số 15\n(Kèm theo Quyết định số 12/QĐ-UBND)", "", false},
		"form":                   {national + "TỜ KHAI ĐĂNG KÝ KHAI SINH\n(Ban hành kèm theo Thông tư số 04/2024/TT-BTP)\nKính gửi:", "", false},
		"form of an appendix":    {"Phụ lục III-1\n" + national + "GIẤY ĐỀ NGHỊ ĐĂNG KÝ HỘ KINH DOANH\nKính gửi:", "", false},
		"form number":            {"Mẫu số 18\n(Ban hành kèm theo Quyết định số 12/QĐ-UBND)\n" + national + "ĐƠN XIN NGHỈ VIỆC\n", "", false},
		"cited in a sentence":    {runningText(rand.New(rand.NewPCG(1, 1)), 3) + "kèm theo Quyết định số 12/QĐ-UBND ngày 05 tháng 3 năm 2025 của Ủy ban nhân dân xã", "", false},
	} {
		if g := classify.Classify(cat, text(c.page)); g.Annex != c.annex || g.Continues != c.continues || g.Annex && (g.First || sure(cat, g)) {
			t.Errorf("%s: %v annex %t first %t continues %q, want %t %q: %q", name, g, g.Annex, g.First, g.Continues, c.annex, c.continues, g.Reasons)
		}
	}
}

// TestNumberLines reads the type symbol from numbers as pens, stamps and engines
// leave them.
func TestNumberLines(t *testing.T) {
	cat := load(t)
	for number, want := range map[string]string{
		"Số: 575 /UBND-KTTH":    "official_letter",
		"Số:9'†E /UBND-KTTH":    "official_letter",
		"Số:      /UBND-KTTH":   "official_letter",
		"Sô 9/7 /UBND-KTTH":     "official_letter",
		"Số: 12/QÐ- UBND":       "decision",
		"Số: 2 { /2026/TT-BCT":  "circular",
		"Số: 51/2025/TT-BCA":    "circular",
		"Số: 12/NQ-HĐND":        "resolution",
		"Số 15 Trần Phú/Hà Nội": "other",
	} {
		page := "BỘ CÔNG THƯƠNG\n" + number + "\nV/v xin ý kiến\n" + national + "Kính gửi: Sở Tài chính\n"
		if want != "official_letter" && want != "other" {
			kind, _ := cat.Kind(want)
			page = "BỘ CÔNG THƯƠNG\n" + number + "\n" + national + "~'Y ,.\nCăn cứ Luật;\n" + strings.ToUpper(kind.Titles[0][:1]) + strings.ToLower(kind.Titles[0][1:]) + " này có hiệu lực từ ngày ký.\n"
		}
		g := classify.Classify(cat, text(page))
		if g.Kind != want || sure(cat, g) != (want != "other") {
			t.Errorf("%s: %v, want %s: %q", number, g, want, g.Reasons)
		}
	}
}

// TestSubjectOfLetter finds the subject of a letter whatever the engine made of
// "V/v", and by its place alone.
func TestSubjectOfLetter(t *testing.T) {
	cat := load(t)
	for _, mark := range []string{"V/v", "VW", "V/V", "Vív", "V!v", "W"} {
		page := fmt.Sprintf("UBND TỈNH\nSố: 575/UBND-KTTH\n%s tham gia ý kiến\n%sKính gửi: Sở Tài chính\n", mark, national)
		if g := classify.Classify(cat, text(page)); g.Kind != dossier.KindOfficialLetter || !sure(cat, g) {
			t.Errorf("%s: %v: %q", mark, g, g.Reasons)
		}
	}
	head := []line{
		{x: 150, y: 100, text: "UBND TỈNH"}, {x: 800, y: 100, text: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"},
		{x: 150, y: 160, text: "Số: 575/UBND-KTTH"}, {x: 850, y: 160, text: "Độc lập - Tự do - Hạnh phúc"},
	}
	address := line{x: 700, y: 400, text: "Kính gửi: Sở Tài chính"}
	under := append(head, line{x: 150, y: 205, text: "~'. tham gia ý kiến dự thảo"}, address)
	if g := classify.Classify(cat, layout(under...)); g.Kind != dossier.KindOfficialLetter || !sure(cat, g) {
		t.Errorf("subject by its place: %v: %q", g, g.Reasons)
	}
	if g := classify.Classify(cat, layout(append(head, address)...)); sure(cat, g) {
		t.Errorf("no subject: %v: %q", g, g.Reasons)
	}
}
