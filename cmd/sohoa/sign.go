package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// signCmd has papers signed by the archive's key.
type signCmd struct {
	Dossiers []string `arg:"" optional:"" name:"dossier" help:"Codes or ids of dossiers whose papers are to be signed."`
	All      bool     `help:"Sign every paper that waits."`
	Kind     string   `help:"Only papers of this kind, for example birth_certificate." placeholder:"KIND"`
	Shrink   bool     `help:"Where the corner of the first page is printed on, draw that page smaller to make room."`
	DryRun   bool     `help:"Say what would be signed, by which certificate, and change nothing."`
}

// Help teaches what signing does and where the key comes from.
func (signCmd) Help() string {
	return `Signs papers that wait for a signature: a new version of the PDF with a PAdES
signature and its visible text (form of copy, agency, time) at the top right
of page 1; the unsigned version stays. Signing cannot be undone.

  sohoa sign --all --dry-run                 what waits, and who would sign
  sohoa sign H38.12-260102-0001              the papers of one dossier
  sohoa sign --all --kind birth_certificate  every paper of a kind

An office's key is a PKCS#12 file, named in sohoa.yaml:

  agency_name: Ủy ban nhân dân xã Gia Phú
  sign_key: /etc/sohoa/office.p12
  sign_key_password_file: /etc/sohoa/office.password

A demo archive has a test key, and never takes a real one. A paper whose corner
is printed on waits unless --shrink or sign_printed_corner says otherwise. What
could not be signed is named with its reason: exit code 3. After an
interruption run the same command again.`
}

// Run signs, here or in a running serve.
func (s signCmd) Run(ctx context.Context, c *cli, con console) error {
	if s.All == (len(s.Dossiers) > 0) {
		return usage("Name the dossiers, or say --all. `sohoa sign --all --dry-run` only looks.", "nothing is chosen")
	}
	ask := signAsk{Dossiers: s.Dossiers, Kind: s.Kind, Shrink: s.Shrink}
	if s.DryRun {
		return s.look(ctx, c, con, ask)
	}
	conn, err := dialServe(ctx, layout{root: c.Data}.socket())
	if errors.Is(err, errNoServe) {
		return s.alone(ctx, c, con, ask)
	}
	if err != nil {
		return err
	}
	bar := newProgress(con.err, "papers")
	answer, err := handOver(ctx, conn, handover{Version: socketVersion, Sign: &ask}, func(r reply) { bar.set(r.Read, r.Images) })
	bar.finish()
	if err != nil {
		return err
	}
	return answer.Signed.print(con, c.JSON)
}

// look says what would be signed.
func (signCmd) look(ctx context.Context, c *cli, con console, ask signAsk) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	result, err := a.planned(ctx, ask)
	if err != nil {
		return err
	}
	return result.print(con, c.JSON)
}

// alone signs in this process.
func (signCmd) alone(ctx context.Context, c *cli, con console, ask signAsk) error {
	return c.alone(ctx, func(a *archive, flow *pipeline.Flow) error {
		if err := c.requireParts(ctx); err != nil {
			return err
		}
		if err := a.workUntilDone(ctx, flow, con); err != nil { // what an earlier process left
			return err
		}
		result, err := a.signNow(ctx, flow, con, ask)
		if err != nil {
			return err
		}
		return result.print(con, c.JSON)
	})
}

// signNow asks for signatures and works until they are made.
func (a *archive) signNow(ctx context.Context, flow *pipeline.Flow, con console, ask signAsk) (*signOutcome, error) {
	bar := newProgress(con.err, "papers")
	defer bar.finish()
	run, err := a.ask(ctx, flow, ask)
	if err != nil {
		return nil, err
	}
	if err := a.workUntil(ctx, flow, func(ctx context.Context) (bool, error) {
		left, err := a.stillAsked(ctx, run)
		bar.set(len(run.asked)-left, len(run.asked))
		return left == 0, err
	}); err != nil {
		return nil, err
	}
	if err := a.sealAndList(ctx, flow); err != nil {
		return nil, err
	}
	return a.signed(ctx, run)
}

// signOutcome is what `sign --json` prints. Its form is stable.
type signOutcome struct {
	Certificate dossier.Certificate `json:"certificate"`
	// Lines are those of the visible block, time included. What was asked for
	// before, and only waited for, keeps the time of its own.
	Lines   []string       `json:"lines"`
	DryRun  bool           `json:"dry_run,omitempty"`
	Signed  []signedPaper  `json:"signed"`
	Skipped []skippedPaper `json:"skipped"`
}

// signedPaper is a paper that is signed, or would be.
type signedPaper struct {
	Dossier   dossier.DossierID   `json:"dossier"`
	Code      string              `json:"code"`
	Component dossier.ComponentID `json:"component"`
	Kind      string              `json:"kind"`
	Pages     int                 `json:"pages"`
}

// skippedPaper is a paper that could not be signed, and why.
type skippedPaper struct {
	signedPaper
	Reason dossier.Reason `json:"reason"`
	Text   string         `json:"text"`
	TextEn string         `json:"text_en"`
}

func newSignedPaper(p dossier.Unsigned) signedPaper {
	return signedPaper{Dossier: p.Dossier, Code: p.Code, Component: p.Component, Kind: p.Kind, Pages: p.Pages}
}

func newSkippedPaper(p dossier.Unsigned, reason dossier.Reason) skippedPaper {
	return skippedPaper{signedPaper: newSignedPaper(p), Reason: reason, Text: reason.Text("vi"), TextEn: reason.Text("en")}
}

// name is the dossier as people call it.
func (p signedPaper) name() string {
	if p.Code != "" {
		return p.Code
	}
	return string(p.Dossier)
}

// print says what was signed and what was not.
func (o *signOutcome) print(con console, asJSON bool) error {
	var err error
	if asJSON {
		err = printJSON(con.out, o)
	} else {
		_, err = con.out.Write([]byte(o.text()))
	}
	if err == nil && len(o.Skipped) > 0 {
		return errParked
	}
	return err
}

func (o *signOutcome) text() string {
	var b strings.Builder
	word := "signed"
	if o.DryRun {
		word = "would sign"
	}
	for _, p := range o.Signed {
		fmt.Fprintf(&b, "%-10s  %s  %s\n", word, p.name(), p.Kind)
	}
	for _, p := range o.Skipped {
		fmt.Fprintf(&b, "not signed  %s  %s  %s\n            %s\n            %s\n", p.name(), p.Kind, p.Reason, p.Text, p.TextEn)
	}
	fmt.Fprintf(&b, "%d paper(s) %s, %d not\n", len(o.Signed), map[bool]string{true: "to sign", false: "signed"}[o.DryRun], len(o.Skipped))
	c := o.Certificate
	fmt.Fprintf(&b, "certificate of %s, %s, valid until %s\n", c.Holder, c.Organization, c.NotAfter.Local().Format("02/01/2006"))
	if c.Test {
		b.WriteString("KHÓA THỬ: chữ ký không có giá trị pháp lý.\nTEST KEY: its signatures have no legal value.\n")
	}
	return b.String()
}
