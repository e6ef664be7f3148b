package tcsim

import (
	"slices"
	"strings"
)

// item is a step of a job at work.
type item struct {
	*tx
	j      *job
	s      *jobStep
	became []*object
	lost   []*apiError // parts that were refused alone
}

var (
	// listKeys are the keys of an item that are no fields of v3.
	listKeys = []string{"attribute", "tag", "securityLabel", "associatedGroupXid", "associatedGroups", "associatedIndicators"}

	// notSimulated are keys that are documented and have no effect here.
	notSimulated = []string{"to", "insights", "aiProvider", "fileOccurrence"}

	// v3Keys are fields of v3 that items do not have.
	v3Keys = []string{"ownerId", "ownerName", "value1", "value2", "value3", "hostname"}
)

func (it *item) write() {
	body, ok := it.s.body.(dict)
	switch {
	case !ok:
		panic(refusal(0, jobSyntax, "This is not a JSON object."))
	case it.s.of != nil:
		it.lost = it.associate(it.s.of.became, body)
	case it.s.part == partAssociation:
		it.association(body)
	case it.s.part == partGroup:
		it.group(body)
	default:
		it.indicator(body)
	}
	if it.c.sw.BatchLinks == "with-item" && it.j.action == "Create" {
		it.associate(it.became, body) // what is refused now may be there at the end of the job
	}
}

// scalars are the keys of an item that v3 has as well, under the same rules.
func (it *item) scalars(k kind, body dict, own ...string) dict {
	var fields dict
	for _, m := range body {
		if slices.Contains(listKeys, m.key) || slices.Contains(notSimulated, m.key) || slices.Contains(own, m.key) {
			continue
		}
		f := it.st.fields[k].row(m.key, "")
		switch {
		case f == nil || !f.list && !f.readOnly && !slices.Contains(v3Keys, m.key):
			fields = append(fields, m)
		case it.c.strict:
			panic(badRequest("The field '%s' is not valid.", m.key))
		}
	}
	return fields
}

// group handles an entry of group: the xid decides whether it is new.
func (it *item) group(body dict) {
	owner, xid := it.j.owner, body.required("xid")
	old := it.existingXID(owner, xid)
	if old != nil && old.owner != owner {
		panic(errConflict())
	}
	if it.j.action == "Delete" {
		it.delete(old, "permGroup")
		return
	}
	body.required("name")
	it.needs(body)
	fields := it.scalars(kGroup, body)
	if old == nil {
		it.c.mayWrite(owner, "permGroup", nil, false)
		o := it.build(&object{kind: kGroup, owner: owner}, fields)
		it.lists(o, body)
		it.requireAttribute(o)
		return
	}
	it.c.mayWrite(owner, "permGroup", old, false)
	if typ := it.c.check(kGroup, "type", body.required("type")); typ != old.typ {
		panic(badRequest("The group '%s' has the type '%s'.", xid, old.typ))
	}
	it.rename(old, fields, false)
	it.edit(old, fields, true)
	it.lists(old, body)
}

// groupNeeds are fields that are required here, and not in v3.
var groupNeeds = map[string][]string{"Email": {"subject", "header", "body"}, "Document": {"fileName"}, "Report": {"fileName"}}

func (it *item) needs(body dict) {
	typ := body.str("type")
	if typ != "Email" && it.c.sw.BatchFileName != "required" {
		return
	}
	for _, key := range groupNeeds[typ] {
		body.required(key)
	}
}

// indicator handles an entry of indicator: one that exists is updated.
func (it *item) indicator(body dict) {
	owner := it.j.owner
	fields := it.withValues(it.scalars(kIndicator, body, "summary", "description", "xid"), body.str("summary"))
	typ := it.c.indicatorTypeOf(fields)
	v := it.c.readValues(typ, fields)
	if it.j.action == "Delete" {
		it.delete(it.existingIndicator(typ, owner, v), "permIndicator")
		return
	}
	var all []*object
	if typ.Name == "File" {
		all, v = it.sameFiles(typ, v)
	} else if old := it.existingIndicator(typ, owner, v); old != nil {
		all = []*object{old}
	}
	if all == nil && v != [3]string{} {
		it.c.mayWrite(owner, "permIndicator", nil, false)
		all = []*object{it.newIndicator(typ, owner, v, fields)}
	}
	for _, o := range all {
		it.c.mayWrite(owner, "permIndicator", o, false)
		if !it.made(o) {
			it.edit(o, fields, true)
		}
		it.lists(o, body)
	}
}

// withValues has the values of the summary under the keys of the type, unless one
// of these is there.
func (it *item) withValues(fields dict, summary string) dict {
	typ := it.c.indicatorTypeOf(fields)
	if summary == "" || fields.str(typ.Labels...) != "" {
		return fields
	}
	v := splitSummary(typ, summary)
	for i, label := range typ.Labels {
		if v[i] != "" {
			fields = append(fields, member{label, v[i]})
		}
	}
	return fields
}

// splitSummary gives the values of a summary. The hashes of a File are told apart
// by their lengths.
func splitSummary(typ *indicatorType, summary string) (v [3]string) {
	if typ.Name != "File" {
		copy(v[:], strings.SplitN(summary, " : ", len(typ.Labels)))
		return v
	}
	for _, h := range strings.Split(summary, ":") {
		h = strings.TrimSpace(h)
		i := slices.Index([]int{32, 40, 64}, len(h))
		if i < 0 || v[i] != "" {
			panic(badRequest("Please enter a valid File"))
		}
		v[i] = h
	}
	return v
}

func (it *item) delete(o *object, perm string) {
	if o == nil {
		panic(refusal(0, jobNotFound, "The item was not found."))
	}
	it.c.mayWrite(o.owner, perm, o, true)
	it.remove(o)
}
