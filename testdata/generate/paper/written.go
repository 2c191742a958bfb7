package paper

import (
	"fmt"
	"image/color"
	"math/rand/v2"
	"strings"
)

// Hand is how somebody fills in a form by pen. Values are what stands behind the
// colon of an entry and in the cells of a table.
type Hand struct {
	Share   float64 // of the values that are written, the others are typed
	Ink     color.Color
	Pen     float64 // its width
	High    float64 // of a small letter
	Slant   float64 // to the right, of the height
	Letters bool    // one by one, so that they can be read; else run together to loops that say nothing

	// wrote tells of each value, in small letters, whether it was written: a paper
	// that repeats a value has it in one way.
	wrote map[string]bool
}

// RollHand makes up a hand.
func RollHand(share float64, rng *rand.Rand) *Hand {
	return &Hand{
		Share: share, Ink: inks[rng.IntN(len(inks))], Pen: 0.25 + 0.35*rng.Float64(), High: 1.7 + 0.9*rng.Float64(),
		Slant: -0.1 + 0.5*rng.Float64(), Letters: rng.IntN(3) > 0, wrote: map[string]bool{},
	}
}

// valueOf parts an entry into label and value.
func valueOf(text string) (label, value string, ok bool) {
	label, value, ok = strings.Cut(text, ": ")
	value = strings.Trim(value, "*_ ")
	return label + ":", value, ok && value != ""
}

// writes tells whether the value of an entry is written by hand.
func (s *Sheet) writes(entry string) bool {
	_, value, ok := valueOf(entry)
	return ok && s.writesValue(value)
}

func (s *Sheet) writesValue(value string) bool {
	if s.Hand == nil || value == "" {
		return false
	}
	key := strings.ToLower(value)
	written, known := s.Hand.wrote[key]
	if !known {
		written = s.hand.Float64() < s.Hand.Share
		s.Hand.wrote[key] = written
	}
	return written
}

// Wrote tells of a value whether it was written by hand and whether it was typed,
// alone or among other words of an entry.
func (s *Sheet) Wrote(value string) (written, typed bool) {
	if s.Hand == nil {
		return false, true
	}
	value = strings.ToLower(value)
	if by, ok := s.Hand.wrote[value]; ok {
		return by, !by
	}
	for entry, by := range s.Hand.wrote {
		if strings.Contains(" "+entry+" ", " "+value+" ") || strings.Contains(" "+entry+",", " "+value+",") {
			written, typed = written || by, typed || !by
		}
	}
	return written, typed
}

// leastRoom is what a written value needs on the line of its label.
const leastRoom = 22.0

// fillIn sets entries side by side, some of whose values are written.
func (c *Column) fillIn(texts []string) {
	share := c.W / float64(len(texts))
	var plain []string
	y, end := c.nextBaseline(), c.X
	for i, text := range texts {
		x, right := c.X+float64(i)*share, c.X+float64(i+1)*share-1.5
		label, value, _ := valueOf(text)
		written := c.sheet.writes(text)
		if !written {
			label = text
		}
		words := c.words(label)
		end = c.set(words, x, y, 0)
		if end > c.X+float64(i+1)*share {
			c.sheet.Fail(fmt.Errorf("print text: entry %d of a line needs more than its %.0f mm", i+1, share))
		}
		c.leader(end, right)
		plain = append(plain, plainText(words))
		if written && len(texts) == 1 && right-end < leastRoom {
			c.sheet.record(strings.Join(plain, " "), c.X, y, end-c.X, c.Size)
			c.sheet.byHand(c.X+1, c.nextBaseline(), c.W-2, value)
			return
		}
		if written {
			c.sheet.byHand(end+1.5, y, right-end-2, value)
		}
	}
	c.sheet.record(strings.Join(plain, " "), c.X, y, end-c.X, c.Size)
}

// byHand writes a value on the baseline, pressed together where it is too long.
func (s *Sheet) byHand(x, y, room float64, value string) {
	if s.img == nil || s.err != nil {
		return
	}
	by := *s.Hand
	y += by.High * 0.25 * (s.hand.Float64() - 0.7)
	long := lengthOf(value) * by.High
	narrow := min(1, room/long)
	if narrow < 0.7 {
		by.High, narrow = by.High*max(0.6, narrow/0.7), 0.7
		narrow = min(narrow, room/(lengthOf(value)*by.High))
	}
	if !by.Letters {
		s.writeWords(x, y, value, narrow, &by)
		return
	}
	s.letters(x, y, value, narrow, &by)
}

// writeWords writes loops in place of the words.
func (s *Sheet) writeWords(x, y float64, value string, narrow float64, by *Hand) {
	for word := range strings.FieldsSeq(value) {
		long := lengthOf(word) * by.High * narrow
		s.writeWord(x, y, max(by.High, long-by.High*0.9), by.High, by.Pen, by.Ink)
		x += long
	}
}

// Signed sets the name under a signature, by hand where the paper has it by hand.
func (c *Column) Signed(name string) {
	if _, known := c.sheet.known(name); known && c.sheet.writesValue(name) {
		long := min(c.W-4, lengthOf(name)*c.sheet.Hand.High)
		c.sheet.byHand(c.X+(c.W-long)/2, c.nextBaseline(), long, name)
		return
	}
	c.Centre("*" + name + "*")
}

func (s *Sheet) known(value string) (written, known bool) {
	if s.Hand == nil {
		return false, false
	}
	written, known = s.Hand.wrote[strings.ToLower(value)]
	return written, known
}
