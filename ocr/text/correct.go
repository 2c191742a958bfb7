package text

import (
	"slices"
	"strings"
	"unicode"

	"sohoa/dossier"
	"sohoa/dossier/viet"
)

// Correction. What the engine reads is kept in Word.Text; where a rule knows
// better, Word.Corrected holds that. A rule never touches a digit, a code, a
// name or anything with a capital letter:
//
//   - after a number, "m" and a sign that a raised 2 is taken for is "m²";
//   - the letter that begins a line of a list follows the one before it in the
//     Vietnamese order (a, b, c, d, đ, e, g ...): đ and e are often confused;
//   - a word in small letters that can be no syllable, read with little
//     confidence, is taken for the one word with the same letters, marks apart,
//     that the page has elsewhere, read with confidence.
const (
	doubtful = 0.85 // confidence of a word that may be corrected
	firm     = 0.90 // and of one that may be an example
)

// Correct marks what is certainly misread in words in reading order.
func Correct(words []dossier.Word) {
	examples := firmWords(words)
	last := rune(0) // the letter of the list so far
	for i := range words {
		w := &words[i]
		first := i == 0 || words[i-1].Line != w.Line
		if first {
			last = listLetter(w, last)
		} else if number(words[i-1].Text) {
			w.Corrected = squareMetres(w.Text)
		}
		if w.Corrected == "" && w.Confidence < doubtful {
			w.Corrected = likeExample(w.Text, examples)
		}
	}
}

func number(s string) bool {
	digits := strings.ContainsFunc(s, unicode.IsDigit)
	return digits && strings.Trim(s, "0123456789.,") == ""
}

// squareMetres is the text with m² for what a raised 2 is read as; empty when
// it is something else.
func squareMetres(s string) string {
	rest, ok := strings.CutPrefix(s, "m")
	if !ok || rest == "" {
		return ""
	}
	for _, sign := range []string{"2", "?", "ˆ", "^", "”", "\"", "¬", "?", "*", "°", "'", "’"} {
		if tail, ok := strings.CutPrefix(rest, sign); ok && strings.Trim(tail, ".,;:)") == "" {
			return "m²" + tail
		}
	}
	return ""
}

// alphabet of lists (NĐ 30/2020/NĐ-CP, Phụ lục I: points are a), b), c) ...).
const alphabet = "abcdđeghiklmnopq"

// listLetter corrects the letter that begins a line and returns the last letter
// of the list.
func listLetter(w *dossier.Word, last rune) rune {
	letters := []rune(w.Text)
	if len(letters) != 2 || letters[1] != ')' || !unicode.IsLetter(letters[0]) {
		return last
	}
	if strings.ContainsRune(alphabet, letters[0]) {
		return letters[0]
	}
	order := []rune(alphabet)
	at := slices.Index(order, last)
	if at < 0 || at+1 == len(order) || !unicode.IsLower(letters[0]) {
		return last
	}
	w.Corrected = string(order[at+1]) + ")"
	return order[at+1]
}

// firmWords are the words in small letters that the page has with confidence,
// by their letters without marks.
func firmWords(words []dossier.Word) map[string][]string {
	found := make(map[string][]string)
	for _, w := range words {
		core := strings.Trim(w.Text, ".,;:()")
		if w.Confidence < firm || !smallLetters(core) || !viet.Syllable(core) {
			continue
		}
		key := viet.Fold(core)
		if !slices.Contains(found[key], core) {
			found[key] = append(found[key], core)
		}
	}
	return found
}

func likeExample(s string, examples map[string][]string) string {
	core := strings.Trim(s, ".,;:()")
	if !smallLetters(core) || viet.Syllable(core) {
		return ""
	}
	like := examples[viet.Fold(core)]
	if len(like) != 1 {
		return ""
	}
	return strings.Replace(s, core, like[0], 1)
}

func smallLetters(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLower(r) })
}
