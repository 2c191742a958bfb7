package search

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSnippet(t *testing.T) {
	const certificate = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n\nGIẤY KHAI SINH\nHọ và tên: Nguyễn Văn An\nNơi sinh: xã Hòa An\nMẹ: Trần Thị\nHoa, sinh năm 1985\n"
	for _, c := range []struct{ name, text, query, want string }{
		{"one word", certificate, "khai", "GIẤY «KHAI» SINH"},
		{"neighbours share marks", certificate, "nguyen an van", "Họ và tên: «Nguyễn Văn An»"},
		{"line with most words", certificate, "xa an", "Nơi sinh: «xã» Hòa «An»"},
		{"exact tones win", "ông Hoa\nbà Hoà", "hoà", "bà «Hoà»"},
		{"two lines for a phrase", certificate, `"thi hoa"`, "Mẹ: Trần «Thị Hoa», sinh năm 1985"},
		{"two lines for two words", certificate, "trần 1985", "Mẹ: «Trần» Thị Hoa, sinh năm «1985»"},
		{"prefix", certificate, "nguy*", "Họ và tên: «Nguyễn» Văn An"},
		{"old and new spelling", "Trần Thị Hoà", "hòa", "Trần Thị «Hoà»"},
		{"decomposed text", "Quye\u0302\u0301t đi\u0323nh số 5", "quyết", "«Quye\u0302\u0301t» đi\u0323nh số 5"},
		{"grouped number", "Số CCCD: 001 085 012 345, cấp ngày 1", "001085012345", "Số CCCD: «001 085 012 345», cấp ngày 1"},
		{"joined serial", "Số: CH662153.", "CH 662153", "Số: «CH662153»."},
		{"spelt date", "ngày 05 tháng 3 năm 1985", "5/3/1985", "ngày «05 tháng 3 năm 1985»"},
		{"marks on the paper", "Công ty «An Bình» đồng ý", "đồng", "Công ty “An Bình” «đồng» ý"},
		{"no query", certificate, "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"},
		{"nothing there", certificate, "vắng", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"},
		{"empty page", "", "vắng", ""},
	} {
		if got := snippet(c.text, "", nil, parse(c.query)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestSnippetOfAFieldOrCode(t *testing.T) {
	fields := map[string]string{"owner": "Lê Thị Mai", "serial": "CH 662153"}
	for query, want := range map[string]string{
		"mai": "Lê Thị «Mai»", "ch662153": "«CH 662153»", "H38.12-250101-0001": "«H38.12-250101-0001»", "H38122501010001": "«H38.12-250101-0001»", "trang": "«trang» một",
	} {
		if got := snippet("trang một", "H38.12-250101-0001", fields, parse(query)); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

func TestALongLineIsCutAroundTheMark(t *testing.T) {
	line := strings.Repeat("trước đó ", 200) + "Nguyễn Văn An" + strings.Repeat(" sau đó", 200)
	got := snippet(line, "", nil, parse("nguyễn văn an"))
	if n := utf8.RuneCountInString(got); n > maxSnippetRunes+10 {
		t.Errorf("%d runes", n)
	}
	if !strings.Contains(got, "«Nguyễn Văn An»") || !strings.HasPrefix(got, "… ") || !strings.HasSuffix(got, " …") {
		t.Errorf("got %s", got)
	}
	start := snippet("Nguyễn Văn An"+strings.Repeat(" sau đó", 200), "", nil, parse("an"))
	if !strings.HasPrefix(start, "Nguyễn Văn «An» sau") || !strings.HasSuffix(start, " …") {
		t.Errorf("got %s", start)
	}
}
