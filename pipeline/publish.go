package pipeline

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"

	"sohoa/dossier"
	"sohoa/pipeline/pdfa"
)

// publishDossier brings every intended version of a dossier into the archive,
// oldest first. Everything about a version was fixed by its intent, so a crash
// at any point is healed by doing this again: objects that exist are kept.
func (f *Flow) publishDossier(ctx context.Context, id dossier.DossierID) error {
	for {
		intent, ok, err := f.Ledger.NextIntent(ctx, id)
		if err != nil || !ok {
			return err
		}
		if err := f.publishVersion(ctx, intent); err != nil {
			return err
		}
	}
}

// publishVersion follows the write order: PDFs, then the manifest, then
// transaction B. A manifest that is there already was written before a crash:
// it is what the archive says, and only the catalogue has to hear of it.
func (f *Flow) publishVersion(ctx context.Context, intent dossier.Intent) error {
	d := intent.Draft.Dossier
	var final dossier.Manifest
	key := dossier.ManifestKey(f.Unit.ID, d.ID, d.Version)
	_, found, err := f.getJSON(ctx, key, &final)
	var object dossier.ObjectRef
	switch {
	case err != nil:
		return err
	case found && !lists(final.Dossier, intent.New):
		return &dossier.Fault{Kind: dossier.Stop, Op: "publish dossier", Reason: dossier.ReasonDamaged,
			Err: fmt.Errorf("%w: object %s holds another version than it intends", ErrOlderCatalogue, key)}
	case found:
		object, err = f.digest(ctx, key)
	case intent.Draft.Signing != nil:
		final, object, err = f.signVersion(ctx, intent)
	default:
		final, object, err = f.writeVersion(ctx, intent)
	}
	if err != nil || object.Key == "" {
		return err
	}
	object.Role = "manifest"
	entries, err := f.entries(ctx, final.Dossier, func(id dossier.ComponentID) bool { return slices.Contains(slices.Concat(intent.New, intent.Kept), id) })
	if err != nil {
		return err
	}
	return f.Ledger.Publish(ctx, f.act(), intent, dossier.Publication{
		Batch: intent.Batch, Manifest: final, Object: object, Entries: entries, Doubts: f.Kinds.Doubts(final.Dossier, f.Twice), Reviewed: dossier.ReviewedFields(final.Dossier), Cases: dossier.EntriesOf(final.Dossier),
	})
}

// lists tells whether the dossier has all the components.
func lists(d dossier.Dossier, ids []dossier.ComponentID) bool {
	return !slices.ContainsFunc(ids, func(id dossier.ComponentID) bool {
		return !slices.ContainsFunc(d.Components, func(c dossier.Component) bool { return c.ID == id })
	})
}

// writeVersion writes the PDFs and the manifest of a version. A component whose
// PDF cannot be made is taken out of the version and its pages are parked: then
// the object is empty, and the intent that is left is the next to publish.
func (f *Flow) writeVersion(ctx context.Context, intent dossier.Intent) (final dossier.Manifest, object dossier.ObjectRef, err error) {
	final = intent.Draft
	var before dossier.Manifest
	if v := final.Dossier.Version; v > 1 {
		key := dossier.ManifestKey(f.Unit.ID, final.Dossier.ID, v-1)
		if _, found, err := f.getJSON(ctx, key, &before); err != nil || !found {
			return final, object, orMissing(err, "manifest", key)
		}
	}
	final.Dossier = onTopOf(before.Dossier, intent)
	final.Objects = append([]dossier.ObjectRef{}, before.Objects...)
	for _, component := range final.Dossier.Components {
		if !slices.Contains(intent.New, component.ID) || component.State == dossier.ComponentNotKept {
			continue
		}
		objects, err := f.publishComponent(ctx, final.Dossier, component)
		if reason, park := parkable(err); park {
			f.Log.WarnContext(ctx, "component not published", slog.String("component", string(component.ID)), gaveUp(err))
			return final, object, f.parkComponent(ctx, intent, before.Dossier, component, reason)
		}
		if err != nil {
			return final, object, err
		}
		final.Objects = append(final.Objects, objects...)
	}
	object, _, err = f.putJSON(ctx, dossier.ManifestKey(f.Unit.ID, final.Dossier.ID, final.Dossier.Version), final)
	return final, object, err
}

// onTopOf is a drafted version as it can be published after the version
// before. It may have been drafted while that one was an intent too; a paper
// that could not be published then is in neither, and its pages still wait.
func onTopOf(before dossier.Dossier, intent dossier.Intent) dossier.Dossier {
	draft, fresh := intent.Draft.Dossier, intent.New
	var components []dossier.Component
	placed := make(map[dossier.PageID]bool)
	for _, page := range intent.Left {
		placed[page] = true // in another dossier
	}
	for _, c := range draft.Components {
		if !slices.Contains(fresh, c.ID) && !slices.Contains(intent.Kept, c.ID) {
			i := slices.IndexFunc(before.Components, func(old dossier.Component) bool { return old.ID == c.ID })
			if i < 0 {
				continue
			}
			c = before.Components[i]
		}
		components = append(components, c)
		for _, page := range c.Pages {
			placed[page.ID] = true
		}
	}
	draft.Components = append([]dossier.Component{}, components...)
	pending := []dossier.PageID{}
	for _, page := range slices.Concat(draft.Pending, before.Pending) {
		if !placed[page] && !slices.Contains(pending, page) {
			pending = append(pending, page)
		}
	}
	draft.Pending = pending
	return draft
}

// parkable tells whether an error is a component's own fault.
func parkable(err error) (dossier.Reason, bool) {
	fault, ok := errors.AsType[*dossier.Fault](err)
	if !ok || fault.Kind != dossier.Park && fault.Kind != dossier.Reject {
		return "", false
	}
	return fault.Reason, true
}

// parkComponent replaces the intent by one without the component, or with the
// version of it that is published, and parks the pages it would have added.
func (f *Flow) parkComponent(ctx context.Context, intent dossier.Intent, before dossier.Dossier, component dossier.Component, reason dossier.Reason) error {
	same := func(c dossier.Component) bool { return c.ID == component.ID }
	d := &intent.Draft.Dossier
	d.Components, d.Pending = slices.Clone(d.Components), slices.Clone(d.Pending)
	added := component.Pages
	gave := func(p dossier.Page) bool { return slices.Contains(intent.Left, p.ID) }
	if i := slices.IndexFunc(before.Components, same); i >= 0 && !slices.ContainsFunc(before.Components[i].Pages, gave) {
		published := before.Components[i]
		d.Components[slices.IndexFunc(d.Components, same)] = published
		added = slices.DeleteFunc(slices.Clone(added), func(p dossier.Page) bool {
			return slices.ContainsFunc(published.Pages, func(old dossier.Page) bool { return old.ID == p.ID })
		})
	} else {
		d.Components = slices.DeleteFunc(d.Components, same)
	}
	intent.New = slices.DeleteFunc(slices.Clone(intent.New), func(id dossier.ComponentID) bool { return id == component.ID })
	if twice(*d) { // pages go from paper to paper: all of it, or nothing
		d.Components, intent.New, intent.Kept, added = slices.Clone(before.Components), []dossier.ComponentID{}, nil, nil
	}
	var parked []dossier.PlacedPage
	for _, page := range added {
		image, _, err := page.ID.Split()
		if err != nil {
			return err
		}
		d.Pending = append(d.Pending, page.ID)
		parked = append(parked, dossier.PlacedPage{ID: page.ID, Image: image, State: dossier.PageParked, Reason: reason, Dossier: d.ID})
	}
	return f.Ledger.PublishFailed(ctx, f.act(), intent, parked)
}

// twice tells whether a page is in two papers.
func twice(d dossier.Dossier) bool {
	seen := make(map[dossier.PageID]bool)
	for _, c := range d.Components {
		for _, p := range c.Pages {
			if seen[p.ID] {
				return true
			}
			seen[p.ID] = true
		}
	}
	return false
}

// publishComponent writes, checks and stores the PDF of one component, and
// names the objects it rests on.
func (f *Flow) publishComponent(ctx context.Context, d dossier.Dossier, component dossier.Component) ([]dossier.ObjectRef, error) {
	if component.State == dossier.ComponentFiled {
		return f.filedObjects(ctx, component)
	}
	sheets, made, release, err := f.sheets(ctx, component)
	if err != nil {
		return nil, err
	}
	defer release()
	pdf, err := f.putPDF(ctx, d, component, sheets)
	if err != nil {
		return nil, err
	}
	return append(made, pdf), nil
}

// sheets gathers the pages of a component as its PDF shows them, and the objects
// they rest on. The pictures can be read until release is called.
func (f *Flow) sheets(ctx context.Context, component dossier.Component) (sheets []pdfa.Page, made []dossier.ObjectRef, release func(), err error) {
	var pictures []func()
	giveAll := func() {
		for _, give := range slices.Backward(pictures) {
			give()
		}
	}
	defer func() {
		if err != nil {
			giveAll()
		}
	}()
	for _, page := range component.Pages {
		reading, objects, err := f.pageObjects(ctx, page)
		if err != nil {
			return nil, nil, nil, err
		}
		stream, give, err := f.picture(ctx, page, reading.Cut)
		if err != nil {
			return nil, nil, nil, err
		}
		pictures = append(pictures, give)
		sheets = append(sheets, pdfa.Page{Image: stream, Reading: measured(reading, stream)})
		made = append(made, objects...)
	}
	return sheets, made, giveAll, nil
}

// pageObjects loads a page's reading and names the objects the page rests on.
func (f *Flow) pageObjects(ctx context.Context, page dossier.Page) (dossier.Reading, []dossier.ObjectRef, error) {
	image, _, err := page.ID.Split()
	if err != nil {
		return dossier.Reading{}, nil, err
	}
	raw, _, err := image.Split()
	if err != nil {
		return dossier.Reading{}, nil, err
	}
	refs, err := f.Ledger.ObjectRefs(ctx, []string{dossier.RawKey(f.Unit.ID, raw), dossier.ReadingKey(f.Unit.ID, image, 1)})
	if err != nil {
		return dossier.Reading{}, nil, err
	}
	refs[0].Role, refs[1].Role = "raw", "reading"
	if page.Reading > 1 {
		turned, err := f.digest(ctx, dossier.ReadingKey(f.Unit.ID, image, page.Reading))
		if err != nil {
			return dossier.Reading{}, nil, err
		}
		turned.Role = "reading"
		refs = append(refs, turned)
	}
	reading, err := f.readingOf(ctx, page)
	return reading, refs, err
}

// picture extracts the image a page is on; of a spread, the page's half.
func (f *Flow) picture(ctx context.Context, page dossier.Page, cut *dossier.Cut) (dossier.ImageStream, func(), error) {
	image, _, err := page.ID.Split()
	if err != nil {
		return dossier.ImageStream{}, nil, err
	}
	raw, index, err := image.Split()
	if err != nil {
		return dossier.ImageStream{}, nil, err
	}
	path, releasePath, err := f.Objects.Path(ctx, dossier.RawKey(f.Unit.ID, raw))
	if err != nil {
		return dossier.ImageStream{}, nil, err
	}
	stream, releaseStream, err := f.Reader.Extract(ctx, path, index, cut)
	if err != nil {
		releasePath()
		return dossier.ImageStream{}, nil, err
	}
	return stream, func() { releaseStream(); releasePath() }, nil
}

// putPDF writes the PDF to scratch, passes it through the gate and makes it an
// object.
func (f *Flow) putPDF(ctx context.Context, d dossier.Dossier, component dossier.Component, sheets []pdfa.Page) (_ dossier.ObjectRef, err error) {
	file, err := os.CreateTemp(f.Scratch, "publish-*.pdf")
	if err != nil {
		return dossier.ObjectRef{}, fmt.Errorf("write pdf: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	if err := f.writeChecked(ctx, file, f.meta(d, component), sheets); err != nil {
		return dossier.ObjectRef{}, err
	}
	if _, err := file.Seek(0, 0); err != nil {
		return dossier.ObjectRef{}, fmt.Errorf("store pdf: %w", err)
	}
	ref, _, err := f.Objects.Put(ctx, component.PDF, file)
	if err != nil {
		return dossier.ObjectRef{}, fmt.Errorf("store pdf: %w", err)
	}
	ref.Role = "pdf"
	return ref, nil
}

// writeChecked writes a PDF and passes it through the gate.
func (f *Flow) writeChecked(ctx context.Context, file *os.File, meta pdfa.Meta, sheets []pdfa.Page) error {
	written, err := pdfa.Write(ctx, file, meta, sheets)
	if err != nil {
		return fmt.Errorf("write pdf: %w", err)
	}
	if err := f.gate(ctx, file, written.Size); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("check pdf: %w", err) // stopped, not refused
		}
		return &dossier.Fault{Kind: dossier.Park, Op: "check pdf", Reason: dossier.ReasonGate, Err: err}
	}
	return nil
}

// gate refuses a PDF that our own reader or pdfcpu finds a fault in.
func (f *Flow) gate(ctx context.Context, file *os.File, size int64) error {
	if err := pdfa.Check(file, size); err != nil {
		return err
	}
	return pdfa.CheckPdfcpu(ctx, file, size)
}

// meta is what the PDF says of itself: the kind of paper, nothing personal. The
// file identifier follows from the component and its version, so that the same
// version written twice has the same bytes.
func (f *Flow) meta(d dossier.Dossier, component dossier.Component) pdfa.Meta {
	title := component.Kind
	if kind, ok := f.Kinds.Kind(component.Kind); ok && len(kind.Titles) > 0 {
		title = kind.Titles[0]
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/v%d", component.ID, component.Version))
	return pdfa.Meta{Title: title, Lang: "vi-VN", Created: d.ReceivedAt, ID: [16]byte(sum[:16])}
}

// entries makes the index entries of the pages of a dossier's components, those
// that wanted names. A paper that is not kept has none.
func (f *Flow) entries(ctx context.Context, d dossier.Dossier, wanted func(dossier.ComponentID) bool) ([]dossier.Entry, error) {
	var entries []dossier.Entry
	for _, component := range d.Components {
		if !wanted(component.ID) || component.State == dossier.ComponentNotKept {
			continue
		}
		for i, page := range component.Pages {
			reading, err := f.readingOf(ctx, page)
			if err != nil {
				return nil, err
			}
			e := entry(d, component, i, reading)
			e.Text += f.enteredText(component, page.ID)
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// reading loads what was first read on a page.
func (f *Flow) reading(ctx context.Context, page dossier.PageID) (dossier.Reading, error) {
	return f.readingOf(ctx, dossier.Page{ID: page})
}

// readingOf loads what was read on a page of a paper: nothing, for an image that
// was given up and that a person has placed.
func (f *Flow) readingOf(ctx context.Context, page dossier.Page) (dossier.Reading, error) {
	image, part, err := page.ID.Split()
	if err != nil {
		return dossier.Reading{}, err
	}
	var kept dossier.ImageReading
	key := dossier.ReadingKey(f.Unit.ID, image, page.ReadingOf())
	_, found, err := f.getJSON(ctx, key, &kept)
	switch {
	case err == nil && found && kept.Reason != "":
		return dossier.Reading{}, nil
	case err != nil || !found || len(kept.Readings) < part:
		return dossier.Reading{}, orMissing(err, "reading", key)
	}
	return kept.Readings[part-1], nil
}

// measured gives a page that was never read the size of its picture, upright as
// it was scanned.
func measured(reading dossier.Reading, image dossier.ImageStream) dossier.Reading {
	if reading.Width > 0 {
		return reading
	}
	return dossier.Reading{Width: image.Width, Height: image.Height, DPI: 300, DPISource: "default", ToInput: dossier.Identity(), Words: []dossier.Word{}}
}

// entry is a published page as the index takes it.
func entry(d dossier.Dossier, component dossier.Component, i int, reading dossier.Reading) dossier.Entry {
	e := dossier.Entry{
		Unit: d.Unit, Dossier: d.ID, Component: component.ID, Page: component.Pages[i].ID, PageNo: i + 1,
		Kind: component.Kind, PDF: component.PDF, Text: reading.Indexed(), Fields: make(map[string]string),
	}
	if d.Code != nil {
		e.Code = *d.Code
	}
	if i == 0 {
		for name, field := range component.Fields {
			if field.Value != "" {
				e.Fields[name] = field.Value
			}
		}
	}
	return e
}
