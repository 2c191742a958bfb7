package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"sohoa/dossier"
)

// The widths pictures are made in, in pixels. The list is closed: free sizes
// would let anybody fill the cache and keep the workers busy.
const (
	widthThumb = 160  // in lists
	widthStrip = 240  // arriving pages
	widthPage  = 1000 // the page a person looks at
	widthZoom  = 2000 // the same, enlarged
	widthCut   = 1040 // the region of a field, as wide as its column on a sharp screen
)

func knownWidth(width int) bool {
	return slices.Contains([]int{widthThumb, widthStrip, widthPage, widthZoom}, width)
}

func pictureKey(page dossier.PageID, reading, width int) string {
	return fmt.Sprintf("%s/%d/%d", page, reading, width)
}

// pictureURL is where a page's picture is. The version of the reading is part
// of it, because the reading decides how the page is turned.
func pictureURL(page dossier.PageID, reading, width int) string {
	return "/pictures/" + pictureKey(page, reading, width)
}

// picture serves a page's picture. What is named by page, reading and width
// never changes, so a browser may keep it; it asks each time whether it may still
// show it, for the next one at the same PC may be somebody else. Before the page
// is read there is only a first look, which must be asked for again.
func (s *site) picture(w http.ResponseWriter, r *http.Request) error {
	page := dossier.PageID(r.PathValue("page"))
	reading, err := strconv.Atoi(r.PathValue("reading"))
	width, errWidth := strconv.Atoi(r.PathValue("width"))
	if _, _, errPage := page.Split(); err != nil || errWidth != nil || errPage != nil || reading < 0 || !knownWidth(width) {
		return ErrNotFound
	}
	of, err := s.Pictures.Visible(r.Context(), scopeOf(r.Context()), page)
	if err != nil {
		return err
	}
	if s.hidden(r.Context(), of, width) {
		return ErrNotFound
	}
	if width > widthThumb && of.Kind != "" && !s.mayLook(r.Context(), of.Dossier, of.Kind) {
		return errReason
	}
	if err := s.viewedPicture(r, page, width); err != nil {
		return err
	}
	key := pictureKey(page, reading, width)
	if reading > 0 {
		w.Header().Set("Cache-Control", "private, no-cache")
		w.Header().Set("ETag", strconv.Quote(key))
		if r.Header.Get("If-None-Match") == strconv.Quote(key) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	jpeg, err := s.pictures.get(r.Context(), key, func(ctx context.Context) ([]byte, error) {
		return s.Pictures.Picture(ctx, page, reading, width)
	})
	return sendPicture(w, r, jpeg, err)
}

// viewedPicture records a look at a picture. A page that can be read is a view
// of that page; a thumbnail is one of the batch it came with, for nobody looks
// at one of hundreds alone.
func (s *site) viewedPicture(r *http.Request, page dossier.PageID, width int) error {
	if width != widthThumb && width != widthStrip {
		return s.viewed(r, viewOfPage(page))
	}
	batch, err := s.Pictures.BatchOf(r.Context(), page)
	if err != nil {
		return err
	}
	return s.viewed(r, viewOfBatch(batch))
}

// incoming serves the first look at a file that is not taken in yet.
func (s *site) incoming(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	width, errWidth := strconv.Atoi(r.PathValue("width"))
	if err != nil || errWidth != nil || !knownWidth(width) {
		return ErrNotFound
	}
	if !s.seesInbox(r.Context()) {
		return ErrNotFound
	}
	batch := dossier.BatchID(r.PathValue("batch"))
	if err := s.viewed(r, viewOfBatch(batch)); err != nil {
		return err
	}
	key := fmt.Sprintf("incoming/%s/%d/%d", batch, n, width)
	w.Header().Set("Cache-Control", "private, max-age=600")
	jpeg, err := s.pictures.get(r.Context(), key, func(ctx context.Context) ([]byte, error) {
		return s.Pictures.Incoming(ctx, batch, n, width)
	})
	return sendPicture(w, r, jpeg, err)
}

func sendPicture(w http.ResponseWriter, r *http.Request, jpeg []byte, err error) error {
	if err != nil {
		return uncached(w, err)
	}
	w.Header().Set("Content-Type", "image/jpeg")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(jpeg))
	return nil
}

// uncached keeps a browser from remembering a failure.
func uncached(w http.ResponseWriter, err error) error {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Del("ETag")
	return err
}
