package people

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
)

func TestInWords(t *testing.T) {
	for n, want := range map[int]string{
		0: "không", 5: "năm", 10: "mười", 15: "mười lăm", 21: "hai mươi mốt", 24: "hai mươi bốn", 101: "một trăm linh một",
		1985: "một nghìn chín trăm tám mươi lăm", 2017: "hai nghìn không trăm mười bảy", 2000: "hai nghìn",
		946_000_000: "chín trăm bốn mươi sáu triệu", 1_000_500: "một triệu năm trăm", // an empty group is not said
	} {
		if got := InWords(n); got != want {
			t.Errorf("InWords(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	day := time.Date(2017, 2, 5, 0, 0, 0, 0, time.UTC)
	if got, want := LongDate(day), "ngày 05 tháng 02 năm 2017"; got != want {
		t.Errorf("LongDate = %q, want %q", got, want)
	}
	if got, want := LongDate(day.AddDate(0, 1, 7)), "ngày 12 tháng 3 năm 2017"; got != want {
		t.Errorf("LongDate = %q, want %q", got, want)
	}
	if got, want := DateInWords(day), "Ngày năm tháng hai năm hai nghìn không trăm mười bảy"; got != want {
		t.Errorf("DateInWords = %q, want %q", got, want)
	}
	if got := NextWorkingDay(time.Date(2025, 11, 22, 0, 0, 0, 0, time.UTC)); got.Day() != 24 {
		t.Errorf("Saturday 22 November 2025 moved to the %d., want Monday 24", got.Day())
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{7: "7", 950: "950", 1000: "1.000", 946_000_000: "946.000.000"} {
		if got := Grouped(n); got != want {
			t.Errorf("Grouped(%d) = %q, want %q", n, got, want)
		}
	}
}

// TestPersonalNumbers draws many people and checks the digits of their numbers
// against century, sex and year of birth.
func TestPersonalNumbers(t *testing.T) {
	maker := New(rand.New(rand.NewPCG(7, 7)))
	at := time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC)
	for i := range 400 {
		father := maker.Young(false, at)
		for _, p := range []Person{father, maker.Elder(i%2 == 0, at), maker.Adult(i%2 == 0, at), maker.ChildOf(father, at)} {
			want := 2 * (p.Born.Year()/100 - 19)
			if p.Female {
				want++
			}
			digit, err := strconv.Atoi(p.ID[3:4])
			if err != nil || len(p.ID) != 12 || digit != want || p.ID[4:6] != p.Born.Format("06") {
				t.Fatalf("number %s of someone born %s, female %v", p.ID, Date(p.Born), p.Female)
			}
			if !norm.NFC.IsNormalString(p.Name) || !p.Born.Before(at) {
				t.Fatalf("name %q is not NFC, or born after %s: %s", p.Name, Date(at), Date(p.Born))
			}
		}
	}
}

func TestChildTakesFamilyName(t *testing.T) {
	maker := New(rand.New(rand.NewPCG(3, 3)))
	at := time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC)
	for range 50 {
		father := maker.Young(false, at)
		child := maker.ChildOf(father, at)
		if familyName(child.Name) != familyName(father.Name) || child.Ethnicity != father.Ethnicity {
			t.Fatalf("child %q (%s) of %q (%s)", child.Name, child.Ethnicity, father.Name, father.Ethnicity)
		}
	}
}
