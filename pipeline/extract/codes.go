package extract

import (
	"regexp"
	"strings"

	"sohoa/dossier"
	"sohoa/dossier/viet"
)

// readCodes takes fields from machine-readable codes, which carry checks of
// their own and need no reading.
func readCodes(kind dossier.Kind, r dossier.Reading, page dossier.PageID, fields map[string]dossier.Field) {
	set := func(field, value, norm, raw string) {
		if value != "" {
			fields[field] = dossier.Field{Value: value, Norm: norm, Raw: raw, Confidence: 1, Page: page, Source: "qr", Status: dossier.FieldAuto}
		}
	}
	for _, code := range r.Codes {
		switch kind.ID {
		case dossier.KindCitizenIDCard:
			readCard(code.Text, set)
		case dossier.KindLandUseCertificate:
			serial := tidySerial(dossier.Field{Value: certificateSerial(viet.NFC(code.Text))}).Value
			set("serial", serial, "", serial)
		case dossier.KindSeparator:
			if sep, ok, err := dossier.ParseSeparator(code.Text); ok && err == nil {
				set("dossier_code", sep.Code, "", code.Text)
			}
		case dossier.KindReceiptSlip:
			if c, err := dossier.ParseCode(code.Text); err == nil {
				set("dossier_code", c.String(), "", code.Text)
			}
		}
	}
}

var cardNumber = regexp.MustCompile(`^\d{12}$`)

// readCard takes apart the QR code of a citizen card: number, old number, name,
// birth, sex, address, issue; newer cards append more, which is ignored.
func readCard(text string, set func(field, value, norm, raw string)) {
	parts := strings.Split(strings.TrimSpace(viet.NFC(text)), "|")
	if len(parts) < 7 || !cardNumber.MatchString(parts[0]) {
		return
	}
	set("id", parts[0], "", parts[0])
	set("name", parts[2], "", parts[2])
	set("sex", parts[4], "", parts[4])
	set("address", parts[5], "", parts[5])
	for field, compact := range map[string]string{"dob": parts[3], "issued": parts[6]} {
		if value, norm, err := compactDate(compact); err == nil {
			set(field, value, norm, compact)
		}
	}
}
