// Package signkey holds the keys that an archive signs with: the key of an
// office, from a PKCS#12 file, and the test key of a demo archive.
//
// Start at [Open] and [OpenTest]; [Once] makes a source of either that reads its
// file a single time. What cannot be used is a [Problem] with a sentence for the
// person who set it up.
//
// Promises: a password is tried once in the life of a [Source], for the tokens
// that come later lock after three wrong ones; no error and no sentence holds a
// password or a part of a key; an archive never gets the other sort of key
// ([Key.For]).
package signkey
