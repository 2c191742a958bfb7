package split

import (
	"slices"
	"strings"

	"sohoa/dossier"
)

// separatorCode is what the sheet's machine-readable codes say, if they agree;
// where none was found, what is printed, if its check character proves it. Where
// patch T is all there is, the separator has no code.
func separatorCode(r dossier.Reading) (dossier.Separator, error) {
	missing := &dossier.Fault{Kind: dossier.Park, Op: "read separator", Reason: dossier.ReasonCodeInvalid}
	var found []dossier.Separator
	for _, code := range r.Codes {
		sep, isSeparator, err := dossier.ParseSeparator(code.Text)
		if err != nil {
			return dossier.Separator{}, err
		}
		if isSeparator && !slices.Contains(found, sep) {
			found = append(found, sep)
		}
	}
	if len(found) == 0 {
		found = printedCodes(r)
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0 && slices.ContainsFunc(r.Codes, dossier.Code.IsPatchT):
		return dossier.Separator{}, nil
	}
	return dossier.Separator{}, missing
}

// clearWord is the engine's confidence from which each word of a printed code
// and count has to be read: the check character lets one wrong reading in 36
// pass where more than one character is wrong.
const clearWord = 0.90

// printedCodes finds the codes on the sheet that a printed count vouches for.
// The code without its check would not do: one wrong digit files a dossier under
// another.
func printedCodes(r dossier.Reading) (found []dossier.Separator) {
	lines := r.Lines()
	for _, count := range lines {
		for _, code := range lines {
			sep, ok := dossier.ParsePrinted(code.Text, count.Text)
			if ok && clearlyRead(code) && clearlyRead(count) && !slices.Contains(found, sep) {
				found = append(found, sep)
			}
		}
	}
	return found
}

// clearlyRead tells whether the engine was sure of every word with a digit, and of
// single characters.
func clearlyRead(line dossier.Line) bool {
	return !slices.ContainsFunc(line.Words, func(w dossier.Word) bool {
		matters := len([]rune(w.Text)) == 1 || strings.ContainsAny(w.Text, "0123456789")
		return matters && w.Confidence < clearWord
	})
}
