// Package scanner is the side of sohoa that paper comes in from: it turns what
// a scanner, a copier or a clerk puts down into settled, claimed batches of
// files, and knows nothing of what is printed on them.
//
// The folder watcher is package scanner/watch; start there. This package holds
// what every way in shares: [Compare], the order in which the files of a batch
// are the pages of a pile of paper.
package scanner
