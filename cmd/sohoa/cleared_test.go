package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"sohoa/dossier"
	"sohoa/ocr"
	"sohoa/pipeline"
	"sohoa/web"
	"sohoa/web/browsertest"
)

// textPictures draws the pages of a rig for the browser.
type textPictures struct{ reader *textReader }

func (p textPictures) Preview(ctx context.Context, path string, index int, view ocr.View) ([]byte, error) {
	return p.reader.View(ctx, path, index, dossier.Reading{}, view.Pixels)
}

// noEvents tells nobody anything.
type noEvents struct{}

func (noEvents) Subscribe(ctx context.Context) <-chan dossier.Event {
	silent := make(chan dossier.Event)
	context.AfterFunc(ctx, func() { close(silent) })
	return silent
}

// pagesOf serves the pages of an open archive to whoever sits at the machine.
func (r *rig) pagesOf(t testing.TB, a *archive, flow *pipeline.Flow) *httptest.Server {
	t.Helper()
	return r.livePagesOf(t, a, flow, noEvents{})
}

// livePagesOf serves pages that hear of events.
func (r *rig) livePagesOf(t testing.TB, a *archive, flow *pipeline.Flow, events web.Events) *httptest.Server {
	t.Helper()
	settings, err := r.cli.config()
	if err != nil {
		t.Fatal(err)
	}
	register, err := a.openPeople(settings)
	if err != nil {
		t.Fatal(err)
	}
	handler, err := a.pages(webParts{
		sample: settings.sampleSize(),
		flow:   flow, preview: textPictures{r.reader}, events: events, machine: web.Machine{}, log: slog.New(slog.DiscardHandler),
		door: entrance{People: register, demo: true, unit: a.unit().ID},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// marked marks the page that is shown, so that the next one is known.
var marked = chromedp.Evaluate(`window.marked = true; undefined`, nil)

// opened gets a page whole.
func opened(b *testing.B, address string) {
	b.Helper()
	response, err := http.Get(address)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
		b.Fatalf("%s: %d, %v", address, response.StatusCode, err)
	}
}

// bornOf is a birth certificate of somebody, of which three fields wait.
func bornOf(name string) string { return strings.ReplaceAll(born, "Lò Văn Tỏa", name) }

// TestQueueIsClearedByKeyboard clears twenty doubtful items in a real browser
// without the mouse: two pages that no program could place, and eighteen fields.
// Then every decision is in the log, by whoever sat there, and nothing waits.
func TestQueueIsClearedByKeyboard(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	texts := []string{}
	for i, name := range []string{"Lò Văn An", "Lò Văn Bình", "Lò Văn Cường", "Lò Văn Dũng", "Lò Văn Em", "Lò Văn Giang"} {
		texts = append(texts, separator(t, fmt.Sprintf("H38.12-260102-2%03d", i), 0), bornOf(name))
		if i == 0 {
			texts = append(texts, "loose page one", "loose page two")
		}
	}
	r.feed(t, texts...)
	a, flow := r.open(t)
	defer closeArchive(t, a)
	server := r.pagesOf(t, a, flow)
	rest := atWork(t, a, flow)

	b := browsertest.Start(t)
	b.Open(server.URL + "/review")
	var presses []int
	press := func(keys string, then string) {
		t.Helper()
		b.Do(marked)
		b.Press(keys)
		b.Until(`window.marked === undefined && ` + then)
		presses = append(presses, len([]rune(keys)))
	}
	for waiting := 2; waiting > 0; waiting-- {
		b.Until(`document.activeElement.id === "kind-filter"`)
		b.True(`document.querySelector(".badge").textContent === "`+fmt.Sprint(18+waiting)+`"`, "everything that waits is counted")
		press("1", `document.querySelector(".done") !== null`)
	}
	for n := range 18 {
		b.Until(`document.querySelector("#question") !== null`)
		switch n {
		case 3: // one name has another tone on the paper
			press("\tLò Văn Bính\r", `document.querySelector(".done") !== null`)
		case 5: // one person has no number yet
			press("n", `document.querySelector(".done") !== null`)
		default:
			press("\r", `document.querySelector(".done") !== null`)
		}
	}
	b.Until(`document.querySelector(".empty.good") !== null`)
	if errs := b.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
	slices.Sort(presses)
	if median := presses[len(presses)/2]; len(presses) != 20 || median > 3 {
		t.Errorf("%d items, %d key presses at the median, want 20 and at most 3", len(presses), median)
	}
	rest()
	closed := map[string]int{}
	if err := a.audit.NumberAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows, err := a.databases.Read.QueryContext(t.Context(), "SELECT action, actor, subject, at FROM audit_log WHERE action LIKE 'decision.%'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var action, actor, subject, at string
		if err := rows.Scan(&action, &actor, &subject, &at); err != nil {
			t.Fatal(err)
		}
		if actor != "local" || subject == "" || at == "" {
			t.Errorf("%s by %q about %q at %q", action, actor, subject, at)
		}
		closed[action]++
	}
	if err := rows.Err(); err != nil || closed["decision.place"] != 2 || closed["decision.correct"] != 18 {
		t.Errorf("the log has %v, %v; want 2 pages placed and 18 fields decided", closed, err)
	}
}

// BenchmarkReviewPage opens the review page at a field with 500 dossiers queued,
// and at the last of the fields, beside the list of dossiers as the yardstick of
// the same run.
func BenchmarkReviewPage(b *testing.B) {
	r := &rig{cli: &cli{Data: b.TempDir() + "/archive", Log: silent}, reader: &textReader{}}
	a, err := r.cli.openOrMakeDemo(b.Context(), quiet())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	if err := a.lockForWork(b.Context()); err != nil {
		b.Fatal(err)
	}
	flow := a.flow(r.reader)
	const dossiers = 500
	for from := 0; from < dossiers; from += 25 {
		var texts []string
		for i := from; i < from+25; i++ {
			sheet, err := dossier.FormatSeparator(fmt.Sprintf("H38.12-260102-%04d", i), 0)
			if err != nil {
				b.Fatal(err)
			}
			texts = append(texts, "QR "+sheet, bornOf(fmt.Sprint("Lò Văn Số ", i)))
		}
		batch, err := flow.Claim(b.Context(), dossier.Local(flow.Unit.ID), pipeline.Feed{Device: "bench", Sources: textSources(texts...)})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := a.finish(b.Context(), flow, batch, quiet()); err != nil {
			b.Fatal(err)
		}
	}
	_, waiting, err := a.catalog.Doubts(b.Context(), dossier.ReviewFilter{Scope: dossier.Whole(a.unit().ID)})
	if err != nil || waiting < dossiers {
		b.Fatalf("%d fields wait, %v", waiting, err)
	}
	server := r.pagesOf(b, a, flow)
	perOpening := map[string]float64{}
	for _, page := range []string{"/dossiers", "/review?of=fields", "/review?reason=field_unsure", fmt.Sprintf("/review?of=fields&from=%d", waiting-1)} {
		b.Run(page, func(b *testing.B) {
			for b.Loop() {
				opened(b, server.URL+page)
			}
			perOpening[page] = float64(b.Elapsed().Milliseconds()) / float64(b.N)
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/page")
			b.ReportMetric(perOpening[page]/max(perOpening["/dossiers"], 0.001), "x-dossiers")
			b.ReportMetric(0, "ns/op")
		})
	}
}
