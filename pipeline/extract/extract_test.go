package extract_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline/extract"
)

func load(t *testing.T) *dossier.Catalogue {
	t.Helper()
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// show lists values, and norms where they differ, one field a line.
func show(fields map[string]dossier.Field) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		fmt.Fprintf(&b, "%s=%s", name, fields[name].Value)
		if norm := fields[name].Norm; norm != "" && norm != fields[name].Value {
			fmt.Fprintf(&b, " (%s)", norm)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestFields reads papers as they are worded on real forms. Every field that
// is not listed must be absent.
func TestFields(t *testing.T) {
	cat := load(t)
	for name, c := range map[string]struct{ kind, page, want string }{
		"birth application": {"birth_registration_application", `TỜ KHAI ĐĂNG KÝ KHAI SINH
Họ, chữ đệm, tên người yêu cầu: Nông Đức Đạt
Giấy tờ tùy thân: (3) Thẻ căn cước số 075812761403 do Bộ Công an cấp
Quan hệ với người được khai sinh: Ông
Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:
Họ, chữ đệm, tên: GIÀNG A PÁO
Ngày, tháng, năm sinh: 9/4/2024 ghi bằng chữ: ngày chín tháng tư
Giới tính: Nam Dân tộc: Mông Quốc tịch: Việt Nam
Họ, chữ đệm, tên người mẹ: Sùng Thị Mỷ
Năm sinh: 1998 Dân tộc: Mường
Họ, chữ đệm, tên người cha: K'Brôih`,
			"child_name=GIÀNG A PÁO\ndob=09/04/2024 (2024-04-09)\nethnicity=Mông\nfather=K'Brôih\nmother=Sùng Thị Mỷ\nrequester=Nông Đức Đạt\nrequester_id=075812761403\nsex=Nam\n"},
		"empty form": {"birth_registration_application", `Họ, chữ đệm, tên người yêu cầu: .......................
Giấy tờ tùy thân: ..........
Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:
Họ, chữ đệm, tên: ..........
Ngày, tháng, năm sinh: .......... ghi bằng chữ: .......
Giới tính: ........ Dân tộc: ....... Quốc tịch: ........
Họ, chữ đệm, tên người mẹ: ..........`, ""},
		"blanks without dots": {"birth_registration_application", "Đề nghị cơ quan đăng ký khai sinh\nGiới tính:  Dân tộc:  Quốc tịch: Việt Nam", ""},
		"no such day":         {"birth_certificate", "Họ, chữ đệm, tên: LÊ AN\nNgày, tháng, năm sinh: 31/02/2011\nHọ, chữ đệm, tên người mẹ: Hoàng Thị Mỷ", "child_name=LÊ AN\nmother=Hoàng Thị Mỷ\n"},
		"old birth certificate": {"birth_certificate", "Số: 15/2009\nHọ và tên: LÊ VĂN AN Giới tính: Nam\nSinh ngày: 12 tháng 4 năm 2009\nHọ và tên cha: LÊ VĂN B\nHọ và tên mẹ: TRẦN THỊ C",
			"child_name=LÊ VĂN AN\ndob=12/04/2009 (2009-04-12)\nfather=LÊ VĂN B\nmother=TRẦN THỊ C\nnumber=15/2009\n"},
		"extract number": {"birth_extract", "Số: 224/TLKS-BS\nHọ, chữ đệm, tên: TRIỆU THỊ LAN\nSố định danh cá nhân: 081745221600", "child_name=TRIỆU THỊ LAN\nnumber=224\npid=081745221600\n"},
		"only the year": {"death_notice", "Họ và tên người chết: Bùi Hữu Sơn\nNgày, tháng, năm sinh: 1962\nThời điểm tử vong: 14 giờ 20 phút, ngày 15 tháng 04\nnăm 2025",
			"deceased=Bùi Hữu Sơn\ndob=1962\ndod=15/04/2025 (2025-04-15)\n"},
		"month and year":                  {"death_notice", "Họ và tên người chết: Bùi Hữu Sơn\nNgày, tháng, năm sinh: 03/1962", "deceased=Bùi Hữu Sơn\ndob=03/1962 (1962-03)\n"},
		"value belongs to the next label": {"death_notice", "Họ và tên người chết:\nNgày, tháng, năm sinh:\nNơi cư trú: thôn Na 12/03/1999", ""},
		"single status": {"marital_status_certificate", "Số: 245/UBND-XNTTHN\nXét đề nghị của ông/bà Hoàng Văn Long\nXÁC NHẬN:\nHọ, chữ đệm, tên: ĐỖ QUANG HÙNG\nNgày, tháng, năm sinh: 20/06/1982\nGiấy tờ tùy thân: Căn cước công dân số 037993891485",
			"dob=20/06/1982 (1982-06-20)\nid=037993891485\nname=ĐỖ QUANG HÙNG\nnumber=245/UBND-XNTTHN\n"},
		"land application": {"land_registration_application", "a) Tên(2): Hạng Seo Thịnh\na) Thửa đất số: 337; b) Tờ bản đồ số: 86;\nd) Diện tích: 3.577,4 m²; sử dụng chung: không;", "area=3.577,4\nname=Hạng Seo Thịnh\nparcel=337\nsheet=86\n"},
		"land certificate": {"land_use_certificate", "1. Người sử dụng đất:\nÔng: Vàng Văn Nọi, CCCD số: 048987121723\n2. Thông tin thửa đất:\na) Thửa đất số: 668; tờ bản đồ số: 59\nb) Diện tích: 2782,2 m²\nBK 123456\nSố vào sổ cấp Giấy chứng nhận: CS 26086",
			"area=2782,2\nowner=Vàng Văn Nọi\nparcel=668\nserial=BK 123456\nsheet=59\n"},
		"new serial": {"land_use_certificate", "AA 01234567\n", "serial=AA 01234567\n"},
		"contract": {"land_transfer_contract", "BÊN CHUYỂN NHƯỢNG (sau đây gọi là bên A):\nÔng (Bà): Lê Thị Mai\nBÊN NHẬN CHUYỂN NHƯỢNG (sau đây gọi là bên B):\nÔng/Bà: Tòng Kim Nhàn, sinh năm 1962\nĐiều 1. Bên A chuyển nhượng theo Giấy\nchứng nhận quyền sử dụng đất số CH 984846 do Ủy ban\nĐiều 2. Giá chuyển nhượng quyền sử dụng đất là 946.000.000 đồng.",
			"buyer=Tòng Kim Nhàn\nprice=946.000.000 (946000000)\nseller=Lê Thị Mai\nserial=CH 984846\n"},
		"date inside a title":        {"circular", "BỘ CÔNG THƯƠNG\nSố: 21/2026/TT-BCT\n\nHà Nội, ngày ~'\n\nBãi bỏ một phần Thông tư số 18/2025/TT-BCT ngày 13\ntháng 3 năm 2025 của Bộ trưởng\nCăn cứ Luật", "issuer=BỘ CÔNG THƯƠNG\nnumber=21/2026/TT-BCT\n"},
		"contract without an office": {"contract", "HỢP ĐỒNG LAO ĐỘNG\nSố: 042/HĐLĐ\nHôm nay, ngày 15 tháng 4 năm 2026, tại trụ sở công ty", "date=15/04/2026 (2026-04-15)\nnumber=042/HĐLĐ\n"},
		"year behind the symbol":     {"contract", "HỢP ĐỒNG THUÊ NHÀ\nSố: 087 / HĐ / 2026\nHôm nay, ngày 22 tháng 3 năm 2026", "date=22/03/2026 (2026-03-22)\nnumber=087/HĐ/2026\n"},
		"slip":                       {"receipt_slip", "Mã hồ sơ: H60.3-250512-5970\nTiếp nhận hồ sơ của: Dương Thị Thảo\nSố điện thoại: 0379.303.793", "dossier_code=H60.3-250512-5970\nname=Dương Thị Thảo\nphone=0379303793\n"},
		"slip with a damaged code":   {"receipt_slip", "Mã hồ sơ: H60.3-250532-5970\n", ""},
		"separator":                  {"separator", "TỜ PHÂN CÁCH HỒ SƠ\n\nH38.29-260909-0549\n", "dossier_code=H38.29-260909-0549\n"},
		"decision": {"decision", "ỦY BAN NHÂN DÂN\nXÃ BẢO THẮNG\nSố: 2227 /QĐ-UBND\n\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT\nNAM\nĐộc lập - Tự do - Hạnh phúc\nBảo Thắng, ngày 02 tháng 11 năm 2025\n\nQUYẾT ĐỊNH\nVề việc phê duyệt Kế hoạch\nsố hóa hồ sơ\n\nCHỦ TỊCH ỦY BAN NHÂN DÂN XÃ\nCăn cứ Luật ngày 01 tháng 02 năm 2020;",
			"date=02/11/2025 (2025-11-02)\nissuer=ỦY BAN NHÂN DÂN XÃ BẢO THẮNG\nnumber=2227/QĐ-UBND\nsubject=Về việc phê duyệt Kế hoạch số hóa hồ sơ\n"},
		"superior above the issuer": {"notice", "UBND XÃ NA SON\nTRUNG TÂM PHỤC VỤ\nHÀNH CHÍNH CÔNG\nSố: 12/TB-TTPVHCC\nTHÔNG BÁO\nVề việc nghỉ lễ\nCăn cứ", "issuer=TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG\nnumber=12/TB-TTPVHCC\nsubject=Về việc nghỉ lễ\n"},
		"number not written yet":    {"decision", "ỦY BAN NHÂN DÂN\nSố:     /QĐ-UBND\nQUYẾT ĐỊNH\nVề việc nghỉ lễ\nngày    tháng 11 năm 2025", "issuer=ỦY BAN NHÂN DÂN\nsubject=Về việc nghỉ lễ\n"},
		"letter":                    {"official_letter", "UBND TỈNH\nVĂN PHÒNG\nSố: 575 /UBND-KTTH\nV/v tham gia ý kiến\ncác dự thảo Nghị định\nKính gửi: Sở Tài chính", "issuer=VĂN PHÒNG\nnumber=575/UBND-KTTH\nsubject=V/v tham gia ý kiến các dự thảo Nghị định\n"},
	} {
		t.Run(name, func(t *testing.T) {
			kind, ok := cat.Kind(c.kind)
			if !ok {
				t.Fatal("no kind", c.kind)
			}
			got := show(extract.Fields(kind, []dossier.Reading{{Text: c.page}}, []dossier.PageID{"p"}))
			if got != c.want {
				t.Errorf("fields:\n%swant:\n%s", got, c.want)
			}
		})
	}
}

// printed makes words in place: 20 pixels a letter, 30 high.
func printed(lines ...printedLine) dossier.Reading {
	r := dossier.Reading{Width: 1654, Height: 2339}
	number := 0
	for i, l := range lines {
		if i == 0 || lines[i-1].y != l.y {
			number++
		}
		x := l.x
		for text := range strings.FieldsSeq(l.text) {
			w := dossier.Word{Text: text, X: x, Y: l.y, W: 20 * len([]rune(text)), H: 30, Line: number, Block: 1, Confidence: 0.9}
			r.Words = append(r.Words, w)
			x += w.W + 12
		}
	}
	return r
}

type printedLine struct {
	x, y int
	text string
}

// TestColumns reads a marriage certificate, whose two halves carry the same
// labels, with a name that wraps.
func TestColumns(t *testing.T) {
	kind, _ := load(t).Kind("marriage_certificate")
	r := printed(
		printedLine{613, 100, "GIẤY CHỨNG NHẬN KẾT HÔN"},
		printedLine{300, 200, "Vợ"}, printedLine{1100, 200, "Chồng"},
		printedLine{60, 300, "Họ, chữ đệm, tên: HẠNG THỊ THẢO"}, printedLine{900, 300, "Họ, chữ đệm, tên: VÀNG ĐÌNH"},
		printedLine{60, 350, "Ngày, tháng, năm sinh: 14/07/1970"}, printedLine{900, 350, "CƯỜNG"},
		printedLine{60, 400, "Dân tộc: Mông"}, printedLine{900, 400, "Ngày, tháng, năm sinh: 1977"},
	)
	want := "husband=VÀNG ĐÌNH CƯỜNG\nhusband_dob=1977\nwife=HẠNG THỊ THẢO\nwife_dob=14/07/1970 (1970-07-14)\n"
	if got := show(extract.Fields(kind, []dossier.Reading{r}, []dossier.PageID{"p"})); got != want {
		t.Errorf("fields:\n%swant:\n%s", got, want)
	}
}

// TestNumberByPen reads a number that stands apart from the words around it.
func TestNumberByPen(t *testing.T) {
	kind, _ := load(t).Kind("decision")
	r := printed(printedLine{100, 100, "Số:"}, printedLine{260, 100, "575 /QĐ-UBND"}, printedLine{900, 100, "Na Son, ngày 04 tháng 02 năm 2025"})
	want := "date=04/02/2025 (2025-02-04)\nnumber=575/QĐ-UBND\n"
	if got := show(extract.Fields(kind, []dossier.Reading{r}, []dossier.PageID{"p"})); got != want {
		t.Errorf("fields:\n%swant:\n%s", got, want)
	}
}

// TestWhereAndHowSure holds box, page, raw text and confidence of a value.
func TestWhereAndHowSure(t *testing.T) {
	kind, _ := load(t).Kind("birth_notice")
	front := printed(printedLine{100, 100, "GIẤY CHỨNG SINH"})
	back := printed(printedLine{100, 200, "Họ và tên mẹ: Nông Thùy Phượng"})
	back.Words[5].Confidence = 0.7
	f := extract.Fields(kind, []dossier.Reading{front, back}, []dossier.PageID{"p1", "p2"})["mother"]
	if f.Value != "Nông Thùy Phượng" || f.Raw != f.Value || f.Page != "p2" || f.Source != "ocr" || f.Status != dossier.FieldAuto {
		t.Errorf("field = %+v", f)
	}
	if f.Confidence != 0.7 {
		t.Errorf("confidence = %v, want that of the least sure word, 0.7", f.Confidence)
	}
	nong, phuong := back.Words[4], back.Words[6]
	if want := (dossier.Box{X: nong.X, Y: 200, W: phuong.X + phuong.W - nong.X, H: 30}); f.Box == nil || *f.Box != want {
		t.Errorf("box = %v, want %v", f.Box, want)
	}
	damaged := printed(printedLine{100, 200, "Họ và tên người chêl: Bùi Hữu Sơn"})
	notice, _ := load(t).Kind("death_notice")
	if f := extract.Fields(notice, []dossier.Reading{damaged}, []dossier.PageID{"p"})["deceased"]; f.Value != "Bùi Hữu Sơn" || f.Confidence != 0.9 {
		t.Errorf("a label with one wrong letter: %+v", f)
	}
}

// TestCard prefers the QR code: it has no reading errors.
func TestCard(t *testing.T) {
	kind, _ := load(t).Kind(dossier.KindCitizenIDCard)
	r := dossier.Reading{Text: "CĂN CƯỚC CÔNG DÂN\nSố / No.: 012345678999\nHọ và tên / Full name: NGUYỄN VĂN A",
		Codes: []dossier.Code{{Type: "qr", Text: "012345678901||Nguyễn Văn An|09041962|Nam|thôn Na, xã Sơn Hà|01052021|more"}}}
	want := "address=thôn Na, xã Sơn Hà\ndob=09/04/1962 (1962-04-09)\nid=012345678901\nissued=01/05/2021 (2021-05-01)\nname=Nguyễn Văn An\nsex=Nam\n"
	fields := extract.Fields(kind, []dossier.Reading{r}, []dossier.PageID{"p"})
	if got := show(fields); got != want {
		t.Errorf("fields:\n%swant:\n%s", got, want)
	}
	if f := fields["id"]; f.Source != "qr" || f.Confidence != 1 {
		t.Errorf("id = %+v", f)
	}
	r.Codes = nil
	if got := show(extract.Fields(kind, []dossier.Reading{r}, []dossier.PageID{"p"})); got != "id=012345678999\nname=NGUYỄN VĂN A\n" {
		t.Errorf("without the code:\n%s", got)
	}
}

// FuzzFields holds that no text makes extraction panic or invent a date.
func FuzzFields(f *testing.F) {
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		f.Fatal(err)
	}
	kinds := cat.Kinds()
	for i, k := range kinds {
		if len(k.Labels) > 0 {
			f.Add("Họ, chữ đệm, tên: AN\nNgày, tháng, năm sinh: 31/02/2011", uint8(i))
			f.Add("Số: 1/\n/\n:::\nMã hồ sơ: H60.3-250512-5970 ; ;", uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, page string, kind uint8) {
		k := kinds[int(kind)%len(kinds)]
		for name, field := range extract.Fields(k, []dossier.Reading{{Text: page}}, []dossier.PageID{"p"}) {
			if field.Value == "" {
				t.Errorf("%s: %s is empty but present", k.ID, name)
			}
		}
	})
}
