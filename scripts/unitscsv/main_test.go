package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sohoa/storage/units"
)

// lists are the three public lists in small, with made-up places.
var lists = map[string]string{
	"full_json_today.json": `[{"Code":"91","FullName":"Tỉnh Thử","Wards":[{"Code":"00002","FullName":"Xã Gò Suối"},{"Code":"00004","FullName":"Phường Chợ"},{"Code":"00007","FullName":"Xã Đảo"}]}]`,
	"dvhcvn_before.json": `{"90":[["Tỉnh Thử"],{
		"900":[["Huyện Đồi"],{"00001":[["Xã Gò Cao"]],"00002":[["Xã Suối"]],"00003":[["Xã Bãi","Xã Bãi Mới"]],"00009":[["Xã Không Còn"],[],"Deleted"]}],
		"901":[["Huyện Sông"],{"00004":[["Xã Suối"]],"00005":[["Xã Cầu"]],"00006":[["Xã Cát"]],"00007":[["Xã Đảo"]],"00008":[["Xã Cát"]]}]}]}`,
	"sap-nhap.csv": "Tỉnh,mới,cũ\nThử,Gò Suối,\"Xã Gò Cao, Xã Suối (huyện Đồi), Xã Bãi Mới (phần còn lại, sau khi chia)\"\nThử,Chợ,\"Xã Cầu, Xã Suối, Xã Cát\"\nThử,Đảo,\"Không sáp nhập, Xã Bãi Mới\"\nThử,Nơi Khác,Xã Cầu\n",
}

func TestConvert(t *testing.T) {
	folder := t.TempDir()
	for name, body := range lists {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var table bytes.Buffer
	got, err := convert(folder, &table)
	if err != nil {
		t.Fatal(err)
	}
	// Two are called Xã Cát in one district, and nobody knows a place Nơi Khác.
	if want := (counts{provinces: 1, communes: 3, old: 8, linked: 6, named: 9, unclear: 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, line := range []string{
		"91,Tỉnh Thử,,2025-07-01,,,", "00002,Xã Gò Suối,91,2025-07-01,,,", "90,Tỉnh Thử,,,2025-07-01,91,", "900,Huyện Đồi,90,,2025-07-01,,",
		"00001,Xã Gò Cao,900,,2025-07-01,00002,",
		"00002,Xã Suối,900,,2025-07-01,00002,",               // by the district beside it
		"00004,Xã Suối,901,,2025-07-01,00004,",               // by the others of its line
		"00003,Xã Bãi Mới,900,,2025-07-01,00002|00007,",      // a part each
		"00007,Xã Đảo,901,,2025-07-01,00007,",                // as it was
		"00006,Xã Cát,901,,2025-07-01,,", "00008,Xã Cát,901", // unclear
	} {
		if !strings.Contains(table.String(), line) {
			t.Errorf("the table lacks %q:\n%s", line, table.String())
		}
	}
	if _, err := units.ReadTable(&table); err != nil {
		t.Error(err)
	}
	if _, err := convert(t.TempDir(), &table); err == nil {
		t.Error("an empty folder is converted")
	}
}
