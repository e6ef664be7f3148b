package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/reader"
)

// readOptions say how manifests are read.
type readOptions struct {
	owner         string
	namespace     string
	inputFormat   string
	delimiter     string
	listSeparator string
	allowPaths    []string

	skipInvalid limitFlag // groups whose definitions have errors; not given: none

	once bool // no instance checks the manifests again
}

func (o *readOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.owner, "owner", "", "owner of groups whose manifest names none (also TC_OWNER; default: the API user's Organization)")
	f.StringVar(&o.namespace, "namespace", "", "namespace of the keys, for manifests that name none")
	choose(f, &o.inputFormat, "input-format", "format of standard input", "yaml", "csv")
	f.StringVar(&o.delimiter, "delimiter", "", "delimiter of CSV files: , or ; or tab (default: detected from the header)")
	f.StringVar(&o.listSeparator, "list-separator", "|", "separator of lists in CSV cells")
	f.StringArrayVar(&o.allowPaths, "allow-path", nil, "another folder from which manifests may read files (repeatable)")
}

// defaultOwner is the owner that the command line names, or else the environment.
func (p *program) defaultOwner(given string) string {
	return cmp.Or(strings.TrimSpace(given), strings.TrimSpace(p.env("TC_OWNER")))
}

// manifestsRead are manifests as they were read, and assembled offline.
type manifestsRead struct {
	manifest *intel.Manifest
	offline  *intel.Import
	form     intel.Problems // warnings about the form, which no instance settles
	warnings intel.Problems // all of them
}

// read reads manifests. Its error carries all problems, if any is an error. ids is asked
// once they are read.
func (o *readOptions) read(p *program, args []string, ids func() baseline.IDMap) (*manifestsRead, error) {
	delimiter, ok := delimiters[o.delimiter]
	if !ok {
		return nil, fmt.Errorf("--delimiter %q: must be , or ; or tab", o.delimiter)
	}
	if o.listSeparator == "" {
		return nil, fmt.Errorf("--list-separator must not be empty")
	}
	if !utf8.ValidString(o.namespace) {
		return nil, fmt.Errorf("--namespace %s is not UTF-8", message.Quote(o.namespace))
	}
	m, problems := reader.Read(args, reader.Options{
		InputFormat: o.inputFormat, Delimiter: delimiter, ListSeparator: o.listSeparator,
		AllowPaths: o.allowPaths, Stdin: p.stdin, SkipYAML: isFailed,
	})
	// What the reader could read is checked, too: all problems in one go.
	opt := o.assembleOptions(p, ids())
	opt.Last = o.once
	im, more := intel.Assemble(m, opt)
	all := slices.Concat(problems, more).Sorted()
	if err := o.tolerate(p, im, all); err != nil {
		return nil, err
	}
	return &manifestsRead{manifest: m, offline: im, form: problems.Warnings(), warnings: all.Warnings()}, nil
}

// tolerate prints the errors of groups that may be left out. It returns an error if there
// are others, or too many.
func (o *readOptions) tolerate(p *program, im *intel.Import, problems intel.Problems) error {
	errs := problems.Errors()
	if errs == 0 {
		return nil
	}
	invalid, _ := im.Invalid()
	limit := o.skipInvalid
	switch all := len(im.Defined()); {
	case !limit.given || slices.ContainsFunc(problems, func(p intel.Problem) bool { return !p.Warning && !p.OfGroup }):
		return manifestError(problems)
	case !limit.limit.Allows(invalid, all):
		return &exitError{code: codeError, problems: problems,
			err: fmt.Errorf("%d of %s have errors, more than --skip-invalid %s allows; nothing was sent", invalid, message.Plural(all, "group"), limit.limit)}
	}
	p.printProblems(slices.DeleteFunc(problems, func(p intel.Problem) bool { return p.Warning }))
	p.line(fmt.Sprintf("%d of %s left out (--skip-invalid %s): %s in the manifests", invalid, message.Plural(len(im.Defined()), "group"), limit.limit, message.Plural(errs, "error")))
	return nil
}

// assembleOptions are what the command line adds to manifests. Names are trimmed as
// in manifests: the xid of a group depends on them.
func (o *readOptions) assembleOptions(p *program, ids baseline.IDMap) intel.Options {
	opt := intel.Options{DefaultOwner: p.defaultOwner(o.owner), Namespace: strings.TrimSpace(o.namespace), SkipInvalid: o.skipInvalid.given}
	if ids != nil {
		opt.IDMap = func(key string) (intel.Remote, bool) {
			row, ok := ids[key]
			return intel.Remote{Kind: intel.KindGroup, ID: row.ID, XID: row.XID, Type: row.Type, Name: row.Name, Owner: row.Owner}, ok && row.ID != 0
		}
	}
	return opt
}

func manifestError(problems intel.Problems) error {
	n, code := problems.Errors(), codeError
	for _, p := range problems {
		if p.Denied {
			code = codeDenied
		}
	}
	return &exitError{code: code, err: fmt.Errorf("%s in the manifests; nothing was sent", message.Plural(n, "error")), problems: problems}
}

// delimiters are the values of --delimiter; 0 is found from the header.
var delimiters = map[string]rune{"": 0, ",": ',', ";": ';', "\t": '\t', `\t`: '\t', "tab": '\t'}

// connectOptions say how to reach the instance.
type connectOptions struct {
	url     string
	caFile  string
	rate    float64
	rateSet bool
	workers int
	timeout time.Duration
}

func (o *connectOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.url, "url", "", "base URL of the API (overrides TC_API_PATH)")
	f.StringVar(&o.caFile, "ca-file", "", "certificates of the instance's authorities, as PEM")
	f.Float64Var(&o.rate, "rate", 10, "requests a second, look-ups included; 0 is no limit, and the default for sim:")
	f.IntVar(&o.workers, "workers", 8, "requests in flight at the same time")
	f.DurationVar(&o.timeout, "timeout", time.Minute, "time limit of one request")
}

// A number beyond these is a typing error: the run would take years, or all
// connections of the machine.
const (
	minRate                = 0.001
	maxWorkers             = 1000
	minTimeout, maxTimeout = time.Millisecond, 24 * time.Hour
)

// check refuses values out of range. It is called once the flags are parsed.
func (o *connectOptions) check(cmd *cobra.Command) error {
	o.rateSet = cmd.Flags().Changed("rate")
	switch {
	case o.workers < 1 || o.workers > maxWorkers:
		return fmt.Errorf("--workers %d: must be from 1 to %d", o.workers, maxWorkers)
	case o.timeout < minTimeout || o.timeout > maxTimeout:
		return fmt.Errorf("--timeout %s: must be from %s to %s, such as 90s", o.timeout, minTimeout, maxTimeout)
	}
	return checkRate(o.rate)
}

// checkRate also refuses NaN, which is neither less nor more than a limit.
func checkRate(rate float64) error {
	if rate == 0 || rate >= minRate && !math.IsInf(rate, 1) {
		return nil
	}
	return fmt.Errorf("--rate %g: must be at least %g requests a second, or 0 for no limit", rate, minRate)
}

// effectiveRate is the rate that holds for a connection: a simulated instance
// has no limit unless one is asked for.
func (o *connectOptions) effectiveRate(c *connection) float64 {
	if c.sim != nil && !o.rateSet {
		return 0
	}
	return o.rate
}

// importOptions are those of commands that make a plan from manifests.
type importOptions struct {
	read          readOptions
	conn          connectOptions
	policy        plan.Policy
	skipConflicts bool
	idMap         string
	engine        plan.Engine
	show          showOptions
}

func (o *importOptions) addFlags(f *pflag.FlagSet) {
	o.read.addFlags(f)
	o.conn.addFlags(f)
	o.policy = plan.DefaultPolicy()
	addPolicyFlags(f, &o.policy)
	f.BoolVar(&o.skipConflicts, "skip-conflicts", false, "leave out groups in conflict, and report them as failed")
	o.read.skipInvalid.limit = new(plan.Limit)
	f.Var(&o.read.skipInvalid, skipInvalid, "leave out groups whose definitions have errors, up to this many, and report them as failed; a percentage is of the groups of the manifests")
	addEngineFlag(f, &o.engine)
	f.StringVar(&o.idMap, "id-map", "", "report of an earlier run: it knows the IDs of groups")
}

// skipInvalid is the name of the flag that leaves out groups with errors.
const skipInvalid = "skip-invalid"

func addPolicyFlags(f *pflag.FlagSet, p *plan.Policy) {
	for _, l := range []struct {
		policy *plan.ListPolicy
		name   string
	}{{&p.Tags, "tags"}, {&p.Attributes, "attributes"}, {&p.Labels, "labels"}, {&p.Associations, "associations"}} {
		choose(f, l.policy, l.name, "keep "+l.name+" that the manifest does not name (append) or remove them (replace)", plan.Append, plan.Replace)
	}
	choose(f, &p.MissingIndicators, "missing-indicators", "create indicators that do not exist, treat groups that name them as conflicts (fail), or leave them out (skip)",
		plan.MissingCreate, plan.MissingFail, plan.MissingSkip)
	choose(f, &p.Adopt, "adopt", "take over existing groups with the same owner, type and name: none, those without an xid (unmarked), or any",
		plan.AdoptNone, plan.AdoptUnmarked, plan.AdoptAny)
	choose(f, &p.OnDrift, "on-drift", "undo edits made on the server since the last run (overwrite), keep them, or treat their groups as conflicts (fail); needs --id-map",
		plan.DriftOverwrite, plan.DriftKeep, plan.DriftFail)
	f.BoolVar(&p.CreateOnly, "create-only", false, "do not change existing groups")
	f.BoolVar(&p.UpdateOnly, "update-only", false, "do not create groups")
	f.BoolVar(&p.Prune, "prune", false, "delete groups that an earlier run created and that the manifests no longer have; needs --id-map")
	f.Var(&limitFlag{limit: &p.PruneMax}, "prune-max", "do not delete more groups than this; a percentage is of the groups in --id-map (default 10%)")
}

// check refuses what cannot work.
func (o *importOptions) check() error {
	switch p := o.policy; {
	case p.CreateOnly && p.UpdateOnly:
		return fmt.Errorf("--create-only and --update-only exclude each other: give one of them")
	case p.OnDrift != plan.DriftOverwrite && o.idMap == "":
		return fmt.Errorf("--on-drift %s needs --id-map: the report of the last run shows what has changed since", p.OnDrift)
	case p.Prune && o.idMap == "":
		return fmt.Errorf("--prune needs --id-map: the report of the last run shows which groups it created")
	}
	return nil
}

// limitFlag is a number, or a percentage.
type limitFlag struct {
	limit *plan.Limit
	given bool
}

func (l *limitFlag) Type() string { return "N|P%" }

func (l *limitFlag) String() string {
	if !l.given {
		return ""
	}
	return l.limit.String()
}

func (l *limitFlag) Set(s string) error {
	number, percent := strings.CutSuffix(s, "%")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || percent && n > 100 {
		return fmt.Errorf("must be a number such as 20, or a percentage such as 10%%")
	}
	*l.limit, l.given = plan.Limit{N: n, Percent: percent}, true
	return nil
}
