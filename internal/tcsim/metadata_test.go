package tcsim

import (
	"strings"
	"testing"
)

func TestTags(t *testing.T) {
	in := start(t, Config{})
	in.group("")
	tags := func(data, mode string) reply {
		t.Helper()
		return in.put("/v3/groups/1?fields=tags", `{"tags":{"mode":"`+mode+`","data":[`+data+`]}}`)
	}
	tags(`{"name":"Targeted Attack"},{"techniqueId":"T1566"},{"name":"phishing"},{"techniqueId":"T1205.001"},{"name":"TARGETED attack"}`, "append").want(200).
		equal("data.tags.data.0.name", "Targeted Attack").equal("data.tags.data.1.name", "T1205.001 - Traffic Signaling: Port Knocking").
		equal("data.tags.data.2.name", "T1566 - Phishing").equal("data.tags.data.2.techniqueId", "T1566").equal("data.tags.data.3", nil)
	tags(`{"techniqueId":"T9999"}`, "append").refused(400, codeBadRequest, "techniqueId")
	tags(`{"name":""}`, "append").refused(400, codeMissing, "name")
	tags(`{"name":"targeted attack"},{"name":"T1566 - Phishing"},{"name":"unknown"}`, "delete").want(200).equal("data.tags.data.1", nil)
	tags(`{"name":"only"}`, "replace").want(200).equal("data.tags.data.0.name", "only").equal("data.tags.data.1", nil)
	in.get("/v3/tags/1").equal("data.owner", DemoOrganization)
	for _, v := range []struct{ tql, want string }{
		{`name="targeted attack"`, ""}, {`name="Targeted Attack"`, "1"}, {`summary="targeted attack"`, "1"},
		{`hasGroup(id=1)`, "2"}, {`associatedGroup=1`, "2"}, {`techniqueId in ("T1566.002")`, "101566002"},
	} {
		if got := in.query("tags", v.tql).want(200).ids("data"); got != v.want {
			t.Errorf("%s: %q, want %q", v.tql, got, v.want)
		}
	}
	in.post("/v3/tags", `{"name":"own","description":"d"}`).want(201).equal("data.description", "d")
	in.post("/v3/tags", `{"name":"Own"}`).want(409)
	in.post("/v3/tags", `{"name":"Phishing"}`).want(201).equal("data.name", "T1566 - Phishing").equal("data.techniqueId", "T1566")
	in.put("/v3/tags/3", `{"name":"mine"}`).want(200).equal("data.name", "mine")
	in.do("DELETE", "/v3/tags/2", "").want(200)
	in.get("/v3/groups/1?fields=tags").equal("data.tags.data", nil)
	in.do("DELETE", "/v3/tags/101566000", "").want(401)
	for _, id := range []string{"T1566.002", "T1071.001", "T1204.001", "T1112", "T1059.001", "T1404", "T0883", "T1190", "T1486", "T1027.010"} {
		tags(`{"techniqueId":"`+id+`"}`, "append").want(200)
	}
}

func TestTechniques(t *testing.T) {
	in := start(t, Config{})
	n := 0
	seen := map[string]bool{}
	for o := range in.st.all(kTag) {
		n++
		if seen[o.xid] || !strings.HasPrefix(o.name, o.xid+" - ") || strings.HasSuffix(o.name, " ") {
			t.Errorf("%s: %q", o.xid, o.name)
		}
		seen[o.xid] = true
	}
	if n < 700 || in.st.techniques["T1566.002"].name != "T1566.002 - Phishing: Spearphishing Link" {
		t.Errorf("%d techniques", n)
	}
}

func TestAttributes(t *testing.T) {
	in := start(t, Config{AttributeTypes: []AttributeType{{Name: "Only Once", MaxSize: 10, MaxAllowed: 1}}})
	in.group("")
	attrs := func(rest string) reply {
		t.Helper()
		return in.put("/v3/groups/1?fields=attributes", `{"attributes":{`+rest+`}}`)
	}
	one := `"data":[{"type":"Description","value":"d","default":true,"source":"s","pinned":true}]`
	attrs(one).want(200).equal("data.attributes.data.0.default", true)
	attrs(one).want(200).equal("data.attributes.data.1.default", true).equal("data.attributes.data.0.default", false) // append does not dedupe
	attrs(`"data":[{"id":1,"value":"new","default":true}]`).want(200).equal("data.attributes.data.0.value", "new").equal("data.attributes.data.1.default", false)
	attrs(`"mode":"delete","data":[{"id":2}]`).want(200).equal("data.attributes.data.1", nil)
	attrs(`"mode":"replace","data":[{"type":"Source","value":"s"}]`).want(200).equal("data.attributes.data.0.type", "Source").equal("data.attributes.data.1", nil)
	for _, bad := range []string{`{"type":"Nonsense","value":"x"}`, `{"type":"Source","value":""}`, `{"value":"x"}`, `{"type":"Source","value":"` + strings.Repeat("x", 501) + `"}`,
		`{"type":"Phase of Intrusion","value":"C3"}`, `{"type":"Impact Score","value":"101"}`, `{"type":"CVE ID","value":"CVE-1"}`, `{"type":"Incident Severity","value":"Low"}`,
		`{"type":"Only Once","value":"1"},{"type":"Only Once","value":"2"}`, `{"type":"Source","value":"x","default":"maybe"}`,
		`{"type":"Source","value":"x","securityLabels":{"data":[{"name":"TLP:NONE"}]}}`} {
		attrs(`"data":[` + bad + `]`).want(400)
	}
	attrs(`"data":[{"type":"Phase of Intrusion","value":"C2"},{"type":"Impact Score","value":"7"},{"type":"CVE ID","value":"CVE-2020-0688"},{"type":"Discovery Date","value":"2020-01-01"},{"type":"Only Once","value":"1"}]`).want(200)
	big := strings.Repeat("long text\\n", 5000)
	attrs(`"data":[{"type":"Additional Analysis and Context","value":"` + big + `"},{"type":"Course of Action Recommendation","value":"` + big + `"}]`).want(200)

	id := in.post("/v3/groupAttributes", `{"groupId":1,"type":"Aliases","value":"`+strings.Repeat("a", 500)+`"}`).want(201).id()
	in.put("/v3/groupAttributes/"+id, `{"value":"b","source":"s","type":"Source"}`).want(200).equal("data.value", "b").equal("data.type", "Aliases").equal("data.groupId", "1")
	if got := in.query("groupAttributes", `hasGroup(id=1) and typeName="Aliases" and text contains "B"`).want(200).ids("data"); got != id {
		t.Error(got)
	}
	if got := in.query("groups", `hasAttribute(typeName="Aliases" and text="b")`).want(200).ids("data"); got != "1" {
		t.Error(got)
	}
	in.do("DELETE", "/v3/groupAttributes/"+id, "").want(200)
	in.post("/v3/groupAttributes", `{"type":"Aliases","value":"a"}`).refused(400, codeMissing, "groupId")
	in.post("/v3/groupAttributes", `{"groupId":9,"type":"Aliases","value":"a"}`).want(404)
	in.host("a.example")
	in.post("/v3/indicatorAttributes", `{"indicatorId":1,"type":"Source","value":"feed","default":true}`).want(201)
	in.get("/v3/indicators/1?fields=attributes").equal("data.source", "feed").equal("data.attributes.data.0.value", "feed")
}

func TestLabels(t *testing.T) {
	in := start(t, Config{SecurityLabels: []SecurityLabel{{Name: "Own", Owner: DemoSource}}})
	in.group("")
	put := func(rest string) reply {
		t.Helper()
		return in.put("/v3/groups/1?fields=securityLabels", `{"securityLabels":{`+rest+`}}`)
	}
	put(`"data":[{"name":"TLP:AMBER"},{"name":"TLP:AMBER+STRICT"},{"id":1}]`).want(200).equal("data.securityLabels.data.0.name", "TLP:RED").equal("data.securityLabels.data.0.owner", "System")
	put(`"mode":"delete","data":[{"name":"TLP:RED"}]`).want(200).equal("data.securityLabels.data.0.name", "TLP:AMBER")
	put(`"data":[{"name":"TLP: RED"}]`).want(400)
	put(`"data":[{"name":"Own"}]`).want(400)
	in.post("/v3/groups?owner=Demo%20Source&fields=securityLabels", `{"type":"Threat","name":"t","securityLabels":{"data":[{"name":"Own"}]}}`).want(201).equal("data.securityLabels.data.0.name", "Own")
	in.post("/v3/securityLabels", `{"name":"x"}`).want(405)
	names := in.get("/v3/securityLabels?fields=x").body
	for _, n := range []string{"TLP:WHITE", "TLP:GREEN", "TLP:AMBER", "TLP:RED", "TLP:CLEAR", "TLP:AMBER+STRICT"} {
		if !strings.Contains(names, `"`+n+`"`) {
			t.Errorf("%s is missing", n)
		}
	}
	if got := in.query("securityLabels", `hasGroup(id=1)`).ids("data"); got != "2 6" {
		t.Error(got)
	}
}

func TestPreflight(t *testing.T) {
	in := start(t, Config{})
	want := `{"id":3,"name":"Demo Community","type":"Community","ownerRole":"Director",` +
		`"permIndicator":"FULL","permGroup":"FULL","permPost":"FULL","permVictim":"FULL","permAttribute":"FULL",` +
		`"permApps":"NONE","permUsers":"FULL","permSecurityLabel":"FULL","permTag":"FULL","permAttributeType":"FULL",` +
		`"permSettings":"FULL","permMembers":"FULL","permCopyData":"FULL","permInvite":"FULL","permTask":"NONE",` +
		`"permCaseTag":"NONE","permArtifact":"NONE","permComment":"NONE","permTimeline":"NONE",` +
		`"permWorkflowTemplate":"NONE","permPublish":"FULL","permPlaybooksExecute":"NONE","permPlaybooks":"NONE"}`
	if got := in.get("/v3/security/owners").body; !strings.Contains(got, want) {
		t.Error(got)
	}
	in.get("/v3/security/owners/2").equal("data.name", DemoSource)
	in.get("/v3/security/owners?sorting=ownerName%20ASC&tql=permGroup%20IN%20(%22FULL%22,%22READ%22)").equal("data.0.name", DemoCommunity).equal("data.2.name", DemoSource)
	in.get("/v2/owners/mine").equal("data.owner.name", DemoOrganization).equal("data.owner.type", "Organization").equal("data.owner.id", "1")
	in.get("/v2/owners").equal("data.resultCount", "3")
	in.get("/v2/whoami").equal("data.user.userName", "11112222333344445555")
	in.get("/v2/types/indicatorTypes").equal("data.indicatorType.5.value1Label", "AS Number").equal("data.indicatorType.5.casePreference", "upper").equal("data.indicatorType.0.custom", "false")
	if r := in.do("GET", "/v2/nothing", "").want(404); r.body != `{"message":"The requested item(s) were not found.","status":"Failure"}` {
		t.Error(r.body)
	}
	in.get("/v3/attributeTypes?resultLimit=10000&sorting=name%20asc").equal("data.0.name", "Additional Analysis and Context").equal("data.0.maxSize", "65535")
	if r := in.get("/v3/attributeTypes"); r.at("next") == nil || r.at("count") == nil {
		t.Error(r.body)
	}
	r := in.get("/v3/attributeTypes?fields=mapping&tql=name%3D%22Incident%20Severity%22")
	r.equal("data.0.attributeTypeMappings.data.0.associatedType", "Incident").equal("data.0.validationRule.text", "Low;Medium;High;Critical;").equal("data.0.validationRule.type", "SelectOne")
	if got := in.query("attributeTypes", `associatedType="Malware" and name="Description"`).ids("data"); got == "" {
		t.Error("no Description for Malware")
	}
	if got := in.query("artifactTypes", `name="Email Address"`).want(200); got.at("data.0.intelType") != "indicator-EmailAddress" {
		t.Error(got.body)
	}
	in.get("/v3/groups/eventTypeCategories").equal("data.0.name", "Alert")

}

func TestOptions(t *testing.T) {
	in := start(t, Config{SignatureTypes: []string{"Own Rules"}})
	o := in.do("OPTIONS", "/v3/groups", "").want(200)
	o.equal("name.maxLength", "200").equal("name.required", true).equal("tags.data.0.maxSize", "1000").equal("id", nil).equal("data", nil).equal("fileType.allowableValues.0", "Bro").equal("status.conditionalReadOnly.2", "Task")
	if !strings.Contains(o.body, "Own Rules") {
		t.Error("the custom signature type is missing")
	}
	in.do("OPTIONS", "/v3/groups?show=readOnly", "").want(200).equal("webLink.readOnly", true)
	in.do("OPTIONS", "/v3/indicators", "").want(200).equal("AS Number.appliesTo.0", "ASN").equal("rating.maxValue", "5")
	in.do("OPTIONS", "/v3/artifacts", "").want(200).equal("type.allowableValues.0", "Sentinel Incident ID")
	f := in.do("OPTIONS", "/v3/groups/fields", "").want(200)
	f.equal("data.1.name", "associatedArtifacts").equal("data.1.includedByDefault", false).equal("status", "Success")
	tql := in.do("OPTIONS", "/v3/groups/tql", "").want(200).body
	for _, kw := range []string{`"keyword":"summary","name":"Summary","type":"StringLower"`, `"keyword":"hasVictimAsset"`, `"keyword":"typeName"`, `"keyword":"taskDueDate"`} {
		if !strings.Contains(tql, kw) {
			t.Errorf("%s is missing", kw)
		}
	}
	for path := range in.resources {
		for _, sub := range []string{"", "/fields", "/tql"} {
			if r := in.do("OPTIONS", "/v3/"+path+sub, "").want(200); r.json == nil {
				t.Errorf("%s%s is not JSON: %s", path, sub, r.body)
			}
		}
		if r := in.do("GET", "/v3/"+path+"?fields=_all_&resultLimit=3", "").want(200); r.json == nil {
			t.Errorf("%s is not JSON: %s", path, r.body)
		}
	}
}
