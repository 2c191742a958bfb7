// Package cms writes and reads the signature container of PAdES: CMS
// SignedData (RFC 5652) with detached content.
//
// Start at [Attributes] and [Encode], which make exactly what EN 319 142-1
// wants of a baseline B-B signature and nothing else, and at [Parse] and
// [Signer.Check], which read and judge what others made.
//
// What it writes is a function of its input. What it reads is bounded by the
// length of the input and by the nesting of CMS itself; it never panics.
package cms
