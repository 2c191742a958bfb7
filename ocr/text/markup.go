package text

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"sohoa/dossier"
)

// escaped is text as it may stand in XML, in content and in attributes alike.
// Characters that XML does not allow become U+FFFD.
func escaped(s string) string {
	var b strings.Builder
	// A strings.Builder never fails.
	_ = xml.EscapeText(&b, []byte(strings.ToValidUTF8(s, string(utf8.RuneError))))
	return b.String()
}

// markup writes a document. The buffer keeps the first error until flush.
type markup struct{ *bufio.Writer }

func (m markup) put(format string, values ...any) { _, _ = fmt.Fprintf(m, format, values...) }

// flush reports the first error of everything that was written.
func (m markup) flush(form string) error {
	if err := m.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", form, err)
	}
	return nil
}

// HOCR writes readings as the pages of one hOCR 1.2 document, in XHTML: page,
// content area, line, word.
func HOCR(out io.Writer, readings []dossier.Reading) error {
	w := markup{bufio.NewWriter(out)}
	engine := ""
	if len(readings) > 0 {
		engine = readings[0].Engine
	}
	w.put(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="vi" lang="vi">
<head>
<title></title>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>
<meta name="ocr-system" content="%s"/>
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_line ocrx_word ocrp_wconf"/>
</head>
<body>
`, escaped(engine))
	for i, r := range readings {
		hocrPage(w, i+1, r)
	}
	w.put("</body>\n</html>\n")
	return w.flush("hocr")
}

func hocrPage(w markup, number int, r dossier.Reading) {
	// Quotes in a file name would end the property, so they are left out.
	name := strings.Map(func(c rune) rune {
		if c == '"' || c == '\\' {
			return '_'
		}
		return c
	}, r.File)
	w.put("<div class=\"ocr_page\" id=\"page_%d\" title=\"image &quot;%s&quot;; bbox 0 0 %d %d; ppageno %d; scan_res %.0f %.0f\">\n",
		number, escaped(name), r.Width, r.Height, r.Page-1, r.DPI, r.DPI)
	for _, block := range blocks(r.Words) {
		first := block.words[0]
		w.put("<div class=\"ocr_carea\" id=\"block_%d_%d\" title=\"%s\">\n", number, first.Block, bbox(block.box()))
		for _, line := range block.lines() {
			hocrLine(w, number, line)
		}
		w.put("</div>\n")
	}
	w.put("</div>\n")
}

func hocrLine(w markup, page int, line group) {
	number := line.words[0].Line
	w.put("<span class=\"ocr_line\" id=\"line_%d_%d\" title=\"%s\">", page, number, bbox(line.box()))
	for i, word := range line.words {
		if i > 0 {
			w.put(" ")
		}
		at := box{word.X, word.Y, word.X + word.W, word.Y + word.H}
		w.put("<span class=\"ocrx_word\" id=\"word_%d_%d_%d\" title=\"%s; x_wconf %.0f\">%s</span>",
			page, number, i+1, bbox(at), 100*word.Confidence, escaped(word.Text))
	}
	w.put("</span>\n")
}

func bbox(b box) string { return fmt.Sprintf("bbox %d %d %d %d", b.x0, b.y0, b.x1, b.y1) }

// ALTO writes readings as the pages of one ALTO 4 document: page, print space,
// text block, line, string.
func ALTO(out io.Writer, readings []dossier.Reading) error {
	w := markup{bufio.NewWriter(out)}
	w.put(`<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.loc.gov/standards/alto/ns-v4# http://www.loc.gov/standards/alto/v4/alto-4-2.xsd">
<Description>
<MeasurementUnit>pixel</MeasurementUnit>
`)
	if len(readings) > 0 {
		w.put("<sourceImageInformation><fileName>%s</fileName></sourceImageInformation>\n", escaped(readings[0].File))
		if engine := readings[0].Engine; engine != "" {
			w.put("<Processing ID=\"reading\"><processingSoftware><softwareName>%s</softwareName></processingSoftware></Processing>\n", escaped(engine))
		}
	}
	w.put("</Description>\n<Layout>\n")
	for i, r := range readings {
		altoPage(w, i+1, r)
	}
	w.put("</Layout>\n</alto>\n")
	return w.flush("alto")
}

func altoPage(w markup, number int, r dossier.Reading) {
	w.put("<Page ID=\"page_%d\" PHYSICAL_IMG_NR=\"%d\" WIDTH=\"%d\" HEIGHT=\"%d\">\n<PrintSpace HPOS=\"0\" VPOS=\"0\" WIDTH=\"%d\" HEIGHT=\"%d\">\n",
		number, r.Page, r.Width, r.Height, r.Width, r.Height)
	for _, block := range blocks(r.Words) {
		w.put("<TextBlock ID=\"block_%d_%d\" %s>\n", number, block.words[0].Block, place(block.box()))
		for _, line := range block.lines() {
			altoLine(w, number, line)
		}
		w.put("</TextBlock>\n")
	}
	w.put("</PrintSpace>\n</Page>\n")
}

func altoLine(w markup, page int, line group) {
	number := line.words[0].Line
	w.put("<TextLine ID=\"line_%d_%d\" %s>", page, number, place(line.box()))
	for i, word := range line.words {
		if i > 0 {
			before := line.words[i-1]
			w.put("<SP HPOS=\"%d\" VPOS=\"%d\" WIDTH=\"%d\"/>", before.X+before.W, word.Y, max(0, word.X-before.X-before.W))
		}
		at := box{word.X, word.Y, word.X + word.W, word.Y + word.H}
		w.put("<String ID=\"word_%d_%d_%d\" %s WC=\"%.3f\" CONTENT=\"%s\"/>", page, number, i+1, place(at), word.Confidence, escaped(word.Text))
	}
	w.put("</TextLine>\n")
}

func place(b box) string {
	return fmt.Sprintf("HPOS=\"%d\" VPOS=\"%d\" WIDTH=\"%d\" HEIGHT=\"%d\"", b.x0, b.y0, b.x1-b.x0, b.y1-b.y0)
}
