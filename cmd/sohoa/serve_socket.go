package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"sohoa/dossier"
)

// answerClients serves the socket until ctx ends, and then waits for the
// clients, who are told that serve stops.
func (d *daemon) answerClients(ctx context.Context, listener net.Listener) error {
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() }) // ends Accept
	defer stop()
	var clients errgroup.Group
	clients.SetLimit(maxClients)
	for {
		conn, err := listener.Accept()
		if err != nil {
			_ = clients.Wait() // its functions return no errors
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("socket: %w", err)
		}
		clients.Go(func() error {
			d.answerClient(ctx, conn)
			return nil
		})
	}
}

// answerClient has one conversation. Its end, however it ends, is the
// client's to report; here it is one line.
func (d *daemon) answerClient(ctx context.Context, conn net.Conn) {
	defer func() { _ = conn.Close() }()
	answers := json.NewEncoder(conn)
	send := func(r reply) { _ = answers.Encode(r) } // a client that went away has ended ctx
	request, err := receiveHandover(conn)
	if err != nil {
		send(reply{Failure: newFailure(err)})
		return
	}
	listening, gone := context.WithCancel(ctx)
	defer gone()
	go func() { // ends when conn is closed
		_, _ = conn.Read(make([]byte, 1)) // clients say nothing more: this returns when they go
		gone()
	}()
	result, err := d.processFor(listening, request, send)
	if err != nil {
		d.log.WarnContext(ctx, "handed-over batch not finished", cause(err))
		send(reply{Failure: newFailure(err)})
		return
	}
	send(reply{Outcome: &result})
}

// processFor takes a client's files in and waits until they are done.
func (d *daemon) processFor(ctx context.Context, request handover, send func(reply)) (outcome, error) {
	files := make([]input, len(request.Files))
	for i, file := range request.Files {
		files[i] = input{name: file.Name, path: file.Path}
	}
	batch, err := claim(ctx, d.flow, d.archive.unit().ID, files)
	if err != nil {
		return outcome{}, err
	}
	d.metrics.taken(len(files))
	d.log.InfoContext(ctx, "batch taken in", batchTaken(batch.ID, len(files), "process")...)
	d.hub.publish(dossier.Event{Kind: dossier.EventBatch, Batch: batch.ID})
	send(reply{Batch: batch.ID})
	if err := d.awaitBatch(ctx, batch.ID, send); err != nil {
		return outcome{}, err
	}
	if err := d.sealAndList(ctx); err != nil {
		return outcome{}, err
	}
	return d.archive.outcome(ctx, batch)
}

// awaitBatch waits until the batch is done, work stops, or ctx ends.
func (d *daemon) awaitBatch(ctx context.Context, batch dossier.BatchID, send func(reply)) error {
	tick := time.NewTicker(pollBatch)
	defer tick.Stop()
	last := reply{}
	for {
		done, err := d.archive.catalog.BatchDone(ctx, batch)
		if err != nil || done {
			return err
		}
		now := reply{}
		if now.Read, now.Images, err = d.archive.catalog.Progress(ctx, batch); err != nil {
			return err
		}
		if now != last {
			send(now)
			last = now
		}
		if stopped := d.trouble.Load(); stopped != nil {
			return &exitError{code: exitOther, err: fmt.Errorf("batch %s is taken in, but work has stopped: %w", batch, stopped.err),
				hint: classifyExit(stopped.err).hint + "\nNothing is lost: serve tries again by itself."}
		}
		select {
		case <-ctx.Done():
			return &exitError{code: exitOther, err: fmt.Errorf("serve stops before batch %s is finished", batch),
				hint: "Nothing is lost: the files are taken in, and work on them goes on when serve runs again.\nRun the same command again to see the outcome."}
		case <-tick.C:
		}
	}
}

// listChecksums brings the lists of digests up to date, one caller at a time,
// so that no object stands in two lists.
func (d *daemon) listChecksums(ctx context.Context) error {
	select {
	case d.listing <- struct{}{}:
		defer func() { <-d.listing }()
		return d.flow.ListChecksums(ctx, d.archive.ledger)
	case <-ctx.Done():
		return errors.Join(errors.New("list checksums"), ctx.Err())
	}
}
