package dossier

import (
	"embed"
	"fmt"
	"path"
)

//go:embed schema/*.json
var schemas embed.FS

// Schemas gives the JSON Schemas (draft 2020-12) of the records of an archive
// by object key. They are written into every archive, so that whoever opens it
// in thirty years, without sohoa, knows what each value means and can check
// the records with any validator.
//
// The schemas are strict: a list without entries is [], never null, and no
// value may appear that they do not name. A value added to a record is
// therefore added here too, in a new version of the schema once an archive has
// been made with the old one.
func Schemas() (map[string][]byte, error) {
	entries, err := schemas.ReadDir("schema")
	if err != nil {
		return nil, fmt.Errorf("list embedded schemas: %w", err)
	}
	byKey := make(map[string][]byte, len(entries))
	for _, entry := range entries {
		content, err := schemas.ReadFile(path.Join("schema", entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("read embedded schema: %w", err)
		}
		byKey[SchemaDir+entry.Name()] = content
	}
	return byKey, nil
}
