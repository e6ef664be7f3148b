package stix

import (
	"cmp"
	"slices"
	"strings"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
)

// Why objects are left out once all of them are known.
const (
	isRevoked     = "revoked"
	isDeprecated  = "deprecated"
	notAccepted   = "it is no valid group"
	noValue       = "no value is valid"
	notNamed      = "no object that is carried names it"
	notTLP        = "not TLP"
	notObserved   = "it leads to no indicator"
	notInInput    = "what it refers to is not in the input"
	noIndicators  = "indicators have no associations with each other"
	sameEnds      = "both ends are one group"
	lacksTwoEnds  = "it has no two ends"
	notAnIdentity = "the identity is not in the input"
)

// Finish makes the manifest of what was read, and the ledger of what became of it.
func (c *Converter) Finish() (*convert.Manifest, *convert.Ledger) {
	order := c.order()
	for _, o := range order {
		c.judge(o)
	}
	f := &finisher{Converter: c, notes: map[int32][]*object{}, based: map[int32][]int32{}, names: map[int32]bool{}}
	f.gather(order)
	for _, o := range order {
		if o.content != nil && o.fault == "" && o.group.Type != "" {
			f.addGroup(o)
		}
	}
	f.mark(order)
	for _, o := range order {
		if o.wanted {
			f.addIndicators(o)
		}
	}
	for _, o := range order {
		f.link(o)
	}
	for _, o := range order {
		f.close(o)
	}
	return &c.manifest, &c.ledger
}

// finisher carries objects, when all are known.
type finisher struct {
	*Converter
	notes map[int32][]*object // of the groups that they are about
	based map[int32][]int32   // indicator -> what it is based on
	names map[int32]bool      // identities and markings that are named by what is carried

	byPhase map[string][]int32 // see tactics
}

// order is what was read, in the order of kinds, then of IDs.
func (c *Converter) order() []*object {
	var out []*object
	for _, o := range c.objects {
		if o.kind != nil {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b *object) int {
		return cmp.Or(cmp.Compare(a.kind.rank, b.kind.rank), strings.Compare(a.id, b.id))
	})
	return out
}

// judge leaves out what nobody has to look at any more.
func (c *Converter) judge(o *object) {
	switch {
	case o.fault != "":
	case o.kind.reason != "":
		o.fault = o.kind.reason
	case o.revoked && !c.opt.Revoked:
		o.fault = isRevoked
	case o.deprecated && !c.opt.Revoked:
		o.fault = isDeprecated
	}
}

// gather finds what is said of an object elsewhere.
func (f *finisher) gather(order []*object) {
	for _, o := range order {
		switch {
		case o.fault != "":
		case o.kind.name == "note" || o.kind.name == "opinion":
			for _, about := range o.refs {
				f.notes[about] = append(f.notes[about], o)
			}
		case o.is("relationship") && o.from != 0 && o.to != 0 && f.objects[o.from].is("indicator"):
			f.based[o.from] = append(f.based[o.from], o.to)
		}
	}
}

func (o *object) is(kind string) bool { return o.kind != nil && o.kind.name == kind }

// addGroup completes a group and adds it to the manifest.
func (f *finisher) addGroup(o *object) {
	f.complete(o)
	for _, p := range o.phases {
		if f.tactic(p) == "" {
			f.tagPhase(o, p)
		}
	}
	for _, note := range f.notes[f.byID[o.id]] {
		if note.note != "" {
			_ = o.attribute(convert.Analysis, title(note.kind.name)+": "+note.note)
		}
	}
	convert.Tidy(&o.group)
	g := o.group
	g.Key = o.id
	if err := f.manifest.Add(&g); err != nil {
		o.fault, o.example = notAccepted, &convert.Case{ID: o.id, Detail: err.Error()}
		return
	}
	o.carried = true
	for _, note := range f.notes[f.byID[o.id]] {
		note.carried = true
	}
	f.nameThose(o)
}

// nameThose notes that the creator and the markings of an object are named.
func (f *finisher) nameThose(o *object) {
	f.names[o.creator] = true
	for _, m := range o.markings {
		f.names[m] = true
	}
}

// complete adds what other objects say by being named: the creator and the markings.
func (f *finisher) complete(o *object) {
	if o.creator != 0 {
		creator := f.objects[o.creator]
		switch {
		case !creator.is("identity") || creator.fault != "" || creator.group.Name == "":
			f.omit(o, omission{property: "created_by_ref", reason: notAnIdentity, n: 1})
		case o.attribute(convert.Source, creator.group.Name) != nil:
			f.omit(o, omission{property: "created_by_ref", reason: "the name is too long", n: 1})
		default: // the Source that an instance shows
			for i := range o.group.Attributes {
				if at := &o.group.Attributes[i]; at.Type == convert.Source {
					at.Default = intel.FlagOf(at.Value == strings.TrimSpace(creator.group.Name))
				}
			}
		}
	}
	for _, m := range o.markings {
		if label := f.label(m); label != "" {
			o.group.SecurityLabels = append(o.group.SecurityLabels, label)
		} else {
			f.omit(o, omission{property: "object_marking_refs", reason: notTLP, n: 1})
		}
	}
}

// omit notes that a property is left out. A list that several objects have stays as it is.
func (c *Converter) omit(o *object, l omission) {
	if !o.ownOmits {
		var own []omission
		if o.omits != nil {
			own = slices.Clone(*o.omits)
		}
		o.omits, o.ownOmits = &own, true
	}
	*o.omits = add(*o.omits, l)
}

// chains are the kill chains of ATT&CK, and the domains whose tactics are their phases.
var chains = map[string]string{"mitre-attack": "enterprise-attack", "mitre-mobile-attack": "mobile-attack", "mitre-ics-attack": "ics-attack"}

// tactic is the ID of the tactic that a phase is, "" if there is none.
func (f *finisher) tactic(p phase) string {
	for _, n := range f.tactics()[p.Name] {
		o := f.objects[n]
		if domain := chains[p.Chain]; domain == "" || len(o.domains) == 0 || slices.Contains(o.domains, domain) {
			return o.id
		}
	}
	return ""
}

// tactics are the tactics that can be carried, by the names of their phases.
func (f *finisher) tactics() map[string][]int32 {
	if f.byPhase == nil {
		f.byPhase = map[string][]int32{}
		for n, o := range f.objects {
			if o.is("x-mitre-tactic") && o.fault == "" && o.shortname != "" {
				f.byPhase[o.shortname] = append(f.byPhase[o.shortname], int32(n))
			}
		}
		for _, list := range f.byPhase {
			slices.SortFunc(list, func(a, b int32) int { return strings.Compare(f.objects[a].id, f.objects[b].id) })
		}
	}
	return f.byPhase
}

// tagPhase makes a tag of a phase.
func (f *finisher) tagPhase(o *object, p phase) {
	name := p.Name
	if p.Chain != "" && chains[p.Chain] == "" {
		name = p.Chain + ": " + p.Name
	}
	if p.Name == "" || o.tag(name) != nil {
		f.omit(o, omission{property: "kill_chain_phases", reason: "a phase is no tag", n: 1})
	}
}

// close ends an object in the ledger.
func (f *finisher) close(o *object) {
	f.settle(o)
	var cases []convert.Case
	if o.example != nil {
		cases = append(cases, *o.example)
	}
	if !o.carried {
		f.ledger.LeaveOut(o.kind.name, o.fault, cases...)
		return
	}
	f.ledger.Carry(o.kind.name)
	if o.omits == nil {
		return
	}
	for _, l := range *o.omits {
		f.ledger.Omit(o.kind.name, l.property, l.reason, l.n, l.cases...)
	}
}

// settle decides about an object that is carried only if another one uses it.
func (f *finisher) settle(o *object) {
	n := f.byID[o.id]
	switch {
	case o.carried || o.fault != "":
	case o.is("identity") || o.is("marking-definition"):
		o.carried = f.names[n] && o.group.Name != ""
		if o.fault = notNamed; f.names[n] {
			o.fault = notTLP
		}
	case o.is("note") || o.is("opinion"):
		o.fault = "no group that it is about is carried"
	case !o.wanted:
		o.fault = convert.NoGroup
	case len(o.signs) == 0:
		o.fault = notObserved
	default:
		o.fault = noValue
	}
}
