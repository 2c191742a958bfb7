package places_test

import (
	"reflect"
	"testing"

	"sohoa/dossier"
	"sohoa/dossier/places"
)

// lines are made-up communes beside real provinces.
var lines = []dossier.PlaceChange{
	{Old: "Tỉnh Yên Bái", New: "Tỉnh Lào Cai"},
	{Old: "Tỉnh Hòa Bình", New: "Tỉnh Phú Thọ"},
	{Old: "Tỉnh Bà Rịa - Vũng Tàu", New: "Thành phố Hồ Chí Minh"},
	{Old: "Xã Gò Cao", Within: []string{"Huyện Văn Lâm"}, New: "Xã Gò Suối, tỉnh Lào Cai"},
	{Old: "Thị trấn Cầu Mới", New: "Xã Gò Suối, tỉnh Lào Cai"},
	{Old: "Xã Suối Sâu", New: "Xã Gò Suối, tỉnh Lào Cai"},
	{Old: "Xã Suối Sâu", New: "Xã Bến Đá, tỉnh Lào Cai"},
}

// TestNow finds whole names only, and gives every part of what was divided.
func TestNow(t *testing.T) {
	names := places.New(lines)
	yenBai := places.Now{Old: "Tỉnh Yên Bái", New: []string{"Tỉnh Lào Cai"}}
	hoaBinh := places.Now{Old: "Tỉnh Hòa Bình", New: []string{"Tỉnh Phú Thọ"}}
	goCao := places.Now{Old: "Xã Gò Cao", New: []string{"Xã Gò Suối, tỉnh Lào Cai"}}
	cauMoi := places.Now{Old: "Thị trấn Cầu Mới", New: []string{"Xã Gò Suối, tỉnh Lào Cai"}}
	suoiSau := places.Now{Old: "Xã Suối Sâu", New: []string{"Xã Gò Suối, tỉnh Lào Cai", "Xã Bến Đá, tỉnh Lào Cai"}}
	for text, want := range map[string][]places.Now{
		"": nil,
		"Thôn 3, xã Gò Cao, huyện Văn Lâm, tỉnh Yên Bái": {yenBai, goCao},
		"thôn 3, X. Gò Cao, H. Văn Lâm, T. Yên Bái":      {yenBai, goCao},
		"xã Gò Cao huyện Văn Lâm":                        {goCao},
		"xã Gò Cao":                                      nil, // others are called so
		"xã Gò Cao, huyện Văn Lâm Đông":                  nil,
		"xã Gò Cao Thượng, huyện Văn Lâm":                nil,
		"UBND TT CẦU MỚI":                                {cauMoi},
		"TT. Cầu Mới":                                    {cauMoi},
		"xã Suối Sâu":                                    {suoiSau},
		"thị xã Suối Sâu":                                nil,
		"Suối Sâu":                                       nil,
		"tổ 4, phường X, Yên Bái":                        {yenBai},
		"Yên Bái":                                        nil, // a town, a name
		"thành phố Yên Bái":                              nil,
		"tỉnh Hoà Bình":                                  {hoaBinh},
		"tỉnh Bà Rịa-Vũng Tàu":                           {{Old: "Tỉnh Bà Rịa - Vũng Tàu", New: []string{"Thành phố Hồ Chí Minh"}}},
		"tỉnh Lào Cai":                                   nil,
		"Nguyễn Hòa Bình":                                nil,
	} {
		if got := names.Now(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

// TestSynonyms leads from a new name to the old ones and back, with and without the
// word for what it is.
func TestSynonyms(t *testing.T) {
	others := map[string][]string{}
	for _, s := range places.New(lines).Synonyms() {
		others[s.Words] = s.Others
	}
	for words, want := range map[string][]string{
		"Tỉnh Yên Bái": {"Tỉnh Lào Cai"}, "Tỉnh Lào Cai": {"Tỉnh Yên Bái"}, "Lào Cai": {"Tỉnh Yên Bái"},
		"Xã Gò Suối": {"Xã Gò Cao", "Thị trấn Cầu Mới", "Xã Suối Sâu"}, "Gò Suối": {"Xã Gò Cao", "Thị trấn Cầu Mới", "Xã Suối Sâu"},
		"Xã Suối Sâu": {"Xã Gò Suối", "Xã Bến Đá"}, "Hồ Chí Minh": {"Tỉnh Bà Rịa - Vũng Tàu"}, "Phú Thọ": {"Tỉnh Hòa Bình"},
	} {
		if got := others[words]; !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}
