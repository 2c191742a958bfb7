package people

// Place is a commune or ward of today with the unit code its dossiers carry.
// The unit codes are made up below the province.
type Place struct {
	Level    string // "xã" or "phường"
	Name     string
	Province string
	Unit     string
}

// String is the place as papers write it.
func (p Place) String() string { return p.Level + " " + p.Name + ", tỉnh " + p.Province }

// Commune is the place without its province.
func (p Place) Commune() string { return p.Level + " " + p.Name }

// Place draws a commune.
func (m *Maker) Place() Place { return pick(m.rng, places) }

// Address draws a village of the commune.
func (m *Maker) Address(p Place) Address { return Address{Village: pick(m.rng, villages), Place: p} }

var places = []Place{
	{"xã", "Gia Phú", "Lào Cai", "H38.68"},
	{"xã", "Phong Hải", "Lào Cai", "H38.71"},
	{"xã", "Bảo Thắng", "Lào Cai", "H38.66"},
	{"xã", "Bát Xát", "Lào Cai", "H38.12"},
	{"xã", "Văn Bàn", "Lào Cai", "H38.84"},
	{"phường", "Sa Pa", "Lào Cai", "H38.29"},
	{"xã", "Y Tý", "Lào Cai", "H38.17"},
	{"xã", "Tằng Loỏng", "Lào Cai", "H38.70"},
	{"xã", "Púng Luông", "Lào Cai", "H38.122"},
	{"xã", "Tân Lạc", "Phú Thọ", "H44.31"},
	{"xã", "Kim Bôi", "Phú Thọ", "H44.45"},
	{"xã", "Dũng Tiến", "Phú Thọ", "H44.50"},
	{"xã", "Vân Sơn", "Phú Thọ", "H44.55"},
	{"xã", "Bao La", "Phú Thọ", "H44.61"},
	{"phường", "Thanh Miếu", "Phú Thọ", "H44.103"},
	{"xã", "Hàm Yên", "Tuyên Quang", "H60.97"},
	{"xã", "Bạch Xa", "Tuyên Quang", "H60.98"},
	{"xã", "Thuận Hoà", "Tuyên Quang", "H60.30"},
	{"xã", "Thượng Nông", "Tuyên Quang", "H60.77"},
	{"xã", "Bản Máy", "Tuyên Quang", "H60.46"},
	{"phường", "Hà Giang 2", "Tuyên Quang", "H60.3"},
	{"xã", "Na Son", "Điện Biên", "H18.18"},
	{"xã", "Xa Dung", "Điện Biên", "H18.19"},
	{"xã", "Tìa Dình", "Điện Biên", "H18.45"},
	{"phường", "Mường Thanh", "Điện Biên", "H18.37"},
}

var villages = []string{
	"thôn Tân Tiến", "thôn Đồng Tâm", "thôn Nậm Mòn", "thôn Khe Lếch", "thôn Hoa Sơn", "thôn Trần Phú", "bản Pho",
	"bản Na Cảnh", "bản Huổi Lếch", "bản Pá Vạt", "thôn Lùng Thàng", "thôn Ngải Trồ", "khu 5", "xóm Mường Dềnh",
	"thôn Sín Chải", "bản Nà Nghè", "thôn Cốc Sâm 2", "tổ dân phố số 4", "xóm Lũng", "thôn Bó Củng",
}

// birthProvinces are the codes, in personal numbers, of the provinces these
// people may have been born in.
var birthProvinces = []string{"010", "015", "008", "002", "011", "025", "026", "017", "001", "034"}
