package tcsim

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
)

func artifactLists() []nestedList {
	return []nestedList{
		{key: "associatedGroups", kind: kGroup, maxSize: nestedMax, resolve: resolveGroup},
		{key: "associatedIndicators", kind: kIndicator, maxSize: nestedMax, resolve: resolveIndicator},
	}
}

func artifactSpecs(types *catalog) []fieldSpec {
	return []fieldSpec{
		{key: "caseId", typ: "Integer", create: true, own: true},
		{key: "caseXid", typ: "String", create: true, own: true},
		{key: "taskId", typ: "Integer", create: true, own: true},
		{key: "taskXid", typ: "String", create: true, own: true},
		{key: "type", typ: "String", required: true, create: true, own: true, values: types.artifactTypes},
		{key: "summary", typ: "String", required: true, min: 1, max: 500, own: true},
		{key: "source", typ: "String", max: 100},
		{key: "fieldName", typ: "String", max: 100, create: true},
		{key: "derivedLink", typ: "Boolean"},
		{key: "fileData", typ: "String"},
		{key: "hashCode", typ: "String", create: true},
		{key: "associatedGroups", typ: "Groups", list: true, maxSize: nestedMax},
		{key: "associatedIndicators", typ: "Indicators", list: true, maxSize: nestedMax},
		{key: "id", typ: "Integer", readOnly: true},
		{key: "dateAdded", typ: "Date", readOnly: true},
		{key: "intelType", typ: "String", readOnly: true},
	}
}

var artifactFieldDocs = []fieldDoc{
	{"associatedGroups", "Includes associated Groups", false},
	{"associatedIndicators", "Includes associated Indicators", false},
	{"caseId", "Includes the ID of the Case", false},
	{"caseXid", "Includes the xid of the Case", false},
	{"notes", "Includes notes", false},
}

func createArtifact(t *tx, body map[string]any) (*object, int, *apiError) {
	o, err := t.newArtifact(nil, body)
	return o, http.StatusCreated, err
}

// newArtifact makes an artifact of a case: the given one, or that of caseId or
// caseXid.
func (t *tx) newArtifact(parent *object, body map[string]any) (*object, *apiError) {
	if err := t.c.mayWriteCases(); err != nil {
		return nil, err
	}
	if parent == nil {
		var err *apiError
		if parent, err = t.caseOf(body); err != nil {
			return nil, err
		}
	}
	typ := firstString(body, "type")
	if typ == "" {
		return nil, missingData("type")
	}
	specs := t.c.specs(kArtifact)
	if _, err := checkString(specOf(specs, "type"), typ); err != nil {
		return nil, err
	}
	if body["summary"] == nil {
		return nil, missingData("summary")
	}
	if artifactDataType(typ) == "File" && firstString(body, "fileData") == "" {
		return nil, missingData("fileData")
	}
	summary, err := t.c.checkValue(specOf(specs, "summary"), body["summary"])
	if err != nil {
		return nil, err
	}
	o := &object{kind: kArtifact, parent: parent, owner: parent.owner, typ: typ, name: summary.(string)}
	t.add(o)
	return o, t.editArtifact(o, body, true)
}

func (t *tx) caseOf(body map[string]any) (*object, *apiError) {
	var parent *object
	switch {
	case body["caseId"] != nil:
		id, err := toID(body["caseId"])
		if err != nil {
			return nil, badRequest("The field 'caseId' must be an integer.")
		}
		parent = t.st.get(kCase, id)
	case firstString(body, "caseXid") != "":
		parent = t.st.byXIDIn(kCase, t.c.organization(), firstString(body, "caseXid"))
	default:
		return nil, missingData("caseId")
	}
	if parent == nil || !t.c.visible(parent) {
		return nil, badRequest("The case of the artifact was not found.")
	}
	return parent, nil
}

func (t *tx) editArtifact(o *object, body map[string]any, post bool) *apiError {
	if data, ok := body["fileData"].(string); ok {
		if _, err := base64.StdEncoding.DecodeString(data); err != nil {
			return badRequest("The field 'fileData' must be base64.")
		}
	}
	if err := t.write(o, t.c.specs(kArtifact), body, post); err != nil {
		return err
	}
	return t.writeLists(o, t.c.s.artifactLists, body, post)
}

func updateArtifact(t *tx, o *object, body map[string]any) *apiError {
	if err := t.c.mayWriteCases(); err != nil {
		return err
	}
	if v := body["summary"]; v != nil {
		s, err := t.c.checkValue(specOf(t.c.specs(kArtifact), "summary"), v)
		if err != nil {
			return err
		}
		t.change(o, func() { o.name = s.(string) })
	}
	if err := t.editArtifact(o, body, false); err != nil {
		return err
	}
	t.touch(o, t.c.now)
	return nil
}

// resolveArtifact handles an entry of associatedArtifacts (or of a case's
// artifacts): {"id"} or a new artifact.
func resolveArtifact(t *tx, parent *object, entry map[string]any) (*object, *apiError) {
	if o, given, err := t.byID(kArtifact, entry); given || err != nil {
		return o, err
	}
	if parent.kind == kCase {
		return t.newArtifact(parent, entry)
	}
	return t.newArtifact(nil, entry)
}

func writeArtifact(c *call, e *encoder, o *object, sel selection) {
	c.id(e, "id", o.id)
	if shown := c.sw.ArtifactCase == "shown" && !c.inNested; shown || sel.has("caseId") {
		c.id(e, "caseId", o.parent.id)
	}
	if shown := c.sw.ArtifactCase == "shown" && !c.inNested; shown || sel.has("caseXid") {
		e.opt("caseXid", o.parent.xid)
	}
	e.str("summary", o.name)
	e.str("type", o.typ)
	e.opt("intelType", artifactIntelTypes[o.typ])
	c.caseDate(e, "dateAdded", o.added)
	e.opt("source", o.str("source"))
	e.opt("fieldName", o.str("fieldName"))
	link, given := o.fields["derivedLink"].(bool)
	e.bool("derivedLink", link || !given)
	e.str("hashCode", cmp.Or(o.str("hashCode"), hashOf(o)))
	if o.str("fileData") != "" {
		e.str("fileData", o.str("fileData"))
	}
	c.writeLists(e, o, c.s.artifactLists, sel)
}

// hashOf stands for the hash that an instance computes of an artifact; which
// one it is, no source says.
func hashOf(o *object) string {
	sum := sha256.Sum256([]byte(o.typ + "\n" + o.name + "\n" + o.str("fileData")))
	return hex.EncodeToString(sum[:])
}
