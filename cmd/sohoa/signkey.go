package main

import (
	"context"
	"os"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/pipeline/signkey"
)

// passwordVariable is the other way to give the key's password.
const passwordVariable = "SOHOA_SIGN_KEY_PASSWORD" //nolint:gosec // the name of a variable, no password

// demoAgency signs in demo archives. There is no such commune.
const demoAgency = "Ủy ban nhân dân xã Thử Nghiệm"

// signRules says how an archive signs: by its test key, or by the key that the
// settings name.
func signRules(place layout, settings config, demo bool) pipeline.SignRules {
	rules := pipeline.SignRules{
		Form: settings.SignForm, Agency: settings.AgencyName, Corner: dossier.Corner(settings.SignPrintedCorner), Demo: demo,
	}
	if demo {
		orText(&rules.Agency, demoAgency)
	}
	if rules.Corner == "" {
		rules.Corner = dossier.CornerAsk
		if demo {
			rules.Corner = dossier.CornerShrink
		}
	}
	switch {
	case demo && settings.SignKey != "":
		// Not even read: a real key has no business here.
		rules.Keys = signkey.Once(demo, func() (signkey.Key, error) { return signkey.Key{}, &signkey.Problem{Kind: signkey.OfficeKeyInDemo} })
	case demo:
		rules.Keys = signkey.Once(demo, func() (signkey.Key, error) { return signkey.OpenTest(place.testKey()) })
	case settings.SignKey != "":
		rules.Keys = signkey.Once(demo, settings.officeKey)
	}
	return rules
}

// officeKey reads the key file with its password.
func (c config) officeKey() (signkey.Key, error) {
	password := os.Getenv(passwordVariable)
	if c.SignKeyPasswordFile != "" {
		var err error
		if password, err = signkey.ReadPassword(c.SignKeyPasswordFile); err != nil {
			return signkey.Key{}, &signkey.Problem{Kind: signkey.NoPassword, Err: err}
		}
	}
	return signkey.Open(c.SignKey, password)
}

// actionTestKey is the event that tells of a new test key, by the digest of its
// certificate.
const actionTestKey = "sign_key.made"

// makeTestKey gives a demo archive its key; one that was copied without it gets
// a new one. Either is in the log.
func (a *archive) makeTestKey(ctx context.Context) error {
	if !a.record.Demo {
		return nil
	}
	return signkey.MakeTest(a.layout.testKey(), time.Now(), func(c dossier.Certificate) error {
		return a.audit.Note(ctx, a.act("sohoa"), dossier.Deed{Action: actionTestKey, Subject: string(c.SHA256), Payload: map[string]any{"test": true}})
	})
}
