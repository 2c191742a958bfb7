package dossier

import (
	"math"
	"slices"
	"strings"
)

// RightEnough is the share of values and characters that must be right: 98 % (CV
// 7197/BNV-CVL&LTNN of 2023 asks for it of characters and of keyed fields).
const RightEnough = 0.98

// Rate is how many of some were right, with the interval in which the true share
// lies with 95 % confidence.
type Rate struct {
	Of    int     `json:"of"`
	Right int     `json:"right"`
	Share float64 `json:"share"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// NewRate gives the share and its interval by Wilson's method (E. B. Wilson,
// Probable inference, the law of succession, and statistical inference, Journal
// of the American Statistical Association 22, 1927), which holds for shares near
// one and for few cases, too. Of nothing, nothing is known.
func NewRate(right, of int) Rate {
	r := Rate{Of: of, Right: right, High: 1}
	if of == 0 {
		return r
	}
	const z = 1.959964 // of the normal distribution, two-sided 95 %
	n, p := float64(of), float64(right)/float64(of)
	middle := p + z*z/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	r.Share = p
	r.Low, r.High = max((middle-half)/(1+z*z/n), 0), min((middle+half)/(1+z*z/n), 1)
	return r
}

// Verdict is what a rate says about a limit, in a word.
type Verdict string

// The verdicts.
const (
	VerdictNothing Verdict = "nothing" // nothing was measured
	VerdictProven  Verdict = "proven"  // the whole interval is at the limit or above
	VerdictLikely  Verdict = "likely"  // the share is, the lower end is not: more has to be measured
	VerdictBelow   Verdict = "below"   // the share is below
)

// Verdict compares the rate with [RightEnough].
func (r Rate) Verdict() Verdict {
	switch {
	case r.Of == 0:
		return VerdictNothing
	case r.Low >= RightEnough:
		return VerdictProven
	case r.Share >= RightEnough:
		return VerdictLikely
	default:
		return VerdictBelow
	}
}

// SampleReport is what a month's sample says.
type SampleReport struct {
	Month   string         `json:"month"`
	Seed    string         `json:"seed"`
	Drawn   int            `json:"drawn"`
	Keyed   int            `json:"keyed"`
	ToKey   int            `json:"to_key"`
	Differ  int            `json:"differ"` // keyed otherwise than read, and settled by nobody yet: counted as wrong
	Devices []DeviceReport `json:"devices"`
}

// DeviceReport is what it says about one scanner or counter.
type DeviceReport struct {
	Device     string  `json:"device"`
	Fields     Rate    `json:"fields"`
	Lines      Rate    `json:"lines"`
	Characters Rate    `json:"characters"`
	Unreadable int     `json:"unreadable"`
	ToKey      int     `json:"to_key"`
	OfFields   Verdict `json:"fields_verdict"`
	OfChars    Verdict `json:"characters_verdict"`
}

// Judged is one that was drawn and keyed, with what stands on the paper as far
// as people say.
type Judged struct {
	SampleDraw
	Truth      string
	Unreadable bool
	// Differs marks what was keyed otherwise than read and settled by nobody.
	Differs bool
}

// Right tells whether the machine read exactly what stands there.
func (j Judged) Right() bool { return j.Truth == j.Read }

// Judge puts answers to what was drawn. What a second person says counts more
// than what the first one keyed.
func (s Sample) Judge(answers []SampleAnswer) (judged []Judged) {
	for _, d := range s.Drawn {
		var last *SampleAnswer
		for i, a := range answers {
			if a.N == d.N && (last == nil || a.Settles) {
				last = &answers[i]
			}
		}
		if last == nil {
			continue
		}
		j := Judged{SampleDraw: d, Truth: last.Value, Unreadable: last.Unreadable}
		j.Differs = !last.Settles && !j.Unreadable && !j.Right()
		judged = append(judged, j)
	}
	return judged
}

// Report says per device how much was right.
func (s Sample) Report(answers []SampleAnswer) SampleReport {
	r := SampleReport{Month: s.Month, Seed: s.Seed, Drawn: len(s.Drawn), Devices: []DeviceReport{}}
	type count struct{ fields, fieldsRight, lines, linesRight, chars, charsRight, unreadable, drawn, keyed int }
	devices := map[string]*count{}
	for _, d := range s.Drawn {
		if devices[d.Device] == nil {
			devices[d.Device] = &count{}
		}
		devices[d.Device].drawn++
	}
	for _, j := range s.Judge(answers) {
		c := devices[j.Device]
		c.keyed++
		r.Keyed++
		if j.Differs {
			r.Differ++
		}
		switch {
		case j.Unreadable:
			c.unreadable++
		case j.What == DrawnField:
			c.fields, c.fieldsRight = c.fields+1, c.fieldsRight+one(j.Right())
		default:
			chars := len([]rune(j.Truth))
			c.lines, c.linesRight = c.lines+1, c.linesRight+one(j.Right())
			c.chars, c.charsRight = c.chars+chars, c.charsRight+chars-min(Edits(j.Read, j.Truth), chars)
		}
	}
	for name, c := range devices {
		d := DeviceReport{
			Device: name, Fields: NewRate(c.fieldsRight, c.fields), Lines: NewRate(c.linesRight, c.lines),
			Characters: NewRate(c.charsRight, c.chars), Unreadable: c.unreadable, ToKey: c.drawn - c.keyed,
		}
		d.OfFields, d.OfChars = d.Fields.Verdict(), d.Characters.Verdict()
		r.Devices = append(r.Devices, d)
	}
	slices.SortFunc(r.Devices, func(a, b DeviceReport) int { return strings.Compare(a.Device, b.Device) })
	r.ToKey = r.Drawn - r.Keyed
	return r
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// Edits counts the characters that have to be put in, left out or replaced to
// make one text of another (V. I. Levenshtein, 1966).
func Edits(from, to string) int {
	a, b := []rune(from), []rune(to)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			replaced := diagonal + one(x != y)
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
