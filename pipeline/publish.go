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
// transaction B. A component whose PDF cannot be made is taken out of the
// version and its pages are parked; the rest goes on.
func (f *Flow) publishVersion(ctx context.Context, intent dossier.Intent) error {
	final := intent.Draft
	var before dossier.Manifest
	if v := final.Dossier.Version; v > 1 {
		key := dossier.ManifestKey(f.Unit.ID, final.Dossier.ID, v-1)
		if _, found, err := f.getJSON(ctx, key, &before); err != nil || !found {
			return orMissing(err, "manifest", key)
		}
	}
	final.Objects = append([]dossier.ObjectRef{}, before.Objects...)
	var entries []dossier.Entry
	for _, component := range final.Dossier.Components {
		if !slices.Contains(intent.New, component.ID) {
			continue
		}
		made, err := f.publishComponent(ctx, final.Dossier, component)
		if reason, park := parkable(err); park {
			f.Log.WarnContext(ctx, "component not published", slog.String("component", string(component.ID)), gaveUp(err))
			return f.parkComponent(ctx, intent, component, reason)
		}
		if err != nil {
			return err
		}
		final.Objects = append(final.Objects, made.objects...)
		entries = append(entries, made.entries...)
	}
	manifest, existed, err := f.putJSON(ctx, dossier.ManifestKey(f.Unit.ID, final.Dossier.ID, final.Dossier.Version), final)
	if err != nil {
		return err
	}
	if existed {
		// Written before a crash, from the same intent: it is what the archive
		// says.
		if _, _, err := f.getJSON(ctx, manifest.Key, &final); err != nil {
			return err
		}
	}
	manifest.Role = "manifest"
	return f.Ledger.Publish(ctx, f.act(), intent, dossier.Publication{Batch: intent.Batch, Manifest: final, Object: manifest, Entries: entries})
}

// parkable tells whether an error is a component's own fault.
func parkable(err error) (dossier.Reason, bool) {
	fault, ok := errors.AsType[*dossier.Fault](err)
	if !ok || fault.Kind != dossier.Park && fault.Kind != dossier.Reject {
		return "", false
	}
	return fault.Reason, true
}

// parkComponent replaces the intent by one without the component, and parks
// its pages.
func (f *Flow) parkComponent(ctx context.Context, intent dossier.Intent, component dossier.Component, reason dossier.Reason) error {
	same := func(c dossier.Component) bool { return c.ID == component.ID }
	d := &intent.Draft.Dossier
	d.Components = slices.DeleteFunc(slices.Clone(d.Components), same)
	intent.New = slices.DeleteFunc(slices.Clone(intent.New), func(id dossier.ComponentID) bool { return id == component.ID })
	var parked []dossier.PlacedPage
	for _, page := range component.Pages {
		image, _, err := page.ID.Split()
		if err != nil {
			return err
		}
		d.Pending = append(d.Pending, page.ID)
		parked = append(parked, dossier.PlacedPage{ID: page.ID, Image: image, State: dossier.PageParked, Reason: reason, Dossier: d.ID})
	}
	return f.Ledger.PublishFailed(ctx, f.act(), intent, parked)
}

// published is what publishing a component made.
type published struct {
	objects []dossier.ObjectRef
	entries []dossier.Entry
}

// publishComponent writes, checks and stores the PDF of one component.
func (f *Flow) publishComponent(ctx context.Context, d dossier.Dossier, component dossier.Component) (published, error) {
	var made published
	sheets := make([]pdfa.Page, 0, len(component.Pages))
	for i, page := range component.Pages {
		reading, objects, err := f.pageObjects(ctx, page)
		if err != nil {
			return made, err
		}
		stream, release, err := f.picture(ctx, page)
		if err != nil {
			return made, err
		}
		defer release()
		sheets = append(sheets, pdfa.Page{Image: stream, Reading: reading})
		made.objects = append(made.objects, objects...)
		made.entries = append(made.entries, entry(d, component, i, reading))
	}
	pdf, err := f.putPDF(ctx, d, component, sheets)
	if err != nil {
		return made, err
	}
	made.objects = append(made.objects, pdf)
	return made, nil
}

// pageObjects loads a page's reading and names the objects the page rests on.
func (f *Flow) pageObjects(ctx context.Context, page dossier.Page) (dossier.Reading, []dossier.ObjectRef, error) {
	image, part, err := page.ID.Split()
	if err != nil {
		return dossier.Reading{}, nil, err
	}
	raw, _, err := image.Split()
	if err != nil {
		return dossier.Reading{}, nil, err
	}
	keys := []string{dossier.RawKey(f.Unit.ID, raw), dossier.ReadingKey(f.Unit.ID, image, 1)}
	refs, err := f.Ledger.ObjectRefs(ctx, keys)
	if err != nil {
		return dossier.Reading{}, nil, err
	}
	refs[0].Role, refs[1].Role = "raw", "reading"
	var kept dossier.ImageReading
	if _, found, err := f.getJSON(ctx, keys[1], &kept); err != nil || !found || len(kept.Readings) < part {
		return dossier.Reading{}, nil, orMissing(err, "reading", keys[1])
	}
	return kept.Readings[part-1], refs, nil
}

// picture extracts the image a page is on.
func (f *Flow) picture(ctx context.Context, page dossier.Page) (dossier.ImageStream, func(), error) {
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
	stream, releaseStream, err := f.Reader.Extract(ctx, path, index)
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
	written, err := pdfa.Write(ctx, file, f.meta(d, component), sheets)
	if err != nil {
		return dossier.ObjectRef{}, fmt.Errorf("write pdf: %w", err)
	}
	if err := f.gate(ctx, file, written.Size); err != nil {
		return dossier.ObjectRef{}, &dossier.Fault{Kind: dossier.Park, Op: "check pdf", Reason: dossier.ReasonGate, Err: err}
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

// entry is a published page as the index takes it.
func entry(d dossier.Dossier, component dossier.Component, i int, reading dossier.Reading) dossier.Entry {
	e := dossier.Entry{
		Unit: d.Unit, Dossier: d.ID, Component: component.ID, Page: component.Pages[i].ID, PageNo: i + 1,
		Kind: component.Kind, PDF: component.PDF, Text: reading.Text, Fields: make(map[string]string),
	}
	if d.Code != nil {
		e.Code = *d.Code
	}
	if i == 0 {
		for name, field := range component.Fields {
			e.Fields[name] = field.Value
		}
	}
	return e
}
