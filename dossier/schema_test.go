package dossier_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"sohoa/dossier"
)

// The samples set every field of every record, so that a field the schemas do
// not name cannot hide behind its zero value; TestSamplesAreFull sees to it.

var (
	at     = time.Date(2026, 11, 22, 4, 2, 8, 0, time.UTC)
	digest = dossier.SHA256(strings.Repeat("0123456789abcdef", 4))
	image  = dossier.NewImageID(digest, 1)
	actor  = dossier.Actor{ID: "local", Unit: "unit-1", Role: dossier.RoleLocal}
)

const (
	anID    = "abcdefghijklmnopqrstuvwxyz"
	otherID = "234567abcdefghijklmnopqrst"
)

func fullField() dossier.Field {
	return dossier.Field{
		Value: "01/02/1962", Raw: "1-2-1962", Norm: "1962-02-01", Confidence: 0.9,
		Box: &dossier.Box{X: 1, Y: 2, W: 3, H: 4}, Page: image.Page(1), Source: "ocr",
		Status: dossier.FieldAuto, More: []dossier.Field{{Value: "1962", Confidence: 0.1}},
		Gate: 0.95, Machine: &dossier.MachineRead{Value: "01/02/1982", Confidence: 0.7, Gate: 0.95, By: dossier.SaidReview, At: at},
	}
}

func fullArchive() dossier.Archive {
	return dossier.Archive{
		Schema: dossier.ArchiveSchema, ID: anID, Demo: true, At: at,
		Units:  []dossier.Unit{{ID: "unit-1", Codes: []dossier.UnitCode{{Code: "H38.12", From: at}}}},
		LogKey: "sohoa/" + anID + "+0123abcd+AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g",
	}
}

func fullBatch() dossier.Batch {
	return dossier.Batch{
		Schema: dossier.BatchSchema, ID: anID, Unit: "unit-1", Actor: actor, Device: "counter-1", At: at, Background: true, Backs: &dossier.Backs{From: 2, Order: dossier.BacksReverse},
		Files: []dossier.BatchFile{{Name: "0001.jpg", SHA256: digest, Size: 12, Duplicate: true, Of: otherID, Filed: &dossier.Filing{Code: "H38.12-261122-0001", Kind: "birth_notice"}}},
	}
}

func fullReading() dossier.Reading {
	return dossier.Reading{
		File: "0001.tif", Page: 1, Part: 1, Width: 2480, Height: 3508, DPI: 300, DPISource: "tag",
		RotationCW: 270, SkewCWDegrees: -1.32, ToInput: dossier.Matrix{1, 0.1, -0.1, 1, 3.5, 4},
		Cut:   &dossier.Cut{2480, 0, 2490, 3508},
		Blank: true, Kind: "birth_certificate", KindConfidence: 0.98,
		Codes:  []dossier.Code{{Type: "qr", Text: "SOHOA1|H38"}},
		Fields: map[string]dossier.Field{"dob": fullField()},
		Flags:  []dossier.Flag{dossier.FlagDPIGuessed},
		Text:   "Họ\n", Engine: "tesseract 5.3.0 vie",
		Grid: &dossier.Grid{
			Rows:    []dossier.Rule{{At: 10, From: 20, To: 30, Seen: 0.9}, {At: 50, From: 20, To: 30, Seen: 1}},
			Columns: []dossier.Rule{{At: 20, From: 10, To: 50, Seen: 0.9}, {At: 30, From: 10, To: 50, Seen: 1}},
			Ink:     [][]float64{{0.05}},
		},
		CheckBoxes: []dossier.CheckBox{{X: 300, Y: 400, W: 40, H: 40, State: dossier.CheckTicked, Confidence: 0.97}},
		Unread:     []dossier.Box{{X: 600, Y: 400, W: 210, H: 52}},
		Words:      []dossier.Word{{Text: "Họ", Corrected: "Hộ", X: 210, Y: 400, W: 52, H: 31, Confidence: 0.96, Line: 3, Block: 2}},
	}
}

func fullImageReading() dossier.ImageReading {
	return dossier.ImageReading{
		Schema: dossier.ReadingSchema, Image: image, Of: 2, At: at,
		Readings: []dossier.Reading{fullReading()}, Reason: dossier.ReasonMemory,
	}
}

func fullManifest() dossier.Manifest {
	code := "H38.12-261122-0001"
	return dossier.Manifest{
		Schema: dossier.ManifestSchema, Batches: []dossier.BatchID{anID}, At: at, Actor: actor, Reason: "published",
		Decision: dossier.DecisionKey("unit-1", anID, 1), After: 1,
		Signing: &dossier.Signing{
			At: at, Lines: []string{"SAO Y"}, Papers: []dossier.ComponentID{anID},
			Certificate: dossier.Certificate{
				SHA256: digest, Holder: "Someone", Organization: "An office", Issuer: "A service", Serial: "0a", NotBefore: at, NotAfter: at, Test: true,
			},
		},
		Objects: []dossier.ObjectRef{{Key: dossier.RawKey("unit-1", digest), SHA256: digest, Size: 12, Role: "raw"}},
		Dossier: dossier.Dossier{
			ID: anID, Code: &code, Type: dossier.TypeProcedure, Unit: "unit-1", ReceivingUnit: "unit-1",
			DecidingUnit: "unit-1", Procedure: "birth_registration", ReceivedAt: at, DueAt: &at,
			State: dossier.StateOpen, Version: 1, Pending: []dossier.PageID{image.Page(2)},
			Components: []dossier.Component{{
				ID: anID, Kind: "birth_certificate", KindConfidence: 0.98, Role: dossier.RoleResult, Origin: "scan",
				State: dossier.ComponentAwaitingSignature, Version: 1, Supersedes: otherID, Reasons: []string{"title"},
				Pages: []dossier.Page{{ID: image.Page(1), File: "0001.tif", Index: 1, Part: 1, Reading: 2}},
				Replaced: []dossier.Replaced{{
					Page: dossier.Page{ID: image.Page(2), File: "0002.tif", Index: 2, Part: 1, Reading: 3}, By: image.Page(1),
				}},
				Fields: map[string]dossier.Field{"dob": fullField()},
				Entries: []dossier.RegisterEntry{{
					ID: otherID, Page: image.Page(1), Box: dossier.Box{X: 1, Y: 2, W: 3, H: 4}, State: dossier.EntryUnsure, Why: "rows",
					Fields: map[string]dossier.Field{"child_name": fullField()},
					Across: &dossier.EntryPart{Page: image.Page(2), Box: dossier.Box{X: 5, Y: 6, W: 7, H: 8}},
				}},
				PDF: dossier.ComponentKey("unit-1", anID, 1),
			}},
		},
	}
}

func fullDecision() dossier.Decision {
	intent := dossier.Intent{ID: anID, Batch: otherID, Draft: fullManifest(), New: []dossier.ComponentID{otherID}, Kept: []dossier.ComponentID{anID}, Left: []dossier.PageID{image.Page(1)}, Corner: dossier.CornerAsk}
	return dossier.Decision{
		Schema: dossier.DecisionSchema, Seq: 1, At: at, Actor: actor, Action: dossier.ActionPlace,
		Placement: dossier.Placement{
			Pages: []dossier.PageID{image.Page(1)}, Kind: "birth_certificate", Dossier: anID,
			Code: "H38.12-261122-0001", Component: otherID, Position: 2, Replaces: image.Page(2),
		},
		Correction: &dossier.Correction{
			Component: anID, Kind: "birth_extract", NewKind: "birth_certificate", Insist: true,
			Fields:  []dossier.FieldCorrection{{Field: "dob", Was: "01/02/1982", Is: "01/02/1962"}},
			Keyings: []string{otherID}, Sample: "2026-11",
		},
		Entry: &dossier.EntryCorrection{
			Component: anID, Entry: otherID, Was: dossier.EntryFound, None: true, Count: 2,
			Fields: []dossier.FieldCorrection{{Field: "child_name", Was: "a", Is: "b"}},
		},
		Arrangement: []dossier.Arranged{{Component: anID, Kind: "birth_certificate", Pages: []dossier.PageID{image.Page(1)}}},
		Keeping:     &dossier.Keeping{Component: anID, Kind: "citizen_id_card"},
		Closing:     &dossier.Closing{Missing: []string{"birth_notice"}},
		Turned:      &dossier.Turned{Page: image.Page(1), By: 90},
		ReadAgain:   []dossier.PageID{image.Page(1)},
		Transfer:    &dossier.Transfer{Pages: []dossier.PageID{image.Page(1)}, Code: "H38.12-261122-0001", Make: true},
		Intent:      intent, Moved: []dossier.Intent{intent},
	}
}

func fullKeying() dossier.Keying {
	return dossier.Keying{
		Schema: dossier.KeyingSchema, ID: anID, At: at, Actor: actor, Dossier: otherID, Component: anID,
		Kind: "birth_certificate", Field: "dob", Pages: []dossier.PageID{image.Page(1)}, Value: "01/02/1962",
	}
}

func fullGate() dossier.GateDecision {
	rate := dossier.NewRate(9, 10)
	return dossier.GateDecision{
		Schema: dossier.GateSchema, Unit: "unit-1", Seq: 3, At: at, Actor: actor, Field: "dob", Before: 0.8, After: 0.9, Reason: "one of ten", Undoes: 2,
		Evidence: []dossier.GateEvidence{{Kind: "birth_certificate", Accepted: rate, Reviewed: dossier.Reviewed{Below: rate, Above: rate, Blind: rate}}},
	}
}

func fullBacks() dossier.BacksAnswer {
	return dossier.BacksAnswer{Schema: dossier.BacksSchema, Batch: anID, Seq: 1, At: at, Actor: actor, Say: dossier.BacksBlank, Sheets: []int{2, 5}}
}

func fullSide() dossier.SideAnswer {
	intent := fullDecision().Intent
	return dossier.SideAnswer{
		Schema: dossier.SideSchema, Batch: anID, Seq: 1, At: at, Actor: actor, Page: image.Page(1), Say: dossier.SideEmpty,
		Reason: dossier.ReasonUnreadable, Dossier: otherID, Counted: true, Intent: &intent, Refused: 2,
	}
}

func fullSample() dossier.Sample {
	return dossier.Sample{
		Schema: dossier.SampleSchema, Unit: "unit-1", Month: "2026-11", At: at, Actor: actor, Seed: dossier.SampleSeed("2026-11", "unit-1"),
		Fields: 200, Lines: 20, OfFields: 4000, OfPages: 900,
		Drawn: []dossier.SampleDraw{{
			N: 1, What: dossier.DrawnField, Device: "counter-1", Page: image.Page(1), Reading: 1, Box: dossier.Box{X: 1, Y: 2, W: 3, H: 4}, Read: "01/02/1962",
			Dossier: otherID, Version: 2, Component: anID, Kind: "birth_certificate", Field: "dob", Confidence: 0.97, Line: 3,
		}},
	}
}

func fullAnswer() dossier.SampleAnswer {
	return dossier.SampleAnswer{
		Schema: dossier.SampleAnswerSchema, Unit: "unit-1", Month: "2026-11", N: 1, At: at, Actor: actor, Value: "01/02/1962", Unreadable: true, Settles: true,
	}
}

// samples are full records by the name in their schema's file.
func samples() map[string]any {
	return map[string]any{
		"archive": fullArchive(), "batch": fullBatch(), "reading": fullImageReading(), "manifest": fullManifest(),
		"decision": fullDecision(), "keying": fullKeying(), "backs": fullBacks(), "side": fullSide(), "gate": fullGate(), "sample": fullSample(), "answer": fullAnswer(),
	}
}

// schemaFor compiles one of the schemas, with formats such as date-time
// asserted.
func schemaFor(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	all, err := dossier.Schemas()
	if err != nil {
		t.Fatal(err)
	}
	key := dossier.SchemaDir + name + "-1.json"
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(all[key]))
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(key, document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile(key)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// marshalled is a value as JSON decodes it again.
func marshalled(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

func TestFullRecordsAreValid(t *testing.T) {
	all, err := dossier.Schemas()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(samples()) {
		t.Errorf("%d schemas, %d samples: each schema needs a sample", len(all), len(samples()))
	}
	for name, sample := range samples() {
		if err := schemaFor(t, name).Validate(marshalled(t, sample)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSmallestRecordsAreValid(t *testing.T) {
	manifest := fullManifest()
	manifest.Dossier = dossier.Dossier{
		ID: anID, Type: dossier.TypeProcedure, Unit: "unit-1", State: dossier.StateOpen, Version: 1,
		Pending: []dossier.PageID{}, Components: []dossier.Component{},
	}
	batch := fullBatch()
	batch.Files = []dossier.BatchFile{{Name: "0001.jpg", SHA256: digest}}
	reading := fullImageReading()
	reading.Readings = []dossier.Reading{}
	read := fullImageReading()
	read.Reason = ""
	read.Readings = []dossier.Reading{{Page: 1, Part: 1, DPISource: "default", Words: []dossier.Word{}}}
	for name, records := range map[string][]any{
		"manifest": {manifest}, "batch": {batch}, "reading": {reading, read},
	} {
		for i, record := range records {
			if err := schemaFor(t, name).Validate(marshalled(t, record)); err != nil {
				t.Errorf("%s %d: %v", name, i, err)
			}
		}
	}
}

// TestSamplesAreFull fails when a field was added to a record and to no sample.
func TestSamplesAreFull(t *testing.T) {
	for name, sample := range samples() {
		for _, path := range unset(reflect.ValueOf(sample), name) {
			// A field's further values are fields without further values.
			if !strings.Contains(path, ".More[0].") {
				t.Errorf("%s is not set in the sample", path)
			}
		}
	}
}

// unset lists the paths of zero values.
func unset(v reflect.Value, path string) []string {
	if v.Type() == reflect.TypeFor[time.Time]() || v.Kind() == reflect.Array {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return unset(v.Elem(), path)
		}
	case reflect.Struct:
		var missing []string
		for i := range v.NumField() {
			missing = append(missing, unset(v.Field(i), path+"."+v.Type().Field(i).Name)...)
		}
		return missing
	case reflect.Slice:
		var missing []string
		for i := range v.Len() {
			missing = append(missing, unset(v.Index(i), fmt.Sprintf("%s[%d]", path, i))...)
		}
		if v.Len() > 0 {
			return missing
		}
	case reflect.Map:
		var missing []string
		for _, key := range v.MapKeys() {
			missing = append(missing, unset(v.MapIndex(key), path+"["+key.String()+"]")...)
		}
		if v.Len() > 0 {
			return missing
		}
	default:
	}
	if v.IsZero() {
		return []string{path}
	}
	return nil
}

func TestWrongRecordsAreRefused(t *testing.T) {
	tests := []struct {
		name, schema string
		spoil        func(record map[string]any)
	}{
		{"other schema", "manifest", func(m map[string]any) { m["schema"] = dossier.BatchSchema }},
		{"unknown value", "manifest", func(m map[string]any) { m["mood"] = "good" }},
		{"missing value", "manifest", func(m map[string]any) { delete(m, "objects") }},
		{"list is null", "manifest", func(m map[string]any) { m["batches"] = nil }},
		{"local time", "manifest", func(m map[string]any) { m["at"] = "2026-11-22T11:02:08+07:00" }},
		{"no time", "manifest", func(m map[string]any) { m["at"] = "yesterdayZ" }},
		{"unknown state", "manifest", func(m map[string]any) { inside(m, "dossier")["state"] = "lost" }},
		{"version 0", "manifest", func(m map[string]any) { inside(m, "dossier")["version"] = 0 }},
		{"empty code", "manifest", func(m map[string]any) { inside(m, "dossier")["code"] = "" }},
		{"short digest", "batch", func(m map[string]any) { first(m, "files")["sha256"] = "abc" }},
		{"negative size", "batch", func(m map[string]any) { first(m, "files")["size"] = -1 }},
		{"page 0", "reading", func(m map[string]any) { first(m, "readings")["page"] = 0 }},
		{"signed by nobody", "manifest", func(m map[string]any) { delete(inside(m, "signing"), "certificate") }},
		{"signs nothing", "manifest", func(m map[string]any) { inside(m, "signing")["papers"] = []any{} }},
		{"unknown corner", "decision", func(m map[string]any) { inside(m, "intent")["corner"] = "burn" }},
		{"half turn and a bit", "reading", func(m map[string]any) { first(m, "readings")["rotation_cw"] = 181 }},
		{"five numbers", "reading", func(m map[string]any) { first(m, "readings")["to_input"] = []any{1, 0, 0, 1, 0} }},
		{"too sure", "reading", func(m map[string]any) { first(m, "readings")["kind_confidence"] = 1.5 }},
		{"reason is a sentence", "reading", func(m map[string]any) { m["reason"] = "Too tired." }},
		{"unknown action", "decision", func(m map[string]any) { m["action"] = "burn" }},
		{"no draft", "decision", func(m map[string]any) { delete(inside(m, "intent"), "draft") }},
		{"keyed by nobody", "keying", func(m map[string]any) { delete(m, "actor") }},
		{"gate for no reason", "gate", func(m map[string]any) { m["reason"] = "" }},
		{"gate that lets all pass", "gate", func(m map[string]any) { m["after"] = 0 }},
		{"no office", "archive", func(m map[string]any) { m["units"] = []any{} }},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			record, ok := marshalled(t, samples()[tc.schema]).(map[string]any)
			if !ok {
				t.Fatal("a record is not a JSON object")
			}
			tc.spoil(record)
			if err := schemaFor(t, tc.schema).Validate(record); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func inside(record map[string]any, name string) map[string]any {
	return record[name].(map[string]any) //nolint:errcheck,forcetypeassert // a wrong name must stop the test
}

func first(record map[string]any, name string) map[string]any {
	return record[name].([]any)[0].(map[string]any) //nolint:errcheck,forcetypeassert // as above
}

// TestEveryReasonIsValid holds the codes of reasons against the form the
// schema gives them. The list is open there: a new reason is no new schema.
func TestEveryReasonIsValid(t *testing.T) {
	schema := schemaFor(t, "reading")
	for _, reason := range dossier.Reasons() {
		givenUp := dossier.ImageReading{
			Schema: dossier.ReadingSchema, Image: image, Of: 1, At: at,
			Readings: []dossier.Reading{}, Reason: reason,
		}
		if err := schema.Validate(marshalled(t, givenUp)); err != nil {
			t.Errorf("%s: %v", reason, err)
		}
	}
}
