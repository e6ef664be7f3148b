// Package export reads what an owner has and says it as definitions of a
// manifest that, planned again, have nothing to do.
//
// It reads twice: first an index of the groups, which gives them keys before
// anything refers to them, then page by page the groups with their nested lists,
// each of which is handed on as soon as its page is complete. What the rules of
// manifests refuse is left out, with a warning, so that the rest is valid.
package export

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strconv"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/tc"
)

// Options say what to export, and how it is to be written.
type Options struct {
	Owner     string // as the instance spells it
	Namespace string // of the keys
	Filter    Filter
	Known     map[int64]Known // groups of an id-map, by ID

	Reported bool // a report names the groups by their IDs: it finds them again
	Cells    bool // what is made of it are cells of a CSV

	Instance *tc.Description
	Workers  int
	Log      *slog.Logger
	Progress func(done, total int) // total is 0 as long as it is not known
	Warn     func(Warning)
}

// Known is what an id-map says of a group.
type Known struct {
	Key, Type, Owner string
}

// Warning is something that the manifest does not say although the instance
// has it.
type Warning struct {
	ID      int64  `json:"id,omitempty"` // of the group
	Type    string `json:"type,omitempty"`
	Name    string `json:"name,omitempty"`
	Message string `json:"message"`
}

func (w Warning) String() string {
	if w.ID == 0 {
		return "warning: " + w.Message
	}
	return fmt.Sprintf("warning: group %d (%s %s): %s", w.ID, w.Type, message.Quote(w.Name), w.Message)
}

// Exported is a group of the export.
type Exported struct {
	Group  *intel.Group  // as a manifest defines it, with its associations as Refs
	Remote *intel.Remote // as the instance has it
	Notes  []string      // for people who read the manifest

	IDs map[*intel.Object]int64 // of the indicators that Refs name by what they are
}

// Summary counts an export.
type Summary struct {
	Groups       int `json:"groups"`
	Associations int `json:"associations"`
	LeftOut      int `json:"leftOut"` // groups that no manifest can hold
	Warnings     int `json:"warnings"`
}

// exporter is one export in progress.
type exporter struct {
	c       *tc.Client
	opt     Options
	tql     string
	rules   *rules
	sink    func(*Exported) error
	summary Summary

	entries map[int64]*entry
	order   []*entry // as they were read
	pairs   map[pair]bool
	cuts    map[intel.List]*cut
	newer   int             // groups that were created meanwhile
	cutOff  map[string]bool // lists that end before all of their entries, with a warning
}

// Run exports the groups that opt selects, in the order of their IDs.
func Run(ctx context.Context, c *tc.Client, opt Options, sink func(*Exported) error) (Summary, error) {
	x := &exporter{c: c, opt: opt, sink: sink, rules: newRules(opt.Instance, opt.Log),
		entries: map[int64]*entry{}, pairs: map[pair]bool{}, cuts: map[intel.List]*cut{}, cutOff: map[string]bool{}}
	var err error
	if x.tql, err = opt.Filter.Query(); err != nil {
		return x.summary, err
	}
	if err := x.index(ctx); err != nil {
		return x.summary, fmt.Errorf("listing the groups: %w", err)
	}
	x.name()
	err = x.read(ctx, true)
	if missed := x.missed(); err == nil && len(missed) > 0 {
		// Pages shift when groups go away between them.
		x.opt.Filter.IDs = nil
		for _, e := range missed {
			x.opt.Filter.IDs = append(x.opt.Filter.IDs, e.id)
		}
		err = x.read(ctx, true)
	}
	if err != nil {
		return x.summary, fmt.Errorf("reading the groups: %w", err)
	}
	return x.summary, x.finish()
}

// missed are the groups of the index that the pages have not shown.
func (x *exporter) missed() []*entry {
	return slices.DeleteFunc(slices.Clone(x.order), func(e *entry) bool { return !e.carried || e.written })
}

// groups are the groups that are selected.
func (x *exporter) groups(ctx context.Context, lists intel.List, fields ...string) iter.Seq2[*intel.Remote, error] {
	q := tc.Query{Owner: x.opt.Owner, TQL: x.tql, Lists: lists, Fields: fields}
	if x.opt.Filter.IDs == nil {
		return x.c.Search(ctx, intel.KindGroup, q)
	}
	ids := slices.Sorted(slices.Values(x.opt.Filter.IDs))
	in := tc.In{Keyword: "id", Number: true}
	for _, id := range slices.Compact(ids) {
		in.Values = append(in.Values, strconv.FormatInt(id, 10))
	}
	return x.c.SearchIn(ctx, intel.KindGroup, tc.QueryIn{Query: q, In: []tc.In{in}})
}

// window is how many groups are compared with each other before they are handed
// on: as many as the largest page has.
const window = 10_000

// everything is all that a group can say in its nested lists.
const everything = intel.ListTags | intel.ListSecurityLabels | intel.ListAttributes | intel.ListAssociations

// read reads the groups with all their lists and hands them on. The labels of
// attributes are a level deeper than some instances answer: they are done
// without there.
func (x *exporter) read(ctx context.Context, labels bool) error {
	fields := readWith
	if labels {
		fields = append(slices.Clone(fields), "attributes.securityLabels")
	}
	var batch []*intel.Remote
	read := 0
	for r, err := range x.groups(ctx, everything, fields...) {
		if x.short("the groups of "+message.Quote(x.opt.Owner), err) {
			break
		}
		if err != nil {
			if labels && read == 0 && tc.IsObjectError(err) {
				x.opt.Log.Warn("this instance cannot list the security labels of attributes: the manifest will be without them", "error", err)
				return x.read(ctx, false)
			}
			return err
		}
		read++
		x.opt.Progress(read, len(x.entries))
		switch e := x.entries[r.ID]; {
		case e == nil:
			x.newer++
		case e.carried:
			batch = append(batch, r)
		}
		if len(batch) == window {
			if err := x.handOn(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return x.handOn(ctx, batch)
}

// readWith are the values of the fields parameter that make all fields of
// groups part of an answer.
var readWith = func() []string {
	var out []string
	for i := range intel.GroupTypes {
		for _, f := range intel.GroupTypes[i].AllFields() {
			if f.ReadWith != "" && !slices.Contains(out, f.ReadWith) {
				out = append(out, f.ReadWith)
			}
		}
	}
	return out
}()

// handOn completes the groups of a batch and gives them to the sink.
func (x *exporter) handOn(ctx context.Context, batch []*intel.Remote) error {
	if err := x.complete(ctx, batch); err != nil {
		return err
	}
	for _, r := range batch {
		e := x.entries[r.ID]
		if err := x.rules.learn(ctx, r); err != nil {
			return err
		}
		g := x.group(r, e)
		ids := x.link(g, r)
		e.written = true
		x.summary.Groups++
		x.summary.Associations += len(g.Refs)
		if err := x.sink(&Exported{Group: g, Remote: r, Notes: e.notes, IDs: ids}); err != nil {
			return err
		}
	}
	return nil
}

// finish says what has changed while it was read. A group that is gone and that
// others refer to leaves them referring to nothing.
func (x *exporter) finish() error {
	for _, e := range x.missed() {
		if e.referenced {
			return fmt.Errorf("group %d (%s %s) was deleted during the export, and other groups are associated with it: export again",
				e.id, e.typ, message.Quote(e.name))
		}
		x.warn(e, "it was deleted during the export")
	}
	if x.newer > 0 {
		x.tell(Warning{Message: fmt.Sprintf("created during the export and left out: %s; export again to include them", message.Plural(x.newer, "group"))})
	}
	return nil
}

// short reports whether err only says that a list ends before all of its entries.
// What it has is exported, and a warning says once that this is not all.
func (x *exporter) short(list string, err error) bool {
	if !errors.Is(err, tc.ErrIncomplete) {
		return false
	}
	if !x.cutOff[list] {
		x.cutOff[list] = true
		x.tell(Warning{Message: fmt.Sprintf("the export is incomplete: %s: %v; %s", list, err, tc.Hint(err))})
	}
	return true
}

func (x *exporter) warn(e *entry, format string, args ...any) {
	x.tell(Warning{ID: e.id, Type: e.typ, Name: e.name, Message: fmt.Sprintf(format, args...)})
}

func (x *exporter) tell(w Warning) {
	x.summary.Warnings++
	x.opt.Warn(w)
}
