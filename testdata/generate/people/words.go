package people

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Date is a day as papers write it in figures.
func Date(day time.Time) string { return day.Format("02/01/2006") }

// LongDate is a day as it stands in a sentence: "ngày 06 tháng 02 năm 2025".
// The day and the months below three keep their zero, as Nghị định
// 30/2020/NĐ-CP asks.
func LongDate(day time.Time) string {
	month := fmt.Sprintf("%d", day.Month())
	if day.Month() < 3 {
		month = "0" + month
	}
	return fmt.Sprintf("ngày %02d tháng %s năm %d", day.Day(), month, day.Year())
}

// DateInWords spells a day out: "Ngày mười hai tháng năm năm hai nghìn không
// trăm mười bảy".
func DateInWords(day time.Time) string {
	return "Ngày " + InWords(day.Day()) + " tháng " + InWords(int(day.Month())) + " năm " + InWords(day.Year())
}

// Grouped writes a whole number with dots between thousands: 946.000.000.
func Grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

// Capitalised writes the first letter large.
func Capitalised(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

var digits = words("không một hai ba bốn năm sáu bảy tám chín")

// InWords spells a whole number below a thousand billions in Vietnamese.
func InWords(n int) string {
	if n == 0 {
		return digits[0]
	}
	var parts []string
	for _, scale := range []struct {
		size int
		name string
	}{{1_000_000_000, "tỷ"}, {1_000_000, "triệu"}, {1000, "nghìn"}, {1, ""}} {
		if group := n / scale.size % 1000; group > 0 {
			parts = append(parts, hundreds(group, len(parts) > 0), scale.name)
		}
	}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

// hundreds spells 1 to 999. After a larger group the hundreds are always said:
// 2017 is "hai nghìn không trăm mười bảy".
func hundreds(n int, follows bool) string {
	var parts []string
	if n >= 100 || follows {
		parts = append(parts, digits[n/100], "trăm")
	}
	tens, ones := n/10%10, n%10
	switch {
	case tens == 0 && ones > 0 && len(parts) > 0:
		parts = append(parts, "linh")
	case tens == 1:
		parts = append(parts, "mười")
	case tens > 1:
		parts = append(parts, digits[tens], "mươi")
	}
	return strings.Join(append(parts, unit(tens, ones)), " ")
}

// unit spells the last digit: one after twenty is "mốt", five after ten "lăm".
func unit(tens, ones int) string {
	switch {
	case ones == 0:
		return ""
	case ones == 1 && tens > 1:
		return "mốt"
	case ones == 5 && tens > 0:
		return "lăm"
	}
	return digits[ones]
}
