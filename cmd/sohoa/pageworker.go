package main

import (
	"context"

	"sohoa/ocr/worker"
)

// pageWorkerCmd is the child process that reads foreign bytes. It is started by
// the pool, never by people.
type pageWorkerCmd struct{}

// Run serves requests from the parent until it closes the pipe. The pipes are
// the descriptors after the standard ones: C libraries print where they like.
func (pageWorkerCmd) Run(ctx context.Context) error {
	return worker.ServeInherited(ctx)
}
