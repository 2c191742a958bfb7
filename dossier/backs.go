package dossier

import (
	"fmt"
	"time"
)

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

// BacksAnswer is what a person says about a batch that is held because its fronts
// and backs do not fit together. The newest one counts; it is an object before
// the batch is split again as it says.
type BacksAnswer struct {
	Schema string    `json:"schema"` // [BacksSchema]
	Batch  BatchID   `json:"batch"`
	Seq    int       `json:"seq"` // from 1
	At     time.Time `json:"at"`
	Actor  Actor     `json:"actor"`
	Say    BacksSay  `json:"say"`
	// Sheets are, for [BacksBlank], the sheets of which one side was not scanned,
	// by their numbers as the side that has more images was fed.
	Sheets []int `json:"sheets"`
}

// BacksSchema names the form of a BacksAnswer.
const BacksSchema = "sohoa/backs/1"

// BacksSay is what a person can say about such a batch.
type BacksSay string

// What can be said.
const (
	// BacksBlank: the other side of some sheets is empty and was not scanned.
	BacksBlank BacksSay = "blank"
	// BacksRescan: the whole batch is fed again, so this one counts no more.
	BacksRescan BacksSay = "rescan"
	// BacksWithdrawn takes a BacksRescan back: the batch waits again.
	BacksWithdrawn BacksSay = "withdrawn"
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

// Fits tells whether the numbers can be the sheets of which one side was not
// scanned: as many as are missing, each once and in order.
func (u Unpaired) Fits(sheets []int) bool {
	if !u.Told || len(sheets) != max(u.Fronts, u.Backs)-min(u.Fronts, u.Backs) {
		return false
	}
	before := 0
	for _, n := range sheets {
		if n <= before || n > max(u.Fronts, u.Backs) {
			return false
		}
		before = n
	}
	return true
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
		"Có %d mặt trước nhưng chỉ có %d mặt sau: từ tờ thứ %d của mặt trước (%s) không còn mặt sau. Nếu mặt đó trắng nên không quét, hãy ghi số tờ; nếu không, hãy quét lại cả hai mặt, hoặc xếp từng trang.",
		"Chỉ có %d mặt trước nhưng có %d mặt sau: từ tờ thứ %d của mặt sau (%s) không còn mặt trước. Nếu mặt đó trắng nên không quét, hãy ghi số tờ; nếu không, hãy quét lại cả hai mặt, hoặc xếp từng trang.",
	},
	false: {
		"Nobody can tell the fronts from the backs: there must be two files, the fronts and then the backs. Scan again as two files, or place the pages one by one.",
		"%d fronts but only %d backs: from sheet %d of the fronts (%s) on there is no back. If that side is empty and was left out, say which sheets they are; if not, scan both sides again, or place the pages one by one.",
		"Only %d fronts but %d backs: from sheet %d of the backs (%s) on there is no front. If that side is empty and was left out, say which sheets they are; if not, scan both sides again, or place the pages one by one.",
	},
}
