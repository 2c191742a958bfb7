package main

import "sohoa/dossier"

// feeding is what goes in as one batch.
type feeding struct {
	files []input
	// backs is there when all fronts come first and then all backs.
	backs *dossier.Backs
}

// frontsAndBacks makes a feeding of two paths: all fronts, then all backs.
func frontsAndBacks(paths []string, archive string, order dossier.BacksOrder) (feeding, error) {
	if len(paths) != 2 {
		return feeding{}, usage("Name the fronts and then the backs: each a file, or a folder.", "--backs wants two paths, not %d", len(paths))
	}
	fronts, err := inputs(paths[:1], archive)
	if err != nil {
		return feeding{}, err
	}
	backs, err := inputs(paths[1:], archive)
	if err != nil {
		return feeding{}, err
	}
	return feeding{files: append(fronts, backs...), backs: &dossier.Backs{From: len(fronts) + 1, Order: order}}, nil
}

// deviceBacks says of a batch of a device whose sheets go through twice that it
// is one: two files, fronts and backs. Of any other number of files nobody knows
// which are which, and the batch is held.
func (c config) deviceBacks(device string, files int) *dossier.Backs {
	order := c.Profiles[device].Backs
	if order == "" {
		return nil
	}
	backs := &dossier.Backs{Order: order}
	if files == 2 {
		backs.From = 2
	}
	return backs
}
