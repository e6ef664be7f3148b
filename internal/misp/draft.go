package misp

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"regexp"
	"strings"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// Why events and what they contain are left out.
const (
	olderVersion = "there is a newer version of its event"
	sameAgain    = "its event is there more than once"
	otherContent = "its event is there with other content and the same timestamp"
	noID         = "its event has no UUID"
	isDeleted    = "deleted"
	eventLeftOut = "its event is left out"
)

var typeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 _/|.:-]{0,99}$`)

// sum is a number for a piece of an event.
func (c *Converter) sum(name string, raw json.RawMessage) uint64 {
	var h maphash.Hash
	h.SetSeed(c.seed)
	h.WriteString(name + "\x00")
	h.Write(raw)
	return h.Sum64()
}

// attribute reads an attribute. A search says of which event it is.
func (c *Converter) attribute(properties []convert.Property) (a *attribute, of *event) {
	c.progress()
	at := text(properties, "uuid")
	v, omits := take(ofAttribute, at, properties)
	a = &attribute{
		id: id(at), typ: v.text("type"), relation: v.text("object_relation"), value: v.text("value"), comment: v.text("comment"), category: v.text("category"),
		first: v.time("first_seen"), last: v.time("last_seen"), modified: v.time("timestamp"), detects: v.flag("to_ids") || v["to_ids"] == nil, deleted: v.flag("deleted"), omits: omits,
	}
	a.tags, a.tagged = c.tagsOf(v)
	if !typeForm.MatchString(a.typ) {
		a.fail("its type is not one", convert.Case{ID: a.id, Detail: message.Clip(a.typ)})
		a.typ = "?"
	}
	if a.deleted && !c.opt.Revoked {
		a.fail(isDeleted)
	}
	if a.value == "" {
		a.fail("it has no value", convert.Case{ID: a.id, Detail: message.Clip(string(convert.Find(properties, "value")))})
	}
	c.ledger.Read(a.kind())
	if e := v.object("Event"); id(e.text("uuid")) != "" {
		of = &event{id: id(e.text("uuid"))}
		of.group = intel.Group{Key: of.id, Type: "Report", Name: e.text("info")}
	}
	return a, of
}

// text is a text among properties that were not taken yet.
func text(properties []convert.Property, name string) string {
	s, _ := scalar(convert.Find(properties, name))
	return s
}

// alone is an attribute that is in no object.
func (c *Converter) alone(a *attribute, of *event) *part {
	if p := placesOf(a.typ); p[0].reason != "" {
		a.fail(p[0].reason)
		a.value = ""
	}
	return &part{id: a.id, attributes: []*attribute{a}, event: of}
}

// object reads an object with its attributes.
func (c *Converter) object(properties []convert.Property) *part {
	c.progress()
	at := text(properties, "uuid")
	v, omits := take(ofObject, at, properties)
	p := &part{id: id(at), name: v.text("name"), comment: v.text("comment"), first: v.time("first_seen"), last: v.time("last_seen"), deleted: v.flag("deleted"), omits: omits}
	if !typeForm.MatchString(p.name) {
		p.name = "?"
	}
	c.ledger.Read(p.kind())
	for _, one := range v.list("Attribute") {
		a, of := c.attribute(one.properties())
		if p.deleted && !c.opt.Revoked {
			a.fail(isDeleted)
		}
		p.attributes = append(p.attributes, a)
		p.event = cmp.Or(p.event, of)
	}
	if p.deleted && !c.opt.Revoked {
		p.fail(isDeleted)
	}
	for _, r := range v.list("ObjectReference") {
		c.ledger.Read(ofReference)
		p.references = append(p.references, reference{id(r.text("referenced_uuid")), r.flag("deleted"), r.text("relationship_type") != "", r.text("comment") != ""})
	}
	return p
}

// event takes an event, unless a newer version is there.
func (c *Converter) event(d *document) {
	at := text(d.own, "uuid")
	v, omits := take(ofEvent, at, d.own)
	e := &event{id: id(at), stamp: v.number("timestamp"), digest: d.digest, parts: d.parts, omits: omits}
	c.ledger.Read(ofEvent)
	c.read++
	e.tags, e.tagged = c.tagsOf(v)
	for _, r := range v.list("EventReport") {
		c.ledger.Read(ofReport)
		e.reports = append(e.reports, report{id: id(r.text("uuid")), text: r.text("name") + "\n\n" + r.text("content")})
	}
	c.describe(e, v)
	have := c.events[e.id]
	switch {
	case e.id == "":
		e.fail(noID, convert.Case{ID: message.Clip(at), Detail: message.Clip(e.group.Name)})
		c.drop(e, noID)
	case have == nil || e.stamp > have.stamp:
		if have != nil {
			c.drop(have, olderVersion)
		}
		c.events[e.id] = e
	case e.stamp < have.stamp:
		c.drop(e, olderVersion)
	case e.digest == have.digest:
		c.drop(e, sameAgain)
	default:
		c.drop(e, otherContent)
	}
}

// maxName is how many characters the name of a group may have.
const maxName = 200

// describe reads what an event says of itself.
func (c *Converter) describe(e *event, v values) {
	g := &e.group
	*g = intel.Group{Key: e.id, Type: "Report", Name: strings.Join(strings.Fields(v.text("info")), " ")}
	add := func(property, typ, text string) {
		if err := convert.AddAttribute(&g.Attributes, typ, text); err != nil {
			e.omits = append(e.omits, omission{property, err.Error(), &convert.Case{ID: e.id}})
		}
	}
	if runes := []rune(g.Name); len(runes) > maxName {
		add("info", convert.Description, g.Name)
		g.Name = strings.TrimSpace(string(runes[:maxName-1])) + "…"
	}
	for _, f := range []intel.Field{{Name: "publishDate", Value: v.time("date")}, {Name: "externalLastModified", Value: v.time("timestamp")}} {
		if f.Value != "" {
			g.Fields = append(g.Fields, f)
		}
	}
	add("Orgc", source, v.object("Orgc").text("name"))
	if state := map[string]string{"0": "initial", "1": "ongoing", "2": "completed"}[v.text("analysis")]; state != "" {
		add("analysis", analysis, "Analysis: "+state)
	}
	if level := map[string]string{"1": "high-risk", "2": "medium-risk", "3": "low-risk"}[v.text("threat_level_id")]; level != "" {
		_ = convert.AddTag(&g.Tags, fmt.Sprintf("misp:threat-level=%q", level))
	}
	if extends := id(v.text("extends_uuid")); extends != "" {
		e.related = append(e.related, extends)
	}
}

// drop leaves out an event with everything in it.
func (c *Converter) drop(e *event, reason string) {
	e.fail(strings.Replace(reason, "its event", "it", 1), convert.Case{ID: e.id})
	if reason == olderVersion || reason == sameAgain {
		e.fault, e.example = map[string]string{olderVersion: "there is a newer version of it", sameAgain: "it is there more than once"}[reason], nil
	}
	c.close(ofEvent, ofEvent, &e.outcome, nil)
	for range e.reports {
		c.ledger.LeaveOut(ofReport, reason)
	}
	c.leaveEvent(e.parts, reason)
}

// leaveEvent leaves out what was in an event.
func (c *Converter) leaveEvent(parts []*part, reason string) {
	for _, p := range parts {
		for range p.references {
			c.ledger.LeaveOut(ofReference, reason)
		}
		for _, a := range p.attributes {
			c.ledger.LeaveOut(a.kind(), reason)
		}
		if p.isObject() {
			c.ledger.LeaveOut(p.kind(), reason)
		}
	}
}
