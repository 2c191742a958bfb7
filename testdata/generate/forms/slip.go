package forms

import (
	"fmt"
	"strings"

	"sohoa/dossier"
	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/people"
)

// separator is the sheet that parts two dossiers in the feeder.
func separator(m *Matter) Paper {
	fields := map[string]string{"dossier_code": m.Code}
	return Paper{Fields: fields, Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		c := s.Body(48)
		c.Family, c.Size = paper.Sans, 34
		c.Centre("*TỜ PHÂN CÁCH HỒ SƠ*")
		s.Break()
		const side = 84.0
		text, err := dossier.FormatSeparator(m.Code, m.Sheets)
		if err != nil {
			s.Fail(err)
			return
		}
		s.QR((paper.Width-side)/2, 82, side, text)
		c.Y, c.Size = 178, 26
		c.Centre("*" + m.Code + "*")
		s.Break()
		c.Y, c.Size = 200, 16
		c.Centre(dossier.PrintedCount(m.Code, m.Sheets), m.Procedure.Title)
		s.Rule(20, 40, paper.Width-40, 1.2)
		s.Rule(20, 230, paper.Width-40, 1.2)
	}}}
}

// receiptSlip is the receipt every applicant gets, and the first paper of the
// dossier.
func receiptSlip(m *Matter) Paper {
	fields := map[string]string{"dossier_code": m.Code, "name": m.applicant().Name, "phone": m.Phone}
	return Paper{Fields: fields, Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		c := letterhead(s, issuer{above: "UBND " + strings.ToUpper(m.Place.Commune()), names: []string{"TRUNG TÂM PHỤC VỤ", "HÀNH CHÍNH CÔNG"}},
			m.Place.Name+", "+people.LongDate(m.Received))
		s.QR(22, c.Y-7, 30, m.Code)
		c.Title("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ")
		c.Gap(2)
		c.Centre("Mã hồ sơ: *" + m.Code + "*")
		c.Y = max(c.Y+6, paper.TopMargin+52)
		c.Line("Tiếp nhận hồ sơ của: *" + m.applicant().Name + "*")
		c.Line("Địa chỉ: " + m.applicant().Home.String())
		c.Line("Số điện thoại: " + m.Phone)
		c.Line("Nội dung yêu cầu giải quyết: " + m.Procedure.Title)
		c.Line("Thành phần hồ sơ nộp gồm:")
		c.Table([]float64{0.6, 5, 1.5}, componentRows(m))
		c.Line(fmt.Sprintf("Số lượng hồ sơ: 01 bộ. Thời gian giải quyết theo quy định: %02d ngày làm việc.", m.Procedure.Days))
		c.Line("Thời gian nhận hồ sơ: 08 giờ 15 phút, " + people.LongDate(m.Received))
		c.Line("Thời gian trả kết quả: 16 giờ 30 phút, " + people.LongDate(m.Decided))
		c.Line("Đăng ký nhận kết quả tại: Trung tâm Phục vụ hành chính công")
		sign(s, c,
			signer{titles: []string{"NGƯỜI NỘP HỒ SƠ"}, note: "(Ký và ghi rõ họ tên)", name: m.applicant().Name},
			signer{titles: []string{"NGƯỜI TIẾP NHẬN HỒ SƠ"}, note: "(Ký và ghi rõ họ tên)", name: m.Officer})
	}}}
}

// componentRows lists the papers handed in. Papers the office itself issues
// are not yet there when the slip is printed, but listing them keeps the slip
// and the stack alike, as clerks do when a result joins the file.
func componentRows(m *Matter) [][]string {
	rows := [][]string{{"TT", "Tên giấy tờ", "Số lượng"}}
	for i, kind := range m.Procedure.Papers {
		rows = append(rows, []string{fmt.Sprint(i + 1), names[kind], "01 bản"})
	}
	return rows
}

// names are the papers as a slip lists them.
var names = map[string]string{
	"birth_registration_application":    "Tờ khai đăng ký khai sinh",
	"birth_notice":                      "Giấy chứng sinh",
	"birth_certificate":                 "Giấy khai sinh",
	"birth_extract":                     "Trích lục khai sinh (bản sao)",
	"marriage_registration_application": "Tờ khai đăng ký kết hôn",
	"marital_status_certificate":        "Giấy xác nhận tình trạng hôn nhân",
	"marriage_certificate":              "Giấy chứng nhận kết hôn",
	"death_registration_application":    "Tờ khai đăng ký khai tử",
	"death_notice":                      "Giấy báo tử",
	"land_registration_application":     "Đơn đăng ký đất đai, tài sản gắn liền với đất",
	"land_change_application":           "Đơn đăng ký biến động đất đai",
	"land_use_certificate":              "Giấy chứng nhận quyền sử dụng đất",
	"land_transfer_contract":            "Hợp đồng chuyển nhượng quyền sử dụng đất",
	"power_of_attorney":                 "Giấy ủy quyền",
	"decision":                          "Quyết định",
	"official_letter":                   "Công văn",
}
