package classify

import (
	"fmt"
	"slices"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/fuzzy"
)

// letterheadWords begin lines of a letterhead or of the lines around a title:
// agencies, the national name, numbers, forms. They explain capitals that are
// no part of a title.
var letterheadWords = strings.Split("cong hoa xa hoi|doc lap|socialist|independence|uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd|dang bo|dang uy|tinh uy|"+
	"dang cong san|chinh phu|thu tuong|van phong|bo|so|cuc|chi cuc|tong cuc|trung tam|truong|benh vien|tram y te|phong|ban chi dao|ban quan ly|cong an|"+
	"toa an|vien|tinh|thanh pho|huyen|quan|xa|phuong|thi tran|thi xa|chi nhanh|cong ty|hoi|doan|chu tich|mau|ban sao|ban chinh|ngay|khu vuc|"+
	"hanh chinh cong|nam|viet nam", "|")

// notLetterhead are first words of titles that begin like a letterhead: SỞ and
// SỔ are one word without tones, PHƯỜNG and PHƯƠNG too.
var notLetterhead = []string{"so dang ky", "so muc ke", "so dia chinh", "so ho ", "so tam tru", "phuong an", "ban sao giay", "ban sao trich"}

// letterhead tells whether the line begins like one of a letterhead.
func (s strip) letterhead() bool {
	begins := func(words string) bool { return strings.HasPrefix(s.spaced, strings.TrimSpace(words)+" ") }
	return slices.ContainsFunc(letterheadWords, begins) && !slices.ContainsFunc(notLetterhead, begins)
}

// formWords begin the titles of forms and certificates, also of those the
// catalogue does not know.
var formWords = []string{"tokhai", "don", "giay", "phieu", "bienban", "hopdong", "vanban", "banke", "banve", "dexuat", "thongbao", "baocao", "sodo", "trichluc", "quyetdinh", "bangke", "danhsach"}

// unknownTitle tells whether a line in capitals, in the middle of the page and
// near its top, opens like the title of a form: then the page begins a paper,
// whatever it is.
func (p page) unknownTitle() bool {
	for i, s := range p.strips {
		if !p.inHead(i) || !s.upper() || len(s.words) < 2 || p.insideText(i, i) || s.isListItem() || strings.HasSuffix(s.text(), ":") {
			continue
		}
		if p.width > 0 && !centred(s.box, p.width) || p.width == 0 && s.line > 6 {
			continue
		}
		if slices.ContainsFunc(formWords, func(w string) bool { return strings.HasPrefix(s.plain, w) }) {
			return true
		}
	}
	return false
}

// symbolKind finds the kind that a number's symbol names: "QĐ-UBND" is a
// decision; "UBND-KTTH" names none, so it is a letter's.
func symbolKind(cat *dossier.Catalogue, symbol string) (dossier.Kind, bool) {
	// Engines write Đ as the Icelandic Ð, which looks the same.
	symbol = strings.NewReplacer("–", "-", " ", "", "Ð", "Đ").Replace(symbol)
	typ, _, _ := strings.Cut(symbol, "-")
	for _, k := range cat.Kinds() {
		if symbol != "" && (slices.Contains(k.Symbols, symbol) || slices.Contains(k.Symbols, typ)) {
			return k, true
		}
	}
	return dossier.Kind{}, false
}

// byLetter recognizes papers by the layout of their head. An official letter
// (công văn) has no title: number without a type symbol, "V/v", "Kính gửi". A decision
// whose title a seal has covered still has its symbol and its formula.
func byLetter(cat *dossier.Catalogue, p page) Guess {
	if p.head.symbol == "" {
		return Guess{First: p.national()}
	}
	kind, typed := symbolKind(cat, p.head.symbol)
	if typed {
		return p.bySymbol(kind)
	}
	addressed := p.head.address != nowhere
	if !p.national() || !addressed || p.unknownTitle() {
		return Guess{First: p.national()}
	}
	confidence := 0.75 // a letterhead and an address: a request may look so too
	if p.head.subject {
		confidence = 0.95
	}
	return Guess{Kind: dossier.KindOfficialLetter, Confidence: confidence, First: true,
		Reasons: []string{fmt.Sprintf("number without type symbol, subject line: %t, Kính gửi: %t, %.2f", p.head.subject, addressed, confidence)}}
}

// bySymbol is the guess for a page whose title could not be read.
func (p page) bySymbol(kind dossier.Kind) Guess {
	g := Guess{Kind: kind.ID, Confidence: 0.6, First: true, Reasons: []string{fmt.Sprintf("number with symbol %s, title not read, 0.60", p.head.symbol)}}
	if !p.national() || kind.Group != dossier.GroupAdministrative {
		g.Confidence = 0.5
		return g
	}
	if why := p.namesItself(kind); why != "" {
		g.Confidence = 0.88
		g.Reasons = append(g.Reasons, why)
	}
	return g
}

// namesItself tells where the paper names its own kind below the head: in the formula
// "QUYẾT ĐỊNH: Điều 1…", or by speaking of itself, "Thông tư này".
func (p page) namesItself(kind dossier.Kind) string {
	var text strings.Builder
	for i, s := range p.strips {
		text.WriteString(s.plain)
		for _, t := range kind.Titles {
			if s.plain == fuzzy.Plain(t) && p.articleFollows(i) {
				return fmt.Sprintf("formula line %d: %s", s.line, s.text())
			}
		}
	}
	for _, t := range kind.Titles {
		if strings.Contains(text.String(), fuzzy.Plain(t+" này")) {
			return "speaks of itself: " + t + " này"
		}
	}
	return ""
}

// weighSymbol compares the type symbol in the paper's number with its title.
// They agree on a genuine paper; a symbol that names no kind says nothing.
func (p page) weighSymbol(cat *dossier.Catalogue, m *match) {
	kind, typed := symbolKind(cat, p.head.symbol)
	switch {
	case !typed:
	case kind.ID == m.kind.ID:
		m.confidence = 1 - (1-m.confidence)/2
	case m.generic:
		m.speaks(contradiction, "the number says "+p.head.symbol)
	}
}

// continues finds the kind of which the page looks like a later page: words
// that the catalogue lists for it begin a line.
func continues(cat *dossier.Catalogue, p page) string {
	for _, k := range cat.Kinds() {
		if k.Group == dossier.GroupIdentity && p.words > cardWords {
			continue // a text about cards
		}
		for _, words := range k.Continues {
			want := fuzzy.Plain(words)
			for _, s := range p.strips {
				if edits, _ := fuzzy.Prefix(want, s.plain[:min(len(s.plain), len(want)+2)], len(want)/8); edits <= len(want)/8 {
					return k.ID
				}
			}
		}
	}
	return ""
}
