package apply

import (
	"fmt"
	"math/bits"
	"sync"
	"sync/atomic"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// An instance can refuse all writes of a sort: associations with another owner,
// an attribute type that does not fit, whatever is in an owner. Once that is
// seen, to send each of them would only cost requests.
const (
	// suspectAfter is how many equal refusals without a success make a sort
	// suspect: its entries are sent alone then, from the other end of the list.
	suspectAfter = 3
	// hopelessAfter is how many make it hopeless: what is left is not sent. The
	// first, second, fourth, eighth … time that the sort comes up one entry is
	// tried all the same, so that a few bad ones in front cannot hide good ones.
	hopelessAfter = 5
)

// sort is what several entries have in common.
type sort struct {
	key    string
	what   string // for messages
	common bool   // to many: a success is worth remembering before any refusal
}

// record is what is known of a sort.
type sortRecord struct {
	text    string // of the last refusal
	equal   int    // refusals in a row with this text
	good    bool   // one was accepted
	visited int    // how often it came up once it was hopeless
}

// refusals are the sorts of a run.
type refusals struct {
	mu       sync.Mutex
	seen     map[string]*sortRecord
	suspects atomic.Bool // some sort is, or was
}

// refused notes that an entry of these sorts was refused alone.
func (r *refusals) refused(sorts []sort, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range sorts {
		rec := r.record(s)
		if rec.text != text {
			rec.text, rec.equal = text, 0
		}
		if rec.equal++; rec.equal >= suspectAfter {
			r.suspects.Store(true)
		}
	}
}

// accepted notes that an entry of these sorts was accepted.
func (r *refusals) accepted(sorts []sort) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range sorts {
		if s.common || r.seen[s.key] != nil {
			r.record(s).good = true
		}
	}
}

// record is the record of a sort. r.mu is held.
func (r *refusals) record(s sort) *sortRecord {
	rec := r.seen[s.key]
	if rec == nil {
		if r.seen == nil {
			r.seen = map[string]*sortRecord{}
		}
		rec = &sortRecord{}
		r.seen[s.key] = rec
	}
	return rec
}

// suspect reports whether an entry of these sorts is to be sent alone.
func (r *refusals) suspect(sorts []sort) bool {
	_, why := r.against(sorts, suspectAfter)
	return why != ""
}

// hopeless says why an entry of these sorts is not to be sent, "" if it is.
func (r *refusals) hopeless(sorts []sort) (key, why string) {
	return r.against(sorts, hopelessAfter)
}

// against gives the first of the sorts that was refused often enough.
func (r *refusals) against(sorts []sort, often int) (key, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range sorts {
		if rec := r.seen[s.key]; rec != nil && !rec.good && rec.equal >= often {
			return s.key, fmt.Sprintf("not sent, because the instance refused %s %d times in a row: %s", s.what, rec.equal, rec.text)
		}
	}
	return "", ""
}

// another reports whether one more entry of a hopeless sort is to be tried.
func (r *refusals) another(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	rec := r.seen[key]
	rec.visited++
	return bits.OnesCount(uint(rec.visited)) == 1
}

// sortOfAction is the sort of a write as a whole. Only a missing permission
// speaks against all of these.
func sortOfAction(a *plan.Action) sort {
	return sort{key: fmt.Sprintf("%s %s %q", a.Verb, a.Type, a.Owner), common: true,
		what: fmt.Sprintf("to %s groups of type %s in %s", a.Verb, a.Type, message.Quote(a.Owner))}
}

// sortsOf are the sorts of an entry of a write to a group: the one of all
// entries of its list, and the one of those that are alike but for their values.
func sortsOf(a *plan.Action, e plan.Entry) []sort {
	do := "to add"
	if e.Removes() {
		do = "to remove"
	}
	in := message.Quote(a.Owner)
	if as := e.Association; as != nil {
		list := sort{key: fmt.Sprintf("%s %s %q %q", do, as.Kind, a.Owner, as.Owner), common: true,
			what: fmt.Sprintf("%s associations with %ss in %s", do, as.Kind, in)}
		if as.Owner != "" && as.Owner != a.Owner {
			list.what = fmt.Sprintf("%s associations of groups in %s with %ss in %s", do, in, as.Kind, message.Quote(as.Owner))
		}
		if as.ID == 0 {
			return []sort{list} // what is new is made once, and nobody tries again what is refused
		}
		return []sort{list, {key: fmt.Sprintf("%s %s #%d %q", do, as.Kind, as.ID, a.Owner), what: fmt.Sprintf("%s associations with %s %d", do, as.Kind, as.ID)}}
	}
	kinds := map[intel.List]string{intel.ListTags: "tag", intel.ListSecurityLabels: "security label", intel.ListAttributes: "attribute"}
	kind, name := kinds[e.List()], e.Name()
	if kind == "" { // a scalar
		return []sort{{key: fmt.Sprintf("field %s %s %q", a.Type, name, a.Owner), common: true, what: fmt.Sprintf("to set %s of groups of type %s in %s", name, a.Type, in)}}
	}
	list := sort{key: fmt.Sprintf("%s %s %q", do, kind, a.Owner), what: fmt.Sprintf("%s a %s in %s", do, kind, in), common: true}
	like := sort{key: fmt.Sprintf("%s %s %q %q", do, kind, name, a.Owner), what: fmt.Sprintf("%s the %s %s", do, kind, message.Quote(name))}
	if e.List() == intel.ListAttributes {
		list.what = fmt.Sprintf("%s an attribute in %s", do, in)
		like.key += " " + a.Type
		like.what = fmt.Sprintf("%s an attribute of the type %s to groups of type %s", do, message.Quote(name), a.Type)
		like.common = true
	}
	return []sort{list, like}
}

// sorts are the sorts of an entry of the action.
func (w *writing) sorts(e *entry) []sort { return sortsOf(w.action, e.Entry) }

// denied says why nothing of an action is to be sent, "" if it is.
func (e *engine) denied(a *plan.Action) string {
	key, why := e.refusals.hopeless([]sort{sortOfAction(a)})
	if why == "" || e.doubtful(a.Key) || e.refusals.another(key) {
		return ""
	}
	return why
}

// learnAccepted notes that the instance has taken a request. That it has taken the
// fields of a new group says nothing about changes of these.
func (w *writing) learnAccepted(entries []*entry) {
	w.refusals.accepted([]sort{sortOfAction(w.action)})
	for _, e := range entries {
		if w.action.Verb != plan.Create || !isScalar(e) {
			w.refusals.accepted(w.sorts(e))
		}
	}
}

// learnRefused notes that the instance has refused an entry, or none: the group
// itself.
func (w *writing) learnRefused(entries []*entry, err error) {
	said := refusalOf(err)
	if said.permission && !w.written {
		w.refusals.refused([]sort{sortOfAction(w.action)}, said.text)
	}
	for _, e := range entries {
		w.refusals.refused(w.sorts(e), said.text)
	}
}

// isSuspect reports whether the instance is not likely to accept an entry.
func (w *writing) isSuspect(e *entry) bool {
	return w.refusals.suspects.Load() && w.refusals.suspect(w.sorts(e))
}

// withhold takes out of an update what the instance is not likely to accept.
func (w *writing) withhold(s *step) {
	if s.chosen || !w.refusals.suspects.Load() {
		return
	}
	var suspects []*entry
	suspects, s.entries = split(s.entries, w.isSuspect)
	w.withheld = append(w.withheld, suspects...)
}

// choose takes of what was withheld what is above suspicion again, else one entry
// from the end of the list: neighbours often fail together. What is hopeless it
// gives up.
func (w *writing) choose() []*entry {
	suspects, chosen := split(w.withheld, w.isSuspect)
	w.withheld, _ = split(suspects, func(e *entry) bool {
		key, why := w.refusals.hopeless(w.sorts(e))
		if _, met := w.tried[key]; why != "" && !met {
			w.tried[key] = !w.refusals.another(key)
		}
		if why != "" && w.tried[key] {
			w.leaveOut(e, why)
			return false
		}
		return true
	})
	if n := len(w.withheld) - 1; len(chosen) == 0 && n >= 0 {
		chosen, w.withheld = w.withheld[n:], w.withheld[:n:n]
		if key, why := w.refusals.hopeless(w.sorts(chosen[0])); why != "" {
			w.tried[key] = true
		}
	}
	return chosen
}

// leaveHopeless takes a change in place out of its step if the instance would
// refuse it.
func (w *writing) leaveHopeless(s *step) {
	if key, why := w.refusals.hopeless(w.sorts(s.entries[0])); s.try == 0 && why != "" && !w.refusals.another(key) {
		w.leaveOut(s.entries[0], why)
		s.entries = nil
	}
}

// leaveOut gives an entry that is not sent the outcome of those like it.
func (w *writing) leaveOut(e *entry, why string) {
	e.fail(Failed, why)
	e.unsent = true
	w.refuseObject(e)
}
