package pades

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"sohoa/pipeline/pades/pdfread"
)

// base is the file an update is appended to: what has to be known of it.
type base struct {
	size    int64
	objects int   // first free object number
	prev    int64 // offset of the newest table
	ids     [2]string

	catalogRef, pageRef pdfread.Ref
	catalog, page       pdfread.Object
	fields, annots      []pdfread.Ref
}

// openBase reads a file of package pdfa, which may have updates of ours.
func openBase(r io.ReaderAt, size int64) (*base, error) {
	f, err := pdfread.Open(r, size)
	if err != nil {
		return nil, err
	}
	if !f.Classic || f.Encrypted() || len(f.Sections) > maxSignatures+1 {
		return nil, errors.New("not a file of ours: encrypted, compact, or with too many updates")
	}
	b := &base{size: size, objects: f.Objects(), prev: f.Sections[0]}
	if err := endsWithMark(r, size); err != nil {
		return nil, err
	}
	if err := b.identifiers(f.Trailer); err != nil {
		return nil, err
	}
	if err := b.findCatalog(f); err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	return b, b.findPage(f)
}

// maxSignatures bounds the signatures of one file of ours.
const maxSignatures = 100

// endsWithMark wants the end mark as the last line: an update begins on a new
// line.
func endsWithMark(r io.ReaderAt, size int64) error {
	const mark = "\n%%EOF\n"
	end := make([]byte, len(mark))
	if _, err := r.ReadAt(end, size-int64(len(mark))); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read: %w", err)
	}
	if !bytes.Equal(end, []byte(mark)) {
		return errors.New("does not end with its end mark")
	}
	return nil
}

func (b *base) identifiers(trailer pdfread.Dict) error {
	ids, _ := trailer.Get("ID").(pdfread.Array)
	if len(ids) != 2 {
		return errors.New("no file identifier")
	}
	for i := range ids {
		id, _ := ids[i].(pdfread.Text)
		if len(id.Value) != 16 {
			return errors.New("file identifier is not of 16 bytes")
		}
		b.ids[i] = fmt.Sprintf("%x", id.Value)
	}
	var ok bool
	if b.catalogRef, ok = trailer.Get("Root").(pdfread.Ref); !ok {
		return errors.New("no catalog")
	}
	return nil
}

func (b *base) findCatalog(f *pdfread.File) (err error) {
	if b.catalog, err = f.Object(b.catalogRef); err != nil {
		return err
	}
	form := b.catalog.Dict().Get("AcroForm")
	if form == nil {
		return nil
	}
	d, ok := form.(pdfread.Dict)
	if !ok || len(d) != 2 {
		return errors.New("a form that is not ours")
	}
	b.fields, err = refs(d.Get("Fields"))
	return err
}

// findPage goes to the first page.
func (b *base) findPage(f *pdfread.File) error {
	node, _ := b.catalog.Dict().Get("Pages").(pdfread.Ref)
	for depth := 0; depth <= 2; depth++ { // the writer's trees have two levels of nodes
		o, err := f.Object(node)
		if err != nil {
			return err
		}
		if o.Dict().Name("Type") == "Page" {
			b.pageRef, b.page = node, o
			b.annots, err = refs(o.Dict().Get("Annots"))
			return err
		}
		kids, _ := o.Dict().Get("Kids").(pdfread.Array)
		if len(kids) == 0 {
			break
		}
		node, _ = kids[0].(pdfread.Ref)
	}
	return errors.New("no first page")
}

// refs reads an array of references; none is fine.
func refs(v any) ([]pdfread.Ref, error) {
	if v == nil {
		return nil, nil
	}
	a, ok := v.(pdfread.Array)
	if !ok {
		return nil, errors.New("not a list of objects")
	}
	var all []pdfread.Ref
	for _, e := range a {
		r, ok := e.(pdfread.Ref)
		if !ok {
			return nil, errors.New("not a list of objects")
		}
		all = append(all, r)
	}
	return all, nil
}

// with gives the dictionary of an object again, byte for byte, with one entry
// replaced or appended.
func with(o pdfread.Object, key pdfread.Name, value string) string {
	var b strings.Builder
	found := false
	b.WriteString("<<")
	for _, e := range o.Dict() {
		raw := string(o.Raw[e.From:e.To])
		if e.Key == key {
			raw, found = value, true
		}
		b.WriteString("/" + string(e.Key))
		if strings.IndexByte("/([<", raw[0]) < 0 {
			b.WriteByte(' ')
		}
		b.WriteString(raw)
	}
	if !found {
		b.WriteString("/" + string(key) + value)
	}
	b.WriteString(">>")
	return b.String()
}
