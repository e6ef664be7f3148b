package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

// refusal is something that an instance does not want, until the cause is gone.
type refusal struct {
	name     string
	manifest string
	before   tcsim.Config // refuses
	after    tcsim.Config // does not
	switches string       // before
	proxy    func(r *http.Request, body string, s *tcsim.Snapshot) string
	rows     []string // kind, key, status and the server's words, of each row that is not ok
}

const threeOwners = `namespace: refusals
groups:
  - {key: home, type: Threat, name: At home, tags: [x], attributes: [{type: Description, value: d}, {type: Aliases, value: al}], securityLabels: [TLP:RED],
     associatedGroups: [com, src], associatedIndicators: ['Host:evil.example', 'Host:good.example']}
  - {key: com, type: Incident, name: In the community, owner: Demo Community, tags: [y], attributes: [{type: Aliases, value: al}], securityLabels: [TLP:GREEN],
     associatedIndicators: ['Host:com.example']}
  - {key: src, type: Report, name: In the source, owner: Demo Source, attributes: [{type: Aliases, value: al}, {type: Description, value: d}], associatedIndicators: ['Host:src.example']}
`

func oneUser(role string, access map[string]tcsim.Access) tcsim.Config {
	return tcsim.Config{Users: []tcsim.User{{AccessID: "2", SecretKey: "s", Token: "APIV2:9:user:1:second", Organization: tcsim.DemoOrganization,
		OrganizationRole: role, Access: access}}}
}

func access(community, source string) map[string]tcsim.Access {
	return map[string]tcsim.Access{tcsim.DemoCommunity: {Role: community}, tcsim.DemoSource: {Role: source}}
}

const (
	readOnly  = `the API user may not write groups in "Demo Community" (permGroup is READ)`
	noAdmin   = "The user does not have the Organization role that this operation needs."
	noCross   = "Items of different owners cannot be associated."
	exclusion = "This indicator is contained on a system-wide exclusion list."
	unmapped  = "The attribute type 'Aliases' is not valid."
	noLabel   = "label"
)

var refusals = []refusal{
	{
		name: "excluded indicator", manifest: threeOwners, before: tcsim.Config{ExcludedSummary: []string{"evil.example"}},
		rows: []string{"indicator Host:evil.example failed " + exclusion, "association home failed " + exclusion},
	},
	{
		name: "attribute type in one owner only", manifest: threeOwners,
		proxy: func(r *http.Request, body string, s *tcsim.Snapshot) string {
			inSource := strings.Contains(body, `"ownerName":"Demo Source"`)
			for _, g := range s.Groups {
				inSource = inSource || g.Owner == tcsim.DemoSource && strings.HasSuffix(r.URL.Path, fmt.Sprintf("/groups/%d", g.ID))
			}
			if inSource && strings.Contains(body, `"type":"Aliases"`) {
				return unmapped
			}
			return ""
		},
		rows: []string{"group src failed " + unmapped},
	},
	{
		name: "label of another owner", manifest: strings.Replace(threeOwners, "[TLP:GREEN]", "[Internal, TLP:GREEN]", 1),
		before: tcsim.Config{SecurityLabels: []tcsim.SecurityLabel{{Name: "Internal", Owner: tcsim.DemoOrganization}}},
		after:  tcsim.Config{SecurityLabels: []tcsim.SecurityLabel{{Name: "Internal"}}},
		rows:   []string{"group com failed " + noLabel},
	},
	{
		name: "cross-owner off", manifest: threeOwners, switches: "cross-owner=off403",
		rows: []string{"association * failed " + noCross, "association * failed " + noCross},
	},
	{
		name: "no permission in one owner", manifest: threeOwners,
		before: oneUser("Standard User", access("Read Only User", "Editor")), after: oneUser("Standard User", access("Editor", "Editor")),
		rows: []string{"group com failed " + readOnly, "indicator Host:com.example not-attempted no group that names it was written",
			"association com not-attempted " + readOnly, "association com not-attempted " + readOnly},
	},
	{
		name: "case objects without the role", manifest: threeOwners + "  - {key: more, type: Threat, name: More, associatedCases: [{name: A case, severity: Low, status: Open}]}\n",
		before: oneUser("Standard User", access("Editor", "Editor")), after: oneUser("Organization Administrator", access("Editor", "Editor")),
		rows: []string{"case Case/A case failed " + noAdmin, "association more failed " + noAdmin},
	},
}

// TestRefusals: what is refused is named with the words of the instance, all
// else is made, and once the cause is gone both the manifest and the one of what
// failed bring the rest.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range refusals {
		for _, way := range []string{"again", "failed"} {
			t.Run(c.name+"/"+way, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, c.before)
				if len(c.before.Users) > 0 {
					w.with("TC_TOKEN=" + c.before.Users[0].Token)
				}
				w.flip(c.switches)
				w.refuseBy(c.proxy)
				w.write("in.yaml", c.manifest)
				r := w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv", "--failed", "@failed.yaml", "--skip-conflicts").mustExit(t, codeIncomplete)
				checkRefused(t, w.read("ids.csv"), c.rows, r.out)

				free := newWorld(t, c.after)
				free.write("in.yaml", c.manifest)
				free.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)

				w.become(c.after)
				w.refuseBy(nil)
				manifest := map[string]string{"again": "@in.yaml", "failed": "@failed.yaml"}[way]
				r = w.run("apply", manifest, "--yes", "--report", "@second.csv").mustExit(t, codeOK)
				keys := strings.Fields("home com src more")
				want, got := dump(free.sim.Snapshot(), "refusals", keys...), dump(w.sim.Snapshot(), "refusals", keys...)
				if got = timeless(got); got != timeless(want) {
					t.Errorf("the instance has something else than without refusals:\n%s\n%s\n%s", lineDiff(want, got), r.out, w.read("failed.yaml"))
				}
				w.run("plan", "@in.yaml", "--detailed-exitcode", "--id-map", "@second.csv").mustExit(t, codeOK)
			})
		}
	}
}

// TestKnownRefusalsAreNotSent: groups of an owner that the API user may only read
// cost no request beside a mixed import, associations with another owner only a
// few where the instance has none.
func TestKnownRefusalsAreNotSent(t *testing.T) {
	t.Parallel()
	const n = 20
	var mixed, cross strings.Builder
	mixed.WriteString("namespace: n\ngroups:\n")
	cross.WriteString("namespace: n\ngroups:\n")
	for i := range n {
		fmt.Fprintf(&mixed, "  - {type: Threat, name: Own %d}\n  - {type: Threat, name: Other %d, owner: Demo Community, tags: [x], attributes: [{type: Description, value: d}]}\n", i, i)
		fmt.Fprintf(&cross, "  - {type: Threat, name: Own %d, associatedIndicators: [", i)
		for j := range 50 {
			fmt.Fprintf(&cross, "{type: Host, summary: h%d-%d.example, owner: Demo Source}, ", i, j)
		}
		cross.WriteString("]}\n")
	}
	user := oneUser("Standard User", access("Read Only User", "Editor"))
	w := newWorld(t, user)
	w.with("TC_TOKEN=" + user.Users[0].Token)
	w.write("in.yaml", mixed.String())
	w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv", "--skip-conflicts").mustExit(t, codeIncomplete)
	if got := w.sim.Stats().Writes; got != n {
		t.Errorf("%d writes for %d groups that may be written", got, n)
	}
	w = newWorld(t, tcsim.Config{})
	w.flip("cross-owner=off403")
	w.write("in.yaml", cross.String())
	w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeIncomplete)
	if got := w.sim.Stats().Writes; got > n+150 {
		t.Errorf("%d writes for %d groups", got, n)
	}
}

// timeless leaves out the dates that the instance makes up.
func timeless(state string) string {
	return without(state, "", func(_, line string) bool { return strings.HasPrefix(line, "caseOpenTime") })
}

// checkRefused compares the rows of a report that are not ok.
func checkRefused(t *testing.T, report string, want []string, out string) {
	t.Helper()
	left := append([]string(nil), want...)
rows:
	for _, c := range cellsOf(t, report)[1:] {
		if c[9] == "ok" {
			continue
		}
		for i, l := range left {
			f := strings.SplitN(l, " ", 2)
			rest := f[1]
			if key := c[1] + " " + c[9] + " "; strings.HasPrefix(rest, key) {
				rest = rest[len(key):]
			} else if rest, _ = strings.CutPrefix(rest, "* "+c[9]+" "); rest == f[1] {
				continue
			}
			if c[0] == f[0] && strings.Contains(c[10], rest) {
				left = append(left[:i:i], left[i+1:]...)
				continue rows
			}
		}
		t.Errorf("unexpected: %v", c[:11])
	}
	if len(left) > 0 {
		t.Errorf("the report lacks %q\n%s\n%s", left, report, out)
	}
}

// become makes the instance one of another configuration, with the same objects.
func (w *world) become(cfg tcsim.Config) {
	w.t.Helper()
	var state map[string]any
	d := json.NewDecoder(bytes.NewReader(stateOf(w)))
	d.UseNumber()
	if err := d.Decode(&state); err != nil {
		w.t.Fatal(err)
	}
	delete(state, "excludedSummaries")
	if cfg.SecurityLabels != nil {
		state["securityLabels"] = cfg.SecurityLabels
	}
	b, err := json.Marshal(state)
	if err != nil {
		w.t.Fatal(err)
	}
	next := tcsim.New(cfg)
	if err := next.Load(bytes.NewReader(b)); err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sim = next
}

// refuseBy refuses the writes to which f has something to say.
func (w *world) refuseBy(f func(*http.Request, string, *tcsim.Snapshot) string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before = nil
	if f == nil {
		return
	}
	w.before = func(rw http.ResponseWriter, r *http.Request) bool {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		says := f(r, string(body), w.sim.Snapshot())
		if r.Method == http.MethodGet || says == "" {
			return false
		}
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(rw, `{"errCode":"0x1001","message":%q,"status":"Error"}`, says)
		return true
	}
}
