package tc

import (
	"context"
	"encoding/json"
	"net/http"
)

// Limits is what an instance says about the fields of groups; zero values were
// not said.
type Limits struct {
	NameMax        int            // characters
	SignatureTypes []string       // accepted values of fileType
	MaxLen         map[string]int // by field
}

// GroupLimits asks what the instance accepts in groups. Proxies tend to answer
// this kind of request themselves: the limits are zero then.
func (c *Client) GroupLimits(ctx context.Context) (Limits, error) {
	var l Limits
	err := c.do(ctx, &call{
		op: "read the fields of groups", method: http.MethodOptions, path: "/v3/groups", route: "OPTIONS /v3/groups", trial: true,
		decode: func(r *answer) (err error) {
			l, err = readLimits(r)
			return err
		},
	})
	if unusable(err) {
		return Limits{}, nil
	}
	return l, err
}

// readLimits reads the only answer that has nothing around its data: an object
// with a key for each field. Some fields are described by a list, some by a list
// within an object.
func readLimits(r *answer) (Limits, error) {
	l := Limits{MaxLen: map[string]int{}}
	var whole json.RawMessage
	if err := json.NewDecoder(r).Decode(&whole); err != nil {
		return l, err
	}
	v := value(whole)
	if v.kind() != '{' {
		return l, shapeError("it is not a JSON object")
	}
	if status := v.get("status"); status.kind() == '"' {
		env := envelope{status: status.text(), message: v.get("message").text(), code: v.get("errCode").text()}
		if err := env.accept(false); err != nil {
			return l, err
		}
		v = v.get("data")
	}
	for key, field := range v.members() {
		if inner := field.get("data"); inner.kind() == '[' {
			field = inner
		}
		for one := range field.elements() {
			l.field(string(key), one)
		}
		l.field(string(key), field)
	}
	l.NameMax = l.MaxLen["name"]
	return l, nil
}

// field takes one description of a field. Of several, for several types of
// groups, the laxest counts.
func (l *Limits) field(name string, v value) {
	if n, ok := v.get("maxLength").int(); ok && n > 0 {
		l.MaxLen[name] = max(l.MaxLen[name], int(n))
	}
	if name != "fileType" {
		return
	}
	for allowed := range v.get("allowableValues").elements() {
		if text := allowed.text(); text != "" {
			l.SignatureTypes = append(l.SignatureTypes, text)
		}
	}
}
