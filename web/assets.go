package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strconv"
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
	sum := sha256.Sum256(body)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", strconv.Quote(hex.EncodeToString(sum[:8])))
	http.ServeFileFS(w, r, assetFiles, "assets/"+r.PathValue("file"))
	return nil
}
