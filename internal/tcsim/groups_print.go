package tcsim

import (
	"cmp"
	"path"
	"strconv"
	"strings"
	"time"
)

// writeGroupObject prints a group in the key order of the samples (groups/create.rst).
func writeGroupObject(c *call, e *encoder, o *object, sel selection) {
	c.writeHead(e, o)
	c.writeWebLink(e, o, "groups", "overview")
	e.str("type", o.typ)
	e.str("name", o.name)
	c.writeUser(e, "createdBy", o)
	c.writeVotes(e)
	e.opt("xid", o.xid)
	c.writeGroupFields(e, o, sel)
	c.date(e, "lastModified", o.edited)
	if !c.sw.OldShapes {
		word := legacyWords[o.typ]
		e.key("legacyLink")
		e.link(c.baseURL(), "/auth/", word, "/", word, ".xhtml?", word, "=")
		e.buf = append(strconv.AppendInt(e.buf, o.id, 10), '"')
	}
	c.writeLists(e, o, c.s.byKind[kGroup].lists, sel)
}

// legacyWords are the types as legacyLink spells them.
var legacyWords = func() map[string]string {
	m := map[string]string{}
	for _, t := range groupTypes {
		m[t] = strings.ToLower(strings.ReplaceAll(t, " ", ""))
	}
	return m
}()

// writeGroupFields prints what depends on the type, and dates by request.
func (c *call) writeGroupFields(e *encoder, o *object, sel selection) {
	specs := c.specs(kGroup)
	for i := range specs {
		f := &specs[i]
		if f.list || f.readOnly || f.own || !f.applies(o.typ) {
			continue
		}
		v, ok := o.fields[f.key]
		switch {
		case f.key == "password": // never read back
		case f.key == "firstSeen" || f.key == "lastSeen":
			if ok && sel.has("sightings") {
				c.writeValue(e, f.key, v)
			}
		case strings.HasPrefix(f.key, "external"):
			if ok && sel.has("externalDates") {
				c.writeValue(e, f.key, v)
			}
		case f.key == "eventType" && o.typ == "Event":
			e.str("eventType", c.eventType(o))
		case f.key == "status" && (o.typ == "Document" || o.typ == "Report"):
			e.str("status", fileStatus(o))
		case ok:
			c.writeValue(e, f.key, v)
		}
	}
	switch o.typ {
	case "Document", "Report":
		if o.hasDoc {
			e.int("fileSize", int64(len(o.file)))
		}
		e.str("documentType", documentType(o))
		c.date(e, "documentDateAdded", o.added)
	case "Email":
		e.opt("to", c.emailTo(o))
		e.int("score", 0)
		e.str("scoreBreakdown", "No Score")
		e.bool("scoreIncludesBody", false)
	}
	if o.typ == "Report" {
		e.bool("generatedReport", false)
	}
}

// eventType reads back upper-case at least where it is None.
func (c *call) eventType(o *object) string {
	s := o.str("eventType")
	if s == "" {
		s = "None"
	}
	if c.sw.EventTypeCase == "upper" || c.sw.EventTypeCase == "" && s == "None" {
		return strings.ToUpper(s)
	}
	return s
}

func fileStatus(o *object) string {
	if o.hasDoc {
		return "Success"
	}
	return "Awaiting Upload"
}

// documentType is the kind of the file, told by its name; the values that
// instances use are undocumented.
func documentType(o *object) string {
	ext := strings.TrimPrefix(path.Ext(o.str("fileName")), ".")
	return cmp.Or(strings.ToUpper(ext), "Unknown")
}

// emailTo comes from the associated EmailAddress victim assets.
func (c *call) emailTo(o *object) string {
	var to []string
	for _, id := range o.linked(kVictimAsset) {
		if a := c.st.get(kVictimAsset, id); a.typ == "EmailAddress" {
			to = append(to, a.name)
		}
	}
	return strings.Join(to, ", ")
}

// groupDate is a date field of a group for TQL, zero if unset.
func groupDate(o *object, key string) time.Time {
	d, _ := o.fields[key].(time.Time)
	return d
}
