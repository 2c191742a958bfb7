package main

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"sohoa/dossier"
	"sohoa/storage/people"
)

// config is everything that can be set, once: in sohoa.yaml in the archive's
// folder, over it by environment variables (SOHOA_ and the key in capitals),
// over those by flags. Every zero value means its default. The tag live marks
// what a running serve takes over without a restart.
type config struct {
	// Listen is the address of the web pages, of the form 127.0.0.1:8080. Other
	// machines may reach it once there is an administrator, and with TLS.
	Listen string `koanf:"listen"`
	// TLSCertFile and TLSKeyFile hold the certificate, with its chain, and its
	// key. They are read again when they change.
	TLSCertFile string `koanf:"tls_cert_file"`
	TLSKeyFile  string `koanf:"tls_key_file"`
	// ACMEDomains are the names to get certificates for from an ACME service,
	// which must reach this server at port 443 under them.
	ACMEDomains []string `koanf:"acme_domains"`
	// ACMEDirectory is the service. Defaults to Let's Encrypt.
	ACMEDirectory string `koanf:"acme_directory"`
	// ACMEEmail is where the service writes to before a certificate expires.
	ACMEEmail string `koanf:"acme_email"`
	// ACMERootsFile holds the certificates by which the service itself is
	// known, where it is the office's own.
	ACMERootsFile string `koanf:"acme_roots_file"`
	// PublicURL is the address under which browsers reach the pages, where that
	// is not Listen: behind a proxy, and for the identity provider, which sends
	// browsers back to it.
	PublicURL string `koanf:"public_url"`
	// Proxies are the addresses (or networks, 10.0.0.0/24) of the office's own
	// proxies. They are believed about who asks; they must encrypt what goes
	// beyond this machine. With them, serve may leave loopback without TLS.
	Proxies []string `koanf:"proxies"`
	// OIDCIssuer is the identity provider that people may log in by, as it
	// names itself.
	OIDCIssuer string `koanf:"oidc_issuer"`
	// OIDCClientID is what the provider calls this server.
	OIDCClientID string `koanf:"oidc_client_id"`
	// OIDCClientSecretFile names a file with the secret that the provider knows
	// this server by; SOHOA_OIDC_CLIENT_SECRET is the other way.
	OIDCClientSecretFile string `koanf:"oidc_client_secret_file"`
	// OIDCRootsFile holds the certificates by which the provider is known, where
	// it is the office's own.
	OIDCRootsFile string `koanf:"oidc_roots_file"`
	// OIDCSecondFactor is trust, where the provider asks for a second factor
	// itself, or ask: for that of the account here. Defaults to trust.
	OIDCSecondFactor string `koanf:"oidc_second_factor"`
	// Inbox is the folder that scanners write into. Defaults to inbox in the
	// archive's folder.
	Inbox string `koanf:"inbox"`

	// Database is the catalogue: sqlite:FILE or postgres://…. Defaults to
	// catalog.db in the archive's folder. An address with a password may not
	// stand in sohoa.yaml.
	Database string `koanf:"database"`
	// DatabaseFile names a file that holds such an address.
	DatabaseFile string `koanf:"database_file"`
	// Objects is where the records are kept: file:FOLDER, or
	// s3://HOST/BUCKET (s3+http:// without encryption on the way, for a
	// service on this machine). Defaults to objects in the archive's folder.
	Objects string `koanf:"objects"`
	// S3Region is the region of the bucket. Defaults to us-east-1.
	S3Region string `koanf:"s3_region"`
	// S3KeyFile names a file with the access key on its first line and the
	// secret key on its second; SOHOA_S3_ACCESS_KEY and SOHOA_S3_SECRET_KEY
	// are the other way.
	S3KeyFile string `koanf:"s3_key_file"`
	// S3Require lists what the bucket must promise: object-lock, versioning,
	// encryption. A bucket that does not is refused.
	S3Require []string `koanf:"s3_require"`

	// Workers is the number of page-workers. Defaults to one for each core, or
	// fewer where memory is short.
	Workers int `koanf:"workers"`
	// PageTimeout is how long a processor may work on one page before it is
	// parked; by the clock it is ten times as long. Defaults to 60 s.
	PageTimeout time.Duration `koanf:"page_timeout"`

	// Languages are the models that pages are read with, the most important
	// one first. Defaults to vie.
	Languages []string `koanf:"languages"`
	// Models is the folder that holds them, for example with the slower and
	// more exact ones that "make models" fetches. Defaults to the engine's own.
	Models string `koanf:"models"`

	// Profiles are what differs for the pages of single devices: by the name of
	// a folder in the inbox, "inbox" for files in it itself, "process" for what
	// that command brings.
	Profiles map[string]profile `koanf:"profiles"`

	// Poll is the time between two looks at the inbox. Defaults to 2 s.
	Poll time.Duration `koanf:"poll" live:"yes"`
	// Settle is how long size and time of a file must rest before it is taken.
	// Defaults to 1 s.
	Settle time.Duration `koanf:"settle" live:"yes"`
	// SettlePages is the same for formats of many pages, which some scanners
	// write anew after each sheet. Defaults to two polls.
	SettlePages time.Duration `koanf:"settle_pages" live:"yes"`
	// SettleUnknown is the same for files of unknown format. Defaults to 30 s.
	SettleUnknown time.Duration `koanf:"settle_unknown" live:"yes"`
	// BatchIdle closes a batch when its folder has been still for so long.
	// Defaults to 30 s.
	BatchIdle time.Duration `koanf:"batch_idle" live:"yes"`
	// BatchHold is how much longer a batch waits for a file that is there but
	// not complete. Defaults to 2 min.
	BatchHold time.Duration `koanf:"batch_hold" live:"yes"`
	// BatchFiles closes a batch that holds so many files. Defaults to 1000.
	BatchFiles int `koanf:"batch_files" live:"yes"`
	// KeepDone is how many days the scanners' files stay in done after they
	// were stored. Defaults to 30.
	KeepDone int `koanf:"keep_done_days" live:"yes"`
	// CheckpointEvery is the longest time between two signed checkpoints of the
	// audit log, while there is anything new. Defaults to 1 min.
	CheckpointEvery time.Duration `koanf:"checkpoint_every" live:"yes"`
	// MinFree is the free space, in GB, below which serve says that it is not
	// ready. Defaults to 1.
	MinFree float64 `koanf:"min_free_gb" live:"yes"`

	// PeopleKeyFile holds the key that seals the secrets of second factors; it
	// is made when it is missing. Defaults to people.key in the archive's folder.
	PeopleKeyFile string `koanf:"people_key_file"`
	// SessionIdle ends a session that nobody used for so long. Defaults to 1 h.
	SessionIdle time.Duration `koanf:"session_idle"`
	// SessionLength ends every session. Defaults to 12 h.
	SessionLength time.Duration `koanf:"session_length"`
	// PasswordCost is the work of one password hash: normal, or low for tests
	// and machines with very little memory. Defaults to normal.
	PasswordCost passwordCost `koanf:"password_cost"`
	// AgencyName is the agency whose name stands on signed copies, as it writes
	// itself: Ủy ban nhân dân xã Gia Phú. Without it an office signs nothing.
	AgencyName string `koanf:"agency_name"`
	// SignForm is the form of the copies: SAO Y, SAO LỤC or TRÍCH SAO (NĐ
	// 30/2020/NĐ-CP, Điều 25). Defaults to SAO Y.
	SignForm string `koanf:"sign_form"`
	// SignKey is the office's key, a PKCS#12 file (.p12 or .pfx).
	SignKey string `koanf:"sign_key"`
	// SignKeyPasswordFile names a file with its password;
	// SOHOA_SIGN_KEY_PASSWORD is the other way.
	SignKeyPasswordFile string `koanf:"sign_key_password_file"`
	// SignPrintedCorner says what to do where the place of the signature's
	// block is printed on: shrink draws the first page smaller under a margin,
	// ask leaves the paper unsigned until a person says so. Defaults to ask; in
	// a demo archive to shrink.
	SignPrintedCorner string `koanf:"sign_printed_corner"`

	// DoubleEntry lists the fields, as kind.field, that two people with accounts
	// of their own key, neither seeing what the other keyed.
	DoubleEntry []string `koanf:"double_entry"`

	// Holidays are the days, beside the public ones with a fixed date, on which
	// the office does not work: as dd/MM/yyyy, or dd/MM for every year. Tết, the
	// day of the Hùng kings and days in lieu are settled anew each year.
	Holidays []string `koanf:"holidays"`

	// SampleFields is how many values a month's sample has. Defaults to 200.
	SampleFields int `koanf:"sample_fields"`
	// SampleLines is how many lines of text it has of each device. Defaults to
	// 20.
	SampleLines int `koanf:"sample_lines"`

	// LogLevel is debug, info, warn or error. Defaults to info.
	LogLevel string `koanf:"log_level" live:"yes"`
	// LogFormat is text or json. Defaults to text.
	LogFormat string `koanf:"log_format"`
}

// withDefaults fills in what is zero. The watcher and the workers have
// defaults of their own for what stays zero here.
func (c config) withDefaults(place layout) config {
	orText(&c.Listen, "127.0.0.1:8080")
	orText(&c.Inbox, place.inbox())
	orText(&c.Database, "sqlite:"+place.catalog())
	orText(&c.Objects, "file:"+place.objects())
	orText(&c.ACMEDirectory, "https://acme-v02.api.letsencrypt.org/directory")
	orText(&c.OIDCSecondFactor, "trust")
	orText(&c.SignForm, "SAO Y")
	orText(&c.LogLevel, "info")
	orText(&c.LogFormat, "text")
	if len(c.Languages) == 0 {
		c.Languages = []string{language}
	}
	if c.PageTimeout == 0 {
		c.PageTimeout = time.Minute
	}
	if c.KeepDone == 0 {
		c.KeepDone = 30
	}
	if c.CheckpointEvery == 0 {
		c.CheckpointEvery = time.Minute
	}
	if c.SampleFields == 0 {
		c.SampleFields = 200
	}
	if c.SampleLines == 0 {
		c.SampleLines = 20
	}
	if c.MinFree == 0 {
		c.MinFree = 1
	}
	return c
}

// passwordCost names the work of one password hash.
type passwordCost string

const (
	costNormal passwordCost = "normal"
	// costLow takes 8 MiB and a few milliseconds: enough to refuse everybody
	// who does not have the database, too little against whoever has it.
	costLow passwordCost = "low"
)

func (c passwordCost) cost() people.Cost {
	if c == costLow {
		return people.Cost{Memory: 8 << 10, Passes: 1, Threads: 1}
	}
	return people.DefaultCost
}

func orText(s *string, otherwise string) {
	if *s == "" {
		*s = otherwise
	}
}

// validate refuses what cannot work, in a sentence that names the key.
func (c config) validate() error {
	if err := errors.Join(c.checkListen(), c.checkProvider()); err != nil {
		return err
	}
	for key, d := range map[string]time.Duration{
		"page_timeout": c.PageTimeout, "poll": c.Poll, "settle": c.Settle, "settle_pages": c.SettlePages, "settle_unknown": c.SettleUnknown,
		"batch_idle": c.BatchIdle, "batch_hold": c.BatchHold, "session_idle": c.SessionIdle, "session_length": c.SessionLength,
		"checkpoint_every": c.CheckpointEvery,
	} {
		if d < 0 {
			return fmt.Errorf("%s: %v is below zero", key, d)
		}
	}
	if c.Workers < 0 || c.BatchFiles < 0 || c.KeepDone < 0 || c.MinFree < 0 || c.SampleFields < 0 || c.SampleLines < 0 {
		return errors.New("workers, batch_files, keep_done_days, min_free_gb, sample_fields and sample_lines must not be below zero")
	}
	if err := c.checkProfiles(); err != nil {
		return err
	}
	if _, err := dossier.NewCalendar(c.Holidays); err != nil {
		return fmt.Errorf("%s: %w", holidaysKey, err)
	}
	if !slices.Contains([]string{"SAO Y", "SAO LỤC", "TRÍCH SAO"}, c.SignForm) {
		return fmt.Errorf("sign_form: %q is none of SAO Y, SAO LỤC, TRÍCH SAO", c.SignForm)
	}
	if !slices.Contains([]string{"", "shrink", "ask"}, c.SignPrintedCorner) {
		return fmt.Errorf("sign_printed_corner: %q is neither shrink nor ask", c.SignPrintedCorner)
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.LogLevel) {
		return fmt.Errorf("log_level: %q is none of debug, info, warn, error", c.LogLevel)
	}
	if !slices.Contains([]passwordCost{"", costNormal, costLow}, c.PasswordCost) {
		return fmt.Errorf("password_cost: %q is neither normal nor low", c.PasswordCost)
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		return fmt.Errorf("log_format: %q is neither text nor json", c.LogFormat)
	}
	if !c.objectsInFolder() {
		if _, err := s3Address(c.Objects); err != nil {
			return err
		}
	}
	for _, promise := range c.S3Require {
		if !slices.Contains([]string{"object-lock", "versioning", "encryption"}, promise) {
			return fmt.Errorf("s3_require: %q is none of object-lock, versioning, encryption", promise)
		}
	}
	return nil
}

// reloaded gives the running configuration with what may change taken over
// from next, and the keys that changed but want a restart.
func (c config) reloaded(next config) (merged config, restart []string) {
	merged = c
	from, to := reflect.ValueOf(next), reflect.ValueOf(&merged).Elem()
	for i := range to.NumField() {
		field := to.Type().Field(i)
		if reflect.DeepEqual(to.Field(i).Interface(), from.Field(i).Interface()) {
			continue
		}
		if field.Tag.Get("live") == "" {
			restart = append(restart, field.Tag.Get("koanf"))
			continue
		}
		to.Field(i).Set(from.Field(i))
	}
	return merged, restart
}

// configKeys lists every key.
func configKeys() []string {
	var keys []string
	for field := range reflect.TypeFor[config]().Fields() {
		keys = append(keys, field.Tag.Get("koanf"))
	}
	return keys
}
