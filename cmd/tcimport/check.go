package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tcimport/internal/intel"
	"tcimport/internal/report"
	"tcimport/internal/tc"
)

// checkOptions are the options of the command check.
type checkOptions struct {
	read readOptions
	conn connectOptions
}

func (p *program) newCheck() *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check [MANIFEST...]",
		Short: "Credentials, clock, owner and permissions, limits: ready to import?",
		Long: `Check everything that an import depends on, and say what to do about what is not
as it should be: the URL, TLS, the clock, the credentials, the owner and what the
API user may do there, security labels, attribute types and limits. With
manifests it checks what these need.`,
		Example: "  tcimport check\n  tcimport check incidents.yaml --owner 'Demo Community'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.conn.check(cmd); err != nil {
				return err
			}
			return p.runCheck(cmd.Context(), &o, args)
		},
	}
	o.read.addFlags(cmd)
	o.conn.addFlags(cmd)
	return cmd
}

// finding is what came of one check.
type finding struct {
	Check  string `json:"check"`
	Status string `json:"status"` // ok, problem, unknown
	Text   string `json:"text"`
	Hint   string `json:"hint,omitempty"`

	code int
}

// checking is a run of check.
type checking struct {
	*program
	client   *tc.Client
	findings []finding
}

func (c *checking) ok(check, format string, args ...any) {
	c.findings = append(c.findings, finding{Check: check, Status: "ok", Text: fmt.Sprintf(format, args...)})
}

func (c *checking) unknown(check string, err error) {
	c.findings = append(c.findings, finding{Check: check, Status: "unknown", Text: err.Error(), Hint: tc.Hint(err)})
}

func (c *checking) problem(check string, code int, hint, format string, args ...any) {
	c.findings = append(c.findings, finding{Check: check, Status: "problem", Text: fmt.Sprintf(format, args...), Hint: hint, code: code})
}

func (p *program) runCheck(ctx context.Context, o *checkOptions, args []string) error {
	im := &intel.Import{}
	var manifest *intel.Manifest
	if len(args) > 0 {
		var err error
		if manifest, im, err = o.read.read(p, args, nil); err != nil {
			return err
		}
	}
	conn, err := p.connect(&o.conn, false, p.onWait(p.newProgress()))
	if err != nil {
		return err
	}
	c := &checking{program: p, client: conn.client}
	c.ok("url", "%s", conn.url)
	owners, ok := c.credentials(ctx)
	if ok {
		c.clock()
		c.owners(ctx, o.read.defaultOwner(p), owners, im)
		c.instance(ctx, o, manifest, im)
	}
	return c.tell()
}

// credentials asks for the owners: the first request shows whether the
// instance is reached at all, and lets the user in.
func (c *checking) credentials(ctx context.Context) ([]intel.Owner, bool) {
	owners, err := c.client.Owners(ctx)
	if err != nil {
		check := "credentials"
		if !tc.IsDenied(err) {
			check = "connection"
		}
		c.problem(check, codeOf(err), tc.Hint(err), "%v", err)
		if errors.Is(err, tc.ErrClock) {
			c.clock()
		}
		return nil, false
	}
	c.ok("connection", "the instance answers")
	c.ok("credentials", "accepted; the API user sees %d owners", len(owners))
	return owners, true
}

// clock compares the clocks: with HMAC a request must not be more than five
// minutes off.
func (c *checking) clock() {
	skew, known := c.client.ClockSkew()
	size := skew.Abs().Round(time.Second)
	const allowed, worrying = 5 * time.Minute, time.Minute
	switch {
	case !known:
		c.unknown("clock", errors.New("no answer told the server's time"))
	case size > allowed:
		c.problem("clock", codeDenied, "set the clock of this machine, by NTP for instance: signatures are refused beyond five minutes",
			"this machine's clock is %s off", size)
	case size > worrying:
		c.problem("clock", codeOK, "set the clock of this machine before it is five minutes off: then signatures are refused",
			"this machine's clock is %s off", size)
	default:
		c.ok("clock", "less than %s off", max(size, time.Second))
	}
}

// owners checks each owner that the import is about, and what may be done there.
func (c *checking) owners(ctx context.Context, name string, owners []intel.Owner, im *intel.Import) {
	if name == "" {
		home, err := c.client.HomeOwner(ctx)
		if err != nil {
			c.problem("owner", codeOf(err), "name the owner with --owner or TC_OWNER", "the API user's Organization is not known: %v", err)
			return
		}
		name = home
	}
	wanted := map[string]map[string]string{name: {"permGroup": "CREATE"}}
	need := func(owner, perm, level string) {
		if owner == "" {
			owner = name
		}
		if wanted[owner] == nil {
			wanted[owner] = map[string]string{}
		}
		wanted[owner][perm] = level
	}
	for _, g := range im.Defined() {
		need(g.Owner, "permGroup", "CREATE")
		if len(g.Attributes) > 0 {
			need(g.Owner, "permAttribute", "CREATE")
		}
		if len(g.Tags) > 0 {
			need(g.Owner, "permTag", "READ")
		}
	}
	for _, ob := range im.Objects {
		if ob.Kind == intel.KindIndicator && ob.ID == 0 {
			need(ob.Owner, "permIndicator", "CREATE")
		}
	}
	in := &intel.Instance{Owners: owners}
	names := make([]string, 0, len(wanted))
	for owner := range wanted {
		names = append(names, owner)
	}
	slices.Sort(names)
	for _, owner := range names {
		found, ok := in.Owner(owner)
		if !ok {
			c.problem("owner", codeDenied, "check the spelling, or let an administrator give the API user access", "%v", unknownOwner(owner, owners))
			continue
		}
		c.permissions(found, wanted[owner])
	}
}

// permissionLevels is the order of what permissions allow. One that is not
// known is not enough.
var permissionLevels = []string{"NONE", "READ", "CREATE", "FULL"}

func (c *checking) permissions(o intel.Owner, wanted map[string]string) {
	var lacking, have []string
	perms := make([]string, 0, len(wanted))
	for perm := range wanted {
		perms = append(perms, perm)
	}
	slices.Sort(perms)
	for _, perm := range perms {
		level, told := o.Permissions[perm]
		if !told {
			continue
		}
		have = append(have, perm+" "+level)
		if slices.Index(permissionLevels, strings.ToUpper(level)) < slices.Index(permissionLevels, wanted[perm]) {
			lacking = append(lacking, fmt.Sprintf("%s is %s, %s is needed", perm, level, wanted[perm]))
		}
	}
	what := fmt.Sprintf("%s %s", strings.ToLower(o.Type), intel.Quote(o.Name))
	if len(lacking) > 0 {
		c.problem("owner", codeDenied, "let an administrator of the owner give the API user a role that may write: Contributor, Editor or Director in a community or source",
			"%s: %s", what, strings.Join(lacking, "; "))
		return
	}
	c.ok("owner", "%s: %s", what, strings.Join(have, ", "))
}

// instance checks what the instance knows of labels, attribute types and limits
// and, given manifests, these against it.
func (c *checking) instance(ctx context.Context, o *checkOptions, manifest *intel.Manifest, im *intel.Import) {
	if labels, err := c.client.SecurityLabels(ctx); err != nil {
		c.unknown("security labels", err)
	} else {
		c.ok("security labels", "%d: %s", len(labels), shorten(labels, 8))
	}
	if types, err := c.client.AttributeTypes(ctx); err != nil {
		c.unknown("attribute types", err)
	} else {
		c.ok("attribute types", "%d", len(types))
	}
	if limits, err := c.client.GroupLimits(ctx); err != nil {
		c.unknown("limits", err)
	} else if limits.NameMax > 0 {
		c.ok("limits", "names of groups have %d characters at most", limits.NameMax)
	} else {
		c.unknown("limits", errors.New("the instance does not tell how long the name of a group may be"))
	}
	if manifest == nil {
		return
	}
	pl := &planning{program: c.program, read: &o.read, conn: &o.conn, connection: &connection{client: c.client}}
	opt := o.read.assembleOptions(c.program, nil)
	if _, err := pl.askInstance(ctx, im, &opt); err != nil {
		c.problem("manifests", codeOf(err), tc.Hint(err), "%v", err)
		return
	}
	_, problems := intel.Assemble(manifest, opt)
	for _, problem := range problems.Sorted() {
		if !problem.Warning {
			c.problem("manifests", codeError, "", "%s", problem)
		}
	}
	if problems.Errors() == 0 {
		c.ok("manifests", "%d groups, %d associations: nothing in them that the instance would refuse", len(im.Defined()), len(im.Edges))
	}
}

func shorten(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + ", …"
}

func (c *checking) firstProblem() string {
	for _, f := range c.findings {
		if f.Status == "problem" {
			return f.Text
		}
	}
	return ""
}

// tell prints what was found. The exit code is that of the worst finding.
func (c *checking) tell() error {
	code := codeOK
	for _, f := range c.findings {
		if f.code == codeDenied || code == codeOK {
			code = f.code
		}
	}
	if c.global.json {
		c.answered = true
		doc := map[string]any{"ready": code == codeOK, "checks": c.findings}
		if code != codeOK {
			doc["error"] = report.Error{Text: "not ready to import: " + c.firstProblem(), Code: code}
		}
		if err := writeJSON(c.stdout, doc); err != nil {
			return err
		}
		return quiet(code)
	}
	marks := map[string]string{"ok": "ok      ", "problem": "problem ", "unknown": "unknown "}
	for _, f := range c.findings {
		if c.global.quiet && f.Status != "problem" {
			continue
		}
		fmt.Fprintf(c.stdout, "%s%-16s %s\n", marks[f.Status], f.Check, f.Text)
		if f.Hint != "" {
			fmt.Fprintf(c.stdout, "%25s%s\n", "", f.Hint)
		}
	}
	if code == codeOK && !c.global.quiet {
		fmt.Fprintln(c.stdout, "Ready to import.")
	}
	return quiet(code)
}
