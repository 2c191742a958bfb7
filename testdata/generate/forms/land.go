package forms

import (
	"fmt"
	"image/color"
	"strconv"
	"strings"

	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/people"
)

func (m *Matter) parcelFields(owner string) map[string]string {
	return map[string]string{"name": owner, "parcel": strconv.Itoa(m.Parcel.Number), "sheet": strconv.Itoa(m.Parcel.Sheet)}
}

func (m *Matter) parcelPlace() string { return m.Parcel.Village + ", " + m.Place.String() }

// certificateName is the title of a land certificate in running text.
const certificateName = "Giấy chứng nhận quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất"

func landApplication(m *Matter) Paper {
	fields := m.parcelFields(m.Owner.Name)
	fields["area"] = m.Parcel.Area()
	return Paper{Fields: fields, Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		formNumber(s, "Mẫu số 15")
		c := form(s)
		c.Title("ĐƠN ĐĂNG KÝ ĐẤT ĐAI, TÀI SẢN GẮN LIỀN VỚI ĐẤT")
		c.Gap(2)
		c.Centre("Kính gửi: " + m.office())
		c.Gap(3)
		c.Line("*1. Người sử dụng đất, chủ sở hữu tài sản gắn liền với đất:*")
		c.Entry("a) Tên: *" + m.Owner.Name + "*")
		c.Entry("b) Giấy tờ nhân thân: Căn cước số " + m.Owner.ID)
		c.Entry("c) Địa chỉ: " + m.Owner.Home.String())
		c.Entry("d) Điện thoại liên hệ: " + m.Phone)
		c.Line("*2. Thửa đất đăng ký:*")
		c.Entry(fmt.Sprintf("a) Thửa đất số: %d", m.Parcel.Number), fmt.Sprintf("b) Tờ bản đồ số: %d", m.Parcel.Sheet))
		c.Entry("c) Địa chỉ: " + m.parcelPlace())
		c.Entry("d) Diện tích: " + m.Parcel.Area() + " m²; sử dụng chung: không; sử dụng riêng: " + m.Parcel.Area() + " m²")
		c.Entry(fmt.Sprintf("đ) Sử dụng vào mục đích: %s, từ năm %d", m.Parcel.Use, m.Parcel.Since))
		c.Entry("e) Thời hạn đề nghị được sử dụng đất: Lâu dài")
		c.Entry(fmt.Sprintf("g) Nguồn gốc sử dụng: Nhận chuyển nhượng năm %d", m.Parcel.Since))
		c.Line("*3. Tài sản gắn liền với đất:* Không")
		c.Line("*4. Những giấy tờ nộp kèm theo:*")
		c.Line("- Giấy tờ về quyền sử dụng đất; mảnh trích đo bản đồ địa chính thửa đất.")
		c.Leaders = false
		c.Para("Tôi cam đoan nội dung kê khai trên đơn là đúng sự thật, nếu sai tôi hoàn toàn chịu trách nhiệm trước pháp luật.")
		writerSigns(s, c, m, m.Owner.Name)
	}}}
}

// formNumber prints "Mẫu số" in the corner, as decrees number their forms.
func formNumber(s *paper.Sheet, number string) {
	corner := s.Column(160, 9, 36)
	corner.Size = 11
	corner.Centre("*" + number + "*")
	s.Break()
}

func writerSigns(s *paper.Sheet, c *paper.Column, m *Matter, name string) {
	c.Line(people.Capitalised(m.Place.Commune()) + ", " + people.LongDate(m.Received))
	sign(s, c, signer{titles: []string{"Người viết đơn"}, note: "(Ký, ghi rõ họ tên)", name: name})
}

func landChange(m *Matter) Paper {
	fields := m.parcelFields(m.Buyer.Name)
	fields["serial"] = m.Parcel.Serial
	return Paper{Fields: fields, Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		formNumber(s, "Mẫu số 18")
		c := form(s)
		c.Title("ĐƠN ĐĂNG KÝ BIẾN ĐỘNG ĐẤT ĐAI, TÀI SẢN GẮN LIỀN VỚI ĐẤT")
		c.Gap(2)
		c.Centre("Kính gửi: Chi nhánh Văn phòng đăng ký đất đai; " + m.office())
		c.Gap(3)
		c.Line("*1. Người sử dụng đất, chủ sở hữu tài sản gắn liền với đất:*")
		c.Entry("a) Tên: *" + m.Buyer.Name + "*")
		c.Entry("b) Giấy tờ nhân thân: Căn cước số " + m.Buyer.ID)
		c.Entry("c) Địa chỉ: " + m.Buyer.Home.String())
		c.Entry("d) Điện thoại liên hệ: " + m.Phone)
		c.Line("*2. Nội dung biến động:*")
		c.Para("Nhận chuyển nhượng toàn bộ thửa đất của " + m.Owner.Name + " theo hợp đồng đã được chứng thực.")
		c.Line("*3. Thông tin thửa đất, Giấy chứng nhận đã cấp:*")
		c.Leaders = false
		c.Table([]float64{1, 1, 1.2, 2.2}, [][]string{
			{"Thửa đất số", "Tờ bản đồ số", "Diện tích (m²)", "Số phát hành Giấy chứng nhận"},
			{strconv.Itoa(m.Parcel.Number), strconv.Itoa(m.Parcel.Sheet), m.Parcel.Area(), m.Parcel.Serial},
		})
		c.Leaders = true
		c.Entry("Địa chỉ thửa đất: " + m.parcelPlace())
		c.Entry("Loại đất: " + m.Parcel.Use)
		c.Line("*4. Giấy tờ nộp kèm theo:*")
		c.Line("- Bản gốc Giấy chứng nhận đã cấp;")
		c.Line("- Hợp đồng chuyển nhượng quyền sử dụng đất.")
		c.Leaders = false
		c.Para("Cam đoan nội dung kê khai trên đơn là đúng sự thật và chịu trách nhiệm trước pháp luật.")
		writerSigns(s, c, m, m.Buyer.Name)
	}}}
}

// landCertificate is the A4 certificate of Thông tư 10/2024/TT-BTNMT: pink,
// framed, with a QR code of the parcel and a red serial at the foot.
func landCertificate(m *Matter) Paper {
	fields := m.parcelFields(m.Owner.Name)
	delete(fields, "name")
	fields["owner"], fields["serial"], fields["area"] = m.Owner.Name, m.Parcel.Serial, m.Parcel.Area()
	return Paper{Tint: Pink, Fields: fields, Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		s.Frame(7, paper.SerialRed)
		s.QR(168, 15, 26, m.parcelQR())
		c := heading(s)
		c.Size = 15
		c.Title("GIẤY CHỨNG NHẬN", "QUYỀN SỬ DỤNG ĐẤT,", "QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN VỚI ĐẤT")
		c.Size, c.Leading = 13, 1.5
		c.Gap(4)
		c.Line("*1. Người sử dụng đất, chủ sở hữu tài sản gắn liền với đất:*")
		c.Line("Ông/Bà: *" + m.Owner.Name + ",* Căn cước số: " + m.Owner.ID)
		c.Line("Địa chỉ: " + m.Owner.Home.String())
		c.Line("*2. Thông tin thửa đất:*")
		c.Line(fmt.Sprintf("a) Thửa đất số: %d; tờ bản đồ số: %d", m.Parcel.Number, m.Parcel.Sheet))
		c.Line("b) Diện tích: " + m.Parcel.Area() + " m²")
		c.Line("c) Loại đất: " + m.Parcel.Use)
		c.Line("d) Thời hạn sử dụng đất: Lâu dài")
		c.Line("đ) Hình thức sử dụng đất: Sử dụng riêng")
		c.Line("e) Địa chỉ: " + m.parcelPlace())
		c.Line("*3. Thông tin tài sản gắn liền với đất:* Không")
		c.Line("*4. Ghi chú:* Không")
		issuedOn(s, c, m)
		serial(s, c, m)
	}}}
}

func issuedOn(s *paper.Sheet, c *paper.Column, m *Matter) {
	c.Gap(2)
	right := s.Column(c.X+c.W/2, c.Y, c.W/2)
	right.Centre("_" + m.Place.Name + ", " + people.LongDate(m.Parcel.Issued) + "_")
	c.Y = right.Y - 2
	party := chairman(m)
	party.titles = []string{"TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"}
	sign(s, c, party)
}

func serial(s *paper.Sheet, c *paper.Column, m *Matter) {
	c.Gap(4)
	c.Line("Số vào sổ cấp Giấy chứng nhận: " + m.Parcel.BookNumber)
	s.Break()
	foot := s.Column(130, 274, 62)
	foot.Size, foot.Ink = 17, color.Color(paper.SerialRed)
	foot.Centre("*" + m.Parcel.Serial + "*")
}

// parcelQR is the parcel as the certificate's code spells it.
func (m *Matter) parcelQR() string {
	return strings.Join([]string{m.Parcel.Serial, strconv.Itoa(m.Parcel.Sheet), strconv.Itoa(m.Parcel.Number),
		m.Parcel.Area(), m.Parcel.Use, "Lâu dài", m.parcelPlace()}, "|")
}

func landTransfer(m *Matter) Paper {
	fields := map[string]string{
		"seller": m.Owner.Name, "buyer": m.Buyer.Name, "serial": m.Parcel.Serial, "price": people.Grouped(m.Price),
	}
	return Paper{Fields: fields, Sides: []func(*paper.Sheet){
		func(s *paper.Sheet) { transferFirstSide(s, m) },
		func(s *paper.Sheet) { transferSecondSide(s, m) },
	}}
}

func transferFirstSide(s *paper.Sheet, m *Matter) {
	c := heading(s)
	c.Indent = 10
	c.Title("HỢP ĐỒNG CHUYỂN NHƯỢNG QUYỀN SỬ DỤNG ĐẤT")
	c.Gap(3)
	c.Line("Hôm nay, " + people.LongDate(m.Received) + ", tại " + m.office() + ", chúng tôi gồm có:")
	for _, party := range []struct {
		title string
		people.Person
	}{{"BÊN CHUYỂN NHƯỢNG (sau đây gọi là bên A):", m.Owner}, {"BÊN NHẬN CHUYỂN NHƯỢNG (sau đây gọi là bên B):", m.Buyer}} {
		c.Line("*" + party.title + "*")
		c.Line("Ông/Bà: *" + party.Name + "*")
		c.Line("Sinh ngày: " + people.Date(party.Born))
		c.Line("Căn cước công dân số: " + party.ID)
		c.Line("Nơi cư trú: " + party.Home.String())
	}
	c.Para("Hai bên thỏa thuận ký kết hợp đồng này với các điều khoản sau đây:")
	c.Para("*Điều 1.* Bên A đồng ý chuyển nhượng cho bên B quyền sử dụng thửa đất theo " + certificateName + " số " + m.Parcel.Serial + " do Ủy ban nhân dân cấp, cụ thể như sau: thửa đất số " + strconv.Itoa(m.Parcel.Number) + ", tờ bản đồ số " + strconv.Itoa(m.Parcel.Sheet) + ", diện tích " + m.Parcel.Area() + " m², địa chỉ: " + m.parcelPlace() + ".")
	c.Para("*Điều 2.* Giá chuyển nhượng quyền sử dụng đất là " + people.Grouped(m.Price) + " đồng (bằng chữ: " + people.InWords(m.Price) + " đồng). Phương thức thanh toán: chuyển khoản, một lần. Việc giao và nhận số tiền nêu trên do hai bên tự thực hiện và chịu trách nhiệm trước pháp luật.")
	c.Para("*Điều 3.* Bên A giao thửa đất cùng các giấy tờ về quyền sử dụng đất cho bên B trong thời hạn 10 ngày, kể từ ngày hợp đồng được chứng thực. Việc đăng ký quyền sử dụng đất tại cơ quan có thẩm quyền do bên B chịu trách nhiệm thực hiện.")
	c.Para("*Điều 4.* Thuế, phí và lệ phí liên quan đến việc chuyển nhượng do bên B chịu trách nhiệm nộp.")
	pageOf(s, 1, 2)
}

func transferSecondSide(s *paper.Sheet, m *Matter) {
	c := s.Body(paper.TopMargin)
	c.Indent = 10
	c.Para("*Điều 5.* Trong quá trình thực hiện hợp đồng này, nếu phát sinh tranh chấp, các bên cùng nhau thương lượng giải quyết trên nguyên tắc tôn trọng quyền lợi của nhau; nếu không giải quyết được thì một trong hai bên có quyền khởi kiện theo quy định của pháp luật.")
	c.Para("*Điều 6.* Bên A cam đoan thửa đất không có tranh chấp, không bị kê biên để bảo đảm thi hành án. Bên B cam đoan đã xem xét kỹ, biết rõ về thửa đất và các giấy tờ về quyền sử dụng đất.")
	c.Para("Hợp đồng này được lập thành 03 bản, có giá trị pháp lý như nhau.")
	sign(s, c,
		signer{titles: []string{"BÊN A"}, note: "(Ký, điểm chỉ, ghi rõ họ tên)", name: m.Owner.Name},
		signer{titles: []string{"BÊN B"}, note: "(Ký, điểm chỉ, ghi rõ họ tên)", name: m.Buyer.Name})
	c.Gap(6)
	c.Title("LỜI CHỨNG CỦA NGƯỜI THỰC HIỆN CHỨNG THỰC")
	c.Para(fmt.Sprintf("Tôi là %s, Chủ tịch %s, chứng thực: hợp đồng này được giao kết giữa các bên có tên trên, các bên tự nguyện thỏa thuận và đã ký trước mặt tôi. Số chứng thực: %d, quyển số 01/%d-SCT/HĐ,GD.",
		m.Chairman, m.office(), m.Numbers.Contract, m.Received.Year()))
	sign(s, c, chairman(m))
	pageOf(s, 2, 2)
}

// pageOf prints "Trang 1/2" at the foot, as contracts do.
func pageOf(s *paper.Sheet, page, of int) {
	s.Break()
	foot := s.Column(150, 281, 44)
	foot.Size = 10
	foot.Centre(fmt.Sprintf("_Trang %d/%d_", page, of))
}

func powerOfAttorney(m *Matter) Paper {
	fields := map[string]string{"giver": m.Owner.Name, "receiver": m.Heir.Name, "serial": m.Parcel.Serial}
	return Paper{Fields: fields, Sides: []func(*paper.Sheet){func(s *paper.Sheet) {
		c := heading(s)
		c.Indent = 10
		c.Title("GIẤY ỦY QUYỀN")
		c.Gap(3)
		for _, party := range []struct {
			title string
			people.Person
		}{{"BÊN ỦY QUYỀN:", m.Owner}, {"BÊN ĐƯỢC ỦY QUYỀN:", m.Heir}} {
			c.Line("*" + party.title + "*")
			c.Line("Họ và tên: *" + party.Name + "*")
			c.Line("Sinh ngày: " + people.Date(party.Born))
			c.Line("Căn cước số: " + party.ID)
			c.Line("Nơi cư trú: " + party.Home.String())
		}
		c.Line("*NỘI DUNG ỦY QUYỀN:*")
		c.Para("Bên ủy quyền giao cho bên được ủy quyền nộp hồ sơ, nhận kết quả và thực hiện nghĩa vụ tài chính đối với thửa đất số " + strconv.Itoa(m.Parcel.Number) + ", tờ bản đồ số " + strconv.Itoa(m.Parcel.Sheet) + ", theo Giấy chứng nhận số " + m.Parcel.Serial + ".")
		c.Para("Thời hạn ủy quyền: 12 tháng, kể từ ngày ký. Bên được ủy quyền không được ủy quyền lại cho người khác.")
		c.Line(people.Capitalised(m.Place.Commune()) + ", " + people.LongDate(m.Received))
		sign(s, c,
			signer{titles: []string{"BÊN ỦY QUYỀN"}, note: "(Ký, ghi rõ họ tên)", name: m.Owner.Name},
			signer{titles: []string{"BÊN ĐƯỢC ỦY QUYỀN"}, note: "(Ký, ghi rõ họ tên)", name: m.Heir.Name})
		c.Gap(4)
		c.Title("XÁC NHẬN CỦA ỦY BAN NHÂN DÂN " + strings.ToUpper(m.Place.Level))
		sign(s, c, chairman(m))
	}}}
}
