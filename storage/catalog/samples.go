package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

type sampleRow struct {
	bun.BaseModel `bun:"table:samples"`

	Unit  dossier.UnitID `bun:"unit,pk"`
	Month string         `bun:"month,pk"`
	Body  string         `bun:"body"`
}

type answerRow struct {
	bun.BaseModel `bun:"table:sample_answers"`

	Unit    dossier.UnitID `bun:"unit,pk"`
	Month   string         `bun:"month,pk"`
	N       int            `bun:"n,pk"`
	Settles bool           `bun:"settles,pk"`
	Body    string         `bun:"body"`
}

// Frame lists the published pages of batches that were taken in between two
// moments, with the paper each is in.
func (c *Catalog) Frame(ctx context.Context, unit dossier.UnitID, from, until time.Time) (pages []dossier.FramePage, err error) {
	err = c.read.NewSelect().TableExpr("pages AS p").
		Join("JOIN batches AS b ON b.id = p.batch").Join("JOIN images AS i ON i.unit = p.unit AND i.id = p.image").
		Join("JOIN components AS c ON c.id = p.component").
		ColumnExpr("p.id AS page, i.reading, b.device, p.dossier, p.component, c.kind").
		Where("p.unit = ?", unit).Where("p.state = ?", dossier.PagePlaced).Where("i.reading > 0").
		Where("b.at >= ?", from.UTC()).Where("b.at < ?", until.UTC()).
		Where("c.state NOT IN (?)", bun.List([]dossier.ComponentState{dossier.ComponentSuperseded, dossier.ComponentDisposed})).
		OrderExpr("p.id").Scan(ctx, &pages)
	if err != nil {
		return nil, fmt.Errorf("list pages to draw from: %w", err)
	}
	return pages, nil
}

// Sample gives the sample of a month and its answers, the first ones first.
func (c *Catalog) Sample(ctx context.Context, unit dossier.UnitID, month string) (sample dossier.Sample, answers []dossier.SampleAnswer, found bool, err error) {
	var rows []sampleRow
	if err := c.write.NewSelect().Model(&rows).Where("unit = ?", unit).Where("month = ?", month).Scan(ctx); err != nil {
		return sample, nil, false, fmt.Errorf("look up sample: %w", err)
	}
	if len(rows) == 0 {
		return sample, nil, false, nil
	}
	if err := json.Unmarshal([]byte(rows[0].Body), &sample); err != nil {
		return sample, nil, false, fmt.Errorf("sample of %s: %w", month, err)
	}
	var kept []answerRow
	err = c.write.NewSelect().Model(&kept).Where("unit = ?", unit).Where("month = ?", month).Order("n", "settles").Scan(ctx)
	if err != nil {
		return sample, nil, false, fmt.Errorf("look up answers: %w", err)
	}
	for _, row := range kept {
		var a dossier.SampleAnswer
		if err := json.Unmarshal([]byte(row.Body), &a); err != nil {
			return sample, nil, false, fmt.Errorf("answer of %s: %w", month, err)
		}
		answers = append(answers, a)
	}
	return sample, answers, true, nil
}

// SampleMonths lists the months that were drawn, the newest first.
func (c *Catalog) SampleMonths(ctx context.Context, unit dossier.UnitID) (months []string, err error) {
	err = c.read.NewSelect().Model((*sampleRow)(nil)).Column("month").Where("unit = ?", unit).Order("month DESC").Scan(ctx, &months)
	if err != nil {
		return nil, fmt.Errorf("list samples: %w", err)
	}
	return months, nil
}

// Draw records a sample whose object is durable; taken is false, and nothing is
// changed, when the month has one.
func (c *Catalog) Draw(ctx context.Context, act dossier.Act, sample dossier.Sample, object dossier.ObjectRef) (taken bool, err error) {
	body, err := json.Marshal(sample)
	if err != nil {
		return false, err
	}
	row := sampleRow{Unit: sample.Unit, Month: sample.Month, Body: string(body)}
	return c.recordOnce(ctx, act, &row, object, dossier.Deed{
		Action: "sample.draw", Subject: string(sample.Unit), Payload: map[string]any{"month": sample.Month, "drawn": len(sample.Drawn), "seed": sample.Seed},
	})
}

// Answer records an answer whose object is durable; taken is false, and nothing
// is changed, when there is one already.
func (c *Catalog) Answer(ctx context.Context, act dossier.Act, answer dossier.SampleAnswer, object dossier.ObjectRef) (taken bool, err error) {
	body, err := json.Marshal(answer)
	if err != nil {
		return false, err
	}
	row := answerRow{Unit: answer.Unit, Month: answer.Month, N: answer.N, Settles: answer.Settles, Body: string(body)}
	return c.recordOnce(ctx, act, &row, object, dossier.Deed{
		Action: "sample.key", Subject: string(answer.Unit), Payload: map[string]any{"month": answer.Month, "n": answer.N, "settles": answer.Settles},
	})
}

// recordOnce inserts a row that is the only one of its key, lists its object and
// writes the audit row.
func (c *Catalog) recordOnce(ctx context.Context, act dossier.Act, row any, object dossier.ObjectRef, deed dossier.Deed) (taken bool, err error) {
	err = c.inTx(ctx, "record "+object.Role, func(ctx context.Context, tx bun.Tx) error {
		if taken, err = inserted(tx.NewInsert().Model(row).On("CONFLICT DO NOTHING").Exec(ctx)); err != nil || !taken {
			return err
		}
		if err := insertObjects(ctx, tx, act.Actor.Unit, []dossier.ObjectRef{object}); err != nil {
			return err
		}
		return audit(ctx, tx, act, deed.Action, deed.Subject, deed.Payload)
	})
	return taken && err == nil, err
}
