package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/storage/storagetest/gwtest"
)

// How a door to the object store behaves.
const (
	doorOpen    = iota
	doorCut     // connections break off
	doorRefuses // the service says that it is busy
	doorSlow    // every answer comes late
)

// door stands between the program and its object store.
type door struct {
	*httptest.Server
	behaves atomic.Int32
	// late holds up the requests of a slow door, one for each token.
	late chan struct{}
}

func newDoor(t *testing.T, endpoint string) *door {
	t.Helper()
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	// The host of a request is signed, so it stays as it is.
	way := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host }}
	d := &door{late: make(chan struct{}, 1024)}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch d.behaves.Load() {
		case doorCut:
			panic(http.ErrAbortHandler)
		case doorRefuses:
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `<Error><Code>SlowDown</Code><Message>busy</Message></Error>`)
			return
		case doorSlow:
			select {
			case <-d.late:
			case <-r.Context().Done():
				return
			}
		}
		way.ServeHTTP(w, r)
	}))
	t.Cleanup(d.Close)
	return d
}

// slow makes the door slow and lets request after request through until the
// test ends or the door is set otherwise.
func (d *door) slow(t *testing.T) {
	t.Helper()
	d.behaves.Store(doorSlow)
	go func() {
		tick := time.NewTicker(30 * time.Millisecond)
		defer tick.Stop()
		for d.behaves.Load() == doorSlow && t.Context().Err() == nil {
			<-tick.C
			d.late <- struct{}{}
		}
	}()
}

// shut puts a door out of order.
func (d *door) shut(t *testing.T, how int32) {
	t.Helper()
	if how == doorSlow {
		d.slow(t)
		return
	}
	d.behaves.Store(how)
}

// bucketOffice is a daemon whose objects lie behind a door, and whose pages are
// texts.
type bucketOffice struct {
	*daemon
	door  *door
	pages http.Handler
}

func newBucketOffice(t *testing.T) *bucketOffice {
	t.Helper()
	server := gwtest.Start(t)
	door := newDoor(t, server.Endpoint)
	keys := filepath.Join(t.TempDir(), "keys")
	c := &cli{Data: t.TempDir()}
	settings := fmt.Sprintf("objects: s3+http://%s/%s\ns3_key_file: %s\n", strings.TrimPrefix(door.URL, "http://"), server.Bucket(t, false), keys)
	for path, body := range map[string]string{keys: server.AccessKey + "\n" + server.SecretKey + "\n", layout{root: c.Data}.config(): settings} {
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.makeArchive(t.Context(), "H38.12", true); err != nil {
		t.Fatal(err)
	}
	d := watching(t, c)
	d.pause, d.slots = 50*time.Millisecond, 2
	if err := d.startPeople(t.Context()); err != nil {
		t.Fatal(err)
	}
	pages, err := d.handler()
	if err != nil {
		t.Fatal(err)
	}
	return &bucketOffice{daemon: d, door: door, pages: pages}
}

// page is what the intake page says.
func (o *bucketOffice) page(t *testing.T) string {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, "/intake", http.NoBody)
	request.Host = "127.0.0.1"
	w := httptest.NewRecorder()
	o.pages.ServeHTTP(w, request)
	return w.Body.String()
}

// work works until the test ends.
func (o *bucketOffice) startWork(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	worked := make(chan error, 1)
	go func() { worked <- o.work(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-worked; err != nil {
			t.Error(err)
		}
	})
}

// at tells when the flow comes to a point, and holds it there.
type at struct {
	textReader
	read, extract   bool
	reached, onward chan struct{}
	held            atomic.Bool
}

func (r *at) hold() {
	if r.held.CompareAndSwap(false, true) {
		close(r.reached)
		<-r.onward
	}
}

func (r *at) Read(ctx context.Context, path string, image dossier.TakenImage) ([]dossier.Reading, error) {
	if r.read {
		r.hold()
	}
	return r.textReader.Read(ctx, path, image)
}

func (r *at) Extract(ctx context.Context, path string, index int, cut *dossier.Cut) (dossier.ImageStream, func(), error) {
	if r.extract {
		r.hold()
	}
	return r.textReader.Extract(ctx, path, index, cut)
}

// TestTheBucketFailsDuringWork: the store goes away, refuses or is slow while
// pages are read and while dossiers are published. The pages wait, the intake
// page says so, and when the store is back everything is delivered, once.
func TestTheBucketFailsDuringWork(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]int32{"gone": doorCut, "refuses": doorRefuses, "slow": doorSlow} {
		for _, when := range []string{"reading", "publishing"} {
			t.Run(name+" while "+when, func(t *testing.T) { failsDuringWork(t, how, when) })
		}
	}
}

func failsDuringWork(t *testing.T, how int32, when string) {
	t.Helper()
	o := newBucketOffice(t)
	reader := &at{read: when == "reading", extract: when == "publishing", reached: make(chan struct{}), onward: make(chan struct{})}
	o.flow = o.archive.flow(reader)
	batch := claimTexts(t, o.flow, separator(t, someCode, 0), paper(birth, "An"), paper(marriage, "Ba"), "LOST")
	o.startWork(t)
	<-reader.reached
	o.door.shut(t, how)
	close(reader.onward)
	if how != doorSlow {
		waitFor(t, "a step that fails", func() bool { reason, _ := o.delayed(); return reason == dossier.ReasonStoreOffline })
		for _, words := range []string{"Trang vẫn được giữ", dossier.ReasonStoreOffline.Text("vi")} {
			if page := o.page(t); !strings.Contains(page, words) {
				t.Errorf("the intake page does not say %q", words)
			}
		}
		probing, stop := context.WithTimeout(t.Context(), probeTime)
		defer stop()
		if o.probeStore(probing) == nil {
			t.Error("ready although the store gives nothing")
		}
	}
	if done, err := o.archive.catalog.BatchDone(t.Context(), batch.ID); err != nil || how != doorSlow && done {
		t.Errorf("done without the store: %v, %v", done, err)
	}
	if how != doorSlow {
		o.door.behaves.Store(doorOpen)
	}
	waitFor(t, "delivery", func() bool {
		done, err := o.archive.catalog.BatchDone(t.Context(), batch.ID)
		return err == nil && done
	})
	o.door.behaves.Store(doorOpen)
	o.wantOnce(t)
}

// wantOnce looks for two papers in one dossier, a page that waits, an intact
// archive, and no word of trouble.
func (o *bucketOffice) wantOnce(t *testing.T) {
	t.Helper()
	m, err := o.archive.catalog.Dossier(t.Context(), dossier.Whole(o.archive.unit().ID), someCode)
	if err != nil || len(m.Dossier.Components) != 2 || m.Dossier.Version != 1 {
		t.Errorf("the dossier: %+v, %v", m.Dossier, err)
	}
	verdict, err := o.archive.flow(nil).Verify(t.Context(), o.archive.catalog, func(int, int) {})
	if err != nil || len(verdict.Findings) != 0 {
		t.Errorf("verify: %+v, %v", verdict.Findings, err)
	}
	if want := (dossier.Account{Images: 4, Placed: 2, Separator: 1, Parked: 1}); verdict.Account != want {
		t.Errorf("account %+v, want %+v", verdict.Account, want)
	}
	waitFor(t, "the end of trouble", func() bool { reason, _ := o.delayed(); return reason == "" })
	if strings.Contains(o.page(t), dossier.ReasonStoreOffline.Text("vi")) {
		t.Error("the page still speaks of trouble")
	}
}
