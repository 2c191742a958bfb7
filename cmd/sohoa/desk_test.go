package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/rogpeppe/go-internal/testscript"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/web/browsertest"
)

// atDesk is a browser before the table of pages of one dossier, while the
// program works.
type atDesk struct {
	*browsertest.Browser
	t    *testing.T
	a    *archive
	flow *pipeline.Flow
	id   dossier.DossierID
}

// sitDown opens the table of pages of a dossier and lets the program work until
// the test is over.
func (r *rig) sitDown(t *testing.T, id dossier.DossierID) atDesk {
	t.Helper()
	a, flow := r.open(t)
	news := newHub()
	rest := working(t, a, func(ctx context.Context, job dossier.Job) error {
		err := flow.Do(ctx, job)
		if err == nil {
			news.publish(eventOf(job))
		}
		return err
	})
	t.Cleanup(func() {
		rest()
		closeArchive(t, a)
	})
	server := r.livePagesOf(t, a, flow, news)
	d := atDesk{Browser: browsertest.Start(t), t: t, a: a, flow: flow, id: id}
	d.Open(server.URL + "/dossiers/" + string(id) + "/pages")
	return d
}

// press strikes keys and waits for the page that follows, with what it says.
func (d atDesk) press(keys, said string, modifiers ...func(string)) {
	d.t.Helper()
	d.Do(marked)
	if len(modifiers) > 0 {
		modifiers[0](keys)
	} else {
		d.Press(keys)
	}
	d.Until(`window.marked === undefined && document.readyState === "complete" && document.querySelector(".said, .notice").parentElement.textContent.includes(` + fmt.Sprintf("%q", said) + `)`)
}

// laid is what lies on the table: for each paper the pages in their order, by
// their names in the batch.
func (d atDesk) laid() string {
	d.t.Helper()
	m, _, err := d.a.catalog.Latest(d.t.Context(), d.id)
	if err != nil {
		d.t.Fatal(err)
	}
	var papers []string
	for _, c := range m.Dossier.Components {
		paper := ""
		for _, p := range c.Pages {
			paper += strings.TrimSuffix(p.File, ".jpg")
		}
		papers = append(papers, paper)
	}
	return strings.Join(papers, " ")
}

// lies fails unless the table has these papers, and the catalogue, too.
func (d atDesk) lies(want string) {
	d.t.Helper()
	if got := d.laid(); got != want {
		d.t.Fatalf("%q lies on the table, want %q", got, want)
	}
	d.True(`[...document.querySelectorAll("[data-paper]")].map(p => p.querySelectorAll("[data-page]").length).join(" ") === "`+
		strings.Join(lengths(want), " ")+`"`, "the table shows "+want)
}

func lengths(papers string) (all []string) {
	for paper := range strings.FieldsSeq(papers) {
		all = append(all, fmt.Sprint(len(paper)))
	}
	return all
}

// settled waits until everything decided is published.
func (d atDesk) settled() {
	d.t.Helper()
	if err := d.a.workUntil(d.t.Context(), d.flow, func(ctx context.Context) (bool, error) {
		_, open, err := d.a.catalog.NextIntent(ctx, d.id)
		return !open, err
	}); err != nil {
		d.t.Fatal(err)
	}
}

// readAgain waits until what was turned is read again.
func (d atDesk) readAgain() {
	d.t.Helper()
	if err := readAgainAll(d.t.Context(), d.a, d.flow, d.id); err != nil {
		d.t.Fatal(err)
	}
}

// TestTurnedOnTheTable turns a page that stands on its head with two keys, one
// right after the other. The table says that it is being read; then, without a
// reload, that its paper has a name. What was marked meanwhile stays so.
func TestTurnedOnTheTable(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	var ready atomic.Bool
	id := r.misjudged(t).ID
	r.reader.told = func([]dossier.WayUp) error { return unlessReady(&ready) }
	d := r.sitDown(t, id)
	d.lies("b c")
	d.Press(kb.ArrowRight)
	d.press("r", "Đã xoay")
	d.press("r", "Đã xoay")
	d.settled()
	d.True(`document.getElementById("reading").textContent.includes("Đang đọc lại") && document.querySelectorAll(".sheets .reading").length === 1`, "the page is being read")
	d.Screen("desk-reading")
	d.Press(" ")
	d.Do(marked)
	ready.Store(true)
	d.Until(`document.getElementById("reading").textContent.trim() === "" && ![...document.querySelectorAll("[data-paper] h2")].some(h => h.textContent.includes("chưa rõ loại"))`)
	d.True(`window.marked === true`, "the page was not loaded anew")
	d.True(`document.querySelector("[data-page][aria-current] img").src.includes("/7/") && document.querySelector(".look img").src.includes("/7/")`, "it is shown as it was read")
	d.True(`document.querySelector("[data-page][aria-current] ~ .pick input").checked`, "what was marked is marked")
	d.press("u", "Đã hoàn tác")
	// With one turn left its picture is that of the old words, 2, or of the new ones,
	// 6, when it was read again already.
	d.True(`/\/[26]\//.test(document.querySelector("[data-page][aria-current] img").src)`, "one turn is taken back")
	d.readAgain()
	if errs := d.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
}

// TestTurnedOnThePage opens a page of a dossier while it is read again: the page
// says so, and the values come without a reload.
func TestTurnedOnThePage(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	var ready atomic.Bool
	r.reader.told = func([]dossier.WayUp) error { return unlessReady(&ready) }
	m := r.misjudged(t)
	page := m.Components[1].Pages[0].ID
	d := r.sitDown(t, m.ID)
	if err := d.flow.Turn(t.Context(), d.a.catalog, dossier.Local(d.flow.Unit.ID), m.ID, dossier.Turned{Page: page, By: 180}); err != nil {
		t.Fatal(err)
	}
	d.settled()
	d.Do(marked)
	d.Press(kb.ArrowRight)
	d.Press(kb.Enter)
	d.Until(`window.marked === undefined && document.getElementById("again") !== null`)
	d.Screen("dossier-reading")
	d.Do(marked)
	ready.Store(true)
	d.Until(`document.getElementById("again") === null && document.getElementById("details").textContent.includes("Lò Văn Tỏa")`)
	d.True(`window.marked === true && document.querySelector("#picture img").src.includes("/7/")`, "the page was not loaded anew, and is shown as it was read")
	if errs := d.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
}

// stackOf is a dossier with one paper of four pages: a certificate, two loose
// pages and an application.
func (r *rig) stackOf(t *testing.T) dossier.DossierID {
	t.Helper()
	o := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "loose page one", "loose page two", "loose page three")
	r.decide(t, dossier.Placement{Pages: r.waiting(t), Dossier: o.Dossiers[0].ID, Component: o.Dossiers[0].Components[0].ID})
	return o.Dossiers[0].ID
}

// TestPagesArrangedByKeyboard splits, joins, moves, reorders and takes all of it
// back, in a real browser without the mouse. Then every decision is in the log
// by whoever sat there, with the versions before and after.
func TestPagesArrangedByKeyboard(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	d := r.sitDown(t, r.stackOf(t))
	shift := func(keys string) { d.Press(keys, browsertest.Shift) }
	d.lies("bcde")
	d.Press(kb.ArrowRight + kb.ArrowRight)
	d.press("x", "Đã tách")
	d.lies("bc de")
	d.press(kb.ArrowRight, "Đã chuyển ra sau", shift)
	d.lies("bc ed")
	d.Press("m")
	d.press("1", "Đã chuyển trang")
	d.lies("bcd e")
	d.settled()
	d.press("u", "Đã hoàn tác")
	d.lies("bc ed")
	d.settled()
	d.press("u", "Đã hoàn tác")
	d.lies("bc de")
	d.press("j", "Đã nối")
	d.lies("bcde")
	d.press("r", "Đã xoay")
	d.readAgain()
	d.press("R", "Đã xoay", shift) // the machine's version in between is nobody else's
	d.True(`document.querySelector("[data-page][aria-current] img").src.includes("/1/")`, "turned there and back the page is as it was")
	d.settled()
	if errs := d.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
	want := []string{"arrange 2→3", "arrange 3→4", "arrange 4→5", "undo 5→6", "undo 6→7", "arrange 7→8", "turn 8→9", "turn 10→11"}
	if got := d.logged(); strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("the log has %v, want %v", got, want)
	}
}

// logged are the decisions in the log with the versions before and after.
func (d atDesk) logged() (all []string) {
	d.t.Helper()
	rows, err := d.a.databases.Read.QueryContext(d.t.Context(),
		"SELECT l.action, l.actor, l.subject, l.at, p.payload FROM audit_pending AS l JOIN audit_payloads AS p ON p.id = l.id WHERE l.action IN ('decision.arrange', 'decision.turn', 'decision.transfer', 'decision.undo') ORDER BY l.place")
	if err != nil {
		d.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var action, actor, subject, at, payload string
		if err := rows.Scan(&action, &actor, &subject, &at, &payload); err != nil {
			d.t.Fatal(err)
		}
		if actor != "local" || subject != string(d.id) || at == "" {
			d.t.Errorf("%s by %q about %q at %q", action, actor, subject, at)
		}
		var kept struct{ Before, Version int }
		if err := json.Unmarshal([]byte(payload), &kept); err != nil {
			d.t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s %d→%d", strings.TrimPrefix(action, "decision."), kept.Before, kept.Version))
	}
	if err := rows.Err(); err != nil {
		d.t.Fatal(err)
	}
	return all
}

// TestPagesDragged takes a page to another place with the mouse.
func TestPagesDragged(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	d := r.sitDown(t, r.stackOf(t))
	d.Do(marked, chromedp.Evaluate(`(() => {
		const [first, , third] = document.querySelectorAll("[data-page]"), at = first.getBoundingClientRect();
		const drag = (type, el) => el.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: new DataTransfer(), clientX: at.left + 4, clientY: at.top + 40 }));
		drag("dragstart", third); drag("dragover", first); drag("drop", first);
	})()`, nil))
	d.Until(`window.marked === undefined && document.querySelector(".said").textContent.includes("Đã chuyển trang")`)
	d.lies("dbce")
}

// TestPagesSentByKeyboard sends a page that was picked, then a whole paper, to
// dossiers named by their codes: one that is there, and one that is made once the
// code is confirmed. Taken back, the pages lie where they were.
func TestPagesSentByKeyboard(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	left, _ := r.twoDossiers(t)
	d := r.sitDown(t, left.ID)
	d.lies("bc d")
	d.Press(kb.ArrowRight)
	d.Press(" ")
	d.Press("h")
	d.Until(`document.activeElement.id === "send-code"`)
	d.press(neighbourCode+kb.Enter, "Đã chuyển sang hồ sơ kia")
	d.lies("b d")
	d.settled()
	d.press("u", "Đã hoàn tác")
	d.lies("bc d")
	d.settled()
	d.Press(kb.ArrowRight + kb.ArrowRight)
	d.Press("h")
	d.Until(`document.activeElement.id === "send-code"`)
	const typo = "H38.12-250707-0099"
	d.Do(marked)
	d.Press(typo + kb.Enter)
	d.Until(`window.marked === undefined && document.readyState === "complete" && document.querySelector(".notice").textContent.includes("Chưa có hồ sơ nào mang mã này")`)
	d.Screen("desk-send")
	d.lies("bc d")
	d.Until(`document.activeElement.id === "send-code"`)
	d.press(kb.Enter, "Đã chuyển sang hồ sơ kia")
	d.lies("bc")
	d.settled()
	if errs := d.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
	want := []string{"transfer 2→3", "undo 3→4", "transfer 4→5"}
	if got := d.logged(); strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("the log has %v, want %v", got, want)
	}
}

// deskCommand does one deed on the table of pages of a dossier, about the first
// page of its last paper, wants a word in the page that follows, and waits until
// that is published. FILE holds the code of the dossier; the address is in
// serve.out. The value is a code for send; insert and replace take the first
// page that waits:
//
//	desk FILE send H38.12-260102-0008 'Đã chuyển'
//	desk FILE turn '' 'Đã xoay'
func deskCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: desk FILE DEED VALUE WORD")
	}
	at := servedAt.FindString(ts.ReadFile("serve.out"))
	waiting := ""
	if slices.Contains([]string{"insert", "replace"}, args[1]) {
		waiting = firstWaiting(ts, at)
	}
	var d dossier.Dossier
	look := func() {
		ts.Check(json.Unmarshal(got(ts, at+"api/dossiers/"+strings.TrimSpace(ts.ReadFile(args[0]))), &d))
	}
	look()
	last := d.Components[len(d.Components)-1]
	table := at + "dossiers/" + string(d.ID) + "/pages"
	saw := sawIn.FindSubmatch(got(ts, table))
	if saw == nil {
		ts.Fatalf("no version on the table")
	}
	form := url.Values{"saw": {string(saw[1])}, "do": {args[1]}, "code": {args[2]}, "make": {args[2]}, "page": {string(last.Pages[0].ID)}}
	if waiting != "" {
		form.Set("with", waiting)
		form.Del("do")
	}
	if args[1] == "insert" {
		form.Set("ahead", "1")
	}
	if said := pressed(ts, table, form); !strings.Contains(said, args[3]) {
		ts.Fatalf("%s: no %q in %s", args[1], args[3], said)
	}
	// What is read again meanwhile makes versions, too, but none that people see.
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(awaitTime); ; <-tick.C {
		look()
		seen, err := strconv.Atoi(string(sawIn.FindSubmatch(got(ts, table))[1]))
		if ts.Check(err); strconv.Itoa(seen) != string(saw[1]) && d.Version >= seen {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s is not published", args[1])
		}
	}
}

// pressed sends a form as a person does, who presses again when asked to wait.
func pressed(ts *testscript.TestScript, address string, form url.Values) string {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(awaitTime); ; <-tick.C {
		response, err := http.PostForm(address, form)
		ts.Check(err)
		said, err := io.ReadAll(response.Body)
		if ts.Check(errors.Join(err, response.Body.Close())); !strings.Contains(string(said), "Chưa có ngay được") || time.Now().After(deadline) {
			return string(said)
		}
	}
}

// sawIn finds the version that the table names.
var sawIn = regexp.MustCompile(`name="saw" value="(\d+)"`)

// got is what an address answers.
func got(ts *testscript.TestScript, address string) []byte {
	response, err := http.Get(address)
	ts.Check(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	ts.Check(err)
	return body
}

// firstWaiting is the first page that waits for a person, awaited: what an undo
// gives back waits a moment after its version is there.
func firstWaiting(ts *testscript.TestScript, at string) string {
	var parked struct {
		Pages []struct {
			Page string `json:"page"`
		} `json:"pages"`
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(awaitTime); len(parked.Pages) == 0; <-tick.C {
		body := got(ts, at+"api/parked")
		if ts.Check(json.Unmarshal(body, &parked)); time.Now().After(deadline) {
			ts.Fatalf("nothing waits: %s", body)
		}
	}
	return parked.Pages[0].Page
}
