package main

import (
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

// ownerNames are hard to put into URLs and queries.
var ownerNames = []string{
	"With Blanks  Twice", "A & B", "Left/Right", "1+1=2", "100% Feeds", "%20 literally", "#Hash", `"Quoted"`, "It's", "Ünïcödé 情報 🦦",
	".leading dot", "trailing dot.", "..", "What? Yes", "semi;colon", `Back\slash`, "<Tag>", "comma, bar|", "(Parens) [x] {y}", "~tilde*star!", "`tick`", "a:b@c$d",
}

// TestOwnerNames imports into owners with such names, with both kinds of
// credentials, and finds the groups again: in lists, and by their xid in the
// path where lists do not show them yet.
func TestOwnerNames(t *testing.T) {
	t.Parallel()
	var manifest strings.Builder
	owners := []tcsim.Owner{{ID: 1, Name: tcsim.DemoOrganization, Type: "Organization"}}
	manifest.WriteString("groups:\n")
	for i, name := range ownerNames {
		owners = append(owners, tcsim.Owner{ID: int64(i + 2), Name: name, Type: []string{"Community", "Source"}[i%2]})
		fmt.Fprintf(&manifest, "  - {key: g%d, type: Threat, name: 'Threat %d', owner: %q, tags: [x], associatedIndicators: ['Host:h%d.example']}\n", i, i, name, i)
		fmt.Fprintf(&manifest, "  - {key: x%d, type: Tool, name: 'Tool %d', xid: 'my xid %d+/?&%%#', owner: %q, associatedGroups: [g%d]}\n", i, i, i, name, i)
	}
	for _, c := range []struct{ name, switches, credentials string }{
		{"token", "", "TC_TOKEN=" + tcsim.DemoToken},
		{"hmac", "", "TC_API_SECRET_KEY=" + tcsim.DemoSecretKey},
		{"hmac, lists are late", "list-delay=100000", "TC_API_SECRET_KEY=" + tcsim.DemoSecretKey},
		{"hmac, no long requests", "get-body=refused max-url=700", "TC_API_SECRET_KEY=" + tcsim.DemoSecretKey},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tcsim.Config{Owners: owners}).with("TC_TOKEN=", "TC_API_ACCESS_ID="+tcsim.DemoAccessID, c.credentials)
			w.flip(c.switches)
			w.write("in.yaml", manifest.String())
			w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
			got := w.sim.Snapshot()
			if len(got.Groups) != 2*len(ownerNames) || len(got.Indicators) != len(ownerNames) {
				t.Fatalf("%d groups and %d indicators", len(got.Groups), len(got.Indicators))
			}
			for _, g := range got.Groups {
				var i int
				fmt.Sscanf(g.Name[strings.IndexByte(g.Name, ' '):], "%d", &i)
				if g.Owner != ownerNames[i] || len(g.AssociatedGroups) != 1 {
					t.Errorf("%s is in %q, not in %q, with %d associations", g.Name, g.Owner, ownerNames[i], len(g.AssociatedGroups))
				}
			}
			// Another machine knows nothing but the manifest.
			before := w.everything()
			w.run("apply", "@in.yaml", "--yes", "--report", "@other.csv", "--state-dir", t.TempDir()).mustExit(t, codeOK)
			if after := w.everything(); after != before {
				t.Errorf("the second import changes something:\n%s", lineDiff(before, after))
			}
			for _, name := range ownerNames {
				w.run("plan", "@in.yaml", "--owner", name, "--id-map", "@ids.csv", "--detailed-exitcode").mustExit(t, codeOK)
				break // every owner is the same to the flag; once shows that it gets through
			}
		})
	}
}
