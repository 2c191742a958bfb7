package dossier

import "fmt"

// Miscount is a count of sheets that does not come out: what a separator says,
// and what was fed behind it in one batch. The papers are held until a person
// accepts the count as it is, or has placed every page.
type Miscount struct {
	Batch   BatchID   `json:"batch"`
	Dossier DossierID `json:"dossier"`
	// Said is the number on the separator.
	Said int `json:"said"`
	// Least and Most are how many sheets the images may be.
	Least int `json:"least"`
	Most  int `json:"most"`
	// After is the printed number of the page behind which the numbering has a
	// gap, on the page AfterPage; 0 when no number says where.
	After     int    `json:"after,omitempty"`
	AfterPage PageID `json:"after_page,omitempty"`
	// First and Last are the images between which the sheets were counted.
	First ImagePlace `json:"first"`
	Last  ImagePlace `json:"last"`
	// Unpaired is there when it is not sheets that do not add up but fronts and
	// backs, of a whole batch: nothing above then counts but the batch, and First,
	// which is the image named.
	Unpaired *Unpaired `json:"unpaired,omitempty"`
}

// ImagePlace is an image as people find it: its file and its place in it.
type ImagePlace struct {
	File  string `json:"file"`
	Index int    `json:"index"`
}

func (p ImagePlace) in(page string) string {
	if p.Index > 1 {
		return fmt.Sprintf("%s (%s %d)", p.File, page, p.Index)
	}
	return p.File
}

// Text says what is missing or too much, where, and what to do. lang is "vi" or
// "en"; any other language gets English.
func (m Miscount) Text(lang string) string {
	words := countWords[lang == "vi"]
	if m.Unpaired != nil {
		return m.Unpaired.text(lang, m.First.in(words.page))
	}
	where := fmt.Sprintf(words.between, m.First.in(words.page), m.Last.in(words.page))
	if m.After > 0 {
		where = fmt.Sprintf(words.after, m.After) + ", " + where
	}
	if m.Least > m.Said {
		return fmt.Sprintf(words.more, m.Least-m.Said, where, m.Said, m.Least)
	}
	return fmt.Sprintf(words.less, m.Said-m.Most, where, m.Said, m.Most)
}

var countWords = map[bool]struct{ page, between, after, less, more string }{
	true: {"ảnh", "trong các ảnh từ %s đến %s", "sau trang %d",
		"Thiếu %d tờ %s: tờ phân cách ghi %d tờ, quét được %d tờ. Hãy quét tờ thiếu và xếp vào hồ sơ, hoặc xác nhận số tờ như đã quét.",
		"Thừa %d tờ %s: tờ phân cách ghi %d tờ, quét được ít nhất %d tờ. Hãy xem có tờ nào của hồ sơ khác không; nếu không, xác nhận số tờ như đã quét."},
	false: {"image", "among the images from %s to %s", "after page %d",
		"%d sheet(s) missing %s: the separator says %d, %d were scanned. Scan what is missing and place it in the dossier, or accept the count as it is.",
		"%d sheet(s) too many %s: the separator says %d, at least %d were scanned. See whether one belongs to another dossier; if not, accept the count as it is."},
}
