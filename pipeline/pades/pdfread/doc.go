// Package pdfread reads the structure of any PDF far enough to judge its
// signatures: cross-reference tables and streams, object streams, revisions.
//
// Start at [Open]. It is strict where programs differ in what they make of the
// same bytes (a key given twice, an object that is not where the table says):
// such a file is an error, never a guess, since a verdict on a signature is
// about what other programs show. It repairs nothing and writes nothing.
//
// Security: it holds against any bytes. Nesting, sizes of objects, what a
// stream unpacks to, the number of objects and all work done on one file are
// bounded; beyond a bound the answer is an error. It never panics.
package pdfread
