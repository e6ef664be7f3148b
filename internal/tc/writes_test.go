package tc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/golden"
	"tcimport/internal/intel"
)

// full is a write with something of everything.
func full() intel.GroupWrite {
	return intel.GroupWrite{
		Type: "incident", Name: `Bad "Incident" <&> ü`, XID: "tcimport-1", Owner: "Demo Community",
		Fields: intel.Fields{{Name: "eventDate", Value: "2021-11-03T00:00:00Z"}, {Name: "status", Value: "New"}, {Name: "firstSeen", Value: "2021-11-02T00:00:00Z"}},
		Tags:   []intel.Tag{{Name: "Targeted Attack"}, {TechniqueID: "T1566"}}, TagMode: intel.ModeAppend,
		SecurityLabels: []string{"TLP:AMBER"}, LabelMode: intel.ModeReplace,
		Attributes: []intel.RemoteAttribute{
			{Attribute: intel.Attribute{Type: "Description", Value: "a\nb", Source: "analyst", Default: intel.Yes, Pinned: intel.No, SecurityLabels: []string{"TLP:RED"}}},
			{Attribute: intel.Attribute{Type: "Aliases", Value: "x"}},
		}, AttributeMode: intel.ModeAppend,
		LinkModes: map[intel.Kind]intel.Mode{
			intel.KindGroup: intel.ModeAppend, intel.KindIndicator: intel.ModeAppend, intel.KindArtifact: intel.ModeAppend,
			intel.KindCase: intel.ModeAppend, intel.KindVictimAsset: intel.ModeAppend,
		},
		Links: []intel.LinkWrite{
			{Kind: intel.KindGroup, ID: 1125899944159843},
			{Kind: intel.KindGroup, New: &intel.Object{Kind: intel.KindGroup, Type: "Adversary", Summary: "Bad Guy", Owner: "Demo Source"}},
			{Kind: intel.KindIndicator, ID: 678, New: &intel.Object{Summary: "must not be sent"}},
			{Kind: intel.KindIndicator, New: &intel.Object{Kind: intel.KindIndicator, Type: "Address", Summary: "71.6.135.131", Owner: "Demo Community", Details: &intel.Details{Values: []string{"71.6.135.131"}}}},
			{Kind: intel.KindIndicator, New: &intel.Object{
				Kind: intel.KindIndicator, Type: "File", Owner: "Demo Community", Details: &intel.Details{
					Values: []string{"D41D8CD98F00B204E9800998ECF8427E", "", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"},
					Fields: intel.Fields{{Name: "rating", Value: "4.5"}, {Name: "confidence", Value: "80"}, {Name: "active", Value: "false"}},
					Tags:   []intel.Tag{{Name: "dropper"}}, SecurityLabels: []string{"TLP:GREEN"}, Attributes: []intel.Attribute{{Type: "Description", Value: "d"}},
				}}},
			{Kind: intel.KindIndicator, New: &intel.Object{Kind: intel.KindIndicator, Type: "ASN", Owner: "Demo Community", Details: &intel.Details{Values: []string{"ASN12345"}}}},
			{Kind: intel.KindIndicator, New: &intel.Object{Kind: intel.KindIndicator, Type: "Registry Key", Owner: "Demo Community", Details: &intel.Details{Values: []string{`HKEY_LOCAL_MACHINE\X`, "", "REG_SZ"}}}},
			{Kind: intel.KindIndicator, New: &intel.Object{Kind: intel.KindIndicator, Type: "Own Type", Owner: "Demo Community", Details: &intel.Details{Values: []string{"a", "", "c"}}}},
			{Kind: intel.KindArtifact, New: &intel.Object{Kind: intel.KindArtifact, Type: "Email Address", Summary: "a@b.example", Details: &intel.Details{Fields: intel.Fields{{Name: "caseId", Value: "1125899944159843"}, {Name: "derivedLink", Value: "true"}}}}},
			{Kind: intel.KindCase, New: &intel.Object{Kind: intel.KindCase, Summary: "Phishing", Details: &intel.Details{Fields: intel.Fields{{Name: "severity", Value: "Low"}, {Name: "status", Value: "Open"}, {Name: "xid", Value: "tcimport-case"}}}}},
			{Kind: intel.KindVictimAsset, New: &intel.Object{Kind: intel.KindVictimAsset, Type: "SocialNetwork", Summary: "me", Details: &intel.Details{Fields: intel.Fields{{Name: "victimId", Value: "12"}, {Name: "socialNetwork", Value: "X"}}}}},
			{Kind: intel.KindVictimAsset, ID: 5},
		},
	}
}

// What goes over the wire, request by request.
func TestRequests(t *testing.T) {
	ctx := context.Background()
	updating := full()
	updating.ID, updating.XID, updating.Owner, updating.Name = 7, "", "", ""
	deleting := intel.GroupWrite{
		ID: 7, Type: "Incident", Tags: []intel.Tag{{Name: "T1566 - Phishing", TechniqueID: "T1566"}, {Name: "old"}}, TagMode: intel.ModeDelete,
		SecurityLabels: []string{"TLP:RED"}, LabelMode: intel.ModeDelete,
		Attributes: []intel.RemoteAttribute{{ID: 9, Attribute: intel.Attribute{Type: "Source", Value: "gone"}}}, AttributeMode: intel.ModeDelete,
		Links: []intel.LinkWrite{{Kind: intel.KindCase, ID: 3}}, LinkModes: map[intel.Kind]intel.Mode{intel.KindCase: intel.ModeDelete},
	}
	task := intel.GroupWrite{Type: "Task", Name: "T", Owner: "Demo", Fields: intel.Fields{
		{Name: "status", Value: "Not Started"}, {Name: "assignments", Value: `{"data":[{"type":"Assigned","user":{"id":12}}]}`},
	}}
	all := intel.ListAssociations | intel.ListTags | intel.ListAttributes
	var out strings.Builder
	for _, tt := range []struct {
		name string
		do   func(*Client) error
	}{
		{"create", func(c *Client) error { _, err := c.CreateGroup(ctx, full(), all, "sightings", "tags"); return err }},
		{"create a task", func(c *Client) error { _, err := c.CreateGroup(ctx, task, 0); return err }},
		{"update", func(c *Client) error { _, err := c.UpdateGroup(ctx, updating, 0); return err }},
		{"rename", func(c *Client) error {
			_, err := c.UpdateGroup(ctx, intel.GroupWrite{ID: 7, Type: "Incident", Name: "new", XID: "x", Owner: "o", TagMode: intel.ModeReplace}, 0)
			return err
		}},
		{"delete entries", func(c *Client) error { _, err := c.UpdateGroup(ctx, deleting, 0); return err }},
		{"delete a group", func(c *Client) error { return c.Delete(ctx, intel.KindGroup, 7) }},
		{"update an attribute", func(c *Client) error {
			_, err := c.UpdateGroupAttribute(ctx, 9, full().Attributes[0].Attribute)
			return err
		}},
		{"update an indicator", func(c *Client) error { return c.UpdateIndicator(ctx, 678, full().Links[4].New) }},
		{"update an indicator with nothing", func(c *Client) error { return c.UpdateIndicator(ctx, 678, &intel.Object{Kind: intel.KindIndicator}) }},
		{"read", func(c *Client) error { _, err := c.Group(ctx, 7, all, "sightings"); return err }},
		{"read by xid", func(c *Client) error {
			_, err := c.GroupByXID(ctx, "R&D / Lab+1", "MOLERATSintrusion set/1", intel.ListTags)
			if IsNotFound(err) {
				err = nil
			}
			return err
		}},
		{"search", func(c *Client) error {
			return drainSeq(c.Search(ctx, intel.KindGroup, Query{Owner: "Demo Community", Lists: intel.ListTags}))
		}},
		{"search indicators", func(c *Client) error {
			return drainSeq(c.Search(ctx, intel.KindIndicator, Query{TQL: `typeName in ("Host") or x=1`, Lists: intel.ListVictimAssets, PageSize: 5}))
		}},
		{"linked", func(c *Client) error {
			return drainSeq(c.Linked(ctx, &intel.Remote{Kind: intel.KindGroup, ID: 7}, intel.KindGroup))
		}},
		{"count", func(c *Client) error { _, err := c.Count(ctx, intel.KindGroup, Query{Owner: "Demo"}); return err }},
	} {
		c := client(t, func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(&out, "-- %s --\n%s\n\n", tt.name, recorded(r))
			if r.Method == "GET" && (strings.Contains(r.URL.RawQuery, "tql") || strings.Contains(r.URL.RawQuery, "resultLimit")) {
				status(200, `{"data":[],"status":"Success"}`)(w, r)
				return
			}
			status(200, oneGroup)(w, r)
		}, func(cfg *Config) { cfg.ActivityLog = true })
		if err := tt.do(c); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	golden.File(t, "requests.golden", out.String())
}

func drainSeq(seq func(func(*intel.Remote, error) bool)) error {
	var first error
	for _, err := range seq {
		if err != nil && first == nil {
			first = err
		}
	}
	return first
}

// What a caller must not ask for is refused before anything is sent.
func TestWritesRefused(t *testing.T) {
	ctx := context.Background()
	with := func(change func(*intel.GroupWrite)) intel.GroupWrite {
		w := intel.GroupWrite{ID: 7, Type: "Task", Name: "N"}
		change(&w)
		return w
	}
	many := slices.Repeat([]intel.Tag{{Name: "x"}}, MaxEntries+1)
	for name, w := range map[string]intel.GroupWrite{
		"no ID":             with(func(w *intel.GroupWrite) { w.ID = 0 }),
		"no such type":      with(func(w *intel.GroupWrite) { w.Type = "Thing" }),
		"nothing":           with(func(w *intel.GroupWrite) { w.Name = "" }),
		"no such field":     with(func(w *intel.GroupWrite) { w.Fields = intel.Fields{{Name: "eventDate", Value: "2021-11-03T00:00:00Z"}} }),
		"create-only field": with(func(w *intel.GroupWrite) { w.Fields = intel.Fields{{Name: "status", Value: "Completed"}} }),
		"no mode":           with(func(w *intel.GroupWrite) { w.Tags = many[:1] }),
		"too many entries":  with(func(w *intel.GroupWrite) { w.Tags, w.TagMode = many, intel.ModeAppend }),
		"unknown attribute": with(func(w *intel.GroupWrite) {
			w.Attributes, w.AttributeMode = make([]intel.RemoteAttribute, 1), intel.ModeDelete
		}),
		"link to nothing": with(func(w *intel.GroupWrite) { w.Links = []intel.LinkWrite{{Kind: intel.KindCase}} }),
		"new one to delete": with(func(w *intel.GroupWrite) {
			w.Links, w.LinkModes = full().Links[1:2], map[intel.Kind]intel.Mode{intel.KindGroup: intel.ModeDelete}
		}),
		"indicator's owner": with(func(w *intel.GroupWrite) {
			w.Links = []intel.LinkWrite{{Kind: intel.KindIndicator, New: &intel.Object{Kind: intel.KindIndicator, Type: "Host", Summary: "a.example"}}}
		}),
		"indicator of no value": with(func(w *intel.GroupWrite) {
			w.Links = []intel.LinkWrite{{Kind: intel.KindIndicator, New: &intel.Object{Kind: intel.KindIndicator, Type: "Host", Owner: "Demo"}}}
		}),
	} {
		c := client(t, func(http.ResponseWriter, *http.Request) { t.Errorf("%s: sent", name) })
		if _, err := c.UpdateGroup(ctx, w, 0); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	c := client(t, func(http.ResponseWriter, *http.Request) { t.Error("sent") })
	for _, w := range []intel.GroupWrite{
		{Type: "Threat", Name: "N"}, {Type: "Threat", Owner: "O"}, {ID: 1, Type: "Threat", Name: "N", Owner: "O"},
	} {
		if _, err := c.CreateGroup(ctx, w, 0); err == nil {
			t.Errorf("%+v: no error", w)
		}
	}
	for _, xid := range []string{"", ".", ".."} {
		if _, err := c.GroupByXID(ctx, "Demo", xid, 0); err == nil || IsNotFound(err) {
			t.Errorf("xid %q: %v", xid, err)
		}
	}
}

// Lists that a write asked for are only taken for complete where they are there.
func TestWriteAnswer(t *testing.T) {
	body := `{"data":{"id":"7","type":"Threat","name":"N","associatedIndicators":{"data":[{"id":45,"type":"Host","summary":"a.example","ownerName":"Demo","webLink":"w"}]},"tags":{}},"status":"Success"}`
	c := client(t, status(200, body)) // 200 is as good as 201
	r, err := c.CreateGroup(t.Context(), threat(), intel.ListIndicators|intel.ListTags|intel.ListAttributes)
	if err != nil {
		t.Fatal(err)
	}
	if r.ID != 7 || r.Lists != intel.ListIndicators|intel.ListTags || len(r.Linked(intel.KindIndicator)) != 1 || r.Links[0].WebLink.String() != "w" {
		t.Errorf("got %+v", r)
	}
}

func TestExistsOnCreate(t *testing.T) {
	for _, h := range []http.HandlerFunc{
		status(409, `{"errCode":"0x1006","message":"An item already exists with the same unique information.","status":"Error"}`),
		status(400, `{"message":"A group with this xid already exists","status":"Error"}`),
		status(200, `{"message":"xid already exists","status":"Failure"}`),
	} {
		_, err := client(t, h).CreateGroup(t.Context(), threat(), 0)
		if !IsExists(err) || IsInDoubt(err) {
			t.Errorf("got %v", err)
		}
	}
}

func TestGroupByXIDOfAnother(t *testing.T) {
	for _, tt := range []struct {
		xid, answer string
		found       bool
	}{
		{"x-1", `"xid":"x-1",`, true},
		{"x-1", ``, true}, // old servers do not say
		{"x-1", `"xid":"X-1",`, false},
		{"123", ``, false}, // was read as an ID
		{"123", `"xid":"123",`, true},
	} {
		c := client(t, status(200, `{"data":{`+tt.answer+`"id":123,"type":"Threat","name":"N"},"status":"Success"}`))
		r, err := c.GroupByXID(t.Context(), "Demo", tt.xid, 0)
		if tt.found != (err == nil) || !tt.found && !errors.Is(err, ErrNotFound) || tt.found && r.XID != tt.xid {
			t.Errorf("%s, %s: %v, %v", tt.xid, tt.answer, r, err)
		}
	}
}
