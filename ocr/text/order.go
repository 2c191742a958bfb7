package text

import "sohoa/dossier"

// Order numbers lines and blocks from 1 in reading order and returns the words
// in it.
func Order(words []dossier.Word, dpi float64) []dossier.Word {
	return words
}

// Plain is the page's text: lines ended by "\n", blocks parted by an empty
// line.
func Plain(words []dossier.Word) string {
	var b []byte
	for i, w := range words {
		switch {
		case i == 0:
		case w.Block != words[i-1].Block:
			b = append(b, "\n\n"...)
		case w.Line != words[i-1].Line:
			b = append(b, '\n')
		default:
			b = append(b, ' ')
		}
		b = append(b, w.Text...)
	}
	if len(b) > 0 {
		b = append(b, '\n')
	}
	return string(b)
}
