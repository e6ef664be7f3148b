package misp

import (
	"maps"
	"slices"
	"strings"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
)

// Finish makes the manifest of what was read, and the ledger of what became of it.
func (c *Converter) Finish() (*convert.Manifest, *convert.Ledger) {
	c.placeLoose()
	events := slices.SortedFunc(maps.Values(c.events), func(a, b *event) int { return strings.Compare(a.id, b.id) })
	for _, e := range events {
		c.addEvent(e)
	}
	events = append(events, c.nowhere)
	for _, e := range events {
		if e.carried {
			c.want(e)
		}
	}
	c.addClusters()
	c.addGroups(events)
	for _, e := range events {
		for _, p := range e.parts {
			if e.carried {
				c.addIndicators(p)
			}
		}
	}
	c.setActive(events)
	ends := c.ends(events)
	for _, e := range events {
		if e.carried {
			c.link(e)
		}
	}
	for _, e := range events {
		c.closeEvent(e, ends)
	}
	c.linkClusters()
	c.closeIndex()
	return &c.manifest, &c.ledger
}

// placeLoose gives the attributes and objects that a search has found to their events.
func (c *Converter) placeLoose() {
	ids := map[*event]map[string]bool{}
	for _, p := range c.loose {
		if p.event == nil {
			c.nowhere.parts = append(c.nowhere.parts, p)
			continue
		}
		e := c.events[p.event.id]
		if e == nil {
			e = p.event
			e.searched = true
			c.events[e.id] = e
		}
		if ids[e] == nil {
			ids[e] = map[string]bool{}
			for _, have := range e.parts {
				ids[e][have.id] = true
			}
		}
		if p.id != "" && ids[e][p.id] {
			c.leaveEvent([]*part{p}, "it is there more than once")
			continue
		}
		ids[e][p.id] = true
		e.parts = append(e.parts, p)
	}
}

// want notes the clusters that an event names.
func (c *Converter) want(e *event) {
	for _, t := range e.tagged {
		c.named(t).wanted = true
	}
	for _, p := range e.parts {
		for _, a := range p.attributes {
			for _, t := range a.tagged {
				if a.fault == "" {
					c.named(t).wanted = true
				}
			}
		}
	}
}

// named is the cluster that a tag stands for. Of some, only the tag is known.
func (c *Converter) named(t string) *cluster {
	if cl := c.clusters[t]; cl != nil {
		return cl
	}
	m := galaxyTag.FindStringSubmatch(t)
	cl := &cluster{tag: t, group: intel.Group{Type: groupOf(m[1]), Name: m[2]}}
	c.clusters[t] = cl
	return cl
}

// setActive makes the indicators inactive that no attribute wants to detect.
func (c *Converter) setActive(events []*event) {
	for _, detects := range []bool{false, true} {
		for _, e := range events {
			for _, p := range e.parts {
				for _, a := range p.attributes {
					places := placesOf(a.typ)
					if a.detects != detects || places[len(places)-1].indicator == "" && places[0].indicator == "" {
						continue
					}
					for _, i := range a.indicators {
						i.SetActive(detects)
					}
				}
			}
		}
	}
}

// link associates an event with everything in it.
func (c *Converter) link(e *event) {
	for _, t := range e.tagged {
		if cl := c.clusters[t]; !c.associate(e.key, cl) {
			e.omits = append(e.omits, omission{"Galaxy", "the cluster is left out", nil})
		}
	}
	for _, other := range e.related {
		if !c.manifest.Associate(e.key, other) {
			e.omits = append(e.omits, omission{"extends_uuid", notInInput, nil})
		}
	}
	for _, p := range e.parts {
		for _, a := range p.attributes {
			if !a.carried {
				continue
			}
			if a.key != "" {
				c.manifest.Associate(e.key, a.key)
			}
			for _, i := range a.indicators {
				c.manifest.Indicate(e.key, i)
			}
			for _, t := range a.tagged {
				c.linkAttribute(e, a, c.clusters[t])
			}
		}
	}
}

func (c *Converter) associate(key string, cl *cluster) bool {
	return cl != nil && cl.carried && c.manifest.Associate(key, cl.key)
}

// linkAttribute associates what an attribute is with a cluster that it names.
func (c *Converter) linkAttribute(e *event, a *attribute, cl *cluster) {
	switch {
	case cl == nil || !cl.carried:
		a.omits = append(a.omits, omission{"Galaxy", "the cluster is left out", nil})
	case len(a.indicators) > 0:
		for _, i := range a.indicators {
			c.manifest.Indicate(cl.key, i)
		}
	case a.key != "":
		c.manifest.Associate(a.key, cl.key)
	}
}

// closeEvent ends an event and everything in it in the ledger.
func (c *Converter) closeEvent(e *event, ends map[string]end) {
	for _, p := range e.parts {
		for _, r := range p.references {
			to, known := ends[r.to]
			var o outcome
			switch {
			case !e.carried:
				o.fail(eventLeftOut)
			case r.deleted && !c.opt.Revoked:
				o.fail(isDeleted)
			default:
				o = c.refer(ends[p.id], to, known)
			}
			var omits []omission
			if r.typed {
				omits = append(omits, omission{"relationship_type", "associations have no type", nil})
			}
			if r.comment {
				omits = append(omits, omission{"comment", "associations have no description", nil})
			}
			c.close(ofReference, ofReference, &o, omits)
		}
		for _, a := range p.attributes {
			if !e.carried {
				a.carried = false
				a.fail(eventLeftOut)
			}
			a.fail(onlyBeside)
			if a.category != "" {
				a.omits = append(a.omits, omission{"category", noPlace, nil})
			}
			c.close(a.kind(), ofAttribute, &a.outcome, a.omits)
			p.carried = p.carried || a.carried
		}
		if p.isObject() {
			p.fail("nothing of it is carried")
			c.close(p.kind(), ofObject, &p.outcome, p.omits)
		}
	}
	for _, r := range e.reports {
		r.carried = r.carried && e.carried
		r.fail(eventLeftOut)
		c.close(ofReport, ofReport, &r.outcome, nil)
	}
	if !e.searched {
		c.close(ofEvent, ofEvent, &e.outcome, e.omits)
	}
}

// closeIndex compares the index of a feed with its events.
func (c *Converter) closeIndex() {
	for _, at := range slices.Sorted(maps.Keys(c.index)) {
		var o outcome
		switch e := c.events[at]; {
		case e == nil:
			o.fail("its event is not in the input", convert.Case{ID: at})
		case e.stamp < c.index[at]:
			o.fail("its event in the input is older", convert.Case{ID: at})
		default:
			o.carried = true
		}
		c.ledger.Read(ofEntry)
		c.close(ofEntry, ofEntry, &o, nil)
	}
}
