// Package dossier is the vocabulary of sohoa: what a batch, a page, a
// component, a dossier and a manifest are, which states they go through, how
// they are named in the object store, and which procedures and kinds of paper
// exist. Every other package speaks in these words; this one imports only the
// standard library, so that it can be read on its own.
//
// Start at [Manifest]: it is what an archive keeps for ever. [Reading] is what
// the page front end saw on one page, [Account] is the promise that no sheet is
// lost, [Key] names objects, [Fault] is the closed list of what can go wrong
// and who has to act. The catalogue of kinds and procedures is data (tables/),
// loaded by [LoadCatalogue].
//
// Promises: values here never do I/O (the embedded tables apart), never log,
// never read a clock; every JSON form is stable and described by a schema in
// schema/.
package dossier
