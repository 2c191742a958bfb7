package dossier

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func parseField(r row) (FieldDef, error) {
	gate, err := r.gate()
	f := FieldDef{ID: r.get("id"), Vi: r.get("vi"), En: r.get("en"), Type: FieldType(r.get("type")), Gate: gate}
	if err == nil && !knownType(f.Type) {
		err = fmt.Errorf("column type: %q is not a type of field", f.Type)
	}
	return f, err
}

func knownType(t FieldType) bool {
	return slices.Contains([]FieldType{TypeName, TypeDate, TypeText, TypeSex, TypeID, TypePhone, TypeInteger, TypeArea,
		TypeMoney, TypeSerial, TypeCode, TypeNumber, TypeEntry, TypeEntries}, t)
}

func parseKind(r row) (Kind, error) {
	gate, gateErr := r.gate()
	keep, keepErr := r.flag("keep")
	sensitive, sensitiveErr := r.flag("sensitive")
	verified, verifiedErr := r.flag("verified")
	k := Kind{
		ID: r.get("id"), Group: Group(r.get("group")), Role: ComponentRole(r.get("role")), Keep: keep, Sensitive: sensitive, Gate: gate,
		Titles: r.list("titles"), Synonyms: r.list("synonyms"), OldTitles: r.list("old_titles"),
		Symbols: r.list("symbol"), Forms: r.list("forms"), Continues: r.list("continues"), Fields: strings.Fields(r.get("fields")),
		Verified: verified, Source: r.get("source"), where: r.where(),
	}
	var roleErr error
	if !slices.Contains([]ComponentRole{RoleComponent, RoleResult, RoleSlip, RoleInternal}, k.Role) {
		roleErr = fmt.Errorf("column role: %q is not a role", k.Role)
	}
	return k, errors.Join(gateErr, keepErr, sensitiveErr, verifiedErr, roleErr)
}

func parseAgency(r row) (AgencyCode, error) {
	verified, err := r.flag("verified")
	return AgencyCode{Code: r.get("code"), Name: r.get("name"), Verified: verified}, err
}

func parseProcedure(r row) (Procedure, error) {
	verified, err := r.flag("verified")
	p := Procedure{
		Code: r.get("code"), Name: r.get("name"), Area: r.get("area"), ResultCode: r.get("result_code"), Result: r.get("result"),
		Optional: strings.Fields(r.get("optional")), Presented: strings.Fields(r.get("presented")), Days: -1, Verified: verified, Source: r.get("source"), where: r.where(),
	}
	for _, alternatives := range strings.Fields(r.get("required")) {
		p.Required = append(p.Required, strings.Split(alternatives, "/"))
	}
	if days, calendar := strings.CutSuffix(r.get("days"), "c"); days != "" {
		n, daysErr := strconv.Atoi(days)
		if daysErr != nil || n < 0 {
			err = errors.Join(err, fmt.Errorf("column days: %q is not a number of days", r.get("days")))
		}
		p.Days, p.Calendar = n, calendar
	}
	return p, err
}
