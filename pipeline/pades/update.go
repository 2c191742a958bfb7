package pades

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"sohoa/pipeline/pades/pdfread"
)

// update writes an incremental update: objects, then a table of just them, then
// a trailer that points at the table before.
type update struct {
	*base
	bytes.Buffer
	offsets  map[int]int64
	next     int // the next free object number
	from, to int // the hole: the hexadecimal string with its brackets
}

func newUpdate(b *base) *update {
	return &update{base: b, offsets: map[int]int64{}, next: b.objects}
}

func (u *update) reserve() int {
	u.next++
	return u.next - 1
}

func (u *update) printf(format string, args ...any) { _, _ = fmt.Fprintf(u, format, args...) }

func (u *update) begin(number int) {
	u.offsets[number] = u.size + int64(u.Len())
	u.printf("%d 0 obj\n", number)
}

func (u *update) object(number int, body string) {
	u.begin(number)
	u.printf("%s\nendobj\n", body)
}

// stream writes an object with bytes. The line end before endstream is not part
// of them (ISO 19005-2, 6.1.7.1 demands it).
func (u *update) stream(number int, entries string, body []byte) {
	u.begin(number)
	u.printf("<<%s/Length %d>>\nstream\n", entries, len(body))
	u.Write(body)
	u.printf("\nendstream\nendobj\n")
}

// write lays out the whole update.
func (u *update) write(req Request) error {
	if u.catalogRef.Generation != 0 || u.pageRef.Generation != 0 {
		return fmt.Errorf("catalog or page is not of the first generation")
	}
	field, signature, look := u.reserve(), u.reserve(), u.reserve()
	list := func(refs []pdfread.Ref) string {
		var b strings.Builder
		for _, r := range refs {
			fmt.Fprintf(&b, "%d %d R ", r.Number, r.Generation)
		}
		return fmt.Sprintf("[%s%d 0 R]", b.String(), field)
	}
	// SigFlags 3: signatures exist, and the file may only be appended to.
	u.object(u.catalogRef.Number, with(u.catalog, "AcroForm", fmt.Sprintf("<</Fields%s/SigFlags 3>>", list(u.fields))))
	u.object(u.pageRef.Number, with(u.page, "Annots", list(u.annots)))
	rect, err := u.appearance(look, req.Block)
	if err != nil {
		return err
	}
	// F 132: printed, and locked, which PDF/A asks of a widget (ISO 19005-2,
	// 6.3.2).
	u.object(field, fmt.Sprintf("<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature%d)/V %d 0 R/P %d 0 R/Rect%s/F 132/AP<</N %d 0 R>>>>",
		len(u.fields)+1, signature, u.pageRef.Number, rect, look))
	u.signature(signature, req)
	u.finish()
	return nil
}

// signature writes the signature dictionary around its hole. Its numbers have a
// fixed width, since they tell places that lie after them.
func (u *update) signature(number int, req Request) {
	u.begin(number)
	u.printf("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[")
	ranges := u.Len()
	u.printf("0 %-10d %-10d %-10d]/Contents", 0, 0, 0)
	u.from = u.Len()
	u.printf("<%s>", strings.Repeat("0", 2*req.Room))
	u.to = u.Len()
	u.printf("/M(%s)", pdfTime(req.At))
	for _, e := range []struct{ key, text string }{{"Reason", req.Reason}, {"Location", req.Location}} {
		if e.text != "" {
			u.printf("/%s<%s>", e.key, utf16Hex(e.text))
		}
	}
	u.printf(">>\nendobj\n")
	// The length of the last range is set by finish, when it is known.
	copy(u.Bytes()[ranges:], fmt.Sprintf("0 %-10d %-10d ", u.size+int64(u.from), u.size+int64(u.to)))
}

// finish writes table and trailer and fills in the end of the byte range.
func (u *update) finish() {
	numbers := slices.Sorted(maps.Keys(u.offsets))
	table := u.size + int64(u.Len())
	u.printf("xref\n")
	for len(numbers) > 0 {
		run := 1
		for run < len(numbers) && numbers[run] == numbers[0]+run {
			run++
		}
		u.printf("%d %d\n", numbers[0], run)
		for _, n := range numbers[:run] {
			u.printf("%010d 00000 n \n", u.offsets[n])
		}
		numbers = numbers[run:]
	}
	// The second identifier names this version of the file. It is a digest of
	// what is new, so that the same request gives the same file.
	sum := sha256.Sum256(append([]byte(u.ids[1]), u.Bytes()...))
	u.printf("trailer\n<</Size %d/Root %d 0 R/Prev %d/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n",
		u.next, u.catalogRef.Number, u.prev, u.ids[0], hex.EncodeToString(sum[:16]), table)
	at := u.from - len("/Contents]") - 10
	copy(u.Bytes()[at:], fmt.Sprintf("%-10d", u.Len()-u.to))
}

// halves are the update before and after the hole.
func (u *update) halves() (head, tail []byte) {
	return u.Bytes()[:u.from], u.Bytes()[u.to:]
}

// hanoi is the zone of legal time in Viet Nam, which has no summer time.
func hanoi() *time.Location { return time.FixedZone("+07:00", 7*60*60) }

// pdfTime is a date as ISO 32000-1, 7.9.4 writes it.
func pdfTime(at time.Time) string {
	return at.In(hanoi()).Format("D:20060102150405") + "+07'00'"
}

// utf16Hex is a text string in UTF-16, in hexadecimal.
func utf16Hex(s string) string {
	var b strings.Builder
	b.WriteString("FEFF")
	for _, unit := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", unit)
	}
	return b.String()
}
