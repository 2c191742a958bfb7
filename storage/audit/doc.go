// Package audit is the log of every change and every view of a record, which
// proves itself.
//
// Start at [Append], which writes an event into the transaction of the change
// it tells of, and [Log.Viewed], which does the same for who only looks. Such
// rows wait in audit_pending. [Log.Number] is the one sequencer: it gives them
// numbers from 0 on, makes a [Leaf] of each, and chains the leaves into the
// Merkle tree of RFC 6962 in the form of golang.org/x/mod/sumdb/tlog.
// [Log.Sign] signs the head of that tree, [Log.Export] writes leaves, hashes
// and signed heads (checkpoints) as objects, and [Verify] checks all of it
// again, by code of its own.
//
// Promises: a change and its event commit together or not at all. A leaf that
// is under a checkpoint somebody holds cannot be edited, removed, moved or
// added to without [Verify] naming it. Whatever step is cut off is repeated
// with the same bytes. A leaf holds ids, a time and a keyed digest of the
// event's payload; the payload itself lies apart and can be erased.
//
// What it can't do: whoever holds the archive's key and the machine can write
// another log, up to the last checkpoint that has left the machine.
package audit
