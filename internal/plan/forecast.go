package plan

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"tcimport/internal/message"
)

// Engine is what carries out a plan.
type Engine string

// The engines.
const (
	EngineV3    Engine = "v3"    // a request for each group
	EngineBatch Engine = "batch" // jobs of thousands of groups, and v3 for what they cannot carry
	EngineAuto  Engine = "auto"  // EngineBatch where it saves requests, else EngineV3
)

// Engines are all of them.
var Engines = []Engine{EngineV3, EngineBatch, EngineAuto}

// Forecast is what each engine would cost.
type Forecast struct {
	V3    Cost `json:"v3"`
	Batch Cost `json:"batch"`

	// NoJobs says why the instance takes no jobs, if it was asked.
	NoJobs string `json:"noJobs,omitempty"`

	// JobOwners are the owners that jobs would write to.
	JobOwners []string `json:"-"`
}

// Cost is what an engine would cost. The polls and the seconds of batch are estimated: only
// the instance knows how fast it works off a job.
type Cost struct {
	Requests int `json:"requests"`          // of v3 those that write; of batch all of these:
	Jobs     int `json:"jobs,omitempty"`    // two for each job: it is created, and its file is uploaded
	Polls    int `json:"polls,omitempty"`   // they ask what a job has done
	Reads    int `json:"reads,omitempty"`   // they ask for the IDs of what a job has made
	Rest     int `json:"rest,omitempty"`    // they write by v3 what jobs cannot carry
	Seconds  int `json:"seconds,omitempty"` // 0 if no rate limits the requests
}

// Forecast is what each engine would cost at a rate of requests a second, 0 for no limit.
func (p *Plan) Forecast(rate float64) Forecast {
	all := p.Summary.Requests
	v3, batch := Cost{Requests: all}, Cost{Rest: all}
	indicators, groups := cuts{}, cuts{}
	brought := p.brought()
	for i, byJob := range p.JobIndicators() {
		if byJob {
			o := p.Objects[i]
			indicators.add(o.Owner(), MostJobIndicators, o.jobSize())
			if !brought[i] {
				batch.Rest--
			}
		}
	}
	for _, a := range p.Actions {
		if a.ByJob() {
			groups.add(a.Owner, MostJobGroups, a.jobSize())
			batch.Rest -= a.Requests() - a.restRequests()
		}
	}
	waited := indicators.cost(&batch) + groups.cost(&batch)
	batch.Requests = 2*batch.Jobs + batch.Polls + batch.Reads + batch.Rest
	if rate > 0 {
		v3.Seconds = int(math.Ceil(float64(all) / rate))
		batch.Seconds = int(math.Ceil(float64(batch.Requests-batch.Polls)/rate + waited.Seconds())) // polls fall into the time that is waited
	}
	owners := slices.AppendSeq(slices.Collect(maps.Keys(indicators)), maps.Keys(groups))
	slices.Sort(owners)
	return Forecast{V3: v3, Batch: batch, JobOwners: slices.Compact(owners)}
}

// SavesRequests reports whether jobs take fewer requests than v3.
func (f Forecast) SavesRequests() bool { return f.Batch.Jobs > 0 && f.Batch.Requests < f.V3.Requests }

// Choose is the engine that carries out a plan with this forecast, EngineV3 or EngineBatch, and why it is this one; "" if
// there was nothing to choose.
func (e Engine) Choose(f Forecast) (Engine, string) {
	switch b := f.Batch; {
	case e == EngineV3 || f.V3.Requests == 0:
		return EngineV3, ""
	case b.Jobs == 0:
		return EngineV3, "jobs can carry nothing of this plan"
	case e == EngineBatch:
		return EngineBatch, ""
	case f.SavesRequests():
		return EngineBatch, fmt.Sprintf("%s, about %d requests in place of %d", message.Plural(b.Jobs, "job"), b.Requests, f.V3.Requests)
	default:
		return EngineV3, fmt.Sprintf("%s, and about %d by jobs", message.Plural(f.V3.Requests, "request"), b.Requests)
	}
}

// cuts are the jobs of each owner.
type cuts map[string]*cut

// cut are the jobs of one owner, one filled after the other.
type cut struct {
	items []int // of each job
	bytes int   // of the last one
}

// add puts a group or an indicator into the last job of its owner, or into a new one.
func (c cuts) add(owner string, most, bytes int) {
	of := c[owner]
	if of == nil {
		of = &cut{}
		c[owner] = of
	}
	last := len(of.items) - 1
	if last < 0 || of.items[last] == most || of.bytes+bytes > MostJobBytes {
		of.items, of.bytes = append(of.items, 0), 0
		last++
	}
	of.items[last]++
	of.bytes += bytes
}

// cost adds the jobs to what an engine costs. They are worked off one after the other: this takes
// the time that is returned.
func (c cuts) cost(to *Cost) (waited time.Duration) {
	for _, of := range c {
		for _, items := range of.items {
			to.Jobs++
			to.Reads += (items + JobPage - 1) / JobPage
			takes := time.Duration(items) * time.Second / JobItemsPerSecond
			for n, done := 0, time.Duration(0); done < takes; n++ {
				done += PollWait(n)
				waited += PollWait(n)
				to.Polls++
			}
		}
	}
	return waited
}

// restRequests is how many requests write by v3 what the job that creates a group does not carry of it.
func (a *Action) restRequests() int {
	var rest []Entry
	for _, e := range a.Entries() {
		if !a.InJob(e) && (e.Association == nil || e.Association.State != Missing) {
			rest = append(rest, e)
		}
	}
	later := *a
	later.Verb = Update
	_, n := later.Spread(rest)
	return n
}

// frame is about what the names of an entry of a file take beside its texts.
const frame = 60

// jobSize is about what the group takes in the file of a job.
func (a *Action) jobSize() int {
	n := frame + len(a.Name) + len(a.Type) + len(a.XID)
	for i := range a.Changes {
		c := &a.Changes[i]
		n += frame + len(c.Field()) + len(c.New())
	}
	for i := range a.Associations {
		as := &a.Associations[i]
		n += frame + max(len(as.XID()), len(as.Type())+len(as.Name()))
	}
	return n
}

// jobSize is about what the indicator takes in the file of a job.
func (o *Object) jobSize() int {
	n := frame + len(o.Type()) + len(o.Name())
	for _, f := range o.Definition.Fields() {
		n += len(f.Name) + len(f.Value)
	}
	for _, t := range o.Definition.Tags() {
		n += frame + len(t.Name)
	}
	return n + frame*len(o.Definition.SecurityLabels())
}
