package tcsim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"
)

// make makes an object of kind k: of a POST, or of an entry in a list of parent.
func (t *tx) make(k kind, parent *object, body dict) *object {
	o := &object{kind: k}
	t.house(o, parent, body)
	if k == kGroup && t.existingGroup(o.owner, body) != nil {
		panic(errConflict())
	}
	return t.build(o, body)
}

// build completes a new object that has its place.
func (t *tx) build(o *object, body dict) *object {
	t.classify(o, body)
	t.identify(o, body)
	t.rename(o, body, true)
	if o.kind == kCase {
		o.fields.set("caseOpenTime", t.c.now.UTC())
	}
	t.add(o)
	t.edit(o, body, true)
	return o
}

// create handles the POST of a kind that has no rules of its own.
func (t *tx) create(body dict) *object { return t.make(t.c.res.kind, nil, body) }

// update handles the PUT of a kind that has no rules of its own.
func (t *tx) update(o *object, body dict) {
	t.c.mayWrite(o.owner, kinds[o.kind].perm, o, false)
	t.rename(o, body, false)
	t.edit(o, body, false)
}

// house puts a new object where it belongs: into a case or victim, into the
// user's Organization (cases), or into the owner that it names.
func (t *tx) house(o, parent *object, body dict) {
	switch {
	case o.kind == kArtifact || o.kind == kVictimAsset:
		if parent == nil || parent.kind != kinds[o.kind].parent {
			parent = t.parentNamed(o.kind, body)
		}
		o.parent, o.owner = parent, parent.owner
	case o.kind == kCase:
		o.owner = t.c.organization()
	case parent != nil:
		o.owner = t.nestedOwner(parent, body)
	default:
		o.owner = t.c.createOwner(body)
	}
	t.c.mayWrite(o.owner, kinds[o.kind].perm, nil, false)
}

// parentNamed finds the case or victim that a new artifact or asset names.
func (t *tx) parentNamed(k kind, body dict) *object {
	key, xid := kinds[k].parentKey, body.str("caseXid")
	var found *object
	switch {
	case body.get(key) != nil:
		found = t.st.get(kinds[k].parent, body.id(key))
	case k == kArtifact && xid != "":
		found = t.st.withXID(kCase, t.c.organization(), xid, false)
	default:
		panic(missingData(key))
	}
	if found == nil || !t.c.visible(found) {
		panic(badRequest("The %s was not found.", strings.TrimSuffix(key, "Id")))
	}
	return found
}

// classify gives a new object its type, if its kind has types.
func (t *tx) classify(o *object, body dict) {
	if o.kind == kCase || o.kind == kVictim {
		return
	}
	o.typ = t.c.check(o.kind, "type", body.required("type")).(string)
}

// identify gives a new group or case its xid. A case always has one: the server
// makes it where none is given (cases/create.rst).
func (t *tx) identify(o *object, body dict) {
	xid, ok := body.get("xid").(string)
	switch {
	case o.kind != kGroup && o.kind != kCase:
		return
	case body.get("xid") != nil && !ok:
		panic(badRequest("The field 'xid' must be a string."))
	case xid == "" && o.kind == kCase:
		xid = caseXID(t.st.tables[kCase].next)
	case xid == "":
		return
	case o.kind == kCase:
		if n := utf8.RuneCountInString(xid); n < 10 || n > 100 {
			panic(badRequest("The field 'xid' must have 10 to 100 characters."))
		}
		if t.st.withXID(kCase, o.owner, xid, false) != nil {
			panic(errConflict())
		}
	}
	o.xid = xid
}

// caseXID looks like the UUIDs of the samples and is the same on every run.
func caseXID(n int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "case %d", n))
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func findCase(c *call, segment string) *object {
	return c.st.withXID(kCase, c.organization(), segment, false)
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
func (t *tx) rename(o *object, body dict, post bool) {
	key := nameKey(o)
	v := body.get(key)
	if v == nil && post {
		panic(missingData(key))
	}
	if v == nil {
		return
	}
	name := storedText(t.c.sw.NameText, t.c.check(o.kind, key, v).(string))
	if post {
		o.name = name
	} else if o.name != name {
		t.rekey(o, func() { o.name = name })
	}
}

// edit writes the scalars and the lists of an object.
func (t *tx) edit(o *object, body dict, post bool) {
	t.c.checkKeys(o.kind, o.typ, body, post)
	t.write(o, body, post)
	whole(o)
	t.writeLists(o, body, post)
	if !t.made(o) && (t.c.sw.Touch != "none" || !t.onlyLists(o.kind, body)) {
		t.touch(o, t.c.now)
	}
}

// whole refuses what lacks a field that only some of its kind need.
func whole(o *object) {
	switch {
	case o.typ == "Signature" && o.kind == kGroup && o.str("fileName") == "":
		panic(missingData("fileName"))
	case o.typ == "Document" && o.fields.get("malware") == true && o.str("password") == "":
		panic(badRequest("The field 'password' is required where 'malware' is true."))
	case o.kind == kArtifact && artifactDataType(o.typ) == "File" && o.str("fileData") == "":
		panic(missingData("fileData"))
	}
}

func (t *tx) onlyLists(k kind, body dict) bool {
	for _, m := range body {
		if f := t.st.fields[k].row(m.key, ""); f == nil || !f.list {
			return false
		}
	}
	return true
}
