package dossier

import "slices"

// Permission is what a page, a button or an API call asks for.
type Permission string

// The permissions.
const (
	// MayOwn is what everybody who is logged in may do, whatever the role: look
	// after the own account.
	MayOwn        Permission = "own"
	MayRead       Permission = "read"       // see dossiers, pages and the inbox
	MayPlace      Permission = "place"      // decide about waiting pages
	MayFile       Permission = "file"       // hand in papers that were filed electronically
	MayApprove    Permission = "approve"    // settle what two people keyed differently
	MaySign       Permission = "sign"       // sign and seal
	MayPublish    Permission = "publish"    // take published files away
	MayDispose    Permission = "dispose"    // close, keep and destroy by the rules
	MayAudit      Permission = "audit"      // read the log of who did and saw what
	MayAdminister Permission = "administer" // accounts, rights, units
)

// Permissions lists every permission.
func Permissions() []Permission {
	return []Permission{MayRead, MayPlace, MayFile, MayApprove, MaySign, MayPublish, MayDispose, MayAudit, MayAdminister}
}

// The roles a person can have in a unit. An administrator sees no record: who
// gives rights and who reads papers are two duties, which one person holds only
// when both are granted, and the log says so.
const (
	RoleIntake         Role = "intake"
	RoleReviewer       Role = "reviewer"
	RoleSecondReviewer Role = "second_reviewer"
	RoleSigner         Role = "signer"
	RoleArchivist      Role = "archivist"
	RoleRecordsManager Role = "records_manager"
	RoleAuditor        Role = "auditor"
	RoleAdministrator  Role = "administrator"
)

// Roles lists the roles that can be granted, as offices name them.
func Roles() []Role {
	return []Role{
		RoleIntake, RoleReviewer, RoleSecondReviewer, RoleSigner, RoleArchivist, RoleRecordsManager, RoleAuditor, RoleAdministrator,
	}
}

// rights is the one table of who may do what. What does not stand here is
// refused. [RoleLocal] is the person at the machine, who owns the files anyway.
var rights = map[Role][]Permission{
	RoleLocal:          {MayRead, MayPlace, MayFile, MayApprove, MaySign, MayPublish, MayDispose, MayAudit},
	RoleIntake:         {MayRead, MayFile},
	RoleReviewer:       {MayRead, MayPlace},
	RoleSecondReviewer: {MayRead, MayPlace, MayApprove},
	RoleSigner:         {MayRead, MayPublish, MaySign},
	RoleArchivist:      {MayRead, MayPlace, MayPublish},
	RoleRecordsManager: {MayRead, MayPublish, MayDispose},
	RoleAuditor:        {MayRead, MayAudit},
	RoleAdministrator:  {MayAdminister},
}

// May tells whether the role has the permission.
func (r Role) May(p Permission) bool { return slices.Contains(rights[r], p) }
