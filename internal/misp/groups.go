package misp

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
)

// main is the attribute that makes a part a group, nil if none does.
func (p *part) main() (*attribute, place) {
	for _, a := range p.attributes {
		if place := placesOf(a.typ)[0]; a.fault == "" && place.group != "" && a.value != "" {
			return a, place
		}
	}
	return nil, place{}
}

// isSign reports whether a part is an indicator, or a group of its own.
func (p *part) isSign() bool {
	for _, a := range p.attributes {
		for _, place := range placesOf(a.typ) {
			if a.fault == "" && (place.indicator != "" || place.group != "") {
				return true
			}
		}
	}
	return false
}

// tell adds to the group of an event what its texts, links and names say.
func (c *Converter) tell(e *event, p *part) {
	if p.isSign() {
		return
	}
	for _, a := range p.attributes {
		place := placesOf(a.typ)[0]
		if a.fault != "" || a.value == "" || place.attribute == "" && !place.tag {
			a.fail(cmp.Or(place.reason, onlyBeside))
			continue
		}
		typ, text := place.attribute, a.value
		if typ == analysis && slices.Contains([]string{"External analysis", "Internal reference"}, a.category) && !p.isObject() {
			typ, a.category = convert.Description, ""
		}
		if typ == analysis && p.isObject() {
			text = title(p.name+" "+a.relation) + ": " + text
		}
		if a.comment != "" && typ != source && !place.tag {
			text, a.comment = text+"\n\n"+a.comment, ""
		}
		var err error
		if place.tag {
			err = convert.AddTag(&e.group.Tags, text)
		} else {
			err = convert.AddAttribute(&e.group.Attributes, typ, text)
		}
		if err != nil {
			a.fail(err.Error(), convert.Case{ID: a.id})
			continue
		}
		a.carried, a.key = true, e.group.Key
		a.unplaced()
	}
}

// addEvent adds the group of an event.
func (c *Converter) addEvent(e *event) {
	for _, p := range e.parts {
		c.tell(e, p)
	}
	for i := range e.reports {
		r := &e.reports[i]
		if err := convert.AddAttribute(&e.group.Attributes, analysis, r.text); err != nil {
			r.fail(err.Error(), convert.Case{ID: r.id})
		}
		r.carried = r.fault == ""
	}
	g := &e.group
	e.omits = append(e.omits, addTags(e.tags, &g.Tags, &g.SecurityLabels)...)
	settle(g)
	if err := c.manifest.Add(g); err != nil {
		e.fail(notAccepted, convert.Case{ID: e.id, Detail: err.Error()})
		return
	}
	e.carried, e.key = true, g.Key
}

// settle marks the first Description and Source as the ones that an instance shows, and
// brings everything into order.
func settle(g *intel.Group) {
	for _, typ := range []string{convert.Description, source} {
		first := true
		for i := range g.Attributes {
			if at := &g.Attributes[i]; at.Type == typ {
				at.Default = intel.FlagOf(first)
				first = false
			}
		}
	}
	convert.Tidy(g)
}

// rules finds the names that rules give themselves.
var ruleNames = map[string]*regexp.Regexp{
	"YARA": regexp.MustCompile(`(?m)^\s*(?:private\s+|global\s+)*rule\s+(\w+)`), "Sigma": regexp.MustCompile(`(?m)^title:\s*["']?(.*?)["']?\s*$`),
	"Snort": regexp.MustCompile(`msg\s*:\s*"([^"]+)"`), "Suricata": regexp.MustCompile(`msg\s*:\s*"([^"]+)"`),
}

// addGroups adds the groups that parts of events are. The same vulnerability in several
// events is one group.
func (c *Converter) addGroups(events []*event) {
	groups := map[string]*intel.Group{}
	ends := map[string][]*attribute{}
	for _, e := range events {
		for _, p := range e.parts {
			a, place := p.main()
			if a == nil || !e.carried {
				continue
			}
			key := strings.ToUpper(a.value)
			if place.group == signature {
				key = a.id
			}
			if key == "" {
				a.fail("it has no UUID")
				continue
			}
			if groups[key] == nil {
				groups[key] = &intel.Group{Key: key, Type: place.group, Name: key}
				if place.group == signature {
					groups[key].Name = ruleName(place.language, a)
					groups[key].Fields = intel.Fields{{Name: "fileName", Value: key + extensions[place.language]}, {Name: "fileType", Value: place.language}, {Name: "fileText", Value: a.value}}
				}
			}
			ends[key] = append(ends[key], a)
			groups[key].Attributes = p.detail(groups[key], a)
		}
	}
	order := slices.SortedFunc(maps.Values(groups), func(a, b *intel.Group) int {
		return cmp.Or(strings.Compare(b.Type, a.Type), strings.Compare(a.Key, b.Key))
	})
	for _, g := range order {
		settle(g)
		err := c.manifest.Add(g)
		for _, a := range ends[g.Key] {
			if err != nil {
				a.fail(notAccepted, convert.Case{ID: a.id, Detail: err.Error()})
				continue
			}
			a.carried, a.key = true, g.Key
		}
	}
}

func ruleName(language string, a *attribute) string {
	if pattern := ruleNames[language]; pattern != nil {
		if m := pattern.FindStringSubmatch(a.value); m != nil && len([]rune(m[1])) <= maxName {
			return m[1]
		}
	}
	return language + " rule " + a.id
}

// detail adds what a part says of the group that it is.
func (p *part) detail(g *intel.Group, main *attribute) []intel.Attribute {
	main.describe(&g.Attributes, p.comment)
	main.omits = append(main.omits, addTags(main.tags, &g.Tags, &g.SecurityLabels)...)
	for _, a := range p.attributes {
		if a == main || a.fault != "" || a.value == "" || placesOf(a.typ)[0].indicator != "" {
			continue
		}
		typ, text := analysis, title(cmp.Or(a.relation, a.typ))+": "+a.value
		switch {
		case placesOf(a.typ)[0].attribute == source:
			typ, text = source, a.value
		case slices.Contains([]string{"summary", "description"}, a.relation):
			typ, text = convert.Description, a.value
		}
		if err := convert.AddAttribute(&g.Attributes, typ, text); err != nil {
			a.fail(err.Error(), convert.Case{ID: a.id})
			continue
		}
		a.carried, a.key = true, g.Key
		a.unplaced()
	}
	return g.Attributes
}
