package intel

import (
	"slices"
	"strings"

	"tcimport/internal/spelling"
)

// Owner is an owner that the API user can see, with what the user may do there.
type Owner struct {
	ID          int64
	Name        string
	Type        string            // Organization, Community, Source
	Role        string            // of the API user: Director, ...; "" if unknown
	Permissions map[string]string // permGroup: FULL, ...
}

// NoJobs says why the API user may create no jobs of the v2 Batch API in the owner, "" if the user may, as far as
// is known. A Contributor may write, but jobs need an Editor. Source: developer docs, rest_api/v2/batch_api/batch_api.rst.
func (o *Owner) NoJobs() string {
	if o.Role == "Contributor" && o.Type != "Organization" {
		return "the API user is a Contributor there, and jobs need an Editor"
	}
	for _, perm := range []string{"permIndicator", "permGroup", "permAttribute", "permTag", "permSecurityLabel"} {
		if level := strings.ToUpper(o.Permissions[perm]); level == "NONE" || level == "READ" {
			return perm + " is " + level
		}
	}
	return ""
}

// AttributeType is a type of attribute of an instance.
type AttributeType struct {
	Name      string
	MaxSize   int             // characters; 0 if unknown
	AppliesTo map[string]bool // object types; nil if unknown
	Rule      ValidationRule
	MaxCount  int // per object; 0 if unknown
}

// ValidationRule is what an instance demands of the values of an attribute
// type. Type is SelectOne, SelectRadio, Integer, Regex, Date, ...; Text its
// parameter ("a;b;c;", "min:max").
type ValidationRule struct {
	Name, Type, Text string
}

// Instance is what a run needs to know of an instance to check an import
// against it. A nil list is unknown.
type Instance struct {
	Organization   string // the API user's Organization
	Owners         []Owner
	SecurityLabels []string
	AttributeTypes []AttributeType
	ArtifactTypes  []string
	EventTypes     []string
	SignatureTypes []string
	IndicatorTypes []IndicatorType // custom ones
	NameMax        int             // longest name of a group in characters; 0 if unknown

	// Exists has, for a field (techniqueId, caseId, caseXid, victimId),
	// whether the instance has each value that the run asked for.
	Exists map[string]map[string]bool
}

// lacks reports whether a field names something that the instance does not
// have.
func (in *Instance) lacks(field, value string) bool {
	if in == nil {
		return false
	}
	there, asked := in.Exists[field][value]
	return asked && !there
}

// Owner finds the owner called name: exactly, or in another case if only one
// matches.
func (in *Instance) Owner(name string) (Owner, bool) {
	if i := slices.IndexFunc(in.Owners, func(o Owner) bool { return o.Name == name }); i >= 0 {
		return in.Owners[i], true
	}
	var found []Owner
	for _, o := range in.Owners {
		if spelling.Fold(o.Name) == spelling.Fold(name) {
			found = append(found, o)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return Owner{}, false
}
