package extract

import (
	"sohoa/dossier"
	"sohoa/pipeline/fuzzy"
)

// Procedure is the code of the procedure that the receipt slips among the
// papers name; empty where there is none, where what was read is not one of the
// catalogue's names beyond doubt, and where two slips name different ones. A
// wrong procedure would ask an applicant for papers that nobody needs.
//
// The catalogue is a closed list, which tells more than the engine's confidence:
// a name with a letter wrong is still that name while no other is near.
func Procedure(cat *dossier.Catalogue, papers []dossier.Component) string {
	found := ""
	for _, c := range papers {
		named := c.Fields["procedure"]
		if c.Kind != dossier.KindReceiptSlip || named.Value == "" {
			continue
		}
		for _, code := range proceduresNamed(cat, fuzzy.Plain(named.Value)) {
			if found != "" && found != code {
				return ""
			}
			found = code
		}
	}
	return found
}

const (
	// lettersPerSlip is of how many letters of a procedure's name one may be wrong.
	lettersPerSlip = 10
	// clearOf is how many letters farther the name of any other must be. The
	// nearest in the catalogue, with and without "lại", are three apart.
	clearOf = 2
)

// proceduresNamed are the codes of the procedures of the name that was read,
// which is the same for several where the catalogue has it more than once.
func proceduresNamed(cat *dossier.Catalogue, read string) []string {
	best, next, name := len(read)+clearOf, len(read)+clearOf, ""
	var codes []string
	for _, p := range cat.Procedures() {
		plain := fuzzy.Plain(p.Name)
		switch edits := distance(plain, read, best+clearOf); {
		case plain == name:
			codes = append(codes, p.Code)
		case edits < best:
			best, next, name, codes = edits, best, plain, []string{p.Code}
		default:
			next = min(next, edits)
		}
	}
	if best > len(name)/lettersPerSlip || next < best+clearOf {
		return nil
	}
	return codes
}

// distance is how many letters part a name from what was read, limit or more
// where that is too many to count.
func distance(name, read string, limit int) int {
	edits, end := fuzzy.Prefix(name, read, limit)
	return edits + len(read) - end
}
