package tcsim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"unicode/utf8"
)

// make makes an object of kind k: of a POST, or of an entry in a list of parent.
func (t *tx) make(k kind, parent *object, body dict) (*object, *apiError) {
	o := &object{kind: k}
	for _, step := range []func(*object, *object, dict) *apiError{t.house, t.classify, t.identify} {
		if err := step(o, parent, body); err != nil {
			return nil, err
		}
	}
	if err := t.rename(o, body, true); err != nil {
		return nil, err
	}
	if k == kCase {
		o.fields.set("caseOpenTime", t.c.now.UTC())
	}
	t.add(o)
	return o, t.edit(o, body, true)
}

// create is make for the POST of a kind that has no rules of its own.
func create(k kind) func(*tx, dict) (*object, int, *apiError) {
	return func(t *tx, body dict) (*object, int, *apiError) {
		o, err := t.make(k, nil, body)
		return o, http.StatusCreated, err
	}
}

// update handles the PUT of a kind that has no rules of its own.
func update(t *tx, o *object, body dict) *apiError {
	if err := t.c.mayWrite(o.owner, permOf(o.kind), o, false); err != nil {
		return err
	}
	if err := t.rename(o, body, false); err != nil {
		return err
	}
	return t.edit(o, body, false)
}

// house puts a new object where it belongs: into a case or victim, into the
// user's Organization (cases), or into the owner that it names.
func (t *tx) house(o, parent *object, body dict) *apiError {
	var err *apiError
	switch {
	case o.kind == kArtifact || o.kind == kVictimAsset:
		if parent == nil || parent.kind != parentOf[o.kind] {
			if parent, err = t.parentNamed(parentOf[o.kind], body); err != nil {
				return err
			}
		}
		o.parent, o.owner = parent, parent.owner
	case o.kind == kCase:
		o.owner = t.c.organization()
	case parent != nil:
		o.owner, err = t.nestedOwner(parent, body)
	default:
		o.owner, err = t.c.createOwner(body)
	}
	if err != nil {
		return err
	}
	return t.c.mayWrite(o.owner, permOf(o.kind), nil, false)
}

var parentOf = map[kind]kind{kArtifact: kCase, kVictimAsset: kVictim}

// parentNamed finds the case or victim that a new artifact or asset names.
func (t *tx) parentNamed(k kind, body dict) (*object, *apiError) {
	key, what := "victimId", "victim"
	if k == kCase {
		key, what = "caseId", "case"
	}
	var found *object
	xid := body.str("caseXid")
	switch {
	case body.get(key) != nil:
		id, err := toID(body.get(key))
		if err != nil {
			return nil, badRequest("The field '%s' must be an integer.", key)
		}
		found = t.st.get(k, id)
	case k == kCase && xid != "":
		found = t.st.withXID(kCase, t.c.organization(), xid, false)
	default:
		return nil, missingData(key)
	}
	if found == nil || !t.c.visible(found) {
		return nil, badRequest("The %s was not found.", what)
	}
	return found, nil
}

// classify gives a new object its type, if its kind has types.
func (t *tx) classify(o, _ *object, body dict) *apiError {
	if o.kind == kCase || o.kind == kVictim {
		return nil
	}
	name := body.str("type")
	if name == "" {
		return missingData("type")
	}
	spec := t.c.spec(o.kind, "type")
	typ, err := checkString(&spec, name)
	if err != nil {
		return err
	}
	o.typ = typ.(string)
	return nil
}

// identify gives a new group or case its xid. A case always has one: the server
// makes it where none is given (cases/create.rst).
func (t *tx) identify(o, _ *object, body dict) *apiError {
	xid, ok := body.get("xid").(string)
	switch {
	case o.kind != kGroup && o.kind != kCase:
		return nil
	case body.get("xid") != nil && !ok:
		return badRequest("The field 'xid' must be a string.")
	case xid == "" && o.kind == kCase:
		xid = caseXID(t.st.tables[kCase].next)
	case xid == "":
		return nil
	case o.kind == kCase:
		if n := utf8.RuneCountInString(xid); n < 10 || n > 100 {
			return badRequest("The field 'xid' must have 10 to 100 characters.")
		}
		if t.st.withXID(kCase, o.owner, xid, false) != nil {
			return errConflict()
		}
	case t.existingXID(o.owner, xid) != nil && t.c.sw.ExistingXID != "duplicate":
		return errConflict()
	}
	o.xid = xid
	return nil
}

// caseXID looks like the UUIDs of the samples and is the same on every run.
func caseXID(n int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "case %d", n))
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func findCase(c *call, segment string) (*object, *apiError) {
	if o := c.st.withXID(kCase, c.organization(), segment, false); o != nil {
		return o, nil
	}
	return nil, errNotFound()
}

// nameKey is the key of what an object goes by.
func nameKey(o *object) string {
	switch o.kind {
	case kArtifact:
		return "summary"
	case kVictimAsset:
		return assetKeys[o.typ]
	}
	return "name"
}

// rename takes the name from body; names are not unique and never cut.
func (t *tx) rename(o *object, body dict, post bool) *apiError {
	key := nameKey(o)
	v := body.get(key)
	if v == nil {
		if post {
			return missingData(key)
		}
		return nil
	}
	spec := t.c.spec(o.kind, key)
	v, err := t.c.checkValue(&spec, v)
	if err != nil {
		return err
	}
	if name := t.c.storedName(v.(string)); post {
		o.name = name
	} else if o.name != name {
		t.rekey(o, func() { o.name = name })
	}
	return nil
}

// edit writes the scalars and the lists of an object.
func (t *tx) edit(o *object, body dict, post bool) *apiError {
	if err := t.c.checkKeys(o.kind, o.typ, body, post); err != nil {
		return err
	}
	if err := t.write(o, body, post); err != nil {
		return err
	}
	if err := whole(o); err != nil {
		return err
	}
	if err := t.writeLists(o, body, post); err != nil {
		return err
	}
	if !t.made(o) && (t.c.sw.Touch != "none" || !t.onlyLists(o.kind, body)) {
		t.touch(o, t.c.now)
	}
	return nil
}

// whole refuses what lacks a field that only some of its kind need.
func whole(o *object) *apiError {
	switch {
	case o.typ == "Signature" && o.kind == kGroup && o.str("fileName") == "":
		return missingData("fileName")
	case o.typ == "Document" && o.fields.get("malware") == true && o.str("password") == "":
		return badRequest("The field 'password' is required where 'malware' is true.")
	case o.kind == kArtifact && artifactDataType(o.typ) == "File" && o.str("fileData") == "":
		return missingData("fileData")
	}
	return nil
}

func (t *tx) onlyLists(k kind, body dict) bool {
	for _, m := range body {
		if f := t.st.fields[k].row(m.key, ""); f == nil || !f.list {
			return false
		}
	}
	return true
}
