package misp

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// galaxies are the types of galaxies whose clusters are groups.
var galaxies = []struct {
	group string
	types []string
}{
	{"Adversary", []string{"threat-actor", "microsoft-activity-group", "360net-threat-actor"}},
	{"Intrusion Set", []string{"mitre-intrusion-set", "mitre-enterprise-attack-intrusion-set", "mitre-mobile-attack-intrusion-set", "mitre-pre-attack-intrusion-set", "mitre-ics-groups"}},
	{"Campaign", []string{"mitre-campaign", "campaign"}},
	{"Malware", []string{"malpedia", "mitre-malware", "mitre-enterprise-attack-malware", "mitre-mobile-attack-malware", "mitre-ics-software", "ransomware", "rat", "backdoor", "banker",
		"botnet", "cryptominers", "exploit-kit", "stealer", "android"}},
	{"Tool", []string{"tool", "mitre-tool", "mitre-enterprise-attack-tool", "mitre-mobile-attack-tool", "tds", "rmm-tools"}},
	{"Course of Action", []string{"mitre-course-of-action", "mitre-enterprise-attack-course-of-action", "mitre-mobile-attack-course-of-action", "preventive-measure", "disarm-countermeasures"}},
	{"Vulnerability", []string{"branded-vulnerability"}},
	{"Attack Pattern", []string{"mitre-attack-pattern", "mitre-enterprise-attack-attack-pattern", "mitre-mobile-attack-attack-pattern", "mitre-pre-attack-attack-pattern",
		"mitre-ics-techniques", "cmtmf-attack-pattern", "disarm-techniques"}},
	{"Tactic", []string{"mitre-tactic", "mitre-ics-tactics"}},
}

// groupOf is the type of group that the clusters of a galaxy are, "" for none.
func groupOf(galaxy string) string {
	for _, g := range galaxies {
		if slices.Contains(g.types, strings.ToLower(galaxy)) {
			return g.group
		}
	}
	return ""
}

// Why clusters are left out.
const (
	noGroupType  = "its galaxy is no type of group: what it is named by keeps its tag"
	notNamed     = "no event that is carried names it"
	isRevoked    = "revoked or deleted"
	noName       = "it has no type or no value"
	notInInput   = "what it refers to is not in the input"
	isLeftOut    = "what it refers to is left out"
	notAccepted  = "it is no valid group"
	noIndicators = "indicators have no associations with each other"
	sameEnds     = "both ends are one group"
)

// cluster is a cluster of a galaxy. It is a group with the key of its UUID, or of its
// tag. MISP of 2018 and before gives to all clusters of a galaxy the UUID of their
// collection, so a UUID counts only where the collection has one of its own.
type cluster struct {
	tag     string
	uuid    string // "" if it is not known
	version int64
	defined bool // more than its tag is known
	group   intel.Group
	related []string
	omits   []omission
	revoked bool
	wanted  bool
	seen    int // how often it was read

	outcome
}

// cluster reads a cluster, and gives what is known of it by now.
func (c *Converter) cluster(v values, galaxy string, own bool) *cluster {
	c.ledger.Read(ofCluster)
	c.progress()
	cl := c.draftCluster(v, galaxy, own)
	have := c.clusters[cl.tag]
	switch {
	case have == nil:
		c.clusters[cl.tag] = cl
		have = cl
	case cmp.Or(btoi(cl.defined)-btoi(have.defined), cmp.Compare(cl.version, have.version), len(cl.uuid)-len(have.uuid)) > 0:
		cl.seen, cl.uuid, cl.wanted = cl.seen+have.seen, cmp.Or(cl.uuid, have.uuid), cl.wanted || have.wanted
		*have = *cl
	default:
		have.seen++
		have.uuid, have.wanted = cmp.Or(have.uuid, cl.uuid), cl.wanted || have.wanted
	}
	return have
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (c *Converter) draftCluster(raw values, galaxy string, own bool) *cluster {
	v, omits := take(ofCluster, raw.text("uuid"), raw.properties())
	galaxy = cmp.Or(v.text("type"), galaxy)
	cl := &cluster{tag: cmp.Or(v.text("tag_name"), tag(galaxy, v.text("value"))), version: v.number("version"), defined: true, seen: 1, wanted: own, omits: omits}
	if own || v["collection_uuid"] != nil {
		cl.uuid = id(v.text("uuid"))
	}
	cl.group = intel.Group{Type: groupOf(galaxy), Name: v.text("value")}
	meta := v.object("meta")
	cl.revoked = v.flag("revoked") || v.flag("deleted") || meta.flag("revoked") || meta.flag("deprecated")
	cl.describe(v, meta)
	for _, r := range v.list("related") {
		cl.relate(r, "dest-uuid")
	}
	for _, r := range v.list("GalaxyClusterRelation") {
		cl.relate(r, "referenced_galaxy_cluster_uuid")
	}
	return cl
}

func (cl *cluster) relate(r values, name string) {
	cl.related = append(cl.related, id(r.text(name)))
}

// describe reads what a cluster says of itself.
func (cl *cluster) describe(v, meta values) {
	add := func(property, typ, text string) {
		if err := convert.AddAttribute(&cl.group.Attributes, typ, text); err != nil {
			cl.omits = append(cl.omits, omission{property, err.Error(), &convert.Case{ID: cl.tag, Detail: message.Clip(text)}})
		}
	}
	add("description", convert.Description, v.text("description"))
	add("source", source, v.text("source"))
	for _, name := range slices.Sorted(maps.Keys(meta)) {
		list := meta.texts(name)
		switch name {
		case "synonyms":
			for _, s := range list {
				if s != cl.group.Name {
					add("meta", convert.Aliases, s)
				}
			}
		case "refs":
			for _, s := range list {
				add("meta", source, s)
			}
		case "external_id":
			for _, s := range list {
				add("meta", convert.ExternalID, s)
			}
		case "revoked", "deprecated":
		default:
			if len(list) > 0 {
				add("meta", analysis, title(name)+": "+strings.Join(list, ", "))
			}
		}
	}
	first := true
	for i, at := range cl.group.Attributes {
		if at.Type == source {
			cl.group.Attributes[i].Default = intel.FlagOf(first)
			first = false
		}
	}
}

// title is the name of a property as people read it.
func title(name string) string {
	words := strings.TrimSpace(strings.NewReplacer("_", " ", "-", " ").Replace(name))
	if words == "" {
		return strconv.Quote(name)
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// addClusters adds the clusters that are named to the manifest. It joins those with one
// UUID: several galaxies have the same technique.
func (c *Converter) addClusters() {
	order := slices.SortedFunc(maps.Values(c.clusters), func(a, b *cluster) int {
		return cmp.Or(rank(a.group.Type)-rank(b.group.Type), strings.Compare(a.uuid, b.uuid), btoi(b.defined)-btoi(a.defined), cmp.Compare(b.version, a.version), strings.Compare(a.tag, b.tag))
	})
	added := map[string]bool{}
	for _, cl := range order {
		g := cl.group
		g.Key = cmp.Or(cl.uuid, cl.tag)
		switch {
		case g.Name == "":
			cl.fail(noName, convert.Case{ID: cl.tag})
		case g.Type == "":
			cl.fail(noGroupType)
		case cl.revoked && !c.opt.Revoked:
			cl.fail(isRevoked)
		case !cl.wanted:
			cl.fail(notNamed)
		case added[g.Key]:
			cl.carried, cl.key = true, g.Key
		default:
			if cl.revoked {
				_ = convert.AddTag(&g.Tags, "revoked")
			}
			convert.Tidy(&g)
			if err := c.manifest.Add(&g); err != nil {
				cl.fail(notAccepted, convert.Case{ID: cl.tag, Detail: err.Error()})
				continue
			}
			cl.carried, cl.key, added[g.Key] = true, g.Key, true
		}
	}
}

// rank is the place of a type of group in manifests: an association stands at the group
// that comes first.
func rank(group string) int {
	for i, g := range galaxies {
		if g.group == group {
			return i
		}
	}
	return len(galaxies)
}

// linkClusters makes the associations of clusters with each other, and ends them in the
// ledger.
func (c *Converter) linkClusters() {
	untyped := []omission{{"type", "associations have no type", nil}}
	byUUID := map[string]*cluster{}
	for _, cl := range c.clusters {
		if cl.uuid != "" && (byUUID[cl.uuid] == nil || cl.carried) {
			byUUID[cl.uuid] = cl
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.clusters)) {
		cl := c.clusters[name]
		for _, to := range cl.related {
			o := outcome{}
			switch other := byUUID[to]; {
			case !cl.carried:
				o.fail("its cluster is left out")
			case other == nil:
				o.fail(notInInput)
			case !other.carried:
				o.fail(isLeftOut)
			case other.key == cl.key:
				o.fail(sameEnds)
			default:
				o.carried = c.manifest.Associate(cl.key, other.key)
			}
			c.ledger.Read(ofRelation)
			c.close(ofRelation, ofRelation, &o, untyped)
		}
		omits := cl.omits
		for range cl.seen {
			c.close(ofCluster, ofCluster, &cl.outcome, omits)
			omits = nil
		}
	}
}
