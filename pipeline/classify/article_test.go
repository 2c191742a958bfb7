package classify_test

import (
	"testing"

	"sohoa/pipeline/classify"
)

func TestMisreadPageNumbers(t *testing.T) {
	cat := load(t)
	for line, want := range map[string]int{
		"2": 2, "- 2 -": 2, "Trang 2/3": 2, "Trang 2/": 2, "Tran 2/2": 2, "T'ang 2/2": 2, "Tràng 12": 12,
		"Tháng 4": 0, "Trang /2": 0, "Thửa 2": 0, "2 bản": 0,
	} {
		page := "các bên cùng nhau thương lượng giải quyết trên nguyên tắc tôn trọng\nquyền lợi của nhau\nBÊN A\nBÊN B\n" + line
		if got := classify.Classify(cat, text(page)).PageNumber; got != want {
			t.Errorf("%q: page %d, want %d", line, got, want)
		}
	}
}

func TestArticles(t *testing.T) {
	cat := load(t)
	for page, want := range map[string]classify.Articles{
		"Điều 5. Trong quá trình thực hiện\nkhông có tranh chấp\nĐiều 6. Bên A cam đoan": {First: 5, Last: 6},
		"luật.\nĐiềd 5: Trong quá trình\nTheo Điều 188 Luật Đất đai\nĐiều 6. Bên A":      {First: 5, Last: 6},
		"Điều 5. Trong quá trình\nĐiều 9. Bên A cam đoan":                                {},
		"Điều 5 của hợp đồng này":                                                        {},
	} {
		if got := classify.Classify(cat, text(page)).Articles; got != want {
			t.Errorf("%q: %v, want %v", page, got, want)
		}
	}
	if (classify.Articles{}).Precede(classify.Articles{First: 1, Last: 2}) {
		t.Error("a page without articles precedes the first article")
	}
}
