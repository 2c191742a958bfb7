package web

import (
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
