package compare_test

import (
	"strings"
	"testing"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// A group that is pointed at has to be the one that its name means.
func TestStaleReferences(t *testing.T) {
	const ends = `associatedGroups: [{type: Adversary, name: Far}, {xid: marked}]`
	rename := func(i int, name string) func(*scene) { return func(s *scene) { s.groups[i].Name = name } }
	changes := []change{
		{"nothing", nothing, ""},
		{"tagged", func(s *scene) { tags("x")(s.groups[0]) }, ""},
		{"renamed", rename(0, "Farther"), `group 5 is no longer called Adversary "Far"`},
		{"ambiguous", appears(group(20, "Adversary", "Far")), `2 groups in "Demo Organization" are called Adversary "Far" now`},
		{"the name means another", func(s *scene) { s.groups[0].Name, s.groups[1].Name = "Farther", "Far" }, `group 5 is no longer called Adversary "Far"`},
		{"gone", func(s *scene) { s.groups = s.groups[1:] }, "group 5 is gone, and the plan adds an association with it"},
		{"by xid, renamed", rename(1, "Else"), ""},
		{"by xid, no longer", func(s *scene) { s.groups[1].XID = "" }, `group 6 is no longer known by the xid "marked"`},
		{"by xid, ambiguous", appears(group(20, "Tool", "T", xid("marked"))), `2 groups in "Demo Organization" are known by the xid "marked" now`},
	}
	for _, c := range []struct{ key, manifest string }{
		{"a", `groups: [{key: a, type: Threat, name: One, ` + ends + `}]`},
		{"Adversary/Far", `associations: [{group: {type: Adversary, name: Far, owner: Demo Organization}, associatedGroup: {xid: marked, owner: Demo Organization}}]`},
	} {
		var of []change
		for _, ch := range changes {
			if ch.want != "" {
				ch.want = c.key + ": " + ch.want
			}
			if c.key != "a" && ch.name == "gone" {
				ch.want = "Adversary/Far: group 5 is gone"
			}
			of = append(of, ch)
		}
		staleness(t, func() scene {
			return scene{manifest: c.manifest, groups: []*intel.Remote{group(5, "Adversary", "Far"), group(6, "Adversary", "Near", xid("marked"))}}
		}, of)
	}
}

// What was missing and is there now would have been associated.
func TestStaleMissing(t *testing.T) {
	const md5, sha1 = "905AD8176A569A36421BF54C04BA7F95", "A52B6986D68CDFAC53AA740566CBEADE4452124E"
	file := func(id int64, hashes string) *intel.Remote {
		r := object(intel.KindIndicator, id, "File", hashes)
		return r
	}
	staleness(t, func() scene {
		return scene{manifest: `groups: [{key: a, type: Threat, name: One, associatedIndicators: [Host:x.example], tags: [x]}]`,
			policy: func(p *plan.Policy) { p.MissingIndicators = plan.MissingSkip }}
	}, []change{
		{"nothing", nothing, ""},
		{"an indicator that was skipped", appears(object(intel.KindIndicator, 8, "Host", "x.example")), `a: indicator "x.example" exists now, as 8`},
	})
	staleness(t, func() scene {
		return scene{manifest: `groups: [{key: a, type: Threat, name: One, associatedGroups: [b]}, {key: b, type: Threat, name: Two}]`,
			groups: []*intel.Remote{group(1, "Threat", "Was", ours("a"))}, policy: func(p *plan.Policy) { p.UpdateOnly = true }}
	}, []change{
		{"nothing", nothing, ""},
		{"a group that was not to be made", appears(group(20, "Threat", "Two", ours("b"))), "a: group 20 was created with this key since the plan was made; b: group 20 was created with this key since the plan was made"},
		{"one of its name", appears(group(20, "Threat", "Two")), "a: group 20 has its type and name now; b: group 20 has its type and name now"},
	})
	staleness(t, func() scene {
		return scene{manifest: `groups: [{key: a, type: Threat, name: One, associatedGroups: ["#5"], associatedIndicators: ["#7"]}]`}
	}, []change{
		{"nothing", nothing, ""},
		{"a group named by its ID", appears(group(5, "Threat", "Five")), "a: group 5 exists now"},
		{"an indicator named by its ID", appears(object(intel.KindIndicator, 7, "Host", "x.example")), "a: indicator 7 exists now"},
	})
	staleness(t, func() scene {
		return scene{manifest: `groups: [{key: a, type: Threat, name: One, associatedIndicators: [{type: File, md5: ` + md5 + `, sha1: ` + sha1 + `}]}]`,
			then: func(in *compare.Input) { in.Found.Objects[0] = []*intel.Remote{file(7, md5)} }}
	}, []change{
		{"another hash was added", appears(file(7, md5+" : "+strings.Replace(sha1, "A", "B", 1))), "a: indicator 7 has another sha1 (B52B6986D68CDFAC53AA740566CBEADE4452124E) than the manifest (" + sha1 + "): correct the wrong one"},
		{"the hash was added", appears(file(7, md5+" : "+sha1)), ""},
	})
}

// A group that was found by its name is in doubt once another has that name, or
// the xid by which it would be known.
func TestStaleAdopted(t *testing.T) {
	base := func() scene {
		return scene{manifest: `groups: [{key: a, type: Threat, name: One, tags: [x]}]`, groups: []*intel.Remote{group(1, "Threat", "One")}}
	}
	staleness(t, base, []change{
		{"nothing", nothing, ""},
		{"another of its name", appears(group(2, "Threat", "One")), "a: group 2 has its type and name now"},
		{"the xid", appears(group(2, "Threat", "Else", ours("a"))), "a: group 2 has the same xid now"},
	})
	staleness(t, func() scene {
		s := base()
		s.ids = baseline.IDMap{"a": known(1, "One")}
		return s
	}, []change{
		{"known by the id-map, another of its name", appears(group(2, "Threat", "One")), ""},
		{"known by the id-map, the xid", appears(group(2, "Threat", "Else", ours("a"))), "a: group 2 has the same xid now"},
	})
	staleness(t, func() scene {
		s := base()
		s.manifest = `groups: [{key: a, type: Threat, name: One, xid: mine, tags: [x]}]`
		return s
	}, []change{{"its own xid", appears(group(2, "Threat", "Else", xid("mine"))), "a: group 2 has the same xid now"}})
}

// An association that somebody else has made, or whose other end is gone, is
// not to be made any more, whichever list shows it.
func TestStaleAssociations(t *testing.T) {
	staleness(t, func() scene {
		return scene{
			manifest: `
groups: [{key: a, type: Threat, name: One}, {key: b, type: Threat, name: Two}]
associations: [{group: "#5", associatedGroup: a}, {group: "#5", associatedIndicator: Host:x.example}, {group: a, associatedGroup: b}]`,
			groups:  []*intel.Remote{group(5, "Adversary", "Far"), group(1, "Threat", "One", ours("a")), group(2, "Threat", "Two", ours("b"))},
			objects: []*intel.Remote{object(intel.KindIndicator, 7, "Host", "x.example")},
		}
	}, []change{
		{"nothing", nothing, ""},
		{"others", func(s *scene) { linked(intel.KindGroup, 77)(s.groups[0]) }, ""},
		{"of a reference", func(s *scene) { linked(intel.KindIndicator, 7)(s.groups[0]) }, "#5: group 5 is associated with indicator 7 now"},
		{"seen from the other end", func(s *scene) { linked(intel.KindGroup, 1)(s.groups[0]) }, "a: group 1 is associated with group 5 now"},
		{"the other end is gone", func(s *scene) { s.groups = s.groups[:2] }, "a: group 2 is gone, and the plan adds an association with it; b: group 2 is gone"},
	})
}
