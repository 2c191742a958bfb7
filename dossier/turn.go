package dossier

import "slices"

// Turned is a page that a person turns, clockwise by quarter turns. The page is
// in a paper of the dossier that the decision is about.
type Turned struct {
	Page PageID `json:"page"`
	By   int    `json:"by"` // 90, 180 or 270 degrees
}

// ReadingOf is the version of the reading by which a page of a paper is shown
// and published. The first one is as the machine took the page. The second to
// the fourth are for the same page turned clockwise by 90, 180 and 270 degrees:
// so that turning it four times is turning it not at all, and the same turn is
// the same object whoever asks for it.
func (p Page) ReadingOf() int { return max(p.Reading, 1) }

// TurnedBy is the page turned clockwise by so many degrees.
func (p Page) TurnedBy(degrees int) Page {
	p.Reading = (p.ReadingOf()-1+degrees/90)%4 + 1
	if p.Reading == 1 {
		p.Reading = 0
	}
	return p
}

// Turned is a reading of the same page turned clockwise by quarter turns: the
// same words at their places on the turned page.
func (r Reading) Turned(degrees int) Reading {
	for ; degrees > 0; degrees -= 90 {
		r = r.quarterTurned()
	}
	return r
}

// quarterTurned turns once: what was at the left edge is at the top.
func (r Reading) quarterTurned() Reading {
	height := r.Height
	r.ToInput = Matrix{0, -1, 1, 0, 0, float64(height)}.Then(r.ToInput)
	r.RotationCW = (r.RotationCW + 270) % 360
	r.Width, r.Height = r.Height, r.Width
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

// Turned is the entry of a register on a page that was turned, as [Field.Turned].
func (e RegisterEntry) Turned(degrees, width, height int) RegisterEntry {
	place := Field{Box: &e.Box}.Turned(degrees, width, height)
	e.Box = *place.Box
	fields := make(map[string]Field, len(e.Fields))
	for id, f := range e.Fields {
		fields[id] = f.Turned(degrees, width, height)
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
