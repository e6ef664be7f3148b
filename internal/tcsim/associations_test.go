package tcsim

import (
	"fmt"
	"strings"
	"testing"
)

// TestAllKinds associates a new group with one object of each kind, existing and
// new, and reads every link from both sides.
func TestAllKinds(t *testing.T) {
	for _, form := range []string{"existing", "new"} {
		in := start(t, Config{})
		cs, victim := in.newCase(), in.victim()
		entries := map[string]string{
			"associatedArtifacts":    `{"caseId":` + cs + `,"summary":"badguy@bad.com","type":"Email Address"}`,
			"associatedCases":        `{"name":"Phishing Investigation","severity":"Low","status":"Open"}`,
			"associatedGroups":       `{"name":"Bad Guy","type":"Adversary"}`,
			"associatedIndicators":   `{"type":"Address","ip":"71.6.135.131"}`,
			"associatedVictimAssets": `{"type":"EmailAddress","address":"jsmith@companyabc.com","victimId":` + victim + `}`,
		}
		endpoints := map[string]string{"associatedArtifacts": "artifacts", "associatedCases": "cases", "associatedGroups": "groups", "associatedIndicators": "indicators", "associatedVictimAssets": "victimAssets"}
		var keys []string
		for key, entry := range entries {
			if form == "existing" {
				id := in.post("/v3/"+endpoints[key], entry).want(201).id()
				entry = `{"id":"` + id + `"}` // ids as strings work too
			}
			keys = append(keys, `"`+key+`":{"data":[`+entry+`]}`)
		}
		fields := "?fields=" + strings.Join([]string{"associatedArtifacts", "associatedCases", "associatedGroups", "associatedIndicators", "associatedVictimAssets"}, "&fields=")
		r := in.post("/v3/groups"+fields, `{"type":"Email","name":"n",`+strings.Join(keys, ",")+`}`).want(201)
		group := r.id()
		r.equal("data.to", "jsmith@companyabc.com")
		for key, endpoint := range endpoints {
			id := r.ids("data." + key + ".data")
			if id == "" || strings.Contains(id, " ") {
				t.Fatalf("%s %s: %q in %s", form, key, id, r.body)
			}
			q := "hasGroup(id = " + group + ")"
			if got := in.query(endpoint, q).want(200).ids("data"); got != id {
				t.Errorf("%s: %s on %s: %q, want %q", form, q, endpoint, got, id)
			}
			if key == "associatedArtifacts" || key == "associatedCases" || key == "associatedIndicators" || key == "associatedGroups" || key == "associatedVictimAssets" {
				if got := in.get("/v3/" + endpoint + "/" + id + "?fields=associatedGroups").ids("data.associatedGroups.data"); got != group {
					t.Errorf("%s: the other side of %s: %q, want %q", form, key, got, group)
				}
			}
		}
		for _, q := range []string{"hasArtifact(type=\"Email Address\")", "hasCase(severity=\"Low\")", "hasIndicator(typeName=\"Address\")", "hasVictimAsset(victimName=\"Jo\")", "hasVictim(name=\"jo\")", "hasGroup(typeName=\"Adversary\")", "victimAsset=\"jsmith@companyabc.com\""} {
			if got := in.query("groups", q).want(200).ids("data"); got != group {
				t.Errorf("%s: %s: %q, want %q", form, q, got, group)
			}
		}
	}
}

// TestModes goes through the cycle that TcEx's live tests confirm.
func TestModes(t *testing.T) {
	in := start(t, Config{})
	var ids [5]string
	for i := range ids {
		ids[i] = in.group("")
	}
	g := in.post("/v3/groups", fmt.Sprintf(`{"type":"Threat","name":"t","associatedGroups":{"mode":"delete","data":[{"id":%s},{"id":%s}]}}`, ids[0], ids[1])).want(201).id()
	list := func() string {
		return in.get("/v3/groups/" + g + "?fields=associatedGroups").ids("data.associatedGroups.data")
	}
	for _, v := range []struct{ mode, data, want string }{
		{`"mode":"append",`, `{"id":` + ids[2] + `}`, "1 2 3"},
		{``, `{"id":` + ids[2] + `}`, "1 2 3"},
		{`"mode":"replace",`, `{"id":` + ids[3] + `}`, "4"},
		{`"mode":"delete",`, `{"id":` + ids[0] + `}`, "4"},
		{`"mode":"delete",`, `{"id":999}`, "4"},
		{`"mode":"delete",`, `{"id":` + ids[3] + `}`, ""},
		{`"mode":"append",`, `{"id":` + ids[4] + `}`, "5"},
		{`"mode":"replace",`, ``, ""},
	} {
		in.put("/v3/groups/"+g, `{"associatedGroups":{`+v.mode+`"data":[`+v.data+`]}}`).want(200)
		if got := list(); got != v.want {
			t.Errorf("%s %s: %q, want %q", v.mode, v.data, got, v.want)
		}
	}
	in.put("/v3/groups/"+g, `{"associatedGroups":{"mode":"merge","data":[]}}`).want(400)
	in.put("/v3/groups/"+g, `{"associatedGroups":{"mode":"delete","data":[{"name":"x"}]}}`).want(400)
	in.put("/v3/groups/"+g, `{"associatedGroups":{"data":[{"id":`+g+`}]}}`).refused(400, codeBadRequest, "itself")
	in.put("/v3/groups/"+g, `{"associatedGroups":{"data":[{"id":4711}]}}`).want(400)
	in.put("/v3/groups/"+g, `{"associatedIndicators":{"data":[{"id":1,"type":"Host","hostName":"a.example"}]}}`).want(400)
}

// TestAtomic: a PUT with one bad entry, and a POST, leave no trace.
func TestAtomic(t *testing.T) {
	in := start(t, Config{})
	in.group(`,"tags":{"data":[{"name":"a"}]}`)
	before := in.saved()
	bad := `"name":"other","tags":{"mode":"replace","data":[{"name":"b"}]},"attributes":{"data":[{"type":"Description","value":"x"}]},
		"associatedGroups":{"data":[{"type":"Threat","name":"new"}]},"associatedIndicators":{"data":[{"type":"Host","hostName":"a.example"},{"id":99}]}`
	in.put("/v3/groups/1", "{"+bad+"}").want(400)
	in.post("/v3/groups", `{"type":"Threat",`+bad+"}").want(400)
	if after := in.saved(); after != before {
		t.Errorf("before %s\nafter %s", before, after)
	}
	if got := in.query("groups", `summary in ("other","new","bad guy")`).ids("data"); got != "1" {
		t.Error(got)
	}
}

func TestInlineOwners(t *testing.T) {
	in := start(t, Config{})
	org := in.host("a.example")
	r := in.post("/v3/groups?owner=Demo%20Source&fields=associatedGroups&fields=associatedIndicators", `{"type":"Threat","name":"t",
		"associatedGroups":{"data":[{"type":"Threat","name":"org"},{"type":"Threat","name":"com","ownerName":"Demo Community"},{"type":"Signature","name":"s","fileName":"f","fileText":"t","fileType":"YARA"}]},
		"associatedIndicators":{"data":[{"type":"Host","hostName":"A.example"},{"type":"Host","hostName":"a.example","ownerId":2},{"type":"Host","hostName":"b.example","rating":3,"tags":{"data":[{"name":"x"}]}}]}}`).want(201)
	r.equal("data.associatedGroups.data.0.ownerName", DemoOrganization).equal("data.associatedGroups.data.1.ownerName", DemoCommunity)
	r.equal("data.associatedIndicators.data.0.id", org).equal("data.associatedIndicators.data.1.ownerName", DemoSource).equal("data.associatedIndicators.data.2.rating", "3.00")
	in.put("/v3/groups/1", `{"associatedGroups":{"data":[{"type":"Signature","name":"s"}]}}`).want(400)
	// A group takes victim assets of other owners; at the endpoint of the asset no association crosses owners.
	victim := in.victim()
	in.put("/v3/groups/1?fields=associatedVictimAssets", `{"associatedVictimAssets":{"data":[{"type":"Phone","phone":"1","victimId":`+victim+`}]}}`).want(200).equal("data.associatedVictimAssets.data.0.phone", "1")
	in.put("/v3/victimAssets/1", `{"associatedGroups":{"data":[{"type":"Threat","name":"x","ownerName":"Demo Source"}]}}`).refused(400, codeBadRequest, "owners")
	in.put("/v3/groups/1?fields=associatedGroups", `{"name":"u"}`).want(200).equal("data.name", "u")
}

// TestUpdateExample is the request of update_metadata.rst: three lists, three modes.
func TestUpdateExample(t *testing.T) {
	in := start(t, Config{})
	in.post("/v3/indicators", `{"type":"Host","hostName":"ultrabadguy.com","securityLabels":{"data":[{"name":"TLP:AMBER"}]},"tags":{"data":[{"name":"Malicious Host"},{"name":"Targeted Attack"}]},
		"associatedGroups":{"data":[{"type":"Incident","name":"Dangerous Incident"},{"type":"Threat","name":"t"}]}}`).want(201)
	r := in.put("/v3/indicators/ultrabadguy.com?fields=associatedGroups&fields=securityLabels&fields=tags", `{"associatedGroups":{"data":[{"id":2}],"mode":"delete"},
		"securityLabels":{"data":[{"name":"TLP:RED"}],"mode":"replace"},"tags":{"data":[{"name":"Russia"}],"mode":"append"}}`).want(200)
	r.equal("message", "Updated").equal("data.tags.data.2.name", "Russia").equal("data.tags.data.2.lastUsed", "2021-11-03T14:57:45Z").equal("data.securityLabels.data.0.name", "TLP:RED").equal("data.securityLabels.data.1", nil)
	if got := r.ids("data.associatedGroups.data"); got != "1" {
		t.Error(got)
	}
}

func TestNestedFields(t *testing.T) {
	in := start(t, Config{})
	in.group(`,"associatedGroups":{"data":[{"type":"Threat","name":"t","attributes":{"data":[{"type":"Source","value":"s","securityLabels":{"data":[{"name":"TLP:RED"}]}}]}}]}`)
	in.get("/v3/groups/1?fields=associatedGroups").equal("data.associatedGroups.data.0.attributes", nil).equal("data.attributes", nil)
	in.get("/v3/groups/1?fields=associatedGroups.attributes").equal("data.associatedGroups.data.0.attributes.data.0.value", "s")
	in.get("/v3/groups/2?fields=attributes.securityLabels").equal("data.attributes.data.0.securityLabels.data.0.name", "TLP:RED")
	in.do("GET", "/v3/groups/1?fields=associatedGroups.attributes.securityLabels", "").want(400)
	r := in.get("/v3/groups/1?fields=tags,associatedCases")
	if !strings.Contains(r.body, `"tags":{}`) || !strings.Contains(r.body, `"associatedCases":{}`) {
		t.Error(r.body)
	}
}

func TestCases(t *testing.T) {
	in := start(t, Config{})
	r := in.post("/v3/cases?fields=tags&fields=artifacts", `{"name":"c","severity":"High","status":"Open","xid":"case-0001x","tags":{"data":[{"name":"a"}]},
		"artifacts":{"data":[{"summary":"a.example","type":"Host"}]},"assignee":{"type":"User","data":{"userName":"jo"}}}`).want(201)
	r.equal("data.owner", DemoOrganization).equal("data.ownerName", nil).equal("data.lastModified", nil).equal("data.lastUpdated", "2021-11-03T14:57:45.00Z").equal("data.artifacts.data.0.intelType", "indicator-Host")
	in.put("/v3/cases/case-0001x?fields=tags", `{"tags":{"data":[{"name":"b"}]},"resolution":"Escalated"}`).want(200).equal("data.tags.data.0.name", "b").equal("data.tags.data.1", nil).equal("data.resolution", "Escalated")
	in.post("/v3/cases", `{"name":"c","severity":"High","status":"Open","xid":"case-0001x"}`).want(409)
	in.post("/v3/cases", `{"name":"c","severity":"High","status":"Open","xid":"short"}`).want(400)
	in.post("/v3/cases", `{"name":"c","severity":"Awful","status":"Open"}`).want(400)
	in.post("/v3/cases", `{"name":"c","severity":"Low"}`).refused(400, codeMissing, "status")
	in.post("/v3/artifacts", `{"caseXid":"case-0001x","summary":"s","type":"Nothing"}`).want(400)
	in.post("/v3/artifacts", `{"summary":"s","type":"Host"}`).refused(400, codeMissing, "caseId")
	in.post("/v3/artifacts", `{"caseXid":"case-0001x","summary":"s","type":"Log File"}`).refused(400, codeMissing, "fileData")
	in.post("/v3/artifacts?fields=caseId", `{"caseXid":"case-0001x","summary":"s","type":"Log File","fileData":"eA=="}`).want(201).equal("data.caseId", "1")
	in.put("/v3/artifacts/2", `{"summary":"t"}`).want(200).equal("data.summary", "t")
	if got := in.query("artifacts", `caseId = 1 and summary = "T"`).ids("data"); got != "2" {
		t.Error(got)
	}
	if got := in.query("cases", `hasArtifact(id=2) and xid = "case-0001x" and idAsString = "1"`).want(200).ids("data"); got != "1" {
		t.Error(got)
	}
	in.do("DELETE", "/v3/cases/1", "").want(200)
	in.do("GET", "/v3/artifacts/2", "").want(404)
	if id := in.newCase(); in.get("/v3/cases/"+id).at("data.xid") == nil {
		t.Error("a case without an xid")
	}
}

func TestVictims(t *testing.T) {
	in := start(t, Config{})
	v := in.post("/v3/victims?fields=assets", `{"name":"Jo","nationality":"Ruritanian","assets":{"data":[{"type":"Phone","phone":"0"}]}}`).want(201).equal("data.assets.data.0.phone", "0").id()
	for _, a := range []string{`"type":"EmailAddress","address":"a@b.example","addressType":"Work"`, `"type":"NetworkAccount","accountName":"jo","networkType":"AD"`,
		`"type":"SocialNetwork","accountName":"@jo","socialNetwork":"X"`, `"type":"WebSite","website":"jo.example"`} {
		in.post("/v3/victimAssets", `{"victimId":`+v+`,`+a+`}`).want(201)
	}
	got := in.post("/v3/victimAssets", `{"type":"Phone","phone":"0123456789","victimId":1}`).want(201).body
	if want := `{"data":{"id":6,"type":"Phone","victimId":1,"phone":"0123456789","webLink":"https://app.threatconnect.com/auth/victim/victim.xhtml?victim=1"},"message":"Created","status":"Success"}`; got != want {
		t.Error(got)
	}
	in.post("/v3/victimAssets", `{"type":"Phone","phone":"1"}`).refused(400, codeMissing, "victimId")
	in.post("/v3/victimAssets", `{"type":"Website","website":"x","victimId":1}`).want(400)
	in.post("/v3/victimAssets", `{"type":"Phone","address":"x","victimId":1}`).refused(400, codeMissing, "phone")
	in.put("/v3/victimAssets/6", `{"phone":"2"}`).want(200).equal("data.phone", "2")
	if got := in.query("victimAssets", `victimId = 1 and typeName = "Phone" and asset = "2" and hasVictim(name="Jo")`).ids("data"); got != "6" {
		t.Error(got)
	}
	if got := in.query("victims", `assetName = "jo.example" and assetTypename = "WebSite"`).ids("data"); got != "1" {
		t.Error(got)
	}
	in.put("/v3/victims/1?fields=associatedGroups", `{"name":"Joe","associatedGroups":{"data":[{"type":"Threat","name":"t"}]}}`).want(200).equal("data.associatedGroups.data.0.name", "t")
	in.do("DELETE", "/v3/victims/1", "").want(200)
	in.do("GET", "/v3/victimAssets/6", "").want(404)
}
