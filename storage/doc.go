// Package storage is the contract between sohoa and whatever keeps its objects:
// a folder on the machine's own disk ([sohoa/storage/local]) or any S3 service
// ([sohoa/storage/s3]). An object is a run of bytes under a key; it is written
// once and never changes.
//
// Start at [Store]. Three rules carry everything else:
//
//   - Durable means durable: when Put returns without error, the bytes and the
//     name survive a power cut at the next instant.
//   - Whole or absent: no reader ever sees part of an object, whatever failed
//     and whenever the machine stopped.
//   - Put-if-absent: a key that is taken keeps its bytes. Of several writers of
//     one key exactly one wins; the others get [ErrExists] and the object that
//     is there, equally durable. A step that runs twice has one effect.
//
// A digest in an [Object] is always a digest somebody computed over the very
// bytes during the very call, never one that was read from a name, a database
// or a server's header. So Put and PutHashed fill [Object.SHA256], and so does
// [Digest], which reads the whole object; Stat, Open and List leave it empty
// and stay cheap. Checking fixity is therefore one honest call to Digest.
//
// What every store promises is tested by the suite in
// [sohoa/storage/storagetest], run on a folder and on a real S3 server.
package storage
