package dossier_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"sohoa/dossier"
)

func load(t *testing.T) *dossier.Catalogue {
	t.Helper()
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// TestContractKinds holds the ids and fields that other programs rely on.
func TestContractKinds(t *testing.T) {
	cat := load(t)
	contract := map[string]string{
		"birth_registration_application":    "child_name dob sex ethnicity father mother requester requester_id",
		"birth_certificate":                 "child_name dob father mother number pid",
		"birth_extract":                     "child_name dob father mother number pid",
		"birth_notice":                      "mother dob",
		"marriage_registration_application": "wife husband wife_dob husband_dob",
		"marriage_certificate":              "wife husband wife_dob husband_dob number",
		"marital_status_application":        "name dob id",
		"marital_status_certificate":        "name dob id number",
		"death_registration_application":    "deceased dob dod requester",
		"death_notice":                      "deceased dob dod",
		"death_extract":                     "deceased dob dod",
		"land_registration_application":     "name parcel sheet area",
		"land_change_application":           "name serial parcel sheet",
		"land_split_merge_application":      "name parcel sheet area",
		"land_use_certificate":              "owner serial parcel sheet area",
		"land_transfer_contract":            "seller buyer serial price",
		"land_gift_contract":                "giver receiver serial",
		"inheritance_agreement":             "giver receiver serial",
		"power_of_attorney":                 "giver receiver serial",
		"citizen_id_card":                   "id name dob sex address issued",
		"receipt_slip":                      "dossier_code name phone",
		"civil_register_page":               "entries",
		"land_register_page":                "entries",
		"separator":                         "dossier_code",
		"blank":                             "",
		"other":                             "",
	}
	for id := range strings.FieldsSeq("decision directive report proposal notice plan program resolution regulation official_letter minutes invitation contract certificate_letter introduction_letter circular") {
		contract[id] = "number date issuer subject"
	}
	for id, fields := range contract {
		kind, ok := cat.Kind(id)
		if !ok {
			t.Errorf("kind %s is missing", id)
			continue
		}
		for f := range strings.FieldsSeq(fields) {
			if !slices.Contains(kind.Fields, f) {
				t.Errorf("kind %s: field %s is missing", id, f)
			}
		}
	}
}

// TestAdministrativeTypes counts the 29 types of NĐ 30/2020/NĐ-CP, Điều 7.
func TestAdministrativeTypes(t *testing.T) {
	cat := load(t)
	types := []string{
		"NGHỊ QUYẾT", "QUYẾT ĐỊNH", "CHỈ THỊ", "QUY CHẾ", "QUY ĐỊNH", "THÔNG CÁO", "THÔNG BÁO", "HƯỚNG DẪN", "CHƯƠNG TRÌNH", "KẾ HOẠCH",
		"PHƯƠNG ÁN", "ĐỀ ÁN", "DỰ ÁN", "BÁO CÁO", "BIÊN BẢN", "TỜ TRÌNH", "HỢP ĐỒNG", "CÔNG ĐIỆN", "BẢN GHI NHỚ", "BẢN THỎA THUẬN",
		"GIẤY ỦY QUYỀN", "GIẤY MỜI", "GIẤY GIỚI THIỆU", "GIẤY NGHỈ PHÉP", "PHIẾU GỬI", "PHIẾU CHUYỂN", "PHIẾU BÁO", "THƯ CÔNG",
	}
	owners := map[string]bool{dossier.KindOfficialLetter: true} // the 29th, công văn, has no title
	for _, title := range types {
		for _, k := range cat.Kinds() {
			if slices.Contains(k.Titles, title) {
				owners[k.ID] = true
			}
		}
	}
	if len(owners) != 29 {
		t.Errorf("%d of 29 types have a kind: %v", len(owners), owners)
	}
}

// TestEveryFieldHasAPlace: a field that no label leads to would never be read.
func TestEveryFieldHasAPlace(t *testing.T) {
	for _, kind := range load(t).Kinds() {
		for _, field := range kind.Fields {
			leads := func(l dossier.Label) bool { return l.Field == field }
			if field != "entries" && !slices.ContainsFunc(kind.Labels, leads) {
				t.Errorf("%s: no label leads to %s", kind.ID, field)
			}
		}
	}
}

func TestProcedures(t *testing.T) {
	cat := load(t)
	if n := len(cat.Procedures()); n < 60 {
		t.Errorf("%d procedures, want at least 60", n)
	}
	for _, p := range cat.Procedures() {
		if p.Verified == (p.Source == "MEM") || p.Source == "" {
			t.Errorf("%s: verified %v by %q", p.Code, p.Verified, p.Source)
		}
	}
	birth, ok := cat.Procedure("1.001193")
	if !ok || birth.Days != 1 || birth.Result != "birth_certificate" || len(birth.Required) != 2 {
		t.Errorf("1.001193 = %+v", birth)
	}
	if !slices.Equal(birth.Required[1], dossier.Requirement{"birth_notice", "commitment"}) {
		t.Errorf("1.001193 asks for %v, want either paper", birth.Required[1])
	}
	mediation, _ := cat.Procedure("1.012812")
	if mediation.Days != 30 || !mediation.Calendar {
		t.Errorf("1.012812: %d days, calendar %v", mediation.Days, mediation.Calendar)
	}
	unknown, _ := cat.Procedure("1.001776")
	if unknown.Days != -1 || unknown.Verified {
		t.Errorf("1.001776 = %+v: neither days nor components are known for sure", unknown)
	}
}

// TestRegisters: every kind whose pages hold entries says what an entry has.
func TestRegisters(t *testing.T) {
	for _, kind := range load(t).Kinds() {
		if holds := slices.Contains(kind.Fields, "entries"); holds != kind.IsRegister() {
			t.Errorf("%s: holds entries %t, has fields for them %t", kind.ID, holds, kind.IsRegister())
		}
	}
}

func TestOverrides(t *testing.T) {
	cat, err := dossier.LoadCatalogue(fstest.MapFS{
		"kinds.csv": {Data: []byte("id,group,role,keep,symbol,gate,titles,synonyms,old_titles,forms,continues,fields,sensitive,verified,source\n" +
			"will,certification,component,yes,,0.9,DI CHÚC,,,,,,no,no,MEM\nfire_permit,local,result,yes,,,GIẤY PHÉP ĐỐT RẪY,,,,,name,no,yes,office\n")},
		"checks.csv": {Data: []byte("kind,check,fields\nbirth_extract,apart,father mother\n")},
		"labels.csv": {Data: []byte("\ufeffkind,field,how,labels,after,before,column,type\nfire_permit,name,line,Chủ rẫy,,,,\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if will, _ := cat.Kind("will"); will.Gate != 0.9 {
		t.Errorf("overridden gate = %v", will.Gate)
	}
	added, ok := cat.Kind("fire_permit")
	if !ok || added.Gate != dossier.DefaultGate || len(added.Labels) != 1 || added.Labels[0].Type != dossier.TypeName {
		t.Errorf("added kind = %+v", added)
	}
	if birth, _ := cat.Kind("birth_notice"); len(birth.Labels) == 0 {
		t.Error("labels of other kinds were lost")
	}
	if extract, _ := cat.Kind("birth_extract"); len(extract.Checks) != 1 {
		t.Errorf("%d checks of an overridden kind, want the one of the override", len(extract.Checks))
	}
	if certificate, _ := cat.Kind("birth_certificate"); len(certificate.Checks) != 2 {
		t.Errorf("%d checks of a kind not mentioned, want 2", len(certificate.Checks))
	}
	if len(cat.Kinds()) != len(load(t).Kinds())+1 {
		t.Error("an override must add or replace, not drop")
	}
}

func TestMistakesNameFileAndLine(t *testing.T) {
	kinds := "# a remark\nid,group,role,keep,symbol,gate,titles,synonyms,old_titles,forms,continues,fields,sensitive,verified,source\n"
	checks := "kind,check,fields\n"
	entries := "kind,field,role,words,verified\n"
	labels := "kind,field,how,labels,after,before,column,type\n"
	for name, c := range map[string]struct{ file, text, want string }{
		"columns":       {"kinds.csv", "id,title\nx,Y\n", "kinds.csv:1: columns"},
		"role":          {"kinds.csv", kinds + "x,g,boss,yes,,,,,,,,,no,yes,\n", `kinds.csv:3: column role: "boss"`},
		"keep":          {"kinds.csv", kinds + "x,g,component,maybe,,,,,,,,,no,yes,\n", `kinds.csv:3: column keep: "maybe"`},
		"gate":          {"kinds.csv", kinds + "x,g,component,yes,,80,,,,,,,no,yes,\n", `kinds.csv:3: column gate: "80"`},
		"twice":         {"kinds.csv", kinds + "x,g,component,yes,,,,,,,,,no,yes,\nx,g,component,yes,,,,,,,,,no,yes,\n", "kinds.csv:4: x is there twice"},
		"no id":         {"kinds.csv", kinds + ",g,component,yes,,,,,,,,,no,yes,\n", "kinds.csv:3: the first column is empty"},
		"cells":         {"kinds.csv", kinds + "x,g\n", "kinds.csv: record on line 3"},
		"field":         {"kinds.csv", kinds + "x,g,component,yes,,,,,,,,shoe_size,no,yes,\n", `kinds.csv:3: kind x: field "shoe_size"`},
		"title":         {"kinds.csv", kinds + "x,g,component,yes,,,GIẤY KHAI SINH,,,,,,no,yes,\n", `kinds.csv:3: title or form "GIẤY KHAI SINH" belongs to birth_certificate and to x`},
		"label kind":    {"labels.csv", labels + "x,name,line,Tên,,,,\n", `labels.csv:2: column kind: no kind "x"`},
		"label field":   {"labels.csv", labels + "will,shoe_size,line,Cỡ,,,,\n", `labels.csv:2: column field: "shoe_size"`},
		"label how":     {"labels.csv", labels + "will,name,guess,Tên,,,,\n", `labels.csv:2: column how: "guess"`},
		"label empty":   {"labels.csv", labels + "will,name,line,,,,,\n", "labels.csv:2: column labels is empty"},
		"label column":  {"labels.csv", labels + "commitment,name,line,Tên,,,middle,\n", `labels.csv:2: column column: "middle"`},
		"type":          {"fields.csv", "id,vi,en,type,gate\nx,X,X,colour,\n", `fields.csv:2: column type: "colour"`},
		"label head":    {"labels.csv", labels + "commitment,name,table,Tên,,,,\n", "labels.csv:2: column column: a table wants"},
		"no table":      {"kindz.csv", "id\n", "kindz.csv: no table has this name"},
		"not UTF-8":     {"agencies.csv", "code,name,verified\nH99,L\xe0o,yes\n", "agencies.csv:2: not UTF-8"},
		"check how":     {"checks.csv", checks + "will,guess,name dob\n", `checks.csv:2: column check: "guess"`},
		"check count":   {"checks.csv", checks + "death_notice,order,dob\n", "checks.csv:2: column fields: 1 fields"},
		"check field":   {"checks.csv", checks + "death_notice,order,dob shoe_size\n", `checks.csv:2: column fields: kind death_notice has no field "shoe_size"`},
		"check kind":    {"checks.csv", checks + "x,order,dob dod\n", `checks.csv:2: column kind: no kind "x"`},
		"entry role":    {"registers.csv", entries + "birth_register_page,name,first,Tên,no\n", `registers.csv:2: column role: "first"`},
		"entry words":   {"registers.csv", entries + "birth_register_page,name,named,,no\n", "registers.csv:2: column words is empty"},
		"entry field":   {"registers.csv", entries + "birth_register_page,shoe_size,named,Cỡ,no\n", `registers.csv:2: column field: "shoe_size"`},
		"entry kind":    {"registers.csv", entries + "x,name,named,Tên,no\n", `registers.csv:2: column kind: no kind "x"`},
		"entry twice":   {"registers.csv", entries + "will,name,named,Tên,no\nwill,name,,Tên,no\n", `registers.csv:3: column field: "name" is there twice`},
		"entry opens":   {"registers.csv", entries + "will,name,named,Tên,no\n", "registers.csv: kind will: an entry begins with one field"},
		"days":          {"procedures.csv", "code,name,area,days,result_code,result,required,optional,presented,verified,source\n1,N,a,soon,,,,,,yes,\n", `procedures.csv:2: column days: "soon"`},
		"required kind": {"procedures.csv", "code,name,area,days,result_code,result,required,optional,presented,verified,source\n1,N,a,1,,,x,,,yes,\n", `procedures.csv:2: procedure 1: kind "x"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := dossier.LoadCatalogue(fstest.MapFS{c.file: {Data: []byte(c.text)}})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %v, want %q in it", err, c.want)
			}
		})
	}
}
