package tcsim

import (
	"net/http"
	"strings"
	"sync"
)

// list answers GET on a collection.
func (c *call) list() *answer {
	c.checkFields()
	start, limit := c.page()
	owner := c.queryOwner()
	if owner != nil && !c.canRead(owner, kinds[c.res.kind].perm) {
		panic(statusError(http.StatusUnauthorized, "You do not have permission to read in the owner '%s'.", owner.Name))
	}
	if kinds[c.res.kind].system {
		owner = nil
	}
	q := c.filter()
	sort := c.sorting()
	counting := c.counting(start)
	var found set
	objects := c.st.tables[c.res.kind].order
	if owner != nil {
		objects = c.st.tables[c.res.kind].byOwner[owner]
	}
	switch {
	case q == nil && sort.asTables() && c.showsAll(owner): // the page is where the table has it
		return c.writePage(sort.window(objects, start, limit), len(objects), start, limit, counting)
	case start == 0 && !counting && sort.asTables(): // the first page needs no look at the rest
		found = c.search(objects, q, owner, sort, limit+1)
	default:
		found = c.whole(owner, func() set { return sort.apply(c, c.search(objects, q, owner, sort, -1)) })
	}
	page := found[min(start, len(found)):min(start+limit, len(found))]
	return c.writePage(page, len(found), start, limit, counting)
}

// showsAll says that a list without a query leaves nothing out.
func (c *call) showsAll(owner *Owner) bool {
	k, sw := c.res.kind, c.sw
	if k == kIndicator || k == kOwner || sw.ListDelay > 0 || sw.ListDelayMS > 0 || sw.AttributeListDelayMS > 0 || sw.ArchivedGroups > 0 {
		return false
	}
	for _, o := range c.st.owners {
		if (owner == nil || o == owner) && !c.canRead(o, kinds[k].perm) {
			return false
		}
	}
	return true
}

// listCache keeps the results of lists that are read page by page, as long as
// nothing is written.
type listCache struct {
	mu    sync.Mutex
	found map[string]set
}

func (lc *listCache) clear() {
	lc.mu.Lock()
	defer lc.mu.Unlock()
	clear(lc.found)
}

// whole is the complete result of a list: the one of the page before, if nothing
// has changed since. What depends on the time is found anew for each page.
func (c *call) whole(owner *Owner, find func() set) set {
	tql, _ := c.param("tql")
	sorting, _ := c.param("sorting")
	if c.sw.ListDelay > 0 || c.sw.ListDelayMS > 0 || c.sw.AttributeListDelayMS > 0 || strings.Contains(tql, "()") {
		return find()
	}
	key := strings.Join([]string{c.res.path, c.user.UserName, ownerName(owner), sorting, tql}, "\x00")
	lc := &c.s.lists
	lc.mu.Lock()
	found, ok := lc.found[key]
	lc.mu.Unlock()
	if ok {
		return found
	}
	found = find()
	lc.mu.Lock()
	defer lc.mu.Unlock()
	if lc.found == nil || len(lc.found) > 16 {
		lc.found = map[string]set{}
	}
	lc.found[key] = found
	return found
}

// counting says whether the answer has count. A sample shows attributeTypes with
// a count that was not requested.
func (c *call) counting(start int) bool {
	switch c.sw.Count {
	case "always":
		return true
	case "missing":
		return false
	case "first":
		return c.flag("count") && start == 0
	}
	return c.flag("count") || c.res.kind == kAttributeType
}

// filter compiles tql=.
func (c *call) filter() *query {
	text, _ := c.param("tql")
	if strings.TrimSpace(text) == "" {
		return nil
	}
	if c.res.kind == kTag && c.sw.TechniqueSearch == "refused" && strings.Contains(text, "techniqueId") {
		panic(errTQL("unknown keyword 'techniqueId'"))
	}
	q, values := c.parseTQL(c.res.kind, text)
	if c.sw.TQLValues > 0 && values > c.sw.TQLValues {
		panic(c.tooManyValues())
	}
	return q
}

// tooManyValues is the refusal of a query with a longer list than the instance
// takes. It is undocumented.
func (c *call) tooManyValues() *apiError {
	switch c.sw.TQLTimeout {
	case "invalid":
		return errTQL("too many values")
	case "refused":
		return badRequest("The query holds too many values.")
	case "400":
		return statusError(http.StatusBadRequest, "The TQL query exceeded the timeout of the instance.")
	}
	return statusError(http.StatusInternalServerError, "The TQL query exceeded the timeout of the instance.")
}

// search returns up to need matches (all if negative), oldest or newest first.
func (c *call) search(objects set, q *query, owner *Owner, sort order, need int) set {
	if q != nil {
		if few, ok := q.candidates(); ok && len(few) < len(objects) {
			objects = few
		}
	}
	var found set
	for i := range objects {
		o := objects[i]
		if sort.newest {
			o = objects[len(objects)-1-i]
		}
		if (owner != nil && o.owner != owner) || !c.visible(o) || !c.listed(o, q) || q != nil && !q.match(o) {
			continue
		}
		if found = append(found, o); len(found) == need {
			break
		}
	}
	return found
}

// listed hides what lists do not show: inactive indicators (unless the query
// speaks of them), and new objects where the switch delays them.
func (c *call) listed(o *object, q *query) bool {
	switch {
	case o.kind == kIndicator && c.sw.Inactive != "shown" && (q == nil || !q.active) && o.fields.get("active") == false:
		return false
	case o.kind == kGroup && o.id <= c.sw.ArchivedGroups || c.hiddenByFlag(o):
		return false
	case o.kind == kGroupAttribute && o.born != 0 && c.within(o.added.time(), c.sw.AttributeListDelayMS):
		return false
	case o.kind != kGroup && o.kind != kIndicator || o.born == 0:
		return true
	case c.sw.ListDelay > 0 && c.ordinal-o.born <= int64(c.sw.ListDelay):
		return false
	}
	return c.sw.ListDelayMS == 0 || !c.within(o.added.time(), c.sw.ListDelayMS)
}

var hidingFlags = map[string]string{"private": "privateFlag", "false-positive": "falsePositiveFlag"}

// hiddenByFlag hides the indicators of the switch hidden-indicators.
func (c *call) hiddenByFlag(o *object) bool {
	return c.sw.HiddenIndicators != "" && o.kind == kIndicator && o.fields.get(hidingFlags[c.sw.HiddenIndicators]) == true
}
