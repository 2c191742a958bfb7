package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"sohoa/dossier"
	"sohoa/pipeline/pdfa"
)

// Checked is the catalogue as verification reads it.
type Checked interface {
	Objects(ctx context.Context, unlisted bool) ([]dossier.ObjectRef, error)
	DossierIDs(ctx context.Context, unit dossier.UnitID) ([]dossier.DossierID, error)
	Dossier(ctx context.Context, scope dossier.Scope, idOrCode string) (dossier.Manifest, error)
	BatchIDs(ctx context.Context, unit dossier.UnitID) ([]dossier.BatchID, error)
	BatchDone(ctx context.Context, batch dossier.BatchID) (bool, error)
	Account(ctx context.Context, batch dossier.BatchID) (dossier.Account, error)
	// Latest is the newest version of a dossier, published or intended.
	Latest(ctx context.Context, id dossier.DossierID) (m dossier.Manifest, ok bool, err error)
	// Check has the database check itself and tells what is wrong with it.
	Check(ctx context.Context) (problems []string, err error)
}

// Finding is one thing wrong in the archive: the object or batch it is about,
// and a sentence.
type Finding struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// Verdict is the outcome of verifying an archive. An archive is whole when it
// has no findings.
type Verdict struct {
	Objects  int             `json:"objects"`
	Bytes    int64           `json:"bytes"`
	Dossiers int             `json:"dossiers"`
	Signed   int             `json:"signed"` // papers whose signature was judged
	Batches  int             `json:"batches"`
	Account  dossier.Account `json:"account"`
	Findings []Finding       `json:"findings"`
}

// Verify reads every object the catalogue knows and compares its digest, checks
// every published PDF by the same gate it passed when it was written, judges
// every signature, and compares every dossier with its manifest and every
// batch's account with itself. A damaged catalogue is found, and one that is
// older than the objects. progress is told after each object and each dossier
// how many of all are done.
func (f *Flow) Verify(ctx context.Context, ledger Checked, progress func(done, all int)) (Verdict, error) {
	v := verifier{flow: f, ledger: ledger, verdict: Verdict{Findings: []Finding{}}}
	if err := v.catalogue(ctx); err != nil {
		return v.verdict, err
	}
	objects, err := ledger.Objects(ctx, false)
	if err != nil {
		return v.verdict, err
	}
	ids, err := ledger.DossierIDs(ctx, f.Unit.ID)
	if err != nil {
		return v.verdict, err
	}
	all := len(objects) + len(ids)
	for i, object := range objects {
		if err := v.object(ctx, object); err != nil {
			return v.verdict, err
		}
		progress(i+1, all)
	}
	if err := v.dossiers(ctx, ids, func(done int) { progress(len(objects)+done, all) }); err != nil {
		return v.verdict, err
	}
	return v.verdict, v.batches(ctx)
}

type verifier struct {
	flow    *Flow
	ledger  Checked
	verdict Verdict
}

func (v *verifier) find(subject, format string, args ...any) {
	v.verdict.Findings = append(v.verdict.Findings, Finding{Subject: subject, Text: fmt.Sprintf(format, args...)})
}

// wayBack is what to do about a catalogue that is not to be trusted.
const wayBack = "move catalog.db and its -wal and -shm files away and run sohoa rebuild; the objects have everything"

// catalogue asks the database about itself, and finds versions that the objects
// have and the catalogue does not know, not even as an intent. Where work goes
// on meanwhile, the catalogue knows of a manifest before the manifest is there.
func (v *verifier) catalogue(ctx context.Context) error {
	problems, err := v.ledger.Check(ctx)
	if err != nil {
		return err
	}
	for _, problem := range problems {
		v.find("catalogue", "the database is damaged: %s; %s", problem, wayBack)
	}
	newest, err := newestVersions(ctx, v.flow.Objects, v.flow.Unit.ID)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(newest)) {
		latest, ok, err := v.ledger.Latest(ctx, id)
		if err != nil {
			return err
		}
		if !ok || latest.Dossier.Version < newest[id] {
			v.find(dossier.ManifestKey(v.flow.Unit.ID, id, newest[id]), "the catalogue does not know this version, so it is an older copy; %s", wayBack)
		}
	}
	return nil
}

// object compares one object with what the catalogue knows of it. Only the
// store failing is an error; a bad object is a finding.
func (v *verifier) object(ctx context.Context, want dossier.ObjectRef) error {
	r, _, found, err := v.flow.Objects.Open(ctx, want.Key)
	if err != nil {
		return err
	}
	if !found {
		v.find(want.Key, "the object is missing")
		return nil
	}
	defer func() { _ = r.Close() }() // opened for reading only
	sum, size, err := hashAll(r)
	if err != nil {
		v.find(want.Key, "the object cannot be read: %v", err)
		return nil
	}
	v.verdict.Objects++
	v.verdict.Bytes += size
	if sum != want.SHA256 || size != want.Size {
		v.find(want.Key, "the bytes have changed: digest %s, recorded %s", sum, want.SHA256)
	}
	return nil
}

// dossiers compares each dossier's catalogue entry with its manifest object
// and passes its PDFs through the gate.
func (v *verifier) dossiers(ctx context.Context, ids []dossier.DossierID, progress func(done int)) error {
	for i, id := range ids {
		known, err := v.ledger.Dossier(ctx, dossier.Whole(v.flow.Unit.ID), string(id))
		if err != nil {
			return err
		}
		v.verdict.Dossiers++
		if err := v.manifest(ctx, known); err != nil {
			return err
		}
		for _, component := range known.Dossier.Components {
			v.entries(component)
			if err := v.pdf(ctx, component); err != nil {
				return err
			}
		}
		progress(i + 1)
	}
	return nil
}

func (v *verifier) manifest(ctx context.Context, known dossier.Manifest) error {
	key := dossier.ManifestKey(v.flow.Unit.ID, known.Dossier.ID, known.Dossier.Version)
	r, _, found, err := v.flow.Objects.Open(ctx, key)
	if err != nil {
		return err
	}
	if !found {
		return nil // the missing object has been named already
	}
	defer func() { _ = r.Close() }() // opened for reading only
	var kept dossier.Manifest
	if err := json.NewDecoder(r).Decode(&kept); err != nil {
		v.find(key, "the manifest cannot be read")
		return nil
	}
	a, errA := json.Marshal(kept.Dossier)
	b, errB := json.Marshal(known.Dossier)
	if errA != nil || errB != nil || string(a) != string(b) {
		v.find(key, "the catalogue says something else than the manifest")
	}
	return nil
}

// entries finds pages of a register that nobody would look at: without an entry,
// though others have some. What was published before registers had entries has
// none at all.
func (v *verifier) entries(component dossier.Component) {
	if len(component.Entries) == 0 {
		return
	}
	for _, page := range component.UncoveredPages() {
		v.find("component "+string(component.ID), "page %s of this register has no entry", page.ID)
	}
	for _, id := range component.StrayEntries() {
		v.find("component "+string(component.ID), "entry %s is there twice, or stands on no page of this register", id)
	}
}

// pdf passes a component's PDF through the gate it passed when it was written,
// and judges the signature of a signed one.
func (v *verifier) pdf(ctx context.Context, component dossier.Component) error {
	if component.State == dossier.ComponentNotKept {
		return nil // it has none
	}
	if component.State == dossier.ComponentFiled {
		return nil // the gate is for files that we make; its digest was compared
	}
	path, release, err := v.flow.Objects.Path(ctx, component.PDF)
	if err != nil {
		return nil // the missing object has been named already
	}
	defer release()
	if component.State == dossier.ComponentSigned {
		v.verdict.Signed++
		err = checkSignedFile(ctx, path)
	} else {
		err = checkFile(path)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		v.find(component.PDF, "the PDF does not pass its check: %v", err)
	}
	return nil
}

func (v *verifier) batches(ctx context.Context) error {
	ids, err := v.ledger.BatchIDs(ctx, v.flow.Unit.ID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		account, err := v.ledger.Account(ctx, id)
		if err != nil {
			return err
		}
		done, err := v.ledger.BatchDone(ctx, id)
		if err != nil {
			return err
		}
		v.verdict.Batches++
		v.verdict.Account = v.verdict.Account.Add(account)
		if err := account.Balance(); err != nil && done {
			v.find("batch "+string(id), "%v", err)
		}
	}
	return nil
}

// checkFile passes a published PDF through our own part of the gate.
func checkFile(path string) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	stat, err := file.Stat()
	if err != nil {
		return err
	}
	return pdfa.Check(file, stat.Size())
}

// hashAll reads r to its end.
func hashAll(r io.Reader) (dossier.SHA256, int64, error) {
	h := sha256.New()
	size, err := io.Copy(h, r)
	return dossier.SumString([32]byte(h.Sum(nil))), size, err
}
