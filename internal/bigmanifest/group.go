package bigmanifest

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// group is a group with all that a manifest says of it.
type group struct {
	key, typ, name  string
	dateField, date string
	status          string // of an Incident
	tags            []string
	label           string // "" for none
	description     string
	groups          []string // keys
	indicators      []string // in the short form
}

const hubEvery = 100

func isHub(i int) bool { return i%hubEvery == 0 }

// newGroup makes group i of n.
func newGroup(shape Shape, i, n int, seed uint64) *group {
	r := rand.New(rand.NewPCG(seed, uint64(i)))
	g := &group{key: key(i), tags: distinct(r, tags, 1+r.IntN(3))}
	if i%2 == 0 {
		g.label = pick(r, labels)
	}
	where := pick(r, places)
	switch date := fmt.Sprintf("20%02d-%02d-%02d", 15+r.IntN(11), 1+r.IntN(12), 1+r.IntN(28)); {
	case isHub(i):
		g.typ, g.name = "Intrusion Set", fmt.Sprintf("%s %s %d", pick(r, adjectives), pick(r, animals), i)
	case i%3 == 0:
		g.typ, g.dateField, g.date = "Report", "publishDate", date
		g.name = fmt.Sprintf("%s against %s, part %d", pick(r, deeds), where, i)
	default:
		g.typ, g.dateField, g.date, g.status = "Incident", "eventDate", date, pick(r, states)
		g.name = fmt.Sprintf("%s at a site of %s, case %d", pick(r, deeds), where, i)
	}
	g.description = sentence(r, where)
	for _, j := range shape.neighbours(r, i, n) {
		g.groups = append(g.groups, key(j))
	}
	for _, k := range shape.indicators(i, n) {
		g.indicators = append(g.indicators, indicator(k, seed))
	}
	return g
}

func key(i int) string { return fmt.Sprintf("case-%d", i) }

// indicator is indicator k in its short form.
func indicator(k int, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 1<<40|uint64(k)))
	digest := func(bytes int) string {
		b := make([]byte, bytes)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return hex.EncodeToString(b)
	}
	switch k % 20 {
	case 0, 1:
		return "File:" + digest(32)
	case 2, 3, 4, 5, 6:
		return "File:" + digest(20)
	case 7, 8:
		return "File:" + digest(16)
	case 9, 10, 11, 12, 13, 14:
		return fmt.Sprintf("Host:%s%d.%s.example", pick(r, animals), k, pick(r, places))
	case 15, 16, 17:
		return fmt.Sprintf("Address:%d.%d.%d.%d", 20+k>>24, k>>16&255, k>>8&255, k&255)
	case 18:
		return fmt.Sprintf("URL:http://%s%d.example/%s/%d", pick(r, places), k, pick(r, adjectives), r.IntN(1000))
	}
	return fmt.Sprintf("EmailAddress:%s%d@%s.example", pick(r, adjectives), k, pick(r, animals))
}

func sentence(r *rand.Rand, where string) string {
	return fmt.Sprintf("The %s staff saw %s from a %s host and lost %d machines.", where, strings.ToLower(pick(r, deeds)), pick(r, adjectives), 1+r.IntN(400))
}

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// distinct picks n different entries that follow each other.
func distinct(r *rand.Rand, from []string, n int) []string {
	first := r.IntN(len(from) - n)
	return from[first : first+n]
}

var (
	adjectives = strings.Fields("amber brisk crimson dusty early faint gaunt hollow idle jaded keen lunar mellow narrow opaque pale quiet rusty silent tidal umber vivid waning young")
	animals    = strings.Fields("adder bison crane dingo egret ferret gecko heron ibis jackal kestrel lynx marten newt otter puma quail raven stoat tapir urchin viper weasel yak")
	places     = strings.Fields("arbor bremen cadiz delft essex fargo genoa hobart izmir jena kyoto leeds malmo nantes oslo perth quito reims sofia turin utica varna wells york")
	deeds      = []string{"Phishing", "Credential theft", "Ransomware", "Data theft", "Defacement", "Watering hole", "Supply chain compromise", "Password spraying"}
	states     = []string{"New", "Open", "Closed", "Containment Achieved", "Restoration Achieved"}
	labels     = []string{"TLP:WHITE", "TLP:GREEN", "TLP:AMBER"}
	tags       = []string{"phishing", "ransomware", "loader", "espionage", "finance", "energy", "shipping", "health care", "public sector", "zero day", "mobile", "cloud", "wiper", "botnet", "Imported 2026"}
)
