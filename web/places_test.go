package web

import (
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/web/browsertest"
)

// TestOldPlaceBesideTheValue shows what a place is called today beside the value,
// which stays as it is on the paper; a name of a person is none.
func TestOldPlaceBesideTheValue(t *testing.T) {
	archive := busyDay()
	fields := archive.manifests[3].Dossier.Components[0].Fields
	fields["address"] = dossier.Field{Value: "Thôn 3, xã Mậu A, huyện Văn Yên, tỉnh Yên Bái", Confidence: 0.97}
	fields["mother"] = dossier.Field{Value: "Tỉnh Yên Bái", Confidence: 0.97}
	server := newSite(t, archive)
	b := browsertest.Start(t)
	b.Open(server.URL + "/dossiers/dossier0003")
	b.True(`document.querySelectorAll(".fields .now").length === 1`, "one value names an old place")
	b.True(`document.querySelector(".fields .now").textContent.includes("Tỉnh Yên Bái nay là Tỉnh Lào Cai")`, "it is said what it is now")
	b.True(`document.querySelector(".fields .now").parentElement.textContent.includes("xã Mậu A, huyện Văn Yên, tỉnh Yên Bái")`, "the value is the paper's")
	b.Screen("place-now")
}

// TestLackingMetadata says below the values which required ones of CV 7197 are not
// known, and of a paper that is only presented nothing.
func TestLackingMetadata(t *testing.T) {
	archive := busyDay()
	archive.manifests[4].Dossier.Components[0].Fields["issuer"] = dossier.Field{Value: "UBND xã Gò Suối", Confidence: 0.97}
	h := newHandler(t, archive)
	body := get(t, h, "/dossiers/dossier0004").body
	_, lacks, _ := strings.Cut(body, "Theo CV 7197 còn chưa biết:")
	lacks, _, _ = strings.Cut(lacks, "</p>")
	if !strings.Contains(lacks, "trích yếu") || !strings.Contains(lacks, "chưa cấp") || strings.Contains(lacks, "cơ quan ban hành") || strings.Contains(lacks, "tên loại") {
		t.Errorf("it lacks %s", lacks)
	}
}
