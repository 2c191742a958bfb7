package viet

import (
	"strings"
	"testing"
)

func TestSyllable(t *testing.T) {
	for _, word := range strings.Fields("đất Giấy chứng nhận QUYỀN sử dụng quốc gia giếng gìn nghiêng khuya khuỷu thuế hoà hòa quyết định yêu ý uỷ ủy xã Nguyễn Lường tuyên oách ngoằn a") {
		if !Syllable(word) {
			t.Errorf("%s is a syllable", word)
		}
	}
	for _, word := range strings.Fields("đât đãt giũp cờt K'Brôih Blô H38 12 m² f zên ngb đêu2 thuyền2 chiến- sst ng Kháị Miñh Dươnø") {
		if Syllable(word) {
			t.Errorf("%s is no syllable", word)
		}
	}
}
