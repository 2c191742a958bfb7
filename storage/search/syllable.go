package search

import "strings"

// A Vietnamese word of the index is one syllable: an onset and a rime from two
// short lists (without tones, đ as d). Whatever is not, is a foreign name, an
// abbreviation, or misread. The lists allow a few syllables that no one uses;
// that only makes the search for misread words more careful. Each entry stands
// between spaces.
const (
	onsets = " b c ch d g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x "
	rimes  = " a ac ach ai am an ang anh ao ap at au ay" +
		" e ec ech em en eng enh eo ep et eu" +
		" i ia ich iec iem ien ieng iep iet ieu im in inh ip it iu" +
		" o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen oeo oet oi om on ong ooc oong op ot" +
		" u ua uan uang uat uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot uou up ut uu" +
		" uy uya uych uyen uyet uyn uynh uyp uyt uyu" +
		" y ych yem yen yet yeu ynh "
)

const maxOnset = 3

// isSyllable tells whether a folded word can be Vietnamese.
func isSyllable(fold string) bool {
	if listed(rimes, fold) {
		return true
	}
	for n := 1; n <= maxOnset && n < len(fold); n++ {
		if listed(onsets, fold[:n]) && listed(rimes, fold[n:]) {
			return true
		}
	}
	return false
}

func listed(list, entry string) bool { return strings.Contains(list, " "+entry+" ") }
