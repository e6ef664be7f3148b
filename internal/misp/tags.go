package misp

import (
	"regexp"
	"slices"
	"strings"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
)

const (
	source    = convert.Source
	analysis  = convert.Analysis
	signature = "Signature"
)

// labels are the security labels of the tags of the Traffic Light Protocol.
var labels = map[string]string{
	"tlp:white": "TLP:WHITE", "tlp:clear": "TLP:CLEAR", "tlp:green": "TLP:GREEN", "tlp:amber": "TLP:AMBER",
	"tlp:amber+strict": "TLP:AMBER+STRICT", "tlp:red": "TLP:RED",
}

var galaxyTag = regexp.MustCompile(`^(?i:misp-galaxy):([A-Za-z0-9_-]+)="(.+)"$`)

// tag is a tag that stands for a cluster.
func tag(galaxy, value string) string { return `misp-galaxy:` + galaxy + `="` + value + `"` }

// tagsOf reads the tags and the galaxies of an event or attribute: the tags that are not
// of clusters, and those of the clusters.
func (c *Converter) tagsOf(v values) (tags, tagged []string) {
	for _, t := range v.list("Tag") {
		name := t.text("name")
		switch m := galaxyTag.FindStringSubmatch(name); {
		case name == "":
		case m == nil || groupOf(m[1]) == "":
			tags = append(tags, name)
		default:
			tagged = append(tagged, tag(m[1], m[2]))
		}
	}
	for _, g := range v.list("Galaxy") {
		for _, one := range g.list("GalaxyCluster") {
			cl := c.cluster(one, g.text("type"), false)
			if cl.group.Type == "" {
				tags = append(tags, cl.tag)
			} else {
				tagged = append(tagged, cl.tag)
			}
		}
	}
	slices.Sort(tagged)
	return tags, slices.Compact(tagged)
}

// addTags adds tags as tags or as security labels. It gives what has no place.
func addTags(names []string, tags *[]intel.Tag, to *[]string) (omits []omission) {
	for _, name := range names {
		label := labels[strings.ToLower(strings.TrimSpace(name))]
		if label != "" {
			*to = append(*to, label)
		} else if err := convert.AddTag(tags, name); err != nil {
			omits = append(omits, omission{"Tag", err.Error(), nil})
		}
	}
	return omits
}
