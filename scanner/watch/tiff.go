package watch

import (
	"encoding/binary"
	"errors"
	"io"
)

// TIFF has no end mark. It is a chain of directories (IFD), each pointing to
// its values and its strips or tiles of pixels, in any order (TIFF 6.0,
// section 2; BigTIFF the same with 64-bit offsets). The file has its end when
// the chain ends and all it points to lies inside. Writers patch the offset
// that links a directory last, so that an unfinished one shows as offset 0 in
// the header or as a pointer past the end.
//
// Bounds: [tiffDirectories] directories of [tiffEntries] entries, and
// [tiffBudget] bytes of tables in all. A file past them is called complete and
// left to the pipeline, which has limits of its own.

const (
	tiffDirectories = 20_000
	tiffEntries     = 4096
	tiffBudget      = 4 << 20
	tiffHeader      = 8
)

// The tags that place pixels.
const (
	tagStripOffsets = 273
	tagStripCounts  = 279
	tagTileOffsets  = 324
	tagTileCounts   = 325
)

var (
	errPastEnd    = errors.New("points past the end")
	errPastBudget = errors.New("larger than the bounds of this check")
)

func isTIFF(head []byte) bool {
	if len(head) < tiffHeader {
		return false
	}
	switch string(head[:4]) {
	case "II*\x00", "MM\x00*", "II+\x00", "MM\x00+":
		return true
	}
	return false
}

// tiffTables reads tables of one file, each inside the file, all within the
// budget.
type tiffTables struct {
	r      io.ReaderAt
	size   uint64
	budget uint64
	order  binary.ByteOrder
	big    bool
}

// ifdEntry is one row of a directory. Value is the raw field that holds the
// values or the offset to them.
type ifdEntry struct {
	tag, kind uint16
	count     uint64
	value     []byte
}

func checkTIFF(r io.ReaderAt, size int64, head []byte) (verdict, error) {
	t := tiffTables{r: r, size: uint64(size), budget: tiffBudget, order: binary.LittleEndian}
	if head[0] == 'M' {
		t.order = binary.BigEndian
	}
	t.big = t.order.Uint16(head[2:]) == 43
	switch err := t.walk(head); {
	case err == nil, errors.Is(err, errPastBudget):
		return formatComplete, nil
	case errors.Is(err, errPastEnd):
		return formatIncomplete, nil
	default:
		return formatUnknown, err
	}
}

func (t *tiffTables) walk(head []byte) error {
	if t.big && len(head) < 16 {
		return errPastEnd
	}
	next := t.offset(head[4:])
	if t.big {
		next = t.offset(head[8:])
	}
	if next == 0 {
		return errPastEnd
	}
	for range tiffDirectories {
		if next == 0 {
			return nil
		}
		entries, after, err := t.directory(next)
		if err != nil {
			return err
		}
		if err := t.checkPixels(entries); err != nil {
			return err
		}
		next = after
	}
	return errPastBudget // long or going in circles
}

// directory reads the entries of one IFD and the offset of the next.
func (t *tiffTables) directory(at uint64) (entries []ifdEntry, next uint64, err error) {
	countLen, rowLen := uint64(2), uint64(12)
	if t.big {
		countLen, rowLen = 8, 20
	}
	b, err := t.table(at, countLen)
	if err != nil {
		return nil, 0, err
	}
	n := uint64(t.order.Uint16(b))
	if t.big {
		n = t.order.Uint64(b)
	}
	if n > tiffEntries {
		return nil, 0, errPastBudget
	}
	rows, err := t.table(at+countLen, n*rowLen+t.offsetLen())
	if err != nil {
		return nil, 0, err
	}
	for range n {
		entries = append(entries, t.entry(rows[:rowLen]))
		rows = rows[rowLen:]
	}
	return entries, t.offset(rows), nil
}

func (t *tiffTables) entry(row []byte) ifdEntry {
	e := ifdEntry{tag: t.order.Uint16(row), kind: t.order.Uint16(row[2:])}
	if t.big {
		e.count, e.value = t.order.Uint64(row[4:]), row[12:20]
	} else {
		e.count, e.value = uint64(t.order.Uint32(row[4:])), row[8:12]
	}
	return e
}

// checkPixels asks that every strip and tile of a directory lies in the file.
func (t *tiffTables) checkPixels(entries []ifdEntry) error {
	values := map[uint16][]uint64{}
	for _, e := range entries {
		switch e.tag {
		case tagStripOffsets, tagStripCounts, tagTileOffsets, tagTileCounts:
			var err error
			if values[e.tag], err = t.numbers(e); err != nil {
				return err
			}
		}
	}
	if err := t.checkSpans(values[tagStripOffsets], values[tagStripCounts]); err != nil {
		return err
	}
	return t.checkSpans(values[tagTileOffsets], values[tagTileCounts])
}

func (t *tiffTables) checkSpans(offsets, counts []uint64) error {
	for i, at := range offsets {
		length := uint64(0)
		if i < len(counts) {
			length = counts[i]
		}
		if at > t.size || length > t.size-at || at == 0 && length > 0 {
			return errPastEnd
		}
	}
	return nil
}

// numbers reads the values of an entry of type SHORT, LONG or LONG8; other
// types can't place pixels and yield nothing.
func (t *tiffTables) numbers(e ifdEntry) ([]uint64, error) {
	width := map[uint16]uint64{3: 2, 4: 4, 16: 8}[e.kind]
	if width == 0 {
		return nil, nil
	}
	if e.count > tiffBudget {
		return nil, errPastBudget
	}
	b := e.value
	if e.count*width > uint64(len(e.value)) {
		var err error
		if b, err = t.table(t.offset(e.value), e.count*width); err != nil {
			return nil, err
		}
	}
	numbers := make([]uint64, e.count)
	for i := range numbers {
		numbers[i] = t.number(b[uint64(i)*width:], width)
	}
	return numbers, nil
}

func (t *tiffTables) number(b []byte, width uint64) uint64 {
	switch width {
	case 2:
		return uint64(t.order.Uint16(b))
	case 4:
		return uint64(t.order.Uint32(b))
	default:
		return t.order.Uint64(b)
	}
}

func (t *tiffTables) offsetLen() uint64 {
	if t.big {
		return 8
	}
	return 4
}

func (t *tiffTables) offset(b []byte) uint64 { return t.number(b, t.offsetLen()) }

// table reads n bytes that must lie inside the file.
func (t *tiffTables) table(at, n uint64) ([]byte, error) {
	if at > t.size || n > t.size-at {
		return nil, errPastEnd
	}
	if n > t.budget {
		return nil, errPastBudget
	}
	t.budget -= n
	b, err := readSpan(t.r, int64(at), int64(n))
	if err == nil && uint64(len(b)) < n {
		err = errPastEnd
	}
	return b, err
}
