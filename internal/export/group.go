package export

import (
	"slices"
	"strings"

	"tcimport/internal/intel"
)

// group is r as a manifest defines it, without its associations. What the rules
// refuse is left out.
func (x *exporter) group(r *intel.Remote, e *entry) *intel.Group {
	g := &intel.Group{Key: e.key, Type: r.Type, Name: r.Name, XID: e.xid, Owner: x.opt.Owner}
	for _, f := range r.Fields {
		if strings.TrimSpace(f.Value) != "" && !isUnset(f) {
			g.Fields = append(g.Fields, legibleDate(r.Type, f))
		}
	}
	for _, t := range r.Tags {
		switch {
		case x.rules.isTechnique(t.TechniqueID):
			g.Tags = append(g.Tags, intel.Tag{TechniqueID: t.TechniqueID})
		case strings.TrimSpace(t.Name) != "":
			g.Tags = append(g.Tags, intel.Tag{Name: t.Name})
		}
	}
	for _, l := range r.SecurityLabels {
		if !slices.Contains(g.SecurityLabels, l.Name) {
			g.SecurityLabels = append(g.SecurityLabels, l.Name)
		}
	}
	if i := withoutPassword(g.Fields); i >= 0 {
		g.Fields = slices.Delete(g.Fields, i, i+1)
		e.notes = append(e.notes, "left out: "+noPassword)
		x.warn(e, "left out: %s", noPassword)
	}
	isDefault := x.attributes(r, g)
	for _, why := range x.rules.prune(g) {
		x.warn(e, "left out: %s", why)
	}
	x.markDefaults(g, isDefault)
	return g
}

// noPassword says why a Document is exported without malware: true.
const noPassword = "malware: true, because the instance does not show the password that belongs to it: to create this Document elsewhere, add malware: true and password"

// withoutPassword is the index of malware: true among fields without a password, -1
// if there is none. A manifest cannot have one without the other, and no instance
// shows passwords.
func withoutPassword(fields intel.Fields) int {
	if _, ok := fields.Get("password"); ok {
		return -1
	}
	return slices.IndexFunc(fields, func(f intel.Field) bool { return f.Name == "malware" && f.Value == "true" })
}

// isUnset reports a field that reads back with a word for nothing.
func isUnset(f intel.Field) bool { return f.Name == "eventType" && strings.EqualFold(f.Value, "None") }

// legibleDate writes midnight as the day that it is to a reader of manifests.
func legibleDate(typ string, f intel.Field) intel.Field {
	if t, ok := intel.GroupTypeNamed(typ); ok {
		if spec, ok := t.Field(f.Name); ok && spec.Kind == intel.Date {
			f.Value = strings.TrimSuffix(f.Value, "T00:00:00Z")
		}
	}
	return f
}

// keyOf is what a plan takes attributes for one by. A CSV does not say the source.
func (x *exporter) keyOf(at *intel.Attribute) intel.AttributeKey {
	key := at.Key()
	if x.opt.Cells {
		key.Source = ""
	}
	return key
}

// attributes gives g the attributes of r, each once, and returns which are the
// default ones. Of several that are one, the one that a plan pairs it with
// counts: that without a source, else the first.
func (x *exporter) attributes(r *intel.Remote, g *intel.Group) map[intel.AttributeKey]bool {
	isDefault := map[intel.AttributeKey]bool{}
	at := map[intel.AttributeKey]int{}
	for i := range r.Attributes {
		a := r.Attributes[i].Attribute
		key := x.keyOf(&a)
		n, twice := at[key]
		if twice && (g.Attributes[n].Source == "" || a.Source != "") {
			continue
		}
		isDefault[key] = a.Default == intel.Yes
		a.Default = intel.Unsaid
		if a.Pinned == intel.No {
			a.Pinned = intel.Unsaid
		}
		if twice {
			g.Attributes[n] = a
			continue
		}
		at[key] = len(g.Attributes)
		g.Attributes = append(g.Attributes, a)
	}
	return isDefault
}

// markDefaults says which attributes are the default ones where a reader would
// not take it for granted.
func (x *exporter) markDefaults(g *intel.Group, isDefault map[intel.AttributeKey]bool) {
	count := map[string]int{}
	for _, at := range g.Attributes {
		count[at.Type]++
	}
	marked := map[string]bool{}
	for i := range g.Attributes {
		at := &g.Attributes[i]
		is := isDefault[x.keyOf(at)] && !marked[at.Type]
		marked[at.Type] = marked[at.Type] || is
		granted := count[at.Type] == 1 && x.rules.showsOnly(at.Type)
		if is != granted {
			at.Default = intel.FlagOf(is)
		}
	}
}
