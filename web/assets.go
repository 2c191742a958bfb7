package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"time"
)

//go:embed assets
var assetFiles embed.FS

// asset serves the style sheet, the scripts and the icons. They change with the
// program only, so a browser asks each time and is told "not modified".
func (s *site) asset(w http.ResponseWriter, r *http.Request) error {
	body, err := fs.ReadFile(assetFiles, "assets/"+r.PathValue("file"))
	if err != nil {
		return ErrNotFound
	}
	if file := r.PathValue("file"); path.Dir(file) == "." && path.Ext(file) == ".js" {
		body = withoutComments(body)
	}
	sum := sha256.Sum256(body)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", strconv.Quote(hex.EncodeToString(sum[:8])))
	http.ServeContent(w, r, r.PathValue("file"), time.Time{}, bytes.NewReader(body))
	return nil
}

// withoutComments leaves out the lines of our scripts that only speak to its
// readers: pages are to stay light on slow lines.
func withoutComments(script []byte) []byte {
	var kept []byte
	for line := range bytes.Lines(script) {
		if !bytes.HasPrefix(bytes.TrimSpace(line), []byte("//")) {
			kept = append(kept, line...)
		}
	}
	return kept
}
