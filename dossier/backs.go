package dossier

import "fmt"

// Backs says of a batch that was fed twice, all fronts and then all backs, how
// the backs came.
type Backs struct {
	// From is the ordinal of the first file of the backs; 0 where nobody can
	// tell which files they are, and the batch is held.
	From  int        `json:"from"`
	Order BacksOrder `json:"order"`
}

// BacksOrder is how backs came after their fronts.
type BacksOrder string

// The orders.
const (
	// BacksStraight: the first back belongs to the first front.
	BacksStraight BacksOrder = "straight"
	// BacksReverse: the stack was turned over and fed as it lay, so that the last
	// sheet came first.
	BacksReverse BacksOrder = "reverse"
)

// Unpaired is a batch of fronts and backs that do not fit together.
type Unpaired struct {
	Fronts int `json:"fronts"`
	Backs  int `json:"backs"`
	// Sheet is the first one, as it was fed, whose other side has none; 0 where
	// both are as many.
	Sheet int `json:"sheet,omitempty"`
	// Told is true where the files of the backs are known.
	Told bool `json:"told,omitempty"`
}

// text says what does not fit, where, and what to do.
func (u Unpaired) text(lang, at string) string {
	words := unpairedWords[lang == "vi"]
	switch {
	case !u.Told:
		return words.untold
	case u.Fronts > u.Backs:
		return fmt.Sprintf(words.noBack, u.Fronts, u.Backs, u.Sheet, at)
	default:
		return fmt.Sprintf(words.noFront, u.Fronts, u.Backs, u.Sheet, at)
	}
}

var unpairedWords = map[bool]struct{ untold, noBack, noFront string }{
	true: {
		"Không biết tệp nào là mặt trước, tệp nào là mặt sau: cần đúng hai tệp, mặt trước rồi mặt sau. Hãy quét lại thành hai tệp, hoặc xếp từng trang.",
		"Có %d mặt trước nhưng chỉ có %d mặt sau: từ tờ thứ %d của mặt trước (%s) không còn mặt sau. Hãy quét lại cả hai mặt, hoặc xếp từng trang.",
		"Chỉ có %d mặt trước nhưng có %d mặt sau: từ tờ thứ %d của mặt sau (%s) không còn mặt trước. Hãy quét lại cả hai mặt, hoặc xếp từng trang.",
	},
	false: {
		"Nobody can tell the fronts from the backs: there must be two files, the fronts and then the backs. Scan again as two files, or place the pages one by one.",
		"%d fronts but only %d backs: from sheet %d of the fronts (%s) on there is no back. Scan both sides again, or place the pages one by one.",
		"Only %d fronts but %d backs: from sheet %d of the backs (%s) on there is no front. Scan both sides again, or place the pages one by one.",
	},
}
