package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"sohoa/dossier"
	"sohoa/ocr"
	"sohoa/ocr/text"
	"sohoa/ocr/worker"
	"sohoa/pipeline/classify"
	"sohoa/pipeline/extract"
	"sohoa/pipeline/pdfa"
)

// ocrCmd reads pages without an archive.
type ocrCmd struct {
	Files       []string      `arg:"" name:"file" help:"JPEG, PNG, TIFF or PDF files, or folders of them."`
	Format      string        `enum:"text,json,hocr,alto,pdf" default:"text" help:"text, json, hocr, alto or pdf."`
	Out         string        `short:"o" help:"Folder to write to; without it text and JSON go to standard output." placeholder:"DIR"`
	Device      string        `help:"Read as the profile of this device in sohoa.yaml says." placeholder:"NAME"`
	Timings     bool          `help:"Print what each step cost, page by page, to standard error."`
	PageTimeout time.Duration `help:"Processor time for one page; ten times as long by the clock." default:"60s"`
}

// Help says how files are named.
func (ocrCmd) Help() string {
	return `Reads pages: upright, deskewed, recognized. Nothing is kept. With -o one file a
page is written, named after the input: <base>[-NNN][-pN].<ext>, NNN being the
page of a multi-page file and pN the half of a spread.

With --device, pages are read by the profile that the settings of the
archive in --data have for it.

  sohoa ocr scan.jpg
  sohoa ocr --format json -o out scans/`
}

// extension of the files of each format.
func (o ocrCmd) extension() string {
	return map[string]string{"text": "txt", "json": "json", "hocr": "hocr", "alto": "xml", "pdf": "pdf"}[o.Format]
}

// Run reads the files, several at a time, and writes in their order.
func (o ocrCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	if c.JSON {
		o.Format = "json"
	}
	if o.Out == "" && o.Format != "text" && o.Format != "json" {
		return usage("Name a folder with -o.", "--format %s needs a folder to write to", o.Format)
	}
	files, err := inputs(o.Files, "")
	if err != nil {
		return err
	}
	if err := o.checkDevice(c); err != nil {
		return err
	}
	if err := c.requireParts(ctx); err != nil {
		return err
	}
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "sohoa-ocr-")
	if err != nil {
		return fmt.Errorf("make scratch folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	pages, err := c.startWorkers(scratch, o.PageTimeout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pages.pool.Close()) }()
	r := reading{ocrCmd: o, pool: pages.pool, profile: pages.settings.reading(o.Device), kinds: kinds, con: con}
	return r.all(ctx, files)
}

// checkDevice refuses a device without a profile: its name is mistyped.
func (o ocrCmd) checkDevice(c *cli) error {
	if o.Device == "" {
		return nil
	}
	settings, err := c.config()
	if err != nil {
		return err
	}
	if _, ok := settings.Profiles[o.Device]; !ok {
		return usage("Profiles stand in "+layout{root: c.Data}.config()+".", "there is no profile of the device %q", o.Device)
	}
	return nil
}

// reading is one run of the ocr command.
type reading struct {
	ocrCmd
	pool    *worker.Pool
	profile ocr.Profile
	kinds   *dossier.Catalogue
	con     console
}

// image is one image to read and what came of it.
type image struct {
	input
	index, of int
	readings  []dossier.Reading
	stages    []ocr.Stage
	// fault is why the input could not be read; it is told and the rest goes on.
	fault error
	done  chan struct{}
}

// all reads several images at a time and writes them in their order.
func (r reading) all(ctx context.Context, files []input) error {
	images, err := r.open(ctx, files)
	if err != nil {
		return err
	}
	if r.Out != "" {
		if err := os.MkdirAll(r.Out, 0o750); err != nil {
			return fmt.Errorf("make output folder: %w", err)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return r.readAll(ctx, images) })
	failed := false
	group.Go(func() error {
		failed, err = r.writeAll(ctx, images)
		return err
	})
	if err := group.Wait(); err != nil {
		return err
	}
	if failed {
		return errParked
	}
	return nil
}

// readAll reads as many images at once as there are cores.
func (r reading) readAll(ctx context.Context, images []image) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.NumCPU())
	for i := range images {
		group.Go(func() error {
			defer close(images[i].done)
			return r.read(ctx, &images[i])
		})
	}
	return group.Wait()
}

// writeAll writes each image once it is read.
func (r reading) writeAll(ctx context.Context, images []image) (failed bool, err error) {
	for i := range images {
		select {
		case <-images[i].done:
		case <-ctx.Done():
			return failed, ctx.Err()
		}
		if err := ctx.Err(); err != nil {
			return failed, err
		}
		ok, err := r.write(ctx, &images[i])
		if err != nil {
			return failed, err
		}
		failed = failed || !ok
	}
	return failed, nil
}

// open counts the images of every file and fixes the names of all outputs: two
// inputs that would write one name are refused before any work.
func (r reading) open(ctx context.Context, files []input) ([]image, error) {
	var images []image
	owner := make(map[string]string)
	for _, file := range files {
		opened, err := r.pool.Open(ctx, file.path)
		if err != nil && !forPeople(err) {
			return nil, err
		}
		if err != nil {
			images = append(images, image{input: file, index: 1, of: 1, fault: err, done: make(chan struct{})})
			continue
		}
		for index := 1; index <= opened.Images; index++ {
			next := image{input: file, index: index, of: opened.Images, done: make(chan struct{})}
			name := r.name(next, 1, 1)
			if other, taken := owner[name]; taken && r.Out != "" {
				return nil, usage("Read them in two runs with different -o folders.", "%s and %s would both write %s", other, file.path, name)
			}
			owner[name] = file.path
			images = append(images, next)
		}
	}
	return images, nil
}

// forPeople tells whether an error is the input's own fault.
func forPeople(err error) bool {
	if err == nil {
		return false
	}
	kind := dossier.KindOf(err)
	return kind == dossier.Park || kind == dossier.Reject
}

// name of the file for one part of an image.
func (r reading) name(i image, part, parts int) string {
	base := filepath.Base(i.name)
	base = strings.TrimSuffix(base, filepath.Ext(base))
	if i.of > 1 {
		base += fmt.Sprintf("-%03d", i.index)
	}
	if parts > 1 {
		base += fmt.Sprintf("-p%d", part)
	}
	return base + "." + r.extension()
}

func (r reading) read(ctx context.Context, i *image) error {
	if i.fault != nil {
		return nil //nolint:nilerr // the page's own fault, told in its turn
	}
	i.readings, i.stages, i.fault = r.pool.ReadTimed(ctx, worker.Task{Path: i.path, File: i.name, Index: i.index, Profile: &r.profile})
	if i.fault != nil && !forPeople(i.fault) {
		return i.fault
	}
	for n := range i.readings {
		page := &i.readings[n]
		guess := classify.Classify(r.kinds, *page)
		page.Kind, page.KindConfidence = guess.Kind, guess.Confidence
		if kind, ok := r.kinds.Kind(guess.Kind); ok {
			page.Fields = extract.Fields(kind, []dossier.Reading{*page}, []dossier.PageID{""})
		}
	}
	return nil
}

// write writes what came of one image; ok is false when it could not be read.
func (r reading) write(ctx context.Context, i *image) (ok bool, err error) {
	if i.fault != nil {
		w := newWaiting(i.name, i.index, dossier.ReasonOf(i.fault))
		_, err := fmt.Fprintf(r.con.err, "%s: %s [%s]\n  %s\n", describe(w.File, w.Page), w.Text, w.Reason, w.TextEn)
		return false, err
	}
	for n, page := range i.readings {
		body, err := r.timedRender(ctx, i, page)
		if err != nil {
			return false, err
		}
		if r.Out == "" {
			_, err = r.con.out.Write(body)
		} else {
			err = os.WriteFile(filepath.Join(r.Out, r.name(*i, n+1, len(i.readings))), body, 0o640)
		}
		if err != nil {
			return false, fmt.Errorf("write page: %w", err)
		}
	}
	if r.Timings {
		return true, printStages(r.con.err, *i)
	}
	return true, nil
}

// timedRender renders a page and books what it took of this process as a stage
// of its own; the CPU time of a process that reads beside is not to be told
// apart, so that only the time on the wall is given.
func (r reading) timedRender(ctx context.Context, i *image, page dossier.Reading) ([]byte, error) {
	begun := time.Now()
	body, err := r.render(ctx, *i, page)
	i.stages = append(i.stages, ocr.Stage{Name: "encode", Wall: time.Since(begun)})
	return body, err
}

// render gives one page in the format asked for.
func (r reading) render(ctx context.Context, i image, page dossier.Reading) ([]byte, error) {
	var b strings.Builder
	var err error
	switch r.Format {
	case "json":
		err = printJSON(&b, page)
	case "hocr":
		err = text.HOCR(&b, []dossier.Reading{page})
	case "alto":
		err = text.ALTO(&b, []dossier.Reading{page})
	case "pdf":
		err = r.pdf(ctx, &b, i, page)
	default:
		b.WriteString(page.Text)
	}
	return []byte(b.String()), err
}

func (r reading) pdf(ctx context.Context, b *strings.Builder, i image, page dossier.Reading) error {
	stream, release, err := r.pool.Extract(ctx, i.path, i.index, page.Cut)
	if err != nil {
		return err
	}
	defer release()
	meta := pdfa.Meta{Title: filepath.Base(i.name), Lang: "vi-VN", Created: time.Now()}
	_, err = pdfa.Write(ctx, b, meta, []pdfa.Page{{Image: stream, Reading: page}})
	return err
}
