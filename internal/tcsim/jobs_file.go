package tcsim

import "strings"

// jobStep is one step of the work: an item of the file, or, after all of them, the
// associations that an item names.
type jobStep struct {
	part  jobPart
	index int // in the list of the file, from 0
	body  any
	of    *jobStep // the item whose associations these are; nil: this is an item

	became []*object // what the item has become
	failed bool
}

// maxIndicators is the documented limit of a job.
const maxIndicators = 25_000

// read makes steps of the file. What is wrong with the file as a whole shows
// when the job runs.
func (j *job) read(c *call, text string) {
	j.bytes, j.uploaded = len(text), c.now
	refused := attempt(func() { j.cut(c, parseObject(text, c.strict)) })
	if refused == nil {
		j.size = len(j.steps)
		return
	}
	j.steps = nil
	if refused.code != jobLimit {
		refused.code = jobSyntax
	}
	refused.message = strings.Replace(refused.message, "The request body", "The file", 1)
	j.broken = refused
}

// cut takes the lists in the order of the file: an association may only name
// what comes before it, or what the instance has.
func (j *job) cut(c *call, file dict) {
	limit := c.sw.BatchIndicators
	if limit == 0 {
		limit = maxIndicators
	}
	for _, m := range file {
		part := jobPartOf(m.key)
		list, ok := m.value.([]any)
		switch {
		case part == partCount && c.strict:
			panic(badRequest("The key '%s' of the file is not valid.", m.key))
		case part == partCount:
			continue
		case !ok:
			panic(badRequest("The key '%s' of the file must hold a list.", m.key))
		}
		j.count[part].items = len(list)
		if part == partIndicator && len(list) > limit {
			panic(refusal(0, jobLimit, "The batch job would exceed the number of allowed indicators (%d).", limit))
		}
		for i, body := range list {
			j.steps = append(j.steps, &jobStep{part: part, index: i, body: body})
		}
	}
	if j.action != "Create" {
		return
	}
	for _, s := range j.steps {
		if body, ok := s.body.(dict); ok && s.part != partAssociation && len(linksOf(s.part, body)) > 0 {
			j.steps = append(j.steps, &jobStep{part: s.part, index: s.index, body: body, of: s})
		}
	}
}

func jobPartOf(key string) jobPart {
	for i, n := range partNames {
		if n.key == key {
			return jobPart(i)
		}
	}
	return partCount
}

// name is what a message calls the item: its xid or summary.
func (s *jobStep) name(types *catalog) string {
	body, _ := s.body.(dict)
	switch s.part {
	case partGroup:
		return body.str("xid", "name")
	case partIndicator:
		return body.str(append([]string{"summary"}, types.indicatorType(body.str("type")).Labels...)...)
	}
	return body.str("ref_1", "ref_2")
}
