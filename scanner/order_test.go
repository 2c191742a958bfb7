package scanner

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestCompareOrdersAsPeopleCount(t *testing.T) {
	t.Parallel()
	ordered := [][]string{
		{"file2", "file10", "file100"},
		{"SCN_0001.pdf", "SCN_0002.pdf", "SCN_0010.pdf"},
		{"Scan.pdf", "Scan (2).pdf", "Scan (10).pdf"},
		{"scan.pdf", "scan1.pdf", "scan_1.pdf"},
		{"a1b2", "a1b10", "a2b1"},
		{"Trang 9.jpg", "trang 10.jpg", "Trang 11.jpg"},
		{"Ảnh 2.jpg", "ảnh 12.jpg"},
		{"7.jpg", "007b.jpg", "8.jpg"},
		{"99999999999999999999998.tif", "99999999999999999999999.tif", "100000000000000000000000.tif"},
		{".hidden2", ".hidden10"},
		{"1.jpg", "1.pdf", "2.jpg"},
	}
	for _, want := range ordered {
		got := slices.Clone(want)
		slices.Reverse(got)
		slices.SortFunc(got, Compare)
		if !slices.Equal(got, want) {
			t.Errorf("sorted %q, want %q", got, want)
		}
	}
}

// The order must be total, or a sort could lose the place of a page.
func TestCompareIsTotal(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("0019aAáĐ. (_\xff")
	name := func() string {
		runes := make([]rune, random.IntN(7))
		for i := range runes {
			runes[i] = alphabet[random.IntN(len(alphabet))]
		}
		return string(runes)
	}
	for range 20_000 {
		a, b, c := name(), name(), name()
		if Compare(a, b) != -Compare(b, a) {
			t.Fatalf("Compare(%q, %q) is not the opposite of the other way round", a, b)
		}
		if (Compare(a, b) == 0) != (a == b) {
			t.Fatalf("Compare(%q, %q) = %d", a, b, Compare(a, b))
		}
		if Compare(a, b) < 0 && Compare(b, c) < 0 && Compare(a, c) >= 0 {
			t.Fatalf("%q < %q < %q, but not %q < %q", a, b, c, a, c)
		}
	}
}
