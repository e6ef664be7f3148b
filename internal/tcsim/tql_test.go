package tcsim

import (
	"strings"
	"testing"
)

func tqlInstance(t *testing.T) *instance {
	in := start(t, Config{})
	in.AddGroup(Group{Type: "Incident", Name: "Bad Incident", Fields: map[string]any{"status": "New", "eventDate": "2021-11-03"}, Tags: []string{"Red", "T1566 - Phishing"}, SecurityLabels: []string{"TLP:RED"}})
	in.AddGroup(Group{Type: "Incident", Name: `O'Brien "x" \ y`, Owner: DemoSource, Fields: map[string]any{"status": "Open"}, Tags: []string{"Red", "Blue"}})
	in.AddGroup(Group{Type: "Adversary", Name: "100% bad_guy", XID: "x", Stamp: Stamp{DateAdded: testTime.AddDate(0, 0, -10)}})
	in.AddGroup(Group{Type: "Threat", Name: "Straße", Associations: Associations{AssociatedGroups: []int64{1, 3}}})
	in.AddIndicator(Indicator{Type: "Host", Summary: "badguy.com", Fields: map[string]any{"rating": 3.5, "confidence": 50}, Associations: Associations{AssociatedGroups: []int64{1}}})
	in.AddIndicator(Indicator{Type: "Mutex", Summary: "Case"})
	in.AddIndicator(Indicator{Type: "Host", Summary: "dead.example", Fields: map[string]any{"active": false}})
	return in
}

func TestTQL(t *testing.T) {
	in := tqlInstance(t)
	for _, v := range []struct{ resource, tql, want string }{
		{"groups", `id=1`, "1"}, {"groups", `id == 1`, "1"}, {"groups", `ID EQ 1`, "1"}, {"groups", `id EQUALS 1`, "1"},
		{"groups", `id != 1`, "2 3 4"}, {"groups", `id NE 1`, "2 3 4"}, {"groups", `id > 1 and id LT 4`, "2 3"}, {"groups", `id GEQ 2 and id<=3`, "2 3"},
		{"groups", `id IN (1,3, 99)`, "1 3"}, {"groups", `id NOT IN (1,3)`, "2 4"}, {"groups", `id in (1,2,3,4,5,6,7,8,9,10)`, "1 2 3 4"},
		{"groups", `summary="bad incident"`, "1"}, {"groups", `summary in ("BAD INCIDENT")`, "1"}, {"groups", `summary = "strasse"`, ""}, {"groups", `summary = "STRASSE" or summary="straße"`, "4"},
		{"groups", `summary = "O'Brien \"x\" \\ y"`, "2"}, {"groups", `summary = 'O\'Brien "x" \\ y'`, "2"},
		{"groups", `summary like "%bad%"`, "1 3"}, {"groups", `summary not like "%bad%"`, "2 4"}, {"groups", `summary like "100% bad_guy"`, "3"}, {"groups", `summary like "bad"`, ""},
		{"groups", `summary contains "BAD"`, "1 3"}, {"groups", `summary not contains "bad"`, "2 4"}, {"groups", `summary startswith "bad"`, "1"}, {"groups", `summary endsWith "guy"`, "3"}, {"groups", `summary not endswith "guy"`, "1 2 4"},
		{"groups", `typeName in ("Incident")`, "1 2"}, {"groups", `TYPENAME = "Incident" and ownername = "Demo Source"`, "2"}, {"groups", `typename="incident"`, ""},
		{"groups", `type = 8`, "1 2"}, {"groups", `owner = 2`, "2"}, {"groups", `ownerName in ("Demo Source","Nowhere")`, "2"},
		{"groups", `status is null`, "3 4"}, {"groups", `status is not null`, "1 2"}, {"groups", `status != "New"`, "2"},
		{"groups", `eventDate = "2021-11-03"`, "1"}, {"groups", `eventDate >= '2021-11-03 00:00:00' and eventDate < "2021-11-03T00:00:01Z"`, "1"},
		{"groups", `dateAdded < "TODAY()"`, "3"}, {"groups", `dateAdded > "NOW() - 9 DAYS"`, "1 2 4"}, {"groups", `dateAdded <= "now() - 2 weeks"`, ""},
		{"groups", `tag = "red"`, "1 2"}, {"groups", `tag != "red"`, "3 4"}, {"groups", `tag in ("blue","x")`, "2"}, {"groups", `attackTag like "T1566%"`, "1"}, {"groups", `tagOwnerName = "Demo Source"`, "2"},
		{"groups", `hasTag(name="Red")`, "1 2"}, {"groups", `hasTag(summary="blue" or techniqueId="T1566")`, "1 2"}, {"groups", `hasAllTags(name in ("Red","Blue"))`, "2"},
		{"groups", `securityLabel = "TLP:RED"`, "1"}, {"groups", `hasSecurityLabel(name="tlp:red")`, "1"},
		{"groups", `hasGroup(id=1)`, "4"}, {"groups", `hasGroup(id = 4) and id != 4`, "1 3"}, {"groups", `childGroup = 4`, "1 3"}, {"groups", `hasGroup(hasGroup(id=3))`, "1 3"},
		{"groups", `hasIndicator(id=1)`, "1"}, {"groups", `hasIndicator(summary in ("BADGUY.com","x"))`, "1"}, {"groups", `associatedIndicator = 1`, "1"}, {"groups", `hasIndicator(rating > 3)`, "1"},
		{"groups", `associatedGroupSource = "API"`, "1 3 4"}, {"groups", `isGroup = true and not_a = 1`, "!"}, {"groups", `isGroup=true`, "1 2 3 4"}, {"groups", `isGroup = FALSE`, ""}, {"groups", `summary = "a;b"`, ""},
		{"groups", `id=1 or id=2 and id=3`, "1"}, {"groups", `(id=1 or id=2) and id=2`, "2"}, {"groups", "\tid\n=\r 1 ", "1"}, {"groups", `((id=1))`, "1"},
		{"groups", `insights is null and emailScore is null`, "1 2 3 4"}, {"groups", `hasIntelRequirement(id=1)`, ""}, {"groups", `createdBy = "11112222333344445555" and id = 1`, "1"},
		{"indicators", `summary = "BADGUY.COM"`, "1"}, {"indicators", `summary = "case"`, ""}, {"indicators", `summary in ("Case")`, "2"}, {"indicators", `summary contains "case"`, "2"},
		{"indicators", `value1 = "BadGuy.com"`, "1"}, {"indicators", `rating = 3.5`, "1"}, {"indicators", `rating >= 3 and rating LT 4`, "1"}, {"indicators", `confidence is null`, "2"}, {"indicators", `confidence in (50)`, "1"},
		{"indicators", `hasGroup(typeName="Incident")`, "1"}, {"indicators", `associatedGroup in (1)`, "1"}, {"indicators", `indicatorActive = false`, "3"}, {"indicators", `type = 10`, "2"},
	} {
		r := in.query(v.resource, v.tql)
		if v.want == "!" {
			r.refused(400, codeTQL, "not a valid keyword")
			continue
		}
		if got := r.want(200).ids("data"); got != v.want {
			t.Errorf("%s: %s: %q, want %q", v.resource, v.tql, got, v.want)
		}
	}
}

func TestTQLErrors(t *testing.T) {
	in := tqlInstance(t)
	for _, q := range []string{
		`xid = "x"`, `name = "x"`, `id`, `id =`, `id = x`, `id = "x"`, `= 1`, `id 1`, `id = 1 and`, `and id = 1`, `id in ()`, `id in (1`, `id in (1,)`, `id in 1`, `id = 1 id = 2`,
		`(id = 1`, `id = 1)`, `summary = "x`, `summary = 'x\`, `id ! 1`, `id like "1"`, `id contains 1`, `summary is 1`, `summary is not`, `summary not = "x"`, `hasGroup`, `hasGroup()`, `hasGroup(xid="x")`, `hasGroup = 1`, `id(id=1)`,
		`type_name = "Incident"`, `id = "1"`, `type in ("8")`, `isGroup = "true"`, `summary = 5`, `summary in (5)`, `summary contains 5`,
		`dateAdded > "yesterday"`, `dateAdded > 7`, `isGroup = 1`, `isGroup = "maybe"`, `id = 1; id = 2`, `id = 1 && id = 2`, "id = `1`", `not (id = 1)`, `id = 1 xor id = 2`, `summary = ä`, strings.Repeat("(", 200) + "id=1" + strings.Repeat(")", 200),
	} {
		in.query("groups", q).refused(400, codeTQL, "Syntax error(s) found with your TQL query.")
	}
}

// TestIndexesAgreeWithScan runs queries with and without their indexes.
func TestIndexesAgreeWithScan(t *testing.T) {
	in := tqlInstance(t)
	c := &call{s: in.Server, st: in.st, user: in.st.users[0], now: testTime, sw: &Switches{}}
	for _, q := range []string{
		`id in (1,2,99) or summary = "straße"`, `hasGroup(id in (1,3))`, `hasGroup(hasIndicator(summary="badguy.com"))`, `ownerName = "Demo Source" and id > 0`,
		`hasTag(name="Red") and id = 2`, `summary in ("Bad Incident","STRASSE","straße") and typeName = "Threat"`, `associatedIndicator = 1 or id = 3`, `id != 1`, `summary not in ("x")`, `hasGroup(id != 4)`,
	} {
		cq, _ := c.parseTQL(kGroup, q)
		ids, ok := cq.candidates()
		for o := range in.st.all(kGroup) {
			if cq.match(o) && ok && !ids.has(o) {
				t.Errorf("%s: the index lacks %d", q, o.id)
			}
		}
	}
}

func FuzzTQL(f *testing.F) {
	for _, s := range []string{`id=1`, `summary in ("a","b") and (typeName = 'x' or hasGroup(id = 1))`, `dateAdded > "NOW() - 1 DAY"`, `summary like "%\\%"`, `a is not null`, `id in (1,2`} {
		f.Add(s)
	}
	s := New(Config{})
	s.AddGroup(Group{Type: "Threat", Name: "x"})
	f.Fuzz(func(t *testing.T, q string) {
		c := &call{s: s, st: s.st, user: s.st.users[0], now: testTime, sw: &Switches{}}
		var cq *query
		if err := attempt(func() { cq, _ = c.parseTQL(kGroup, q) }); err != nil {
			if err.status != 400 || err.code != codeTQL {
				t.Fatalf("%q: %v", q, err)
			}
			return
		}
		matched := cq.match(s.st.get(kGroup, 1))
		if ids, ok := cq.candidates(); ok && matched && !ids.has(s.st.get(kGroup, 1)) {
			t.Fatalf("%q: the index lacks the match", q)
		}
	})
}
