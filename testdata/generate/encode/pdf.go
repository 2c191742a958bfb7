package encode

import (
	"bytes"
	"fmt"
	"image"
)

// PDFPage is one page of an image-only PDF: either a finished JPEG or a
// bilevel image.
type PDFPage struct {
	JPEG    []byte
	Gray    bool // of the JPEG
	Bilevel *image.Paletted
	Size    image.Point
	DPI     int
}

// PDF writes the pages as the software of a scanner does: each page is its
// image, drawn to the edges, with the bytes of the JPEG untouched.
func PDF(pages []PDFPage) []byte {
	w := pdfWriter{}
	w.out.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	const perPage, first = 3, 3 // objects 1 and 2 are catalogue and page tree
	kids := ""
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", first+i*perPage)
	}
	w.object("<< /Type /Catalog /Pages 2 0 R >>", nil)
	w.object(fmt.Sprintf("<< /Type /Pages /Kids [ %s] /Count %d >>", kids, len(pages)), nil)
	for i, page := range pages {
		w.page(first+i*perPage, page)
	}
	return w.finish()
}

type pdfWriter struct {
	out     bytes.Buffer
	offsets []int
}

func (w *pdfWriter) page(number int, page PDFPage) {
	width, height := points(page.Size.X, page.DPI), points(page.Size.Y, page.DPI)
	w.object(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %s %s] /Contents %d 0 R /Resources << /XObject << /Im0 %d 0 R >> >> >>",
		width, height, number+1, number+2), nil)
	content := []byte(fmt.Sprintf("q %s 0 0 %s 0 0 cm /Im0 Do Q", width, height))
	w.object(fmt.Sprintf("<< /Length %d >>", len(content)), content)
	dictionary, pixels := page.stream()
	w.object(fmt.Sprintf("<< /Type /XObject /Subtype /Image /Width %d /Height %d %s /Length %d >>",
		page.Size.X, page.Size.Y, dictionary, len(pixels)), pixels)
}

func points(pixels, dpi int) string { return fmt.Sprintf("%.2f", float64(pixels)*72/float64(dpi)) }

func (p PDFPage) stream() (dictionary string, pixels []byte) {
	switch {
	case p.Bilevel != nil:
		return fmt.Sprintf("/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns %d /Rows %d >>",
			p.Size.X, p.Size.Y), group4(p.Bilevel)
	case p.Gray:
		return "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode", p.JPEG
	}
	return "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode", p.JPEG
}

// object appends the next object, with a stream unless it is nil.
func (w *pdfWriter) object(dictionary string, stream []byte) {
	w.offsets = append(w.offsets, w.out.Len())
	fmt.Fprintf(&w.out, "%d 0 obj\n%s\n", len(w.offsets), dictionary)
	if stream != nil {
		w.out.WriteString("stream\n")
		w.out.Write(stream)
		w.out.WriteString("\nendstream\n")
	}
	w.out.WriteString("endobj\n")
}

func (w *pdfWriter) finish() []byte {
	table := w.out.Len()
	fmt.Fprintf(&w.out, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1)
	for _, offset := range w.offsets {
		fmt.Fprintf(&w.out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&w.out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(w.offsets)+1, table)
	return w.out.Bytes()
}
