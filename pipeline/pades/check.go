package pades

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/pades/cms"
	"sohoa/pipeline/pades/pdfread"
	"sohoa/pipeline/pdfa"
)

// Check is the gate before a signed file is published. It returns a
// [dossier.Fault] with reason pdf_gate when a byte of the file is not as this
// package and package pdfa write it, or when a signature does not verify.
//
// Method: the request is read back out of the newest update, the update is
// prepared again from the file below it, and the two must be equal byte for
// byte; so must the container, encoded again from the certificates and the
// signature in it. Then the same is done with the file below, until there is no
// signature left: that file must pass [pdfa.Check].
func Check(ctx context.Context, r io.ReaderAt, size int64) error {
	for depth := 0; ; depth++ {
		below, err := checkUpdate(ctx, r, size)
		if err != nil {
			return gate(err)
		}
		signed, err := isSigned(r, below)
		if err != nil {
			return gate(err)
		}
		if !signed {
			return pdfa.Check(io.NewSectionReader(r, 0, below), below)
		}
		if depth == maxSignatures || below >= size {
			return gate(errors.New("too many signatures"))
		}
		size = below
	}
}

func gate(err error) error {
	if dossier.ReasonOf(err) != dossier.ReasonUnknown || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("check signed pdf: %w", err)
	}
	return &dossier.Fault{Kind: dossier.Park, Op: "check signed pdf", Reason: dossier.ReasonGate, Err: err}
}

func isSigned(r io.ReaderAt, size int64) (bool, error) {
	f, err := pdfread.Open(r, size)
	if err != nil {
		return false, err
	}
	fields, err := signatureFields(f)
	return len(fields) > 0, err
}

// checkUpdate checks the newest update and gives the size of the file below.
func checkUpdate(ctx context.Context, r io.ReaderAt, size int64) (below int64, err error) {
	f, err := pdfread.Open(r, size)
	if err != nil {
		return 0, err
	}
	req, contents, err := readBack(f, r)
	if err != nil {
		return 0, err
	}
	p, err := Prepare(ctx, req)
	if err != nil {
		return 0, err
	}
	from := req.Size + int64(len(p.head))
	if contents.From != from || contents.To+int64(len(p.tail)) != size {
		return 0, errors.New("the update is not as long as its request makes it")
	}
	if err := errors.Join(stands(r, req.Size, p.head), stands(r, contents.To, p.tail)); err != nil {
		return 0, err
	}
	return req.Size, p.checkContainer(r, contents)
}

// stands fails unless the bytes stand at the place.
func stands(r io.ReaderAt, at int64, want []byte) error {
	got := make([]byte, len(want))
	if _, err := io.ReadFull(io.NewSectionReader(r, at, int64(len(got))), got); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if !bytes.Equal(got, want) {
		return errors.New("the update is not the one its request makes")
	}
	return nil
}

// readBack makes the request of the newest update out of the file.
func readBack(f *pdfread.File, r io.ReaderAt) (req Request, contents pdfread.Text, err error) {
	catalog, err := f.Object(refUnder(f.Trailer, "Root"))
	if err != nil {
		return req, contents, err
	}
	form, _ := catalog.Dict().Get("AcroForm").(pdfread.Dict)
	fields, err := refs(form.Get("Fields"))
	if err != nil || len(fields) == 0 {
		return req, contents, errors.Join(errors.New("no signature"), err)
	}
	field, err := f.Dict(fields[len(fields)-1])
	if err != nil {
		return req, contents, err
	}
	signature, err := f.Dict(field.Get("V"))
	if err != nil {
		return req, contents, err
	}
	at, err := timeBack(signature)
	if err != nil {
		return req, contents, err
	}
	contents, _ = signature.Get("Contents").(pdfread.Text)
	// An update of ours begins with the catalog: there ends the file below.
	req = Request{Input: r, Size: catalog.At, At: at, Reason: textUnder(signature, "Reason"), Location: textUnder(signature, "Location"), Room: len(contents.Value)}
	req.Block, err = blockBack(f, field)
	return req, contents, err
}

func refUnder(d pdfread.Dict, key pdfread.Name) pdfread.Ref {
	r, _ := d.Get(key).(pdfread.Ref)
	return r
}

func timeBack(signature pdfread.Dict) (time.Time, error) {
	m, _ := signature.Get("M").(pdfread.Text)
	at, err := time.ParseInLocation("D:20060102150405", strings.TrimSuffix(m.Value, "+07'00'"), hanoi())
	if err != nil {
		return at, errors.New("no time of signing")
	}
	return at, nil
}

var (
	shownCodes = regexp.MustCompile(`(?m)^<((?:[0-9A-F]{4})+)> Tj$`)
	mappedCode = regexp.MustCompile(`(?m)^<([0-9A-F]{4})> <((?:[0-9A-F]{4}){1,2})>$`)
)

// blockBack reads the lines of the block back from what it draws; nil when it
// draws nothing.
func blockBack(f *pdfread.File, field pdfread.Dict) (*Block, error) {
	look, _ := field.Get("AP").(pdfread.Dict)
	o, err := f.Object(refUnder(look, "N"))
	if err != nil {
		return nil, err
	}
	resources, _ := o.Dict().Get("Resources").(pdfread.Dict)
	if resources == nil {
		return nil, nil
	}
	fonts, _ := resources.Get("Font").(pdfread.Dict)
	letters, err := lettersBack(f, fonts)
	if err != nil {
		return nil, err
	}
	content, err := f.Unpack(o)
	if err != nil {
		return nil, err
	}
	b := &Block{}
	for _, shown := range shownCodes.FindAllSubmatch(content, maxLines+1) {
		var line strings.Builder
		for codes := string(shown[1]); codes != ""; codes = codes[4:] {
			line.WriteString(letters[codes[:4]])
		}
		b.Lines = append(b.Lines, line.String())
	}
	return b, nil
}

// lettersBack reads the mapping of codes to letters.
func lettersBack(f *pdfread.File, fonts pdfread.Dict) (map[string]string, error) {
	font, err := f.Dict(fonts.Get("F0"))
	if err != nil {
		return nil, err
	}
	o, err := f.Object(refUnder(font, "ToUnicode"))
	if err != nil {
		return nil, err
	}
	mapping, err := f.Unpack(o)
	if err != nil {
		return nil, err
	}
	letters := map[string]string{}
	for _, m := range mappedCode.FindAllSubmatch(mapping, -1) {
		utf16, err := hex.DecodeString("FEFF" + string(m[2]))
		if err != nil {
			return nil, fmt.Errorf("mapping: %w", err)
		}
		letters[string(m[1])] = textOf(string(utf16))
	}
	return letters, nil
}

// checkContainer checks the container against what was prepared.
func (p *Prepared) checkContainer(r io.ReaderAt, contents pdfread.Text) error {
	c, err := cms.Parse([]byte(contents.Value))
	if err != nil {
		return fmt.Errorf("container: %w", err)
	}
	chain := c.Chain()
	if len(chain) == 0 || len(chain) != len(c.Certificates) {
		return errors.New("the certificates of the container are not one chain")
	}
	tbs, err := p.ToBeSigned(chain)
	if err != nil {
		return err
	}
	signed, err := tbs.Complete(c.Signer.Signature)
	if err != nil {
		return err
	}
	return stands(r, contents.From, signed.hole())
}
