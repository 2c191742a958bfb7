package pipeline

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sohoa/dossier"
)

// Lister lists objects by key prefix, in the order of keys. Digests may be
// empty.
type Lister interface {
	List(ctx context.Context, prefix string) iter.Seq2[dossier.ObjectRef, error]
}

// Restorer is the catalogue as a rebuild writes it.
type Restorer interface {
	Empty(ctx context.Context) error
	RestoreBatch(ctx context.Context, act dossier.Act, batch dossier.Batch, objects []dossier.ObjectRef) error
	RestoreManifest(ctx context.Context, act dossier.Act, p dossier.Publication) error
	AddObjects(ctx context.Context, act dossier.Act, objects []dossier.ObjectRef) error
	Listed(ctx context.Context, objects []dossier.ObjectRef) error
	RestoreDecision(ctx context.Context, act dossier.Act, decision dossier.Decision, object dossier.ObjectRef) (restored bool, err error)
	RestoreSide(ctx context.Context, act dossier.Act, said dossier.SideAnswer, object dossier.ObjectRef) (restored bool, err error)
	RestoreEmpty(ctx context.Context, act dossier.Act, said dossier.SideAnswer) error
	Draw(ctx context.Context, act dossier.Act, sample dossier.Sample, object dossier.ObjectRef) (taken bool, err error)
	Answer(ctx context.Context, act dossier.Act, answer dossier.SampleAnswer, object dossier.ObjectRef) (taken bool, err error)
	DecideGate(ctx context.Context, act dossier.Act, decision dossier.GateDecision, object dossier.ObjectRef) (taken bool, err error)
	RestoreKeying(ctx context.Context, act dossier.Act, keying dossier.Keying, object dossier.ObjectRef) error
	Reconcile(ctx context.Context) (wanted int, err error)
}

// Restored is what a rebuild found.
type Restored struct {
	Batches  int `json:"batches"`
	Images   int `json:"images"`
	Dossiers int `json:"dossiers"`
	Versions int `json:"versions"`
	// Decisions of people.
	Decisions int `json:"decisions"`
	// Keyings are what people keyed blind.
	Keyings int `json:"keyings"`
	// Samples are the months that were drawn to be keyed.
	Samples int `json:"samples"`
	// Unfinished counts the steps that were enqueued again.
	Unfinished int `json:"unfinished"`
	// Orphans are raw objects that no batch record names: taken in, but the
	// power went before their batch was recorded. The source is still where it
	// was.
	Orphans []string `json:"orphans"`
	// Entries of the log, which whoever calls the rebuild restores before it.
	Entries int64 `json:"log_entries"`
	// Lost says what objects cannot give back.
	Lost []string `json:"lost"`
}

// Rebuild fills an empty catalogue from objects alone: batch records, then the
// readings of their images, then manifests. It replays the flow's own
// transactions, so that a rebuilt catalogue cannot differ in kind from a grown
// one; what was not finished is enqueued again.
func (f *Flow) Rebuild(ctx context.Context, objects Lister, ledger Restorer) (Restored, error) {
	r := rebuilder{flow: f, objects: objects, ledger: ledger, readings: make(map[dossier.SHA256][]reading)}
	r.found.Lost = []string{"sessions", "saved searches"}
	r.found.Orphans = []string{}
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return ledger.Empty(ctx) },
		r.checksums, r.collectReadings, r.collectRaw, r.gates, r.batches, r.manifests, r.decisions, r.keyings, r.samples, r.backs,
	} {
		if err := step(ctx); err != nil {
			return r.found, fmt.Errorf("rebuild: %w", err)
		}
	}
	for sum := range r.raw {
		r.found.Orphans = append(r.found.Orphans, dossier.RawKey(f.Unit.ID, sum))
	}
	slices.Sort(r.found.Orphans)
	var err error
	if r.found.Unfinished, err = ledger.Reconcile(ctx); err != nil {
		return r.found, fmt.Errorf("rebuild: %w", err)
	}
	return r.found, nil
}

type reading struct {
	image dossier.ImageID
	index int
	key   string
}

type rebuilder struct {
	flow    *Flow
	objects Lister
	ledger  Restorer
	found   Restored
	// readings by the file they belong to.
	readings map[dossier.SHA256][]reading
	// raw objects that no batch has claimed yet.
	raw map[dossier.SHA256]dossier.ObjectRef
	// rested are the keyings that decisions rest on.
	rested map[string]bool
}

// collectReadings finds which images were read.
func (r *rebuilder) collectReadings(ctx context.Context) error {
	prefix := dossier.UnitPrefix(r.flow.Unit.ID) + "t/"
	for ref, err := range r.objects.List(ctx, prefix) {
		if err != nil {
			return err
		}
		image, _, ok := strings.Cut(strings.TrimPrefix(ref.Key, prefix), "/")
		id := dossier.ImageID(image)
		sum, index, err := id.Split()
		if !ok || err != nil || ref.Key != dossier.ReadingKey(r.flow.Unit.ID, id, 1) {
			continue
		}
		r.readings[sum] = append(r.readings[sum], reading{image: id, index: index, key: ref.Key})
	}
	return nil
}

// collectRaw lists the raw objects; their names are their digests.
func (r *rebuilder) collectRaw(ctx context.Context) error {
	r.raw = make(map[dossier.SHA256]dossier.ObjectRef)
	prefix := dossier.UnitPrefix(r.flow.Unit.ID) + "raw/"
	for ref, err := range r.objects.List(ctx, prefix) {
		if err != nil {
			return err
		}
		ref.SHA256 = dossier.SHA256(strings.TrimPrefix(ref.Key, prefix))
		r.raw[ref.SHA256] = ref
	}
	return nil
}

// batches restores the batch records in the order they were taken in, so that
// a duplicate finds the batch it repeats.
func (r *rebuilder) batches(ctx context.Context) error {
	var batches []dossier.Batch
	records := make(map[dossier.BatchID]dossier.ObjectRef)
	for ref, err := range r.objects.List(ctx, dossier.BatchPrefix(r.flow.Unit.ID)) {
		if err != nil {
			return err
		}
		var batch dossier.Batch
		full, err := r.load(ctx, ref.Key, &batch)
		if err != nil {
			return err
		}
		batches = append(batches, batch)
		records[batch.ID] = full
	}
	slices.SortStableFunc(batches, func(a, b dossier.Batch) int { return a.At.Compare(b.At) })
	for _, batch := range batches {
		if err := r.batch(ctx, batch, records[batch.ID]); err != nil {
			return err
		}
		r.found.Batches++
	}
	return nil
}

func (r *rebuilder) batch(ctx context.Context, batch dossier.Batch, record dossier.ObjectRef) error {
	for _, file := range batch.Files {
		delete(r.raw, file.SHA256)
	}
	// A raw object that is missing is listed too, so that verify misses it.
	if err := r.ledger.RestoreBatch(ctx, r.flow.restoring(), batch, append(r.flow.rawObjects(batch), record)); err != nil {
		return err
	}
	for i, file := range batch.Files {
		if file.Duplicate {
			continue
		}
		if err := r.file(ctx, dossier.FileRef{Batch: batch.ID, Ordinal: i + 1}, file); err != nil {
			return err
		}
	}
	return nil
}

// file restores the images of a file from their readings. A file without a
// reading stays claimed: the flow opens it again.
func (r *rebuilder) file(ctx context.Context, ref dossier.FileRef, file dossier.BatchFile) error {
	of := r.readings[file.SHA256]
	if len(of) == 0 {
		return nil
	}
	for i, one := range of {
		var kept dossier.ImageReading
		object, err := r.load(ctx, one.key, &kept)
		if err != nil {
			return err
		}
		if i == 0 {
			taken := dossier.TakenFile{FileRef: ref, Unit: r.flow.Unit.ID, Name: file.Name, SHA256: file.SHA256, Size: file.Size}
			if err := r.flow.Ledger.FileOpened(ctx, r.flow.restoring(), taken, kept.Of); err != nil {
				return err
			}
		}
		image := dossier.TakenImage{ID: one.image, Unit: r.flow.Unit.ID, Batch: ref.Batch, Ordinal: ref.Ordinal, Index: one.index, File: file.Name}
		object.Role = "reading"
		if err := r.flow.Ledger.ImageRead(ctx, r.flow.restoring(), image, len(kept.Readings), kept.Reason, object); err != nil {
			return err
		}
		r.found.Images++
	}
	return nil
}

// newestVersions finds the newest manifest of every dossier.
func newestVersions(ctx context.Context, objects Lister, unit dossier.UnitID) (map[dossier.DossierID]int, error) {
	prefix := dossier.UnitPrefix(unit) + "d/"
	versions := make(map[dossier.DossierID]int)
	for ref, err := range objects.List(ctx, prefix) {
		if err != nil {
			return nil, err
		}
		id, tail, _ := strings.Cut(strings.TrimPrefix(ref.Key, prefix), "/")
		v, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(tail, "v"), ".json"))
		if err != nil {
			return nil, fmt.Errorf("object %s: not a manifest's key", ref.Key)
		}
		versions[dossier.DossierID(id)] = max(versions[dossier.DossierID(id)], v)
	}
	return versions, nil
}

// manifests restores every version of every dossier, oldest first.
func (r *rebuilder) manifests(ctx context.Context) error {
	versions, err := newestVersions(ctx, r.objects, r.flow.Unit.ID)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(versions)) {
		for v := 1; v <= versions[id]; v++ {
			if err := r.manifest(ctx, id, v, v == versions[id]); err != nil {
				return err
			}
		}
		r.found.Dossiers++
	}
	return nil
}

func (r *rebuilder) manifest(ctx context.Context, id dossier.DossierID, version int, newest bool) error {
	var m dossier.Manifest
	object, err := r.load(ctx, dossier.ManifestKey(r.flow.Unit.ID, id, version), &m)
	if err != nil {
		return err
	}
	object.Role = "manifest"
	p := dossier.Publication{Manifest: m, Object: object, Older: !newest}
	if n := len(m.Batches); n > 0 {
		p.Batch = m.Batches[n-1]
	}
	if newest {
		if p.Entries, err = r.flow.entries(ctx, m.Dossier, func(dossier.ComponentID) bool { return true }); err != nil {
			return err
		}
		p.Doubts, p.Cases = r.flow.Kinds.Doubts(m.Dossier, r.flow.Twice), dossier.EntriesOf(m.Dossier)
		p.Reviewed = dossier.ReviewedFields(m.Dossier)
	}
	r.found.Versions++
	return r.ledger.RestoreManifest(ctx, r.flow.restoring(), p)
}

// checksums lists objects with the digests they had when they were new, so that
// what was changed before this rebuild is still found by verify.
func (r *rebuilder) checksums(ctx context.Context) error {
	for ref, err := range r.objects.List(ctx, dossier.ChecksumDir) {
		if err != nil {
			return err
		}
		listed, err := r.checksumList(ctx, ref.Key)
		if err != nil {
			return err
		}
		if err := r.ledger.AddObjects(ctx, r.flow.restoring(), listed); err != nil {
			return err
		}
		if err := r.ledger.Listed(ctx, listed); err != nil {
			return err
		}
	}
	return nil
}

// checksumList reads one list. The archive's record is left out: it is listed
// last, as the sign that the rebuild is complete.
func (r *rebuilder) checksumList(ctx context.Context, key string) (listed []dossier.ObjectRef, err error) {
	list, _, found, err := r.flow.Objects.Open(ctx, key)
	if err != nil || !found {
		return nil, orMissing(err, "checksum list", key)
	}
	defer func() { err = errors.Join(err, list.Close()) }()
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		sum, key, ok := strings.Cut(lines.Text(), "  ")
		if !ok || len(sum) != 64 || dossier.ValidKey(key) != nil || key == dossier.ArchiveKey {
			continue
		}
		ref, err := r.size(ctx, key)
		if err != nil {
			return nil, err
		}
		ref.Key, ref.SHA256 = key, dossier.SHA256(sum)
		listed = append(listed, ref)
	}
	return listed, lines.Err()
}

// size is the size of an object, 0 when it is missing.
func (r *rebuilder) size(ctx context.Context, key string) (dossier.ObjectRef, error) {
	body, ref, found, err := r.flow.Objects.Open(ctx, key)
	if err != nil || !found {
		return dossier.ObjectRef{}, err
	}
	return ref, body.Close()
}

// load reads a JSON object and returns its reference with the digest of the
// bytes as they are now.
func (r *rebuilder) load(ctx context.Context, key string, value any) (dossier.ObjectRef, error) {
	ref, found, err := r.flow.getJSON(ctx, key, value)
	if err != nil || !found {
		return ref, orMissing(err, "object", key)
	}
	if ref.SHA256 == "" {
		return r.flow.digest(ctx, key)
	}
	return ref, nil
}

// digest reads a whole object and returns its reference with digest and size.
func (f *Flow) digest(ctx context.Context, key string) (dossier.ObjectRef, error) {
	r, ref, found, err := f.Objects.Open(ctx, key)
	if err != nil || !found {
		return ref, orMissing(err, "object", key)
	}
	sum, size, err := hashAll(r)
	if closeErr := r.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return ref, fmt.Errorf("hash object %s: %w", key, err)
	}
	return dossier.ObjectRef{Key: key, SHA256: sum, Size: size}, nil
}
