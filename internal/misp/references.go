package misp

import "tcimport/internal/convert"

// end is what an object or attribute has become.
type end struct {
	groups     []string
	indicators []*convert.Indicator
}

// ends are those of all references, by UUID.
func (c *Converter) ends(events []*event) map[string]end {
	named := map[string]bool{}
	for _, e := range events {
		for _, p := range e.parts {
			for _, r := range p.references {
				named[r.to], named[p.id] = true, true
			}
		}
	}
	out := map[string]end{}
	add := func(id string, a *attribute) {
		if !named[id] {
			return
		}
		to := out[id]
		if a.key != "" {
			to.groups = append(to.groups, a.key)
		}
		to.indicators = append(to.indicators, a.indicators...)
		out[id] = to
	}
	for _, e := range events {
		for _, p := range e.parts {
			for _, a := range p.attributes {
				add(a.id, a)
				if p.isObject() {
					add(p.id, a)
				}
			}
		}
	}
	return out
}

// refer makes the associations of a reference.
func (c *Converter) refer(from, to end, known bool) (o outcome) {
	made := 0
	for _, pair := range [][2]end{{from, to}, {to, from}} {
		for _, g := range pair[0].groups {
			for _, i := range pair[1].indicators {
				if c.manifest.Indicate(g, i) {
					made++
				}
			}
		}
	}
	for _, g := range from.groups {
		for _, h := range to.groups {
			if g != h && c.manifest.Associate(g, h) {
				made++
			}
		}
	}
	switch {
	case made > 0:
		o.carried = true
	case !known:
		o.fail(notInInput)
	case len(from.indicators)+len(from.groups) == 0 || len(to.indicators)+len(to.groups) == 0:
		o.fail(isLeftOut)
	default:
		o.fail(noIndicators)
	}
	return o
}
