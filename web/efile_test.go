package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sohoa/dossier"
)

// File refuses a file that says REFUSE with the reason behind it.
func (f *fakeArchive) File(_ context.Context, _ dossier.Actor, file FiledFile) (FiledAnswer, error) {
	body, err := io.ReadAll(file.Body)
	if err != nil {
		return FiledAnswer{}, err
	}
	if reason, refused := strings.CutPrefix(string(body), "REFUSE "); refused {
		return FiledAnswer{}, &dossier.Fault{Kind: dossier.Reject, Op: "file", Reason: dossier.Reason(reason)}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.filed, f.filedBody = append(f.filed, file), append(f.filedBody, string(body))
	return FiledAnswer{Batch: "batch9"}, nil
}

// efile hands a file in as a program with a user's token does.
func efile(h http.Handler, token, body string, headers ...string) answer {
	r := httptest.NewRequest(http.MethodPost, "/api/efile?code=Y99.12-260909-0001&kind=birth_notice", strings.NewReader(body))
	r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:1234"
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/pdf")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return answer{w, w.Body.String()}
}

// TestFileIsHandedIn: the bytes arrive as they were sent, longer than any form,
// with code, kind and name; who may not hand files in is refused.
func TestFileIsHandedIn(t *testing.T) {
	archive := busyDay()
	h, _ := office(t, archive)
	long := "%PDF-1.7 " + strings.Repeat("x", 2*maxBody)
	if got := efile(h, "intake.unit1", long, "Sohoa-File", "t%E1%BB%9D%20khai.pdf"); got.Code != http.StatusAccepted || !strings.Contains(got.body, `"batch9"`) {
		t.Fatalf("%d %s", got.Code, got.body)
	}
	if got := efile(h, "intake.unit1", "II*", "Content-Type", "image/tiff", "Sohoa-File", "../etc"); got.Code != http.StatusAccepted {
		t.Fatalf("%d %s", got.Code, got.body)
	}
	for i, want := range []struct{ name, body string }{{"tờ khai.pdf", long}, {"birth_notice.tiff", "II*"}} {
		got := archive.filed[i]
		if got.Name != want.name || archive.filedBody[i] != want.body || got.Filing != (dossier.Filing{Code: "Y99.12-260909-0001", Kind: "birth_notice"}) {
			t.Errorf("%q, %+v, %d bytes", got.Name, got.Filing, len(archive.filedBody[i]))
		}
	}
	for token, want := range map[string]int{"reviewer.unit1": http.StatusForbidden, "intake.unit2": http.StatusNotFound, "nobody": http.StatusUnauthorized} {
		if got := efile(h, token, "%PDF-1.7"); got.Code != want {
			t.Errorf("%s: %d, want %d", token, got.Code, want)
		}
	}
	if len(archive.filed) != 2 {
		t.Errorf("%d files, want 2", len(archive.filed))
	}
}

// TestRefusedFileIsExplained: what is wrong is said in both languages, with a
// code for programs; media types of forms are refused before the body is read.
func TestRefusedFileIsExplained(t *testing.T) {
	h, _ := office(t, busyDay())
	for reason, want := range map[dossier.Reason]int{
		dossier.ReasonFiledKind: http.StatusUnprocessableEntity, dossier.ReasonFiledKnown: http.StatusConflict, dossier.ReasonFormat: http.StatusUnprocessableEntity,
	} {
		got := efile(h, "intake.unit1", "REFUSE "+string(reason))
		if got.Code != want || !strings.Contains(got.body, string(reason)) || !strings.Contains(got.body, reason.Text("vi")) {
			t.Errorf("%s: %d %s", reason, got.Code, got.body)
		}
	}
	for _, kind := range []string{"multipart/form-data; boundary=x", "text/plain", "application/x-www-form-urlencoded", "application/json", ""} {
		if got := efile(h, "intake.unit1", "%PDF-1.7", "Content-Type", kind); got.Code != http.StatusUnsupportedMediaType {
			t.Errorf("%q: %d, want 415", kind, got.Code)
		}
	}
}
