package text

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"sohoa/dossier"
)

// at places words of one engine line: 10 pixels a letter, 300 dpi.
func at(line, x, y int, words ...string) []dossier.Word {
	var out []dossier.Word
	for _, w := range words {
		width := 10 * len([]rune(w))
		out = append(out, dossier.Word{Text: w, X: x, Y: y, W: width, H: 30, Confidence: 0.9, Line: line, Block: 1})
		x += width + 12
	}
	return out
}

func page(lines ...[]dossier.Word) []dossier.Word {
	var all []dossier.Word
	for _, l := range lines {
		all = append(all, l...)
	}
	return all
}

func TestOrder(t *testing.T) {
	tests := []struct {
		name  string
		words []dossier.Word
		want  string
	}{
		{
			"letterhead: left block, right block, body",
			page(
				at(1, 1200, 100, "CỘNG", "HÒA", "XÃ", "HỘI"),
				at(2, 1200, 150, "Độc", "lập"),
				at(3, 200, 102, "ỦY", "BAN", "NHÂN", "DÂN"),
				at(4, 200, 151, "XÃ", "ĐÔNG", "THẠNH"),
				at(5, 700, 400, "QUYẾT", "ĐỊNH"),
			),
			"ỦY BAN NHÂN DÂN\nXÃ ĐÔNG THẠNH\n\nCỘNG HÒA XÃ HỘI\nĐộc lập\n\nQUYẾT ĐỊNH\n",
		},
		{
			"a narrow gutter between lines of the engine",
			page(
				at(1, 200, 100, "SỞ", "Y", "TẾ"),
				at(2, 310, 100, "CỘNG", "HÒA"),
				at(3, 200, 150, "TRUNG", "TÂM"),
				at(4, 330, 150, "Độc", "lập"),
			),
			"SỞ Y TẾ\nTRUNG TÂM\n\nCỘNG HÒA\nĐộc lập\n",
		},
		{
			"labels stay with their values",
			page(
				at(1, 200, 100, "Họ", "tên:"),
				at(2, 900, 100, "Hạng", "Seo", "Thịnh"),
				at(3, 200, 150, "Dân", "tộc:"),
				at(4, 900, 150, "Mông"),
			),
			"Họ tên: Hạng Seo Thịnh\nDân tộc: Mông\n",
		},
		{
			"one row with a gap is one line",
			page(at(1, 200, 100, "Số:"), at(2, 900, 104, "12"), at(3, 200, 150, "Trang", "sau")),
			"Số: 12\nTrang sau\n",
		},
		{
			"last page: recipients before the signature, which reaches lower",
			page(
				at(1, 200, 100, "Nơi", "nhận"),
				at(2, 1200, 100, "CHỦ", "TỊCH"),
				at(3, 200, 150, "Như", "trên"),
				at(4, 200, 200, "Lưu", "VT"),
				at(5, 1200, 210, "Lường", "Khánh"),
			),
			"Nơi nhận\nNhư trên\nLưu VT\n\nCHỦ TỊCH\nLường Khánh\n",
		},
		{
			"a short name of an agency above a long one",
			page(
				at(1, 300, 100, "BỘ", "CÔNG", "THƯƠNG"),
				at(2, 900, 102, "CỘNG", "HÒA", "XÃ", "HỘI"),
				at(3, 200, 150, "TRƯỜNG", "ĐẠI", "HỌC", "ĐIỆN", "LỰC", "MIỀN", "TRUNG", "BẮC"),
				at(4, 960, 152, "Độc", "lập"),
			),
			"BỘ CÔNG THƯƠNG\nTRƯỜNG ĐẠI HỌC ĐIỆN LỰC MIỀN TRUNG BẮC\n\nCỘNG HÒA XÃ HỘI\nĐộc lập\n",
		},
		{
			"number and date set apart from the letterhead, the subject below",
			page(
				at(1, 200, 100, "VĂN", "PHÒNG"), at(2, 1200, 100, "CỘNG", "HÒA"),
				at(3, 1200, 150, "Độc", "lập"),
				at(4, 200, 250, "Số:", "3722/VPCP-CN"), at(5, 1200, 250, "Hà", "Nội,", "ngày", "28"),
				at(6, 200, 300, "V/v", "cơ", "chế"), at(7, 200, 350, "đặc", "thù"),
			),
			"VĂN PHÒNG\n\nCỘNG HÒA\nĐộc lập\n\nSố: 3722/VPCP-CN Hà Nội, ngày 28\nV/v cơ chế\nđặc thù\n",
		},
		{
			"number and date close to the letterhead belong to its blocks, the subject does not",
			page(
				at(1, 200, 100, "VĂN", "PHÒNG"), at(2, 1200, 100, "CỘNG", "HÒA"),
				at(4, 200, 150, "Số:", "12"), at(5, 1200, 150, "Hà", "Nội,", "ngày", "28"),
				at(6, 200, 200, "V/v", "cơ", "chế"),
			),
			"VĂN PHÒNG\nSố: 12\n\nCỘNG HÒA\nHà Nội, ngày 28\n\nV/v cơ chế\n",
		},
		{
			"recipients beside a title alone",
			page(
				at(1, 200, 100, "Nơi", "nhận:"), at(2, 1200, 100, "CHỦ", "TỊCH"),
				at(3, 200, 150, "Như", "trên;"), at(4, 200, 200, "Lưu:", "VT."),
			),
			"Nơi nhận:\nNhư trên;\nLưu: VT.\n\nCHỦ TỊCH\n",
		},
		{
			"names stand under the room for two signatures",
			page(
				at(1, 200, 100, "NGƯỜI", "NỘP", "HỒ", "SƠ"), at(2, 1200, 100, "NGƯỜI", "TIẾP", "NHẬN"),
				at(3, 240, 480, "Vương", "Seo"), at(4, 1240, 480, "Hà", "Văn"),
			),
			"NGƯỜI NỘP HỒ SƠ\nVương Seo\n\nNGƯỜI TIẾP NHẬN\nHà Văn\n",
		},
		{
			"spouses of a certificate side by side",
			page(
				at(1, 200, 100, "Vợ"), at(2, 1200, 100, "Chồng"),
				at(3, 200, 150, "Họ,", "chữ", "đệm,", "tên:", "HẠNG", "THỊ", "THẢO", "MAI", "LINH", "CHI", "HƯƠNG", "NGUYÊN"),
				at(4, 1200, 150, "Họ,", "chữ", "đệm,", "tên:", "VÀNG", "ĐÌNH", "CƯỜNG", "QUANG"),
				at(5, 200, 200, "Dân", "tộc:", "Mông"), at(6, 1200, 200, "Dân", "tộc:", "Dao"),
				at(7, 200, 250, "Nơi", "đăng", "ký", "kết", "hôn", "ghi", "trên", "cả", "chiều", "ngang", "của", "trang", "giấy", "chứng", "nhận", "kết", "hôn", "của", "ủy", "ban", "nhân", "dân", "xã", "Thuận", "Hòa"),
			),
			"Vợ\nHọ, chữ đệm, tên: HẠNG THỊ THẢO MAI LINH CHI HƯƠNG NGUYÊN\nDân tộc: Mông\n\nChồng\nHọ, chữ đệm, tên: VÀNG ĐÌNH CƯỜNG QUANG\nDân tộc: Dao\n\n" +
				"Nơi đăng ký kết hôn ghi trên cả chiều ngang của trang giấy chứng nhận kết hôn của ủy ban nhân dân xã Thuận Hòa\n",
		},
		{
			"a table of papers and amounts, one row's number lost",
			page(
				at(1, 200, 100, "Tên", "giấy", "tờ"), at(2, 1200, 100, "Số", "lượng"),
				at(3, 200, 150, "Tờ", "khai"), at(4, 1200, 150, "01", "bản"),
				at(5, 200, 200, "Giấy", "chứng", "sinh"), at(6, 1200, 200, "02", "bản"),
			),
			"Tên giấy tờ Số lượng\nTờ khai 01 bản\nGiấy chứng sinh 02 bản\n",
		},
		{
			"gaps in two lines of a form amid its text",
			page(
				at(1, 200, 100, "Họ", "tên", "mẹ", "Vàng"),
				at(2, 200, 150, "Số", "con:", "01"), at(3, 1000, 150, "Giới", "tính:", "Nam"),
				at(4, 200, 200, "Cân", "nặng:", "27"), at(5, 1000, 200, "Tình", "trạng:", "tốt"),
				at(6, 200, 250, "Người", "đỡ", "đẻ"),
			),
			"Họ tên mẹ Vàng\nSố con: 01 Giới tính: Nam\nCân nặng: 27 Tình trạng: tốt\nNgười đỡ đẻ\n",
		},
		{
			"boxes of words that touch do not change the order the engine read them in",
			func() []dossier.Word {
				words := at(1, 200, 100, "XÃ", "BẢO", "THẮNG")
				words[2].X, words[2].W = 195, 210
				return words
			}(),
			"XÃ BẢO THẮNG\n",
		},
		{
			"holes at both edges are no columns",
			page(
				at(1, 20, 100, "@"), at(2, 1600, 100, "@"),
				at(3, 200, 150, "Bên", "nữ"), at(4, 900, 150, "Bên", "nam"),
				at(5, 200, 200, "Phùng", "Mùi"), at(6, 900, 200, "Vũ", "Đình"),
			),
			"@ @\n\nBên nữ\nPhùng Mùi\n\nBên nam\nVũ Đình\n",
		},
		{"nothing", nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ordered := Order(test.words, 300)
			if got := Plain(ordered); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			if len(ordered) != len(test.words) {
				t.Errorf("%d words of %d left", len(ordered), len(test.words))
			}
			checkNumbers(t, ordered)
		})
	}
}

// checkNumbers: lines and blocks count from 1 without gaps.
func checkNumbers(t *testing.T, words []dossier.Word) {
	t.Helper()
	line, block := 0, 0
	for _, w := range words {
		if w.Line != line && w.Line != line+1 || w.Block != block && w.Block != block+1 {
			t.Fatalf("word %q has line %d after %d, block %d after %d", w.Text, w.Line, line, w.Block, block)
		}
		line, block = w.Line, w.Block
	}
}

// FuzzOrder: whatever the boxes, no word is lost or doubled.
func FuzzOrder(f *testing.F) {
	f.Add([]byte{1, 10, 10, 20, 1, 50, 10, 20, 2, 10, 40, 30})
	f.Add([]byte{1, 0, 0, 0, 1, 255, 255, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		var words []dossier.Word
		for ; len(data) >= 4; data = data[4:] {
			words = append(words, dossier.Word{
				Text: "w", Line: int(data[0]), X: int(data[1]) * 8, Y: int(data[2]) * 8, W: int(data[3]) + 1, H: int(data[0])%40 + 1,
			})
		}
		ordered := Order(words, 300)
		if len(ordered) != len(words) {
			t.Fatalf("%d words became %d", len(words), len(ordered))
		}
		checkNumbers(t, ordered)
	})
}

func sample() []dossier.Reading {
	words := Order(page(at(1, 200, 100, "Ủy", "ban"), at(2, 200, 150, "<a>&\"'", "\x01x")), 300)
	r := dossier.Reading{
		File: `tờ "1" & <2>.jpg`, Page: 3, Part: 1, Width: 2480, Height: 3508, DPI: 300, Words: words, Text: Plain(words),
		Engine: "tesseract 5 vie",
	}
	empty := dossier.Reading{File: "0002.jpg", Page: 4, Width: 10, Height: 10, Blank: true}
	return []dossier.Reading{r, empty}
}

// elements parses XML strictly and counts elements by name and class.
func elements(t *testing.T, document string) map[string]int {
	t.Helper()
	seen := make(map[string]int)
	decoder := xml.NewDecoder(strings.NewReader(document))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return seen
		}
		if err != nil {
			t.Fatalf("not XML: %v\n%s", err, document)
		}
		if e, ok := token.(xml.StartElement); ok {
			seen[e.Name.Local]++
			for _, a := range e.Attr {
				if a.Name.Local == "class" || a.Name.Local == "CONTENT" {
					seen[a.Value]++
				}
			}
		}
	}
}

func TestMarkup(t *testing.T) {
	var hocr, alto strings.Builder
	if err := HOCR(&hocr, sample()); err != nil {
		t.Fatal(err)
	}
	if err := ALTO(&alto, sample()); err != nil {
		t.Fatal(err)
	}
	seen := elements(t, hocr.String())
	for name, want := range map[string]int{"ocr_page": 2, "ocr_carea": 1, "ocr_line": 2, "ocrx_word": 4} {
		if seen[name] != want {
			t.Errorf("hocr: %d %s, want %d", seen[name], name, want)
		}
	}
	for _, part := range []string{"bbox 200 100 220 130; x_wconf 90", "bbox 0 0 2480 3508; ppageno 2", ">Ủy</span>", "scan_res 300 300"} {
		if !strings.Contains(hocr.String(), part) {
			t.Errorf("hocr lacks %q:\n%s", part, &hocr)
		}
	}
	seen = elements(t, alto.String())
	for name, want := range map[string]int{"Page": 2, "TextBlock": 1, "TextLine": 2, "String": 4, "SP": 2, `<a>&"'`: 1, "\uFFFDx": 1} {
		if seen[name] != want {
			t.Errorf("alto: %d %s, want %d", seen[name], name, want)
		}
	}
	if !strings.Contains(alto.String(), `HPOS="200" VPOS="100" WIDTH="20" HEIGHT="30" WC="0.900" CONTENT="Ủy"`) {
		t.Errorf("alto lacks the first word:\n%s", &alto)
	}
}

func TestTextAndJSON(t *testing.T) {
	var plain, lines strings.Builder
	if err := Text(&plain, sample()); err != nil {
		t.Fatal(err)
	}
	if want := "Ủy ban\n<a>&\"' \x01x\n\f"; plain.String() != want {
		t.Errorf("text %q, want %q", plain.String(), want)
	}
	if err := JSON(&lines, sample()); err != nil {
		t.Fatal(err)
	}
	var back dossier.Reading
	if err := json.Unmarshal([]byte(strings.SplitN(lines.String(), "\n", 2)[0]), &back); err != nil {
		t.Fatal(err)
	}
	if back.Words[0].Text != "Ủy" || back.Page != 3 || strings.Count(lines.String(), "\n") != 2 {
		t.Errorf("json: %s", &lines)
	}
}

// failing fails every write.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestWriteErrors(t *testing.T) {
	for name, write := range map[string]func(io.Writer, []dossier.Reading) error{"text": Text, "json": JSON, "hocr": HOCR, "alto": ALTO} {
		if err := write(failing{}, sample()); err == nil || !strings.Contains(err.Error(), "write "+name) {
			t.Errorf("%s on a full disk: %v", name, err)
		}
	}
}
