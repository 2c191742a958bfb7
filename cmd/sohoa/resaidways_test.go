package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// newestCounts are ways in which a page is said to be empty and placed, and how it
// stands afterwards.
var newestCounts = map[string]struct {
	say   func(*twoClerks)
	state dossier.PageState
}{
	"placement lost, then empty": {func(c *twoClerks) {
		c.must(c.place(cutOff), errKilled)
		c.must(c.say(dossier.SideEmpty, atOnce), nil)
	}, dossier.PageBlank},
	"placement refused, written before the empty": {func(c *twoClerks) {
		c.must(c.place(func(row func() (bool, error)) (bool, error) {
			c.must(c.say(dossier.SideEmpty, atOnce), nil)
			return row()
		}), pipeline.ErrNotWaiting)
	}, dossier.PageBlank},
	"placement refused, written after the empty": {func(c *twoClerks) {
		c.must(c.say(dossier.SideEmpty, func(empty func() (bool, error)) (taken bool, err error) {
			c.must(c.place(func(row func() (bool, error)) (bool, error) {
				taken, err = empty()
				return row()
			}), pipeline.ErrNotWaiting)
			return taken, err
		}), nil)
	}, dossier.PageBlank},
	"empty refused, placement undone": {func(c *twoClerks) {
		c.must(c.say(dossier.SideEmpty, func(row func() (bool, error)) (bool, error) {
			c.must(c.place(atOnce), nil)
			return row()
		}), pipeline.ErrNotWaiting)
		c.undo()
	}, dossier.PageParked},
	"empty refused, written after the placement": {func(c *twoClerks) {
		c.must(c.place(func(row func() (bool, error)) (taken bool, err error) {
			c.must(c.say(dossier.SideEmpty, func(empty func() (bool, error)) (bool, error) {
				taken, err = row()
				return empty()
			}), pipeline.ErrNotWaiting)
			return taken, err
		}), nil)
	}, dossier.PagePlaced},
	"empty lost after the placement, which is undone": {func(c *twoClerks) {
		c.must(c.place(func(row func() (bool, error)) (bool, error) {
			c.must(c.say(dossier.SideEmpty, cutOff), errKilled)
			return row()
		}), nil)
		c.undo()
	}, dossier.PageParked},
	"empty lost, placement undone": {func(c *twoClerks) {
		c.must(c.say(dossier.SideEmpty, cutOff), errKilled)
		c.must(c.place(atOnce), nil)
		c.undo()
	}, dossier.PageParked},
	"two say empty": {func(c *twoClerks) {
		c.must(c.say(dossier.SideEmpty, func(row func() (bool, error)) (bool, error) {
			c.must(c.say(dossier.SideEmpty, atOnce), nil)
			return row()
		}), pipeline.ErrNotWaiting)
	}, dossier.PageBlank},
	"two take it back": {func(c *twoClerks) {
		c.must(c.say(dossier.SideEmpty, atOnce), nil)
		c.must(c.say(dossier.SideWithdrawn, func(row func() (bool, error)) (bool, error) {
			c.must(c.say(dossier.SideWithdrawn, atOnce), nil)
			return row()
		}), pipeline.ErrNotWaiting)
	}, dossier.PageParked},
}

// givesUp reads nothing.
type givesUp struct{ *textReader }

func (givesUp) Read(context.Context, string, dossier.TakenImage) ([]dossier.Reading, error) {
	return nil, &dossier.Fault{Kind: dossier.Park, Op: "find codes", Reason: dossier.ReasonUnreadable}
}

// TestNobodyHasLooked: of an image that was given up, which may be a separator,
// nobody says that it is empty; nor of a page that is not there, which is no failure
// of ours.
func TestNobodyHasLooked(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	a, _ := r.open(t)
	flow := a.flow(givesUp{r.reader})
	if _, err := a.finish(t.Context(), flow, claimTexts(t, flow, separator(t, someCode, 0)), quiet()); err != nil {
		t.Fatal(err)
	}
	closeArchive(t, a)
	page := r.waiting(t)[0]
	if err := r.sayOf(t, page, dossier.SideEmpty, false); !errors.Is(err, pipeline.ErrNotEmpty) {
		t.Errorf("an image that was given up: %v", err)
	}
	for _, say := range []dossier.SideSay{dossier.SideEmpty, dossier.SideWithdrawn} {
		for _, other := range []dossier.PageID{page[:len(page)-1] + "9", dossier.PageID(strings.Repeat("0", 64)) + ".1.1", "page"} {
			if err := r.sayOf(t, other, say, false); !errors.Is(err, pipeline.ErrNotWaiting) {
				t.Errorf("%s, %s: %v", other, say, err)
			}
		}
	}
}
