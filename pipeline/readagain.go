package pipeline

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/classify"
)

// readAgain reads the pages of a dossier again that people have turned, and
// makes that its next version: named and with its fields by the new words, as
// far as nobody has named or confirmed them. The subject is a dossier and a
// version of it, but what counts is its newest version: pages may have been
// turned on, or have gone elsewhere, since.
//
// The order is that of everything here: what was read is an object, then the
// version is ([Flow.decide]), then rows say so. Done twice it has one effect,
// for a page that was read again is none of those that are to be.
func (f *Flow) readAgain(ctx context.Context, subject string) error {
	id, _, _ := strings.Cut(subject, "/")
	return f.redrafted(func() error {
		base, ok, err := f.Ledger.Latest(ctx, dossier.DossierID(id))
		if err != nil || !ok {
			return err
		}
		// Reading takes seconds. Whoever decides meanwhile is first.
		read := base.Dossier.ToReadAgain()
		for _, page := range read {
			if err := f.putReadAgain(ctx, page); err != nil {
				return err
			}
		}
		base, ok, err = f.Ledger.Latest(ctx, dossier.DossierID(id))
		if err != nil || !ok {
			return err
		}
		pages := base.Dossier.ToReadAgain()
		if len(pages) == 0 {
			return nil
		}
		if slices.ContainsFunc(pages, func(p dossier.Page) bool { return !slices.Contains(read, p) }) {
			return &dossier.Fault{Kind: dossier.Retry, Op: "read turned pages", Reason: dossier.ReasonChanged, Err: errTurnedOn}
		}
		intent, err := f.saysAgain(ctx, base)
		if err != nil {
			return err
		}
		return f.decide(ctx, f.Ledger, dossier.Decision{
			Action: dossier.ActionReadAgain, Actor: intent.Draft.Actor, Placement: dossier.Placement{Pages: []dossier.PageID{}}, ReadAgain: idsOf(pages), Intent: intent,
		})
	})
}

// errTurnedOn: pages were turned while others were read.
var errTurnedOn = errors.New("pages were turned meanwhile")

// saysAgain drafts the version after base that says what was read again.
func (f *Flow) saysAgain(ctx context.Context, base dossier.Manifest) (dossier.Intent, error) {
	intent := f.nextIntent(base, f.act().Actor, "turned pages read again")
	intent.Draft.After = base.Seen()
	d := &intent.Draft.Dossier
	for i, paper := range d.Components {
		if !paper.ToReadAgain() {
			continue
		}
		after, err := f.paperReadAgain(ctx, paper)
		if err != nil {
			return intent, err
		}
		if after = f.newVersion(after, intent); after.Kind != paper.Kind {
			after = f.unlessPresented(d.Procedure, after)
		}
		d.Components[i] = after
		intent.New = append(intent.New, after.ID)
	}
	f.settle(d)
	return intent, nil
}

// paperReadAgain is a paper with its turned pages as they were read again. What
// people have said of it stands.
func (f *Flow) paperReadAgain(ctx context.Context, paper dossier.Component) (dossier.Component, error) {
	before := paper
	paper.Pages, paper.Fields = slices.Clone(paper.Pages), maps.Clone(paper.Fields)
	for i, page := range paper.Pages {
		if !page.ToReadAgain() {
			continue
		}
		paper.Pages[i] = page.ReadAgain()
		if err := f.carryOver(ctx, &paper, page); err != nil {
			return paper, err
		}
	}
	if !namedBy(before) && (before.Pages[0].ToReadAgain() || before.Kind == dossier.KindOther) {
		guess, err := f.guessPaper(ctx, paper)
		if err != nil {
			return paper, err
		}
		paper = namedAs(paper, guess)
	}
	kind, _ := f.Kinds.Kind(paper.Kind)
	var err error
	paper.Fields, err = f.readFields(ctx, kind, paper, confirmedOf(paper.Fields))
	return paper, err
}

// namedBy tells whether people have named a paper: by its kind, or by saying
// what stands in fields or entries that only this kind has.
func namedBy(paper dossier.Component) bool {
	return byPerson(paper.Reasons) || len(confirmedOf(paper.Fields)) > 0 || slices.ContainsFunc(paper.Entries, saidOf)
}

// saidOf tells whether a person has said what an entry is.
func saidOf(e dossier.RegisterEntry) bool {
	return e.State == dossier.EntryKeyed || e.State == dossier.EntryNone
}

// namedAs gives a paper the kind of a guess, unless nothing was guessed and it
// has one.
func namedAs(paper dossier.Component, guess classify.Guess) dossier.Component {
	if guess.Kind == dossier.KindOther && paper.Kind != "" {
		return paper
	}
	paper.Kind, paper.KindConfidence, paper.Role, paper.Reasons = guess.Kind, guess.Confidence, guess.Role, guess.Reasons
	return paper
}

// carryOver takes what people have said about a page to where it stands on the
// page as it was read again: the page may be a little larger or smaller then, for
// its lines were levelled anew. Entries of a register that nobody has written
// down are looked for again.
func (f *Flow) carryOver(ctx context.Context, paper *dossier.Component, page dossier.Page) error {
	was, err := f.readingOf(ctx, page)
	if err != nil {
		return err
	}
	is, err := f.readingOf(ctx, page.ReadAgain())
	if err != nil {
		return err
	}
	place := func(b dossier.Box) dossier.Box { return b }
	if back, ok := is.ToInput.Invert(); ok {
		place = func(b dossier.Box) dossier.Box { return b.Through(was.ToInput.Then(back)).Within(is.Width, is.Height) }
	}
	for id, field := range paper.Fields {
		if field.Page == page.ID {
			paper.Fields[id] = atPlace(field, place)
		}
	}
	written := slices.ContainsFunc(paper.Entries, func(e dossier.RegisterEntry) bool { _, on := e.PlaceOn(page.ID); return on && saidOf(e) })
	var entries []dossier.RegisterEntry
	for _, e := range paper.Entries {
		if _, on := e.PlaceOn(page.ID); on {
			if !written {
				continue
			}
			e = e.Moved(page.ID, place)
		}
		entries = append(entries, e)
	}
	paper.Entries = entries
	return nil
}

// atPlace is a field at another place of its page.
func atPlace(field dossier.Field, place func(dossier.Box) dossier.Box) dossier.Field {
	if field.Box != nil {
		box := place(*field.Box)
		field.Box = &box
	}
	return field
}

// putReadAgain has a worker read the image of a turned page as the page stands
// now, and makes that an object, unless it is one. Where the worker gives up, the
// object has the words that were read before, and says so.
func (f *Flow) putReadAgain(ctx context.Context, page dossier.Page) error {
	id, _, err := page.ID.Split()
	if err != nil {
		return err
	}
	key := dossier.ReadingKey(f.Unit.ID, id, page.ReadAgain().ReadingOf())
	var kept dossier.ImageReading
	if _, found, err := f.getJSON(ctx, key, &kept); err != nil || found {
		return err
	}
	before := dossier.ReadingKey(f.Unit.ID, id, page.ReadingOf())
	if _, found, err := f.getJSON(ctx, before, &kept); err != nil || !found {
		return orMissing(err, "reading", before)
	}
	again, err := f.readAs(ctx, id, waysOf(kept, page.Turn()))
	switch reason, gaveUpOn := parkable(err); {
	case gaveUpOn:
		f.Log.InfoContext(ctx, "turned image not read again", slog.String("image", string(id)), gaveUp(err))
		kept = notReadAgain(kept, reason)
	case err != nil:
		return err
	default:
		kept.Readings, kept.Reason = again, ""
	}
	kept.At = f.Now().UTC()
	_, _, err = f.putJSON(ctx, key, kept)
	return err
}

// waysOf is how the pages of a reading lie. An image that was given up is one
// page, and was shown as it was scanned before it was turned.
func waysOf(kept dossier.ImageReading, turn int) []dossier.WayUp {
	if len(kept.Readings) == 0 {
		return []dossier.WayUp{{RotationCW: (360 - turn) % 360}}
	}
	ways := make([]dossier.WayUp, len(kept.Readings))
	for i, r := range kept.Readings {
		ways[i] = r.WayUp()
	}
	return ways
}

// notReadAgain marks the words that were read before.
func notReadAgain(kept dossier.ImageReading, reason dossier.Reason) dossier.ImageReading {
	if len(kept.Readings) == 0 {
		kept.Reason = reason
	}
	for i, r := range kept.Readings {
		kept.Readings[i].Flags = append(slices.Clone(r.Flags), dossier.FlagNotReadAgain)
	}
	return kept
}

// readAs asks a worker to read an image whose pages lie as people say.
func (f *Flow) readAs(ctx context.Context, id dossier.ImageID, ways []dossier.WayUp) ([]dossier.Reading, error) {
	raw, _, err := id.Split()
	if err != nil {
		return nil, err
	}
	image, err := f.Ledger.Image(ctx, f.Unit.ID, id)
	if err != nil {
		return nil, err
	}
	path, release, err := f.Objects.Path(ctx, dossier.RawKey(f.Unit.ID, raw))
	if err != nil {
		return nil, err
	}
	defer release()
	return f.Reader.ReadAs(ctx, path, image, ways)
}
