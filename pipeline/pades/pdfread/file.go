package pdfread

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Bounds on one file.
const (
	maxObjects  = 1 << 20
	maxSections = 512 // revisions, two sections each at most
	firstGlance = 2 << 10
	maxObject   = 4 << 20 // of an object without its stream
	maxUnpacked = 32 << 20
	maxWork     = 1 << 30 // bytes read and unpacked for one File
)

// ErrLimit says that a file is larger or more tangled than is looked at.
var ErrLimit = errors.New("beyond the limits of reading")

// File is an open PDF, or an earlier revision of one.
type File struct {
	// Trailer is the newest trailer dictionary.
	Trailer Dict
	// Sections are the offsets of the cross-reference sections, newest first.
	Sections []int64
	// Classic says that all of them are tables, not streams.
	Classic bool
	// Size is that of the file, or of the revision.
	Size int64

	r      io.ReaderAt
	places []place
	packs  map[int][]packed // unpacked object streams
	held   int              // bytes of them
	work   int64

	inLength bool // while the length of a stream is looked up
}

// place is where an object is.
type place struct {
	kind  placeKind
	index int32 // generation, or index within the object stream
	at    int64 // offset, or number of the object stream
}

type placeKind uint8

const (
	unknown placeKind = iota
	free
	plain
	inStream
)

// Open reads the cross-reference sections of the first size bytes of r, newest
// first. To look at an earlier revision, give the size it had.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, Size: size, Classic: true, packs: map[int][]packed{}}
	head := make([]byte, min(8, max(size, 0)))
	if err := f.readAt(head, 0); err != nil || !bytes.HasPrefix(head, []byte("%PDF-")) {
		return nil, errors.Join(errors.New("does not begin as a PDF"), err)
	}
	at, err := f.startXRef()
	if err != nil {
		return nil, err
	}
	if err := f.readSections(at); err != nil {
		return nil, fmt.Errorf("cross-reference: %w", err)
	}
	if len(f.Trailer) == 0 {
		return nil, errors.New("no trailer")
	}
	return f, nil
}

// Encrypted tells whether strings and streams are encrypted.
func (f *File) Encrypted() bool { return f.Trailer.Get("Encrypt") != nil }

// Objects is the first number no object has.
func (f *File) Objects() int { return len(f.places) }

func (f *File) readAt(p []byte, at int64) error {
	if at < 0 || at > f.Size-int64(len(p)) {
		return errors.New("points outside the file")
	}
	if f.work += int64(len(p)); f.work > maxWork {
		return ErrLimit
	}
	n, err := f.r.ReadAt(p, at)
	if n == len(p) { // io.EOF at the very end is no error
		return nil
	}
	return fmt.Errorf("read: %w", err)
}

// startXRef finds the offset after the last startxref.
func (f *File) startXRef() (int64, error) {
	const tail = 1 << 10
	b := make([]byte, min(tail, f.Size))
	if err := f.readAt(b, f.Size-int64(len(b))); err != nil {
		return 0, err
	}
	const keyword = "startxref"
	cut := bytes.LastIndex(b, []byte(keyword))
	if cut < 0 {
		return 0, errors.New("no startxref at the end")
	}
	l := lexer{b: b, at: cut + len(keyword), base: -1}
	l.skip()
	at, err := strconv.ParseInt(l.word(), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("startxref: %w", errSyntax)
	}
	if err := l.keywordEOF(); err != nil {
		return 0, err
	}
	return at, nil
}

// keywordEOF wants the end mark, which to the lexer is a comment.
func (l *lexer) keywordEOF() error {
	for l.at < len(l.b) && isSpace(l.b[l.at]) {
		l.at++
	}
	if !bytes.HasPrefix(l.b[l.at:], []byte("%%EOF")) {
		return fmt.Errorf("no %%%%EOF after startxref: %w", errSyntax)
	}
	return nil
}

// place gives where an object is.
func (f *File) place(number int) place {
	if number < 0 || number >= len(f.places) {
		return place{}
	}
	return f.places[number]
}

// setPlace notes a place, unless a newer section named one.
func (f *File) setPlace(number int64, p place) error {
	if number < 0 || number >= maxObjects {
		return ErrLimit
	}
	for int64(len(f.places)) <= number {
		f.places = append(f.places, place{})
	}
	if f.places[number].kind == unknown {
		f.places[number] = p
	}
	return nil
}

// SameObject tells whether another revision of the same file has the object at
// the same place, and thus unchanged.
func (f *File) SameObject(other *File, number int) bool {
	p := f.place(number)
	if p != other.place(number) {
		return false
	}
	return p.kind != inStream || f.place(int(p.at)) == other.place(int(p.at))
}

// Object reads an object. One that does not exist is null, as the format says.
func (f *File) Object(r Ref) (Object, error) {
	p := f.place(r.Number)
	switch p.kind {
	case plain:
		if int(p.index) != r.Generation {
			return Object{At: -1}, nil
		}
		return f.objectAt(p.at, r)
	case inStream:
		if r.Generation != 0 {
			return Object{At: -1}, nil
		}
		return f.packedObject(int(p.at), int(p.index), r.Number)
	case unknown, free:
	}
	return Object{At: -1}, nil
}

// Resolve follows references until there is a value.
func (f *File) Resolve(v any) (any, error) {
	const maxChain = 8
	for range maxChain {
		r, ok := v.(Ref)
		if !ok {
			return v, nil
		}
		o, err := f.Object(r)
		if err != nil {
			return nil, err
		}
		v = o.Value
	}
	return nil, fmt.Errorf("chain of references: %w", errSyntax)
}

// Dict resolves a dictionary; it is nil when there is something else.
func (f *File) Dict(v any) (Dict, error) {
	v, err := f.Resolve(v)
	d, _ := v.(Dict)
	return d, err
}

// Array resolves an array; it is nil when there is something else.
func (f *File) Array(v any) (Array, error) {
	v, err := f.Resolve(v)
	a, _ := v.(Array)
	return a, err
}

// objectAt reads the object r, which must begin at the offset.
func (f *File) objectAt(at int64, r Ref) (Object, error) {
	for window := int64(firstGlance); ; window *= 4 {
		room := min(window, f.Size-at)
		if room <= 0 {
			return Object{}, fmt.Errorf("object %d points outside the file", r.Number)
		}
		o, err := f.objectIn(at, room, r)
		if !errors.Is(err, errShort) || room < window || window >= maxObject {
			if err != nil {
				err = fmt.Errorf("object %d: %w", r.Number, err)
			}
			return o, err
		}
	}
}

// objectIn reads an object whose dictionary ends within the window.
func (f *File) objectIn(at, window int64, r Ref) (Object, error) {
	b := make([]byte, window)
	if err := f.readAt(b, at); err != nil {
		return Object{}, err
	}
	l := &lexer{b: b, base: at}
	if err := l.head(r); err != nil {
		return Object{}, err
	}
	v, err := l.value(0)
	if err != nil {
		return Object{}, err
	}
	o := Object{Value: v, At: at, Raw: b}
	if err := l.keyword("endobj"); err == nil || errors.Is(err, errShort) {
		return o, err
	}
	if err := l.keyword("stream"); err != nil {
		return Object{}, err
	}
	return o, f.findStream(&o, l)
}

// head wants "n g obj".
func (l *lexer) head(r Ref) error {
	for _, want := range []int{r.Number, r.Generation} {
		l.skip()
		if got, err := strconv.Atoi(l.word()); err != nil || got != want {
			return fmt.Errorf("another object stands there: %w", errSyntax)
		}
	}
	return l.keyword("obj")
}

// length reads the length of a stream that stands in an object of its own. To
// read that object must not need another such length.
func (f *File) length(r Ref) (any, error) {
	if f.inLength {
		return nil, fmt.Errorf("length of a stream within another: %w", errSyntax)
	}
	f.inLength = true
	defer func() { f.inLength = false }()
	return f.Resolve(r)
}

// findStream sets where the bytes of a stream are.
func (f *File) findStream(o *Object, l *lexer) error {
	if len(l.b)-l.at < 2 {
		return errShort
	}
	if l.b[l.at] == '\r' {
		l.at++
	}
	if l.b[l.at] != '\n' {
		return fmt.Errorf("no line end after stream: %w", errSyntax)
	}
	l.at++
	length := o.Dict().Get("Length")
	if r, ok := length.(Ref); ok {
		v, err := f.length(r)
		if err != nil {
			return err
		}
		length = v
	}
	n, ok := length.(int64)
	o.Data, o.Length = o.At+int64(l.at), n
	if !ok || n < 0 || o.Data > f.Size-n {
		return fmt.Errorf("length of a stream: %w", errSyntax)
	}
	tail := make([]byte, min(int64(len("\r\nendstream")), f.Size-o.Data-n))
	if err := f.readAt(tail, o.Data+n); err != nil {
		return err
	}
	if !bytes.HasPrefix(bytes.TrimLeft(tail, "\r\n"), []byte("endstream")) {
		return fmt.Errorf("a stream is not as long as it says: %w", errSyntax)
	}
	return nil
}

// Bytes reads a piece of the file.
func (f *File) Bytes(at, length int64) ([]byte, error) {
	if length < 0 || length > maxUnpacked {
		return nil, ErrLimit
	}
	b := make([]byte, length)
	return b, f.readAt(b, at)
}
