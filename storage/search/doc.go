// Package search finds pages by their words. It is a derived index: everything
// in it comes from objects and the catalogue, is written in the catalogue's own
// transaction, and can be thrown away and made again.
//
// Start at [Index]. [SQLite] keeps it in FTS5, [Postgres] in tsvector columns.
// The engines only store and intersect words; what a word is, how Vietnamese is
// normalised and folded, and what a query means is decided here in Go, so that
// both answer alike (one test suite runs on both).
//
// What a query means:
//
//   - Words are joined by AND. "Words in quotes" stand next to each other, and
//     so do the parts of H38.12-250101-0001 or 12/03/1985. A star ends a
//     beginning: nguy*. Nothing else is syntax, and no query is an error.
//
//   - Without tones a query finds every spelling: "quyet dinh" finds "Quyết
//     định". With tones it finds the same pages, because scans lose tones, but
//     those with exactly these tones come first.
//
//   - Numbers are found however they were grouped: CH662153 is CH 662153, and
//     1/3/1985 is 01/03/1985 is "ngày 1 tháng 3 năm 1985".
//
//   - A word also finds what differs from it by one letter and is no Vietnamese
//     syllable ("tr4n" for "trần"): a misread word. It never finds another
//     valid syllable, since "lan" and "ban" are different people. Such pages
//     come last.
//
//   - Where the query has the name of a place, the names that the caller says it
//     had or has now are looked for, too ([Query.Others]). Such pages come last.
//
// The text, the values of the fields and the dossier's code are searched. A
// query never sees another unit's pages.
package search
