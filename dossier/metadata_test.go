package dossier_test

import (
	"reflect"
	"strings"
	"testing"

	"sohoa/dossier"
)

// TestMetadata describes papers by what is certain, and names what is missing.
func TestMetadata(t *testing.T) {
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	sure := func(value string) dossier.Field {
		return dossier.Field{Value: value, Confidence: 0.99, Status: dossier.FieldAuto}
	}
	date := sure("02/03/2026")
	date.Norm = "2026-03-02"
	full := dossier.Component{
		Kind: "decision", KindConfidence: 0.98, Origin: dossier.OriginScan, State: dossier.ComponentSigned, Pages: make([]dossier.Page, 3),
		Fields: map[string]dossier.Field{"number": sure("12/QĐ-UBND"), "date": date, "issuer": sure("UBND xã Gò Suối"), "subject": sure("Về việc thử")},
	}
	want := dossier.Metadata{
		TypeName: "QUYẾT ĐỊNH", CodeNumber: "12", CodeNotation: "QĐ-UBND", IssuedDate: "2026-03-02", OrganName: "UBND xã Gò Suối", Subject: "Về việc thử",
		Language: "Tiếng Việt", PageAmount: 3, Keyword: "Đăng ký khai sinh", ConfidenceLevel: "Số hóa", Format: "PDF/A-2u", Missing: []string{"DocCode"},
	}
	of := dossier.Dossier{Procedure: "1.001193"}
	if got := kinds.Metadata(of, full); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	for _, unknown := range []string{"", "9.999999"} {
		if got := kinds.Metadata(dossier.Dossier{Procedure: unknown}, full); got.Keyword != "" {
			t.Errorf("of the procedure %q, which nobody knows, the keyword is %q", unknown, got.Keyword)
		}
	}
	with := func(field string, f dossier.Field) dossier.Component {
		paper := full
		paper.Fields = map[string]dossier.Field{"number": full.Fields["number"], "date": date, "issuer": full.Fields["issuer"], "subject": full.Fields["subject"]}
		paper.Fields[field] = f
		return paper
	}
	named := full
	named.Kind, named.KindConfidence = dossier.KindOther, 1
	unsure := full
	unsure.KindConfidence = 0.3
	for name, c := range map[string]struct {
		paper   dossier.Component
		missing string
	}{
		"below the gate":  {with("subject", dossier.Field{Value: "x", Confidence: 0.94}), "Subject"},
		"confirmed":       {with("subject", dossier.Field{Value: "x", Status: dossier.FieldConfirmed}), ""},
		"gate of its day": {with("subject", dossier.Field{Value: "x", Confidence: 0.99, Gate: 1}), "Subject"},
		"unread":          {with("issuer", dossier.Field{Status: dossier.FieldUnread, Confidence: 1}), "OrganName"},
		"a year":          {with("date", dossier.Field{Value: "2026", Norm: "2026", Confidence: 1}), "IssuedDate"},
		"no notation":     {with("number", sure("12")), "CodeNotation"},
		"too long":        {with("number", sure("123456789012/QĐ")), "CodeNumber"},
		"other":           {named, "TypeName"},
		"unsure kind":     {unsure, "TypeName"},
	} {
		want := strings.Fields("DocCode " + c.missing)
		if got := kinds.Metadata(of, c.paper).Missing; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v is missing, want %v", name, got, want)
		}
	}
	filed := full
	filed.State, filed.Origin = dossier.ComponentFiled, dossier.OriginFiled
	if got := kinds.Metadata(of, filed); got.Format != "PDF" || got.ConfidenceLevel != "Gốc điện tử" {
		t.Errorf("an electronic original: %+v", got)
	}
}
