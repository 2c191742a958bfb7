package provider

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"sohoa/dossier"
)

// Config is what the provider knows us by, and we know it by.
type Config struct {
	// Issuer is the provider, as it names itself in everything it signs.
	Issuer           string
	ClientID, Secret string
	// Redirect is our address that the provider sends browsers back to.
	Redirect string
	// Roots are the certificates that the provider is known by; nil: those of
	// the system.
	Roots *x509.CertPool
	// Sealer keeps a ticket from being read or made by the browser.
	Sealer Sealer
	// Now is the clock.
	Now func() time.Time
}

// Sealer encrypts a value for a purpose, and opens it again.
type Sealer interface {
	Seal(purpose string, value []byte) (string, error)
	Unseal(purpose, sealed string) ([]byte, error)
}

// Identity is somebody the provider vouches for. Only both parts together name
// a person, and for ever (OpenID Connect Core 1.0, section 5.7).
type Identity struct{ Issuer, Subject string }

// String is the identity as an account is bound to it. An issuer has no
// fragment, so that the first # parts the two.
func (i Identity) String() string { return i.Issuer + "#" + i.Subject }

// Client talks to one provider. It is safe for concurrent use.
type Client struct {
	Config
	http *http.Client

	// finding holds one token while the provider is asked for its addresses.
	finding chan struct{}
	mu      sync.Mutex
	found   found
}

// found is what the provider last said about itself, or why it did not.
type found struct {
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
	err      error
	at       time.Time
}

const (
	// foundFor is how long what the provider says about itself is taken as
	// said. Its keys are fetched anew whenever an unknown one signs.
	foundFor = time.Hour
	// failedFor is how long a provider that did not answer is left alone, so
	// that a crowd at the door does not wait in turn.
	failedFor = 5 * time.Second
	// askTime bounds every question to the provider: somebody waits.
	askTime = 10 * time.Second
	// maxAnswer bounds what the provider may answer; keys of a large provider
	// are some 10 KB.
	maxAnswer = 1 << 20
)

// New gives a client; the provider need not be there yet.
func New(cfg Config) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert,errcheck // it is one, by its documentation
	if cfg.Roots != nil {
		transport.TLSClientConfig.RootCAs = cfg.Roots
	}
	return &Client{
		Config: cfg, finding: make(chan struct{}, 1),
		http: &http.Client{
			Transport: bounded{transport}, Timeout: askTime,
			// The addresses are those that the provider itself has named.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// discovered gives the provider as it describes itself (OpenID Connect
// Discovery 1.0, section 4).
func (c *Client) discovered(ctx context.Context) (found, error) {
	if f, fresh := c.last(); fresh {
		return f, f.err
	}
	select {
	case c.finding <- struct{}{}:
		defer func() { <-c.finding }()
	case <-ctx.Done():
		return found{}, ctx.Err()
	}
	if f, fresh := c.last(); fresh { // somebody else has asked meanwhile
		return f, f.err
	}
	f := c.discover(ctx)
	if ctx.Err() == nil { // a browser that went away says nothing about the provider
		c.mu.Lock()
		c.found = f
		c.mu.Unlock()
	}
	return f, f.err
}

func (c *Client) last() (f found, fresh bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	age := c.Now().Sub(c.found.at)
	return c.found, c.found.err != nil && age < failedFor || c.found.err == nil && c.found.verifier != nil && age < foundFor
}

func (c *Client) discover(ctx context.Context) found {
	at := c.Now()
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, c.http), c.Issuer)
	if err != nil {
		if _, differs := errors.AsType[*oidc.IssuerMismatchError](err); differs {
			return found{at: at, err: because(dossier.RefusedProviderIssuer, err)}
		}
		return found{at: at, err: because(dossier.RefusedProviderAway, err)}
	}
	endpoint := p.Endpoint()
	for _, address := range []string{endpoint.AuthURL, endpoint.TokenURL} {
		if u, err := url.Parse(address); err != nil || !MayCarry(u) {
			return found{at: at, err: because(dossier.RefusedProviderIssuer, errors.New("it names an address without encryption"))}
		}
	}
	endpoint.AuthStyle = authStyle(p)
	return found{
		at: at, verifier: p.Verifier(&oidc.Config{ClientID: c.ClientID, Now: c.Now, SkipIssuerCheck: true}), // identify compares it, for an answer of its own
		oauth: oauth2.Config{ClientID: c.ClientID, ClientSecret: c.Secret, Endpoint: endpoint, RedirectURL: c.Redirect, Scopes: []string{oidc.ScopeOpenID}},
	}
}

// MayCarry tells whether secrets may travel to an address: with TLS, or within
// this machine.
func MayCarry(u *url.URL) bool {
	host := u.Hostname()
	return u.Scheme == "https" && host != "" || u.Scheme == "http" && (host == "localhost" || host == "127.0.0.1" || host == "::1")
}

// authStyle is how the provider wants the client's secret. Where it does not
// say, it is in the header (OpenID Connect Discovery 1.0, section 3).
func authStyle(p *oidc.Provider) oauth2.AuthStyle {
	var says struct {
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if p.Claims(&says) == nil && len(says.Methods) > 0 && !slices.Contains(says.Methods, "client_secret_basic") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// because is a refusal with its cause for the log.
func because(why dossier.Refusal, cause error) error {
	text := []rune(cause.Error())
	return fmt.Errorf("%w: %s", why, string(text[:min(len(text), maxCause)]))
}

// maxCause bounds what a log line says in the provider's words.
const maxCause = 200
