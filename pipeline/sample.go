package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"sohoa/dossier"
	"sohoa/dossier/viet"
)

// What a person may be told about a sample.
var (
	// ErrDrawn: the month's sample is drawn; there is one a month.
	ErrDrawn = errors.New("the sample of the month is drawn already")
	// ErrNothingToDraw: no paper of the month has anything to be drawn.
	ErrNothingToDraw = errors.New("nothing of the month can be drawn")
)

// Samples is the catalogue as samples use it.
type Samples interface {
	Entries
	// Frame lists the published pages that came in between two moments, in the
	// order of their ids.
	Frame(ctx context.Context, unit dossier.UnitID, from, until time.Time) ([]dossier.FramePage, error)
	// Sample gives the sample of a month with its answers.
	Sample(ctx context.Context, unit dossier.UnitID, month string) (sample dossier.Sample, answers []dossier.SampleAnswer, found bool, err error)
	// Draw records a sample whose object is durable, Answer an answer; both once.
	Draw(ctx context.Context, act dossier.Act, sample dossier.Sample, object dossier.ObjectRef) (taken bool, err error)
	Answer(ctx context.Context, act dossier.Act, answer dossier.SampleAnswer, object dossier.ObjectRef) (taken bool, err error)
}

// SampleSize says how much is drawn: values in all, lines for each device.
type SampleSize struct{ Fields, Lines int }

// DrawSample draws the sample of a month by lot: values that the machine read
// and nobody has looked at, and one line of each of as many pages of each device
// as lines are wanted, so that each page counts the same. Papers of sensitive
// kinds are left out. The sample is durable when DrawSample returns.
func (f *Flow) DrawSample(ctx context.Context, ledger Samples, actor dossier.Actor, month string, size SampleSize) (dossier.Sample, error) {
	from, until, err := dossier.MonthSpan(month)
	if err != nil {
		return dossier.Sample{}, err
	}
	if _, _, found, err := ledger.Sample(ctx, f.Unit.ID, month); err != nil || found {
		return dossier.Sample{}, errors.Join(err, noneUnless(!found, ErrDrawn))
	}
	frame, err := ledger.Frame(ctx, f.Unit.ID, from, until)
	if err != nil {
		return dossier.Sample{}, err
	}
	frame = slices.DeleteFunc(frame, func(p dossier.FramePage) bool { return f.Kinds.Sensitive(p.Kind) })
	s := dossier.Sample{
		Schema: dossier.SampleSchema, Unit: f.Unit.ID, Month: month, At: f.Now().UTC(), Actor: actor, Seed: dossier.SampleSeed(month, f.Unit.ID),
		Fields: size.Fields, Lines: size.Lines, OfPages: len(frame),
	}
	fields, err := f.acceptedFields(ctx, frame)
	if err != nil {
		return s, err
	}
	s.OfFields = len(fields)
	lines, err := f.drawLines(ctx, s, frame)
	if err != nil {
		return s, err
	}
	s.Drawn = append(lowest(s.Seed, fields, size.Fields), lines...)
	for i := range s.Drawn {
		s.Drawn[i].N = i + 1
	}
	if len(s.Drawn) == 0 {
		return s, ErrNothingToDraw
	}
	return s, f.recordSample(ctx, ledger, s)
}

// recordSample makes a sample durable: the object, then the row. One that a
// power cut kept from becoming a row is the month's sample.
func (f *Flow) recordSample(ctx context.Context, ledger Samples, s dossier.Sample) error {
	ref, existed, err := f.putJSON(ctx, dossier.SampleKey(f.Unit.ID, s.Month), s)
	if err == nil && existed {
		_, _, err = f.getJSON(ctx, dossier.SampleKey(f.Unit.ID, s.Month), &s)
	}
	if err != nil {
		return err
	}
	ref.Role = "sample"
	taken, err := ledger.Draw(ctx, dossier.Act{Actor: s.Actor, At: s.At}, s, ref)
	return errors.Join(err, noneUnless(taken || err != nil, ErrDrawn))
}

// acceptedFields are the values on the pages that were read above their gate and
// that nobody has confirmed. Values out of codes are not print.
func (f *Flow) acceptedFields(ctx context.Context, frame []dossier.FramePage) (all []dossier.SampleDraw, err error) {
	pages := make(map[dossier.PageID]dossier.FramePage, len(frame))
	var dossiers []dossier.DossierID
	for _, p := range frame {
		pages[p.Page] = p
		dossiers = append(dossiers, p.Dossier)
	}
	slices.Sort(dossiers)
	for _, id := range slices.Compact(dossiers) {
		latest, ok, err := f.Ledger.Latest(ctx, id)
		if err != nil || !ok {
			return nil, errors.Join(err, noneUnless(ok, ErrNoSuchDossier))
		}
		doubts := f.Kinds.Doubts(latest.Dossier, f.Twice)
		for _, c := range latest.Dossier.Components {
			for name, field := range c.Fields {
				page, framed := pages[field.Page]
				doubted := slices.ContainsFunc(doubts, func(d dossier.Doubt) bool { return d.Component == c.ID && d.Field == name })
				_, known := f.Kinds.Field(name)
				if !framed || page.Component != c.ID || doubted || !known || !machineRead(field) {
					continue
				}
				all = append(all, dossier.SampleDraw{
					What: dossier.DrawnField, Device: page.Device, Page: field.Page, Reading: page.Reading, Box: *field.Box, Read: field.Value,
					Dossier: id, Version: latest.Dossier.Version, Component: c.ID, Kind: c.Kind, Field: name, Confidence: field.Confidence,
				})
			}
		}
	}
	return all, nil
}

func machineRead(field dossier.Field) bool {
	return field.Status != dossier.FieldConfirmed && field.Status != dossier.FieldUnread && field.Source == "ocr" && field.Box != nil && field.Value != ""
}

// lowest are the n that lie lowest in the order of the seed.
func lowest(seed string, all []dossier.SampleDraw, n int) []dossier.SampleDraw {
	rank := func(d dossier.SampleDraw) string { return dossier.SampleRank(seed, string(d.Component)+"."+d.Field) }
	slices.SortFunc(all, func(a, b dossier.SampleDraw) int { return cmp.Compare(rank(a), rank(b)) })
	return slices.Clone(all[:min(n, len(all))])
}

// drawLines draws pages of each device, and a line of each page.
func (f *Flow) drawLines(ctx context.Context, s dossier.Sample, frame []dossier.FramePage) (drawn []dossier.SampleDraw, err error) {
	frame = slices.Clone(frame)
	rank := func(p dossier.FramePage) string { return dossier.SampleRank(s.Seed, string(p.Page)) }
	slices.SortFunc(frame, func(a, b dossier.FramePage) int {
		return cmp.Or(cmp.Compare(a.Device, b.Device), cmp.Compare(rank(a), rank(b)))
	})
	had := map[string]int{}
	for _, p := range frame {
		if had[p.Device] >= s.Lines {
			continue
		}
		reading, err := f.reading(ctx, p.Page)
		if err != nil {
			return nil, err
		}
		if line, ok := drawLine(s.Seed, p, reading); ok {
			drawn, had[p.Device] = append(drawn, line), had[p.Device]+1
		}
	}
	return drawn, nil
}

// fewestLetters is below how many letters and digits a line is not drawn: rules,
// folds and stamps leave such lines.
const fewestLetters = 5

// drawLine draws a line of a page; ok is false for a page without any.
func drawLine(seed string, p dossier.FramePage, reading dossier.Reading) (drawn dossier.SampleDraw, ok bool) {
	best := ""
	for i, line := range reading.Lines() {
		letters := strings.Count(strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return 'x'
			}
			return -1
		}, line.Text), "x")
		rank := dossier.SampleRank(seed, fmt.Sprintf("%s.%d", p.Page, i+1))
		if letters < fewestLetters || line.Box == (dossier.Box{}) || best != "" && rank > best {
			continue
		}
		best, ok = rank, true
		drawn = dossier.SampleDraw{
			What: dossier.DrawnLine, Device: p.Device, Page: p.Page, Reading: p.Reading, Box: line.Box, Read: plainLine(printed(line)), Line: i + 1,
		}
	}
	return drawn, ok
}

// printed is a line as the page's text has it: corrected where a rule of the
// language corrects.
func printed(line dossier.Line) string {
	words := make([]string, len(line.Words))
	for i, w := range line.Words {
		words[i] = cmp.Or(w.Corrected, w.Text)
	}
	return strings.Join(words, " ")
}

// plainLine is a line as it is compared: with single blanks, and with the quotes
// and dashes of a keyboard, for nobody types those of a printer.
func plainLine(text string) string {
	text = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‘", "'", "’", "'", "–", "-", "—", "-", "…", "...").Replace(viet.NFC(text))
	return strings.Join(strings.Fields(text), " ")
}
