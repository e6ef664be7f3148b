package apply

import (
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// entry is one part of a write and what became of it. A write is a list of
// entries, a request is a slice of them, and all that is said about a write
// afterwards is a fold over the list.
type entry struct {
	plan.Entry
	end    intel.LinkWrite // of an association: its other end, as far as it is known
	status Status          // "" as long as nothing is known to have been sent of it
	why    string          // it is not OK; beside OK: a flag has asked to leave it out
	unsent bool            // it has failed without being sent, because others like it were refused
}

// newEntries are the entries of an action: its changes, its associations and, of
// a create, the name, which no change says. Those that are not to be made have
// their outcome already.
func (e *engine) newEntries(a *plan.Action) []*entry {
	parts := a.Entries()
	if a.Verb == plan.Create {
		parts = append(parts, plan.Entry{Change: &plan.Change{Field: "name", Op: plan.Add, New: a.Name}})
	}
	all := make([]entry, len(parts))
	out := make([]*entry, len(parts))
	for i, p := range parts {
		out[i] = &all[i]
		out[i].Entry = p
		switch as := p.Association; {
		case a.Verb == plan.Skip:
			out[i].fail(OK, a.Reason)
		case as == nil || as.State != plan.Missing:
		case e.leftOut(as):
			out[i].fail(OK, as.Reason)
		default:
			out[i].fail(NotAttempted, as.Reason)
		}
	}
	return out
}

// leftOut reports whether a flag has asked to leave out an association whose other
// end does not exist.
func (e *engine) leftOut(as *plan.Association) bool {
	if e.plan.Policy.MissingIndicators == plan.MissingSkip && as.Kind == intel.KindIndicator {
		return true
	}
	i, ok := e.actions[as.Key]
	return ok && e.plan.Actions[i].Verb == plan.Skip
}

// mark notes what became of entries. What has arrived stays so, and that something
// is in doubt says less than that it was refused.
func mark(entries []*entry, s Status) {
	for _, e := range entries {
		if s == OK || e.status == "" || e.status == InDoubt && s == Failed {
			e.status, e.why = s, ""
		}
	}
}

// fail gives an entry its outcome, and the reason, which messages put behind "was".
func (e *entry) fail(s Status, why string) { e.status, e.why = s, why }

// unmark takes back that entries are in doubt: they have not arrived, nor can they.
func unmark(entries []*entry) {
	for _, e := range entries {
		if e.status == InDoubt {
			e.status = ""
		}
	}
}

// begun reports whether any change was sent.
func begun(entries []*entry) bool {
	return slices.ContainsFunc(entries, func(e *entry) bool { return e.Change != nil && e.status != "" })
}

// split divides entries in two, in order.
func split(entries []*entry, take func(*entry) bool) (in, out []*entry) {
	for _, e := range entries {
		if take(e) {
			in = append(in, e)
		} else {
			out = append(out, e)
		}
	}
	return in, out
}

// isScalar reports whether the entry is a field or the name: a create cannot do
// without these.
func isScalar(e *entry) bool { return e.List() == 0 }

// doubles reports whether an instance can have twice what entries make.
func doubles(entries []*entry) bool {
	return slices.ContainsFunc(entries, func(e *entry) bool {
		return e.List() == intel.ListAttributes && !e.Removes() && !e.InPlace() || e.end.New != nil && canDouble(e.end.New)
	})
}

// hasAttributes reports whether any entry is of the list of attributes.
func hasAttributes(entries []*entry) bool {
	return slices.ContainsFunc(entries, func(e *entry) bool { return e.List() == intel.ListAttributes })
}

// readWith is what has to be read of a group to see whether entries have arrived.
func readWith(typ string, entries []*entry) (lists intel.List, fields []string) {
	t, ok := intel.GroupTypeNamed(typ)
	for _, e := range entries {
		lists |= e.List()
		if !ok || e.List() != 0 {
			continue
		}
		if spec, ok := t.Field(e.Name()); ok && spec.ReadWith != "" && !slices.Contains(fields, spec.ReadWith) {
			fields = append(fields, spec.ReadWith)
		}
	}
	return lists, fields
}

// answerWith is what the answer to a write should hold: the tags as the instance
// stored them, and what it made of new objects.
func answerWith(entries []*entry) (lists intel.List, fields []string) {
	field := func(name string, wanted bool) {
		if wanted && !slices.Contains(fields, name) {
			fields = append(fields, name)
		}
	}
	for _, e := range entries {
		switch def := e.end.New; {
		case e.List() == intel.ListTags:
			lists |= intel.ListTags
		case def != nil:
			lists |= e.List()
			isIndicator := def.Kind == intel.KindIndicator
			field("associatedIndicators.tags", isIndicator && len(def.Tags) > 0)
			field("associatedIndicators.attributes", isIndicator && len(def.Attributes) > 0)
		}
	}
	return lists, fields
}

// body groups entries by list into what goes over the wire. It is an update as
// long as nobody gives it xid and owner.
func body(id int64, typ string, entries []*entry) intel.GroupWrite {
	w := intel.GroupWrite{ID: id, Type: typ}
	for _, e := range entries {
		mode := intel.ModeAppend
		if e.Removes() {
			mode = intel.ModeDelete
		}
		switch list := e.List(); {
		case e.Association != nil:
			if w.LinkModes == nil {
				w.LinkModes = map[intel.Kind]intel.Mode{}
			}
			w.Links, w.LinkModes[e.end.Kind] = append(w.Links, e.end), mode
		case list == intel.ListTags:
			w.Tags, w.TagMode = append(w.Tags, e.Tag()), mode
		case list == intel.ListSecurityLabels:
			w.SecurityLabels, w.LabelMode = append(w.SecurityLabels, e.Name()), mode
		case list == intel.ListAttributes:
			w.Attributes, w.AttributeMode = append(w.Attributes, e.Attribute()), mode
		case e.Name() == "name":
			w.Name = e.Change.New
		default:
			w.Fields = append(w.Fields, intel.Field{Name: e.Name(), Value: e.Change.New})
		}
	}
	return w
}
