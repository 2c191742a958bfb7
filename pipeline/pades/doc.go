// Package pades signs our own PDF/A files as PAdES baseline B-B (EN 319 142-1)
// and judges the signatures of any PDF.
//
// Signing is a row of types, so that a wrong order can not be written:
//
//	[Prepare]       a file and a [Request]  →  [Prepared]: the update is laid out, its digest known
//	ToBeSigned      the signer's chain      →  [ToBeSigned]: the attributes and their digest, for a key anywhere
//	Sign, Complete  a key, or a signature   →  [Signed]: the container fits and verifies
//	WriteTo         a writer                →  the signed file
//
// [Check] is the gate before a signed file may be published, [Verify] the
// verifier for files from anywhere.
//
// What the package promises:
//
//   - The signed file begins with every byte of the unsigned one; the
//     signature is appended as an incremental update.
//   - The file stays PDF/A-2u, with a classic cross-reference table.
//   - Memory does not grow with the file: it is hashed and copied through small
//     buffers, and only the update (some 40 KB) is held.
//   - The same file, request and signature give the same bytes.
//   - A character the font of the visible block lacks is a refusal, never a
//     box.
//
// A B-B signature proves who signed which bytes, as far as the certificate is
// to be believed. It proves no time: the claimed time is the signer's word.
//
// Security: Verify is meant for hostile files. All its work is bounded, and
// what it can not judge it says it has not judged.
package pades
