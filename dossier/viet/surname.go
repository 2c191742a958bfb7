package viet

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// surnames are first words of names as papers of Viet Nam spell them: of the
// Kinh and of the peoples of the mountains and the south. No list is complete,
// so that it serves to look twice at a name that begins otherwise, never to
// refuse or to correct one.
const surnames = " an bao biện bàn bành bá bùi bạc bạch bế bồ ca cam cao chang chu chung cháng châu chìu" +
	" chúc chương chướng chảo chẩu chế chử cung cà cái cát có công cù cư cấn cầm cồ cứ danh" +
	" diêm diệp doãn dư dương gia giang giàng giáp giảng hoa hoàn hoàng huỳnh hy hà hàn" +
	" hàng hán hòa hùng hạ hạng hầu hỏa hồ hờ hứa kha khang khiếu khoàng khuất khà kháng" +
	" khúc khưu khương khổng kim kiên kiềng kiều ksor kông kỷ la lai lang liên liêu liễu ly" +
	" lâm lãnh lèng lèo lê lìn lìu lò lù lùng lý lăng lũ lưu lương lường lưỡng lạc lại lầu" +
	" lềnh lều lồ lỗ lộc lục lừ lữ lỳ ma mai miêu má mâu mã mè mông mùa mạc mạnh mẫn mộng" +
	" nay nghiêm nguyễn ngân ngô ngũ ngải ngần ngọ ngụy nhan nhâm nhậm nhữ ninh niê nông" +
	" phan phàn pháng phìn phí phó phù phùng phú phương phượng phạm pu pờ quan quyền quàng" +
	" quách quản quảng rơ sa sin siu sái sâm sìn sùng sơn sải sầm sằn sền sủng tao thang" +
	" thi thiều thiệu thuận thàng thào thái thân thùng thương thạch thẩm thập thền thổ thừa" +
	" tiêu tiết tiền trang triều triệu trà tráng trưng trương trần trịnh trừ tung tào tân" +
	" tòng tô tôn tông tăng tường tạ tải tẩn tẩy tằng tếch tếnh tề tống từ tự ung uông vi" +
	" viêm viên vàng vân vì vòng võ vù văn vũ vương vạng vần vầy vừ xa xin xìn yên âu ông" +
	" đan đinh điêu điền điểu đoàn đàm đàng đào đái đèo đường đậu đặng đồ đồng đổng đỗ đới" +
	" ưng ổn "

// Surname tells whether a word, in capitals or not, is a known first word of
// names.
func Surname(word string) bool {
	return strings.Contains(surnames, " "+strings.ToLower(norm.NFC.String(word))+" ")
}
