package dossier_test

import (
	"math"
	"reflect"
	"testing"

	"sohoa/dossier"
)

// TestTurnedReading: a word of a turned page lies where it lay on the input, and
// four quarter turns are none.
func TestTurnedReading(t *testing.T) {
	first := dossier.Reading{
		Width: 2000, Height: 3000, RotationCW: 90, ToInput: dossier.Matrix{0, 1, -1, 0, 3000, 0},
		Words:  []dossier.Word{{Text: "Họ", X: 100, Y: 200, W: 50, H: 30}},
		Fields: map[string]dossier.Field{"name": {Value: "An", Box: &dossier.Box{X: 100, Y: 200, W: 50, H: 30}}},
	}
	once := first.Turned(90)
	if once.Width != 3000 || once.Height != 2000 || once.RotationCW != 0 {
		t.Errorf("turned once it is %d×%d and lies at %d", once.Width, once.Height, once.RotationCW)
	}
	want := dossier.Box{X: 2770, Y: 100, W: 30, H: 50}
	if got := once.Words[0].Box(); got != want || *once.Fields["name"].Box != want {
		t.Errorf("the word is at %+v, its field at %+v, want %+v", got, once.Fields["name"].Box, want)
	}
	for _, by := range []int{90, 180, 270} {
		turned := first.Turned(by)
		w, was := turned.Words[0], first.Words[0]
		x, y := turned.ToInput.Apply(float64(w.X)+float64(w.W)/2, float64(w.Y)+float64(w.H)/2)
		wasX, wasY := first.ToInput.Apply(float64(was.X)+float64(was.W)/2, float64(was.Y)+float64(was.H)/2)
		if math.Abs(x-wasX) > 1e-9 || math.Abs(y-wasY) > 1e-9 {
			t.Errorf("turned by %d the word is at %v,%v of the input, want %v,%v", by, x, y, wasX, wasY)
		}
	}
	if got := first.Turned(360); !reflect.DeepEqual(got, first) {
		t.Errorf("turned all around it is %+v", got)
	}
	if *first.Fields["name"].Box != (dossier.Box{X: 100, Y: 200, W: 50, H: 30}) {
		t.Error("turning moves the field of the page that was turned")
	}
	field := first.Fields["name"].Turned(180, first.Width, first.Height)
	if twice := first.Turned(180); *field.Box != *twice.Fields["name"].Box {
		t.Errorf("a field turned is at %+v, in its reading at %+v", field.Box, twice.Fields["name"].Box)
	}
}

// TestTurnedPages: the reading of a page follows from how it was turned in all,
// whatever the way.
func TestTurnedPages(t *testing.T) {
	var page dossier.Page
	for _, want := range []int{2, 3, 4, 0, 2} {
		if page = page.TurnedBy(90); page.Reading != want {
			t.Errorf("reading %d, want %d", page.Reading, want)
		}
	}
	if back := page.TurnedBy(270); back.Reading != 0 || back.ReadingOf() != 1 {
		t.Errorf("turned back it has reading %d", back.Reading)
	}
}

// TestTurnedEntry: the region of an entry and the places of its fields go with the
// page, four quarter turns are none, and the entry that was there stays as it was.
func TestTurnedEntry(t *testing.T) {
	at := dossier.Box{X: 10, Y: 20, W: 300, H: 40}
	e := dossier.RegisterEntry{ID: "e", Box: at, Fields: map[string]dossier.Field{"number": {Box: &at}}}
	once := e.Turned(90, 1000, 2000)
	want := dossier.Box{X: 2000 - 20 - 40, Y: 10, W: 40, H: 300}
	if once.Box != want || *once.Fields["number"].Box != want {
		t.Errorf("turned by 90: %v and %v, want %v", once.Box, once.Fields["number"].Box, want)
	}
	if e.Box != at || *e.Fields["number"].Box != at {
		t.Errorf("the entry itself was changed: %v", e)
	}
	if back := once.Turned(270, 2000, 1000); back.Box != at {
		t.Errorf("turned back: %v, want %v", back.Box, at)
	}
}
