package pipeline

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"sohoa/dossier"
)

// Standing is the catalogue as the list of presented papers reads it.
type Standing interface {
	Files(ctx context.Context, batch dossier.BatchID) ([]dossier.TakenFile, error)
	PagesOf(ctx context.Context, ref dossier.FileRef) ([]dossier.PlacedPage, error)
	// Latest is the newest version of a dossier, published or intended.
	Latest(ctx context.Context, id dossier.DossierID) (m dossier.Manifest, ok bool, err error)
}

// Presented is a paper that was only presented and is not kept: what a removal of its
// bytes would take, and what stands in its way.
type Presented struct {
	Dossier   dossier.DossierID   `json:"dossier"`
	Code      *string             `json:"code"`
	Component dossier.ComponentID `json:"component"`
	Kind      string              `json:"kind"`
	// Since is when the version was made from which on it is not kept.
	Since     time.Time           `json:"since"`
	Originals []PresentedOriginal `json:"originals"`
	// Why are all obstacles, of the paper and of its originals. A removal takes all of
	// a paper or nothing of it.
	Why []Obstacle `json:"why"`
}

// PresentedOriginal is one file that pages of the paper came from.
type PresentedOriginal struct {
	SHA256  dossier.SHA256 `json:"sha256"`
	Images  int            `json:"images"`
	Pages   int            `json:"pages"`
	Objects []string       `json:"objects"` // the original, and what was read on it
	Bytes   int64          `json:"bytes"`
}

// Obstacle is why the bytes of a paper can not go; a code, for which there is a
// sentence.
type Obstacle string

// The obstacles.
const (
	ObstacleShared    Obstacle = "shared"    // the original holds pages that are not of this paper
	ObstacleTwice     Obstacle = "twice"     // the original is known to another batch, too
	ObstacleFiled     Obstacle = "filed"     // the original was filed electronically
	ObstaclePublished Obstacle = "published" // a page of the original is in a PDF that was published
	ObstacleChanging  Obstacle = "changing"  // somebody has decided about the dossier, and that is not published yet
)

// Presented lists the papers that are not kept. It takes nothing away and changes
// nothing. What a page of an original ever was in is asked of every version of every
// dossier, and of every batch record, as the objects have them: the catalogue knows
// the newest versions only.
func (f *Flow) Presented(ctx context.Context, ledger Standing) ([]Presented, error) {
	p := presented{flow: f, ledger: ledger, published: map[dossier.SHA256]bool{}, brought: map[dossier.SHA256][]broughtFile{}}
	if err := p.batches(ctx); err != nil {
		return nil, err
	}
	if err := p.manifests(ctx); err != nil {
		return nil, err
	}
	for i := range p.papers {
		if err := p.judge(ctx, &p.papers[i]); err != nil {
			return nil, err
		}
	}
	return p.papers, nil
}

type presented struct {
	flow   *Flow
	ledger Standing
	papers []Presented
	// published are the originals of which a page was in a PDF, in any version.
	published map[dossier.SHA256]bool
	// brought is which batches brought an original.
	brought map[dossier.SHA256][]broughtFile
}

type broughtFile struct {
	ref   dossier.FileRef
	filed bool
}

// batches reads every batch record.
func (p *presented) batches(ctx context.Context) error {
	for ref, err := range p.flow.Objects.List(ctx, dossier.BatchPrefix(p.flow.Unit.ID)) {
		if err != nil {
			return err
		}
		var batch dossier.Batch
		if _, found, err := p.flow.getJSON(ctx, ref.Key, &batch); err != nil || !found {
			return orMissing(err, "batch record", ref.Key)
		}
		for i, file := range batch.Files {
			p.brought[file.SHA256] = append(p.brought[file.SHA256], broughtFile{ref: dossier.FileRef{Batch: batch.ID, Ordinal: i + 1}, filed: file.Filed != nil})
		}
	}
	return nil
}

// manifests reads every version of every dossier, and notes the papers that are not
// kept in the newest.
func (p *presented) manifests(ctx context.Context) error {
	newest, err := newestVersions(ctx, p.flow.Objects, p.flow.Unit.ID)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(newest)) {
		since := map[dossier.ComponentID]time.Time{}
		var m dossier.Manifest
		for version := 1; version <= newest[id]; version++ {
			key := dossier.ManifestKey(p.flow.Unit.ID, id, version)
			m = dossier.Manifest{}
			if _, found, err := p.flow.getJSON(ctx, key, &m); err != nil || !found {
				return orMissing(err, "manifest", key)
			}
			since = p.version(m, since)
		}
		if err := p.papersOf(ctx, m, since); err != nil {
			return err
		}
	}
	return nil
}

// version notes which originals a version published, and gives since when each of its
// papers is not kept.
func (p *presented) version(m dossier.Manifest, before map[dossier.ComponentID]time.Time) map[dossier.ComponentID]time.Time {
	since := map[dossier.ComponentID]time.Time{}
	for _, c := range m.Dossier.Components {
		if c.State != dossier.ComponentNotKept {
			for _, sum := range originalsOf(c) {
				p.published[sum] = true
			}
			continue
		}
		at, known := before[c.ID]
		if !known {
			at = m.At
		}
		since[c.ID] = at
	}
	return since
}

// papersOf notes the papers of a dossier that are not kept.
func (p *presented) papersOf(ctx context.Context, m dossier.Manifest, since map[dossier.ComponentID]time.Time) error {
	latest, known, err := p.ledger.Latest(ctx, m.Dossier.ID)
	if err != nil {
		return err
	}
	for _, c := range m.Dossier.Components {
		at, notKept := since[c.ID]
		if !notKept {
			continue
		}
		paper := Presented{Dossier: m.Dossier.ID, Code: m.Dossier.Code, Component: c.ID, Kind: c.Kind, Since: at, Originals: []PresentedOriginal{}, Why: []Obstacle{}}
		if !known || latest.Dossier.Version != m.Dossier.Version {
			paper.Why = append(paper.Why, ObstacleChanging)
		}
		if c.Origin == dossier.OriginFiled {
			paper.Why = append(paper.Why, ObstacleFiled)
		}
		for _, sum := range originalsOf(c) {
			paper.Originals = append(paper.Originals, PresentedOriginal{SHA256: sum, Objects: []string{}})
		}
		p.papers = append(p.papers, paper)
	}
	return nil
}

// originalsOf are the files that pages of a paper came from, those that others took
// the place of too.
func originalsOf(c dossier.Component) (sums []dossier.SHA256) {
	pages := slices.Clone(c.Pages)
	for _, r := range c.Replaced {
		pages = append(pages, r.Page)
	}
	for _, page := range pages {
		if image, _, err := page.ID.Split(); err == nil {
			if sum, _, err := image.Split(); err == nil && !slices.Contains(sums, sum) {
				sums = append(sums, sum)
			}
		}
	}
	return sums
}

// judge tells of each original of a paper what would go, and why it can not.
func (p *presented) judge(ctx context.Context, paper *Presented) error {
	for i := range paper.Originals {
		original := &paper.Originals[i]
		why, err := p.original(ctx, paper.Component, original)
		if err != nil {
			return err
		}
		if err := p.objects(ctx, original); err != nil {
			return err
		}
		for _, obstacle := range why {
			if !slices.Contains(paper.Why, obstacle) {
				paper.Why = append(paper.Why, obstacle)
			}
		}
	}
	slices.Sort(paper.Why)
	return nil
}

// original counts what a file holds, and tells what stands in the way of its removal.
func (p *presented) original(ctx context.Context, paper dossier.ComponentID, original *PresentedOriginal) (why []Obstacle, err error) {
	brought := p.brought[original.SHA256]
	if len(brought) != 1 {
		why = append(why, ObstacleTwice) // or by none, which nobody can judge
	}
	if p.published[original.SHA256] {
		why = append(why, ObstaclePublished)
	}
	for _, b := range brought {
		if b.filed {
			why = append(why, ObstacleFiled)
		}
		pages, images, err := p.held(ctx, b.ref, original)
		if err != nil {
			return nil, err
		}
		seen := map[dossier.ImageID]bool{}
		for _, page := range pages {
			seen[page.Image] = true
		}
		others := slices.ContainsFunc(pages, func(page dossier.PlacedPage) bool {
			return page.State != dossier.PageNotKept || page.Component != paper
		})
		if others || len(seen) != images {
			why = append(why, ObstacleShared)
		}
	}
	return why, nil
}

// held are the pages of a file, and of how many images they should be; nothing of a
// file that another batch brought first.
func (p *presented) held(ctx context.Context, ref dossier.FileRef, original *PresentedOriginal) (pages []dossier.PlacedPage, images int, err error) {
	files, err := p.ledger.Files(ctx, ref.Batch)
	if err != nil {
		return nil, 0, err
	}
	i := slices.IndexFunc(files, func(f dossier.TakenFile) bool { return f.Ordinal == ref.Ordinal })
	if i < 0 || files[i].State == dossier.PageDuplicate {
		return nil, 0, nil
	}
	pages, err = p.ledger.PagesOf(ctx, ref)
	original.Images, original.Pages = files[i].Images, len(pages)
	return pages, files[i].Images, err
}

// objects lists the original and every reading of its images.
func (p *presented) objects(ctx context.Context, original *PresentedOriginal) error {
	raw := dossier.RawKey(p.flow.Unit.ID, original.SHA256)
	readings := dossier.UnitPrefix(p.flow.Unit.ID) + "t/" + string(original.SHA256)
	for _, prefix := range []string{raw, readings} {
		for ref, err := range p.flow.Objects.List(ctx, prefix) {
			if err != nil {
				return err
			}
			if ref.Key != raw && !strings.HasPrefix(ref.Key, readings+".") {
				continue
			}
			original.Objects = append(original.Objects, ref.Key)
			original.Bytes += ref.Size
		}
	}
	return nil
}
