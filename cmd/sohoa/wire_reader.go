package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"sohoa/dossier"
	"sohoa/ocr"
	"sohoa/ocr/worker"
)

// startWorkers starts the page-worker processes of a command that says itself
// how long one page may take.
func (c *cli) startWorkers(place string, timeout time.Duration) (reader, error) {
	settings, err := c.config()
	if err != nil {
		return reader{}, err
	}
	settings.PageTimeout = timeout
	return startReader(place, settings)
}

// startReader starts the page-worker processes.
func startReader(scratch string, settings config) (reader, error) {
	self, err := os.Executable()
	if err != nil {
		return reader{}, fmt.Errorf("start page-workers: %w", err)
	}
	pool, err := worker.NewPool(worker.Config{
		Command: []string{self, "page-worker"}, Workers: settings.Workers, PageTimeout: settings.PageTimeout, Scratch: scratch,
		Profile: settings.reading(""), Nice: standBack,
	})
	return reader{pool, settings}, err
}

// standBack is how nice the daemon's page-workers are: the kernel gives a
// process at 0 about three times the share of one at 5 (sched(7)). At 10 and
// more they starve on a machine that is busy with other things.
const standBack = 5

// startPictures starts the processes that make pictures for the screen. They
// are apart from those that read, so that no thumbnail waits for recognition,
// and two, so that none waits for a thick PDF of somebody else. The daemon
// waits for its pictures no longer than a person does.
func startPictures(scratch string) (*worker.Pool, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start page-workers: %w", err)
	}
	return worker.NewPool(worker.Config{
		Command: []string{self, "page-worker"}, Workers: 2, PicturesOnly: true, PagesPerChild: 1000,
		PageTimeout: pictureTime, Scratch: scratch,
	})
}

// pictureTime is how long a processor may work on one picture.
const pictureTime = 5 * time.Second

// reader is the worker pool as the flow sees it.
type reader struct {
	pool *worker.Pool
	// settings say how the pages of each device are read.
	settings config
}

// Open counts the images of a file.
func (r reader) Open(ctx context.Context, path string) (int, error) {
	opened, err := r.pool.Open(ctx, path)
	return opened.Images, err
}

// Read reads one image, as the profile of its device says.
func (r reader) Read(ctx context.Context, path string, image dossier.TakenImage) ([]dossier.Reading, error) {
	profile := r.settings.reading(image.Device)
	return r.pool.Read(ctx, worker.Task{Path: path, File: image.File, Index: image.Index, Profile: &profile})
}

// ReadAs reads one image again whose pages lie as a person says.
func (r reader) ReadAs(ctx context.Context, path string, image dossier.TakenImage, ways []dossier.WayUp) ([]dossier.Reading, error) {
	profile := r.settings.reading(image.Device)
	return r.pool.Read(ctx, worker.Task{Path: path, File: image.File, Index: image.Index, Profile: &profile, Ways: ways})
}

// View draws one image as its reading turns it.
func (r reader) View(ctx context.Context, path string, index int, read dossier.Reading, width int) ([]byte, error) {
	return r.pool.Preview(ctx, path, index, ocr.View{ToInput: read.ToInput, Width: read.Width, Height: read.Height, Pixels: width})
}

// Extract gives the picture of one image or of one half of a spread.
func (r reader) Extract(ctx context.Context, path string, index int, cut *dossier.Cut) (dossier.ImageStream, func(), error) {
	return r.pool.Extract(ctx, path, index, cut)
}
