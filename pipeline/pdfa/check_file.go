package pdfa

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// extents are where the objects lie: the file is header, objects, table and
// trailer, one directly after the other.
type extents struct {
	starts, ends []int64 // by object number
	used         []bool
}

// fileHeader is how every published file begins.
const fileHeader = "%PDF-1.7\n" + binaryMark

// entrySize is the length of an entry of the cross-reference table.
const entrySize = 20

// maxTail is more than trailer and startxref take.
const maxTail = 512

func (c *checker) readAt(p []byte, at int64) error {
	if at < 0 || at > c.size-int64(len(p)) {
		return errors.New("points outside the file")
	}
	n, err := c.r.ReadAt(p, at)
	if n == len(p) { // io.EOF at the very end is no error
		return nil
	}
	return fmt.Errorf("read: %w", err)
}

// readExtents reads header, table and trailer.
func (c *checker) readExtents() error {
	head := make([]byte, len(fileHeader))
	if err := c.readAt(head, 0); err != nil || string(head) != fileHeader {
		return errors.Join(errors.New("header is not that of a PDF 1.7"), err)
	}
	tail := make([]byte, min(maxTail, c.size))
	if err := c.readAt(tail, c.size-int64(len(tail))); err != nil {
		return err
	}
	cut := bytes.LastIndex(tail, []byte("trailer\n"))
	if cut < 0 {
		return errors.New("no trailer at the end")
	}
	table, objects, err := c.readTrailer(tail[cut:])
	if err != nil {
		return fmt.Errorf("trailer: %w", err)
	}
	trailerAt := c.size - int64(len(tail)-cut)
	if err := c.readTable(table, trailerAt, objects); err != nil {
		return fmt.Errorf("cross-reference table: %w", err)
	}
	return c.tile(table)
}

// readTrailer gives the offset of the table and the number of its entries.
func (c *checker) readTrailer(tail []byte) (table, objects int64, err error) {
	in := cursor{rest: tail[len("trailer\n"):]}
	v, err := in.value(0)
	if err != nil {
		return 0, 0, err
	}
	d, _ := v.(dict)
	ids, _ := d["ID"].(array)
	if len(ids) != 2 {
		return 0, 0, errors.New("no file identifier")
	}
	id, _ := ids[0].(text)
	_, end, _ := strings.Cut(string(in.rest), "\nstartxref\n")
	table, err = strconv.ParseInt(strings.TrimSuffix(end, "\n%%EOF\n"), 10, 64)
	if err != nil {
		return 0, 0, fmt.Errorf("no offset after startxref: %w", errSyntax)
	}
	objects, c.catalog = d.whole("Size"), d.ref("Root")
	if len(id) != 32 || string(tail) != fmt.Sprintf(trailerForm, objects, c.catalog, id, table) {
		return 0, 0, errors.New("not as written")
	}
	return table, objects, nil
}

// readTable reads the table, which must fill the room up to the trailer.
func (c *checker) readTable(at, end, objects int64) error {
	head := fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", objects)
	if objects < 2 || objects > maxObjects || at+int64(len(head))+entrySize*(objects-1) != end {
		return fmt.Errorf("%d entries do not reach from %d to %d", objects, at, end)
	}
	if err := c.expect(at, head); err != nil {
		return err
	}
	c.starts, c.ends = make([]int64, 1, objects), make([]int64, objects)
	c.used = make([]bool, objects)
	at += int64(len(head))
	in := bufio.NewReaderSize(io.NewSectionReader(c.r, at, end-at), copyBuffer)
	entry := make([]byte, entrySize)
	for n := int64(1); n < objects; n++ {
		if _, err := io.ReadFull(in, entry); err != nil {
			return fmt.Errorf("read: %w", err)
		}
		offset, err := strconv.ParseUint(string(entry[:10]), 10, 63)
		if err != nil || string(entry[10:]) != " 00000 n \n" {
			return fmt.Errorf("entry %d: %w", n, errSyntax)
		}
		c.starts = append(c.starts, int64(offset))
	}
	return nil
}

// expect fails unless s stands at the offset.
func (c *checker) expect(at int64, s string) error {
	got := make([]byte, len(s))
	if err := c.readAt(got, at); err != nil {
		return err
	}
	if string(got) != s {
		return fmt.Errorf("expected %q at %d", s, at)
	}
	return nil
}

// tile gives every object its end: the start of the one after it in the file,
// or the table.
func (c *checker) tile(table int64) error {
	order := make([]int32, 0, len(c.starts)-1)
	for n := 1; n < len(c.starts); n++ {
		order = append(order, int32(n))
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(c.starts[a], c.starts[b]) })
	if c.starts[order[0]] != int64(len(fileHeader)) {
		return errors.New("first object does not follow the header")
	}
	for i, n := range order {
		c.ends[n] = table
		if i+1 < len(order) {
			c.ends[n] = c.starts[order[i+1]]
		}
		if c.ends[n] <= c.starts[n] {
			return fmt.Errorf("object %d has no room", n)
		}
	}
	return nil
}

// object reads an object for its one use. What it returns fills the object's
// extent exactly.
func (c *checker) object(r ref) (object, error) {
	if r < 1 || int(r) >= len(c.starts) {
		return object{}, fmt.Errorf("object %d does not exist", r)
	}
	if c.used[r] {
		return object{}, fmt.Errorf("object %d is used twice", r)
	}
	c.used[r] = true
	room := c.ends[r] - c.starts[r]
	o, err := c.objectIn(r, min(room, firstGlance))
	if err != nil && room > firstGlance {
		o, err = c.objectIn(r, min(room, maxObject))
	}
	if err != nil {
		return object{}, fmt.Errorf("object %d: %w", r, err)
	}
	return o, nil
}

// objectIn reads an object whose dictionary ends within the first glance bytes.
func (c *checker) objectIn(r ref, glance int64) (object, error) {
	head := make([]byte, glance)
	if err := c.readAt(head, c.starts[r]); err != nil {
		return object{}, err
	}
	in := cursor{rest: head}
	if err := in.literal(fmt.Sprintf("%d 0 obj\n", r)); err != nil {
		return object{}, err
	}
	v, err := in.value(0)
	if err != nil {
		return object{}, err
	}
	d, ok := v.(dict)
	if !ok {
		return object{}, errors.New("not a dictionary")
	}
	o := object{dict: d}
	if in.literal("\nstream\n") != nil {
		if string(in.rest) != "\nendobj\n" {
			return object{}, errors.New("does not end with its dictionary")
		}
		return o, nil
	}
	const tail = "\nendstream\nendobj\n"
	o.isStream, o.length = true, o.whole("Length")
	o.at = c.starts[r] + glance - int64(len(in.rest))
	if o.length < 0 || o.length != c.ends[r]-o.at-int64(len(tail)) {
		return object{}, errors.New("length of the stream is not its Length")
	}
	return o, c.expect(o.at+o.length, tail)
}

// stream reads an object that must be a stream.
func (c *checker) stream(r ref) (object, error) {
	o, err := c.object(r)
	if err == nil && !o.isStream {
		err = fmt.Errorf("object %d is not a stream", r)
	}
	return o, err
}

// allUsed finds objects nobody refers to: content that no page shows.
func (c *checker) allUsed() error {
	for n := 1; n < len(c.used); n++ {
		if !c.used[n] {
			return fmt.Errorf("object %d is not used", n)
		}
	}
	return nil
}

// mappedChar reads a line "<code> <UTF-16>" of a mapping.
func mappedChar(line string) (string, bool) {
	const codeLength = len("<0001> <")
	if len(line) < codeLength+2 || line[0] != '<' || line[codeLength-1] != '<' || line[len(line)-2:] != ">\n" {
		return "", false
	}
	raw, err := hex.DecodeString(line[codeLength : len(line)-2])
	if err != nil || len(raw)%2 != 0 || line == "<0000> <FFFF>\n" {
		return "", false
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return string(utf16.Decode(units)), true
}
