package main

import (
	"context"

	"sohoa/pipeline"
)

// signEverything asks for every paper that waits, and works until each is
// signed or refused.
func signEverything(ctx context.Context, a *archive, flow *pipeline.Flow, shrink bool) (*signOutcome, error) {
	run, err := a.ask(ctx, flow, signAsk{Shrink: shrink})
	if err != nil {
		return nil, err
	}
	if err := a.workUntil(ctx, flow, func(ctx context.Context) (bool, error) {
		left, err := a.stillAsked(ctx, run)
		return left == 0, err
	}); err != nil {
		return nil, err
	}
	return a.signed(ctx, run)
}
