package forms

import (
	"fmt"
	"strings"

	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/people"
)

func couple(m *Matter) map[string]string {
	return map[string]string{
		"wife": m.Wife.Name, "husband": m.Husband.Name,
		"wife_dob": people.Date(m.Wife.Born), "husband_dob": people.Date(m.Husband.Born),
	}
}

// spouses sets the two columns that both papers of a marriage share.
func spouses(s *paper.Sheet, body *paper.Column, headings [2]string, parties [2]people.Person) {
	s.Break()
	lowest := body.Y
	for i, party := range parties {
		c := s.Column(body.X-4+float64(i)*(body.W/2+5), body.Y, body.W/2-1)
		c.Size, c.Leading, c.Leaders = 12.5, 1.42, body.Leaders
		c.Centre("*" + headings[i] + "*")
		c.Entry("Họ, chữ đệm, tên: *" + strings.ToUpper(party.Name) + "*")
		c.Entry("Ngày, tháng, năm sinh: " + people.Date(party.Born))
		c.Entry("Dân tộc: "+party.Ethnicity, "Quốc tịch: Việt Nam")
		c.Entry("Nơi cư trú: " + party.Home.String())
		c.Entry("Giấy tờ tùy thân: Căn cước số " + party.ID)
		s.Break()
		lowest = max(lowest, c.Y)
	}
	body.Y = lowest + 3
}

func marriageApplication(m *Matter) Paper {
	return Paper{Fields: couple(m), Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		c := form(s)
		c.Title("TỜ KHAI ĐĂNG KÝ KẾT HÔN")
		c.Gap(2)
		c.Centre("Kính gửi: " + m.office())
		c.Gap(4)
		spouses(s, c, [2]string{"Bên nữ", "Bên nam"}, [2]people.Person{m.Wife, m.Husband})
		c.Leaders = false
		c.Para("Chúng tôi cam đoan những lời khai trên đây là đúng sự thật, việc kết hôn của chúng tôi là tự nguyện, không vi phạm quy định của pháp luật Việt Nam về hôn nhân và gia đình. Chúng tôi hoàn toàn chịu trách nhiệm trước pháp luật về nội dung cam đoan của mình.")
		c.Para("Đề nghị Quý cơ quan đăng ký.")
		c.Line(people.Capitalised(m.Place.Commune()) + ", " + people.LongDate(m.Received))
		sign(s, c,
			signer{titles: []string{"Bên nữ"}, note: signNote, name: m.Wife.Name},
			signer{titles: []string{"Bên nam"}, note: signNote, name: m.Husband.Name})
	}}}
}

func marriageCertificate(m *Matter) Paper {
	fields := couple(m)
	fields["number"] = fmt.Sprintf("%d/%d", m.Numbers.Marriage, m.Decided.Year())
	return Paper{Tint: Pink, Fields: fields, Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		s.Frame(8, paper.SerialRed)
		c := letterhead(s, committee(m, fields["number"]), "")
		c.Size = 19
		c.Title("GIẤY CHỨNG NHẬN KẾT HÔN")
		c.Size = 13
		c.Gap(5)
		spouses(s, c, [2]string{"Vợ", "Chồng"}, [2]people.Person{m.Wife, m.Husband})
		c.Entry("Nơi đăng ký kết hôn: " + m.office())
		c.Entry("Ngày, tháng, năm đăng ký: " + people.Date(m.Decided))
		c.Para("Giấy chứng nhận kết hôn này có giá trị kể từ ngày đăng ký.")
		party := chairman(m)
		party.titles = []string{"NGƯỜI KÝ GIẤY CHỨNG NHẬN", "KẾT HÔN", "CHỦ TỊCH"}
		sign(s, c,
			signer{titles: []string{"Vợ"}, note: signNote, name: m.Wife.Name},
			signer{titles: []string{"Chồng"}, note: signNote, name: m.Husband.Name})
		sign(s, c, party)
	}}}
}

func maritalStatus(m *Matter) Paper {
	fields := map[string]string{
		"name": m.Husband.Name, "dob": people.Date(m.Husband.Born), "id": m.Husband.ID,
		"number": fmt.Sprintf("%d/UBND-XNTTHN", m.Numbers.Single),
	}
	return Paper{Fields: fields, Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		c := letterhead(s, committee(m, fields["number"]), m.Place.Name+", "+people.LongDate(m.Received))
		c.Title("GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN")
		c.Gap(4)
		c.Indent, c.Leading = 10, 1.5
		c.Para("Xét đề nghị của ông " + m.Husband.Name + " về việc cấp Giấy xác nhận tình trạng hôn nhân,")
		c.Title("XÁC NHẬN:")
		c.Entry("Họ, chữ đệm, tên: *" + strings.ToUpper(m.Husband.Name) + "*")
		c.Entry("Ngày, tháng, năm sinh: " + people.Date(m.Husband.Born))
		c.Entry("Giới tính: "+m.Husband.Sex(), "Dân tộc: "+m.Husband.Ethnicity, "Quốc tịch: Việt Nam")
		c.Entry("Số định danh cá nhân: " + m.Husband.ID)
		c.Entry("Nơi cư trú: " + m.Husband.Home.String())
		c.Entry("Tình trạng hôn nhân: Hiện tại chưa đăng ký kết hôn với ai.")
		c.Para("Giấy này được cấp để làm thủ tục kết hôn với bà " + m.Wife.Name + ", sinh ngày " + people.Date(m.Wife.Born) + "; có giá trị sử dụng trong thời hạn 06 tháng, kể từ ngày cấp.")
		sign(s, c, chairman(m))
	}}}
}
