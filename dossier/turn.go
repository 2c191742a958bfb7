package dossier

import (
	"math"
	"slices"
)

// Turned is a page that a person turns, clockwise by quarter turns. The page is
// in a paper of the dossier that the decision is about.
type Turned struct {
	Page PageID `json:"page"`
	By   int    `json:"by"` // 90, 180 or 270 degrees
}

// WayUp is how a page lies in its image, as a person says: clockwise from
// upright by a quarter turn (0, 90, 180, 270), and on the half of a spread that
// Cut says, nil for the whole image.
type WayUp struct {
	RotationCW int  `json:"rotation_cw"`
	Cut        *Cut `json:"cut,omitempty"`
}

// The numbers of the readings of an image: the first is as the machine took it.
// The second to the fourth are for the same pages turned clockwise by 90, 180 and
// 270 degrees, with the words of the first. Four later comes what was read again
// on the pages as they were turned.
const (
	wholeTurn  = 4
	ReadBefore = wholeTurn // the last with the words of the first
)

// ReadingOf is the version of the reading by which a page of a paper is shown
// and published. It follows from how the page was turned in all and from whether
// it was read again since: so that turning it four times is turning it not at
// all, and the same turn is the same object whoever asks for it.
func (p Page) ReadingOf() int { return max(p.Reading, 1) }

// Turn is by how many degrees people have turned the page clockwise.
func (p Page) Turn() int { return (p.ReadingOf() - 1) % wholeTurn * 90 }

// TurnedBy is the page turned clockwise by so many degrees; its words are not
// read again yet.
func (p Page) TurnedBy(degrees int) Page {
	p.Reading = (p.Turn()+degrees)/90%wholeTurn + 1
	if p.Reading == 1 {
		p.Reading = 0
	}
	return p
}

// ToReadAgain tells whether the page was turned and still has the words that
// were read before.
func (p Page) ToReadAgain() bool { return p.ReadingOf() > 1 && p.Reading <= ReadBefore }

// ReadAgain is a turned page by what was read on it as it stands now.
func (p Page) ReadAgain() Page {
	if p.ToReadAgain() {
		p.Reading += wholeTurn
	}
	return p
}

// ToReadAgain tells whether a page of the paper is to be read again. What is
// signed stays as it was signed.
func (c Component) ToReadAgain() bool {
	return c.State == ComponentAwaitingSignature && slices.ContainsFunc(c.Pages, Page.ToReadAgain)
}

// ToReadAgain are the pages of a dossier that are to be read again.
func (d Dossier) ToReadAgain() (pages []Page) {
	for _, c := range d.Components {
		if !c.ToReadAgain() {
			continue
		}
		for _, p := range c.Pages {
			if p.ToReadAgain() {
				pages = append(pages, p)
			}
		}
	}
	return pages
}

// Turned is a reading of the same page turned clockwise by quarter turns: the
// same words at their places on the turned page. A table of rules belongs to the
// way up in which it was found, and is left out.
func (r Reading) Turned(degrees int) Reading {
	for ; degrees > 0; degrees -= 90 {
		r = r.quarterTurned()
	}
	return r
}

// WayUp is how the page of a reading lies in its image.
func (r Reading) WayUp() WayUp { return WayUp{RotationCW: r.RotationCW, Cut: r.Cut} }

// quarterTurned turns once: what was at the left edge is at the top.
func (r Reading) quarterTurned() Reading {
	height := r.Height
	r.ToInput = Matrix{0, -1, 1, 0, 0, float64(height)}.Then(r.ToInput)
	r.RotationCW = (r.RotationCW + 270) % 360
	r.Width, r.Height, r.Grid = r.Height, r.Width, nil
	words := make([]Word, len(r.Words))
	for i, w := range r.Words {
		b := w.Box().quarterTurned(height)
		w.X, w.Y, w.W, w.H = b.X, b.Y, b.W, b.H
		words[i] = w
	}
	r.Words = words
	checks := slices.Clone(r.CheckBoxes)
	for i, c := range checks {
		b := c.Box().quarterTurned(height)
		checks[i].X, checks[i].Y, checks[i].W, checks[i].H = b.X, b.Y, b.W, b.H
	}
	r.CheckBoxes = checks
	unread := slices.Clone(r.Unread)
	for i, b := range unread {
		unread[i] = b.quarterTurned(height)
	}
	r.Unread = unread
	fields := make(map[string]Field, len(r.Fields))
	for id, f := range r.Fields {
		fields[id] = f.quarterTurned(height)
	}
	if r.Fields != nil {
		r.Fields = fields
	}
	return r
}

// Turned is a field on a page of the given size that is turned clockwise.
func (f Field) Turned(degrees, width, height int) Field {
	for ; degrees > 0; degrees -= 90 {
		f = f.quarterTurned(height)
		width, height = height, width
	}
	return f
}

// Turned is the entry of a register, of which a page of the given size was turned,
// as [Field.Turned]: what of it stands on that page.
func (e RegisterEntry) Turned(page PageID, degrees, width, height int) RegisterEntry {
	return e.Moved(page, func(b Box) Box { return *Field{Box: &b}.Turned(degrees, width, height).Box })
}

// Moved is the entry with what of it stands on a page at another place there.
func (e RegisterEntry) Moved(page PageID, place func(Box) Box) RegisterEntry {
	if e.Page == page {
		e.Box = place(e.Box)
	}
	if e.Across != nil && e.Across.Page == page {
		e.Across = &EntryPart{Page: page, Box: place(e.Across.Box)}
	}
	fields := make(map[string]Field, len(e.Fields))
	for id, f := range e.Fields {
		if f.Page == page && f.Box != nil {
			box := place(*f.Box)
			f.Box = &box
		}
		fields[id] = f
	}
	e.Fields = fields
	return e
}

func (f Field) quarterTurned(height int) Field {
	if f.Box != nil {
		b := f.Box.quarterTurned(height)
		f.Box = &b
	}
	return f
}

// quarterTurned is the box on a page of that height, turned clockwise.
func (b Box) quarterTurned(height int) Box {
	return Box{X: height - b.Y - b.H, Y: b.X, W: b.H, H: b.W}
}

// Through is the smallest box that holds another one whose corners a matrix has
// moved.
func (b Box) Through(m Matrix) Box {
	x0, y0 := m.Apply(float64(b.X), float64(b.Y))
	x1, y1 := m.Apply(float64(b.X+b.W), float64(b.Y+b.H))
	x2, y2 := m.Apply(float64(b.X+b.W), float64(b.Y))
	x3, y3 := m.Apply(float64(b.X), float64(b.Y+b.H))
	left, right := int(math.Floor(min(x0, x1, x2, x3))), int(math.Ceil(max(x0, x1, x2, x3)))
	top, bottom := int(math.Floor(min(y0, y1, y2, y3))), int(math.Ceil(max(y0, y1, y2, y3)))
	return Box{X: left, Y: top, W: right - left, H: bottom - top}
}

// Within is the part of a box that lies on a page of the given size.
func (b Box) Within(width, height int) Box {
	x, y := min(max(b.X, 0), width), min(max(b.Y, 0), height)
	return Box{X: x, Y: y, W: min(max(b.X+b.W, x), width) - x, H: min(max(b.Y+b.H, y), height) - y}
}
