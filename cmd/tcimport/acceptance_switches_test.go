package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// switchValues are the values to try of switches that take a number or a text.
var switchValues = map[string][]string{
	"nested-cap": {"1", "2", "5"}, "page-limit": {"1", "3"}, "list-delay": {"2", "60"}, "list-delay-ms": {"300"}, "xid-delay-ms": {"300000"}, "attribute-list-delay-ms": {"300000"},
	"nested-delay-ms": nil, // TestNestedListsThatLagDuplicateNothing
	"first-id":        {"9007199254740993"}, "name-limit": {"100", "10"}, "max-url": {"2000", "400"}, "tql-values": {"1", "5"},
	"auth-after": {"3"}, "auth-for": {"2"}, "clock-offset": {"3600", "-3600"}, "rate-limit": {"30"}, "retry-seconds": {"2"},
	// With these the instance has other data in the end than without.
	"date-shift": nil, "archived-groups": nil, "read-only-after": nil, "required-attribute": nil,
	"not-licensed": {"1", "-1"}, "unavailable": {"1"}, "tag-rule": {"Targeted Attack>Imported"},
}

// switchCombinations are instances that are odd in more than one way.
var switchCombinations = []string{
	"old-shapes=true ids-as-strings=true dates=glued empty-nested=count event-type-case=upper",
	"page-limit=2 next=foreign count=missing default-order=name",
	"page-limit=1 next=no-api over-limit=clamped own-group=true",
	"next=absent over-limit=clamped own-group=true default-order=id-asc",
	"get-body=refused max-url=700 summary-case=sensitive",
	"get-body=ignored page-limit=3 body-next=absent",
	"tql-values=5 tql-timeout=invalid nested-cap=2",
	"tql-values=5 tql-timeout=refused get-body=refused",
	"nested-cap=2 own-group=true page-limit=2",
	"post-fields=ignored nested-metadata=ignored ids-as-strings=true first-id=9007199254740993",
	"existing-indicator=exists409 inactive=shown host-case=kept ipv6=compressed",
	"existing-xid=upsert201 xid-scope=instance xid-slash=refused xid-case=insensitive",
	"attribute-append=dedupes replace-empty=refused touch=both put-status=202",
	"partial-writes=true cross-owner=off400 no-err-code=true failure-status=true",
	"unknown-keys=refused unknown-fields=refused request-dates=strict owner-conflict=refused group-type-case=exact",
	"list-delay=40 existing-xid=conflict400 existing-indicator=exists400",
	"unavailable=1 retry-after=date votes-as-numbers=true",
	"auth-failure=unauthorized auth-after=30 auth-for=1",
	"auth-failure=signature auth-after=30 auth-status=403 auth-for=1",
}

// effect is what differs on an instance with a switch: everything else is as it
// is without.
type effect struct {
	code    int                              // of apply
	says    string                           // on stderr; the refusal of a run that writes nothing
	change  func(want, before string) string // of the state
	pending string                           // what may be left to be done: words that each such line has one of
	again   int                              // code of a second apply, where something is pending
}

// leaveOut leaves lines out that were not there before.
func leaveOut(line string) func(want, before string) string {
	return func(want, before string) string {
		return without(want, before, func(_, l string) bool { return l == line })
	}
}

// withinOwners leaves out the associations of objects of different owners;
// cases and what hangs on them and on victims is the Organization's.
func withinOwners(want, before string) string {
	ownerOf := func(s string) string {
		if _, owner, ok := strings.Cut(s, " in "); ok {
			return owner
		}
		return tcsim.DemoOrganization
	}
	return without(want, before, func(head, line string) bool {
		return strings.HasPrefix(line, "-> ") && ownerOf(line) != ownerOf(head)
	})
}

// without leaves out the lines of a state that match, unless they were there
// before.
func without(state, before string, match func(head, line string) bool) string {
	had := blocksOf(before)
	var b strings.Builder
	head := ""
	for line := range strings.Lines(state) {
		text := strings.TrimSuffix(line, "\n")
		if !strings.HasPrefix(line, " ") {
			head = text
		} else if match(head, strings.TrimSpace(text)) && !had[head+" |"+text] {
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}

// plainTechniques leaves the IDs out of the names of ATT&CK tags, which changes
// the order of the tags of a group.
func plainTechniques(want, _ string) string {
	want = regexp.MustCompile(`tag T[0-9.]+ - `).ReplaceAllString(want, "tag ")
	return regexp.MustCompile(`(?m)(^ +tag .*\n)+`).ReplaceAllStringFunc(want, func(tags string) string {
		lines := strings.SplitAfter(tags, "\n")
		slices.Sort(lines)
		return strings.Join(lines, "")
	})
}

func compressedIPv6(want, _ string) string {
	return strings.ReplaceAll(want, "2001:db8:0:0:0:0:0:7", "2001:db8::7")
}

const noLicense = "tcimport: list owners: the API is not licensed or is off (503, 0x1007): The API is not licensed or has been disabled for this ThreatConnect instance.\n" +
	"  ask the administrator of the instance to enable its API\n"

const checkCredentials = "  check the credentials: the token may have expired or been replaced, or the API user may be disabled\n"

// effects by switch, and by whole combination.
var effects = map[string]effect{
	"not-licensed=1":         {code: codeDenied, says: noLicense},
	"not-licensed=-1":        {code: codeDenied, says: noLicense},
	"auth-failure=signature": {code: codeDenied, says: "tcimport: list owners: the signature is wrong (401, 0x1002): Signature data did not match expected result [after 2 tries]\n"},
	"auth-failure=timestamp": {code: codeDenied, says: "tcimport: list owners: the clock is off (401, 0x1002): Timestamp out of acceptable time range [after 2 tries]\n"},
	"auth-failure=denied":    {code: codeDenied, says: "tcimport: list owners: access denied (401, 0x1002): Access Denied [after 2 tries]\n"},
	"auth-failure=html":      {code: codeDenied, says: "tcimport: list owners: the credentials are not accepted (401): HTTP Status 401 [after 2 tries]\n" + checkCredentials},
	"auth-failure=unauthorized": {code: codeDenied, says: "tcimport: list owners: the credentials are not accepted (401, 0x1002): Unauthorized [after 2 tries]\n" +
		checkCredentials},
	"name-limit=10": {code: codeError, says: `name "Quiet Otter" has 11 characters: at most 10 are accepted`},
	"tql-values=1":  {code: codeError, says: "the query takes too long (500, 0x1007): The TQL query exceeded the timeout of the instance.\n  ask the administrator for a longer TQL timeout"},

	"v2=missing": {code: codeError, says: "some indicators have types that are not built in, and the instance does not list its custom types: list indicator types: not found (404)"},

	// The instance does not do what it is told, which is its right.
	"ipv6=compressed":     {change: compressedIPv6},
	"technique-name=name": {change: plainTechniques},
	"attribute-text=escaped": {change: func(want, _ string) string {
		return strings.NewReplacer(`& <tags>" default`, `&amp; &lt;tags&gt;" default`, `?a=b&c=d" default`, `?a=b&amp;c=d" default`).Replace(want)
	}},
	"attribute-text=squeezed": {change: func(want, _ string) string { return strings.ReplaceAll(want, `First line\nand`, "First line and") }},
	"attribute-text=plain": {change: func(want, _ string) string {
		return strings.NewReplacer(`First line\nand`, "First line and", "Öttér 🦦", "Öttér").Replace(want)
	}},
	"task-status=refused": {code: codeIncomplete, change: leaveOut(`status: "Waiting on Someone"`)},
	"cross-owner=off400":  {code: codeIncomplete, change: withinOwners, pending: "->", again: codeIncomplete},
	"cross-owner=off403":  {code: codeIncomplete, change: withinOwners, pending: "->", again: codeIncomplete},
	"partial-writes=true cross-owner=off400 no-err-code=true failure-status=true": {code: codeIncomplete, change: withinOwners, pending: "->", again: codeIncomplete},
	"nested-metadata=ignored":           {change: leaveOut("whoisActive: false")}, // what is not there is false
	"tag-rule=Targeted Attack>Imported": {change: leaveOut("tag Targeted Attack")},

	// The answers do not tell what became of a tag.
	"post-fields=ignored": {pending: "Otter Group"},
	"post-fields=ignored nested-metadata=ignored ids-as-strings=true first-id=9007199254740993": {change: leaveOut("whoisActive: false"), pending: "Otter Group"},
	"existing-indicator=exists409 inactive=shown host-case=kept ipv6=compressed": {
		change: compressedIPv6},
	// Every write is in doubt; a tag that has another name then is missing for good.
	"success-status=missing": {code: codeIncomplete, pending: "Otter Group", again: codeOK},
}

// everySwitch is each value of each switch, and the combinations. Switches of the
// Batch API are left out: these runs send no jobs.
func everySwitch(t *testing.T) []string {
	var out []string
	for _, d := range tcsim.SwitchNames() {
		if strings.HasPrefix(d.Name, "batch") {
			continue
		}
		values := d.Values
		if own, ok := switchValues[d.Name]; ok {
			values = own
		} else if len(values) < 2 {
			t.Errorf("there is no value to try of the switch %s", d.Name)
			continue
		}
		for _, v := range values {
			if v != d.Default {
				out = append(out, d.Name+"="+v)
			}
		}
	}
	return append(out, switchCombinations...)
}

func (w *world) flip(switches string) {
	w.t.Helper()
	sw := w.sim.Switches()
	rest := switches
	for rest != "" {
		one := rest
		if i := strings.IndexByte(rest, ' '); i >= 0 && !strings.Contains(rest, ">") {
			one, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		if err := tcsim.ParseSwitch(&sw, one); err != nil {
			w.t.Fatal(err)
		}
	}
	w.sim.SetSwitches(sw)
}

// TestLargeSwitches imports everything into empty instances that answer otherwise.
func TestLargeSwitches(t *testing.T) {
	t.Parallel()
	all := everySwitch(t)
	trySwitches(t, func(w *world) *world { return w }, testkit.Size(all, some(all, 6)))
}

// some is one of every n.
func some[T any](list []T, n int) []T {
	var out []T
	for i := 0; i < len(list); i += n {
		out = append(out, list[i])
	}
	return out
}

// TestLargeSwitchesWhereMuchExists does so where a part of everything is there.
func TestLargeSwitchesWhereMuchExists(t *testing.T) {
	testkit.SkipUnderRace(t)
	t.Parallel()
	// Where no write is known to have succeeded, what is adopted stays in doubt.
	all := slices.DeleteFunc(everySwitch(t), func(name string) bool { return name == "success-status=missing" })
	trySwitches(t, halfIn, all)
}

// trySwitches flips each switch of an instance that has what begin makes. All of it is in
// virtual time: some instances make the client wait.
func trySwitches(t *testing.T, begin func(*world) *world, names []string) {
	var state []byte
	var want string
	start := func(t *testing.T) *world { return everythingIn(newQuietWorld(t, everythingConfig())) }
	synctest.Test(t, func(t *testing.T) {
		w := begin(start(t))
		state = stateOf(w)
		w.run("apply", "@everything.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
		want = w.everything()
	})
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Hour) // what begin makes is older
				w := start(t)
				w.load(state)
				checkSwitch(t, w, name, want)
			})
		})
	}
}

func checkSwitch(t *testing.T, w *world, name, want string) {
	before, e := w.everything(), effects[name]
	w.flip(name)
	r := w.run("apply", "@everything.yaml", "--yes", "--report", "@ids.csv", "--timeout", "5s", "--quiet").mustExit(t, e.code)
	if !strings.Contains(r.err, e.says) {
		t.Errorf("stderr lacks\n%s\nit is\n%s", e.says, r.err)
	}
	if e.says != "" {
		if got := w.everything(); got != before || w.sim.Stats().Writes > 0 {
			t.Errorf("refused, but something was written:\n%s", lineDiff(before, got))
		}
		return
	}
	if e.change != nil {
		want = e.change(want, before)
	}
	if got := w.everything(); got != want {
		t.Fatalf("the instance has something else:\n%s\n%s", lineDiff(want, got), r.err)
	}
	plan := w.run("plan", "@everything.yaml", "--id-map", "@ids.csv", "--json").mustExit(t, codeOK)
	for _, line := range pendingIn(t, plan.out) {
		if e.pending == "" || !slices.ContainsFunc(strings.Split(e.pending, "|"), func(s string) bool { return strings.Contains(line, s) }) {
			t.Errorf("left to be done: %s", line)
		}
	}
	if e.pending == "" {
		return
	}
	w.run("apply", "@everything.yaml", "--yes", "--id-map", "@ids.csv", "--report", "@ids.csv", "--timeout", "5s", "--quiet").mustExit(t, e.again)
	if got := w.everything(); got != want {
		t.Errorf("the second run changes something:\n%s", lineDiff(want, got))
	}
}
