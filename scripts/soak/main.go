// Command soak runs sohoa for a while under more paper than it can read, asks
// its pages all the time as clerks do, and says how that went: whether memory
// stays flat, pages stay quick, the backlog is told and worked off, and every
// sheet is in the archive once. Run by `make soak`.
//
//	go run ./scripts/soak -sohoa bin/sohoa -generate bin/generate -for 20m
//
// The paper is drawn by the project's own generator. A drawn page is fed many
// times, each time with another comment in its JPEG file, so that it is another
// file for the archive and the same work for recognition. It is fed through the
// inbox, as by scanners at several counters: however many pages have been read,
// twice as many have been fed.
//
// It fails when a sheet is lost or double, when an account does not balance, or
// when the backlog is not worked off. What depends on the machine, speed and
// memory, is printed; -strict makes it fail, too.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// options are what the run can be told.
type options struct {
	sohoa, generate, data string
	feeding, draining     time.Duration
	strict                bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var o options
	flag.StringVar(&o.sohoa, "sohoa", "bin/sohoa", "the program")
	flag.StringVar(&o.generate, "generate", "bin/generate", "the generator of pages")
	flag.StringVar(&o.data, "data", "", "an empty `folder` for the archive; a temporary one when not given")
	flag.DurationVar(&o.feeding, "for", 20*time.Minute, "how long to feed")
	flag.DurationVar(&o.draining, "drain", time.Hour, "how long the rest may take afterwards")
	flag.BoolVar(&o.strict, "strict", false, "fail on slow pages and on growing memory, too")
	flag.Parse()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// run is the whole soak.
func run(ctx context.Context, o options) (err error) {
	if o.data == "" {
		if o.data, err = os.MkdirTemp("", "soak-"); err != nil {
			return err
		}
		defer os.RemoveAll(o.data)
	}
	paper, err := draw(ctx, o.generate, filepath.Join(o.data, "drawn"))
	if err != nil {
		return err
	}
	server, err := start(ctx, o.sohoa, filepath.Join(o.data, "archive"))
	if err != nil {
		return err
	}
	defer server.kill()
	log := newLog()
	fmt.Printf("%d drawn pages; feeding for %v at twice the speed of reading\n\n%s\n", len(paper.pages), o.feeding, header)
	fed, err := feedAndAsk(ctx, o, server, paper, log)
	if err != nil {
		return err
	}
	if err := server.stop(); err != nil {
		return fmt.Errorf("stop serve: %w", err)
	}
	log.print()
	return errors.Join(verify(ctx, o, fed), log.judge(o.strict))
}

// feedAndAsk feeds for the time that was asked for and then waits until
// everything is worked off, while clerks ask for pages. It returns how many
// sheets were fed.
func feedAndAsk(ctx context.Context, o options, s *server, p *paper, log *log) (fed int, err error) {
	asking, stop := context.WithCancel(ctx)
	defer stop()
	asked := make(chan struct{})
	sightings := newSightings()
	go func() {
		defer close(asked)
		askAll(asking, s, log, sightings)
	}()
	feeder := &feeder{inbox: filepath.Join(o.data, "archive", "inbox"), paper: p, sightings: sightings}
	feeding := time.NewTimer(o.feeding)
	defer feeding.Stop()
	late := time.NewTimer(o.feeding + o.draining)
	defer late.Stop()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for open := true; ; {
		select {
		case <-ctx.Done():
			return feeder.fed, ctx.Err()
		case <-feeding.C:
			open = false
			fmt.Println("          the last sheet is fed; the rest is worked off")
		case <-late.C:
			return feeder.fed, errors.New("the backlog was not worked off in time")
		case <-second.C:
		}
		state, err := s.look(ctx)
		if err != nil {
			return feeder.fed, err
		}
		log.sample(s, state, feeder.fed)
		if open {
			err = feeder.feed(state.read)
		} else if state.backlog() == 0 && state.taken == feeder.fed {
			stop()
			<-asked
			log.minute(s, state, feeder.fed)
			return feeder.fed, nil
		}
		if err != nil {
			return feeder.fed, err
		}
	}
}
