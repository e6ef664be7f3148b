package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/pflag"

	"tcimport/internal/apply"
	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/report"
)

// nextStep is what to do after a run that did not do everything. A run that ended
// early goes on with the same command. After any other, the command applies the
// manifest of what failed, if there is one.
func (r *applying) nextStep(res *runResult) report.Next {
	cut := res.Err != nil && !errors.Is(res.Err, apply.ErrMaxFailures)
	sum := res.Counts.Total()
	failed, doubt := sum.Of(apply.Failed), sum.Of(apply.InDoubt)
	switch {
	case cut || res.Report != r.o.report:
		return report.Next{Do: "To do the rest, run the same command again:", Command: r.sameCommand()}
	case failed == 0 && doubt > 0:
		return report.Next{Do: "Run the same command again to settle what is in doubt:", Command: r.sameCommand()}
	case res.failed == "":
		return report.Next{Do: "Correct what failed, then run again:", Command: r.sameCommand()}
	case failed == 0:
		return report.Next{Do: "To do the rest, run:", Command: r.failedCommand(res.failed)}
	}
	return report.Next{Correct: res.failed, Command: r.failedCommand(res.failed)}
}

// sameCommand is the command line of the run.
func (r *applying) sameCommand() string {
	return commandLine(r.command, r.args, r.flags(func(string) bool { return true }))
}

// ofTheManifests are flags that belong to the manifests of a run, or to the whole
// of them: they mean nothing for those of them that failed, or something else.
var ofTheManifests = map[string]bool{
	"plan": true, "id-map": true, "report-this-run": true, "prune": true, "prune-max": true, "create-only": true,
	"input-format": true, "delimiter": true, "list-separator": true, "allow-path": true, "skip-invalid": true,
}

// failedCommand applies the manifest of what failed as the run was, onto the same
// report. It says by itself what namespace and owners it is about.
func (r *applying) failedCommand(manifest string) string {
	flags := r.flags(func(name string) bool { return !ofTheManifests[name] })
	if r.o.plan != "" {
		flags = append(flags, policyFlagsOf(r.plan.Policy, r.o.policy)...)
		if owner := r.plan.Target.Owner; owner != r.defaultOwner(r.o.read.owner) {
			flags = append(flags, "--owner", owner)
		}
	}
	// The report knows more than the id-map that it was made with, if it can be read
	// back.
	info, err := os.Stat(r.o.report)
	switch readable := err == nil && info.Mode().IsRegular(); {
	case readable && (r.o.idMap != "" || len(r.plan.IDMap) > 0):
		flags = append(flags, "--id-map", r.o.report)
	case r.o.idMap != "" && !r.fromEnv["id-map"]:
		flags = append(flags, "--id-map", r.o.idMap)
	}
	return commandLine("apply", []string{manifest}, flags)
}

// flags are those of the command line that keep wants; what the environment says
// it says again.
func (r *applying) flags(keep func(name string) bool) []string {
	var out []string
	r.o.flags.Visit(func(f *pflag.Flag) {
		if r.fromEnv[f.Name] || !keep(f.Name) {
			return
		}
		name := "--" + f.Name
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			switch {
			case f.Value.Type() != "bool":
				out = append(out, name, v)
			case v == "true":
				out = append(out, name)
			default:
				out = append(out, name+"="+v)
			}
		}
	})
	return out
}

// policyFlagsOf are the flags that make p of the policy that holds without them.
func policyFlagsOf(p, without plan.Policy) []string {
	was, is := pflag.NewFlagSet("", pflag.ContinueOnError), pflag.NewFlagSet("", pflag.ContinueOnError)
	addPolicyFlags(was, &without)
	addPolicyFlags(is, &p)
	var out []string
	is.VisitAll(func(f *pflag.Flag) {
		if value := f.Value.String(); value != was.Lookup(f.Name).Value.String() && !ofTheManifests[f.Name] {
			out = append(out, "--"+f.Name+"="+value)
		}
	})
	return out
}

// commandLine is a command for a POSIX shell.
func commandLine(command string, args, flags []string) string {
	words := []string{"tcimport", command}
	for _, a := range args {
		if strings.HasPrefix(a, "-") && a != "-" {
			a = "./" + a
		}
		words = append(words, shellQuote(a))
	}
	for _, f := range flags {
		words = append(words, shellQuote(f))
	}
	return strings.Join(words, " ")
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// shellQuote is s as one word of a shell. What a terminal would not show goes by
// its number, as bash, zsh and ksh take it.
func shellQuote(s string) string {
	switch {
	case plainWord.MatchString(s):
		return s
	case message.Escaped(s) == s:
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	var b strings.Builder
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || c == '\'' || c == '\\' {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return "$'" + b.String() + "'"
}
