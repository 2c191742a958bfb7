package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// handInCommand hands a file in with a token, as another program does, and wants
// a code and a word in the answer. The address is in serve.out:
//
//	handin token.json scan.jpg H38.12-260102-0007 decision 202 batch
func handInCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 6 {
		ts.Fatalf("usage: handin TOKEN FILE CODE KIND WANT WORD")
	}
	var token struct {
		Secret string `json:"secret"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &token))
	at := servedAt.FindString(ts.ReadFile("serve.out")) + "api/efile?" + url.Values{"code": {args[2]}, "kind": {args[3]}}.Encode()
	request, err := http.NewRequest(http.MethodPost, at, strings.NewReader(ts.ReadFile(args[1])))
	ts.Check(err)
	request.Header.Set("Authorization", "Bearer "+token.Secret)
	request.Header.Set("Content-Type", "image/jpeg")
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	ts.Check(err)
	if strconv.Itoa(response.StatusCode) != args[4] || !strings.Contains(string(body), args[5]) {
		ts.Fatalf("%s: %s, want %s and %q", response.Status, body, args[4], args[5])
	}
}

// file takes one electronic file in and works until it is done.
func (r *rig) file(t *testing.T, filing dossier.Filing, content string) outcome {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	source := pipeline.Source{
		Name: filing.Kind + ".pdf", Filed: &filing,
		Open:      func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil },
		Unchanged: func() error { return nil },
	}
	batch, err := flow.Claim(t.Context(), dossier.Local(flow.Unit.ID), pipeline.Feed{Device: deviceFiled, Sources: []pipeline.Source{source}})
	if err != nil {
		t.Fatal(err)
	}
	o, err := a.finish(t.Context(), flow, batch, quiet())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestFiledPDFIsPublishedAsItCame files a PDF for a dossier that lacks it: with a
// page that says it is another paper, an empty one and one that nobody can read,
// it is one paper of the kind that was named, its published file is its own
// bytes, and the dossier lacks it no more. It waits for no signature, no page is
// added to it, and another kind leaves its file alone; a rebuild comes to the
// same.
func TestFiledPDFIsPublishedAsItCame(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.reader.sure = true
		before := r.feed(t, birthSlip(), paper("TỜ KHAI ĐĂNG KÝ KHAI SINH", "An")).Dossiers[0]
		if !reflect.DeepEqual(before.Missing, []string{"birth_notice"}) {
			t.Fatalf("missing %v", before.Missing)
		}
		content := "%PDF-1.7\nGIẤY CHỨNG SINH Trần Không Lưu\f" + paper(marriage, "Ba") + "\f\fLOST"
		o := r.file(t, dossier.Filing{Code: someCode, Kind: "birth_notice"}, content)
		if o.Account.Placed != 4 || len(o.Parked) != 0 || len(o.Dossiers) != 1 || len(o.Dossiers[0].Missing) != 0 {
			t.Fatalf("account %+v, parked %+v, dossiers %+v", o.Account, o.Parked, o.Dossiers)
		}
		d, filed := r.only(t, "birth_notice")
		if filed.State != dossier.ComponentFiled || filed.Origin != dossier.OriginFiled || len(filed.Pages) != 4 || filed.Pages[3].Index != 4 {
			t.Errorf("filed %+v", filed)
		}
		r.wantObject(t, filed.PDF, content)
		r.wantFound(t, 1)
		r.wantIntact(t)

		r.feed(t, separator(t, someCode, 0), "loose page")
		said := dossier.Placement{Pages: r.waiting(t), Dossier: d.ID, Component: filed.ID}
		r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			if _, err := flow.Decide(t.Context(), a.catalog, actor, said); !errors.Is(err, pipeline.ErrOriginal) {
				t.Errorf("a page is added to an electronic original: %v", err)
			}
			return flow.Correct(t.Context(), a.catalog, actor, d.ID, dossier.Correction{Component: filed.ID, Kind: "birth_notice", NewKind: "decision"})
		})
		_, renamed := r.only(t, "decision")
		if renamed.PDF != filed.PDF || renamed.State != dossier.ComponentFiled {
			t.Errorf("renamed %+v", renamed)
		}
		r.wantIntact(t)
		wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
		r.rebuilt(t).wantIntact(t)
	})
}

// wantObject wants an object to be these bytes.
func (r *rig) wantObject(t *testing.T, key, want string) {
	t.Helper()
	r.with(t, func(a *archive) {
		body, _, found, err := a.objects.Open(t.Context(), key)
		if err != nil || !found {
			t.Fatalf("%s: %v", key, err)
		}
		defer func() { _ = body.Close() }()
		if got, err := io.ReadAll(body); err != nil || string(got) != want {
			t.Errorf("%s has %d bytes, want %d (%v)", key, len(got), len(want), err)
		}
	})
}

// TestFiledPictureIsPublishedLikeAScan: what is no PDF gets one, says where it is
// from, and makes a dossier of its own where nobody knows the code yet. The same
// file for another dossier is known and goes nowhere.
func TestFiledPictureIsPublishedLikeAScan(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	content := paper(birth, "An")
	r.file(t, dossier.Filing{Code: someCode, Kind: "birth_certificate"}, content)
	d, c := r.only(t, "birth_certificate")
	if d.Code == nil || *d.Code != someCode || c.Origin != dossier.OriginFiled || c.State != dossier.ComponentAwaitingSignature || !strings.HasSuffix(c.PDF, ".pdf") {
		t.Errorf("dossier %+v", d)
	}
	again := r.file(t, dossier.Filing{Code: "H38.12-260102-0002", Kind: "birth_certificate"}, content)
	if len(again.Known) != 1 || len(r.dossiers(t)) != 1 {
		t.Errorf("filed again: %+v", again)
	}
	r.wantIntact(t)
	wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
}

// TestFiledFileThatCannotBeOpened is rejected with its reason and kept.
func TestFiledFileThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	o := r.file(t, dossier.Filing{Code: someCode, Kind: "birth_notice"}, "REJECT")
	if len(o.Rejected) != 1 || o.Rejected[0].Reason != dossier.ReasonDamaged || len(o.Dossiers) != 0 {
		t.Errorf("%+v", o)
	}
	r.wantIntact(t)
}
