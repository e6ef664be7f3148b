package tcsim

import (
	"fmt"
	"strings"
	"testing"
)

const groupLists = "?fields=attributes&fields=tags&fields=securityLabels&fields=associatedGroups&fields=associatedIndicators"

// texts joins the values of a key in a nested list.
func (r reply) texts(path, key string) string {
	var texts []string
	list, _ := r.at(path).([]any)
	for _, v := range list {
		m, _ := v.(map[string]any)
		texts = append(texts, fmt.Sprint(m[key]))
	}
	return strings.Join(texts, " ")
}

// TestJobOverwritesAGroup: the same xid in the owner of the job is the same group;
// fields that the item lacks stay, associations are added to.
func TestJobOverwritesAGroup(t *testing.T) {
	in := start(t, Config{})
	other := in.post("/v3/groups?owner=Demo%20Source", `{"type":"Incident","name":"of another owner","xid":"x"}`).want(201).id()
	in.counts(in.job(settings(), `{"group":[{"type":"Incident","name":"a","xid":"x","status":"New","eventDate":"2021-01-01","associatedGroupXid":["y"]},{"type":"Threat","name":"y","xid":"y"},{"type":"Threat","name":"z","xid":"z"}]}`), 3, 0, 0)
	in.counts(in.job(settings(), `{"group":[{"type":"Incident","name":"b","xid":"x","status":"Open","associatedGroupXid":["z"]}]}`), 1, 0, 0)
	in.get("/v3/groups/x"+groupLists).equal("data.name", "b").equal("data.status", "Open").equal("data.eventDate", "2021-01-01T00:00:00Z").
		equal("data.associatedGroups.data.0.name", "y").equal("data.associatedGroups.data.1.name", "z")
	in.get("/v3/groups/"+other).equal("data.name", "of another owner")
	id := in.job(settings(), `{"group":[{"type":"Threat","name":"c","xid":"x"}]}`)
	in.counts(id, 0, 1, 0)
	in.get("/v2/batch/" + id + "/results").contains(`"code":"0x1006"`).contains("has the type 'Incident'")

	in = with(t, "xid-scope=instance")
	in.post("/v3/groups?owner=Demo%20Source", `{"type":"Incident","name":"a","xid":"x"}`).want(201)
	id = in.job(settings(), `{"group":[{"type":"Incident","name":"b","xid":"x"}]}`)
	in.counts(id, 0, 1, 0)
	in.get("/v2/batch/" + id + "/results").contains(`"code":"0x100A"`)
}

// TestJobWriteTypes: what each write type makes of the lists of a group that has
// some already. The defaults are Replace.
func TestJobWriteTypes(t *testing.T) {
	const before = `{"group":[{"type":"Threat","name":"a","xid":"x","attribute":[{"type":"Source","value":"s1"},{"type":"Aliases","value":"a1"}],"tag":[{"name":"t1"},{"name":"t2"}],"securityLabel":[{"name":"TLP:RED"}]}]}`
	const file = `{"group":[{"type":"Threat","name":"a","xid":"x","attribute":[{"type":"Source","value":"s2"},{"type":"Source","value":"s1"}],"tag":[{"name":"T2"},{"name":"t3"}],"securityLabel":[{"name":"TLP:GREEN"}]}]}`
	for _, c := range []struct {
		settings                 string
		attributes, tags, labels string
	}{
		{settings("attributeWriteType", "Append"), "s1 a1 s2 s1", "t2 t3", "TLP:GREEN"},
		{settings("attributeWriteType", "Replace"), "s2 s1", "t2 t3", "TLP:GREEN"},
		{settings("attributeWriteType", "Singleton"), "a1 s2 s1", "t2 t3", "TLP:GREEN"},
		{settings("attributeWriteType", "Static"), "s1 a1", "t2 t3", "TLP:GREEN"},
		{settings("tagWriteType", "Append"), "s1 a1 s2 s1", "t1 t2 t3", "TLP:GREEN"},
		{settings("securityLabelWriteType", "Append"), "s1 a1 s2 s1", "t2 t3", "TLP:RED TLP:GREEN"},
		{settings("tagWriteType", "Replace", "securityLabelWriteType", "Replace"), "s1 a1 s2 s1", "t2 t3", "TLP:GREEN"},
	} {
		in := start(t, Config{})
		in.job(settings(), before)
		in.counts(in.job(c.settings, file), 1, 0, 0)
		r := in.get("/v3/groups/x" + groupLists)
		if got := r.texts("data.attributes.data", "value"); got != c.attributes {
			t.Errorf("%s: attributes %s", c.settings, got)
		}
		if got := r.texts("data.tags.data", "name"); got != c.tags {
			t.Errorf("%s: tags %s", c.settings, got)
		}
		if got := r.texts("data.securityLabels.data", "name"); got != c.labels {
			t.Errorf("%s: labels %s", c.settings, got)
		}
	}
	in := start(t, Config{})
	in.counts(in.job(settings("attributeWriteType", "Static"), before), 1, 0, 0)
	in.get("/v3/groups/x"+groupLists).equal("data.attributes.data", nil)
}

// TestJobReplacesACappedAttribute: the old ones go first, so that the cap of the
// type is kept.
func TestJobReplacesACappedAttribute(t *testing.T) {
	in := start(t, Config{AttributeTypes: []AttributeType{{Name: "Only Once", MaxSize: 10, MaxAllowed: 1}}})
	const file = `{"group":[{"type":"Threat","name":"a","xid":"x","attribute":[{"type":"Only Once","value":"v"}]}]}`
	in.counts(in.job(settings(), file), 1, 0, 0)
	in.counts(in.job(settings(), file), 0, 1, 0)
	in.counts(in.job(settings("attributeWriteType", "Replace"), file), 1, 0, 0)
	in.counts(in.job(settings("attributeWriteType", "Singleton"), file), 1, 0, 0)
}

// TestJobLabels: a label that does not exist is made of its colour and description,
// and is still there after the state was saved and loaded.
func TestJobLabels(t *testing.T) {
	in := start(t, Config{})
	group := func(xid, label string) string {
		return `{"type":"Threat","name":"a","xid":"` + xid + `","securityLabel":[` + label + `]}`
	}
	id := in.job(settings(), `{"group":[`+group("a", `{"name":"New"}`)+`,`+group("b", `{"name":"New","color":"FF0000"}`)+`,`+
		group("c", `{"name":"New","color":"FF0000","description":"d"}`)+`,`+group("d", `{"name":"new"}`)+`]}`)
	in.counts(id, 2, 2, 0)
	in.get("/v2/batch/" + id + "/results").contains("a new one needs a color and a description")
	in.query("securityLabels", `name="New"`).equal("data.0.color", "FF0000").equal("data.0.owner", DemoOrganization).equal("data.1", nil)
	again := start(t, Config{})
	if err := again.Load(strings.NewReader(in.saved())); err != nil {
		t.Fatal(err)
	}
	again.get("/v3/groups/d"+groupLists).equal("data.securityLabels.data.0.name", "New").equal("data.securityLabels.data.0.color", "FF0000")
	if again.saved() != in.saved() {
		t.Error("the state that was loaded differs")
	}
	for value, success := range map[string]int{"created": 1, "ignored": 1, "refused": 0} {
		in := with(t, "unknown-label="+value)
		in.counts(in.job(settings(), `{"group":[`+group("a", `{"name":"New"}`)+`]}`), success, 1-success, 0)
	}
}

// TestJobItemsFollowTheRulesOfV3: each item fails alone, with its code and reason,
// and nothing of it is written.
func TestJobItemsFollowTheRulesOfV3(t *testing.T) {
	for _, c := range []struct{ list, item, code, reason string }{
		{"group", `{"type":"Threat","name":"n"}`, jobGroup, "'xid' is required"},
		{"group", `{"type":"Threat","xid":"x"}`, jobGroup, "'name' is required"},
		{"group", `{"name":"n","xid":"x"}`, jobGroup, "'type' is required"},
		{"group", `{"type":"Nonsense","name":"n","xid":"x"}`, jobGroup, "'Nonsense' is not valid"},
		{"group", `{"type":"Threat","xid":"x","name":"` + strings.Repeat("n", 201) + `"}`, jobGroup, "not have more than 200"},
		{"group", `{"type":"Threat","name":"n","xid":"x","nonsense":1}`, jobGroup, "'nonsense' is not valid"},
		{"group", `{"type":"Threat","name":"n","xid":"x","status":"New"}`, jobGroup, "'status' is not valid for the type 'Threat'"},
		{"group", `{"type":"Incident","name":"n","xid":"x","status":"Old"}`, jobGroup, "'Old' is not valid"},
		{"group", `{"type":"Incident","name":"n","xid":"x","eventDate":"yesterday"}`, jobGroup, "not a valid date"},
		{"group", `{"type":"Threat","name":"n","xid":"x","ownerName":"Demo Source"}`, jobGroup, "'ownerName' is not valid"},
		{"group", `{"type":"Threat","name":"n","xid":"x","id":1}`, jobGroup, "'id' is not valid"},
		{"group", `{"type":"Threat","name":"n","xid":"x","tags":{"data":[]}}`, jobGroup, "'tags' is not valid"},
		{"group", `{"type":"Email","name":"n","xid":"x","subject":"s","header":"h"}`, jobGroup, "'body' is required"},
		{"group", `{"type":"Signature","name":"n","xid":"x","fileType":"YARA","fileText":"t"}`, jobGroup, "'fileName' is required"},
		{"group", `{"type":"Threat","name":"n","xid":"x","attribute":[{"type":"Nonsense","value":"v"}]}`, jobGroup, "'Nonsense' is not valid"},
		{"group", `{"type":"Threat","name":"n","xid":"x","attribute":[{"type":"Source","value":"` + strings.Repeat("v", 501) + `"}]}`, jobGroup, "more than 500"},
		{"group", `{"type":"Threat","name":"n","xid":"x","attribute":[{"type":"Source","value":"v","default":true}]}`, jobGroup, "'default' is not valid"},
		{"group", `{"type":"Threat","name":"n","xid":"x","attribute":{"type":"Source"}}`, jobGroup, "'attribute' must be a list"},
		{"group", `{"type":"Threat","name":"n","xid":"x","tag":[{"name":"` + strings.Repeat("t", 129) + `"}]}`, jobGroup, "more than 128"},
		{"group", `{"type":"Threat","name":"n","xid":"x","tag":["t"]}`, jobGroup, "must be objects"},
		{"group", `{"type":"Threat","name":"n","xid":"x","tag":[{"techniqueId":"T1566"}]}`, jobGroup, "'techniqueId' is not valid"},
		{"group", `{"type":"Threat","name":"n","xid":"x","securityLabel":[{"name":"None"}]}`, jobGroup, "'None' does not exist"},
		{"indicator", `{"type":"Host"}`, jobIndicator, "'hostName' is required"},
		{"indicator", `{"summary":"a.example"}`, jobIndicator, "'type' is required"},
		{"indicator", `{"type":"Host","summary":"a..b"}`, jobIndicator, "valid Host"},
		{"indicator", `{"type":"Host","summary":"excluded.example"}`, jobIndicator, "exclusion list"},
		{"indicator", `{"type":"Host","summary":"a.example","confidence":101}`, jobIndicator, "'confidence'"},
		{"indicator", `{"type":"Host","summary":"a.example","value1":"b.example"}`, jobIndicator, "'value1' is not valid"},
		{"indicator", `{"type":"File","summary":"abc"}`, jobIndicator, "valid File"},
		{"association", `{"ref_1":"none","ref_2":"good"}`, jobAssociation, "'none' was not found"},
		{"association", `{"ref_1":"good"}`, jobAssociation, "'ref_2' is required"},
		{"association", `{"ref_1":"good","id_2":99}`, jobAssociation, "ID 99 was not found"},
		{"association", `{"ref_1":"good","id_2":2}`, jobAssociation, "ID 2 was not found in the owner"},
		{"association", `{"ref_1":"good","ref_2":"none.example","type_2":"Host"}`, jobAssociation, "'none.example' was not found"},
		{"association", `{"ref_1":"good","ref_2":"h.example"}`, jobAssociation, "'h.example' was not found"},
		{"association", `{"ref_1":"good","ref_2":"good"}`, jobAssociation, "with itself"},
		{"association", `{"ref_1":"h.example","type_1":"Host","ref_2":"http://h.example","type_2":"URL"}`, jobAssociation, "'associationType' is required"},
		{"association", `{"ref_1":"good","ref_2":"h.example","type_2":"Host","nonsense":1}`, jobAssociation, "'nonsense' is not valid"},
	} {
		in := start(t, Config{ExcludedSummary: []string{"excluded.example"}})
		in.Server.SetSwitches(Switches{})
		in.AddGroup(Group{Type: "Threat", Name: "n", XID: "good"})
		in.AddGroup(Group{Type: "Threat", Name: "n", XID: "elsewhere", Owner: DemoSource})
		in.AddIndicator(Indicator{Type: "Host", Summary: "h.example"})
		in.AddIndicator(Indicator{Type: "URL", Summary: "http://h.example"})
		before := in.saved()
		id := in.job(settings(), `{"`+c.list+`":[`+c.item+`]}`)
		in.counts(id, 0, 1, 0)
		in.get("/v2/batch/" + id + "/results").contains(`"code":"` + c.code + `","severity":"Error"`).contains(c.reason)
		if after := in.saved(); after != before {
			t.Errorf("%s: the state has changed:\n%s", c.item, after)
		}
	}
}

// TestJobIndicators: values under their keys or in the summary; one that exists is
// updated; description is an attribute.
func TestJobIndicators(t *testing.T) {
	in := start(t, Config{IndicatorTypes: []IndicatorType{{Name: "Badge", Labels: []string{"Number", "Site"}}}})
	in.Server.SetSwitches(Switches{})
	in.counts(in.job(settings(), `{"indicator":[{"type":"Host","summary":"A.example","xid":"any","rating":2},{"type":"Address","ip":"1.2.3.4"},
		{"type":"Badge","summary":"7 : HQ"},{"type":"Registry Key","summary":"HKEY_USERS\\Soft :   : REG_SZ"},{"type":"ASN","AS Number":"ASN5"}]}`), 5, 0, 0)
	in.counts(in.job(settings(), `{"indicator":[{"type":"Host","hostName":"a.example","confidence":5,"description":"d","fileOccurrence":{}}]}`), 1, 0, 0)
	in.get("/v3/indicators/1?fields=attributes").equal("data.summary", "a.example").equal("data.rating", "2.00").equal("data.confidence", "5").equal("data.description", "d")
	in.get("/v3/indicators/3").equal("data.Number", "7").equal("data.Site", "HQ")
	in.get("/v3/indicators/4").equal("data.Value Name", " ").equal("data.Value Type", "REG_SZ")
	if n := len(in.Snapshot().Indicators); n != 5 {
		t.Errorf("%d indicators", n)
	}
}

// TestJobAssociations: the lists of the file are worked off in their order, and the
// associations of an item after all items.
func TestJobAssociations(t *testing.T) {
	in := start(t, Config{})
	id := in.job(settings(), `{"association":[{"ref_1":"x","ref_2":"y"}],"group":[{"type":"Threat","name":"x","xid":"x"},{"type":"Threat","name":"y","xid":"y"}]}`)
	in.counts(id, 2, 1, 0)
	in.get("/v2/batch/" + id + "/results").contains("association[0]")
	id = in.job(settings(), `{"group":[{"type":"Threat","name":"z","xid":"z","associatedGroupXid":["x","none","y"]},{"type":"Threat","name":"x","xid":"x"}]}`)
	in.counts(id, 1, 1, 0)
	in.get("/v2/batch/" + id + "/results").contains(`"code":"0x1009"`).contains("'none' was not found").contains("group[0] 'z'")
	in.get("/v3/groups/z"+groupLists).equal("data.associatedGroups.data.0.name", "x").equal("data.associatedGroups.data.1.name", "y")
	in.job(settings(), `{"indicator":[{"type":"Host","summary":"h.example","associatedGroups":[{"groupXid":"z"}]}]}`)
	in.counts(in.job(settings(), `{"association":[{"id_1":1,"ref_2":"h.example","type_2":"Host"},{"id_1":1,"type_1":"Host","ref_1":"ignored","id_2":2,"type_2":"Threat"}]}`), 2, 0, 0)
	in.get("/v3/indicators/1?fields=associatedGroups").equal("data.associatedGroups.data.2.name", "z")
}

// TestJobDeletes groups by xid and indicators by summary and type.
func TestJobDeletes(t *testing.T) {
	in := start(t, Config{})
	in.job(settings(), `{"group":[{"type":"Threat","name":"x","xid":"x"},{"type":"Threat","name":"y","xid":"y"}],"indicator":[{"type":"Host","summary":"h.example"}]}`)
	id := in.job(settings("action", "Delete"), `{"group":[{"type":"Threat","name":"x","xid":"x"},{"type":"Threat","name":"z","xid":"z"}],"indicator":[{"type":"Host","summary":"H.example"}]}`)
	in.counts(id, 2, 1, 0)
	in.get("/v2/batch/" + id + "/results").contains(`"code":"0x1007"`)
	if snap := in.Snapshot(); len(snap.Groups) != 1 || snap.Groups[0].XID != "y" || len(snap.Indicators) != 0 {
		t.Errorf("%+v", snap)
	}
	in.createAndUpload(settings("action", "Delete"), `{}`).want(400).contains("Delete")
}
