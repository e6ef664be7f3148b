package tc

import (
	"context"
	"fmt"
	"strings"

	"tcimport/internal/intel"
)

// question is how an instance is asked if it has what a field of a manifest names.
type question struct {
	intel.Parent
	of func(value) string // what an entry of the answer has for it
}

// named are the fields that can be asked for.
var named = func() map[string]question {
	out := map[string]question{intel.TechniqueField: {intel.Parent{What: "ATT&CK techniques", Path: "/v3/tags", Keyword: "techniqueId"}, techniqueOf}}
	for _, k := range intel.Kinds {
		for _, p := range k.Spec().Parents {
			out[p.Field] = question{p, func(v value) string { return v.get(p.Keyword).text() }}
		}
	}
	return out
}()

// Named is what the values of a field name; "" if they name nothing that an instance can
// be asked for.
func Named(field string) string { return named[field].What }

// Within is the clause that finds the objects of the parent that a value names.
func Within(p intel.Parent, value string) (string, error) {
	literal, err := In{Number: p.Number}.literal(value)
	return fmt.Sprintf(p.Within, literal), err
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

// Has reports which of the values of a field name something on the instance: the
// technique of a tag, or a parent of objects.
func (c *Client) Has(ctx context.Context, field string, values []string) (map[string]bool, error) {
	n, ok := named[field]
	if !ok {
		return nil, fmt.Errorf("an instance cannot be asked for values of %q", field)
	}
	has := make(map[string]bool, len(values))
	for _, v := range values {
		has[v] = false
	}
	q := QueryIn{In: []In{{Keyword: n.Keyword, Values: values, Number: n.Number}}}
	terms, err := q.terms()
	if err != nil {
		return nil, err
	}
	err = c.inChunks(terms, chunking{
		fixed: c.fixedLength(n.Path, listParams("")),
		ask: func(ch chunk, _ bool) error {
			return c.each(ctx, "list "+n.What, n.Path, listParams(ch.tql()), func(v value) {
				if _, asked := has[n.of(v)]; asked {
					has[n.of(v)] = true
				}
			})
		},
	})
	return has, err
}
