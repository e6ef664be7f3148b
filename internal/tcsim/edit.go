package tcsim

import (
	"net/http"
	"slices"
	"unicode/utf8"
)

// make makes an object of kind k: of a POST, or of an entry in a list of parent.
func (t *tx) make(k kind, parent *object, body map[string]any) (*object, *apiError) {
	o := &object{kind: k}
	for _, step := range []func(*object, *object, map[string]any) *apiError{t.house, t.classify, t.identify} {
		if err := step(o, parent, body); err != nil {
			return nil, err
		}
	}
	if err := t.rename(o, body, true); err != nil {
		return nil, err
	}
	t.add(o)
	if k == kCase {
		t.change(o, func() { o.fields = map[string]any{"caseOpenTime": t.c.now.UTC()} })
	}
	return o, t.edit(o, body, true)
}

// create is make for the POST of a kind that has no rules of its own.
func create(k kind) func(*tx, map[string]any) (*object, int, *apiError) {
	return func(t *tx, body map[string]any) (*object, int, *apiError) {
		o, err := t.make(k, nil, body)
		return o, http.StatusCreated, err
	}
}

// update handles the PUT of a kind that has no rules of its own.
func update(t *tx, o *object, body map[string]any) *apiError {
	if err := t.c.mayWrite(o.owner, permOf(o.kind), o, false); err != nil {
		return err
	}
	if err := t.rename(o, body, false); err != nil {
		return err
	}
	return t.edit(o, body, false)
}

// resolve handles an entry of a list of kind k: {"id"}, or a new object. There
// is no look-up by name: {"name","type"} makes a group on every call.
func resolve(k kind) func(*tx, *object, map[string]any) (*object, *apiError) {
	return func(t *tx, parent *object, entry map[string]any) (*object, *apiError) {
		if o, given, err := t.byID(k, entry); given || err != nil {
			return o, err
		}
		return t.make(k, parent, entry)
	}
}

// house puts a new object where it belongs: into a case or victim, into the
// user's Organization (cases), or into the owner that it names.
func (t *tx) house(o, parent *object, body map[string]any) *apiError {
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
func (t *tx) parentNamed(k kind, body map[string]any) (*object, *apiError) {
	key, what := "victimId", "victim"
	if k == kCase {
		key, what = "caseId", "case"
	}
	var found *object
	xid := firstString(body, "caseXid")
	switch {
	case body[key] != nil:
		id, err := toID(body[key])
		if err != nil {
			return nil, badRequest("The field '%s' must be an integer.", key)
		}
		found = t.st.get(k, id)
	case k == kCase && xid != "":
		found = t.st.byXIDIn(kCase, t.c.organization(), xid)
	default:
		return nil, missingData(key)
	}
	if found == nil || !t.c.visible(found) {
		return nil, badRequest("The %s was not found.", what)
	}
	return found, nil
}

// classify gives a new object its type, if its kind has types.
func (t *tx) classify(o, _ *object, body map[string]any) *apiError {
	if o.kind == kCase || o.kind == kVictim {
		return nil
	}
	name, ok := body["type"].(string)
	if !ok || name == "" {
		return missingData("type")
	}
	typ, err := checkString(specOf(t.c.specs(o.kind), "type"), name)
	if err != nil {
		return err
	}
	o.typ = typ.(string)
	return nil
}

// identify gives a new group or case its xid. A case always has one: the server
// makes it where none is given (cases/create.rst).
func (t *tx) identify(o, _ *object, body map[string]any) *apiError {
	xid, ok := body["xid"].(string)
	switch {
	case o.kind != kGroup && o.kind != kCase:
		return nil
	case body["xid"] != nil && !ok:
		return badRequest("The field 'xid' must be a string.")
	case xid == "" && o.kind == kCase:
		xid = caseXID(t.st.tables[kCase].next)
	case xid == "":
		return nil
	case o.kind == kCase:
		if n := utf8.RuneCountInString(xid); n < 10 || n > 100 {
			return badRequest("The field 'xid' must have 10 to 100 characters.")
		}
		if t.st.byXIDIn(kCase, o.owner, xid) != nil {
			return errConflict()
		}
	case t.existingXID(o.owner, xid) != nil && t.c.sw.ExistingXID != "duplicate":
		return errConflict()
	}
	o.xid = xid
	return nil
}

// nameKey is the key of what an object goes by.
func nameKey(o *object) string {
	switch o.kind {
	case kArtifact:
		return "summary"
	case kVictimAsset:
		return assetKeys[o.typ][0]
	}
	return "name"
}

// rename takes the name from body; names are not unique and never cut.
func (t *tx) rename(o *object, body map[string]any, post bool) *apiError {
	key := nameKey(o)
	if body[key] == nil {
		if post {
			return missingData(key)
		}
		return nil
	}
	v, err := t.c.checkValue(specOf(t.c.specs(o.kind), key), body[key])
	if err != nil {
		return err
	}
	if name := v.(string); post {
		o.name = name
	} else if o.name != name {
		t.change(o, func() { o.name = name })
	}
	return nil
}

// edit writes the scalars and the lists of an object.
func (t *tx) edit(o *object, body map[string]any, post bool) *apiError {
	if err := t.write(o, t.c.specs(o.kind), body, post); err != nil {
		return err
	}
	if err := whole(o); err != nil {
		return err
	}
	lists := t.c.s.byKind[o.kind].lists
	if err := t.writeLists(o, lists, body, post); err != nil {
		return err
	}
	if !t.created[o] && (t.c.sw.Touch != "none" || !onlyLists(body, lists)) {
		t.touch(o, t.c.now)
	}
	return nil
}

// whole refuses what lacks a field that only some of its kind need.
func whole(o *object) *apiError {
	switch {
	case o.typ == "Signature" && o.kind == kGroup && o.str("fileName") == "":
		return missingData("fileName")
	case o.fields["malware"] == true && o.str("password") == "":
		return badRequest("The field 'password' is required where 'malware' is true.")
	case o.kind == kArtifact && artifactDataType(o.typ) == "File" && o.str("fileData") == "":
		return missingData("fileData")
	}
	return nil
}

func onlyLists(body map[string]any, lists []nestedList) bool {
	for k := range body {
		if !slices.ContainsFunc(lists, func(l nestedList) bool { return l.key == k }) {
			return false
		}
	}
	return true
}
