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

// refusalClass is what several writes have in common. An instance may refuse all of them
// for the same reason. Fields that do not matter for a class are empty.
type refusalClass struct {
	do        string     // "to add"
	kind      string     // "tag"; "" for associations
	owner     string     // of the group
	groupType string     // of the group
	name      string     // of the entry
	end       intel.Kind // of an association: the kind of its other end,
	endOwner  string     // its owner,
	endID     int64      // and the end itself
}

var noClass refusalClass

// isCommon reports whether many writes have the class, so that a success is worth a
// record before any refusal.
func (c refusalClass) isCommon() bool { return c.endID == 0 && (c.name == "" || c.groupType != "") }

// String names the class in messages.
func (c refusalClass) String() string {
	in := message.Quote(c.owner)
	switch {
	case c.endID != 0:
		return fmt.Sprintf("%s associations with %s %d", c.do, c.end, c.endID)
	case c.end != 0 && c.endOwner != "" && c.endOwner != c.owner:
		return fmt.Sprintf("%s associations of groups in %s with %ss in %s", c.do, in, c.end, message.Quote(c.endOwner))
	case c.end != 0:
		return fmt.Sprintf("%s associations with %ss in %s", c.do, c.end, in)
	case c.kind == "group":
		return fmt.Sprintf("%s groups of type %s in %s", c.do, c.groupType, in)
	case c.kind == "field":
		return fmt.Sprintf("%s %s of groups of type %s in %s", c.do, c.name, c.groupType, in)
	case c.kind == "attribute" && c.name != "":
		return fmt.Sprintf("%s an attribute of the type %s to groups of type %s", c.do, message.Quote(c.name), c.groupType)
	case c.name != "":
		return fmt.Sprintf("%s the %s %s", c.do, c.kind, message.Quote(c.name))
	case c.kind == "attribute":
		return fmt.Sprintf("%s an attribute in %s", c.do, in)
	}
	return fmt.Sprintf("%s a %s in %s", c.do, c.kind, in)
}

// actionClass is the class of a whole action. It becomes hopeless only if the API user
// lacks a permission.
func actionClass(a *plan.Action) refusalClass {
	return refusalClass{do: "to " + string(a.Verb), kind: "group", groupType: a.Type, owner: a.Owner}
}

// entryClasses are the classes of an entry: that of all entries of its list, and that of
// entries with the same name or other end. The second can be noClass.
func entryClasses(a *plan.Action, e plan.Entry) [2]refusalClass {
	list := refusalClass{do: "to add", owner: a.Owner}
	if e.Removes() {
		list.do = "to remove"
	}
	same := list
	switch e.List() {
	case 0:
		return [2]refusalClass{{do: "to set", kind: "field", owner: a.Owner, groupType: a.Type, name: e.Name()}}
	case intel.ListTags:
		list.kind, same.kind, same.name = "tag", "tag", e.Name()
	case intel.ListSecurityLabels:
		list.kind, same.kind, same.name = "security label", "security label", e.Name()
	case intel.ListAttributes:
		list.kind, same.kind, same.name, same.groupType = "attribute", "attribute", e.Name(), a.Type
	default:
		list.end, list.endOwner = e.Association.Kind, e.Association.Owner()
		same.end, same.endID = e.Association.Kind, e.Association.ID()
		if same.endID == 0 { // a new object is created once, and not tried again after a refusal
			return [2]refusalClass{list}
		}
	}
	return [2]refusalClass{list, same}
}

// classRecord is what the run knows about a class.
type classRecord struct {
	text     string // of the last refusal
	equal    int    // refusals with this text in a row
	accepted bool   // an entry was accepted
	visits   int    // how often an entry was to be sent since the class is hopeless
}

// refusals are the classes of a run.
type refusals struct {
	mu       sync.Mutex
	records  map[refusalClass]*classRecord
	suspects atomic.Bool // a class is suspect, or was
}

// noteRefused notes that a write of these classes was refused alone.
func (r *refusals) noteRefused(text string, classes ...refusalClass) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range classes {
		if c == noClass {
			continue
		}
		rec := r.record(c)
		if rec.text != text {
			rec.text, rec.equal = text, 0
		}
		if rec.equal++; rec.equal >= suspectAfter {
			r.suspects.Store(true)
		}
	}
}

// noteAccepted notes that a write of a class was accepted. r.mu is held.
func (r *refusals) noteAccepted(c refusalClass) {
	if c != noClass && (c.isCommon() || r.records[c] != nil) {
		r.record(c).accepted = true
	}
}

// record is the record of a class. r.mu is held.
func (r *refusals) record(c refusalClass) *classRecord {
	rec := r.records[c]
	if rec == nil {
		if r.records == nil {
			r.records = map[refusalClass]*classRecord{}
		}
		rec = &classRecord{}
		r.records[c] = rec
	}
	return rec
}

// isSuspect reports whether an entry of these classes has to be sent alone.
func (r *refusals) isSuspect(classes ...refusalClass) bool {
	_, why := r.refusedOften(classes, suspectAfter)
	return why != ""
}

// hopeless says why a write of these classes is not sent, "" if it is sent.
func (r *refusals) hopeless(classes ...refusalClass) (c refusalClass, why string) {
	return r.refusedOften(classes, hopelessAfter)
}

// refusedOften finds the first class that was refused so often.
func (r *refusals) refusedOften(classes []refusalClass, often int) (c refusalClass, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range classes {
		if rec := r.records[c]; rec != nil && !rec.accepted && rec.equal >= often {
			return c, fmt.Sprintf("not sent, because the instance refused %s %d times in a row: %s", c, rec.equal, rec.text)
		}
	}
	return refusalClass{}, ""
}

// tryAnother reports whether to try one more write of a hopeless class.
func (r *refusals) tryAnother(c refusalClass) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	rec := r.records[c]
	rec.visits++
	return bits.OnesCount(uint(rec.visits)) == 1
}

func (w *writing) hopeless(e *entry) (c refusalClass, why string) {
	classes := entryClasses(w.action, e.Entry)
	return w.refusals.hopeless(classes[:]...)
}

// denied says why nothing of an action is sent, "" if it is sent.
func (e *engine) denied(a *plan.Action) string {
	class, why := e.refusals.hopeless(actionClass(a))
	if why == "" || e.doubtful(a.Key) || e.refusals.tryAnother(class) {
		return ""
	}
	return why
}

// noteAccepted notes that the instance has accepted a request. The fields of a create
// do not count, because they prove nothing about changes of fields.
func (w *writing) noteAccepted(entries []*entry) {
	w.refusals.mu.Lock()
	defer w.refusals.mu.Unlock()
	w.refusals.noteAccepted(actionClass(w.action))
	for _, e := range entries {
		if w.action.Verb != plan.Create || !isScalar(e) {
			for _, c := range entryClasses(w.action, e.Entry) {
				w.refusals.noteAccepted(c)
			}
		}
	}
}

// noteRefused notes that the instance has refused entries, or the group itself if there
// are none.
func (w *writing) noteRefused(entries []*entry, err error) {
	r := refusalOf(err)
	if r.permission && !w.written {
		w.refusals.noteRefused(r.text, actionClass(w.action))
	}
	for _, e := range entries {
		classes := entryClasses(w.action, e.Entry)
		w.refusals.noteRefused(r.text, classes[:]...)
	}
}

// isSuspect reports whether the instance is likely to refuse an entry.
func (w *writing) isSuspect(e *entry) bool {
	if !w.refusals.suspects.Load() {
		return false
	}
	classes := entryClasses(w.action, e.Entry)
	return w.refusals.isSuspect(classes[:]...)
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
		r.givenUp = map[refusalClass]bool{}
	}
	suspects, chosen := split(r.withheld, w.isSuspect)
	r.withheld, _ = split(suspects, func(e *entry) bool {
		class, why := w.hopeless(e)
		if _, met := r.givenUp[class]; why != "" && !met {
			r.givenUp[class] = !w.refusals.tryAnother(class)
		}
		if why != "" && r.givenUp[class] {
			w.leaveOut(e, why)
			return false
		}
		return true
	})
	if n := len(r.withheld) - 1; len(chosen) == 0 && n >= 0 {
		chosen, r.withheld = r.withheld[n:], r.withheld[:n:n]
		if class, why := w.hopeless(chosen[0]); why != "" {
			r.givenUp[class] = true
		}
	}
	return chosen
}

// leaveHopeless removes a change in place from its step if its class is hopeless.
func (w *writing) leaveHopeless(s *step) {
	if class, why := w.hopeless(s.entries[0]); s.try == 0 && why != "" && !w.refusals.tryAnother(class) {
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
