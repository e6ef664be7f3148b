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

// An instance can refuse all writes of one class: associations with another owner, an
// attribute type that does not fit, everything in an owner. After some refusals,
// sending each of these writes would only cost requests.
const (
	// suspectAfter is how many equal refusals without a success make a class suspect.
	// Its entries are then sent alone, from the end of the list.
	suspectAfter = 3
	// hopelessAfter is how many make it hopeless. Its entries are then not sent, but
	// at the first, second, fourth, eighth … occasion one of them is tried. So a few
	// bad entries at the front cannot hide good ones for long.
	hopelessAfter = 5
)

// refusalClass is what several entries have in common. An instance may refuse all
// entries of a class for the same reason.
type refusalClass struct {
	key    string
	what   string // for messages: "to add a tag in …"
	common bool   // many entries have it, so a success before any refusal is worth a record
}

// classRecord is what the run knows about a class.
type classRecord struct {
	text     string // of the last refusal
	equal    int    // refusals with this text in a row
	accepted bool   // an entry was accepted
	visits   int    // occasions since the class is hopeless
}

// refusals are the classes of a run.
type refusals struct {
	mu       sync.Mutex
	records  map[string]*classRecord
	suspects atomic.Bool // a class is suspect, or was
}

// noteRefused notes that an entry of these classes was refused alone.
func (r *refusals) noteRefused(classes []refusalClass, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range classes {
		rec := r.record(c)
		if rec.text != text {
			rec.text, rec.equal = text, 0
		}
		if rec.equal++; rec.equal >= suspectAfter {
			r.suspects.Store(true)
		}
	}
}

// noteAccepted notes that an entry of these classes was accepted.
func (r *refusals) noteAccepted(classes []refusalClass) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range classes {
		if c.common || r.records[c.key] != nil {
			r.record(c).accepted = true
		}
	}
}

// record is the record of a class. r.mu is held.
func (r *refusals) record(c refusalClass) *classRecord {
	rec := r.records[c.key]
	if rec == nil {
		if r.records == nil {
			r.records = map[string]*classRecord{}
		}
		rec = &classRecord{}
		r.records[c.key] = rec
	}
	return rec
}

// isSuspect reports whether an entry of these classes has to be sent alone.
func (r *refusals) isSuspect(classes []refusalClass) bool {
	_, why := r.refusedOften(classes, suspectAfter)
	return why != ""
}

// hopeless says why an entry of these classes is not sent, "" if it is sent.
func (r *refusals) hopeless(classes []refusalClass) (key, why string) {
	return r.refusedOften(classes, hopelessAfter)
}

// refusedOften finds the first class that was refused so often.
func (r *refusals) refusedOften(classes []refusalClass, often int) (key, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range classes {
		if rec := r.records[c.key]; rec != nil && !rec.accepted && rec.equal >= often {
			return c.key, fmt.Sprintf("not sent, because the instance refused %s %d times in a row: %s", c.what, rec.equal, rec.text)
		}
	}
	return "", ""
}

// tryAnother reports whether to try one more entry of a hopeless class.
func (r *refusals) tryAnother(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	rec := r.records[key]
	rec.visits++
	return bits.OnesCount(uint(rec.visits)) == 1
}

// actionClass is the class of a whole action. It becomes hopeless only if the API user
// lacks a permission.
func actionClass(a *plan.Action) refusalClass {
	return refusalClass{key: fmt.Sprintf("%s %s %q", a.Verb, a.Type, a.Owner), common: true,
		what: fmt.Sprintf("to %s groups of type %s in %s", a.Verb, a.Type, message.Quote(a.Owner))}
}

// entryClasses are the classes of an entry: that of all entries of its list, and that
// of entries with the same name or other end.
func entryClasses(a *plan.Action, e plan.Entry) []refusalClass {
	do := "to add"
	if e.Removes() {
		do = "to remove"
	}
	if e.Association != nil {
		return associationClasses(a, e.Association, do)
	}
	in := message.Quote(a.Owner)
	kinds := map[intel.List]string{intel.ListTags: "tag", intel.ListSecurityLabels: "security label", intel.ListAttributes: "attribute"}
	kind, name := kinds[e.List()], e.Name()
	if kind == "" { // a scalar
		return []refusalClass{{key: fmt.Sprintf("field %s %s %q", a.Type, name, a.Owner), common: true,
			what: fmt.Sprintf("to set %s of groups of type %s in %s", name, a.Type, in)}}
	}
	list := refusalClass{key: fmt.Sprintf("%s %s %q", do, kind, a.Owner), what: fmt.Sprintf("%s a %s in %s", do, kind, in), common: true}
	same := refusalClass{key: fmt.Sprintf("%s %s %q %q", do, kind, name, a.Owner), what: fmt.Sprintf("%s the %s %s", do, kind, message.Quote(name))}
	if e.List() == intel.ListAttributes {
		list.what = fmt.Sprintf("%s an attribute in %s", do, in)
		same.key += " " + a.Type
		same.what = fmt.Sprintf("%s an attribute of the type %s to groups of type %s", do, message.Quote(name), a.Type)
		same.common = true
	}
	return []refusalClass{list, same}
}

func associationClasses(a *plan.Action, as *plan.Association, do string) []refusalClass {
	in := message.Quote(a.Owner)
	list := refusalClass{key: fmt.Sprintf("%s %s %q %q", do, as.Kind, a.Owner, as.Owner), common: true,
		what: fmt.Sprintf("%s associations with %ss in %s", do, as.Kind, in)}
	if as.Owner != "" && as.Owner != a.Owner {
		list.what = fmt.Sprintf("%s associations of groups in %s with %ss in %s", do, in, as.Kind, message.Quote(as.Owner))
	}
	if as.ID == 0 {
		return []refusalClass{list} // a new object is created once, and not tried again after a refusal
	}
	return []refusalClass{list, {key: fmt.Sprintf("%s %s #%d %q", do, as.Kind, as.ID, a.Owner),
		what: fmt.Sprintf("%s associations with %s %d", do, as.Kind, as.ID)}}
}

func (w *writing) classes(e *entry) []refusalClass { return entryClasses(w.action, e.Entry) }

// denied says why nothing of an action is sent, "" if it is sent.
func (e *engine) denied(a *plan.Action) string {
	key, why := e.refusals.hopeless([]refusalClass{actionClass(a)})
	if why == "" || e.doubtful(a.Key) || e.refusals.tryAnother(key) {
		return ""
	}
	return why
}

// noteAccepted notes that the instance has accepted a request. The fields of a create
// do not count, because they prove nothing about changes of fields.
func (w *writing) noteAccepted(entries []*entry) {
	w.refusals.noteAccepted([]refusalClass{actionClass(w.action)})
	for _, e := range entries {
		if w.action.Verb != plan.Create || !isScalar(e) {
			w.refusals.noteAccepted(w.classes(e))
		}
	}
}

// noteRefused notes that the instance has refused entries, or the group itself if there
// are none.
func (w *writing) noteRefused(entries []*entry, err error) {
	r := refusalOf(err)
	if r.permission && !w.written {
		w.refusals.noteRefused([]refusalClass{actionClass(w.action)}, r.text)
	}
	for _, e := range entries {
		w.refusals.noteRefused(w.classes(e), r.text)
	}
}

// isSuspect reports whether the instance is likely to refuse an entry.
func (w *writing) isSuspect(e *entry) bool {
	return w.refusals.suspects.Load() && w.refusals.isSuspect(w.classes(e))
}

// withhold takes the entries out of an update that the instance is likely to refuse.
func (w *writing) withhold(s *step) {
	if s.forced || !w.refusals.suspects.Load() {
		return
	}
	var suspects []*entry
	suspects, s.entries = split(s.entries, w.isSuspect)
	s.request.withheld = append(s.request.withheld, suspects...)
}

// choose takes withheld entries that can be sent: all that are not suspect any more,
// else the last one, because neighbours often fail together. It gives up hopeless
// entries.
func (w *writing) choose(r *request) []*entry {
	if r.givenUp == nil {
		r.givenUp = map[string]bool{}
	}
	suspects, chosen := split(r.withheld, w.isSuspect)
	r.withheld, _ = split(suspects, func(e *entry) bool {
		key, why := w.refusals.hopeless(w.classes(e))
		if _, met := r.givenUp[key]; why != "" && !met {
			r.givenUp[key] = !w.refusals.tryAnother(key)
		}
		if why != "" && r.givenUp[key] {
			w.leaveOut(e, why)
			return false
		}
		return true
	})
	if n := len(r.withheld) - 1; len(chosen) == 0 && n >= 0 {
		chosen, r.withheld = r.withheld[n:], r.withheld[:n:n]
		if key, why := w.refusals.hopeless(w.classes(chosen[0])); why != "" {
			r.givenUp[key] = true
		}
	}
	return chosen
}

// leaveHopeless removes a change in place from its step if its class is hopeless.
func (w *writing) leaveHopeless(s *step) {
	if key, why := w.refusals.hopeless(w.classes(s.entries[0])); s.try == 0 && why != "" && !w.refusals.tryAnother(key) {
		w.leaveOut(s.entries[0], why)
		s.entries = nil
	}
}

// leaveOut gives an entry that is not sent the outcome of its class.
func (w *writing) leaveOut(e *entry, why string) {
	e.set(Failed, why)
	e.unsent = true
	w.refuseObject(e)
}
