package extract_test

import (
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline/extract"
)

func TestProcedure(t *testing.T) {
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	slip := func(name string, confidence float64) dossier.Component {
		return dossier.Component{Kind: dossier.KindReceiptSlip, Fields: map[string]dossier.Field{"procedure": {Value: name, Confidence: confidence}}}
	}
	for name, c := range map[string]struct {
		papers []dossier.Component
		want   string
	}{
		"named":          {[]dossier.Component{slip("Đăng ký khai sinh", 0.95)}, "1.001193"},
		"tones are lost": {[]dossier.Component{slip("ĐĂNG KÝ KHAI SỊNH", 0.95)}, "1.001193"},
		// No other name is near, so that the engine's doubt does not matter.
		"unsure engine":     {[]dossier.Component{slip("Đăng ký khai sinh", 0.5)}, "1.001193"},
		"a letter misread":  {[]dossier.Component{slip("Đăng ký khai snh", 0.5)}, "1.001193"},
		"two letters wrong": {[]dossier.Component{slip("Đăng ký khai sh", 0.95)}, ""},
		"its end is lost":   {[]dossier.Component{slip("Đăng ký khai", 0.95)}, ""},
		"another wording":   {[]dossier.Component{slip("Đăng ký khai sinh cho trẻ", 0.95)}, ""},
		"two procedures":    {[]dossier.Component{slip("Đăng ký khai sinh", 0.95), slip("Đăng ký kết hôn", 0.95)}, ""},
		"no slip":           {[]dossier.Component{{Kind: "decision"}}, ""},
		// The portal has this name under two codes: neither is taken.
		"one name, two codes": {[]dossier.Component{slip("Công nhận hộ nghèo, hộ cận nghèo", 0.95)}, ""},
	} {
		if got := extract.Procedure(cat, c.papers); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
