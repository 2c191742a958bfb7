package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"

	"sohoa/web/provider"
)

// checkListen refuses to be reachable from other machines without TLS:
// passwords and papers could be read on the way.
func (c config) checkListen() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("listen: %q is not of the form 127.0.0.1:8080", c.Listen)
	}
	if (c.TLSCertFile == "") != (c.TLSKeyFile == "") {
		return errors.New("tls_cert_file and tls_key_file belong together")
	}
	if c.TLSCertFile != "" && len(c.ACMEDomains) > 0 {
		return errors.New("tls_cert_file and acme_domains are both set; keep one")
	}
	if _, err := c.proxies(); err != nil {
		return err
	}
	if !isLoopback(host) && c.TLSCertFile == "" && len(c.ACMEDomains) == 0 && len(c.Proxies) == 0 {
		return fmt.Errorf("listen: %s would be reachable from other machines without encryption: set tls_cert_file and tls_key_file, or acme_domains, or proxies, or use 127.0.0.1, ::1 or localhost", host)
	}
	return nil
}

// proxies reads the addresses of the office's own proxies.
func (c config) proxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range c.Proxies {
		prefix, err := netip.ParsePrefix(text)
		if addr, errAddr := netip.ParseAddr(text); errAddr == nil {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil || prefix.Bits() == 0 {
			return nil, fmt.Errorf("proxies: %q is neither an address nor a network of some", text)
		}
		all = append(all, prefix)
	}
	return all, nil
}

// secretVariable is the other way to give the provider's secret.
const secretVariable = "SOHOA_OIDC_CLIENT_SECRET" //nolint:gosec // the name of a variable, no secret

// checkProvider refuses half a provider, and one that could be overheard.
func (c config) checkProvider() error {
	if err := checkAddress("public_url", c.PublicURL); err != nil {
		return err
	}
	if !slices.Contains([]string{"", "trust", "ask"}, c.OIDCSecondFactor) {
		return fmt.Errorf("oidc_second_factor: %q is neither trust nor ask", c.OIDCSecondFactor)
	}
	if c.OIDCIssuer == "" {
		return nil
	}
	if err := checkAddress("oidc_issuer", c.OIDCIssuer); err != nil {
		return err
	}
	if c.OIDCClientID == "" || c.PublicURL == "" {
		return errors.New("oidc_issuer wants oidc_client_id and public_url beside it")
	}
	return nil
}

// checkAddress refuses what is not the address of a service that secrets may
// travel to.
func checkAddress(key, text string) error {
	u, err := url.Parse(text)
	if text != "" && (err != nil || !provider.MayCarry(u) || u.User != nil || u.RawQuery != "" || u.Fragment != "") {
		return fmt.Errorf("%s: %q is not of the form https://HOST (http:// within this machine only)", key, text)
	}
	return nil
}

// isLoopback tells whether a host is this machine.
func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
