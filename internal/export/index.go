package export

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// entry is what is kept of a group from the index on.
type entry struct {
	id        int64
	typ, name string
	xid       string // the one that the manifest gives
	key       string
	notes     []string

	carried    bool // the manifest can hold it
	derived    bool // its xid is the one that its key makes
	referenced bool // by a group that was handed on
	written    bool

	serverXID string
	badXID    string // why no manifest can give it, "" if one can
}

// index reads which groups there are, as far as it takes to name them.
func (x *exporter) index(ctx context.Context) error {
	for r, err := range x.groups(ctx, 0) {
		if x.short("the groups of "+message.Quote(x.opt.Owner), err) {
			break
		}
		if err != nil {
			return err
		}
		if r.Owner != "" && r.Owner != x.opt.Owner || x.entries[r.ID] != nil {
			continue
		}
		if err := x.rules.learn(ctx, r); err != nil {
			return err
		}
		x.add(r)
		x.opt.Progress(len(x.entries), 0)
	}
	for _, id := range x.opt.Filter.IDs {
		if x.entries[id] == nil {
			x.tell(Warning{Message: fmt.Sprintf("group %d%s is not in %s, or the filter excludes it", id,
				quotedKey(x.opt.Known[id].Key), message.Quote(x.opt.Owner))})
		}
	}
	return nil
}

func quotedKey(key string) string {
	if key == "" {
		return ""
	}
	return " (" + message.Quote(key) + ")"
}

func (x *exporter) add(r *intel.Remote) {
	e := &entry{id: r.ID, typ: r.Type, name: r.Name, serverXID: r.XID}
	x.entries[r.ID] = e
	x.order = append(x.order, e)
	g := skeleton(r)
	why := x.rules.wrong(g)
	if why == "" && x.opt.Cells && hasNUL(g) {
		why = "it contains a NUL character, which a CSV cannot have"
	}
	if why != "" {
		x.leaveOut(e, why)
		return
	}
	e.carried = true
	if g.XID = r.XID; r.XID != "" {
		e.badXID = x.rules.wrong(g)
	}
}

func (x *exporter) leaveOut(e *entry, why string) {
	e.carried = false
	x.summary.LeftOut++
	x.warn(e, "left out: %s", why)
}

// hasNUL reports whether a name or a field contains a NUL character.
func hasNUL(g *intel.Group) bool {
	return strings.Contains(g.Name, "\x00") || slices.ContainsFunc(g.Fields, func(f intel.Field) bool { return strings.Contains(f.Value, "\x00") })
}

// skeleton is what a group cannot do without.
func skeleton(r *intel.Remote) *intel.Group {
	g := &intel.Group{Type: r.Type, Name: r.Name}
	if t, ok := intel.GroupTypeNamed(r.Type); ok {
		for _, f := range r.Fields {
			if spec, ok := t.Field(f.Name); ok && spec.Required {
				g.Fields = append(g.Fields, f)
			}
		}
	}
	return g
}

// name gives each group its key, and its xid if the manifest can give it.
func (x *exporter) name() {
	taken := map[string]bool{}
	for _, e := range x.order {
		if k, ok := x.knownKey(e); ok && !taken[k] {
			e.key, taken[k] = k, true
		}
	}
	x.identify()
	for _, e := range x.order {
		if e.key != "" || !e.carried {
			continue
		}
		for _, key := range candidates(e) {
			if !taken[key] && fit(key) {
				e.key = key
				break
			}
		}
		for n := 2; e.key == ""; n++ { // somebody has given the others away
			if key := fmt.Sprintf("%s/%d (%d)", e.typ, e.id, n); !taken[key] {
				e.key = key
			}
		}
		taken[e.key] = true
	}
}

// knownKey is the key that the id-map has for a group, if it is the same one
// still.
func (x *exporter) knownKey(e *entry) (string, bool) {
	k, ok := x.opt.Known[e.id]
	switch {
	case !ok:
		return "", false
	case k.Owner != "" && k.Owner != x.opt.Owner || spelling.Fold(k.Type) != spelling.Fold(e.typ):
		x.warn(e, "its key %s is not used: the id-map has a %s of %s under this ID", message.Quote(k.Key), k.Type, message.Quote(k.Owner))
		return "", false
	case !fit(k.Key):
		x.warn(e, "its key %s in the id-map cannot be written as a reference: it gets another key", message.Quote(k.Key))
		return "", false
	}
	return k.Key, true
}

// identify decides by what a plan will find each group again: its xid, or its
// name, if no other group has it. What is left only an ID can find.
func (x *exporter) identify() {
	byXID := map[string]int{}
	for _, e := range x.order {
		byXID[e.serverXID]++
	}
	named := map[string]int{} // groups that no xid claims
	for _, e := range x.order {
		if e.serverXID != "" && e.carried {
			x.useXID(e, byXID[e.serverXID])
		}
		if e.xid == "" && !e.derived {
			named[e.typ+"\x00"+e.name]++
		}
	}
	for _, e := range x.order {
		if e.carried && e.xid == "" && !e.derived {
			x.findByName(e, named[e.typ+"\x00"+e.name])
		}
	}
}

// useXID takes over the xid of a group, unless its key makes it anyway.
func (x *exporter) useXID(e *entry, groups int) {
	if e.key != "" && e.serverXID == intel.DerivedXID(x.opt.Namespace, x.opt.Owner, e.key) {
		e.derived = true
		return
	}
	why := e.badXID
	switch {
	case groups > 1:
		why = fmt.Sprintf("%d groups have the xid %s", groups, message.Quote(e.serverXID))
	case why == "" && strings.TrimSpace(e.serverXID) != e.serverXID:
		why = fmt.Sprintf("xid %s has spaces around it", message.Quote(e.serverXID))
	case why == "":
		e.xid = e.serverXID
		return
	}
	e.notes = append(e.notes, "without its xid: "+why)
	x.warn(e, "its xid is left out: %s", why)
}

// findByName warns of a group that its name does not find. One that a plan
// would take for a new one is left out if no report has its ID.
func (x *exporter) findByName(e *entry, sameName int) {
	odd := strings.TrimSpace(e.name) != e.name || strings.ContainsFunc(e.name, unicode.IsControl)
	why := ""
	switch {
	case odd:
		why = "its name has spaces around it or control characters, so that a query cannot find it"
	case e.serverXID != "":
		why = "its xid comes from another import, and the manifest does not have it"
	case sameName > 1:
		why = fmt.Sprintf("%d groups have its type and name, and it has no xid", sameName)
	default:
		return
	}
	switch {
	case x.opt.Reported:
		e.notes = append(e.notes, fmt.Sprintf("group %d: use the report of this export as --id-map, or a plan does not find it", e.id))
	case odd:
		x.leaveOut(e, why+"; a plan would create it again: write --report, and use it as --id-map when planning")
	default:
		x.warn(e, "only its ID identifies it, because %s: write --report, and use it as --id-map when planning", why)
	}
}
