package extract

import (
	"sohoa/dossier"
	"sohoa/pipeline/fuzzy"
)

// Procedure is the code of the procedure that the receipt slips among the
// papers name; empty where there is none, where its name was not read surely or
// is not exactly one of the catalogue's, and where two slips name different
// ones. A wrong procedure would ask an applicant for papers that nobody needs.
func Procedure(cat *dossier.Catalogue, papers []dossier.Component) string {
	found := ""
	for _, c := range papers {
		named := c.Fields["procedure"]
		def, _ := cat.Field("procedure")
		if c.Kind != dossier.KindReceiptSlip || named.Value == "" || named.Confidence < def.Gate {
			continue
		}
		for _, p := range cat.Procedures() {
			if fuzzy.Plain(p.Name) != fuzzy.Plain(named.Value) {
				continue
			}
			if found != "" && found != p.Code {
				return ""
			}
			found = p.Code
		}
	}
	return found
}
