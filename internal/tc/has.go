package tc

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// named are the fields of manifests that name what an instance must have, and
// how it is asked for that.
var named = map[string]struct {
	op, path, keyword string
	number            bool
	of                func(value) string // what an entry of the answer has for it
}{
	"techniqueId": {"list techniques", "/v3/tags", "techniqueId", false, techniqueOf},
	"caseId":      {"list cases", "/v3/cases", "id", true, func(v value) string { return v.get("id").text() }},
	"caseXid":     {"list cases", "/v3/cases", "xid", false, func(v value) string { return v.get("xid").text() }},
	"victimId":    {"list victims", "/v3/victims", "id", true, func(v value) string { return v.get("id").text() }},
}

// techniqueOf is the technique ID of a tag. Older instances have it in the name
// only.
func techniqueOf(v value) string {
	if id := v.get("techniqueId").text(); id != "" {
		return strings.ToUpper(id)
	}
	id, _, _ := strings.Cut(v.get("name").text(), " - ")
	return strings.ToUpper(id)
}

// Has tells which of the values of a field the instance has something for:
// techniqueId, caseId, caseXid or victimId.
func (c *Client) Has(ctx context.Context, field string, values []string) (map[string]bool, error) {
	n, ok := named[field]
	if !ok {
		return nil, fmt.Errorf("an instance cannot be asked for values of %q", field)
	}
	has := make(map[string]bool, len(values))
	for _, v := range values {
		has[v] = false
	}
	q := QueryIn{In: []In{{Keyword: n.keyword, Values: slices.Sorted(maps.Keys(has)), Number: n.number}}}
	terms, err := q.terms()
	if err != nil {
		return nil, err
	}
	err = c.inChunks(terms, chunking{
		fixed: c.fixedLength(n.path, listParams("")),
		ask: func(ch chunk, _ bool) (bool, error) {
			return false, c.each(ctx, n.op, n.path, listParams(ch.tql()), func(v value) {
				if key := n.of(v); key != "" {
					if _, asked := has[key]; asked {
						has[key] = true
					}
				}
			})
		},
	})
	return has, err
}
