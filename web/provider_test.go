package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"sohoa/dossier"
)

// fakeProvider vouches for whom its code says. The real one is in package
// provider, tested there and in cmd/sohoa.
type fakeProvider struct{ begun error }

func (f fakeProvider) Begin(context.Context) (address, ticket string, err error) {
	return "https://id.example/auth?state=s1", "sealed", f.begun
}

func (fakeProvider) Finish(_ context.Context, ticket string, back FromProvider, _ dossier.From) (dossier.Pass, error) {
	switch {
	case ticket != "sealed" || back.State != "s1":
		return dossier.Pass{}, dossier.RefusedProviderTicket
	case back.Code == "stranger":
		return dossier.Pass{}, Stranger{Subject: "<b>subject-42"}
	case back.Code == "broken":
		return dossier.Pass{}, errBroken
	}
	return dossier.Pass{Secret: back.Code, Half: strings.HasPrefix(back.Code, "half-")}, nil
}

func TestProviderPages(t *testing.T) {
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	said := &strings.Builder{}
	cfg := withPeople(busyDay(), &fakePeople{way: WayLogin}, kinds)
	cfg.Provider, cfg.Log = fakeProvider{}, slog.New(slog.NewTextHandler(said, nil))
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	away := get(t, h, "/login/provider")
	if at := away.Header().Get("Location"); away.Code != http.StatusSeeOther || at != "https://id.example/auth?state=s1" {
		t.Errorf("%d to %q", away.Code, at)
	}
	if cookie := away.Header().Get("Set-Cookie"); cookie != "sohoa-ticket=sealed; Path=/login/provider; Max-Age=600; HttpOnly; SameSite=Lax" {
		t.Errorf("the ticket: %q", cookie)
	}
	for name, c := range map[string]struct {
		query, cookie string
		code          int
		says, session string
	}{
		"somebody":               {"?state=s1&code=lan", "sealed", http.StatusOK, `href="/"`, "sohoa=lan;"},
		"half":                   {"?state=s1&code=half-lan", "sealed", http.StatusOK, `href="/login/code"`, "sohoa=half-lan;"},
		"a stranger":             {"?state=s1&code=stranger", "sealed", http.StatusUnauthorized, "&lt;b&gt;subject-42", ""},
		"without a ticket":       {"?state=s1&code=lan", "", http.StatusUnauthorized, "trình duyệt khác", ""},
		"with another's ticket":  {"?state=s1&code=lan", "other", http.StatusUnauthorized, "trình duyệt khác", ""},
		"when something is ours": {"?state=s1&code=broken", "sealed", http.StatusInternalServerError, "Có lỗi ở phía máy chủ", ""},
	} {
		got := get(t, h, "/login/provider/back"+c.query, "Cookie", "sohoa-ticket="+c.cookie)
		cookies := strings.Join(got.Header().Values("Set-Cookie"), "\n")
		if got.Code != c.code || !strings.Contains(got.body, c.says) || !strings.Contains(cookies, c.session) || c.session == "" && strings.Contains(cookies, "sohoa=") {
			t.Errorf("%s: %d, cookies %q", name, got.Code, cookies)
		}
		if c.cookie != "" && !strings.Contains(cookies, "sohoa-ticket=; Path=/login/provider; Max-Age=0") {
			t.Errorf("%s: the ticket is still there: %q", name, cookies)
		}
	}
	if strings.Contains(said.String(), "subject-42") || !strings.Contains(said.String(), "provider_account") {
		t.Errorf("the log: %s", said)
	}
	cfg.Provider = fakeProvider{begun: fmt.Errorf("%w: %w", dossier.RefusedProviderAway, errors.New("dial tcp"))}
	if h, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	if got := get(t, h, "/login/provider"); got.Code != http.StatusUnauthorized || !strings.Contains(got.body, "Không kết nối được cổng xác thực") || got.Header().Get("Set-Cookie") != "" {
		t.Errorf("the provider is away: %d", got.Code)
	}
}
