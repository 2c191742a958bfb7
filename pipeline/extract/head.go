package extract

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"sohoa/dossier"
	"sohoa/dossier/viet"
	"sohoa/pipeline/fuzzy"
)

// headPieces is how many pieces of the first page can belong to its head.
const headPieces = 26

// head gives the pieces of the first page's head, in reading order.
func (p *paper) head() []row {
	at := slices.IndexFunc(p.pieces, func(r row) bool { return r.page > 0 })
	if at < 0 {
		at = len(p.pieces)
	}
	return p.pieces[:min(at, headPieces)]
}

// findInHead reads what a letterhead says (NĐ 30/2020/NĐ-CP, Phụ lục I): issuer and
// number on the left, place and date on the right, the subject under the title
// or, for a letter, under the number.
func (p *paper) findInHead(label dossier.Label) (dossier.Field, bool) {
	switch head := p.head(); label.Field {
	case "number":
		return p.readHeadNumber(head, label.Type)
	case "date":
		return p.readHeadDate(head)
	case "issuer":
		return p.readIssuer(head)
	case "subject":
		return p.readSubject(head)
	}
	return dossier.Field{}, false
}

// readHeadNumber reads the number, and mends what form and kind tell about it.
func (p *paper) readHeadNumber(head []row, typ dossier.FieldType) (dossier.Field, bool) {
	f, ok := readNumber(head, typ, row.isNumber)
	if typ == dossier.TypeNumber && (!ok || !symbolOf(p.kind, f.Value)) {
		if mended, found := p.mendNumber(head); found {
			f, ok = mended, true
		}
	}
	if !ok {
		f, ok = readNumber(head, typ, row.isDamagedNumber)
		f.Confidence = min(f.Confidence, mended)
	}
	if !ok {
		return p.unreadNumber(head)
	}
	if typ == dossier.TypeNumber && f.Status != dossier.FieldUnread {
		f = mendCommittee(f)
	}
	return f, true
}

// isNumber tells whether the piece is the line "Số: …".
func (r row) isNumber() bool { return len(r.tokens) > 0 && r.tokens[0].plain == "so" }

// isDamagedNumber tells whether the piece is that line without one of its letters.
func (r row) isDamagedNumber() bool {
	return len(r.tokens) > 0 && (r.tokens[0].plain == "o" || r.tokens[0].plain == "s") && strings.HasSuffix(r.tokens[0].Text, ":")
}

var (
	paperNumber = regexp.MustCompile(`^S?\p{L}?[\s:.;]*(\d[\p{L}\d]*)\s*(?:/\s*(\p{L}[\p{L}\d&.]*(?:\s*[-–]\s*[\p{L}\d&.]+)*(?:\s*/\s*(?:19|20)\d\d\b)?|\d{4}\b(?:/[\p{L}\d-]+)?)(.*))?$`)
	spaceAround = regexp.MustCompile(`\s*([/–-])\s*`)
)

// readNumber reads "Số: 707 /QĐ-TTg" as 707/QĐ-TTg, and "Số: 15/HĐ/2026" whole;
// where yet another stroke follows, the number has a part that is not read. For an entry in a register
// the number is what stands before the paper's own symbol: 224 of 224/TLKS-BS.
func readNumber(head []row, typ dossier.FieldType, opens func(row) bool) (dossier.Field, bool) {
	for i, r := range head {
		if r.plain() == "so" && i+1 < len(head) && level(r, head[i+1]) {
			// A number written by pen stands apart from the word before it.
			r.tokens = slices.Concat(r.tokens, head[i+1].tokens)
		}
		text := viet.NFC(r.text())
		m := paperNumber.FindStringSubmatch(text)
		if !opens(r) || m == nil {
			continue
		}
		value := m[1]
		if m[2] != "" && (typ == dossier.TypeNumber || unicode.IsDigit([]rune(m[2])[0])) {
			value = spaceAround.ReplaceAllString(m[1]+"/"+m[2], "$1") + symbolTail(m[3])
		}
		c := candidate{like: 1}
		if left := strings.TrimSpace(m[3]); typ == dossier.TypeNumber && strings.HasPrefix(left, "/") && symbolTail(left) == "" {
			c.like = mended
		}
		return r.unlessPenned(c.field(strings.TrimSpace(value), "", r.tokens[1:]), r.tokens), true
	}
	return dossier.Field{}, false
}

// level tells whether two pieces stand side by side.
func level(a, b row) bool {
	return a.width > 0 && b.box.Y < a.box.Y+a.box.H && a.box.Y < b.box.Y+b.box.H
}

// symbolTail is the end of a symbol written with spaces ("TB-QL Đào tạo"). More
// than two words, or a comma, are other words of the head that stand close.
func symbolTail(rest string) string {
	if len(strings.Fields(rest)) > 2 || strings.ContainsAny(rest, ",;:0123456789") {
		return ""
	}
	return rest
}

// readHeadDate reads the line "Hà Nội, ngày 28 tháng 4 năm 2026". It stands
// above the title; dates below belong to other papers. Of a line in which the
// day can not be read, the place is known.
func (p *paper) readHeadDate(head []row) (place dossier.Field, there bool) {
	for i, r := range head {
		if p.isTitle(r) || r.begins([]string{"Căn cứ", "Kính gửi"}, false) {
			break
		}
		if !datesPaper(r) {
			continue
		}
		c := candidate{like: 1, value: r.tokens}
		if i+1 < len(head) && !dateWords.MatchString(viet.NFC(r.text())) {
			c.value = slices.Concat(r.tokens, head[i+1].tokens) // wrapped in a narrow block
		}
		if dateWords.MatchString(viet.NFC(textOf(c.value))) {
			if f, ok := c.wholeDate(); ok {
				return r.unlessPenned(f, c.value), true
			}
		}
		if !there {
			place, there = unreadDate(r)
		}
	}
	return place, there
}

// placeWords is how many words a place before the date has at most: "Thành phố
// Hồ Chí Minh,".
const placeWords = 6

// datesPaper tells whether the line can be the one that dates the paper: a
// place before "ngày", or "Hôm nay". Behind a number the date is that of another
// paper, also where a wrapped title names one.
func datesPaper(r row) bool {
	day := slices.IndexFunc(r.tokens, func(t token) bool { return strings.HasPrefix(t.plain, "ngay") })
	if day < 0 {
		// The engine has joined place and date: "Ngãi,ngày04".
		day = slices.IndexFunc(r.tokens, func(t token) bool { return strings.Contains(t.plain, "ngay") })
	}
	return day >= 0 && day <= placeWords && !strings.ContainsAny(textOf(r.tokens[:day]), "0123456789/")
}

// agencyWords begin the name of an agency; a line in capitals that begins
// otherwise goes on with the agency above it ("ỦY BAN NHÂN DÂN / XÃ BẢO THẮNG").
var agencyWords = []string{"uybannhandan", "ubnd", "hoidong", "so", "bo", "cuc", "chicuc", "tongcuc", "trungtam", "truong", "benhvien", "tram", "phong",
	"ban", "congan", "toaan", "vien", "vanphong", "thutuong", "chinhphu", "dang", "chinhanh", "kho"}

// readIssuer reads the last agency named above the number: the one above it is
// its superior.
func (p *paper) readIssuer(head []row) (dossier.Field, bool) {
	var unit []token
	for _, r := range head {
		if r.isNumber() || r.isBareSymbol() || p.beginsTitle(r) {
			break
		}
		plain := r.plain()
		onRight := r.width > 0 && r.box.X+r.box.W/2 > r.width/2
		if !allUpper(r.tokens) || onRight || letters(r.text()) < 2 || national(plain) {
			continue
		}
		if len(unit) == 0 || slices.ContainsFunc(agencyWords, func(w string) bool { return strings.HasPrefix(plain, w) }) {
			unit = nil
		}
		unit = append(unit, r.tokens...)
	}
	if len(unit) == 0 {
		return dossier.Field{}, false
	}
	return candidate{like: 1}.field(strings.TrimSpace(viet.NFC(textOf(unit))), "", unit), true
}

// national tells whether the line is part of the national name, which wraps in
// narrow heads.
func national(plain string) bool {
	return plain == "nam" || plain == "vietnam" || fuzzy.Within(plain, "conghoaxahoichunghia", 3) || fuzzy.Within(plain, "doclaptudo", 2)
}

// maxSubject bounds the subject, in lines.
const maxSubject = 8

// readSubject reads the lines under the title, or from "V/v" on.
func (p *paper) readSubject(head []row) (dossier.Field, bool) {
	at := slices.IndexFunc(head, func(r row) bool { return strings.HasPrefix(r.plain(), "vv") && strings.Contains(r.text(), "/") })
	if at < 0 {
		title := slices.IndexFunc(head, p.isTitle)
		if title < 0 || title+1 >= len(head) {
			return dossier.Field{}, false
		}
		at = title + 1
	}
	var taken []token
	last := head[at]
	for i := at; i < len(head) && i < at+maxSubject && !endsSubject(head[i], i == at); i++ {
		if sideways(head[at], head[i]) {
			continue
		}
		if len(taken) > 0 && (apart(last, head[i]) || strings.HasSuffix(last.text(), ".")) {
			break
		}
		taken, last = append(taken, head[i].tokens...), head[i]
	}
	value := strings.TrimSpace(viet.NFC(textOf(taken)))
	if letters(value) < 4 {
		return dossier.Field{}, false
	}
	return candidate{like: 1}.field(value, "", taken), true
}

// isTitle tells whether the piece is the title of the kind.
func (p *paper) isTitle(r row) bool {
	plain := r.plain()
	return slices.ContainsFunc(p.kind.AllTitles(), func(title string) bool {
		want := fuzzy.Plain(title)
		edits, _ := fuzzy.Prefix(want, plain, len(want)/8)
		return edits <= len(want)/8 && len(plain) <= len(want)+2
	})
}

// beginsTitle tells whether the piece begins with a title of the kind, in
// capitals: HỢP ĐỒNG LAO ĐỘNG is a contract.
func (p *paper) beginsTitle(r row) bool {
	plain := r.plain()
	return allUpper(r.tokens) && slices.ContainsFunc(p.kind.AllTitles(), func(title string) bool {
		want := fuzzy.Plain(title)
		edits, _ := fuzzy.Prefix(want, plain[:min(len(plain), len(want)+2)], len(want)/8)
		return edits <= len(want)/8
	})
}

// endsSubject tells whether a line belongs to what follows the subject: the
// enacting agency in capitals, the reasons, the address, a rule.
func endsSubject(r row, first bool) bool {
	plain := r.plain()
	for _, w := range []string{"dieu1", "xetdenghi", "theodenghi", "homnay", "thuchiennghi", "thuchienluat", "thuchienquyetdinh", "thuchienchithi"} {
		if strings.HasPrefix(plain, w) {
			return true
		}
	}
	if opensText(plain) {
		return true
	}
	return plain == "" || r.isNumber() && strings.ContainsAny(r.text(), ":/") || !first && allUpper(r.tokens) || strings.Contains(plain, "ngay") && strings.Contains(plain, "thang") && strings.Contains(plain, "nam")
}

// opensText tells whether a line opens with "Căn cứ" or "Kính gửi", a letter of
// which may be misread. The identity card is no reason.
func opensText(plain string) bool {
	return !strings.HasPrefix(plain, "cancuoc") && slices.ContainsFunc([]string{"cancu", "kinhgui"}, func(w string) bool {
		edits, _ := fuzzy.Prefix(w, plain[:min(len(plain), len(w)+1)], 1)
		return edits <= 1
	})
}

// apart tells whether there is more room between two lines than inside a
// paragraph.
func apart(above, below row) bool {
	return above.width > 0 && 10*(below.box.Y-above.box.Y-above.box.H) > 13*above.box.H
}

// sideways tells whether the line stands in the other block of the head.
func sideways(start, other row) bool {
	if start.width == 0 {
		return false
	}
	return start.box.X+start.box.W < other.box.X || other.box.X+other.box.W < start.box.X
}
