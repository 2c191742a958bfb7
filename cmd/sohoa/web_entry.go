package main

import (
	"context"

	"sohoa/dossier"
)

// EntryCounts counts the fields that two people key.
func (w webArchive) EntryCounts(ctx context.Context, scope dossier.Scope, by dossier.Actor) (dossier.EntryCounts, error) {
	return w.archive.catalog.EntryCounts(ctx, scope, by)
}

// Entries lists the fields that somebody may key as one of two.
func (w webArchive) Entries(ctx context.Context, scope dossier.Scope, by dossier.Actor, offset, limit int) ([]dossier.Doubt, error) {
	return w.archive.catalog.Entries(ctx, scope, by, offset, limit)
}

// Disputes lists the fields that two others keyed differently.
func (w webArchive) Disputes(ctx context.Context, scope dossier.Scope, by dossier.Actor, offset, limit int) ([]dossier.Doubt, error) {
	return w.archive.catalog.Disputes(ctx, scope, by, offset, limit)
}

// Dispute gives what two others keyed for a field.
func (w webArchive) Dispute(ctx context.Context, by dossier.Actor, component dossier.ComponentID, field string) ([]string, error) {
	values, err := w.flow.Dispute(ctx, w.archive.ledger, by, component, field)
	return values, inWebWords(err)
}

// Enter takes what somebody keyed as one of two.
func (w webArchive) Enter(ctx context.Context, by dossier.Actor, id dossier.DossierID, said dossier.Keyed) (dossier.Entered, error) {
	entered, err := w.flow.Enter(ctx, w.archive.ledger, by, id, said)
	return entered, inWebWords(err)
}

// Settle takes what a third person says about a field that two keyed
// differently.
func (w webArchive) Settle(ctx context.Context, by dossier.Actor, id dossier.DossierID, said dossier.Keyed) error {
	return inWebWords(w.flow.Settle(ctx, w.archive.ledger, by, id, said))
}
