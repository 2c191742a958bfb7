package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestStepsUseRealValues(t *testing.T) {
	const in = `{"total":2,"hits":[
		{"dossier":"aaa","fields":{"number":{"value":"12/2026"}}},
		{"dossier":"bbb","fields":{"a":{"value":"Đào $(reboot)"},"number":{"value":"7"},"child_name":{"value":"Nguyễn Thị Đào"}}}]}`
	var out bytes.Buffer
	if err := run(strings.NewReader(in), &out, "./demo"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`bin/sohoa search --data ./demo "Nguyễn Thị Đào"`,
		`bin/sohoa search --data ./demo "nguyen thi dao"`,
		`bin/sohoa show --data ./demo bbb`,
		`bin/sohoa verify --data ./demo `,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no line %q in:\n%s", want, out.String())
		}
	}
}

func TestStepsWithoutFields(t *testing.T) {
	var out bytes.Buffer
	if err := run(strings.NewReader(`{"hits":[{"dossier":"aaa","fields":null}]}`), &out, "./demo"); err != nil {
		t.Fatal(err)
	}
	if want := `"khai sinh"`; !strings.Contains(out.String(), want) {
		t.Errorf("no %s in:\n%s", want, out.String())
	}
}

func TestNothingFoundIsAnError(t *testing.T) {
	for _, in := range []string{`{"total":0,"hits":[]}`, `{}`, `not json`, ``} {
		if err := run(strings.NewReader(in), &bytes.Buffer{}, "./demo"); err == nil {
			t.Errorf("%q: no error", in)
		}
	}
}
