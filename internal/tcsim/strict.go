package tcsim

import (
	"encoding/json"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// Strict mode refuses with 400 what the documents do not cover, although many
// servers let it pass: so a client that sends it by mistake is noticed. What the
// JSON itself shows is refused in json.go, quotes of TQL in tql_parse.go.

// checkContentType asks for the type that the documents show with the method.
func (c *call) checkContentType() {
	if !c.strict || c.r.Method != http.MethodPost && c.r.Method != http.MethodPut {
		return
	}
	want := "application/octet-stream" // an upload
	switch {
	case c.decodes:
		want = "application/json"
	case strings.HasSuffix(c.pattern, "/createAndUpload"):
		want = "multipart/form-data"
	}
	header := c.r.Header.Get("Content-Type")
	if got, _, err := mime.ParseMediaType(header); err == nil && got == want {
		return
	}
	panic(badRequest("The header Content-Type must be %s, not '%s'.", want, header))
}

// knownParams are the query parameters of the v3 API that several endpoints have.
var knownParams = []string{"tql", "owner", "fields", "resultStart", "resultLimit", "count", "sorting", "createActivityLog"}

// knows says whether the endpoint has a query parameter.
func (c *call) knows(param string) bool {
	switch param {
	case "show": // retrieve_fields.rst
		return c.r.Method == http.MethodOptions
	case "filename", "updateIfExists": // groups/retrieve_upload_update_document.rst
		return strings.HasSuffix(c.pattern, "/upload")
	case "includeAdditional":
		return c.pattern == "/v2/batch/{id}" || c.pattern == "/v2/batch/createAndUpload"
	case "code", "contains", "severity":
		return c.pattern == "/v2/batch/{id}/results"
	}
	return !c.isBatch() && slices.Contains(knownParams, param)
}

func (c *call) checkParams() {
	if !c.strict || c.res == nil && !c.isBatch() {
		return
	}
	for name := range c.params {
		if !c.knows(name) {
			panic(badRequest("The parameter '%s' is not valid.", name))
		}
	}
}

// checkIDOwner refuses another owner named beside an ID.
func (c *call) checkIDOwner(o *object, named *Owner) {
	if !c.strict || o == nil || named == nil || o.owner == nil || o.owner == named {
		return
	}
	panic(badRequest("The item with the ID %d does not belong to the owner '%s'.", o.id, named.Name))
}

// checkXIDOwner asks for the owner beside an xid in the path, as the documents do.
func (c *call) checkXIDOwner() {
	if _, named := c.param("owner"); named || !c.strict {
		return
	}
	panic(badRequest("The parameter 'owner' is required with the xid '%s' in the path.", c.segment))
}

// checkKeys checks the keys of the body, or of an entry of a list, and the JSON
// types of their values.
func (c *call) checkKeys(k kind, typ string, body dict, post bool) {
	if !c.strict && c.sw.UnknownKeys != "refused" {
		return
	}
	table := &c.st.fields[k]
	for _, m := range body {
		f := table.row(m.key, typ)
		switch {
		case f == nil:
			panic(badRequest("The field '%s' is not valid.", m.key))
		case !f.applies(typ):
			panic(badRequest("The field '%s' is not valid for the type '%s'.", m.key, typ))
		case !c.strict:
		case f.readOnly:
			panic(badRequest("The field '%s' is read-only.", m.key))
		case f.create && !post:
			panic(badRequest("The field '%s' cannot be updated.", m.key))
		case m.value == nil:
			if !slices.Contains(f.nullFor, typ) {
				panic(mustNotBeNull(m.key))
			}
		case !jsonTypeFits(f, m.value):
			panic(badRequest("The value of the field '%s' has the wrong JSON type.", m.key))
		}
	}
}

// checkEntry checks an entry that names an object: it has nothing beside these keys.
func (c *call) checkEntry(list string, entry dict, keys ...string) {
	for _, m := range entry {
		_, number := m.value.(json.Number)
		switch {
		case !c.strict:
		case !slices.Contains(keys, m.key):
			panic(badRequest("The field '%s' is not valid in this entry of '%s'; valid are: %s.", m.key, list, strings.Join(keys, ", ")))
		case (m.key == "id") != number:
			panic(badRequest("The value of the field '%s' has the wrong JSON type.", m.key))
		}
	}
}

// jsonTypes are what parseObject makes of the JSON that a field takes; the types
// that are not here take any.
var jsonTypes = func() map[string]reflect.Type {
	number, text := reflect.TypeFor[json.Number](), reflect.TypeFor[string]()
	return map[string]reflect.Type{
		"Boolean": reflect.TypeFor[bool](), "Integer": number, "Long": number, "BigDecimal": number, "String": text, "Date": text, "Base64": text,
	}
}()

func jsonTypeFits(f *field, v any) bool {
	want := jsonTypes[f.typ]
	if f.list {
		want = reflect.TypeFor[dict]()
	}
	n, _ := v.(json.Number)
	whole := f.typ == "BigDecimal" || !strings.ContainsAny(n.String(), ".eE")
	return want == nil || want == reflect.TypeOf(v) && whole
}

// checkOneOwner refuses an owner that is named in two ways.
func (c *call) checkOneOwner(body dict) {
	var forms []string
	if _, ok := c.param("owner"); ok {
		forms = append(forms, "owner=")
	}
	for _, key := range []string{"ownerName", "ownerId"} {
		if body.has(key) {
			forms = append(forms, key)
		}
	}
	if c.strict && len(forms) > 1 {
		panic(badRequest("The owner is named in more than one way: %s.", strings.Join(forms, ", ")))
	}
}
