package main

import (
	"context"

	"sohoa/dossier"
	"sohoa/storage/search"
)

// noIndex stands where a test is not about searching.
type noIndex struct{}

func (noIndex) Put(context.Context, search.Tx, []search.Entry) error { return nil }

func (noIndex) DeleteComponent(context.Context, search.Tx, dossier.ComponentID) error { return nil }
