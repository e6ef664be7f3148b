package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/manifest"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// failedBegins begins a manifest of what failed.
const failedBegins = "What failed in an import by tcimport"

// failedFirst is the first line of a manifest of what failed.
func failedFirst(meta Meta) string {
	return fmt.Sprintf("%s into %s with %s.", failedBegins, meta.Instance, namespace(meta.Namespace))
}

// CheckFailed reads a file that is about to be overwritten, and fails if it is not
// the manifest of what failed in an import; with an instance in meta, in this
// import. edited reports whether somebody has changed it since tcimport wrote it.
func CheckFailed(r io.Reader, meta Meta) (edited bool, err error) {
	o, err := manifest.ReadOrigin(r)
	switch {
	case err != nil:
		return false, err
	case !o.Is(failedBegins):
		return false, errors.New("this is not a manifest that --failed wrote")
	case meta.Instance != "" && !o.Is(failedFirst(meta)):
		return false, fmt.Errorf("it belongs to another import: %s", message.Escaped(o.FirstLine))
	}
	return o.Edited, nil
}

// WriteFailed writes what failed as a manifest that can be corrected and imported
// again: the groups with everything that the manifests say about them, and the
// associations of groups that were written. It returns the number of entries; a
// manifest of none is valid, too.
func (rs *Results) WriteFailed(w io.Writer) (int, error) {
	sealed, err := manifest.NewSealed(w, failedFirst(rs.meta))
	if err != nil {
		return 0, err
	}
	f := &failedWriter{Results: rs, w: bufio.NewWriter(sealed)}
	f.head()
	f.groups()
	f.associations()
	if f.err != nil {
		return f.entries, f.err
	}
	if err := f.w.Flush(); err != nil {
		return f.entries, err
	}
	return f.entries, sealed.Close()
}

type failedWriter struct {
	*Results
	w       *bufio.Writer
	entries int
	err     error
}

// comment writes a line for people. Parts of it can come from a server.
func (f *failedWriter) comment(indent, format string, args ...any) {
	fmt.Fprintf(f.w, "%s# %s\n", indent, message.Escaped(fmt.Sprintf(format, args...)))
}

func (f *failedWriter) head() {
	f.comment("", "The reason is above each entry. Correct the entries and apply this file. Keys, owners and namespace are unchanged; existing objects are given by ID.")
	f.w.WriteString("version: 1\n")
	if ns := f.ledger.Plan.Namespace; ns != "" {
		f.encode("", manifest.Mapping("namespace", manifest.Text(ns)))
	}
}

// encode writes a node, each line behind indent.
func (f *failedWriter) encode(indent string, n *manifest.Node) {
	if f.err != nil {
		return
	}
	f.err = manifest.Encode(f.w, indent, n)
}

// inFile reports whether the manifest defines a group.
func inFile(r *apply.Result) bool {
	a := r.Action
	if a.Reference || a.Leftover() || r.Status == apply.OK {
		return false
	}
	return a.Verb == plan.Create || a.Verb == plan.Update || a.Verb == plan.Conflict
}

func (f *failedWriter) groups() {
	some := false
	for _, r := range f.ledger.Results {
		if !inFile(r) {
			continue
		}
		if !some {
			f.w.WriteString("groups:\n")
			some = true
		}
		f.entries++
		f.comment("  ", "%s: %s (%s)", r.Status, r.Error, r.Action.Source)
		f.encode("  ", manifest.List(f.group(r)))
	}
	if !some {
		f.w.WriteString("groups: []\n")
	}
}

// group defines a group as the manifests do.
func (f *failedWriter) group(r *apply.Result) *manifest.Node {
	a := r.Action
	g := manifest.Mapping("key", manifest.Text(a.Key), "type", manifest.Text(a.Type), "name", manifest.Text(a.Name), "owner", manifest.Text(a.Owner))
	if a.OwnXID {
		manifest.Add(g, "xid", manifest.Text(a.XID))
	}
	w := a.Wanted
	if w == nil {
		w = wantedOf(a)
	}
	for _, field := range w.Fields {
		manifest.Add(g, field.Name, manifest.Text(field.Value))
	}
	var tags []intel.Tag
	for _, t := range w.Tags {
		tags = append(tags, intel.ParseTag(t))
	}
	mentioned := func(l intel.List) bool { return w.Mentions.Has(l) }
	manifest.AddList(g, "tags", manifest.Tags(tags), mentioned(intel.ListTags))
	manifest.AddList(g, "securityLabels", manifest.Texts(w.SecurityLabels), mentioned(intel.ListSecurityLabels))
	manifest.AddList(g, "attributes", manifest.Attributes(w.Attributes), mentioned(intel.ListAttributes))
	ends := f.ends(a, w)
	for _, k := range intel.Kinds {
		manifest.AddList(g, k.AssociationField(), ends[k], mentioned(k.List()))
	}
	return g
}

// wantedOf is the definition of a group that is created: all of it is changes.
func wantedOf(a *plan.Action) *plan.Wanted {
	w := &plan.Wanted{}
	for _, e := range a.Entries() {
		switch e.List() {
		case intel.ListTags:
			w.Tags = append(w.Tags, e.Name())
		case intel.ListSecurityLabels:
			w.SecurityLabels = append(w.SecurityLabels, e.Name())
		case intel.ListAttributes:
			w.Attributes = append(w.Attributes, e.Attribute().Attribute)
		case 0:
			if e.Name() != "name" {
				w.Fields = append(w.Fields, intel.Field{Name: e.Name(), Value: e.Change.New})
			}
		}
	}
	return w
}

// ends are the other ends of the associations of a group in the file. The plan has
// an association under the group that names it, the group that sends it, or both.
func (f *failedWriter) ends(a *plan.Action, w *plan.Wanted) map[intel.Kind][]*manifest.Node {
	type identity struct {
		kind   intel.Kind
		key    string
		object int
	}
	seen := map[identity]bool{}
	out := map[intel.Kind][]*manifest.Node{}
	for _, list := range [][]*plan.Association{w.Associations, a.Associations} {
		for _, as := range list {
			id := identity{as.Kind, as.Key, as.Object}
			if as.Op == plan.Remove || seen[id] {
				continue
			}
			seen[id] = true
			if n := f.end(as); n != nil {
				out[as.Kind] = append(out[as.Kind], n)
			}
		}
	}
	return out
}

// associations are those that were not made, of groups that exist.
func (f *failedWriter) associations() {
	some := false
	for _, r := range f.ledger.Results {
		if inFile(r) || r.ID == 0 {
			continue
		}
		for _, l := range r.Lost() {
			as := l.Association
			if l.Status == apply.OK || as.Op == plan.Remove {
				continue
			}
			n := f.end(as)
			if n == nil {
				continue
			}
			if !some {
				f.w.WriteString("associations:\n")
				some = true
			}
			f.entries++
			f.comment("  ", "%s: %s (%s)", l.Status, l.Error, r.Action.Source)
			one := strings.TrimSuffix(as.Kind.AssociationField(), "s")
			f.encode("  ", manifest.List(manifest.Mapping("group", byID(r.ID, r.Action.Type, r.Action.Name), one, n)))
		}
	}
}
