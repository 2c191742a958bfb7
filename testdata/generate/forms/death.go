package forms

import (
	"fmt"
	"strings"

	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/people"
)

func deathMoment(m *Matter) string {
	return fmt.Sprintf("%02d giờ %02d phút, %s", m.Died.Hour(), m.Died.Minute(), people.LongDate(m.Died))
}

func deathApplication(m *Matter) Paper {
	fields := map[string]string{
		"deceased": m.Deceased.Name, "dob": people.Date(m.Deceased.Born), "dod": people.Date(m.Died), "requester": m.Heir.Name,
	}
	return Paper{Fields: fields, Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		c := form(s)
		c.Title("TỜ KHAI ĐĂNG KÝ KHAI TỬ")
		c.Gap(2)
		c.Centre("Kính gửi: " + m.office())
		c.Gap(3)
		c.Leading = 1.5
		c.Entry("Họ, chữ đệm, tên người yêu cầu: *" + m.Heir.Name + "*")
		c.Entry("Nơi cư trú: " + m.Heir.Home.String())
		c.Entry("Giấy tờ tùy thân: Căn cước số " + m.Heir.ID)
		c.Entry("Quan hệ với người đã chết: Con")
		c.Line("*Đề nghị cơ quan đăng ký khai tử cho người có tên dưới đây:*")
		c.Entry("Họ, chữ đệm, tên: *" + strings.ToUpper(m.Deceased.Name) + "*")
		c.Entry("Ngày, tháng, năm sinh: " + people.Date(m.Deceased.Born))
		c.Entry("Giới tính: "+m.Deceased.Sex(), "Dân tộc: "+m.Deceased.Ethnicity, "Quốc tịch: Việt Nam")
		c.Entry("Nơi cư trú cuối cùng: " + m.Deceased.Home.String())
		c.Entry("Số định danh cá nhân: " + m.Deceased.ID)
		c.Entry("Đã chết vào lúc: " + deathMoment(m))
		c.Entry("Nguyên nhân chết: " + m.Cause)
		c.Leaders = false
		c.Para("Tôi cam đoan những nội dung khai trên đây là đúng sự thật và chịu trách nhiệm trước pháp luật về cam đoan của mình.")
		c.Line(people.Capitalised(m.Place.Commune()) + ", " + people.LongDate(m.Received))
		sign(s, c, signer{titles: []string{"Người yêu cầu"}, note: signNote, name: m.Heir.Name})
	}}}
}

func deathNotice(m *Matter) Paper {
	fields := map[string]string{"deceased": m.Deceased.Name, "dob": people.Date(m.Deceased.Born), "dod": people.Date(m.Died)}
	return Paper{Fields: fields, Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		c := letterhead(s, clinic(m, fmt.Sprintf("%d/GBT", m.Numbers.Notice)), m.Place.Name+", "+people.LongDate(m.Received))
		c.Title("GIẤY BÁO TỬ")
		c.Gap(4)
		c.Leaders, c.Leading = true, 1.5
		c.Line(hospital(m) + " báo tử:")
		c.Entry("Họ và tên người chết: *" + strings.ToUpper(m.Deceased.Name) + "*")
		c.Entry("Ngày, tháng, năm sinh: " + people.Date(m.Deceased.Born))
		c.Entry("Giới tính: "+m.Deceased.Sex(), "Dân tộc: "+m.Deceased.Ethnicity, "Quốc tịch: Việt Nam")
		c.Entry("Số định danh cá nhân: " + m.Deceased.ID)
		c.Entry("Nơi thường trú: " + m.Deceased.Home.String())
		c.Entry("Thời điểm tử vong: " + deathMoment(m))
		c.Entry("Nguyên nhân tử vong: " + m.Cause)
		sign(s, c,
			signer{titles: []string{"Người thân thích"}, note: signNote, name: m.Heir.Name},
			signer{titles: []string{"GIÁM ĐỐC"}, note: "(Ký tên, đóng dấu)", name: m.Officer, seal: clinicSeal(m)})
	}}}
}
