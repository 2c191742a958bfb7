package people

import (
	"math/rand/v2"
	"strings"
)

// ethnic is how one people of the northern mountains names its children. The
// spellings are what makes them worth testing: "Mỷ", "Dợ", "Páo" and "Ún" are
// names, and must never be corrected to commoner words.
type ethnic struct {
	name     string
	families []string
	middles  [2][]string // of men, of women
	given    [2][]string
}

// peoples is weighted by repetition: Kinh and Mông are drawn more often.
var peoples = []ethnic{kinh, kinh, mong, mong, thai, tay, dao, muong, nung}

var (
	kinh = ethnic{
		name:     "Kinh",
		families: words("Nguyễn Trần Lê Phạm Hoàng Vũ Đỗ Bùi Đặng Ngô Đinh Dương Trịnh Lương Phan Mai Tạ"),
		middles:  [2][]string{words("Văn Đức Hữu Quang Minh Đình Xuân Công Ngọc Thanh"), words("Thị Thị Thu Ngọc Thanh Kim Bích Thùy")},
		given: [2][]string{
			words("Hùng Cường Dũng Tuấn Thắng Long Sơn Hải Khánh Lâm Phúc Trọng Tiến Đạt Vượng Thịnh Nghĩa Khải Huỳnh Quyết"),
			words("Hương Lan Nguyệt Quỳnh Giang Phượng Thảo Nhàn Thúy Yến Huyền Ngân Trang Duyên Oanh Tuyết Xuân Hồng"),
		},
	}
	mong = ethnic{
		name:     "Mông",
		families: words("Giàng Vàng Sùng Thào Hạng Cứ Mùa Má Ly Tráng Hầu Lầu"),
		middles:  [2][]string{words("A A A Seo Mí"), words("Thị Thị Thị Seo")},
		given: [2][]string{
			words("Páo Chứ Dơ Sử Lừ Chống Vảng Phừ Dế Tủa Sình Nủ Khua Giống Thống Chớ"),
			words("Mỷ Dợ Sua Chư Pà Máy Xay Dung Ca Vừ Mai Dế Sung Chà"),
		},
	}
	thai = ethnic{
		name:     "Thái",
		families: words("Lò Quàng Cà Lường Tòng Cầm Bạc Vì Lèo Điêu"),
		middles:  [2][]string{words("Văn Văn Văn"), words("Thị Thị Thị")},
		given: [2][]string{
			words("Ún Thoan Pâng Hặc Panh Xương Biên Inh Thuận Phóng Hịa Khụt"),
			words("Ơn Nọi Lả Hiêng Thoa Xôm Phượng Ín Bó Chựa Hặc"),
		},
	}
	tay = ethnic{
		name:     "Tày",
		families: words("Nông Ma Hà Lục Bế Hoàng Quan Nguyễn"),
		middles:  [2][]string{words("Văn Đình Quang Seo Thế"), words("Thị Thị Thùy Kim")},
		given:    [2][]string{words("Thuật Khoẻ Toản Bảo Chuyên Thiệu Nhất Điệp"), words("Nhung Thiết Nga Hoan Viện Mến Dung")},
	}
	dao = ethnic{
		name:     "Dao",
		families: words("Triệu Bàn Đặng Lý Chảo Tẩn Phùng"),
		middles:  [2][]string{words("Láo Duần Tiến Văn Phù"), words("Mùi Thị Thị Tả")},
		given:    [2][]string{words("Tả Sểnh Sài Phin Kinh Lở Chòi San"), words("Mẩy Pham Ghển Lai Nhậy Khé Liều")},
	}
	muong = ethnic{
		name:     "Mường",
		families: words("Bùi Quách Đinh Hà Bạch Xa"),
		middles:  [2][]string{words("Văn Công Thanh Đức"), words("Thị Thị Thị")},
		given:    [2][]string{words("Ỉn Nhượng Dểu Hiệp Ểu Tưởng Quỳnh Chiến"), words("Ỉn Hiền Mỵ Lợi Thềm Ngoan Xuyến")},
	}
	nung = ethnic{
		name:     "Nùng",
		families: words("Vi Lù Sải Thền Nông Lùng Vương"),
		middles:  [2][]string{words("Văn Seo Phà Chín"), words("Thị Thị Seo")},
		given:    [2][]string{words("Phủ Sáng Dìn Lèng Thàng Páo Khái"), words("Sẩu Viên Lù Phủng Niềng Ngay")},
	}
)

// draw composes a full name.
func (e ethnic) draw(rng *rand.Rand, female bool) string {
	i := 0
	if female {
		i = 1
	}
	return pick(rng, e.families) + " " + pick(rng, e.middles[i]) + " " + pick(rng, e.given[i])
}

func familyName(full string) string {
	family, _, _ := strings.Cut(full, " ")
	return family
}

// peopleNamed finds a people again by its name; an unknown name is Kinh.
func peopleNamed(name string) ethnic {
	for _, e := range peoples {
		if e.name == name {
			return e
		}
	}
	return kinh
}

func words(s string) []string { return strings.Fields(s) }
