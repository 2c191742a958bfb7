package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/web"
)

// sampleSize is how much of a month is drawn.
func (c config) sampleSize() pipeline.SampleSize {
	return pipeline.SampleSize{Fields: c.SampleFields, Lines: c.SampleLines}
}

// reports says what each month's sample says, the newest first.
func (a *archive) reports(ctx context.Context) ([]dossier.SampleReport, error) {
	months, err := a.catalog.SampleMonths(ctx, a.unit().ID)
	reports := make([]dossier.SampleReport, 0, len(months))
	for _, month := range months {
		sample, answers, _, err := a.catalog.Sample(ctx, a.unit().ID, month)
		if err != nil {
			return nil, err
		}
		reports = append(reports, sample.Report(answers))
	}
	return reports, err
}

// GateLines says what samples and reviews say about the gates of fields.
func (w webArchive) GateLines(ctx context.Context) ([]dossier.GateLine, error) {
	return w.flow.GateLines(ctx, w.archive.ledger)
}

// FieldGates lists the gates of all fields.
func (w webArchive) FieldGates(ctx context.Context) ([]dossier.FieldGate, error) {
	return w.flow.FieldGates(ctx, w.archive.ledger)
}

// DecideGate changes the gate of a field.
func (w webArchive) DecideGate(ctx context.Context, by dossier.Actor, said dossier.GateChange) error {
	_, err := w.flow.DecideGate(ctx, w.archive.ledger, by, said)
	return inWebWords(err)
}

// SampleReports says what each month's sample says.
func (w webArchive) SampleReports(ctx context.Context) ([]dossier.SampleReport, error) {
	return w.archive.reports(ctx)
}

// DrawSample draws the sample of a month.
func (w webArchive) DrawSample(ctx context.Context, by dossier.Actor, month string) error {
	_, err := w.flow.DrawSample(ctx, w.archive.ledger, by, month, w.size)
	switch {
	case errors.Is(err, pipeline.ErrDrawn):
		return fmt.Errorf("%w: %w", web.ErrDrawn, err)
	case errors.Is(err, pipeline.ErrNothingToDraw):
		return fmt.Errorf("%w: %w", web.ErrNothingToDraw, err)
	}
	return inWebWords(err)
}

// SamplePlace is what somebody keys or settles next.
func (w webArchive) SamplePlace(ctx context.Context, by dossier.Actor, month string, settling bool, after int) (dossier.SamplePlace, error) {
	sample, answers, found, err := w.archive.catalog.Sample(ctx, w.archive.unit().ID, month)
	if err != nil || !found {
		return dossier.SamplePlace{}, errors.Join(err, missing(found || err != nil))
	}
	return sample.NextPlace(answers, by, settling, after), nil
}

// SampleDraw is one that was drawn.
func (w webArchive) SampleDraw(ctx context.Context, month string, n int) (dossier.SampleDraw, error) {
	sample, _, _, err := w.archive.catalog.Sample(ctx, w.archive.unit().ID, month)
	i := slices.IndexFunc(sample.Drawn, func(d dossier.SampleDraw) bool { return d.N == n })
	if err != nil || i < 0 {
		return dossier.SampleDraw{}, errors.Join(err, missing(i >= 0 || err != nil))
	}
	return sample.Drawn[i], nil
}

// AnswerSample takes what somebody keyed.
func (w webArchive) AnswerSample(ctx context.Context, said dossier.SampleAnswer) (bool, error) {
	same, err := w.flow.AnswerSample(ctx, w.archive.ledger, said)
	return same, inWebWords(err)
}

// SettleSample takes what a second person says.
func (w webArchive) SettleSample(ctx context.Context, said dossier.SampleAnswer) error {
	return inWebWords(w.flow.SettleSample(ctx, w.archive.ledger, said))
}
