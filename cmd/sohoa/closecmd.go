package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// closeCmd closes a dossier.
type closeCmd struct {
	Dossier    string `arg:"" help:"Code or id of the dossier."`
	Incomplete bool   `help:"Close it although papers that its procedure asks for are missing."`
}

// Help says what closing means.
func (closeCmd) Help() string {
	return `Closes a dossier: its matter is settled, and its period of retention begins. What
its procedure asks for and it lacks is named, and it is closed only when that is
said to be right (--incomplete). A dossier with pages that wait for a person is
not closed. A paper that comes later, such as the result, opens it again; so
does sohoa reopen.

  sohoa close H38.12-260102-0001
  sohoa close --incomplete H38.12-260102-0001`
}

// Run closes the dossier, here or in a running serve.
func (k closeCmd) Run(ctx context.Context, c *cli, con console) error {
	return c.settle(ctx, con, settleAsk{Dossier: k.Dossier, Incomplete: k.Incomplete})
}

// reopenCmd opens a closed dossier again.
type reopenCmd struct {
	Dossier string `arg:"" help:"Code or id of the dossier."`
}

// Run opens the dossier, here or in a running serve.
func (k reopenCmd) Run(ctx context.Context, c *cli, con console) error {
	return c.settle(ctx, con, settleAsk{Dossier: k.Dossier, Reopen: true})
}

// settleAsk says which dossier is to be closed, or opened again.
type settleAsk struct {
	Dossier    string `json:"dossier"`
	Incomplete bool   `json:"incomplete,omitempty"`
	Reopen     bool   `json:"reopen,omitempty"`
}

// settled is what `close --json` and `reopen --json` print. Its form is stable.
type settled struct {
	Dossier dossier.DossierID `json:"dossier"`
	Code    *string           `json:"code"`
	State   dossier.State     `json:"state"`
	// Missing are the kinds that the dossier lacks.
	Missing []string `json:"missing"`
}

func (c *cli) settle(ctx context.Context, con console, ask settleAsk) error {
	conn, err := dialServe(ctx, layout{root: c.Data}.socket())
	if errors.Is(err, errNoServe) {
		return c.settleAlone(ctx, con, ask)
	}
	if err != nil {
		return err
	}
	answer, err := handOver(ctx, conn, handover{Version: socketVersion, Settle: &ask}, func(reply) {})
	if err != nil {
		return err
	}
	return answer.Settled.print(con, c.JSON)
}

// settleAlone does the work in this process.
func (c *cli) settleAlone(ctx context.Context, con console, ask settleAsk) error {
	return c.alone(ctx, func(a *archive, flow *pipeline.Flow) error {
		result, err := a.settle(ctx, flow, ask)
		if err != nil {
			return err
		}
		if err := a.workUntil(ctx, flow, func(ctx context.Context) (bool, error) { return a.published(ctx, result.Dossier) }); err != nil {
			return err
		}
		if err := a.sealAndList(ctx, flow); err != nil {
			return err
		}
		return result.print(con, c.JSON)
	})
}

// settle records the decision.
func (a *archive) settle(ctx context.Context, flow *pipeline.Flow, ask settleAsk) (*settled, error) {
	m, err := a.find(ctx, ask.Dossier)
	if err != nil {
		return nil, err
	}
	asked, _ := a.kinds.Procedure(m.Dossier.Procedure) // none known: nothing is missing
	result := &settled{Dossier: m.Dossier.ID, Code: m.Dossier.Code, State: dossier.StateOpen, Missing: asked.Missing(m.Dossier)}
	actor := dossier.Local(a.unit().ID)
	if ask.Reopen {
		return result, unsettled(flow.Reopen(ctx, a.ledger, actor, m.Dossier.ID), "open")
	}
	var told dossier.Closing
	if ask.Incomplete {
		told.Missing = result.Missing
	}
	result.State = dossier.StateClosed
	return result, unsettled(flow.Close(ctx, a.ledger, actor, m.Dossier.ID, told), "closed")
}

// unsettled is why a dossier was left as it is, for whoever asked.
func unsettled(err error, already string) error {
	if incomplete, ok := errors.AsType[*pipeline.IncompleteError](err); ok {
		return &exitError{code: exitParked, err: fmt.Errorf("not closed: the dossier lacks %s", strings.Join(incomplete.Missing, ", ")),
			hint: "Scan what is missing, or close it as it is with --incomplete."}
	}
	switch {
	case errors.Is(err, pipeline.ErrPagesWait):
		return &exitError{code: exitParked, err: errors.New("not closed: pages of the dossier wait for a person"), hint: "Place them first, on the page Rà soát of sohoa serve."}
	case errors.Is(err, pipeline.ErrChanged):
		return usage("Look at it with `sohoa show`.", "the dossier is %s already", already)
	}
	return err
}

// published tells whether every intended version of a dossier is published.
func (a *archive) published(ctx context.Context, id dossier.DossierID) (bool, error) {
	_, open, err := a.catalog.NextIntent(ctx, id)
	return !open, err
}

func (s *settled) print(con console, asJSON bool) error {
	if asJSON {
		return printJSON(con.out, s)
	}
	name := string(s.Dossier)
	if s.Code != nil {
		name = *s.Code
	}
	lacks := ""
	if len(s.Missing) > 0 {
		lacks = ", without " + strings.Join(s.Missing, ", ")
	}
	_, err := fmt.Fprintf(con.out, "dossier   %s  %s%s\n", name, s.State, lacks)
	return err
}
