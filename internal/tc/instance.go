package tc

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"tcimport/internal/intel"
)

// unusable reports whether err says that an endpoint is not there, or does not
// answer as it should, rather than that the instance cannot be talked to.
func unusable(err error) bool {
	return IsObjectError(err) || errors.Is(err, ErrAnswer) || errors.Is(err, ErrHTML)
}

// Owners lists the owners that the API user can see.
func (c *Client) Owners(ctx context.Context) ([]intel.Owner, error) {
	var out []intel.Owner
	seen := map[int64]bool{}
	err := c.eachOfAll(ctx, "list owners", "/v3/security/owners", nil, func(v value) {
		id, _ := v.get("id").int()
		o := intel.Owner{ID: id, Name: v.get("name").text(), Type: v.get("type").text(), Role: v.get("ownerRole").text(), Permissions: map[string]string{}}
		for key, val := range v.members() {
			if strings.HasPrefix(string(key), "perm") {
				o.Permissions[string(key)] = val.text()
			}
		}
		if o.Name == "" || id != 0 && seen[id] {
			return
		}
		seen[id] = true
		out = append(out, o)
	})
	return out, err
}

// names lists the names of what lies at path, each once.
func (c *Client) names(ctx context.Context, op, path string) ([]string, error) {
	out := []string{}
	seen := map[string]bool{}
	err := c.eachOfAll(ctx, op, path, nil, func(v value) {
		name := v.get("name").text()
		if name != "" && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// eventTypes lists the types of events; nil where the instance does not say or
// says it in a way that is not known: nothing documents the answer.
func (c *Client) eventTypes(ctx context.Context) ([]string, error) {
	var out []string
	err := c.one(ctx, call{op: "list event types", path: "/v3/groups/eventTypeCategories", trial: true}, func(v value) error {
		out = nil
		for e := range v.elements() {
			for _, candidate := range []value{e, e.get("name"), e.get("value")} {
				if name := candidate.text(); name != "" && candidate.kind() == '"' && !slices.Contains(out, name) {
					out = append(out, name)
					break
				}
			}
		}
		return nil
	})
	if unusable(err) {
		return nil, nil
	}
	return out, err
}

// attributeTypes lists the types of attributes, those of the same name taken
// together.
func (c *Client) attributeTypes(ctx context.Context) ([]intel.AttributeType, error) {
	var out []intel.AttributeType
	list := func(p params) error {
		out = nil
		index := map[string]int{}
		return c.eachOfAll(ctx, "list attribute types", "/v3/attributeTypes", p, func(v value) {
			t := attributeType(v)
			if i, ok := index[t.Name]; ok {
				out[i] = widest(out[i], t)
			} else if t.Name != "" {
				index[t.Name] = len(out)
				out = append(out, t)
			}
		})
	}
	err := list(params{{"fields", "mapping"}})
	if errors.Is(err, ErrRefused) {
		err = list(nil) // an old instance does not know the field
	}
	return out, err
}

func attributeType(v value) intel.AttributeType {
	t := intel.AttributeType{Name: v.get("name").text()}
	if n, ok := v.get("maxSize").int(); ok {
		t.MaxSize = int(n)
	}
	rule := v.get("validationRule")
	t.Rule = intel.ValidationRule{Name: rule.get("name").text(), Type: rule.get("type").text(), Text: rule.get("text").text()}
	mappings := v.get("attributeTypeMappings")
	if mappings.kind() == '{' {
		mappings = mappings.get("data")
	}
	for m := range mappings.elements() {
		name := m.text()
		if m.kind() == '{' { // sources disagree about the key
			name = cmp.Or(m.get("type").text(), m.get("associatedType").text())
		}
		if name == "" {
			continue
		}
		if t.AppliesTo == nil {
			t.AppliesTo = map[string]bool{}
		}
		t.AppliesTo[name] = true
		if n, ok := m.get("maxAllowed").int(); ok {
			t.MaxCount = max(t.MaxCount, int(n))
		}
	}
	return t
}

// widest is what is allowed by a or b, types of the same name of two owners:
// which of them counts is not known until something is written.
func widest(a, b intel.AttributeType) intel.AttributeType {
	a.MaxSize = laxer(a.MaxSize, b.MaxSize)
	a.MaxCount = laxer(a.MaxCount, b.MaxCount)
	if a.Rule != b.Rule {
		a.Rule = intel.ValidationRule{}
	}
	if a.AppliesTo == nil || b.AppliesTo == nil {
		a.AppliesTo = nil
		return a
	}
	maps.Copy(a.AppliesTo, b.AppliesTo)
	return a
}

// laxer is the larger of two limits, 0 being none.
func laxer(a, b int) int {
	if a == 0 || b == 0 {
		return 0
	}
	return max(a, b)
}

// indicatorTypes lists the types of indicators that the instance has defined
// itself. The client uses their fields from then on.
func (c *Client) indicatorTypes(ctx context.Context) ([]intel.IndicatorType, error) {
	out := []intel.IndicatorType{}
	err := c.one(ctx, call{op: "list indicator types", path: "/v2/types/indicatorTypes"}, func(v value) error {
		out = out[:0]
		list := v
		if v.kind() == '{' {
			list = v.get("indicatorType")
		}
		for e := range list.elements() {
			var labels []string
			for _, key := range []string{"value1Label", "value2Label", "value3Label"} {
				if label := e.get(key).text(); label != "" {
					labels = append(labels, label)
				}
			}
			name := e.get("name").text()
			_, builtin := intel.IndicatorTypeNamed(name, nil)
			if name != "" && !builtin && e.get("custom").bool() && len(labels) > 0 {
				out = append(out, intel.CustomIndicatorType(name, labels, e.get("casePreference").text()))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	known := slices.Clone(out)
	c.custom.Store(&known)
	return out, nil
}
