package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/pades"
	"sohoa/pipeline/signkey"
)

// Keys is where the key of the archive comes from: a file now; a token in the
// hand of its holder is another source.
type Keys interface {
	// Key gives the key if it may sign at the time t, else a
	// [signkey.Problem].
	Key(t time.Time) (signkey.Key, error)
}

// SignRules say how an archive signs. The zero value signs nothing.
type SignRules struct {
	// Keys is nil where no key is configured.
	Keys Keys
	// Form is the form of the copies, "SAO Y", and Agency the name of the agency
	// that makes them (NĐ 30/2020/NĐ-CP, Phụ lục I).
	Form, Agency string
	// Corner says what to do about a printed-on corner.
	Corner dossier.Corner
	// Demo adds the line that says that the signature is worth nothing.
	Demo bool
}

// What a person may be told who asks for signatures.
var (
	// ErrNotAwaiting: none of the papers waits for a signature any more.
	ErrNotAwaiting = errors.New("the paper does not wait for a signature")
	// ErrBusy: another version of the dossier is on its way. Asking again later
	// helps.
	ErrBusy = errors.New("the dossier is being changed")
)

// Ready gives the certificate that would sign at the time t and the lines of
// the block, or a [signkey.Problem] that says what is missing.
func (r SignRules) Ready(t time.Time) (dossier.Certificate, []string, error) {
	if r.Keys == nil {
		return dossier.Certificate{}, nil, &signkey.Problem{Kind: signkey.NotSet}
	}
	key, err := r.Keys.Key(t)
	if err != nil {
		if key.Chain == nil {
			return dossier.Certificate{}, nil, err
		}
		return key.Certificate(), nil, err
	}
	if r.Agency == "" {
		return key.Certificate(), nil, &signkey.Problem{Kind: signkey.NoAgency}
	}
	return key.Certificate(), r.lines(t), nil
}

// lines are what stands in the block: the form of the copy, the agency and the
// time with its zone (NĐ 30/2020/NĐ-CP, Phụ lục I).
func (r SignRules) lines(t time.Time) []string {
	lines := []string{r.Form, r.Agency, "Thời gian ký: " + pades.TimeLine(t)}
	if r.Demo {
		return append([]string{signkey.TestName}, lines...)
	}
	return lines
}

// SignOrder asks for papers of one dossier to be signed.
type SignOrder struct {
	Dossier dossier.DossierID
	Papers  []dossier.ComponentID
	// Shrink draws the first page smaller where its corner is printed on,
	// whatever the archive's rule.
	Shrink bool
	// At is when it was asked, in whole seconds, as the block and the signature
	// tell them: one for all dossiers of one go.
	At time.Time
}

// Sign asks for papers to be signed, as a person says. The decision is durable
// as an object, then as an intent that fixes certificate, time and the lines of
// the block, when Sign returns; the next job signs. Papers that do not wait are
// left out; asked gives the others.
func (f *Flow) Sign(ctx context.Context, ledger Decisions, actor dossier.Actor, order SignOrder) (asked []dossier.ComponentID, err error) {
	certificate, lines, err := f.Signing.Ready(order.At)
	if err != nil {
		return nil, err
	}
	if _, open, err := f.Ledger.NextIntent(ctx, order.Dossier); err != nil || open {
		return nil, errors.Join(err, noneUnless(!open, ErrBusy))
	}
	latest, ok, err := f.Ledger.Latest(ctx, order.Dossier)
	if err != nil || !ok {
		return nil, errors.Join(err, noneUnless(ok, ErrNoSuchDossier))
	}
	next := latest
	next.After = 0
	next.At, next.Actor, next.Reason, next.Objects = order.At, actor, "papers signed", []dossier.ObjectRef{}
	next.Dossier.Version++
	next.Dossier.Components = slices.Clone(latest.Dossier.Components)
	for i := range next.Dossier.Components {
		c := &next.Dossier.Components[i]
		if c.State != dossier.ComponentAwaitingSignature || !slices.Contains(order.Papers, c.ID) {
			continue
		}
		if c.ToReadAgain() { // it would be signed with the words of another way up
			return nil, ErrBusy
		}
		c.Version = paperVersion(next.Dossier)
		c.State, c.PDF = dossier.ComponentSigned, dossier.ComponentKey(f.Unit.ID, c.ID, c.Version)
		asked = append(asked, c.ID)
	}
	if len(asked) == 0 {
		return nil, ErrNotAwaiting
	}
	next.Signing = &dossier.Signing{At: order.At, Lines: lines, Certificate: certificate, Papers: asked}
	intent := dossier.Intent{ID: dossier.NewID(), Draft: next, New: asked, Corner: f.Signing.Corner}
	if order.Shrink {
		intent.Corner = dossier.CornerShrink
	}
	err = f.decide(ctx, ledger, dossier.Decision{Action: dossier.ActionSign, Actor: actor, Placement: dossier.Placement{Pages: []dossier.PageID{}}, Intent: intent})
	if dossier.KindOf(err) == dossier.Retry { // somebody was faster
		err = errors.Join(ErrBusy, err)
	}
	return asked, err
}

// signVersion signs the papers of an intent and writes the manifest of the
// version. Papers that cannot be signed are taken out of the version and wait
// again: then the object is empty, and what is left of the intent is the next to
// publish.
func (f *Flow) signVersion(ctx context.Context, intent dossier.Intent) (final dossier.Manifest, object dossier.ObjectRef, err error) {
	final = intent.Draft
	var before dossier.Manifest
	key := dossier.ManifestKey(f.Unit.ID, final.Dossier.ID, final.Dossier.Version-1)
	if _, found, err := f.getJSON(ctx, key, &before); err != nil || !found {
		return final, object, orMissing(err, "manifest", key)
	}
	final.Dossier = onTopOf(before.Dossier, intent)
	final.Objects = slices.Clone(before.Objects)
	var refused []dossier.SignRefusal
	for _, id := range intent.New {
		pdf, err := f.signPaper(ctx, paperToSign{intent: intent, before: before.Dossier, after: final.Dossier, id: id})
		if reason, refuse := parkable(err); refuse {
			f.Log.WarnContext(ctx, "paper not signed", slog.String("component", string(id)), gaveUp(err))
			refused = append(refused, dossier.SignRefusal{Component: id, Reason: reason})
			continue
		}
		if err != nil {
			return final, object, err
		}
		final.Objects = append(final.Objects, pdf)
	}
	if len(refused) > 0 {
		return final, object, f.Ledger.SignRefused(ctx, f.act(), withoutRefused(intent, before.Dossier, refused), refused)
	}
	object, _, err = f.putJSON(ctx, dossier.ManifestKey(f.Unit.ID, final.Dossier.ID, final.Dossier.Version), final)
	return final, object, err
}

// withoutRefused is what is left of an intent: the refused papers are in it as
// they were published before. One that signs nothing any more says so.
func withoutRefused(intent dossier.Intent, before dossier.Dossier, refused []dossier.SignRefusal) dossier.Intent {
	isRefused := func(id dossier.ComponentID) bool {
		return slices.ContainsFunc(refused, func(r dossier.SignRefusal) bool { return r.Component == id })
	}
	d := &intent.Draft.Dossier
	d.Components = slices.Clone(d.Components)
	for i, c := range d.Components {
		if isRefused(c.ID) {
			d.Components[i] = componentOf(before, c.ID)
		}
	}
	intent.New = slices.DeleteFunc(slices.Clone(intent.New), isRefused)
	signing := *intent.Draft.Signing
	signing.Papers = intent.New
	intent.Draft.Signing = &signing
	if len(intent.New) == 0 {
		intent.Draft.Signing, intent.Draft.Reason, intent.Corner = nil, "signing given up", ""
	}
	return intent
}

// componentOf is the dossier's component with the id; an empty one when there is
// none.
func componentOf(d dossier.Dossier, id dossier.ComponentID) dossier.Component {
	i := slices.IndexFunc(d.Components, func(c dossier.Component) bool { return c.ID == id })
	if i < 0 {
		return dossier.Component{}
	}
	return d.Components[i]
}

// paperToSign is one paper of a version that signs: its dossier before and
// after.
type paperToSign struct {
	intent        dossier.Intent
	before, after dossier.Dossier
	id            dossier.ComponentID
}

// signPaper makes the signed PDF of a paper an object. One that is there was
// signed before a crash, by this intent or not at all.
func (f *Flow) signPaper(ctx context.Context, p paperToSign) (dossier.ObjectRef, error) {
	unsigned := componentOf(p.before, p.id)
	signed := componentOf(p.after, p.id)
	if ref, found, err := f.signedBefore(ctx, signed.PDF, p.intent.Draft.Signing); err != nil || found {
		return ref, err
	}
	if unsigned.PDF == "" {
		return dossier.ObjectRef{}, signRefused(dossier.ReasonChanged, errors.New("the paper is not published"))
	}
	key, err := f.keyOf(p.intent.Draft.Signing)
	if err != nil {
		return dossier.ObjectRef{}, err
	}
	input, release, err := f.toSign(ctx, p, unsigned, signed)
	if err != nil {
		return dossier.ObjectRef{}, err
	}
	defer release()
	return f.putSigned(ctx, signed.PDF, input, key, p.intent.Draft.Signing)
}

// signedBefore finds the signed PDF that a crash left without a manifest. One
// that another intent signed means that the catalogue is older than the objects:
// nothing may be built on it.
func (f *Flow) signedBefore(ctx context.Context, key string, s *dossier.Signing) (dossier.ObjectRef, bool, error) {
	body, _, found, err := f.Objects.Open(ctx, key)
	if err != nil || !found {
		return dossier.ObjectRef{}, false, err
	}
	if err := body.Close(); err != nil {
		return dossier.ObjectRef{}, false, fmt.Errorf("open object %s: %w", key, err)
	}
	file, release, err := f.openObject(ctx, key)
	if err != nil {
		return dossier.ObjectRef{}, false, err
	}
	defer release()
	stat, err := file.Stat()
	if err != nil {
		return dossier.ObjectRef{}, false, fmt.Errorf("open object %s: %w", key, err)
	}
	if err := checkSignedAs(ctx, file, stat.Size(), s); err != nil {
		return dossier.ObjectRef{}, false, &dossier.Fault{Kind: dossier.Stop, Op: "go on with a signed pdf", Reason: dossier.ReasonDamaged, Err: fmt.Errorf("object %s: %w", key, err)}
	}
	ref, err := f.digest(ctx, key)
	ref.Role = "pdf"
	return ref, err == nil, err
}

func signRefused(reason dossier.Reason, err error) error {
	return &dossier.Fault{Kind: dossier.Park, Op: "sign", Reason: reason, Err: err}
}

// keyOf gives the key that an intent chose. Another one, or none, gives the
// signature up: a person must say again who signs.
func (f *Flow) keyOf(s *dossier.Signing) (signkey.Key, error) {
	if f.Signing.Keys == nil {
		return signkey.Key{}, signRefused(dossier.ReasonNoKey, &signkey.Problem{Kind: signkey.NotSet})
	}
	key, err := f.Signing.Keys.Key(f.Now())
	if err != nil {
		return key, signRefused(dossier.ReasonNoKey, err)
	}
	if key.Certificate().SHA256 != s.Certificate.SHA256 {
		return key, signRefused(dossier.ReasonNoKey, errors.New("the key is another one than when the signature was asked for"))
	}
	return key, nil
}

// putSigned signs a file, passes the result through the gate and makes it an
// object.
func (f *Flow) putSigned(ctx context.Context, key string, input *os.File, office signkey.Key, s *dossier.Signing) (_ dossier.ObjectRef, err error) {
	signed, err := signFile(ctx, input, office, s)
	if err != nil {
		return dossier.ObjectRef{}, err
	}
	file, err := os.CreateTemp(f.Scratch, "sign-*.pdf")
	if err != nil {
		return dossier.ObjectRef{}, fmt.Errorf("write signed pdf: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	if _, err := signed.WriteTo(file); err != nil { //nolint:contextcheck // WriteTo is that of io.WriterTo; the copy is of a local file
		return dossier.ObjectRef{}, err
	}
	if err := checkSignedAs(ctx, file, signed.Size(), s); err != nil {
		if ctx.Err() != nil {
			return dossier.ObjectRef{}, fmt.Errorf("check signed pdf: %w", err) // stopped, not refused
		}
		return dossier.ObjectRef{}, signRefused(dossier.ReasonSignGate, err)
	}
	if _, err := file.Seek(0, 0); err != nil {
		return dossier.ObjectRef{}, fmt.Errorf("store signed pdf: %w", err)
	}
	ref, _, err := f.Objects.Put(ctx, key, file)
	if err != nil {
		return dossier.ObjectRef{}, fmt.Errorf("store signed pdf: %w", err)
	}
	ref.Role = "pdf"
	return ref, nil
}

// signFile has the key sign a file, with as much room as its certificates need.
func signFile(ctx context.Context, input *os.File, office signkey.Key, s *dossier.Signing) (*pades.Signed, error) {
	stat, err := input.Stat()
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	request := pades.Request{Input: input, Size: stat.Size(), At: s.At, Block: &pades.Block{Lines: s.Lines}}
	for {
		prepared, err := pades.Prepare(ctx, request)
		if err != nil {
			return nil, err
		}
		toBeSigned, err := prepared.ToBeSigned(office.Chain)
		if short, ok := errors.AsType[*pades.RoomError](err); ok && request.Room == 0 {
			request.Room = short.Need
			continue
		}
		if err != nil {
			return nil, err
		}
		return toBeSigned.Sign(ctx, office.Signer)
	}
}
