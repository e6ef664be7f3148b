package apply

import (
	"context"
	"fmt"
	"math/bits"
	"sync"
	"sync/atomic"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// Refusal is what an instance says against a write.
type Refusal struct {
	Text       string // without what was sent, so that equal ones can be seen to be equal
	Permission bool   // the API user may not do it, whatever is sent
}

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
		what: fmt.Sprintf("to %s groups of type %s in %s", a.Verb, a.Type, intel.Quote(a.Owner))}
}

// sortsOfEntry are the sorts of an entry of a write to a group: the one of all
// entries of its list, and the one of those that are alike but for their values.
func sortsOfEntry(a *plan.Action, e plan.Entry) []sort {
	do := "to add"
	if e.Deletes {
		do = "to remove"
	}
	in := intel.Quote(a.Owner)
	if as := e.Association; as != nil {
		list := sort{key: fmt.Sprintf("%s %s %q %q", do, as.Kind, a.Owner, as.Owner), common: true,
			what: fmt.Sprintf("%s associations with %ss in %s", do, as.Kind, in)}
		if as.Owner != "" && as.Owner != a.Owner {
			list.what = fmt.Sprintf("%s associations of groups in %s with %ss in %s", do, in, as.Kind, intel.Quote(as.Owner))
		}
		if as.ID == 0 {
			return []sort{list} // what is new is made once, and nobody tries again what is refused
		}
		return []sort{list, {key: fmt.Sprintf("%s %s #%d %q", do, as.Kind, as.ID, a.Owner), what: fmt.Sprintf("%s associations with %s %d", do, as.Kind, as.ID)}}
	}
	names := map[intel.List]string{intel.ListTags: "tag", intel.ListSecurityLabels: "security label", intel.ListAttributes: "attribute"}
	name := names[e.List]
	if name == "" { // a scalar
		return []sort{{key: fmt.Sprintf("field %s %s %q", a.Type, e.Name, a.Owner), common: true, what: fmt.Sprintf("to set %s of groups of type %s in %s", e.Name, a.Type, in)}}
	}
	list := sort{key: fmt.Sprintf("%s %s %q", do, name, a.Owner), what: fmt.Sprintf("%s a %s in %s", do, name, in), common: true}
	like := sort{key: fmt.Sprintf("%s %s %q %q", do, name, e.Name, a.Owner), what: fmt.Sprintf("%s the %s %s", do, name, intel.Quote(e.Name))}
	if e.List == intel.ListAttributes {
		list.what = fmt.Sprintf("%s an attribute in %s", do, in)
		like.key += " " + a.Type
		like.what = fmt.Sprintf("%s an attribute of the type %s to groups of type %s", do, intel.Quote(e.Name), a.Type)
		like.common = true
	}
	return []sort{list, like}
}

// sorts are the sorts of an entry of the action.
func (w *writing) sorts(e plan.Entry) []sort { return sortsOfEntry(w.action, e) }

// denied says why nothing of an action is to be sent, "" if it is.
func (e *engine) denied(a *plan.Action) string {
	key, why := e.refusals.hopeless([]sort{sortOfAction(a)})
	if why == "" || e.doubtful(a.Key) || e.refusals.another(key) {
		return ""
	}
	return why
}

// refusal is what err says.
func (e *engine) refusal(err error) Refusal {
	if e.opt.Refusal == nil {
		return Refusal{Text: err.Error()}
	}
	return e.opt.Refusal(err)
}

// learnAccepted notes that the instance has taken a request.
func (w *writing) learnAccepted(req *plan.Request) {
	w.refusals.accepted([]sort{sortOfAction(w.action)})
	req.Each(func(e plan.Entry) { w.refusals.accepted(w.sorts(e)) })
}

// learnRefused notes that the instance has refused a request of one entry, or
// of none: the group itself.
func (w *writing) learnRefused(req *plan.Request, err error) {
	said := w.refusal(err)
	if said.Permission && !w.written {
		w.refusals.refused([]sort{sortOfAction(w.action)}, said.Text)
	}
	req.Each(func(e plan.Entry) { w.refusals.refused(w.sorts(e), said.Text) })
}

// withhold takes out of a request what the instance is not likely to accept.
func (w *writing) withhold(req *plan.Request) (rest, withheld *plan.Request) {
	if !w.refusals.suspects.Load() {
		return req, nil
	}
	return req.Split(func(e plan.Entry) bool { return !w.refusals.suspect(w.sorts(e)) })
}

// put updates the group.
func (w *writing) put(ctx context.Context, req *plan.Request) error {
	return w.thenWithheld(ctx, w.putLikely(ctx, req))
}

// thenWithheld sends what was withheld of a request that has ended with err.
func (w *writing) thenWithheld(ctx context.Context, err error) error {
	tried := map[string]bool{} // hopeless sorts -> whether no entry is to be tried any more
	for w.withheld != nil {
		req := w.withheld
		w.withheld = nil
		if err != nil || w.res.Status != OK {
			w.lose(req.Links, NotAttempted, w.res.Error)
			return err
		}
		err = w.putUnlikely(ctx, req, tried)
	}
	return err
}

// putLikely sends of req what is not withheld.
func (w *writing) putLikely(ctx context.Context, req *plan.Request) error {
	req, withheld := w.withhold(req)
	w.withheld = plan.Join(w.withheld, withheld)
	if req == nil {
		return nil
	}
	return w.putOnce(ctx, req)
}

// putUnlikely sends of req what is above suspicion again, else one entry from
// the end of the list: neighbours often fail together. What is hopeless it gives
// up, and what is left it withholds.
func (w *writing) putUnlikely(ctx context.Context, req *plan.Request, tried map[string]bool) error {
	sound, rest := req.Split(func(e plan.Entry) bool { return !w.refusals.suspect(w.sorts(e)) })
	for why := "-"; why != "" && rest != nil; {
		why = ""
		var lost *plan.Request
		lost, rest = rest.Split(func(e plan.Entry) bool {
			key, text := w.refusals.hopeless(w.sorts(e))
			if _, met := tried[key]; text != "" && !met {
				tried[key] = !w.refusals.another(key)
			}
			if !tried[key] || why != "" && why != text {
				return false
			}
			why = text
			return true
		})
		if lost != nil {
			w.leaveOut(lost, why)
		}
	}
	if sound == nil && rest != nil {
		sound, rest = lastOf(rest)
		sound.Each(func(e plan.Entry) {
			if key, why := w.refusals.hopeless(w.sorts(e)); why != "" {
				tried[key] = true
			}
		})
	}
	w.withheld = rest
	if sound == nil {
		return nil
	}
	return w.putOnce(ctx, sound)
}

// lastOf splits off the last entry.
func lastOf(req *plan.Request) (last, rest *plan.Request) {
	n := plan.Entries(req)
	return req.Split(func(plan.Entry) bool { n--; return n == 0 })
}

// leaveOut gives entries that are not sent the outcome of those like them.
func (w *writing) leaveOut(req *plan.Request, why string) {
	w.fates.set(req, Failed)
	if n := plan.Entries(req) - len(req.Links); n == 1 {
		one, _ := req.Split(func(e plan.Entry) bool { return e.Association == nil })
		w.wrong = append(w.wrong, fmt.Sprintf("%s was %s", plan.DescribeEntry(one), why))
	} else if n > 1 {
		w.wrong = append(w.wrong, fmt.Sprintf("%d entries were %s", n, why))
	}
	w.loseRefused(req, why)
}
