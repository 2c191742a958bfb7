package viet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Syllable tells whether a word can be one Vietnamese syllable: an onset, a
// rime and a tone that may stand together. After a final c, ch, p or t only the
// rising and the heavy tone are spoken. Upper case and both placements of the
// tone are taken alike. The grammar is that of school books; names from other
// languages (K'Brôih, Y Blô) are outside it.
func Syllable(word string) bool {
	base, tone, ok := untoned(word)
	if !ok {
		return false
	}
	onset := onsetOf(base)
	rime := base[len(onset):]
	if !strings.Contains(rimes, " "+rime+" ") {
		// "gi" and "qu" share their vowel with the rime: gìn, giếng, quốc.
		if onset != "gi" && onset != "qu" {
			return false
		}
		rime = base[1:]
		if !strings.Contains(rimes, " "+rime+" ") {
			return false
		}
	}
	return tone == acute || tone == dotBelow || !stopped(rime)
}

const (
	acute    = '\u0301'
	dotBelow = '\u0323'
)

func stopped(rime string) bool {
	switch rime[len(rime)-1] {
	case 'c', 'p', 't':
		return true
	}
	return strings.HasSuffix(rime, "ch")
}

// untoned parts a word from its tone mark; it is not ok with two of them, or
// with one on a letter that is no vowel ("ñ").
func untoned(word string) (base string, tone rune, ok bool) {
	var b strings.Builder
	var letter rune
	for _, r := range norm.NFD.String(strings.ToLower(word)) {
		if strings.ContainsRune(toneMarks, r) {
			if tone != 0 || !strings.ContainsRune("aeiouy", letter) {
				return "", 0, false
			}
			tone = r
			continue
		}
		if !unicode.Is(unicode.Mn, r) {
			letter = r
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String()), tone, true
}

// onsetOf is the longest onset the word begins with.
func onsetOf(base string) string {
	for _, o := range onsets {
		if strings.HasPrefix(base, o) && len(base) > len(o) {
			return o
		}
	}
	return ""
}

// onsets, the longer ones first.
var onsets = strings.Fields("ngh ch gh gi kh ng nh ph qu th tr b c d đ g h k l m n p r s t v x")

// rimes without tones.
const rimes = " a ac ach ai am an ang anh ao ap at au ay" +
	" ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây" +
	" e ec em en eng eo ep et ê êch êm ên ênh êp êt êu" +
	" i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu" +
	" o oc oi om on ong op ot ooc oong" +
	" oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet" +
	" ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt" +
	" u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uơ uôc uôi uôm uôn uông uôt" +
	" uy uya uych uyên uyêt uynh uyt uyu" +
	" ư ưa ưc ưi ưm ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu" +
	" y yêm yên yêng yêt yêu "
