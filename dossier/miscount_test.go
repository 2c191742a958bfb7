package dossier_test

import (
	"testing"

	"sohoa/dossier"
)

func TestMiscountText(t *testing.T) {
	first, last := dossier.ImagePlace{File: "0002.jpg", Index: 1}, dossier.ImagePlace{File: "chồng.pdf", Index: 9}
	for want, m := range map[string]dossier.Miscount{
		"Thiếu 1 tờ sau trang 4, trong các ảnh từ 0002.jpg đến chồng.pdf (ảnh 9): tờ phân cách ghi 5 tờ, quét được 4 tờ. Hãy quét tờ thiếu và xếp vào hồ sơ, hoặc xác nhận số tờ như đã quét.":     {Said: 5, Least: 2, Most: 4, After: 4, First: first, Last: last},
		"Thừa 2 tờ trong các ảnh từ 0002.jpg đến chồng.pdf (ảnh 9): tờ phân cách ghi 1 tờ, quét được ít nhất 3 tờ. Hãy xem có tờ nào của hồ sơ khác không; nếu không, xác nhận số tờ như đã quét.": {Said: 1, Least: 3, Most: 3, First: first, Last: last},
	} {
		if got := m.Text("vi"); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
