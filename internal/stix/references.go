package stix

import (
	"encoding/json"
	"strings"

	"tcimport/internal/convert"
)

// reference is an external reference.
type reference struct {
	Source      string          `json:"source_name"`
	Description string          `json:"description"`
	URL         string          `json:"url"`
	ID          string          `json:"external_id"`
	Hashes      json.RawMessage `json:"hashes"`
}

// ownForm are sources whose IDs say by themselves what they are.
var ownForm = []string{"mitre-", "cve", "capec", "cwe"}

// readReferences reads where an object comes from. A reference with an ID is one of the
// object itself; the page of the first is its Source. All others are for people.
func readReferences(d *draft, raw json.RawMessage) error {
	list, err := decode[[]reference](raw, errForm)
	if err != nil {
		return err
	}
	if d.kind.group == "" {
		return d.sources(list)
	}
	var others []string
	home := false // the Source is known
	for _, r := range list {
		if !convert.IsNothing(r.Hashes) {
			d.omit("external_references.hashes", noPlace, 1)
		}
		if r.ID != "" {
			if long := d.attribute(convert.ExternalID, r.id()); long != nil {
				err = long
			}
		}
		if r.ID != "" && r.URL != "" && !home && d.attribute(convert.Source, r.URL) == nil {
			home, r.URL = true, ""
		}
		if r.Description != "" || r.URL != "" {
			others = append(others, "- "+r.line())
		}
	}
	if len(others) == 0 {
		return err
	}
	if long := d.attribute(convert.Analysis, "References:\n"+strings.Join(others, "\n")); long != nil {
		err = long
	}
	return err
}

// sources are the references of an indicator: pages are its Sources.
func (d *draft) sources(list []reference) error {
	for _, r := range list {
		if r.URL == "" || d.attribute(convert.Source, r.URL) != nil {
			d.omit("external_references", noPlace, 1)
		}
	}
	return nil
}

// id is the ID, behind its source unless it shows that itself.
func (r *reference) id() string {
	for _, form := range ownForm {
		if strings.HasPrefix(strings.ToLower(r.Source), form) || r.Source == "" {
			return r.ID
		}
	}
	return r.Source + ": " + r.ID
}

// line is the reference in one line.
func (r *reference) line() string {
	var parts []string
	for _, part := range []string{r.Source, r.Description, r.URL} {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}
