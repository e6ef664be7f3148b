package tc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tcimport/internal/intel"
)

func decoded(t *testing.T, kind intel.Kind, text string, asked intel.List) *intel.Remote {
	t.Helper()
	r, err := client(t, nil).newDecoder().remote(kind, value(text), asked)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r
}

func TestDecodeGroup(t *testing.T) {
	r := decoded(t, intel.KindGroup, `{"id":1125899944159843,"ownerId":1,"ownerName":"Demo Organization",
	  "dateAdded":"2021-11-03T14:57:45Z","webLink":"https://tc.example/#/details/groups/3/overview ",
	  "type":"incident","name":"Bad \u0022Incident\u0022","xid":"x-1",
	  "createdBy":{"id":3,"userName":"1111","owner":"Other"},
	  "upVoteCount":"0","downVoteCount":0,"unknownKey":{"deep":[1,{"id":9}]},
	  "status":"NEW","eventDate":"2021-11-03T00:00:00.27Z","lastModified":"2021-11-03T14:57:4511:04:12Z",
	  "firstSeen":"2021-11-02","lastSeen":"garbage","externalDateAdded":null,
	  "tags":{"data":[{"id":10,"name":"Targeted Attack","lastUsed":"2021-11-05T16:43:17Z"},{"id":"11","name":"T1566 - Phishing","techniqueId":"T1566"}],"count":2},
	  "securityLabels":{"data":[{"id":4,"name":"TLP:RED","color":"FF2B2B","owner":"System"}]},
	  "attributes":{"data":[{"id":12,"type":"Description","value":"a\nb","source":"me","pinned":true,"default":true,
	     "securityLabels":{"data":[{"name":"TLP:AMBER"}]}},{"id":13,"type":"Source","value":"x"}]},
	  "associatedGroups":{"data":[{"id":"2","type":"Adversary","name":"A","ownerName":"Demo Source"}]},
	  "associatedIndicators":{"data":[{"id":45,"type":"Host","summary":"bad.example","ownerName":"Demo","rating":5.00,"active":false}]},
	  "associatedArtifacts":{"data":[{"id":5,"summary":"a@b.example","type":"Email Address","intelType":"indicator-EmailAddress"}]},
	  "associatedCases":{"data":[{"id":6,"xid":"c-1","name":"Phishing","status":"Open","severity":"Low","owner":"Demo Organization"}]},
	  "associatedVictimAssets":{"data":[{"id":4,"type":"phone","victimId":2,"phone":"0123456789","webLink":"v.xhtml?victim=2"}]}}`, 0)
	if r.ID != 1125899944159843 || r.Type != "Incident" || r.Name != `Bad "Incident"` || r.XID != "x-1" || r.Owner != "Demo Organization" {
		t.Errorf("got %+v", r)
	}
	if r.WebLink.String() != "https://tc.example/#/details/groups/3/overview" || !r.Added.Equal(time.Date(2021, 11, 3, 14, 57, 45, 0, time.UTC)) {
		t.Errorf("got %q %v", r.WebLink, r.Added)
	}
	fields := map[string]string{}
	for _, f := range r.Fields {
		fields[f.Name] = f.Value
	}
	want := map[string]string{"status": "New", "eventDate": "2021-11-03T00:00:00Z", "firstSeen": "2021-11-02T00:00:00Z"}
	if fmt.Sprint(fields) != fmt.Sprint(want) {
		t.Errorf("fields %v, want %v", fields, want)
	}
	if r.Lists != intel.KindGroup.Spec().Nested {
		t.Errorf("lists %b", r.Lists)
	}
	if len(r.Tags) != 2 || r.Tags[1] != (intel.RemoteTag{ID: 11, Name: "T1566 - Phishing", TechniqueID: "T1566"}) {
		t.Errorf("tags %+v", r.Tags)
	}
	if len(r.SecurityLabels) != 1 || r.SecurityLabels[0] != (intel.RemoteLabel{ID: 4, Name: "TLP:RED"}) {
		t.Errorf("labels %+v", r.SecurityLabels)
	}
	if len(r.Attributes) != 2 || r.Attributes[0].ID != 12 || r.Attributes[0].Value != "a\nb" || r.Attributes[0].Default != intel.Yes || r.Attributes[0].Pinned != intel.Yes ||
		r.Attributes[0].SecurityLabels[0] != "TLP:AMBER" || r.Attributes[1].Default != intel.No || r.Attributes[1].Pinned != intel.No {
		t.Errorf("attributes %+v", r.Attributes)
	}
	var links []string
	for _, l := range r.Links {
		links = append(links, fmt.Sprintf("%s %d %s/%s/%s %v %s", l.Kind, l.ID, l.Type, l.Name, l.Owner, l.Active, l.Scalar("victimId")))
	}
	wantLinks := []string{
		"group 2 Adversary/A/Demo Source true ", "indicator 45 Host/bad.example/Demo false ",
		"artifact 5 Email Address/a@b.example/ true ", "case 6 /Phishing/Demo Organization true ",
		"victimAsset 4 Phone/0123456789/ true 2",
	}
	if strings.Join(links, "\n") != strings.Join(wantLinks, "\n") {
		t.Errorf("links\n%s\nwant\n%s", strings.Join(links, "\n"), strings.Join(wantLinks, "\n"))
	}
	if v, _ := r.Links[1].Fields.Get("rating"); v != "5" && v != "5.00" {
		t.Errorf("rating %q", v)
	}
}

func TestDecodeOtherKinds(t *testing.T) {
	i := decoded(t, intel.KindIndicator, `{"id":4,"ownerId":1,"ownerName":"Demo","type":"Host","rating":5.00,"confidence":85,
	  "description":"x","summary":"bad.example","privateFlag":false,"hostName":"bad.example","dnsActive":true,"associatedGroups":{}}`, intel.ListGroups|intel.ListTags)
	if i.Name != "bad.example" || !i.Active || i.Lists != intel.ListGroups|intel.ListTags {
		t.Errorf("got %+v", i)
	}
	if v, _ := i.Fields.Get("confidence"); v != "85" {
		t.Errorf("confidence %q", v)
	}
	if v, _ := i.Fields.Get("dnsActive"); v != "true" {
		t.Errorf("dnsActive %q", v)
	}
	a := decoded(t, intel.KindArtifact, `{"id":41,"caseId":"1","caseXid":"c","summary":"s","type":"IP Address","dateAdded":"2023-03-09T14:41:27.27Z"}`, 0)
	if a.Scalar("caseId") != "1" || a.Name != "s" || a.Added.Year() != 2023 {
		t.Errorf("got %+v", a)
	}
	c := decoded(t, intel.KindCase, `{"id":1,"xid":"x","name":"N","status":"Open","severity":"High","ownerId":5,"owner":"Org","dateAdded":"2023-03-09T14:41:27.270Z"}`, 0)
	if c.Owner != "Org" || c.XID != "x" || c.Name != "N" {
		t.Errorf("got %+v", c)
	}
	v := decoded(t, intel.KindVictimAsset, `{"id":4,"type":"SocialNetwork","accountName":"me","socialNetwork":"X","victimId":2,"owner":17}`, 0)
	if v.Name != "me" || v.Scalar("victimId") != "2" || v.Type != "SocialNetwork" || v.Owner != "" {
		t.Errorf("got %+v", v)
	}
}

// Every way in which a nested list is known to come, and what it says of itself.
func TestDecodeNestedShapes(t *testing.T) {
	for shape, want := range map[string]struct {
		n      int
		listed bool // though not asked for
	}{
		"":                                {0, false},
		`"tags":null,`:                    {0, false},
		`"tags":{},`:                      {0, true},
		`"tags":{"count":0},`:             {0, true},
		`"tags":{"count":"0"},`:           {0, true},
		`"tags":{"data":null},`:           {0, true},
		`"tags":{"data":[]},`:             {0, true},
		`"tags":[],`:                      {0, true},
		`"tags":[{"name":"a"}],`:          {1, true},
		`"tags":{"data":[{"name":"a"}]},`: {1, true},
		`"tags":{"count":2,"data":[ {"id":1,"name":"a"} , {"id":2,"name":"b"} ]},`: {2, true},
	} {
		text := `{` + shape + `"id":1,"type":"Threat"}`
		if !json.Valid([]byte(text)) {
			t.Fatal(text)
		}
		r := decoded(t, intel.KindGroup, text, 0)
		if len(r.Tags) != want.n || r.Lists.Has(intel.ListTags) != want.listed {
			t.Errorf("%s: %d tags, lists %b", shape, len(r.Tags), r.Lists)
		}
		if r := decoded(t, intel.KindGroup, text, intel.ListTags); !r.Lists.Has(intel.ListTags) {
			t.Errorf("%s: asked for, but not listed", shape)
		}
	}
	// What cannot be understood must not pass for an empty list.
	for _, text := range []string{
		`{"id":1,"tags":"x"}`, `{"id":1,"tags":{"data":"x"}}`, `{"id":1,"tags":7}`, `{"name":"no id"}`, `{"id":"x"}`, `{"id":1.5}`, `[]`,
		`{"id":1,"associatedGroups":{"data":[{"name":"no id"}]}}`, `{"id":1,"associatedGroups":{"data":["x"]}}`,
	} {
		if _, err := client(t, nil).newDecoder().remote(intel.KindGroup, value(text), 0); !errors.Is(err, errShape) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestDecodeFieldValues(t *testing.T) {
	for _, tt := range []struct{ typ, field, value, want string }{
		{"Event", "eventType", `"NONE"`, "None"},
		{"Event", "eventType", `"SOCIAL ENGINEERING (NON-PHISHING)"`, "Social Engineering (non-phishing)"},
		{"Event", "eventType", `"Our Own"`, "Our Own"},
		{"Incident", "status", `"containment achieved"`, "Containment Achieved"},
		{"Document", "fileName", `"None"`, ""},
		{"Document", "fileName", `"a.pdf"`, "a.pdf"},
		{"Document", "status", `"Success"`, ""}, // the state of its file
		{"Document", "malware", `"true"`, "true"},
		{"Document", "malware", `false`, "false"},
		{"Report", "publishDate", `"2021-11-03T00:00:00 "`, ""},
		{"Report", "publishDate", `"2021-11-03T00:00:00Z"`, "2021-11-03T00:00:00Z"},
		{"Threat", "eventDate", `"2021-11-03"`, ""}, // not a field of the type
		{"Email", "subject", `""`, ""},
		{"Email", "subject", `"a\tb \ud83d\ude00"`, "a\tb 😀"},
		{"Signature", "fileText", `"rule x {\n}\n"`, "rule x {\n}\n"},
	} {
		r := decoded(t, intel.KindGroup, `{"id":1,"`+tt.field+`":`+tt.value+`,"type":"`+tt.typ+`"}`, 0)
		got, _ := r.Fields.Get(tt.field)
		if tt.field == "publishDate" && tt.want == "" && got == "2021-11-03T00:00:00Z" {
			continue // a lenient reader may as well understand it
		}
		if got != tt.want {
			t.Errorf("%s %s %s: got %q, want %q", tt.typ, tt.field, tt.value, got, tt.want)
		}
	}
}

func TestInts(t *testing.T) {
	for text, want := range map[string]int64{
		"7": 7, `"7"`: 7, "2251799813014002": 2251799813014002, "9223372036854775807": 9223372036854775807, "3.0": 3, "3e2": 300,
	} {
		if got, ok := value(text).int(); !ok || got != want {
			t.Errorf("%s: %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "null", "1.5", `"x"`, "{}", "1e30", `""`, "true"} {
		if got, ok := value(text).int(); ok {
			t.Errorf("%s: %d", text, got)
		}
	}
}

// The reader of values agrees with encoding/json about everything.
func TestValueAgreesWithJSON(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, `null`, `{"a":1,"b":[1,2,{"c":"}]\"\\"}],"d":"\u00e4\n\/"}`, " { \"a\" : [ ] , \"b\" : { } } ",
		`[1,-2.5e3,true,false,null,"x"]`, `{"a\"b":{"\u0061":1}}`, `"a,b]"`, `[[[]],[{}]]`, "[\"\xff\"]",
	} {
		checkValue(t, []byte(strings.TrimSpace(text)))
	}
}

func checkValue(t *testing.T, text []byte) {
	t.Helper()
	text = bytes.TrimSpace(text)
	if !json.Valid(text) {
		return
	}
	var want any
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	if err := dec.Decode(&want); err != nil {
		return
	}
	got, _ := json.Marshal(plain(value(text)))
	expected, _ := json.Marshal(want)
	if string(got) != string(expected) {
		t.Errorf("%s: got %s, want %s", text, got, expected)
	}
}

// plain reads a value as encoding/json would.
func plain(v value) any {
	switch v.kind() {
	case '{':
		m := map[string]any{}
		for key, val := range v.members() {
			m[string([]rune(string(key)))] = plain(val)
		}
		return m
	case '[':
		list := []any{}
		for e := range v.elements() {
			list = append(list, plain(e))
		}
		return list
	case 'n':
		return nil
	case 't', 'f':
		return v.bool()
	case '"':
		return v.text()
	}
	return json.Number(v.text())
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(oneGroup))
	f.Add([]byte(`{"next":"https://tc.example/api/v3/groups?resultStart=1","data":[{"id":1,"tags":{"data":[{}]},"associatedGroups":[{"id":"2"}]}],"count":"7","status":"Success"}`))
	f.Add([]byte(`{"data":[{"id":1,"attributes":{"data":[{"id":1,"type":"x","value":"\ud800"}]}}]}`))
	f.Add([]byte(`{"errCode":"0x1001","message":"…","status":"Error"}`))
	f.Add([]byte(`{"status":"Success","data":{"indicatorType":[{"name":"X","custom":"true","value1Label":"L"}]}}`))
	f.Add([]byte("{\"a\xff\":[1,\t{\"\":\"\"}]}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		checkValue(t, text)
		checkStream(t, text)
		c, err := New(Config{BaseURL: "https://tc.example/api", Credentials: Credentials{Token: "x"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range intel.Kinds {
			d := c.newDecoder()
			take := func(v value) error {
				r, err := d.remote(kind, v, 0)
				if err == nil && (r.ID <= 0 || r.Kind != kind) {
					t.Errorf("an object without ID: %+v", r)
				}
				return err
			}
			readOne(answerOf(string(text)), false, take)
			readList(answerOf(string(text)), nil, take)
		}
		readLimits(answerOf(string(text)))
		// Reading on after any prefix must end, too.
		readList(answerOf(string(text[:len(text)/2])), nil, func(value) error { return nil })
	})
}
