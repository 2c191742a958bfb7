package pdfread_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"strings"
	"testing"

	"sohoa/pipeline/pades/pdfread"
)

// build writes a classic file of the objects, numbered from 1; the first is the
// catalog.
func build(objects ...string) []byte {
	b := []byte("%PDF-1.7\n")
	table := fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for i, body := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", len(b))
		b = fmt.Appendf(b, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	return fmt.Appendf(b, "%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", table, len(objects)+1, len(b))
}

func open(t *testing.T, b []byte) *pdfread.File {
	t.Helper()
	f, err := pdfread.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatalf("%v\n%q", err, b)
	}
	return f
}

// TestValues reads every kind of value, with all the freedom of PDF.
func TestValues(t *testing.T) {
	f := open(t, build(`<< /A 1 /B -2.5 /C/N#20ame /D(a\(b\)\n\101(c)) /E<48 65 6C6c 6> % a comment
/F[1 0 R 2 3 true null] /G<</H false>> /I null>>`))
	d, err := f.Dict(pdfread.Ref{Number: 1})
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%v %v %v", d.Get("A"), d.Get("B"), d.Get("C"))
	for _, key := range []pdfread.Name{"D", "E"} {
		text, ok := d.Get(key).(pdfread.Text)
		if !ok {
			t.Fatalf("%s is %v", key, d.Get(key))
		}
		got += " " + text.Value
	}
	got += fmt.Sprintf(" %v %v", d.Get("F"), d.Get("I"))
	if want := "1 -2.5 N ame a(b)\nA(c) Hell` [{1 0} 2 3 true <nil>] <nil>"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestPlaceOfText: a string knows where it stands in the file.
func TestPlaceOfText(t *testing.T) {
	b := build("<</Contents <0a0b> >>")
	d, err := open(t, b).Dict(pdfread.Ref{Number: 1})
	if err != nil {
		t.Fatal(err)
	}
	text, ok := d.Get("Contents").(pdfread.Text)
	if !ok || string(b[text.From:text.To]) != "<0a0b>" {
		t.Errorf("got %+v", text)
	}
}

// compact writes a file whose objects are in an object stream, named by a
// cross-reference stream with or without a predictor.
func compact(predictor bool) []byte {
	b := []byte("%PDF-1.7\n")
	body := "2 0 3 4 null 12 "
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write([]byte(body))
	_ = z.Close()
	stream := len(b)
	b = fmt.Appendf(b, "1 0 obj\n<</Type/ObjStm/N 2/First 8/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream\nendobj\n", packed.Len(), packed.Bytes())
	at := len(b)
	rows := [][]byte{{0, 0, 0, 0}, {1, byte(stream >> 8), byte(stream), 0}, {2, 0, 1, 0}, {2, 0, 1, 1}, {1, byte(at >> 8), byte(at), 0}}
	var table bytes.Buffer
	z = zlib.NewWriter(&table)
	above := make([]byte, 4)
	for _, row := range rows {
		if predictor { // PNG's "up"
			line := []byte{2}
			for i := range row {
				line = append(line, row[i]-above[i])
			}
			above = row
			row = line
		}
		_, _ = z.Write(row)
	}
	_ = z.Close()
	parms := ""
	if predictor {
		parms = "/DecodeParms<</Predictor 12/Columns 4>>"
	}
	b = fmt.Appendf(b, "4 0 obj\n<</Type/XRef/Size 5/W[1 2 1]/Root 2 0 R/Filter/FlateDecode%s/Length %d>>\nstream\n%s\nendstream\nendobj\n", parms, table.Len(), table.Bytes())
	return fmt.Appendf(b, "startxref\n%d\n%%%%EOF\n", at)
}

// TestCompact reads objects out of object streams.
func TestCompact(t *testing.T) {
	for _, predictor := range []bool{false, true} {
		f := open(t, compact(predictor))
		v, err := f.Resolve(pdfread.Ref{Number: 3})
		if err != nil || v != int64(12) || f.Classic {
			t.Errorf("predictor %v: got %v, %v", predictor, v, err)
		}
	}
}

// TestRefused: what programs read in different ways, or could be made to read
// for ever, is an error.
func TestRefused(t *testing.T) {
	whole := build("<</Type/Catalog>>")
	circle := bytes.Replace(whole, []byte("/Root 1 0 R"), fmt.Appendf(nil, "/Root 1 0 R/Prev %d", bytes.Index(whole, []byte("xref"))), 1)
	for name, b := range map[string][]byte{
		"empty":             nil,
		"no header":         whole[1:],
		"no end mark":       whole[:len(whole)-3],
		"sections circle":   circle,
		"table of nonsense": bytes.Replace(whole, []byte("00000 n"), []byte("0000x n"), 1),
	} {
		if _, err := pdfread.Open(bytes.NewReader(b), int64(len(b))); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	for name, body := range map[string]string{
		"key twice":           "<</A 1/A 2>>",
		"nested too deep":     strings.Repeat("[", 100) + strings.Repeat("]", 100),
		"no end":              "<</A",
		"length of itself":    "<</Length 1 0 R>>\nstream\nabc\nendstream",
		"wrong length":        "<</Length 2>>\nstream\nabc\nendstream",
		"length out of sight": "<</Length 99999>>\nstream\nabc\nendstream",
		"hex of other digits": "<</A<0g>>>",
	} {
		if _, err := open(t, build(body)).Object(pdfread.Ref{Number: 1}); err == nil {
			t.Errorf("%s: read", name)
		}
	}
	moved := bytes.Replace(whole, []byte("1 0 obj"), []byte("7 0 obj"), 1)
	if _, err := open(t, moved).Object(pdfread.Ref{Number: 1}); err == nil {
		t.Error("another object was read")
	}
}

// TestBomb: what a stream unpacks to is bounded.
func TestBomb(t *testing.T) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	for range 40 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	_ = z.Close()
	f := open(t, build("<</Type/Catalog>>", fmt.Sprintf("<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream", packed.Len(), packed.Bytes())))
	o, err := f.Object(pdfread.Ref{Number: 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Unpack(o); !errors.Is(err, pdfread.ErrLimit) {
		t.Errorf("got %v", err)
	}
}
