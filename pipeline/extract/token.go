package extract

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"sohoa/dossier"
	"sohoa/dossier/viet"
	"sohoa/pipeline/fuzzy"
)

// token is a word of the paper with its place. Its Text may be mended; read is
// what the engine read.
type token struct {
	dossier.Word
	read  string
	plain string
	page  dossier.PageID
	// letters is how wide the letters are, in thousandths of the size of the type;
	// filled is how much of that the box has, see width.go; 0 where that is unknown.
	letters int
	filled  float64
}

// mended is how sure a word that was mended can be at most: below every gate,
// so that a person sees what became of it.
const mended = 0.6

// tokensOf makes tokens of a word as the engine cut it: more than one where it
// lost a space.
func tokensOf(w dossier.Word, page dossier.PageID) []token {
	w.Text = viet.NFC(w.Text)
	var all []token
	for _, part := range apartWords(w) {
		t := token{Word: part, read: part.Text, page: page}
		if text := respell(part.Text); text != part.Text {
			t.Text = text
			if alike.Replace(part.Text) != text {
				t.Confidence = min(t.Confidence, mended)
			}
		}
		t.plain = fuzzy.Plain(footnote.ReplaceAllString(t.Text, ""))
		all = append(all, t)
	}
	return all
}

// footnote is a reference mark on a form: "Tên(2):".
var footnote = regexp.MustCompile(`\(\d{1,2}\)`)

// apartWords cuts a word where a space was lost: behind the colon of a label
// ("mẹ:Tòng"), which is certain, and between two syllables, where there is but
// one place that leaves two ("cộngđồng", "duyệtKế"), which a person has to see.
func apartWords(w dossier.Word) []dossier.Word {
	runes := []rune(w.Text)
	for i := 1; i+1 < len(runes); i++ {
		behind := runes[i+1]
		if runes[i] == ':' && (unicode.IsLetter(runes[i-1]) || runes[i-1] == ')') && (unicode.IsLetter(behind) || unicode.IsDigit(behind)) {
			return append([]dossier.Word{partOf(w, 0, i+1)}, apartWords(partOf(w, i+1, len(runes)))...)
		}
	}
	if at := lostSpace(w.Text); at > 0 {
		left, right := partOf(w, 0, at), partOf(w, at, len(runes))
		left.Confidence, right.Confidence = min(w.Confidence, mended), min(w.Confidence, mended)
		return []dossier.Word{left, right}
	}
	return []dossier.Word{w}
}

// partOf is a part of a word; its box is the same part of the word's box.
func partOf(w dossier.Word, from, to int) dossier.Word {
	runes := []rune(w.Text)
	part := w
	part.Text = string(runes[from:to])
	part.X = w.X + w.W*from/len(runes)
	part.W = w.X + w.W*to/len(runes) - part.X
	return part
}

// lostSpace finds the only place, in letters, at which a word falls into two
// syllables; 0 where there is none, or more than one. Words without any mark
// may be of another language.
func lostSpace(word string) int {
	bare := strings.TrimRight(word, ".,;:")
	if len(bare) == utf8.RuneCountInString(bare) || viet.Syllable(bare) {
		return 0
	}
	runes := []rune(bare)
	at := 0
	for i := 2; i+2 <= len(runes); i++ {
		if unicode.IsUpper(runes[i]) && unicode.IsUpper(runes[i-1]) || !viet.Syllable(string(runes[:i])) || !viet.Syllable(string(runes[i:])) {
			continue
		}
		if at > 0 {
			return 0
		}
		at = i
	}
	return at
}

// alike are letters that look the same as those of Vietnamese, so that taking
// the one for the other is no mending.
var alike = strings.NewReplacer("Ð", "Đ", "ð", "đ")

// foreign are letters Vietnamese does not have, which engines read in place of
// those that it has; on scans with known text, ø stood for g nearly always
// (testdata/generate/noise/confusions.csv, which has the comma read as @, too).
var foreign = strings.NewReplacer("ø", "g", "Ø", "G", "ñ", "n")

var (
	specks  = regexp.MustCompile(`(\d)['’` + "`" + `]|['’` + "`" + `](\d)`)
	atComma = regexp.MustCompile(`(\d)@(\d)`)
	inWord  = regexp.MustCompile(`['’` + "`" + `]`)
	minorNm = regexp.MustCompile(`^\p{Lu}{1,2}['’]\p{Lu}`)
)

// respell takes out what cannot be a part of a Vietnamese word: foreign letters
// and specks of dirt. A word that is not made a syllable by that stays as it
// was read: names of minorities have apostrophes ("K'Brôih", "H'Len").
func respell(text string) string {
	text = alike.Replace(text)
	if strings.ContainsAny(text, "0123456789") {
		return atComma.ReplaceAllString(specks.ReplaceAllString(text, "$1$2"), "$1,$2")
	}
	if minorNm.MatchString(text) {
		return text
	}
	clean := inWord.ReplaceAllString(foreign.Replace(text), "")
	if clean == text {
		clean = strings.Replace(text, "@", "g", 1)
	}
	if clean != text && viet.Syllable(strings.Trim(clean, ".,;:()")) {
		return clean
	}
	return text
}
