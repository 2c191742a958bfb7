package extract

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"sohoa/dossier"
)

// An engine that loses a letter still says where the whole word stands: then
// the box is too wide for what it read. How wide a word must be follows from the
// words beside it, since the widths of letters differ little from font to font
// once the size of the type is taken out. So "3/09/1988" in the room of ten
// characters is seen, where no rule of dates tells it from the truth.
//
// Limits: a letter as narrow as i or l is lost in the tolerance, and so is the
// first or last letter of a word whose ink the engine left out of the box.

// face is how wide letters of a family of type are, in thousandths of its size.
type face map[rune]int

// The families that offices print in: metrics of Liberation Serif and Sans,
// which are those of Times New Roman and Arial.
const (
	serif = "a444 b500 c444 d500 e444 f333 g500 h500 i278 j278 k500 l278 m778 n500 o500 p500 q500 r333 s389 t278 u500 v500 w722 x500 y500 z444 " +
		"A722 B667 C667 D722 E611 F556 G722 H722 I333 J389 K722 L611 M889 N722 O722 P556 Q722 R667 S556 T611 U722 V722 W944 X722 Y722 Z611 " +
		"0500 1500 2500 3500 4500 5500 6500 7500 8500 9500 .250 ,250 :278 ;278 /278 -333 (333 )333 '180 đ500 Đ722"
	sans = "a556 b556 c500 d556 e556 f278 g556 h556 i222 j222 k500 l222 m833 n556 o556 p556 q556 r333 s500 t278 u556 v500 w722 x500 y500 z500 " +
		"A667 B667 C722 D722 E667 F611 G778 H722 I278 J500 K667 L556 M833 N722 O778 P667 Q778 R722 S667 T611 U722 V667 W944 X667 Y667 Z611 " +
		"0556 1556 2556 3556 4556 5556 6556 7556 8556 9556 .278 ,278 :278 ;278 /278 -333 (333 )333 '191 đ556 Đ722"
)

// loadFaces gives the families. The last is the typewriter, whose letters have
// one width: that of letters that no table has.
func loadFaces() []face { return []face{loadFace(serif), loadFace(sans), {}} }

const (
	// bearing is the room beside the ink of a word that its advance counts.
	bearing = 60
	// strange is the width of a character that the tables do not have.
	strange = 550
	// missing is how much too wide, in thousandths of the size, a word is that
	// lost a letter; rarely less than half of one.
	missing = 350
	// offRatio is by how much at least its width must be off, since long words
	// add up the small differences of fonts.
	offRatio = 1.12
)

// loadFace reads a table such as "a444 b500".
func loadFace(table string) face {
	f := face{}
	for _, entry := range strings.Fields(table) {
		letter, size := utf8.DecodeRuneInString(entry)
		width, err := strconv.Atoi(entry[size:])
		if err != nil {
			panic("width table: " + entry) // a constant of this file
		}
		f[letter] = width
	}
	return f
}

// advance is the width of a word in the family.
func (f face) advance(word string) int {
	total := -bearing
	for _, r := range word {
		width, ok := f[r]
		if !ok {
			base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
			if width, ok = f[base]; !ok {
				width = strange
			}
		}
		total += width
	}
	return max(total, 1)
}

// fit is how the words of a line fit a family: one size of type for all, and
// how far from it the middle word is.
func (f face) fit(tokens []token) (size, spread float64) {
	sizes := make([]float64, len(tokens))
	for i, t := range tokens {
		sizes[i] = float64(t.W) / float64(f.advance(t.read))
	}
	size = median(sizes)
	for i := range sizes {
		sizes[i] = max(sizes[i]/size, size/max(sizes[i], 1e-9))
	}
	return size, median(sizes)
}

func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// measure notes by how much the words of the row fill their boxes, as a
// multiple of what the other words of the row do. A row of fewer than four words
// tells nothing: its words may all be large.
func (r row) measure(faces []face) {
	if r.width == 0 || len(r.tokens) < 4 {
		return
	}
	best, least, size := face(nil), 0.0, 0.0
	for _, f := range faces {
		if is, spread := f.fit(r.tokens); is > 0 && (least == 0 || spread < least) {
			best, least, size = f, spread, is
		}
	}
	if least == 0 {
		return
	}
	for i := range r.tokens {
		t := &r.tokens[i]
		t.letters = best.advance(t.read)
		t.filled = float64(t.W) / size / float64(t.letters)
	}
}

// misfits tells whether one of the words of a value does not fill its box. Of
// a number or a date only the figures count, which are as wide in bold type as
// in regular; the words of a name, which may stand in bold, must fit each other
// as well.
func misfits(tokens []token, typ dossier.FieldType) bool {
	usual, words := 1.0, typ == dossier.TypeName || typ == dossier.TypeText
	if words {
		all := make([]float64, len(tokens))
		for i, t := range tokens {
			all[i] = t.filled
		}
		usual = median(all)
	}
	return slices.ContainsFunc(tokens, func(t token) bool {
		if figures := len(digitsOf(t.read)); figures == 0 && !words || figures < 6 && typ == dossier.TypeDate {
			return false // a date in a sentence has whole years and no room to lose a figure unseen
		}
		return t.off(1) && t.off(usual)
	})
}

// off compares the width of a word with that of its letters, where the letters
// of its neighbours are so much wider than usual.
func (t token) off(usual float64) bool {
	if t.filled == 0 || usual == 0 || utf8.RuneCountInString(t.read) < 3 {
		return false // two letters are mostly the room beside them
	}
	ratio := t.filled / usual
	return max(ratio-1, 1-ratio)*float64(t.letters) > missing && max(ratio, 1/ratio) > offRatio
}
