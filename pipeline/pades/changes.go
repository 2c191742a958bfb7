package pades

import (
	"bytes"
	"errors"
	"fmt"

	"sohoa/pipeline/pades/pdfread"
)

// What may come after a signature without changing what was signed: further
// signature fields and their widgets, the dictionary of proofs (DSS, EN 319
// 142-1, 5.4), extensions and the metadata packet. All else is a change.
//
// Method: both revisions are walked from their catalogs side by side, so that
// what counts is what a reader sees, not which objects were written again. At
// the few places where additions are allowed the walk knows the rule of the
// place; everywhere else the two must be equal to the last byte of each stream.

// Bounds of one comparison: objects in all, and objects on the way from the
// catalog, which a linked list makes long.
const (
	maxCompared = 200_000
	maxWay      = 20_000
)

// differ is one comparison. A change is found as an error of type changeError.
type differ struct {
	before, after *pdfread.File
	seen          map[[2]pdfread.Ref]bool
	way           int
	signatures    map[pdfread.Ref]bool // fields and widgets of the later revision
}

// changeError names the first place that changed.
type changeError string

func (c changeError) Error() string { return "changed: " + string(c) }

func changedAt(path string) error { return changeError(path) }

// changesBetween names the first change that is not allowed, or "".
func changesBetween(before, after *pdfread.File) (string, error) {
	fields, err := walkFields(after)
	if err != nil {
		return "", err
	}
	d := &differ{before: before, after: after, seen: map[[2]pdfread.Ref]bool{}, signatures: fields.signatures}
	err = d.catalog()
	var change changeError
	if errors.As(err, &change) {
		return string(change), nil
	}
	return "", err
}

func (d *differ) catalog() error {
	a, errA := d.before.Dict(d.before.Trailer.Get("Root"))
	b, errB := d.after.Dict(d.after.Trailer.Get("Root"))
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	return d.catalogs(a, b)
}

func (d *differ) catalogs(a, b pdfread.Dict) error {
	return d.keys("catalog", a, b, func(key pdfread.Name, x, y any) (bool, error) {
		switch key {
		case "DSS", "Extensions", "Metadata", "Version":
			return y != nil, nil
		case "AcroForm":
			return true, d.form(x, y)
		}
		return false, nil
	})
}

// keys compares two dictionaries key by key. rule may judge a key itself.
func (d *differ) keys(path string, a, b pdfread.Dict, rule func(key pdfread.Name, x, y any) (bool, error)) error {
	all := append(append(pdfread.Dict{}, a...), b...)
	for i, e := range all {
		if i >= len(a) && a.Get(e.Key) != nil {
			continue
		}
		x, y := a.Get(e.Key), b.Get(e.Key)
		if rule != nil {
			done, err := rule(e.Key, x, y)
			if err != nil {
				return err
			}
			if done {
				continue
			}
		}
		if err := d.same(path+"/"+string(e.Key), x, y); err != nil {
			return err
		}
	}
	return nil
}

// form compares the two forms: signature fields may have been added.
func (d *differ) form(x, y any) error {
	a, errA := d.before.Dict(x)
	b, errB := d.after.Dict(y)
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	return d.keys("form", a, b, func(key pdfread.Name, x, y any) (bool, error) {
		switch key {
		case "Fields":
			return true, d.grown("form/Fields", x, y)
		case "SigFlags":
			return y != nil, nil
		case "DA":
			return x == nil, nil
		case "DR":
			return true, d.resources(x, y, 0)
		case "NeedAppearances":
			return x == nil && y == false, nil
		}
		return false, nil
	})
}

// resources compares what fields draw with: fonts and the like may have been
// added for new fields, under names that nothing used before.
func (d *differ) resources(x, y any, depth int) error {
	a, errA := d.before.Dict(x)
	b, errB := d.after.Dict(y)
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	return d.keys("form/DR", a, b, func(_ pdfread.Name, x, y any) (bool, error) {
		if x == nil {
			return true, nil
		}
		if sub, err := d.before.Dict(x); err == nil && sub != nil && depth == 0 {
			return true, d.resources(x, y, depth+1)
		}
		return false, nil
	})
}

// grown compares two lists of fields or annotations: the old ones must be there
// still, in their order, and new ones must be signature fields.
func (d *differ) grown(path string, x, y any) error {
	a, errA := d.before.Array(x)
	b, errB := d.after.Array(y)
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	for i := range b {
		if len(a) > 0 {
			if ref, ok := b[i].(pdfread.Ref); !ok || a[0] == any(ref) {
				if err := d.same(path, a[0], b[i]); err != nil {
					return err
				}
				a = a[1:]
				continue
			}
		}
		if added, ok := b[i].(pdfread.Ref); !ok || !d.signatures[added] {
			return changedAt(path)
		}
	}
	if len(a) > 0 {
		return changedAt(path)
	}
	return nil
}

// signatureIn tells whether a field or widget is that of a signature.
func signatureIn(f *pdfread.File, v any) (bool, error) {
	const maxParents = 8
	for range maxParents {
		field, err := f.Dict(v)
		if err != nil || field == nil {
			return false, err
		}
		if kind := field.Name("FT"); kind != "" {
			return kind == "Sig" && field.Get("A") == nil && field.Get("AA") == nil, nil
		}
		v = field.Get("Parent")
	}
	return false, nil
}

// same compares two values of any kind.
func (d *differ) same(path string, x, y any) error {
	if len(path) > 120 {
		path = path[:100] + "…"
	}
	a, isRefA := x.(pdfread.Ref)
	b, isRefB := y.(pdfread.Ref)
	if isRefA && isRefB {
		return d.refs(path, a, b)
	}
	if isRefA || isRefB { // the same value, now in or out of an object of its own
		return d.mixed(path, x, y)
	}
	switch a := x.(type) {
	case pdfread.Array:
		b, ok := y.(pdfread.Array)
		if !ok || len(a) != len(b) {
			return changedAt(path)
		}
		for i := range a {
			if err := d.same(path, a[i], b[i]); err != nil {
				return err
			}
		}
		return nil
	case pdfread.Dict:
		b, ok := y.(pdfread.Dict)
		if !ok {
			return changedAt(path)
		}
		return d.dicts(path, a, b)
	case pdfread.Text:
		if b, ok := y.(pdfread.Text); !ok || a.Value != b.Value {
			return changedAt(path)
		}
		return nil
	}
	return scalars(path, x, y)
}

// scalars compares numbers, names, booleans and null.
func scalars(path string, x, y any) error {
	switch y.(type) {
	case pdfread.Array, pdfread.Dict, pdfread.Text:
		return changedAt(path)
	}
	if x != y {
		return changedAt(path)
	}
	return nil
}

func (d *differ) mixed(path string, x, y any) error {
	a, errA := d.before.Resolve(x)
	b, errB := d.after.Resolve(y)
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	return d.same(path, a, b)
}

// refs compares two objects, once.
func (d *differ) refs(path string, a, b pdfread.Ref) error {
	pair := [2]pdfread.Ref{a, b}
	if d.seen[pair] {
		return nil
	}
	if len(d.seen) > maxCompared || d.way > maxWay {
		return fmt.Errorf("objects to compare: %w", pdfread.ErrLimit)
	}
	d.seen[pair] = true
	d.way++
	defer func() { d.way-- }()
	x, errX := d.before.Object(a)
	y, errY := d.after.Object(b)
	if err := errors.Join(errX, errY); err != nil {
		return err
	}
	if x.Data > 0 || y.Data > 0 {
		if err := d.streams(path, x, y); err != nil {
			return err
		}
	}
	return d.same(path, x.Value, y.Value)
}

// streams compares the bytes of two streams, unless they are the same ones.
func (d *differ) streams(path string, x, y pdfread.Object) error {
	if x.Data == y.Data && x.Length == y.Length {
		return nil
	}
	if x.Length != y.Length || x.Data == 0 || y.Data == 0 {
		return changedAt(path)
	}
	const piece = 64 << 10
	for at := int64(0); at < x.Length; at += piece {
		n := min(piece, x.Length-at)
		a, errA := d.before.Bytes(x.Data+at, n)
		b, errB := d.after.Bytes(y.Data+at, n)
		if err := errors.Join(errA, errB); err != nil {
			return err
		}
		if !bytes.Equal(a, b) {
			return changedAt(path)
		}
	}
	return nil
}

// dicts compares two dictionaries, with the rules of catalog, pages and fields.
func (d *differ) dicts(path string, a, b pdfread.Dict) error {
	switch a.Name("Type") {
	case "Catalog": // named by signatures that lock the file
		return d.catalogs(a, b)
	case "Page":
		return d.keys("page", a, b, func(key pdfread.Name, x, y any) (bool, error) {
			if key == "Annots" {
				return true, d.grown("page/Annots", x, y)
			}
			return false, nil
		})
	}
	open, err := openSignature(d.before, a)
	if err != nil {
		return err
	}
	if open {
		return d.filled(b)
	}
	return d.keys(path, a, b, nil)
}

// openSignature tells whether a dictionary is a signature field that was still
// empty: it may be filled later.
func openSignature(f *pdfread.File, a pdfread.Dict) (bool, error) {
	if a.Name("FT") != "Sig" && a.Name("Subtype") != "Widget" || a.Get("V") != nil {
		return false, nil
	}
	isSignature, err := signatureIn(f, a)
	if err != nil || !isSignature {
		return false, err
	}
	parent, err := f.Dict(a.Get("Parent"))
	return parent.Get("V") == nil, err
}

// filled wants that an empty signature field is one still.
func (d *differ) filled(b pdfread.Dict) error {
	isSignature, err := signatureIn(d.after, b)
	if err == nil && !isSignature {
		err = changedAt("signature field")
	}
	return err
}
