package extract

import (
	"testing"

	"sohoa/dossier"
)

// TestNarrowColumns: heads whose columns leave them less than a height of their
// words apart, as an engine read them, are heads of their own.
func TestNarrowColumns(t *testing.T) {
	word := func(text string, line, x, y, w, h int) dossier.Word {
		return dossier.Word{Text: text, Line: line, Block: 1, X: x, Y: y, W: w, H: h, Confidence: 0.96}
	}
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := cat.Kind("land_change_application")
	read := dossier.Reading{Width: 2480, Height: 3508, Words: []dossier.Word{
		word("Thửa", 1, 375, 1442, 116, 41), word("đất", 1, 511, 1426, 67, 73), word("số", 1, 602, 1426, 55, 73),
		word("Tờ", 1, 726, 1444, 57, 39), word("bản", 1, 811, 1419, 76, 98), word("đồ", 1, 908, 1407, 45, 76), word("số", 1, 980, 1441, 45, 72),
		word("Diện", 1, 1116, 1433, 92, 71), word("tích", 1, 1231, 1444, 89, 69), word("(m?)", 1, 1343, 1444, 90, 49),
		word("Số", 1, 1534, 1441, 49, 42), word("phát", 1, 1604, 1425, 103, 87), word("hành", 1, 1728, 1444, 102, 39), word("Giấy", 1, 1858, 1441, 102, 55),
		word("chứng", 1, 1980, 1441, 102, 55), word("nhận", 1, 2100, 1441, 102, 55),
		word("AE", 2, 1508, 1539, 57, 37), word("26341972", 2, 1595, 1539, 212, 39),
		word("31", 2, 339, 1514, 66, 62), word("33", 2, 710, 1539, 51, 37), word("427,2", 2, 1073, 1540, 118, 45),
	}}
	got := Fields(kind, []dossier.Reading{read}, []dossier.PageID{"p"})
	for id, want := range map[string]string{"parcel": "31", "sheet": "33", "serial": "AE 26341972"} {
		if got[id].Value != want {
			t.Errorf("%s is %q, not %s", id, got[id].Value, want)
		}
	}
}
