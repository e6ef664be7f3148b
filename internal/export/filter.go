package export

import (
	"fmt"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
	"tcimport/internal/tc"
)

// Filter selects groups of an owner. What it names has to hold all together: one
// of the types, each of the tags, the query, one of the IDs.
type Filter struct {
	Types []string
	Tags  []string // as manifests write them
	TQL   string
	IDs   []int64 // nil for all
}

// Query is the filter, less its IDs, as TQL; "" for all.
func (f Filter) Query() (string, error) {
	var clauses []string
	if len(f.Types) > 0 {
		types := make([]string, len(f.Types))
		for i, typ := range f.Types {
			t, err := typeNamed(typ)
			if err != nil {
				return "", err
			}
			types[i] = t.Name
		}
		clause, err := tc.In{Keyword: "typeName", Values: types}.TQL()
		if err != nil {
			return "", err
		}
		clauses = append(clauses, clause)
	}
	for _, tag := range f.Tags {
		t := intel.ParseTag(tag)
		keyword, value := "summary", t.Name
		if t.Name == "" {
			keyword, value = intel.TechniqueField, strings.ToUpper(t.TechniqueID)
		}
		clause, err := tc.Equal(keyword, value)
		if err != nil {
			return "", fmt.Errorf("--tag: %w", err)
		}
		clauses = append(clauses, "hasTag("+clause+")")
	}
	if tql := strings.TrimSpace(f.TQL); tql != "" {
		clauses = append(clauses, "("+tql+")")
	}
	return tc.And(clauses...), nil
}

// typeNamed finds a type of group in any case.
func typeNamed(name string) (*intel.GroupType, error) {
	if t, ok := intel.GroupTypeNamed(strings.TrimSpace(name)); ok {
		return t, nil
	}
	names := make([]string, len(intel.GroupTypes))
	for i := range intel.GroupTypes {
		names[i] = intel.GroupTypes[i].Name
	}
	return nil, fmt.Errorf("--type: %s is not a type of group%s", message.Quote(name), message.DidYouMean(spelling.Nearest(name, names)))
}
