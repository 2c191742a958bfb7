package tesseract

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
)

// sumLength is how many hexadecimal digits tell models apart.
const sumLength = 8

// models names the models with the beginning of the SHA-256 of each; a file that
// is not where models are has its name alone, and loading it tells why.
func (c Config) models() string {
	var names []string
	for _, language := range c.languages() {
		for _, folder := range c.folders() {
			data, err := os.ReadFile(filepath.Join(folder, language+".traineddata"))
			if err != nil {
				continue
			}
			sum := sha256.Sum256(data)
			language += "@" + hex.EncodeToString(sum[:])[:sumLength]
			break
		}
		names = append(names, language)
	}
	return strings.Join(names, "+")
}

// folders are where the library looks for models: the one it is told, else that
// of its environment, else that of Debian's package (libtesseract 5).
func (c Config) folders() []string {
	if c.Data != "" {
		return []string{c.Data}
	}
	if prefix := os.Getenv("TESSDATA_PREFIX"); prefix != "" {
		return []string{prefix}
	}
	return []string{"/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tessdata"}
}
