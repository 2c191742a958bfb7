package dossier

import "time"

// Role is what somebody may do; [Role.May] asks the one table.
type Role string

// RoleLocal is the person at the machine's own command line, and at the pages
// of a demo archive without accounts.
const RoleLocal Role = "local"

// Actor is who acts, for which unit. Every function that writes takes one, so
// that no change of a record can be made by nobody.
type Actor struct {
	ID   string `json:"id"`
	Unit UnitID `json:"unit"`
	Role Role   `json:"role"`
}

// Local is the actor of the command line in the unit.
func Local(unit UnitID) Actor { return Actor{ID: "local", Unit: unit, Role: RoleLocal} }

// Nobody is whoever has not said who it is: at the door, and at the page for
// citizens.
func Nobody(unit UnitID) Actor { return Actor{ID: "nobody", Unit: unit, Role: "none"} }

// Act is who does something, and when. The time comes from the caller's clock,
// never from the database.
type Act struct {
	Actor Actor
	At    time.Time
}
