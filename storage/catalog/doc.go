// Package catalog is the catalogue: one database that knows where every batch,
// image, page, dossier and component stands, on SQLite or PostgreSQL.
//
// Start at [Open], then read the methods in the order of the flow: TakeIn,
// FileOpened, ImageRead, Plan, Publish. Each of them is one transaction that
// changes state, writes its audit row and enqueues the jobs the new state
// wants; either all of it is there afterwards or none.
//
// Promises: the catalogue's state is the truth for work, but it is not the
// archive: Rebuild restores it from objects alone. Calling a method twice with
// the same arguments has one effect. Every row carries its unit and every read
// asks for one.
package catalog
