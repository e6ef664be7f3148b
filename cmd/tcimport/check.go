package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tcimport/internal/intel"
	"tcimport/internal/message"
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
		Short: "Check whether the instance is ready for an import",
		Long: `Check what an import depends on, and show how to fix what is wrong: the URL, TLS,
the clock, the credentials, the owner and the API user's permissions there,
security labels, attribute types and limits. Given manifests, it also checks that
the instance has what they name.

` + manifestHelp,
		Example: `  tcimport check
  tcimport check incidents.yaml --owner 'Demo Community'`,
		RunE: p.ends(func(ctx context.Context, cmd *cobra.Command, args []string) (result, error) {
			if err := o.conn.check(cmd); err != nil {
				return nil, err
			}
			return p.runCheck(ctx, &o, args)
		}),
	}
	o.read.addFlags(cmd.Flags())
	o.conn.addFlags(cmd.Flags())
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
	connection *connection
	wanted     []intel.Owner // that the import is about
	findings   []finding
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

func (p *program) runCheck(ctx context.Context, o *checkOptions, args []string) (result, error) {
	m := &manifestsRead{offline: &intel.Import{}}
	if len(args) > 0 {
		var err error
		if m, err = o.read.read(p, args, noIDMap); err != nil {
			return nil, err
		}
	}
	conn, err := p.connect(&o.conn, false)
	if err != nil {
		return nil, err
	}
	end := p.progress.Begin("Checking")
	c := &checking{program: p, connection: conn}
	c.ok("url", "%s", conn.url)
	if c.credentials(ctx) {
		c.clock()
		c.owners(ctx, p.defaultOwner(o.read.owner), m.offline)
		c.jobs(ctx)
		c.instance(ctx, o, m)
	}
	end()
	if err := ctx.Err(); err != nil {
		return nil, err // what is not answered any more says nothing about the instance
	}
	return c.outcome()
}

// credentials asks for the owners: the first request shows whether the
// instance is reached at all, and lets the user in.
func (c *checking) credentials(ctx context.Context) bool {
	if err := c.read(ctx, tc.PartOwners); err != nil {
		check := "credentials"
		if !tc.IsDenied(err) {
			check = "connection"
		}
		c.problem(check, codeOf(err), tc.Hint(err), "%v", err)
		if errors.Is(err, tc.ErrClock) {
			c.clock()
		}
		return false
	}
	c.ok("connection", "the instance answers")
	c.ok("credentials", "accepted; the API user sees %s", message.Plural(len(c.connection.instance.Owners), "owner"))
	return true
}

// read reads a part of the instance's description.
func (c *checking) read(ctx context.Context, part tc.Part) error {
	unread, err := c.connection.instance.Read(ctx, part)
	for _, u := range unread {
		err = u.Err
	}
	return err
}

// clock compares the clocks: with HMAC a request must not be more than five
// minutes off.
func (c *checking) clock() {
	skew, known := c.connection.client.ClockSkew()
	size := skew.Abs().Round(time.Second)
	const allowed, worrying = 5 * time.Minute, time.Minute
	switch {
	case !known:
		c.unknown("clock", errors.New("the instance does not send its time"))
	case size > worrying:
		code := codeOK
		if size > allowed {
			code = codeDenied
		}
		c.problem("clock", code, "set the clock of this machine, for example with NTP: the instance refuses signatures that are more than five minutes off",
			"this machine's clock is %s off", size)
	default:
		c.ok("clock", "less than %s off", max(size, time.Second))
	}
}

func shorten(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + ", …"
}

// outcome is what the checks have found. The exit code is that of the worst problem;
// one that is only worrying has none.
func (c *checking) outcome() (result, error) {
	code, first := codeOK, ""
	for _, f := range c.findings {
		if f.code == codeDenied || code == codeOK {
			code = f.code
		}
		if f.code != codeOK && first == "" {
			first = f.Text
		}
	}
	if code == codeOK {
		return findings(c.findings), nil
	}
	return findings(c.findings), &exitError{code: code, err: errors.New("not ready to import: " + first), shown: true}
}

// findings is what check prints.
type findings []finding

func (fs findings) json(w io.Writer, failure *report.Error) error {
	doc := map[string]any{"ready": failure == nil, "checks": fs}
	if failure != nil {
		doc["error"] = failure
	}
	return writeJSON(w, doc)
}

func (fs findings) text(p *program, failure *report.Error) error {
	w := bufio.NewWriter(p.stdout)
	for _, f := range fs {
		if p.global.quiet && f.Status != "problem" {
			continue
		}
		fmt.Fprintf(w, "%-8s%-16s %s\n", f.Status, f.Check, message.Escaped(f.Text))
		if f.Hint != "" {
			fmt.Fprintf(w, "%25s%s\n", "", message.Escaped(f.Hint))
		}
	}
	if failure == nil && !p.global.quiet {
		fmt.Fprintln(w, "Ready to import.")
	}
	return w.Flush()
}
