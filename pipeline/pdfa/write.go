package pdfa

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"sohoa/dossier"
)

// Level is the conformance level a file claims.
type Level int

// The levels. Everything published is Level2U.
const (
	// Level2U is PDF/A-2 with Unicode text (ISO 19005-2).
	Level2U Level = iota
	// Level1B is PDF/A-1 basic (ISO 19005-1): the same objects under another
	// label, for a second validator that knows only part 1. [Check] refuses it.
	Level1B
)

// Meta is what a file says about itself.
type Meta struct {
	// Title is shown in the window of a viewer. Control characters are
	// removed; empty is allowed.
	Title string
	// Lang is the language of the text (BCP 47); empty means vi-VN.
	Lang string
	// Created is when the office published this version. Required, whole
	// seconds count.
	Created time.Time
	// ID is the file identifier of the trailer; a new version of the same
	// paper gets another one.
	ID [16]byte
	// Level is the claimed conformance; the zero value is Level2U.
	Level Level
	// Creator names the program, for example "sohoa 1.0"; may be empty.
	Creator string
}

// Page is one page: the picture and what was read on it. Reading gives the
// upright page's size and resolution, the matrix ToInput from upright pixels
// to pixels of Image, and the words.
type Page struct {
	Image   dossier.ImageStream
	Reading dossier.Reading
	// Margin keeps so many points at the top of the page empty, for what is added
	// later, such as a signature's block: the page keeps its size, and picture
	// and text are drawn smaller below. 0 draws the page at its full size.
	Margin float64
}

// Written describes a finished file: what a manifest records, and what a later
// signature (an incremental update) needs, so that it need not parse the file.
type Written struct {
	Size   int64
	SHA256 dossier.SHA256
	// Objects is the trailer's Size: the first free object number.
	Objects int
	// Catalog and FirstPage are object numbers, the offsets say where the
	// objects begin.
	Catalog         int
	CatalogOffset   int64
	FirstPage       int
	FirstPageOffset int64
	// StartXRef is the offset of the cross-reference table, the Prev of an
	// update.
	StartXRef int64
}

// copyBuffer is the size of the buffers between image and file: large enough
// for few system calls, small enough to stay in the processor's cache.
const copyBuffer = 64 << 10

// Write writes the pages as one PDF/A file. It reads every image exactly once,
// in page order, and closes it. On an error w holds an unusable beginning,
// which the caller throws away. A page that can not be shown (no resolution, a
// flat matrix, an unknown filter) is a [dossier.Fault] before the first byte;
// an image whose length differs from its Size is one with reason
// changed_while_read.
func Write(ctx context.Context, w io.Writer, meta Meta, pages []Page) (Written, error) {
	meta, err := meta.withDefaults()
	if err != nil {
		return Written{}, fmt.Errorf("write pdf: %w", err)
	}
	if len(pages) == 0 {
		return Written{}, &dossier.Fault{Kind: dossier.Park, Op: "write pdf", Reason: dossier.ReasonNoPages}
	}
	for i := range pages {
		if err := validate(&pages[i], meta.Level); err != nil {
			return Written{}, fmt.Errorf("write pdf: page %d: %w", i+1, err)
		}
	}
	e, err := newEmitter(w)
	if err != nil {
		return Written{}, fmt.Errorf("write pdf: %w", err)
	}
	f := &file{emitter: e, meta: meta, text: newGlyphs(), buffer: make([]byte, copyBuffer)}
	return f.write(ctx, pages)
}

// withDefaults fills in what may be left out and refuses what may not.
func (m Meta) withDefaults() (Meta, error) {
	if m.Lang == "" {
		m.Lang = "vi-VN"
	}
	if !languageTag(m.Lang) {
		return m, errors.New("language is not a BCP 47 tag")
	}
	if m.Created.IsZero() {
		return m, errors.New("no time of creation")
	}
	m.Created = m.Created.Truncate(time.Second)
	m.Title, m.Creator = xmlText(m.Title), xmlText(m.Creator)
	return m, nil
}

// languageTag accepts letters, digits and inner hyphens: enough to keep syntax
// out of the catalog.
func languageTag(s string) bool {
	letter := false
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			letter = true
		case r == '-' && letter:
			letter = false
		default:
			return false
		}
	}
	return letter && len(s) <= 35
}

// file is the state of one Write.
type file struct {
	*emitter
	meta    Meta
	text    *glyphs
	buffer  []byte // for copying images
	scratch []byte // the content of the page being written

	catalog, tree, metadata, profile ref
	font                             fontRefs
	pages                            []ref
}

// write lays the file out: catalog, metadata and profile first, then the
// pages, then what is known only after them (page tree and font).
func (f *file) write(ctx context.Context, pages []Page) (Written, error) {
	if f.meta.Level == Level1B {
		f.printf("%%PDF-1.4\n%s", binaryMark)
	} else {
		f.printf("%%PDF-1.7\n%s", binaryMark)
	}
	f.catalog, f.tree, f.metadata, f.profile = f.reserve(), f.reserve(), f.reserve(), f.reserve()
	f.dict(f.catalog, f.catalogEntries())
	f.plainStream(f.metadata, "/Type/Metadata/Subtype/XML", f.meta.xmp())
	if err := f.flateStream(f.profile, "/N 3", srgbProfile()); err != nil {
		return Written{}, fmt.Errorf("write pdf: colour profile: %w", err)
	}
	nodes := f.reserveNodes(len(pages))
	for i := range pages {
		if err := f.writePage(ctx, &pages[i], nodes.parent(i)); err != nil {
			return Written{}, fmt.Errorf("write pdf: page %d: %w", i+1, err)
		}
	}
	f.writeTree(nodes)
	if err := f.writeFont(); err != nil {
		return Written{}, fmt.Errorf("write pdf: font: %w", err)
	}
	done, err := f.finish(f.catalog, f.meta.ID)
	if err != nil {
		return Written{}, err
	}
	done.FirstPage = int(f.pages[0])
	done.CatalogOffset, done.FirstPageOffset = f.offsets[f.catalog], f.offsets[f.pages[0]]
	return done, nil
}

func (f *file) catalogEntries() string {
	intent := fmt.Sprintf("<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(%[1]s)/Info(%[1]s)/RegistryName(%[2]s)/DestOutputProfile %[3]v>>", profileName, profileRegistry, f.profile)
	title := ""
	if f.meta.Title != "" {
		title = "/ViewerPreferences<</DisplayDocTitle true>>"
	}
	return fmt.Sprintf("<</Type/Catalog/Pages %v/Metadata %v/OutputIntents[%s]/Lang(%s)%s>>", f.tree, f.metadata, intent, f.meta.Lang, title)
}
