package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"sohoa/dossier"
	"sohoa/storage/people"
	"sohoa/web"
	"sohoa/web/provider"
)

// newProvider gives the office's identity provider; nil without one.
func newProvider(settings config, register *people.People) (web.Provider, error) {
	if settings.OIDCIssuer == "" {
		return nil, nil //nolint:nilnil // most offices have none
	}
	secret, err := settings.providerSecret()
	if err != nil {
		return nil, err
	}
	roots, err := rootsFrom("oidc_roots_file", settings.OIDCRootsFile)
	if err != nil {
		return nil, err
	}
	client := provider.New(provider.Config{
		Issuer: settings.OIDCIssuer, ClientID: settings.OIDCClientID, Secret: secret, Roots: roots,
		Redirect: strings.TrimSuffix(settings.PublicURL, "/") + "/login/provider/back", Sealer: register, Now: time.Now,
	})
	return byProvider{client: client, register: register, factor: settings.OIDCSecondFactor == "ask"}, nil
}

// providerSecret reads what the provider knows this server by.
func (c config) providerSecret() (string, error) {
	secret := os.Getenv(secretVariable)
	if c.OIDCClientSecretFile != "" {
		body, err := os.ReadFile(c.OIDCClientSecretFile)
		if err != nil {
			return "", fmt.Errorf("oidc_client_secret_file: %w", err)
		}
		secret = string(body)
	}
	if secret = strings.TrimSpace(secret); secret == "" {
		return "", usage("Name a file that holds it with oidc_client_secret_file, or set "+secretVariable+".", "the secret for %s is missing", c.OIDCIssuer)
	}
	return secret, nil
}

// byProvider is how people come in by the identity provider: it says who it is,
// the register says which account that is.
type byProvider struct {
	client   *provider.Client
	register *people.People
	factor   bool // ask for the account's own second factor, too
}

// Begin sends a browser away.
func (b byProvider) Begin(ctx context.Context) (address, ticket string, err error) {
	return b.client.Begin(ctx)
}

// Finish takes it back.
func (b byProvider) Finish(ctx context.Context, ticket string, back web.FromProvider, from dossier.From) (dossier.Pass, error) {
	who, err := b.client.Finish(ctx, ticket, provider.Returned(back))
	if err != nil {
		return dossier.Pass{}, err
	}
	pass, err := b.register.LoginSubject(ctx, who.String(), b.factor, from)
	if errors.Is(err, dossier.RefusedNoSuchUser) {
		return dossier.Pass{}, web.Stranger{Subject: who.Subject}
	}
	return pass, err
}
