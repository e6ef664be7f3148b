package stix

import (
	"fmt"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
)

// leads gives what an object leads to: groups by their IDs, indicators and observables.
// An indicator leads to what it is based on, an observation to what it contains.
func (f *finisher) leads(n int32, visit func(*object)) {
	f.follow(n, visit, 0)
}

// maxFollow is how many steps are followed: relationship, indicator, observation, value.
const maxFollow = 4

func (f *finisher) follow(n int32, visit func(*object), depth int) {
	o := f.objects[n]
	if o.kind == nil || o.fault != "" || depth > maxFollow {
		return
	}
	if o.content != nil && (o.group.Type != "" || o.isSign()) {
		visit(o)
	}
	switch {
	case o.is("observed-data"):
		for _, ref := range o.refs {
			f.follow(ref, visit, depth+1)
		}
	case o.is("indicator"):
		for _, ref := range f.based[n] {
			if target := f.objects[ref]; target.is("observed-data") || target.kind != nil && target.kind.isObservable() {
				f.follow(ref, visit, depth+1)
			}
		}
	}
}

// ends are the pairs of objects that an object associates.
func (f *finisher) ends(o *object, pair func(a, b int32)) {
	self := f.byID[o.id]
	switch {
	case o.fault != "":
	case o.from != 0 && o.to != 0:
		pair(o.from, o.to)
	case o.from != 0 && o.content != nil:
		for _, ref := range o.refs {
			pair(o.from, ref)
		}
	case o.carried && o.content != nil && o.group.Type != "":
		for _, ref := range o.refs {
			pair(self, ref)
		}
	}
}

// isSign reports whether indicators can come of an object.
func (o *object) isSign() bool {
	return o.is("indicator") || o.is("observed-data") || o.kind.isObservable()
}

// isGroup reports whether an object is a group of the manifest.
func (o *object) isGroup() bool { return o.carried && o.content != nil && o.group.Type != "" }

// mark finds the indicators, and the observables that carried groups lead to.
func (f *finisher) mark(order []*object) {
	for _, o := range order {
		o.wanted = o.wanted || o.is("indicator") && len(o.signs) > 0 // it has a place without a group, too
		f.ends(o, func(a, b int32) {
			for _, ends := range [][2]int32{{a, b}, {b, a}} {
				group := false
				f.leads(ends[0], func(o *object) { group = group || o.isGroup() })
				if group {
					f.leads(ends[1], func(o *object) { o.wanted = o.wanted || !o.isGroup() })
				}
			}
		})
	}
}

// addIndicators adds the values of an object to the manifest.
func (f *finisher) addIndicators(o *object) {
	f.complete(o)
	for _, p := range o.phases {
		f.tagPhase(o, p)
	}
	convert.Tidy(&o.group)
	var failed *convert.Case
	for _, s := range o.signs {
		d := intel.Details{Fields: append(s.object.Fields(), o.group.Fields...)}
		d.Tags = append(d.Tags, o.group.Tags...)
		d.SecurityLabels = append(d.SecurityLabels, o.group.SecurityLabels...)
		d.Attributes = append(d.Attributes, o.group.Attributes...)
		candidate := *s.object
		candidate.SetDetails(d)
		i, err := f.manifest.Indicator(&candidate)
		if err != nil {
			failed = &convert.Case{ID: o.id, Detail: err.Error()}
			f.omit(o, omission{o.valueName(), "the value is not valid", 1, []convert.Case{*failed}})
			continue
		}
		o.indicators = append(o.indicators, i)
	}
	if o.carried = len(o.indicators) > 0; o.carried {
		f.nameThose(o)
		return
	}
	o.example = failed
}

// valueName is the property that has the values of an object.
func (o *object) valueName() string {
	switch {
	case o.is("indicator"):
		return "pattern"
	case o.is("observed-data"):
		return "objects"
	}
	return "value"
}

// link makes the associations of an object.
func (f *finisher) link(o *object) {
	if o.is("relationship") || o.is("sighting") {
		made, why := 0, lacksTwoEnds
		f.ends(o, func(a, b int32) {
			n, reason := f.associate(a, b)
			made += n
			why = reason
		})
		if o.fault == "" {
			o.carried, o.fault = made > 0, why
		}
		return
	}
	if o.isGroup() {
		f.ends(o, func(a, b int32) {
			if n, reason := f.associate(a, b); n == 0 {
				f.omit(o, omission{property: "object_refs", reason: reason, n: 1})
			}
		})
		for _, p := range o.phases {
			if tactic := f.tactic(p); tactic != "" && !f.manifest.Associate(o.id, tactic) {
				f.omit(o, omission{property: "kill_chain_phases", reason: "the tactic is left out", n: 1})
			}
		}
	}
}

// associate associates what two objects lead to. It counts the associations, or says
// why there are none.
func (f *finisher) associate(a, b int32) (made int, why string) {
	from, to := f.reached(a), f.reached(b)
	for _, pair := range [][2]reached{{from, to}, {to, from}} {
		for _, g := range pair[0].groups {
			for _, i := range pair[1].indicators {
				if f.manifest.Indicate(g, i) {
					made++
				}
			}
		}
	}
	for _, g := range from.groups {
		for _, h := range to.groups {
			if g == h {
				why = sameEnds
			} else if f.manifest.Associate(g, h) {
				made++
			}
		}
	}
	if made > 0 || why != "" {
		return made, why
	}
	for _, end := range [][2]any{{b, to}, {a, from}} {
		if r := end[1].(reached); len(r.groups)+len(r.indicators) == 0 {
			return 0, f.lost(end[0].(int32))
		}
	}
	return 0, noIndicators
}

// reached is what an object leads to in the manifest.
type reached struct {
	groups     []string
	indicators []*convert.Indicator
}

func (f *finisher) reached(n int32) (r reached) {
	f.leads(n, func(o *object) {
		switch {
		case o.isGroup():
			r.groups = append(r.groups, o.id)
		case o.content != nil:
			r.indicators = append(r.indicators, o.indicators...)
			if len(o.indicators) > 0 {
				o.carried = true
			}
		}
	})
	if o := f.objects[n]; len(r.indicators) > 0 {
		o.carried = true // it leads there, whatever it says itself
	}
	return r
}

// lost says why an object leads to nothing.
func (f *finisher) lost(n int32) string {
	o := f.objects[n]
	switch {
	case o.kind == nil:
		return notInInput
	case o.fault == isRevoked || o.fault == isDeprecated:
		return fmt.Sprintf("it refers to what is %s", o.fault)
	case o.kind.reason == "" && (o.content == nil || !o.isSign() && o.kind.group == ""):
		return "it refers to " + o.kind.name + ", which is neither a group nor an indicator"
	}
	return "it refers to " + o.kind.name + ", which is left out"
}
