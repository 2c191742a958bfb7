// Package web serves the pages that clerks, archivists and auditors work with,
// and a small JSON API beside them.
//
// Start at [New]: it takes a [Config] of small interfaces and gives an
// http.Handler. Everything is rendered on the server from html/template and is
// readable without script; htmx and its event-stream extension, both embedded,
// make the intake page live. Nothing is fetched from the internet.
//
// Where to look:
//
//	routes.go   every route, with the permission it will need
//	intake.go dossiers.go viewer.go review.go search.go   one page each
//	words.csv   every word on the screen, Vietnamese and English
//	assets/app.css   the look; its tokens stand at the top
//
// # Promises
//
//   - Text of scanned pages, file names and fields are hostile input: they are
//     escaped by html/template everywhere, and the content security policy
//     allows no inline script or style.
//   - No address holds personal data but the words of a search, and no log line
//     holds an address: lines carry the pattern of the route.
//   - A request that changes something must come from a page of this server
//     (http.CrossOriginProtection), and every request must name a host that is
//     this machine, so that no other site can reach the pages through a
//     browser.
//   - What changes in the archive is sent as "something changed"; the page asks
//     again and the catalogue answers. A lost event costs time, never truth.
package web
