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
	e := dossier.RegisterEntry{
		ID: "e", Page: "left", Box: at, Across: &dossier.EntryPart{Page: "right", Box: at},
		Fields: map[string]dossier.Field{"number": {Page: "left", Box: &at}, "notes": {Page: "right", Box: &at}},
	}
	once := e.Turned("left", 90, 1000, 2000)
	want := dossier.Box{X: 2000 - 20 - 40, Y: 10, W: 40, H: 300}
	if once.Box != want || *once.Fields["number"].Box != want {
		t.Errorf("turned by 90: %v and %v, want %v", once.Box, once.Fields["number"].Box, want)
	}
	if e.Box != at || *e.Fields["number"].Box != at {
		t.Errorf("the entry itself was changed: %v", e)
	}
	if once.Across.Box != at || *once.Fields["notes"].Box != at {
		t.Errorf("what stands on the other page was turned, too: %v", once.Across)
	}
	if beyond := e.Turned("right", 90, 1000, 2000); beyond.Box != at || beyond.Across.Box != want || *beyond.Fields["notes"].Box != want || e.Across.Box != at {
		t.Errorf("the other page turned by 90: %+v", beyond)
	}
	if back := once.Turned("left", 270, 2000, 1000); back.Box != at {
		t.Errorf("turned back: %v, want %v", back.Box, at)
	}
}

// TestPagesToReadAgain: a page that was turned is read again once, as it stands
// then; one that stands as it was scanned is not, nor is one that is signed.
func TestPagesToReadAgain(t *testing.T) {
	page := dossier.Page{ID: "p"}
	for _, by := range []int{90, 180, 270} {
		turned := page.TurnedBy(by)
		again := turned.ReadAgain()
		if !turned.ToReadAgain() || again.ToReadAgain() || again.ReadAgain() != again || again.Turn() != by || again.Reading != by/90+5 {
			t.Errorf("turned by %d it has reading %d, read again %d", by, turned.Reading, again.Reading)
		}
		if back := again.TurnedBy(360 - by); back != page || back.ToReadAgain() || back.ReadAgain() != page {
			t.Errorf("turned by %d and back it has reading %d", by, back.Reading)
		}
		if on := again.TurnedBy(90); on != turned.TurnedBy(90) {
			t.Errorf("turned on it has reading %d, want %d", on.Reading, turned.TurnedBy(90).Reading)
		}
	}
	d := dossier.Dossier{ID: "d", Unit: "u", Version: 7, Components: []dossier.Component{
		{State: dossier.ComponentSigned, Pages: []dossier.Page{page.TurnedBy(90)}},
		{State: dossier.ComponentAwaitingSignature, Pages: []dossier.Page{page, page.TurnedBy(180)}},
	}}
	if got := d.ToReadAgain(); len(got) != 1 || got[0].Reading != 3 {
		t.Errorf("to be read again: %+v", got)
	}
	if job, wanted := dossier.ReadAgainJob(d); !wanted || job != (dossier.Job{Step: dossier.StepReadAgain, Unit: "u", Subject: "d/7"}) {
		t.Errorf("the job is %+v, wanted: %v", job, wanted)
	}
}

// TestBoxThrough: a box goes where its corners go, and ends where the page does.
func TestBoxThrough(t *testing.T) {
	box := dossier.Box{X: 10, Y: 20, W: 30, H: 40}
	if got, want := box.Through(dossier.Matrix{-1, 0, 0, -1, 100, 200}), (dossier.Box{X: 60, Y: 140, W: 30, H: 40}); got != want {
		t.Errorf("turned by 180: %+v, want %+v", got, want)
	}
	if got, want := box.Through(dossier.Matrix{0, 1, -1, 0, 100, 0}), (dossier.Box{X: 40, Y: 10, W: 40, H: 30}); got != want {
		t.Errorf("turned by 90: %+v, want %+v", got, want)
	}
	if got, want := (dossier.Box{X: -5, Y: 90, W: 20, H: 40}).Within(100, 100), (dossier.Box{X: 0, Y: 90, W: 15, H: 10}); got != want {
		t.Errorf("on the page: %+v, want %+v", got, want)
	}
}
