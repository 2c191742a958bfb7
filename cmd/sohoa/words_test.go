package main

import (
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"sohoa/dossier"
	"sohoa/pipeline/pdfa/pdfatest"
)

// agreeCommand holds the five forms in which pages were written against each
// other: each has the same words in the same order, as outside programs read
// them, and the PDFs are PDF/A.
//
//	agree DIR
func agreeCommand(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: agree DIR")
		}
		pages, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*.json"))
		ts.Check(err)
		var pdfs []string
		for _, page := range pages {
			base := strings.TrimSuffix(page, ".json")
			ts.Check(sameWords(t.Context(), base))
			pdfs = append(pdfs, base+".pdf")
		}
		if len(pdfs) == 0 {
			ts.Fatalf("no page in %s", args[0])
		}
		pdfatest.Validate(inScript{t, ts}, pdfs...)
	}
}

// sameWords compares what was written of one page.
func sameWords(ctx context.Context, base string) error {
	body, err := os.ReadFile(base + ".json")
	if err != nil {
		return err
	}
	var page dossier.Reading
	if err := json.Unmarshal(body, &page); err != nil {
		return err
	}
	var read, corrected []string
	for _, w := range page.Words {
		read, corrected = append(read, w.Text), append(corrected, cmp.Or(w.Corrected, w.Text))
	}
	if len(read) == 0 {
		return fmt.Errorf("%s: no words", filepath.Base(base))
	}
	plain, err := os.ReadFile(base + ".txt")
	if err != nil {
		return err
	}
	inPDF, err := exec.CommandContext(ctx, "pdftotext", "-raw", base+".pdf", "-").Output()
	if err != nil {
		return err
	}
	inHOCR, hocrErr := markedWords(base+".hocr", "class", "ocrx_word")
	inALTO, altoErr := markedWords(base+".xml", "CONTENT", "")
	for _, form := range []struct {
		name      string
		got, want []string
	}{
		{"text", strings.Fields(string(plain)), corrected}, {"pdf", strings.Fields(string(inPDF)), read}, {"hocr", inHOCR, read}, {"alto", inALTO, read},
	} {
		if !slices.Equal(form.got, form.want) {
			return fmt.Errorf("%s, %s: the words are\n%q, want\n%q", filepath.Base(base), form.name, form.got, form.want)
		}
	}
	return errors.Join(hocrErr, altoErr)
}

// markedWords are the words in XML: the content of elements whose attribute is
// as wanted, or with nothing wanted the attributes themselves.
func markedWords(path, attribute, wanted string) (words []string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	decoder := xml.NewDecoder(file)
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return words, nil
		}
		if err != nil {
			return nil, err
		}
		element, _ := token.(xml.StartElement)
		for _, a := range element.Attr {
			switch {
			case a.Name.Local != attribute:
			case wanted == "":
				words = append(words, a.Value)
			case a.Value == wanted:
				var inner struct {
					Text string `xml:",chardata"`
				}
				if err := decoder.DecodeElement(&inner, &element); err != nil {
					return nil, err
				}
				words = append(words, inner.Text)
			}
		}
	}
}
