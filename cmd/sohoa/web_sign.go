package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/signkey"
	"sohoa/storage"
	"sohoa/web"
)

// Ready tells who would sign now, or why nobody can.
func (w webArchive) Ready() web.SignReady {
	certificate, lines, err := w.flow.Signing.Ready(time.Now())
	ready := web.SignReady{Lines: lines}
	if certificate.SHA256 != "" {
		ready.Certificate = &certificate
	}
	if problem, ok := errors.AsType[*signkey.Problem](err); ok {
		ready.Problem = web.Sentence{Vi: problem.Text("vi"), En: problem.Text("en")}
	}
	return ready
}

// Sign asks for papers to be signed.
func (w webArchive) Sign(ctx context.Context, actor dossier.Actor, papers []dossier.Unsigned, shrink bool) (int, error) {
	run, err := asking{w.flow, w.archive.ledger, actor}.askFor(ctx, papers, shrink)
	return len(run.asked), err
}

// Signature judges a paper's signature.
func (w webArchive) Signature(ctx context.Context, c dossier.Component) (web.Signature, error) {
	path, release, err := w.archive.objects.Path(ctx, c.PDF)
	if errors.Is(err, storage.ErrNotFound) {
		return web.Signature{}, fmt.Errorf("%w: %w", web.ErrNotFound, err)
	}
	if err != nil {
		return web.Signature{}, err
	}
	defer release()
	judge := judgeFile
	if c.State == dossier.ComponentFiled { // from anywhere
		judge = judgeApart
	}
	judged, err := judge(ctx, path)
	if err != nil {
		return web.Signature{}, err
	}
	return judged.forWeb(), nil
}
