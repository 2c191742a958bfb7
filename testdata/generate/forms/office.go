package forms

import (
	"fmt"
	"strconv"
	"strings"

	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/people"
)

// topic is what a decision or a letter is about.
type topic struct {
	subject string
	grounds []string
	orders  []string
	plan    [][]string // a table on the second page, its heading first
}

var topics = []topic{
	{
		subject: "phê duyệt Kế hoạch số hóa hồ sơ, kết quả giải quyết thủ tục hành chính",
		grounds: []string{
			"Căn cứ Luật Tổ chức chính quyền địa phương số 72/2025/QH15;",
			"Căn cứ Nghị định số 118/2025/NĐ-CP của Chính phủ về thực hiện thủ tục hành chính theo cơ chế một cửa, một cửa liên thông;",
		},
		orders: []string{
			"Phê duyệt kèm theo Quyết định này Kế hoạch số hóa hồ sơ, kết quả giải quyết thủ tục hành chính trên địa bàn.",
			"Hồ sơ sau khi tiếp nhận phải được quét và cập nhật lên Hệ thống thông tin giải quyết thủ tục hành chính trong ngày làm việc; bản gốc được trả lại cho người dân ngay sau khi quét.",
			"Trung tâm Phục vụ hành chính công bố trí máy quét, phân công công chức kiểm tra chất lượng ảnh và báo cáo kết quả trước ngày 25 hằng tháng.",
			"Chánh Văn phòng, Giám đốc Trung tâm Phục vụ hành chính công và các tổ chức, cá nhân có liên quan chịu trách nhiệm thi hành Quyết định này.",
		},
		plan: [][]string{
			{"TT", "Nội dung công việc", "Đơn vị chủ trì", "Thời hạn"},
			{"1", "Rà soát, phân loại hồ sơ giấy", "Văn phòng", "Quý III"},
			{"2", "Quét, nhận dạng và kiểm tra", "Trung tâm", "Quý IV"},
			{"3", "Ký số, đưa vào kho dữ liệu", "Trung tâm", "Quý IV"},
			{"4", "Bàn giao, lưu kho bản giấy", "Văn thư", "Quý I"},
		},
	},
	{
		subject: "thành lập Tổ công nghệ số cộng đồng",
		grounds: []string{
			"Căn cứ Luật Tổ chức chính quyền địa phương số 72/2025/QH15;",
			"Xét đề nghị của Trưởng phòng Văn hóa - Xã hội,",
		},
		orders: []string{
			"Thành lập Tổ công nghệ số cộng đồng tại các thôn, bản, gồm Trưởng thôn, Bí thư Chi đoàn và các thành viên am hiểu công nghệ.",
			"Tổ có nhiệm vụ hướng dẫn người dân nộp hồ sơ trực tuyến, sử dụng định danh điện tử và thanh toán không dùng tiền mặt.",
			"Kinh phí hoạt động thực hiện theo quy định hiện hành; Tổ tự giải thể sau khi hoàn thành nhiệm vụ.",
			"Quyết định này có hiệu lực kể từ ngày ký. Trưởng các phòng chuyên môn, Trưởng các thôn, bản chịu trách nhiệm thi hành.",
		},
		plan: [][]string{
			{"TT", "Địa bàn", "Số thành viên", "Ghi chú"},
			{"1", "Cụm thôn trung tâm", "07 người", "Có đường truyền"},
			{"2", "Cụm thôn vùng cao", "05 người", "Sóng yếu"},
			{"3", "Cụm bản ven suối", "06 người", "Có đường truyền"},
		},
	},
}

func (m *Matter) documentFields(number string) map[string]string {
	return map[string]string{
		"number": number, "date": people.Date(m.Received), "issuer": "ỦY BAN NHÂN DÂN " + strings.ToUpper(m.Place.Commune()),
		"subject": m.Topic.subject,
	}
}

// decision is two pages long: the second has its number printed at the head,
// as Nghị định 30/2020/NĐ-CP asks, and carries the signature.
func decision(m *Matter) Paper {
	number := strconv.Itoa(m.Numbers.Decision) + "/QĐ-UBND"
	first := func(s *paper.Sheet) {
		c := letterhead(s, committee(m, number), m.Place.Name+", "+people.LongDate(m.Received))
		c.Indent = 10
		c.Title("QUYẾT ĐỊNH")
		c.Centre("*Về việc " + m.Topic.subject + "*")
		c.Underline(0.3)
		c.Gap(5)
		c.Title("CHỦ TỊCH ỦY BAN NHÂN DÂN " + strings.ToUpper(m.Place.Commune()))
		c.Gap(3)
		for _, ground := range m.Topic.grounds {
			c.Para("_" + ground + "_")
		}
		c.Para("_Theo đề nghị của Giám đốc Trung tâm Phục vụ hành chính công._")
		c.Gap(2)
		c.Title("QUYẾT ĐỊNH:")
		c.Gap(2)
		for i, order := range m.Topic.orders {
			c.Para(fmt.Sprintf("*Điều %d.* %s", i+1, order))
			c.Gap(1.5)
		}
	}
	second := func(s *paper.Sheet) {
		c := numbered(s, 2)
		c.Indent = 10
		c.Para("*Phụ lục.* Phân công thực hiện, kèm theo Quyết định số " + number + ":")
		c.Table([]float64{0.6, 3, 1.6, 1.4}, m.Topic.plan)
		recipients(s, c, "- Như Điều 4;", "- UBND tỉnh "+m.Place.Province+";", "- Lưu: VT, PVHCC.")
		sign(s, c, chairman(m))
	}
	return Paper{Fields: m.documentFields(number), Sides: []func(*paper.Sheet){first, second}}
}

// numbered opens a continuation page with its number in the head margin.
func numbered(s *paper.Sheet, page int) *paper.Column {
	head := s.Body(11)
	head.Centre(strconv.Itoa(page))
	s.Break()
	return s.Body(paper.TopMargin + 4)
}

// recipients sets "Nơi nhận" in small type on the left, level with the
// signature that follows it.
func recipients(s *paper.Sheet, c *paper.Column, lines ...string) {
	s.Break()
	left := s.Column(c.X, c.Y+3, c.W/2)
	left.Size = 12
	left.Line("*_Nơi nhận:_*")
	left.Size = 11
	for _, line := range lines {
		left.Line(line)
	}
}

// officialLetter is a công văn: it has no title, only "V/v" under its number.
func officialLetter(m *Matter) Paper {
	number := strconv.Itoa(m.Numbers.Letter) + "/UBND-PVHCC"
	return Paper{Fields: m.documentFields(number), Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		c := letterhead(s, committee(m, number), m.Place.Name+", "+people.LongDate(m.Received))
		subject := s.Column(20, c.Y-6, 76)
		subject.Size = 12
		subject.Centre("V/v " + m.Topic.subject)
		c.Y = max(c.Y, subject.Y) + 6
		s.Break()
		c.Centre("Kính gửi: Các phòng chuyên môn; Trưởng các thôn, bản.")
		c.Gap(4)
		c.Indent, c.Leading = 10, 1.45
		c.Para("Thực hiện chỉ đạo của Ủy ban nhân dân tỉnh " + m.Place.Province + " về việc " + m.Topic.subject + ", Ủy ban nhân dân " + m.Place.Commune() + " đề nghị các đơn vị triển khai một số nội dung như sau:")
		for i, order := range m.Topic.orders[:3] {
			c.Para(fmt.Sprintf("%d. %s", i+1, order))
		}
		c.Para("Trong quá trình thực hiện nếu có vướng mắc, đề nghị các đơn vị phản ánh kịp thời về Ủy ban nhân dân " + m.Place.Level + " để được hướng dẫn./.")
		recipients(s, c, "- Như trên;", "- Thường trực Đảng ủy (b/c);", "- Lưu: VT.")
		sign(s, c, chairman(m))
	}}}
}
