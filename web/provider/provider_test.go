package provider

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/web/provider/providertest"
)

// plainSealer seals nothing; the real one is storage/people's, tested there and
// in cmd/sohoa.
type plainSealer struct{}

func (plainSealer) Seal(purpose string, value []byte) (string, error) {
	return purpose + ":" + string(value), nil
}

func (plainSealer) Unseal(purpose, sealed string) ([]byte, error) {
	value, ok := strings.CutPrefix(sealed, purpose+":")
	if !ok {
		return nil, errors.New("not sealed here")
	}
	return []byte(value), nil
}

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const redirect = "http://localhost:1/login/provider/back"

// newClient is a client of an issuer, known by the right secret.
func newClient(issuer string, change ...func(*Config)) (*Client, *clock) {
	c := &clock{now: time.Now()}
	cfg := Config{Issuer: issuer, ClientID: providertest.ClientID, Secret: providertest.Secret, Redirect: redirect, Sealer: plainSealer{}, Now: c.Now}
	for _, f := range change {
		f(&cfg)
	}
	return New(cfg), c
}

// returned reads what a browser comes back with.
func returned(u *url.URL) Returned {
	q := u.Query()
	return Returned{State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"), Error: q.Get("error")}
}

// begin sends a browser away.
func begin(t *testing.T, c *Client) (address, sealed string) {
	t.Helper()
	address, sealed, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return address, sealed
}

// refused requires a refusal whose cause names nobody and no secret.
func refused(t *testing.T, err error, want dossier.Refusal) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
	for _, secret := range []string{providertest.Password, providertest.LanSubject, "code="} {
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the cause says %q: %v", secret, err)
		}
	}
}

func TestLoggingInByTheProvider(t *testing.T) {
	server := providertest.Start(t, redirect)
	client, _ := newClient(server.Issuer)
	address, sealed := begin(t, client)
	asked, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"scope": "openid", "response_type": "code", "code_challenge_method": "S256", "redirect_uri": redirect} {
		if got := asked.Query().Get(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if again, _ := begin(t, client); asked.Query().Get("state") == "" || strings.Contains(again, asked.Query().Get("nonce")) {
		t.Error("two log-ins have one nonce")
	}
	back := returned(server.Login(t, address, providertest.Lan))
	who, err := client.Finish(t.Context(), sealed, back)
	if err != nil {
		t.Fatal(err)
	}
	if want := server.Issuer + "#" + providertest.LanSubject; who.String() != want {
		t.Errorf("it is %s, want %s", who, want)
	}
	// A code that has been used opens nothing again.
	_, err = client.Finish(t.Context(), sealed, back)
	refused(t, err, dossier.RefusedProvider)
}

// TestWrongAnswers takes everything that can be wrong about an answer, against
// the provider itself.
func TestWrongAnswers(t *testing.T) {
	server := providertest.Start(t, redirect)
	client, now := newClient(server.Issuer)
	for name, c := range map[string]struct {
		change func(t *ticket, back *Returned)
		want   dossier.Refusal
	}{
		"another browser's state":    {func(_ *ticket, b *Returned) { b.State = dossier.NewID() }, dossier.RefusedProviderTicket},
		"no state":                   {func(_ *ticket, b *Returned) { b.State = "" }, dossier.RefusedProviderTicket},
		"a token of another log-in":  {func(k *ticket, _ *Returned) { k.Nonce = dossier.NewID() }, dossier.RefusedProviderTicket},
		"a code of another browser":  {func(k *ticket, _ *Returned) { k.Verifier = strings.Repeat("v", 43) }, dossier.RefusedProvider},
		"another provider's answer":  {func(_ *ticket, b *Returned) { b.Issuer = "https://evil.example" }, dossier.RefusedProviderIssuer},
		"a made-up code":             {func(_ *ticket, b *Returned) { b.Code = "guess" }, dossier.RefusedProvider},
		"the person said no":         {func(_ *ticket, b *Returned) { b.Error, b.Code = "access_denied", "" }, dossier.RefusedProvider},
		"an error full of something": {func(_ *ticket, b *Returned) { b.Error = "code=" + providertest.LanSubject }, dossier.RefusedProvider},
		"too late":                   {func(k *ticket, _ *Returned) { k.Until = now.Now() }, dossier.RefusedProviderTicket},
	} {
		t.Run(name, func(t *testing.T) {
			address, sealed := begin(t, client)
			back := returned(server.Login(t, address, providertest.Lan))
			k, err := client.unseal(sealed)
			if err != nil {
				t.Fatal(err)
			}
			c.change(&k, &back)
			if sealed, err = client.seal(k); err != nil {
				t.Fatal(err)
			}
			_, err = client.Finish(t.Context(), sealed, back)
			refused(t, err, c.want)
		})
	}
	_, err := client.Finish(t.Context(), "not sealed by us", Returned{Code: "x"})
	refused(t, err, dossier.RefusedProviderTicket)
	address, sealed := begin(t, client)
	back := returned(server.Login(t, address, providertest.Lan))
	now.move(TicketLife)
	_, err = client.Finish(t.Context(), sealed, back)
	refused(t, err, dossier.RefusedProviderTicket)
}

// TestWrongSettings are told apart.
func TestWrongSettings(t *testing.T) {
	server := providertest.Start(t, redirect)
	// The same server under another name than its own.
	elsewhere, _ := newClient(strings.Replace(server.Issuer, "localhost", "127.0.0.1", 1))
	_, _, err := elsewhere.Begin(t.Context())
	refused(t, err, dossier.RefusedProviderIssuer)

	unknown, _ := newClient(server.Issuer, func(c *Config) { c.Secret = "wrong" })
	address, sealed := begin(t, unknown)
	_, err = unknown.Finish(t.Context(), sealed, returned(server.Login(t, address, providertest.Lan)))
	refused(t, err, dossier.RefusedProvider)
	if strings.Contains(err.Error(), "wrong") {
		t.Errorf("the cause holds the secret: %v", err)
	}
}

// TestTheProviderIsAway is told at once to all who come, and forgotten when it
// is back.
func TestTheProviderIsAway(t *testing.T) {
	server := providertest.Start(t, redirect)
	client, now := newClient(server.Issuer)
	address, sealed := begin(t, client)
	back := returned(server.Login(t, address, providertest.Hoa))
	server.Stop()
	_, err := client.Finish(t.Context(), sealed, back) // its addresses are known still
	refused(t, err, dossier.RefusedProviderAway)
	now.move(2 * foundFor)
	_, _, err = client.Begin(t.Context())
	refused(t, err, dossier.RefusedProviderAway)
}

// forger stands before the real provider and changes what it says of itself.
func forger(t *testing.T, behind string, change func(description map[string]any)) *httptest.Server {
	t.Helper()
	var asked *httptest.Server
	asked = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		response, err := http.Get(behind + ".well-known/openid-configuration")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer response.Body.Close()
		var description map[string]any
		if err := json.NewDecoder(response.Body).Decode(&description); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		description["issuer"] = asked.URL
		change(description)
		_ = json.NewEncoder(w).Encode(description)
	}))
	t.Cleanup(asked.Close)
	return asked
}

// TestForgedProviders: tokens of another issuer, and addresses without
// encryption, let nobody in.
func TestForgedProviders(t *testing.T) {
	server := providertest.Start(t, redirect)
	front := forger(t, server.Issuer, func(map[string]any) {})
	client, _ := newClient(front.URL)
	address, sealed := begin(t, client)
	_, err := client.Finish(t.Context(), sealed, returned(server.Login(t, address, providertest.Lan)))
	refused(t, err, dossier.RefusedProviderIssuer)

	plain := forger(t, server.Issuer, func(d map[string]any) { d["token_endpoint"] = "http://token.example/" })
	client, _ = newClient(plain.URL)
	_, _, err = client.Begin(t.Context())
	refused(t, err, dossier.RefusedProviderIssuer)
}

// TestEndlessAnswers end.
func TestEndlessAnswers(t *testing.T) {
	var sent int
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for line := strings.Repeat("x", 1<<16); ; sent += len(line) {
			if _, err := io.WriteString(w, line); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	client, _ := newClient(endless.URL)
	_, _, err := client.Begin(t.Context())
	refused(t, err, dossier.RefusedProviderAway)
	endless.Close()
	if sent > 64*maxAnswer {
		t.Errorf("%d bytes were read", sent)
	}
}

// TestACrowdAsksOnce: a provider that is away is not asked by each of a crowd.
func TestACrowdAsksOnce(t *testing.T) {
	var mu sync.Mutex
	asked := 0
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		asked++
		mu.Unlock()
		http.Error(w, "later", http.StatusServiceUnavailable)
	}))
	defer broken.Close()
	client, now := newClient(broken.URL)
	var crowd sync.WaitGroup
	for range 50 {
		crowd.Go(func() {
			_, _, err := client.Begin(t.Context())
			refused(t, err, dossier.RefusedProviderAway)
		})
	}
	crowd.Wait()
	if asked != 1 {
		t.Errorf("asked %d times, want once", asked)
	}
	now.move(failedFor)
	_, _, err := client.Begin(t.Context())
	refused(t, err, dossier.RefusedProviderAway)
	if asked != 2 {
		t.Errorf("asked %d times, want again after a while", asked)
	}
}

// Secrets travel encrypted, or not at all.
func TestMayCarry(t *testing.T) {
	for address, want := range map[string]bool{
		"https://id.example": true, "https://id.example/realms/xa": true, "http://localhost:9998/": true, "http://127.0.0.1:1": true, "http://[::1]:1/": true,
		"http://id.example": false, "http://10.0.0.1/": false, "ftp://localhost": false, "https://": false, "localhost": false, "": false, "http://localhost.evil.example": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if MayCarry(u) != want {
			t.Errorf("%q: %v", address, !want)
		}
	}
}
