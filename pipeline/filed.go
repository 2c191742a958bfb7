package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"sohoa/dossier"
	"sohoa/pipeline/split"
)

// ErrOriginal tells that an electronic original can not be changed: its bytes
// carry signatures that any change would break.
var ErrOriginal = errors.New("an electronic original can not be changed")

// filedSheet is a page of a file that was filed electronically.
type filedSheet struct {
	page   dossier.PageID
	file   int // ordinal in the batch
	filing dossier.Filing
}

// setFiledApart takes the pages of files that were filed electronically out of
// the stack of sheets: which paper they are, and of which dossier, was said.
func (s *stack) setFiledApart(batch dossier.Batch) {
	scanned := s.sheets[:0]
	for _, sheet := range s.sheets {
		if n := sheet.Input; n >= 1 && n <= len(batch.Files) && batch.Files[n-1].Filed != nil {
			s.filed = append(s.filed, filedSheet{page: sheet.Page, file: n, filing: *batch.Files[n-1].Filed})
			continue
		}
		scanned = append(scanned, sheet)
	}
	s.sheets = scanned
}

// divide turns the stack into dossiers and papers: scans by what is read on
// them, files that were filed electronically by what was said of them.
func (s *stack) divide(kinds *dossier.Catalogue) split.Plan {
	if s.unpaired != nil || s.rescanned {
		return heldSides(s.sheets)
	}
	plan := split.Split(kinds, s.sheets)
	plan.Groups = append(plan.Groups, filedGroups(kinds, s.filed)...)
	return plan
}

// filedGroups makes one paper of each file, and puts the papers of one code into
// one dossier. Empty and unreadable pages are pages of their paper, too: the
// file stays whole.
func filedGroups(kinds *dossier.Catalogue, sheets []filedSheet) (groups []split.Group) {
	for i, sheet := range sheets {
		at := slices.IndexFunc(groups, func(g split.Group) bool { return *g.Code == sheet.filing.Code })
		if at < 0 {
			code := sheet.filing.Code
			at, groups = len(groups), append(groups, split.Group{Code: &code, Opener: split.OpenerNone})
		}
		papers := groups[at].Components
		if i > 0 && sheets[i-1].file == sheet.file {
			last := &papers[len(papers)-1]
			last.Pages = append(last.Pages, sheet.page)
			continue
		}
		kind, _ := kinds.Kind(sheet.filing.Kind)
		groups[at].Components = append(papers, split.Component{
			Kind: sheet.filing.Kind, Confidence: 1, Role: kind.Role, Reasons: []string{"filed electronically"}, Pages: []dossier.PageID{sheet.page},
		})
	}
	return groups
}

// pageOf names a page as components list it. An image that was given up has no
// reading that says where it is.
func (p placer) pageOf(page dossier.PageID, reading dossier.Reading) dossier.Page {
	if reading.Page == 0 {
		found := p.stack.found[page]
		return dossier.Page{ID: page, File: found.File, Index: found.Index, Part: 1}
	}
	return dossier.Page{ID: page, File: reading.File, Index: reading.Page, Part: reading.Part}
}

// markFiled says of a paper that was filed electronically that it was, and of a
// PDF that its own bytes are published.
func (p placer) markFiled(ctx context.Context, c *dossier.Component) error {
	if !slices.ContainsFunc(p.stack.filed, func(s filedSheet) bool { return s.page == c.Pages[0].ID }) {
		return nil
	}
	c.Origin = dossier.OriginFiled
	return p.flow.asFiled(ctx, c)
}

// asFiled makes the raw file what is published of a paper, where that is a PDF
// and all of it. Pictures are published like scans.
func (f *Flow) asFiled(ctx context.Context, c *dossier.Component) error {
	image, _, err := c.Pages[0].ID.Split()
	if err != nil {
		return err
	}
	raw, _, err := image.Split()
	if err != nil {
		return err
	}
	key := dossier.RawKey(f.Unit.ID, raw)
	if is, err := f.isPDF(ctx, key); err != nil || !is {
		return err
	}
	c.State, c.PDF = dossier.ComponentFiled, key
	return nil
}

// pdfHeader begins every PDF (ISO 32000-1, 7.5.2). A file with anything before it
// is published like a scan: it may be a picture as well.
const pdfHeader = "%PDF-"

func (f *Flow) isPDF(ctx context.Context, key string) (is bool, err error) {
	r, _, found, err := f.Objects.Open(ctx, key)
	if err != nil || !found {
		return false, orMissing(err, "raw object", key)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	head, err := io.ReadAll(io.LimitReader(r, int64(len(pdfHeader))))
	if err != nil {
		return false, fmt.Errorf("read header: %w", err)
	}
	return string(head) == pdfHeader, nil
}

// filedObjects names what an electronic original rests on: its own bytes, and
// what was read on its pages.
func (f *Flow) filedObjects(ctx context.Context, component dossier.Component) (made []dossier.ObjectRef, err error) {
	for _, page := range component.Pages {
		_, objects, err := f.pageObjects(ctx, page)
		if err != nil {
			return nil, err
		}
		for _, object := range objects {
			if !slices.Contains(made, object) {
				made = append(made, object)
			}
		}
	}
	return made, nil
}
