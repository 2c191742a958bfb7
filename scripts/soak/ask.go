package main

import (
	"context"
	"encoding/json"
	"regexp"
	"sync"
	"time"
)

// clerks is how many people look at pages at the same time.
const clerks = 2

// pace is how long a clerk looks at a page before asking for the next.
const pace = 200 * time.Millisecond

// askAll has clerks ask for pages until ctx ends.
func askAll(ctx context.Context, s *server, log *log, sightings *sightings) {
	var all sync.WaitGroup
	for range clerks {
		all.Go(func() {
			for ctx.Err() == nil {
				round(ctx, s, log)
			}
		})
	}
	all.Go(func() { lookForPictures(ctx, s, log, sightings) })
	all.Wait()
}

// round is what a clerk does, over and over.
func round(ctx context.Context, s *server, log *log) {
	for _, path := range append([]string{
		"/intake", "/intake/live", "/dossiers", "/search?q=khai+sinh", "/search?q=%C4%91%C4%83ng+k%C3%BD+k%E1%BA%BFt+h%C3%B4n",
		"/review", "/api/status", "/api/parked", "/api/search?q=dat+dai",
	}, someDossier(ctx, s)...) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pace):
		}
		log.ask(ctx, s, path)
	}
}

// someDossier is the pages of a dossier that search finds now.
func someDossier(ctx context.Context, s *server) []string {
	body, err := s.get(ctx, "/api/search?q=don")
	var found struct{ Hits []struct{ Dossier string } }
	if err != nil || json.Unmarshal(body, &found) != nil || len(found.Hits) == 0 {
		return nil
	}
	id := found.Hits[0].Dossier
	return []string{"/dossiers/" + id, "/dossiers/" + id + "?tab=text", "/api/dossiers/" + id}
}

// thumbnail finds the pictures of the strip and the names below them.
var thumbnail = regexp.MustCompile(`(?s)<img id="[^"]*" hx-preserve src="([^"]+)".*?<span class="file">([^< ]+)`)

// lookForPictures looks at the strip as it changes and fetches the pictures of
// sheets that somebody waits for.
func lookForPictures(ctx context.Context, s *server, log *log, sightings *sightings) {
	for ctx.Err() == nil {
		body, err := s.get(ctx, "/intake/live")
		if err != nil {
			continue // counted where clerks ask for the same
		}
		for _, found := range thumbnail.FindAllSubmatch(body, -1) {
			src, name := string(found[1]), string(found[2])
			if sightings.awaited(name) && log.askPicture(ctx, s, src) {
				sightings.seen(name)
			}
		}
		log.pictures(sightings)
		select {
		case <-ctx.Done():
		case <-time.After(pace):
		}
	}
}
