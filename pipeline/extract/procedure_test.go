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
		"named":           {[]dossier.Component{slip("Đăng ký khai sinh", 0.95)}, "1.001193"},
		"tones are lost":  {[]dossier.Component{slip("ĐĂNG KÝ KHAI SỊNH", 0.95)}, "1.001193"},
		"unsure":          {[]dossier.Component{slip("Đăng ký khai sinh", 0.5)}, ""},
		"another wording": {[]dossier.Component{slip("Đăng ký khai sinh cho trẻ", 0.95)}, ""},
		"two procedures":  {[]dossier.Component{slip("Đăng ký khai sinh", 0.95), slip("Đăng ký kết hôn", 0.95)}, ""},
		"no slip":         {[]dossier.Component{{Kind: "decision"}}, ""},
		// The portal has this name under two codes: neither is taken.
		"one name, two codes": {[]dossier.Component{slip("Công nhận hộ nghèo, hộ cận nghèo", 0.95)}, ""},
	} {
		if got := extract.Procedure(cat, c.papers); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
