package main

import (
	"context"
	"errors"

	"sohoa/pipeline"
)

// alone gives a command the archive to work on in this process, which owns it
// meanwhile: opened, healed of what a killed process left, and with page-workers,
// which start when there is a page for them.
func (c *cli) alone(ctx context.Context, do func(*archive, *pipeline.Flow) error) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.lockForWork(ctx); err != nil {
		return err
	}
	settings, err := c.config()
	if err != nil {
		return err
	}
	pages, err := startReader(a.layout.scratch(), settings)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pages.pool.Close()) }()
	return do(a, a.flow(pages))
}
