// Package units keeps the names and codes of units: offices, and the places
// that stand on papers, as they are and as they were before names and codes
// changed (migrations/0010_units.sql). It fills from a table of a form of its
// own, docs/UNITS.md.
//
// Start at [ReadTable] and [Units.Import]; [Units.Name] is what pages show,
// [Units.Now] leads from an old name or code to today's.
//
// # Promises
//
//   - A table is checked whole before anything of it is written: a mistake is
//     told with its line and changes nothing.
//   - Reading a table twice has one effect. A unit keeps its id, whatever
//     changes of it but its first code and day.
//   - One code is one unit's on one day.
//   - Every change writes its audit row in its own transaction.
package units
