package provider

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"sohoa/dossier"
)

// ticket is what a browser brings back, sealed: what it was sent away with.
type ticket struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"` // of RFC 7636
	Until    time.Time `json:"until"`
}

const (
	// TicketLife is how long the provider's page may take.
	TicketLife = 10 * time.Minute
	// purpose is what tickets are sealed for.
	purpose = "provider ticket"
)

// Returned is what the provider sends the browser back with (RFC 6749, 4.1.2;
// RFC 9207 for the issuer).
type Returned struct{ State, Code, Issuer, Error string }

// Begin gives the provider's address to go to, and the ticket that this browser
// must bring back.
func (c *Client) Begin(ctx context.Context) (address, sealed string, err error) {
	f, err := c.discovered(ctx)
	if err != nil {
		return "", "", err
	}
	t := ticket{State: dossier.NewID(), Nonce: dossier.NewID(), Verifier: oauth2.GenerateVerifier(), Until: c.Now().Add(TicketLife)}
	if sealed, err = c.seal(t); err != nil {
		return "", "", err
	}
	return f.oauth.AuthCodeURL(t.State, oidc.Nonce(t.Nonce), oauth2.S256ChallengeOption(t.Verifier)), sealed, nil
}

func (c *Client) seal(t ticket) (string, error) {
	body, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("seal ticket: %w", err)
	}
	return c.Sealer.Seal(purpose, body)
}

func (c *Client) unseal(sealed string) (ticket, error) {
	var t ticket
	body, err := c.Sealer.Unseal(purpose, sealed)
	if err == nil {
		err = json.Unmarshal(body, &t)
	}
	if err == nil && !c.Now().Before(t.Until) {
		err = errors.New("its time is over")
	}
	if err != nil {
		return ticket{}, because(dossier.RefusedProviderTicket, err)
	}
	return t, nil
}

// Finish takes the browser back and says who the provider vouches for.
func (c *Client) Finish(ctx context.Context, sealed string, back Returned) (Identity, error) {
	t, err := c.unseal(sealed)
	switch {
	case err != nil:
		return Identity{}, err
	case subtle.ConstantTimeCompare([]byte(back.State), []byte(t.State)) != 1:
		return Identity{}, because(dossier.RefusedProviderTicket, errors.New("the state is that of another browser"))
	case back.Issuer != "" && back.Issuer != c.Issuer:
		return Identity{}, because(dossier.RefusedProviderIssuer, errors.New("the answer is another provider's"))
	case back.Error != "" || back.Code == "":
		return Identity{}, because(dossier.RefusedProvider, fmt.Errorf("the provider answered %q", oauthCode(back.Error)))
	}
	f, err := c.discovered(ctx)
	if err != nil {
		return Identity{}, err
	}
	token, err := f.oauth.Exchange(oidc.ClientContext(ctx, c.http), back.Code, oauth2.VerifierOption(t.Verifier))
	if err != nil {
		return Identity{}, notExchanged(err)
	}
	raw, _ := token.Extra("id_token").(string)
	return c.identify(ctx, f.verifier, raw, t.Nonce)
}

// notExchanged says why there is no token. What the provider writes beside its
// code of an error may be anything, and stays out of the log.
func notExchanged(err error) error {
	if said, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return because(dossier.RefusedProvider, fmt.Errorf("the provider gave no token: status %d, %q", said.Response.StatusCode, oauthCode(said.ErrorCode)))
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		return because(dossier.RefusedProviderAway, err)
	}
	return because(dossier.RefusedProvider, errors.New("the provider's answer with the token cannot be read"))
}

// oauthCode is a code of an error as RFC 6749 has them; anything else that
// stands there is dropped.
func oauthCode(said string) string {
	if len(said) > 40 || strings.Trim(said, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return "an unknown error"
	}
	return said
}

// maxSubject is the longest name of a person (OpenID Connect Core 1.0, 2).
const maxSubject = 255

// identify reads an ID token (OpenID Connect Core 1.0, 3.1.3.7): signature,
// audience and times by the library, issuer, nonce and authorized party here.
func (c *Client) identify(ctx context.Context, verifier *oidc.IDTokenVerifier, raw, nonce string) (Identity, error) {
	id, err := verifier.Verify(oidc.ClientContext(ctx, c.http), raw)
	if err != nil {
		return Identity{}, because(dossier.RefusedProvider, err)
	}
	var party struct {
		Authorized string `json:"azp"`
	}
	if err := id.Claims(&party); err != nil {
		return Identity{}, because(dossier.RefusedProvider, errors.New("the token's claims cannot be read"))
	}
	switch {
	case id.Issuer != c.Issuer:
		return Identity{}, because(dossier.RefusedProviderIssuer, errors.New("the token is another issuer's"))
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1:
		return Identity{}, because(dossier.RefusedProviderTicket, errors.New("the token was made for another log-in"))
	case party.Authorized != "" && party.Authorized != c.ClientID, party.Authorized == "" && len(id.Audience) > 1:
		return Identity{}, because(dossier.RefusedProvider, errors.New("the token was made for another program"))
	case id.Subject == "" || len(id.Subject) > maxSubject || slices.ContainsFunc([]rune(id.Subject), func(r rune) bool { return r < ' ' }):
		return Identity{}, because(dossier.RefusedProvider, errors.New("the token names nobody"))
	}
	return Identity{Issuer: id.Issuer, Subject: id.Subject}, nil
}

// bounded is a transport whose answers end.
type bounded struct{ http.RoundTripper }

// RoundTrip asks, and bounds what is read of the answer.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(response.Body, maxAnswer), response.Body}
	return response, nil
}
