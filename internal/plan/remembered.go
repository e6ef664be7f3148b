package plan

import (
	"strings"

	"tcimport/internal/intel"
)

// IDMap is what an earlier run's report says about the groups of this import.
type IDMap map[string]Known // by key

// Known is a row of an id-map.
type Known struct {
	ID        int64             `json:"id"`
	Type      string            `json:"type,omitempty"`
	Name      string            `json:"name,omitempty"`
	Owner     string            `json:"owner,omitempty"`
	XID       string            `json:"xid,omitempty"`
	WebLink   string            `json:"webLink,omitempty"`
	Row       string            `json:"row,omitempty"`           // file:line of the row
	Source    string            `json:"source,omitempty"`        // file:line at which a manifest has defined it, as the row says
	Applied   Applied           `json:"applied,omitempty"`       // what the last run left on it
	Rewritten map[string]string `json:"rewrittenTags,omitempty"` // tags that the instance stored under other names, joined by line breaks
}

// OwnKey reports whether key, of a row for k, is that of a group which an import
// has defined: others go by what references to them say.
func (k Known) OwnKey(key, namespace string) bool {
	if k.XID != "" && k.XID == intel.DerivedXID(namespace, k.Owner, key) {
		return true
	}
	return !strings.HasPrefix(key, "#") && !strings.HasPrefix(key, "xid:") && key != k.Type+"/"+k.Name
}
