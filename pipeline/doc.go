// Package pipeline is the whole flow, from the bytes of a scan to a published
// dossier: claim, open, read, split, publish.
//
// Start at pipeline.go, which reads like the picture in docs/DESIGN.md. Each
// step is one file: claim.go, page.go, place.go, publish.go; rebuild.go does
// the way back, from objects alone. The decisions (which paper is this, where
// does a dossier begin) are pure functions on values in the packages classify,
// split and extract; the PDF is written by pdfa; jobs runs the steps.
//
// Promises: a step looks at the catalogue's state before it acts, so running it
// twice has one effect; an object is durable before anything refers to it;
// every image of a batch ends in exactly one class of its account; an image the
// worker gives up costs that image only.
package pipeline
