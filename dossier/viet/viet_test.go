package viet

import "testing"

func TestNormalise(t *testing.T) {
	for in, want := range map[string]string{
		"Hòa Bình": "hoà bình", "hoà": "hoà", "THÚY": "thuý", "khỏe": "khoẻ", "toán": "toán", "hoàng": "hoàng",
		"quý": "quý", "của": "của", "Hoa\u0300": "hoà", "lúy-thúy": "luý-thuý", "": "", "múa": "múa",
	} {
		if got := Normalise(in); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Quyết định": "quyet dinh", "ĐẤT ĐAI": "dat dai", "Giàng A Páo": "giang a pao", "K'Brôih": "k'broih", "e\u0302\u0301": "e", "m²": "m²",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}
