package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
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
	var last reply
	switch {
	case request.Ready:
		last.Ready = d.conditions(listening)
	case request.Sign != nil:
		last.Signed, err = d.signFor(listening, *request.Sign, send)
	case request.Settle != nil:
		last.Settled, err = d.settleFor(listening, *request.Settle, send)
	default:
		last.Outcome, err = d.processFor(listening, request, send)
	}
	if err != nil {
		d.log.WarnContext(ctx, "handed-over work not finished", cause(err))
		send(reply{Failure: newFailure(err)})
		return
	}
	send(last)
}

// signFor asks for a client's papers to be signed and waits until they are.
func (d *daemon) signFor(ctx context.Context, ask signAsk, send func(reply)) (*signOutcome, error) {
	run, err := d.archive.ask(ctx, d.flow, ask)
	if err != nil {
		return nil, err
	}
	d.log.InfoContext(ctx, "signatures asked for", slog.Int("papers", len(run.asked)))
	send(reply{Asked: true})
	err = d.await(ctx, send, awaited{
		what: "the signatures are asked for",
		look: func(ctx context.Context) (reply, bool, error) {
			left, err := d.archive.stillAsked(ctx, run)
			return reply{Read: len(run.asked) - left, Images: len(run.asked)}, left == 0, err
		},
	})
	if err != nil {
		return nil, err
	}
	if err := d.sealAndList(ctx); err != nil {
		return nil, err
	}
	return d.archive.signed(ctx, run)
}

// settleFor closes a client's dossier, or opens it again, and waits until that is
// published.
func (d *daemon) settleFor(ctx context.Context, ask settleAsk, send func(reply)) (*settled, error) {
	result, err := d.archive.settle(ctx, d.flow, ask)
	if err != nil {
		return nil, err
	}
	err = d.await(ctx, send, awaited{
		what: "the decision is recorded",
		look: func(ctx context.Context) (reply, bool, error) {
			done, err := d.archive.published(ctx, result.Dossier)
			return reply{}, done, err
		},
	})
	if err != nil {
		return nil, err
	}
	return result, d.sealAndList(ctx)
}

// processFor takes a client's files in and waits until they are done.
func (d *daemon) processFor(ctx context.Context, request handover, send func(reply)) (*outcome, error) {
	files := make([]input, len(request.Files))
	for i, file := range request.Files {
		files[i] = input{name: file.Name, path: file.Path, filed: file.Filed}
	}
	batch, err := claim(ctx, d.flow, dossier.Local(d.archive.unit().ID), feeding{files: files, backs: request.Backs})
	if err != nil {
		return nil, err
	}
	d.metrics.taken(len(files))
	d.log.InfoContext(ctx, "batch taken in", batchTaken(batch.ID, len(files), "process")...)
	d.hub.publish(dossier.Event{Kind: dossier.EventBatch, Batch: batch.ID})
	send(reply{Batch: batch.ID})
	err = d.await(ctx, send, awaited{
		what: fmt.Sprintf("batch %s is taken in", batch.ID),
		look: func(ctx context.Context) (now reply, done bool, err error) {
			if done, err = d.archive.catalog.BatchDone(ctx, batch.ID); err != nil || done {
				return now, done, err
			}
			now.Read, now.Images, err = d.archive.catalog.Progress(ctx, batch.ID)
			return now, false, err
		},
	})
	if err != nil {
		return nil, err
	}
	if err := d.sealAndList(ctx); err != nil {
		return nil, err
	}
	result, err := d.archive.outcome(ctx, batch)
	return &result, err
}

// awaited is work that a client waits for: what stands already, in words, and
// how far the rest is.
type awaited struct {
	what string
	look func(ctx context.Context) (now reply, done bool, err error)
}

// await waits until the work is done, work stops altogether, or ctx ends.
func (d *daemon) await(ctx context.Context, send func(reply), work awaited) error {
	tick := time.NewTicker(pollBatch)
	defer tick.Stop()
	last := reply{}
	for {
		now, done, err := work.look(ctx)
		if err != nil || done {
			return err
		}
		if now.Read != last.Read || now.Images != last.Images {
			send(now)
			last = now
		}
		if stopped := d.trouble.Load(); stopped != nil {
			return &exitError{code: exitOther, err: fmt.Errorf("%s, but work has stopped: %w", work.what, stopped.err),
				hint: classifyExit(stopped.err).hint + "\nNothing is lost: serve tries again by itself."}
		}
		select {
		case <-ctx.Done():
			return &exitError{code: exitOther, err: fmt.Errorf("%s, but serve stops", work.what),
				hint: "Nothing is lost: work goes on when serve runs again.\nRun the same command again to see the outcome."}
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
