package tc

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
)

// groupLimits asks what the instance accepts in groups: the longest name in characters,
// and the types of signatures. Zero values are unknown: proxies tend to answer this kind
// of request themselves.
func (c *Client) groupLimits(ctx context.Context) (nameMax int, signatureTypes []string, err error) {
	err = c.do(ctx, &call{
		op: "read the fields of groups", method: http.MethodOptions, path: "/v3/groups", trial: true,
		decode: func(r *answer) (err error) {
			nameMax, signatureTypes, err = readLimits(r)
			return err
		},
	})
	if unusable(err) {
		return 0, nil, nil
	}
	return nameMax, signatureTypes, err
}

// readLimits reads the only answer that has nothing around its data: an object
// with a key for each field. Of several limits, for several types of groups, the
// laxest counts.
func readLimits(r *answer) (nameMax int, signatureTypes []string, err error) {
	var whole json.RawMessage
	if err := json.NewDecoder(r).Decode(&whole); err != nil {
		return 0, nil, err
	}
	v := value(whole)
	if v.kind() != '{' {
		return 0, nil, shapeError("it is not a JSON object")
	}
	if env, data := envelopeOf(v); env.status != "" {
		if err := env.accept(false); err != nil {
			return 0, nil, err
		}
		v = data
	}
	for _, d := range descriptions(v.get("name")) {
		n, _ := d.get("maxLength").int()
		nameMax = max(nameMax, int(n))
	}
	for _, d := range descriptions(v.get("fileType")) {
		for allowed := range d.get("allowableValues").elements() {
			if text := allowed.text(); text != "" {
				signatureTypes = append(signatureTypes, text)
			}
		}
	}
	return nameMax, signatureTypes, nil
}

// descriptions are those of a field: an object, a list, or a list within an object.
func descriptions(field value) []value {
	if inner := field.get("data"); inner.kind() == '[' {
		field = inner
	}
	return append(slices.Collect(field.elements()), field)
}
