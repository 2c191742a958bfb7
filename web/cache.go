package web

import (
	"container/list"
	"context"
	"errors"
	"sync"

	"sohoa/dossier"
)

// pictureCacheBytes bounds the pictures kept in memory: some thousand
// thumbnails. Making one costs a worker a tenth of a second and more; several
// people look at the same pages.
const pictureCacheBytes = 32 << 20

// pictureCache keeps the pictures used last, and lets requests for the same
// picture wait for one making of it. It is safe for concurrent use.
type pictureCache struct {
	mu      sync.Mutex
	room    int
	recent  *list.List // of keys, the last used in front
	entries map[string]*list.Element
	jpegs   map[string][]byte
	making  map[string]*making
}

// making is a picture on its way; done is closed when it is there.
type making struct {
	done chan struct{}
	jpeg []byte
	err  error
}

func newPictureCache(room int) *pictureCache {
	return &pictureCache{
		room: room, recent: list.New(), entries: map[string]*list.Element{}, jpegs: map[string][]byte{}, making: map[string]*making{},
	}
}

// get gives the picture of a key, drawn by draw when nobody has it. A caller
// whose context ends stops waiting; when that caller was the one drawing, one of
// the others draws again.
func (c *pictureCache) get(ctx context.Context, key string, draw func(context.Context) ([]byte, error)) ([]byte, error) {
	c.mu.Lock()
	if jpeg, ok := c.jpegs[key]; ok {
		c.recent.MoveToFront(c.entries[key])
		c.mu.Unlock()
		return jpeg, nil
	}
	if m, ok := c.making[key]; ok {
		c.mu.Unlock()
		select {
		case <-m.done:
			if errors.Is(m.err, context.Canceled) {
				return c.get(ctx, key, draw) // the one who drew has gone, we have not
			}
			return m.jpeg, m.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	m := &making{done: make(chan struct{})}
	c.making[key] = m
	c.mu.Unlock()

	m.jpeg, m.err = draw(ctx)
	c.mu.Lock()
	delete(c.making, key)
	if m.err == nil {
		c.keep(key, m.jpeg)
	}
	c.mu.Unlock()
	close(m.done)
	return m.jpeg, m.err
}

// keep adds a picture and drops those used longest ago. The caller holds mu.
func (c *pictureCache) keep(key string, jpeg []byte) {
	c.entries[key], c.jpegs[key] = c.recent.PushFront(key), jpeg
	c.room -= len(jpeg)
	for c.room < 0 && c.recent.Len() > 1 {
		last, ok := c.recent.Remove(c.recent.Back()).(string)
		if !ok {
			return
		}
		c.room += len(c.jpegs[last])
		delete(c.entries, last)
		delete(c.jpegs, last)
	}
}

// look is what a list says about a read page: the rest of a reading is big.
type look struct {
	Flags  []dossier.Flag
	Blank  bool
	Width  int
	Height int
}

// readingCacheSize bounds the looks kept: more than any screen shows.
const readingCacheSize = 4096

// readingCache remembers the looks of readings, which never change. It is safe
// for concurrent use.
type readingCache struct {
	objects Objects
	mu      sync.Mutex
	looks   map[string]look
}

func newReadingCache(objects Objects) *readingCache {
	return &readingCache{objects: objects, looks: map[string]look{}}
}

// look gives what a list says about the page; ok is false for a page that is
// not read or could not be.
func (c *readingCache) look(ctx context.Context, a dossier.Arrival) (l look, ok bool, err error) {
	if a.Reading == 0 || a.Page == "" {
		return look{}, false, nil
	}
	key := pictureKey(a.Page, a.Reading, 0)
	c.mu.Lock()
	l, ok = c.looks[key]
	c.mu.Unlock()
	if ok {
		return l, true, nil
	}
	reading, err := c.objects.Reading(ctx, a.Page, a.Reading)
	if err != nil {
		return look{}, false, err
	}
	l = look{Flags: reading.Flags, Blank: reading.Blank, Width: reading.Width, Height: reading.Height}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.looks) >= readingCacheSize {
		clear(c.looks)
	}
	c.looks[key] = l
	return l, true, nil
}
