package forms

import (
	"fmt"
	"strconv"
	"strings"

	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/people"
)

func birthApplication(m *Matter) Paper {
	fields := map[string]string{
		"child_name": m.Child.Name, "dob": people.Date(m.Child.Born), "sex": m.Child.Sex(), "ethnicity": m.Child.Ethnicity,
		"father": m.Father.Name, "mother": m.Mother.Name, "requester": m.Father.Name, "requester_id": m.Father.ID,
	}
	return Paper{Fields: fields, Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		c := form(s)
		c.Title("TỜ KHAI ĐĂNG KÝ KHAI SINH")
		c.Gap(2)
		c.Centre("Kính gửi: " + m.office())
		c.Gap(3)
		c.Entry("Họ, chữ đệm, tên người yêu cầu: *" + m.Father.Name + "*")
		c.Entry("Số định danh cá nhân: " + m.Father.ID)
		c.Entry("Nơi cư trú: " + m.Father.Home.String())
		c.Entry("Quan hệ với người được khai sinh: Cha đẻ")
		c.Line("*Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:*")
		childLines(c, m)
		c.Entry("Quê quán: " + m.Father.Home.String())
		parentLines(c, m)
		c.Leaders = false
		c.Para("Tôi cam đoan nội dung đề nghị đăng ký khai sinh trên đây là đúng sự thật, được sự thỏa thuận nhất trí của các bên liên quan và chịu trách nhiệm trước pháp luật về lời cam đoan của mình.")
		c.Entry("Làm tại: " + people.Capitalised(m.Place.Commune()) + ", " + people.LongDate(m.Received))
		sign(s, c, signer{titles: []string{"Người yêu cầu"}, note: signNote, name: m.Father.Name})
	}}}
}

func childLines(c *paper.Column, m *Matter) {
	c.Entry("Họ, chữ đệm, tên: *" + strings.ToUpper(m.Child.Name) + "*")
	c.Entry("Ngày, tháng, năm sinh: " + people.Date(m.Child.Born))
	c.Entry("Ghi bằng chữ: " + people.DateInWords(m.Child.Born))
	c.Entry("Giới tính: "+m.Child.Sex(), "Dân tộc: "+m.Child.Ethnicity, "Quốc tịch: Việt Nam")
	c.Entry("Nơi sinh: " + hospital(m))
}

func parentLines(c *paper.Column, m *Matter) {
	for _, parent := range []struct {
		role string
		people.Person
	}{{"mẹ", m.Mother}, {"cha", m.Father}} {
		c.Entry("Họ, chữ đệm, tên người " + parent.role + ": *" + parent.Name + "*")
		c.Entry(facts(strconv.Itoa(parent.Born.Year()), parent.Ethnicity)...)
		c.Entry("Nơi cư trú: " + parent.Home.String())
	}
}

func hospital(m *Matter) string {
	return "Trung tâm Y tế khu vực " + m.Place.Name + ", tỉnh " + m.Place.Province
}

func birthRecordFields(m *Matter, number string) map[string]string {
	return map[string]string{
		"child_name": m.Child.Name, "dob": people.Date(m.Child.Born), "father": m.Father.Name, "mother": m.Mother.Name,
		"number": number, "pid": m.Child.ID,
	}
}

func birthCertificate(m *Matter) Paper {
	number := fmt.Sprintf("%d/%d", m.Numbers.Birth, m.Decided.Year())
	return Paper{Tint: PaleBlue, Fields: birthRecordFields(m, number), Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		s.Frame(8, paper.PenBlue)
		c := letterhead(s, committee(m, number), "")
		c.Size = 20
		c.Title("GIẤY KHAI SINH")
		c.Size = 13
		c.Leading = 1.5
		c.Gap(4)
		childLines(c, m)
		c.Entry("Quê quán: " + m.Father.Home.String())
		c.Entry("Số định danh cá nhân: *" + m.Child.ID + "*")
		parentLines(c, m)
		c.Entry("Họ, chữ đệm, tên người đi khai sinh: " + m.Father.Name)
		c.Entry("Nơi đăng ký khai sinh: " + m.office())
		c.Entry("Ngày, tháng, năm đăng ký: " + people.Date(m.Decided))
		party := chairman(m)
		party.titles = []string{"NGƯỜI KÝ GIẤY KHAI SINH", "CHỦ TỊCH"}
		sign(s, c, party)
	}}}
}

func birthExtract(m *Matter) Paper {
	number := fmt.Sprintf("%d/TLKS-BS", m.Numbers.Birth)
	// What a person looks for is the number of the entry, not that of the copy.
	return Paper{Fields: birthRecordFields(m, strconv.Itoa(m.Numbers.Birth)), Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		c := letterhead(s, committee(m, number), m.Place.Name+", "+people.LongDate(m.Decided))
		c.Title("TRÍCH LỤC KHAI SINH", "(BẢN SAO)")
		c.Gap(4)
		childLines(c, m)
		c.Entry("Số định danh cá nhân: " + m.Child.ID)
		parentLines(c, m)
		c.Entry("Nơi đăng ký khai sinh: " + m.office())
		c.Entry("Số, ngày, tháng, năm đăng ký: " + fmt.Sprintf("%d/%d, ngày %s", m.Numbers.Birth, m.Decided.Year(), people.Date(m.Decided)))
		c.Entry("Ghi chú: Không")
		c.Para("Thực hiện trích lục từ Cơ sở dữ liệu hộ tịch điện tử.")
		party := chairman(m)
		party.titles = []string{"NGƯỜI KÝ TRÍCH LỤC", "CHỦ TỊCH"}
		sign(s, c, party)
	}}}
}

func birthNotice(m *Matter) Paper {
	fields := map[string]string{"mother": m.Mother.Name, "dob": people.Date(m.Child.Born)}
	return Paper{Fields: fields, Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		c := letterhead(s, clinic(m, fmt.Sprintf("%05d.GCS.%05d.%s", m.Numbers.Notice, m.Numbers.Birth, m.Child.Born.Format("06"))), "")
		c.Title("GIẤY CHỨNG SINH")
		c.Gap(4)
		c.Leaders = true
		c.Leading = 1.5
		c.Entry("Họ và tên mẹ hoặc người nuôi dưỡng: *" + m.Mother.Name + "*")
		c.Entry(facts(strconv.Itoa(m.Mother.Born.Year()), m.Mother.Ethnicity)...)
		c.Entry("Số định danh cá nhân: " + m.Mother.ID)
		c.Entry("Nơi thường trú: " + m.Mother.Home.String())
		c.Entry("Họ và tên cha: " + m.Father.Name)
		c.Entry(fmt.Sprintf("Đã sinh con vào lúc: %02d giờ %02d phút, ngày %s", m.BornWeight%24, m.BornWeight%60, people.Date(m.Child.Born)))
		c.Entry("Tại: " + hospital(m))
		c.Entry("Số con trong lần sinh này: 01", "Giới tính của con: "+m.Child.Sex())
		c.Entry(fmt.Sprintf("Cân nặng: %d gam", m.BornWeight), "Tình trạng của con: Khỏe mạnh")
		c.Entry("Dự định đặt tên con là: " + m.Child.Name)
		c.Entry("Người đỡ đẻ: " + m.Doctor)
		c.Leaders = false
		c.Line("_Lưu ý: Tên dự định đặt có thể thay đổi khi đăng ký khai sinh._")
		sign(s, c,
			signer{titles: []string{"Cha, mẹ hoặc người thân thích"}, note: signNote, name: m.Father.Name},
			signer{titles: []string{"GIÁM ĐỐC"}, note: "(Ký tên, đóng dấu)", name: m.Officer, seal: clinicSeal(m)})
	}}}
}

func clinic(m *Matter, number string) issuer {
	return issuer{above: "SỞ Y TẾ TỈNH " + strings.ToUpper(m.Place.Province),
		names: []string{"TRUNG TÂM Y TẾ", "KHU VỰC " + strings.ToUpper(m.Place.Name)}, number: number}
}

func clinicSeal(m *Matter) [2]string {
	return [2]string{"TRUNG TÂM Y TẾ KHU VỰC " + strings.ToUpper(m.Place.Name), "SỞ Y TẾ " + strings.ToUpper(m.Place.Province)}
}
