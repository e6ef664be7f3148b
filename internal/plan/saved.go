package plan

import (
	"encoding/json"
	"io"
)

// IsSaved reports whether r is a saved plan, of whatever version.
func IsSaved(r io.Reader) bool {
	var p struct {
		Version int    `json:"version"`
		ID      string `json:"planId"`
	}
	return json.NewDecoder(r).Decode(&p) == nil && p.Version > 0 && p.ID != ""
}
