package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// signAsk says which papers are to be signed: those of dossiers, by code or id,
// or, without any, all that wait.
type signAsk struct {
	Dossiers []string `json:"dossiers"`
	Kind     string   `json:"kind,omitempty"`
	Shrink   bool     `json:"shrink,omitempty"`
}

// signRun is one go of signing: the papers that were asked for and are on their
// way, and those that had to be left.
type signRun struct {
	certificate dossier.Certificate
	lines       []string
	asked       []dossier.Unsigned
	skipped     []skippedPaper
}

// choose lists the papers that are meant.
func (a *archive) choose(ctx context.Context, ask signAsk) (chosen []dossier.Unsigned, err error) {
	if ask.Kind != "" {
		if _, ok := a.kinds.Kind(ask.Kind); !ok {
			return nil, usage("Kinds are named as in `sohoa show`, for example birth_certificate.", "no kind of paper is called %q", ask.Kind)
		}
	}
	filters := []dossier.UnsignedFilter{{Unit: a.unit().ID, Kind: ask.Kind}}
	if len(ask.Dossiers) > 0 {
		filters = nil
	}
	for _, name := range ask.Dossiers {
		m, err := a.find(ctx, name)
		if err != nil {
			return nil, err
		}
		filters = append(filters, dossier.UnsignedFilter{Unit: a.unit().ID, Kind: ask.Kind, Dossier: m.Dossier.ID})
	}
	for _, filter := range filters {
		papers, err := a.catalog.Unsigned(ctx, filter)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, papers...)
	}
	return chosen, nil
}

// planned is what would be signed now.
func (a *archive) planned(ctx context.Context, ask signAsk) (*signOutcome, error) {
	papers, err := a.choose(ctx, ask)
	if err != nil {
		return nil, err
	}
	result := &signOutcome{DryRun: true, Signed: []signedPaper{}, Skipped: []skippedPaper{}}
	if result.Certificate, result.Lines, err = a.signing.Ready(time.Now()); err != nil {
		return nil, err
	}
	for _, p := range papers {
		result.Signed = append(result.Signed, newSignedPaper(p))
	}
	return result, nil
}

// ask asks for the papers to be signed.
func (a *archive) ask(ctx context.Context, flow *pipeline.Flow, ask signAsk) (signRun, error) {
	papers, err := a.choose(ctx, ask)
	if err != nil {
		return signRun{}, err
	}
	return asking{flow, a.ledger, dossier.Local(a.unit().ID)}.askFor(ctx, papers, ask.Shrink)
}

// asking is somebody who asks for signatures.
type asking struct {
	flow   *pipeline.Flow
	ledger pipeline.Decisions
	actor  dossier.Actor
}

// askFor records a decision for each dossier of the papers. Those that were
// asked for before are on their way and are only waited for.
func (a asking) askFor(ctx context.Context, papers []dossier.Unsigned, shrink bool) (run signRun, err error) {
	at := a.flow.Now().UTC().Truncate(time.Second)
	if run.certificate, run.lines, err = a.flow.Signing.Ready(at); err != nil {
		return run, err
	}
	for _, of := range byDossier(papers) {
		order := pipeline.SignOrder{Dossier: of[0].Dossier, Shrink: shrink, At: at}
		for _, p := range of {
			if p.Asked {
				run.asked = append(run.asked, p)
				continue
			}
			order.Papers = append(order.Papers, p.Component)
		}
		if len(order.Papers) == 0 {
			continue
		}
		asked, err := a.flow.Sign(ctx, a.ledger, a.actor, order)
		if err != nil && !errors.Is(err, pipeline.ErrBusy) && !errors.Is(err, pipeline.ErrNotAwaiting) {
			return run, fmt.Errorf("sign dossier %s: %w", order.Dossier, err)
		}
		run.note(of, asked, err)
	}
	return run, nil
}

// note books the papers of one dossier. One that was signed meanwhile needs no
// word.
func (r *signRun) note(papers []dossier.Unsigned, asked []dossier.ComponentID, err error) {
	for _, p := range papers {
		switch {
		case p.Asked:
		case slices.Contains(asked, p.Component):
			r.asked = append(r.asked, p)
		case errors.Is(err, pipeline.ErrBusy):
			r.skipped = append(r.skipped, newSkippedPaper(p, dossier.ReasonBusy))
		}
	}
}

// byDossier parts papers by dossier, in the order in which those come.
func byDossier(papers []dossier.Unsigned) (groups [][]dossier.Unsigned) {
	at := make(map[dossier.DossierID]int)
	for _, p := range papers {
		i, known := at[p.Dossier]
		if !known {
			i = len(groups)
			at[p.Dossier], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}

// stillAsked counts the papers of the run that are on their way.
func (a *archive) stillAsked(ctx context.Context, run signRun) (int, error) {
	open, err := a.catalog.AskedToSign(ctx, a.unit().ID)
	if err != nil {
		return 0, err
	}
	left := 0
	for _, p := range run.asked {
		if open[p.Component] {
			left++
		}
	}
	return left, nil
}

// signed says what became of the papers of a run.
func (a *archive) signed(ctx context.Context, run signRun) (*signOutcome, error) {
	result := &signOutcome{Certificate: run.certificate, Lines: run.lines, Signed: []signedPaper{}, Skipped: append([]skippedPaper{}, run.skipped...)}
	waiting, err := a.catalog.Unsigned(ctx, dossier.UnsignedFilter{Unit: a.unit().ID})
	if err != nil {
		return nil, err
	}
	unsigned := make(map[dossier.ComponentID]dossier.Unsigned, len(waiting))
	for _, p := range waiting {
		unsigned[p.Component] = p
	}
	for _, p := range run.asked {
		if left, ok := unsigned[p.Component]; ok {
			result.Skipped = append(result.Skipped, newSkippedPaper(p, left.Reason))
			continue
		}
		result.Signed = append(result.Signed, newSignedPaper(p))
	}
	return result, nil
}
