package tcsim

import "time"

// job is a job of the v2 Batch API: settings, then a file, which is worked off
// over time (batch_api/v2_batch_api.rst). Its parts:
//
//	jobs_settings.go   what creates a job
//	jobs_file.go       the file is cut into steps
//	jobs_run.go        when the steps are done
//	jobs_items.go      groups and indicators
//	jobs_lists.go      their attributes, tags and labels
//	jobs_hashes.go     File indicators that share hashes with others
//	jobs_links.go      associations
//	jobs_errors.go     what was refused
//	handlers_batch.go  the endpoints
type job struct {
	jobSettings
	id       int64
	user     *User
	bytes    int
	uploaded time.Time  // zero: there is no file yet
	begin    time.Time  // zero: the work has not begun
	end      time.Time  // zero: the work has not ended
	size     int        // steps of the file
	steps    []*jobStep // nil when the work has ended
	next     int        // the step to be done
	again    bool       // the file is worked off a second time
	broken   *apiError  // of the file as a whole
	count    [partCount]tally
	errors   []jobError
}

// tally counts the items of one list.
type tally struct{ items, success, failed int }

// jobPart is a list of the file.
type jobPart int

const (
	partGroup jobPart = iota
	partIndicator
	partAssociation
	partCount
)

// partNames are the keys of the file, and of the counts.
var partNames = [partCount]struct{ key, count string }{{"group", "Group"}, {"indicator", "Indicator"}, {"association", "Association"}}

func (j *job) status() string {
	switch {
	case !j.end.IsZero():
		return "Completed"
	case !j.begin.IsZero():
		return "Running"
	case !j.uploaded.IsZero():
		return "Queued"
	}
	return "Created"
}

// total sums the counts up. A file that is broken is one error.
func (j *job) total() (sum tally) {
	for _, t := range j.count {
		sum.items += t.items
		sum.success += t.success
		sum.failed += t.failed
	}
	if j.broken != nil && !j.end.IsZero() {
		sum.items++
		sum.failed++
	}
	return sum
}

// jobInfo is what /_sim/jobs shows of a job.
type jobInfo struct {
	ID         int64      `json:"id"`
	Owner      string     `json:"owner"`
	User       string     `json:"user"`
	Action     string     `json:"action"`
	Attributes string     `json:"attributeWriteType"`
	Tags       string     `json:"tagWriteType"`
	Labels     string     `json:"securityLabelWriteType"`
	Status     string     `json:"status"`
	Bytes      int        `json:"bytes"`
	Items      int        `json:"items"`
	Steps      int        `json:"steps"` // an item, or the associations that one names
	Done       int        `json:"done"`
	Success    int        `json:"success"`
	Failed     int        `json:"failed"`
	Errors     []jobError `json:"errors,omitempty"`
}

// jobInfos are the jobs, oldest first.
func (s *Server) jobInfos() []jobInfo {
	s.work()
	s.mu.RLock()
	defer s.mu.RUnlock()
	infos := []jobInfo{}
	for _, j := range s.st.jobs {
		n := j.total()
		infos = append(infos, jobInfo{j.id, j.owner.Name, j.user.UserName, j.action, j.attributes, j.tags, j.labels,
			j.status(), j.bytes, n.items, j.size, j.next, n.success, n.failed, j.errors})
	}
	return infos
}
