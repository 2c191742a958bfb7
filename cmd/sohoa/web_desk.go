package main

import (
	"context"
	"errors"
	"fmt"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/web"
)

// What people do on the table of pages of a dossier.

// Arrange carries out a decision about the pages of papers.
func (w webArchive) Arrange(ctx context.Context, actor dossier.Actor, id dossier.DossierID, said []dossier.Arranged) error {
	return inWebWords(w.flow.Arrange(ctx, w.archive.ledger, actor, id, said))
}

// Turn carries out that a page stands another way.
func (w webArchive) Turn(ctx context.Context, actor dossier.Actor, id dossier.DossierID, said dossier.Turned) error {
	return inWebWords(w.flow.Turn(ctx, w.archive.ledger, actor, id, said))
}

// Transfer takes pages of papers into another dossier.
func (w webArchive) Transfer(ctx context.Context, actor dossier.Actor, id dossier.DossierID, said dossier.Transfer) error {
	err := w.flow.Transfer(ctx, w.archive.ledger, actor, id, said)
	if errors.Is(err, pipeline.ErrNoSuchDossier) {
		return fmt.Errorf("%w: %w", web.ErrNoSuchCode, err)
	}
	return inWebWords(err)
}

// Undo takes the last decision about a dossier back.
func (w webArchive) Undo(ctx context.Context, actor dossier.Actor, id dossier.DossierID, saw int) error {
	return inWebWords(w.flow.Undo(ctx, w.archive.ledger, actor, id, saw))
}
