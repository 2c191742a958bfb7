package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"sohoa/dossier"
)

// Gates are the confidences below which people confirm values, and what is known
// about them.
type Gates interface {
	// GateLines says what samples, and people who looked by themselves, found.
	GateLines(ctx context.Context) ([]dossier.GateLine, error)
	FieldGates(ctx context.Context) ([]dossier.FieldGate, error)
	// DecideGate changes a gate; a [dossier.UnprovenGate] is a lower one of which
	// too little is known.
	DecideGate(ctx context.Context, by dossier.Actor, said dossier.GateChange) error
}

// gatesBody is the part of the page of samples that is about gates.
type gatesBody struct {
	Gates  []dossier.GateLine
	Fields []shownGate
	// Fewest is how many values without an error let a gate be lowered.
	Fewest int
	// Unproven is the lower gate that was refused.
	Unproven *dossier.UnprovenGate
}

// shownGate is the gate of a field, and who decided about it.
type shownGate struct {
	dossier.FieldGate
	Who string
}

func (s *site) gates(ctx context.Context, l lang) (body gatesBody, err error) {
	body.Fewest = dossier.FewestRight()
	if body.Gates, err = s.Gates.GateLines(ctx); err != nil {
		return body, err
	}
	fields, err := s.Gates.FieldGates(ctx)
	for _, f := range fields {
		shown := shownGate{FieldGate: f}
		if f.Decision != nil {
			shown.Who = s.who(ctx, l, f.Decision.Actor)
		}
		body.Fields = append(body.Fields, shown)
	}
	return body, err
}

// decideGate takes what somebody says about the gate of a field: another one, or
// that the last decision is taken back.
func (s *site) decideGate(w http.ResponseWriter, r *http.Request) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	said, ok := gateForm(r)
	if !ok {
		return s.showSamples(w, r, sampleBody{Error: "gates.no_such"})
	}
	err := s.Gates.DecideGate(r.Context(), s.actor(r), said)
	unproven, refused := errors.AsType[*dossier.UnprovenGate](err)
	switch {
	case refused:
		return s.showSamples(w, r, sampleBody{gatesBody: gatesBody{Unproven: unproven}})
	case errors.Is(err, ErrNoSuchValue):
		return s.showSamples(w, r, sampleBody{Error: "gates.no_such"})
	case errors.Is(err, ErrChanged), errors.Is(err, ErrRefused):
		return s.showSamples(w, r, sampleBody{Error: "gates.changed"})
	case err != nil:
		return err
	}
	seeOther(w, r, "/sample?said=gate")
	return nil
}

// gateForm reads the form: the field with the gate that the person saw
// ("child_name 0.93"), and the new one in percent.
func gateForm(r *http.Request) (said dossier.GateChange, ok bool) {
	field, before, _ := strings.Cut(r.FormValue("field"), " ")
	said = dossier.GateChange{Field: field, Reason: r.FormValue("reason"), Undo: r.FormValue("undo") != ""}
	var err error
	if said.Before, err = strconv.ParseFloat(before, 64); err != nil {
		return said, false
	}
	if !said.Undo {
		percent, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(r.FormValue("gate")), "%")))
		if err != nil {
			return said, false
		}
		said.After = float64(percent) / 100
	}
	return said, true
}
