package main

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"sohoa/web/browsertest"
)

// TestPeopleScreens goes through the pages of people in a browser: the first
// administrator, a new clerk with the first password, a second factor, the end
// of a session, an account that rests, and what whom is shown. With
// browsertest.ScreensEnv it leaves pictures of what it saw.
func TestPeopleScreens(t *testing.T) {
	t.Parallel()
	p := peoplePages{besiege(t), browsertest.Start(t)}
	p.firstRun()
	once := p.addMai()
	secret := p.firstLogin(t, once)
	p.secondFactor(t, secret)
	p.ownUnitOnly()
	p.sessions(t)
	p.resting(t)
	p.b.Do(chromedp.Navigate(p.office.url + "/tra-cuu-ho-so?code=" + someCode))
	p.b.Until(`document.querySelector(".answer") !== null`)
	p.b.True(`!document.body.textContent.includes("Dao")`, "the lookup names nobody")
	p.screen("lookup")
	if errs := p.b.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
}

// peoplePages is a browser before a running program.
type peoplePages struct {
	office *besieged
	b      *browsertest.Browser
}

// screen takes pictures of a page as an office and as a phone shows it.
func (p peoplePages) screen(name string) {
	p.b.Screen(name)
	p.b.Phone(390)
	p.b.True(fitsPhone, name+" fits a phone")
	p.b.Screen(name + "-phone")
	p.b.Desk()
}

// fits looks at a page as a phone shows it and keeps no picture: most of these
// pages show a secret.
func (p peoplePages) fits(name string) {
	p.b.Phone(390)
	p.b.True(fitsPhone, name+" fits a phone")
	p.b.Desk()
}

const fitsPhone = `document.documentElement.scrollWidth <= innerWidth`

// firstRun makes the first administrator with the printed code.
func (p peoplePages) firstRun() {
	p.b.Do(chromedp.Navigate(p.office.url + "/"))
	p.b.Until(`location.pathname === "/first-run" && document.activeElement.id === "code"`)
	p.screen("first-run")
	p.b.Do(chromedp.SendKeys("#code", p.office.code), chromedp.SendKeys("#name", "chu"), chromedp.SendKeys("#person", "Trần Văn Chủ"),
		chromedp.SendKeys("#password", password), chromedp.SendKeys("#again", password+kb.Enter))
	p.b.Until(`location.pathname === "/users"`)
	p.b.True(`document.querySelector(".rail").textContent.trim() === "Người dùng"`, "an administrator is offered users and nothing else")
}

// addMai makes a reviewer and gives the password for one use.
func (p peoplePages) addMai() (once string) {
	p.b.Do(chromedp.SendKeys(".add #name", "mai"), chromedp.SendKeys(".add #person", "Lê Thị Mai"), chromedp.Click(`.add input[value="reviewer"]`),
		chromedp.Click(".add .main"))
	p.b.Until(`document.querySelector(".secret") !== null`)
	p.fits("users")
	once = p.b.Text(`document.querySelector(".secret").textContent`)
	p.leave()
	p.screen("login")
	return once
}

func (p peoplePages) leave() {
	p.b.Do(chromedp.Click(`form[action="/logout"] button`))
	p.b.Until(`location.pathname === "/login"`)
}

func (p peoplePages) login(name, secret string) {
	p.b.Do(chromedp.Navigate(p.office.url+"/login"), chromedp.SendKeys("#name", name), chromedp.SendKeys("#password", secret+kb.Enter))
}

const maisOwn = "suối chảy quanh làng"

// firstLogin changes the password, as it must be, and sets a second factor up.
func (p peoplePages) firstLogin(t *testing.T, once string) (secret string) {
	t.Helper()
	p.login("mai", once)
	p.b.Until(`location.pathname === "/account" && document.activeElement.id === "before"`)
	p.fits("account-first")
	p.b.Do(chromedp.Navigate(p.office.url + "/dossiers"))
	p.b.Until(`location.pathname === "/account"`) // nothing before that
	p.b.Do(chromedp.SendKeys("#before", once), chromedp.SendKeys("#password", maisOwn), chromedp.SendKeys("#again", maisOwn+kb.Enter))
	p.b.Until(`document.querySelector(".done") !== null && document.querySelector(".rail").textContent.includes("Hồ sơ")`)
	p.b.True(`!document.querySelector(".rail").textContent.includes("Người dùng")`, "a reviewer is not offered users")
	p.fits("account")

	p.b.Do(chromedp.Navigate(p.office.url + "/account/factor"))
	p.b.Until(`document.querySelector(".qr path") !== null`)
	p.fits("factor")
	secret = strings.ReplaceAll(p.b.Text(`document.querySelector(".card b.code").textContent`), " ", "")
	p.b.Do(chromedp.SendKeys("#code", phone(t, secret, 0)+kb.Enter))
	p.b.Until(`document.querySelectorAll(".codes li").length === 8`)
	p.fits("factor-codes")
	p.leave()
	return secret
}

// secondFactor logs in with a code of the phone.
func (p peoplePages) secondFactor(t *testing.T, secret string) {
	t.Helper()
	p.login("mai", maisOwn)
	p.b.Until(`location.pathname === "/login/code" && document.activeElement.id === "code"`)
	p.screen("login-code")
	p.b.Do(chromedp.Navigate(p.office.url + "/dossiers"))
	p.b.Until(`location.pathname === "/login/code"`) // half a session opens nothing
	p.b.Do(chromedp.SendKeys("#code", phone(t, secret, 1)+kb.Enter))
	p.b.Until(`location.pathname === "/intake"`)
	p.b.Do(chromedp.Navigate(p.office.url + "/users"))
	p.b.Until(`document.querySelector(".message") !== null`)
	p.b.True(`document.body.textContent.includes("Vai trò của bạn")`, "a reviewer is told that this is not for the role")
	p.fits("forbidden")
}

// ownUnitOnly: a clerk of the unit sees its dossiers, one of another sees none.
func (p peoplePages) ownUnitOnly() {
	p.b.Do(chromedp.Navigate(p.office.url + "/dossiers"))
	p.b.Until(`document.body.textContent.includes("` + someCode + `")`)
	p.b.Do(chromedp.Navigate(p.office.url + "/dossiers/" + string(p.office.sensitive.ID)))
	p.b.Until(`document.querySelector('form[action$="/reason"]') !== null`)
	p.screen("reason")
	p.leave()
	p.login("xa", password)
	p.b.Until(`location.pathname === "/intake"`)
	for _, path := range []string{"/dossiers", "/dossiers/" + string(p.office.open.ID), "/review", "/search?q=khai"} {
		p.b.Do(chromedp.Navigate(p.office.url + path))
		p.b.Until(`document.querySelector("main") !== null`)
		p.b.True(`!document.body.textContent.includes("`+someCode+`") && !document.body.textContent.includes("Dao")`, "a clerk of another unit sees nothing at "+path)
	}
	p.leave()
}

// sessions: the owner sees where else somebody is logged in, and ends that.
func (p peoplePages) sessions(t *testing.T) {
	t.Helper()
	elsewhere := p.office.enter("127.0.20.1", "hoa")
	p.login("hoa", password)
	p.b.Until(`location.pathname === "/intake"`)
	p.b.Do(chromedp.Navigate(p.office.url + "/account"))
	p.b.Until(`document.body.textContent.includes("127.0.20.1")`)
	p.b.True(`[...document.querySelectorAll(".card tbody tr")].every(row => {
		row.scrollIntoView({block: "center"});
		const cell = row.querySelector("td").getBoundingClientRect();
		return row.contains(document.elementFromPoint(cell.left + 12, cell.top + cell.height / 2));
	})`, "no session is covered by the head of the list")
	p.screen("account-sessions")
	p.b.Do(chromedp.Click(`//tr[contains(., "127.0.20.1")]//button | //li[contains(., "127.0.20.1")]//button`, chromedp.BySearch))
	p.b.Until(`!document.body.textContent.includes("127.0.20.1")`)
	if got := p.office.get(elsewhere, "/dossiers"); got.code != http.StatusSeeOther {
		t.Errorf("the session that was ended opens %d", got.code)
	}
	p.leave()
}

// resting: after wrong passwords the right one waits, too, and the page says so.
func (p peoplePages) resting(t *testing.T) {
	t.Helper()
	guesser := p.office.browser("127.0.20.2")
	for i := range 5 {
		p.office.post(guesser, "/login", url.Values{"name": {"lan"}, "password": {fmt.Sprintf("guess number %d", i)}})
	}
	p.login("lan", password)
	p.b.Until(`document.querySelector("[role=alert]") !== null && document.activeElement.id === "password"`)
	p.b.True(`document.querySelector("[role=alert]").textContent.includes("tạm ngừng")`, "whoever is locked out is told how to go on")
	p.screen("login-refused")
}

// phone is what an authenticator app shows, some steps from now (RFC 6238).
func phone(t *testing.T, secret string, steps int64) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	var message [8]byte
	binary.BigEndian.PutUint64(message[:], uint64(time.Now().Unix()/30+steps))
	mac := hmac.New(sha1.New, key)
	_, _ = mac.Write(message[:])
	sum := mac.Sum(nil)
	at := sum[19] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff)%1_000_000)
}
