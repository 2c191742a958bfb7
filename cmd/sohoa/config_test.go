package main

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sohoa/ocr"
	"sohoa/ocr/tesseract"
)

// source is a configuration of one file, one environment and some flags.
func source(t *testing.T, yaml string, environ []string, flags map[string]any) configSource {
	t.Helper()
	place := layout{root: t.TempDir()}
	if err := os.WriteFile(place.config(), []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	return configSource{place: place, environ: environ, flags: flags}
}

func TestLaterLayersWin(t *testing.T) {
	t.Parallel()
	s := source(t, "# a comment\npoll: 3s\nbatch_files: 7\ns3_require: [versioning]\n",
		[]string{"SOHOA_POLL=5s", "SOHOA_WORKERS=2", "SOHOA_CORPUS=elsewhere", "SOHOA_INBOX="}, map[string]any{"listen": "[::1]:0"})
	got, err := s.load()
	if err != nil {
		t.Fatal(err)
	}
	if got.Poll != 5*time.Second || got.BatchFiles != 7 || got.Workers != 2 || got.Listen != "[::1]:0" || !slices.Equal(got.S3Require, []string{"versioning"}) {
		t.Errorf("layers are not merged: %+v", got)
	}
	if got.Inbox != filepath.Join(s.place.root, "inbox") || got.Database != "sqlite:"+s.place.catalog() || got.KeepDone != 30 {
		t.Errorf("defaults are missing: %+v", got)
	}
}

func TestNoFileMeansDefaults(t *testing.T) {
	t.Parallel()
	got, err := configSource{place: layout{root: t.TempDir()}}.load()
	if err != nil {
		t.Fatal(err)
	}
	if got.Listen != "127.0.0.1:8080" || got.LogLevel != "info" {
		t.Errorf("got %+v", got)
	}
}

// TestProfiles: a device is read as its profile says, and else as all are.
func TestProfiles(t *testing.T) {
	t.Parallel()
	s := source(t, "languages: [vie]\nmodels: /fast\nprofiles:\n  quầy.1: {languages: [vie, eng], dpi: 200, patch_t: true}\n  inbox: {models: /best}\n", nil, nil)
	got, err := s.load()
	if err != nil {
		t.Fatal(err)
	}
	for device, want := range map[string]ocr.Profile{
		"":       {Models: tesseract.Config{Languages: []string{"vie"}, Data: "/fast"}},
		"other":  {Models: tesseract.Config{Languages: []string{"vie"}, Data: "/fast"}},
		"quầy.1": {Models: tesseract.Config{Languages: []string{"vie", "eng"}, Data: "/fast"}, DPI: 200, Patches: true},
		"inbox":  {Models: tesseract.Config{Languages: []string{"vie"}, Data: "/best"}},
	} {
		if p := got.reading(device); !reflect.DeepEqual(p, want) {
			t.Errorf("%q: %+v, want %+v", device, p, want)
		}
	}
}

func TestMistakesInSettingsAreSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, yaml, says string }{
		{"unknown key", "\npoll: 2s\npole: 2s", "sohoa.yaml:3: there is no setting called \"pole\""},
		{"twice", "poll: 2s\npoll: 3s", "set twice"},
		{"not a list of settings", "- poll", "sohoa.yaml:1: expected lines of the form key: value"},
		{"not YAML", "poll: [", "sohoa.yaml"},
		{"time without unit", "poll: 2", "no unit"},
		{"time below zero", "settle: -1s", "settle: -1s is below zero"},
		{"not a time", "settle: soon", "settle"},
		{"password in the address", "database: postgres://u:pa55word@h/db", "holds a password"},
		{"keys in the bucket's address", "objects: s3://key@h/bucket", "keys do not belong"},
		{"bucket without a name", "objects: s3://h", "s3://HOST/BUCKET"},
		{"objects nowhere", "objects: ftp://h/x", "file:FOLDER"},
		{"unencrypted bucket elsewhere", "objects: s3+http://10.0.0.1/b", "without encryption"},
		{"unknown promise", "s3_require: eternity", "\"eternity\""},
		{"level", "log_level: loud", "log_level"},
		{"form of the log", "log_format: xml", "log_format"},
		{"profiles without devices", "profiles: [quay-1]", "sohoa.yaml:1: profiles: expected the names of devices"},
		{"device without settings", "poll: 2s\nprofiles:\n  quay-1: best", "sohoa.yaml:3: profiles: quay-1: expected lines"},
		{"unknown key of a profile", "profiles:\n  quay-1:\n    dpi: 200\n    model: best", "sohoa.yaml:4: profiles: quay-1: there is no setting called \"model\""},
		{"resolution of no scanner", "profiles: {quay-1: {dpi: 72}}", "profiles: quay-1: dpi: 72 is not between 100 and 1200"},
		{"both databases", "database: postgres://h/db\ndatabase_file: /nowhere", "both set"},
		{"no such file", "database_file: /nowhere", "database_file"},
		{"below zero", "workers: -1", "below zero"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := source(t, c.yaml, nil, nil).load()
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want an error that says %q", err, c.says)
			}
			if err != nil && strings.Contains(err.Error(), "pa55word") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "database")
	if err := os.WriteFile(secret, []byte("postgres://u:p@h/db\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := source(t, "database_file: "+secret, nil, nil).load()
	if err != nil || got.Database != "postgres://u:p@h/db" {
		t.Errorf("got %q, %v", got.Database, err)
	}
}

func TestOtherMachinesListenOnlyWithTLS(t *testing.T) {
	t.Parallel()
	loopback := func(listen string) error { return config{Listen: listen}.checkListen() }
	for _, listen := range []string{"127.0.0.1:8080", "127.9.9.9:1", "[::1]:80", "localhost:0"} {
		if err := loopback(listen); err != nil {
			t.Errorf("%s is refused: %v", listen, err)
		}
	}
	for _, listen := range []string{"0.0.0.0:80", ":80", "[::]:80", "192.168.0.1:80", "example.org:80", "127.0.0.1", "127.0.0.1.example.org:80", "[::ffff:10.0.0.1]:80"} {
		if loopback(listen) == nil {
			t.Errorf("%s is let through", listen)
		}
	}
	for name, c := range map[string]config{
		"by file": {Listen: "0.0.0.0:443", TLSCertFile: "c", TLSKeyFile: "k"}, "by ACME": {Listen: ":443", ACMEDomains: []string{"sohoa.example"}},
	} {
		if err := c.checkListen(); err != nil {
			t.Errorf("with TLS %s: %v", name, err)
		}
	}
	for name, c := range map[string]config{
		"half a pair": {Listen: "127.0.0.1:1", TLSCertFile: "c"}, "both": {Listen: "127.0.0.1:1", TLSCertFile: "c", TLSKeyFile: "k", ACMEDomains: []string{"x"}},
	} {
		if c.checkListen() == nil {
			t.Errorf("%s is let through", name)
		}
	}
}

func TestReloadTakesOverWhatMayChange(t *testing.T) {
	t.Parallel()
	before := config{Poll: time.Second, Workers: 2, LogLevel: "info", Listen: "127.0.0.1:1"}
	after := config{Poll: time.Minute, Workers: 3, LogLevel: "debug", Listen: "127.0.0.1:2"}
	merged, restart := before.reloaded(after)
	if merged.Poll != time.Minute || merged.LogLevel != "debug" || merged.Workers != 2 || merged.Listen != "127.0.0.1:1" {
		t.Errorf("merged %+v", merged)
	}
	slices.Sort(restart)
	if !slices.Equal(restart, []string{"listen", "workers"}) {
		t.Errorf("restart wanted for %v", restart)
	}
}
