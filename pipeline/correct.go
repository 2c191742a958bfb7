package pipeline

import (
	"context"
	"errors"
	"maps"
	"slices"

	"sohoa/dossier"
	"sohoa/pipeline/extract"
)

// What a person may be told about a correction.
var (
	// ErrChanged: the paper is not as the person saw it; somebody has decided
	// about it meanwhile.
	ErrChanged = errors.New("the paper was changed meanwhile")
	// ErrNoSuchValue: no field of this type can have the value.
	ErrNoSuchValue = errors.New("no such value")
	// ErrContradiction: the value contradicts others that people have confirmed.
	ErrContradiction = errors.New("confirmed values contradict each other")
	// ErrUnnamed: an entry of a register without any value by which it could be
	// found again.
	ErrUnnamed = errors.New("entry without a name")
)

// draftTries is how often a decision is drafted anew when another one of the
// same dossier is faster: two people decide about different fields at once.
const draftTries = 5

// Correct carries out what a person says about a published paper. It is durable
// as an object, then as an intent, when Correct returns. All checks of the
// machine run again over what nobody has confirmed; a paper of another kind is
// read anew and gets a new PDF, which waits for a signature. A field that two
// people key is confirmed by [Flow.Enter] only.
func (f *Flow) Correct(ctx context.Context, ledger Decisions, actor dossier.Actor, id dossier.DossierID, said dossier.Correction) error {
	said.Keyings, said.Sample = nil, ""
	return f.correct(ctx, ledger, actor, id, said)
}

// correct is Correct, also of what a sample brought to light.
func (f *Flow) correct(ctx context.Context, ledger Decisions, actor dossier.Actor, id dossier.DossierID, said dossier.Correction) error {
	for _, field := range said.Fields {
		for _, kind := range []string{said.Kind, said.NewKind} {
			if slices.Contains(f.Twice, dossier.KindField{Kind: kind, Field: field.Field}) {
				return ErrTwoNeeded
			}
		}
	}
	return f.redrafted(func() error { return f.correctOnce(ctx, ledger, actor, id, said) })
}

// correctOnce drafts and records a correction on top of the newest version.
func (f *Flow) correctOnce(ctx context.Context, ledger Decisions, actor dossier.Actor, id dossier.DossierID, said dossier.Correction) error {
	base, err := f.ownDossier(ctx, id)
	if err != nil {
		return err
	}
	intent, err := f.corrected(ctx, base, actor, said)
	if err != nil {
		return err
	}
	return f.decide(ctx, ledger, dossier.Decision{
		Action: dossier.ActionCorrect, Actor: actor, Placement: dossier.Placement{Pages: []dossier.PageID{}}, Correction: &said, Intent: intent,
	})
}

// redrafted drafts and records a decision; when another version of the dossier
// was faster, on top of that one. What the decision rests on is compared each
// time.
func (f *Flow) redrafted(decide func() error) error {
	for try := 1; ; try++ {
		err := decide()
		if try == draftTries || dossier.KindOf(err) != dossier.Retry || dossier.ReasonOf(err) != dossier.ReasonChanged {
			return err
		}
	}
}

// corrected drafts the version after base in which one paper is as a person
// says.
func (f *Flow) corrected(ctx context.Context, base dossier.Manifest, actor dossier.Actor, said dossier.Correction) (dossier.Intent, error) {
	i := slices.IndexFunc(base.Dossier.Components, func(c dossier.Component) bool { return c.ID == said.Component })
	if i < 0 {
		return dossier.Intent{}, ErrChanged
	}
	paper := base.Dossier.Components[i]
	if paper.Kind != said.Kind || len(said.Fields) == 0 && said.NewKind == "" {
		return dossier.Intent{}, ErrChanged
	}
	if paper.State == dossier.ComponentNotKept && said.NewKind == "" {
		return dossier.Intent{}, ErrChanged // nothing is recorded of a paper that is only presented
	}
	renamed := said.NewKind != "" && said.NewKind != paper.Kind
	if renamed {
		paper.Kind = said.NewKind
	}
	kind, ok := f.Kinds.Kind(paper.Kind)
	if !ok || kind.ID == dossier.KindSeparator || kind.ID == dossier.KindBlank {
		return dossier.Intent{}, ErrNoSuchKind
	}
	confirmed, err := f.confirmed(kind, paper.Fields, said)
	if err != nil {
		return dossier.Intent{}, err
	}
	if !said.Insist && extract.Contradicted(kind, confirmed) != nil {
		return dossier.Intent{}, ErrContradiction
	}
	readAgain, err := f.readFields(ctx, kind, paper, confirmed)
	if err != nil {
		return dossier.Intent{}, err
	}
	intent := f.nextIntent(base, actor, "corrected by a person")
	if renamed {
		paper.Fields, paper.Role, paper.Entries = readAgain, kind.Role, nil
		paper.KindConfidence, paper.Reasons = 1, []string{namedByPerson}
		paper = f.unlessPresented(base.Dossier.Procedure, f.newVersion(paper, intent))
		intent.New = append(intent.New, paper.ID)
	} else {
		paper.Fields = recompared(paper.Fields, readAgain, confirmed)
		intent.Kept = append(intent.Kept, paper.ID)
	}
	intent.Draft.Dossier.Components[i] = paper
	f.settle(&intent.Draft.Dossier)
	return intent, nil
}

// nextIntent is the version after base with the same papers, for a decision to
// change.
func (f *Flow) nextIntent(base dossier.Manifest, actor dossier.Actor, reason string) dossier.Intent {
	intent := dossier.Intent{ID: dossier.NewID(), Draft: f.revised(base, actor, reason), New: []dossier.ComponentID{}}
	if n := len(base.Batches); n > 0 {
		intent.Batch = base.Batches[n-1]
	}
	return intent
}

// newVersion is a paper whose PDF an intent writes anew; it is not signed then.
// An electronic original keeps its file.
func (f *Flow) newVersion(c dossier.Component, intent dossier.Intent) dossier.Component {
	c.Version = paperVersion(intent.Draft.Dossier)
	if c.State == dossier.ComponentFiled {
		return c
	}
	c.State, c.PDF = dossier.ComponentAwaitingSignature, dossier.ComponentKey(f.Unit.ID, c.ID, c.Version)
	return c
}

// paperVersion is the version of a paper that a version of its dossier writes:
// the dossier's own. To count on from the paper would use a number twice: an
// undo goes back to a lower one, and the object of the higher one is there, with
// other pages.
func paperVersion(d dossier.Dossier) int { return d.Version }

// confirmed are the fields of a paper that people have confirmed, with those
// that one confirms now.
func (f *Flow) confirmed(kind dossier.Kind, fields map[string]dossier.Field, said dossier.Correction) (map[string]dossier.Field, error) {
	all := confirmedOf(fields)
	for _, s := range said.Fields {
		before, there := fields[s.Field]
		def, known := f.Kinds.Field(s.Field)
		if !known || !there && !slices.Contains(kind.Fields, s.Field) {
			return nil, ErrNoSuchValue
		}
		if before.Value != s.Was {
			return nil, ErrChanged
		}
		value, norm, ok := extract.Typed(kind, def, s.Is)
		if !ok {
			return nil, ErrNoSuchValue
		}
		if before.Status == dossier.FieldConfirmed && value != before.Value && !said.Insist && len(said.Keyings) == 0 {
			return nil, ErrChanged // somebody has confirmed what the person did not see confirmed
		}
		after := settled(before, value, norm)
		after.Machine = f.asRead(s.Field, before, said)
		all[s.Field] = after
	}
	return all, nil
}

// confirmedOf are those of the fields that people have confirmed.
func confirmedOf(fields map[string]dossier.Field) map[string]dossier.Field {
	all := map[string]dossier.Field{}
	for id, field := range fields {
		if field.Status == dossier.FieldConfirmed {
			all[id] = field
		}
	}
	return all
}

// settled is a field that a person has confirmed or set right. It keeps its
// place on the page, and what was read there.
func settled(before dossier.Field, value, norm string) dossier.Field {
	after := before
	if value != before.Value {
		after.Value, after.Norm, after.Source = value, norm, "person"
		if after.Raw == "" {
			after.Raw = before.Value
		}
	}
	after.Confidence, after.Status = 1, dossier.FieldConfirmed
	return after
}

// readFields reads the fields of a paper anew for its kind, beside those that
// are confirmed.
func (f *Flow) readFields(ctx context.Context, kind dossier.Kind, paper dossier.Component, confirmed map[string]dossier.Field) (map[string]dossier.Field, error) {
	readings, pages := make([]dossier.Reading, len(paper.Pages)), make([]dossier.PageID, len(paper.Pages))
	for i, page := range paper.Pages {
		reading, err := f.readingOf(ctx, page)
		if err != nil {
			return nil, err
		}
		readings[i], pages[i] = reading, page.ID
	}
	fields := extract.Again(kind, readings, pages, confirmed)
	return fields, f.gated(ctx, fields)
}

// recompared are the fields of a paper after others of it were confirmed. What
// was read stays, also when a later program would read it otherwise; how far it
// is believed follows the checks.
func recompared(before, readAgain, confirmed map[string]dossier.Field) map[string]dossier.Field {
	after := maps.Clone(before)
	if after == nil {
		after = map[string]dossier.Field{}
	}
	for id, field := range before {
		if again, ok := readAgain[id]; ok && again.Value == field.Value {
			field.Confidence = again.Confidence
			after[id] = field
		}
	}
	maps.Copy(after, confirmed)
	return after
}
