package tc

import (
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/jsonwriter"
)

// JobLink is an end of an association: a group by its xid, or an indicator by type and
// summary, each in the file or on the instance. Without xid and summary, it is an object of
// the instance by its ID, and by its type if it is an indicator.
type JobLink struct {
	Kind          intel.Kind
	ID            int64
	XID           string // groups
	Type, Summary string // indicators
}

// byID reports whether the ID names the end.
func (l *JobLink) byID() bool { return l.XID == "" && l.Summary == "" }

// JobFile is the input file of a job. Everything in it belongs to the owner of the job. The
// zero JobFile is empty.
type JobFile struct {
	groups, indicators, associations []byte // the entries of its lists, each with a comma behind it
}

// AddGroup adds a group that is to be created, with its associations. w has no Links. If an
// instance has a group with its xid, that group becomes what the file says.
//
// A file cannot say everything: see intel.GroupType.InJob. A tag goes by its name. No source
// says how a file names a technique, so a tag without a name is an error.
func (f *JobFile) AddGroup(w intel.GroupWrite, links []JobLink) error {
	self, mark := JobLink{Kind: intel.KindGroup, XID: w.XID}, f.Mark()
	for _, l := range links {
		if l.byID() {
			if err := f.AddAssociation(self, l); err != nil {
				f.Back(mark)
				return err
			}
		}
	}
	err := f.add(&f.groups, func(e *encoder) { e.jobGroup(w, links) })
	if err != nil {
		f.Back(mark)
	}
	return err
}

// AddIndicator adds an indicator with its fields, tags and security labels. Its attributes
// stay out: a file that is worked off twice doubles them, or it replaces those of an analyst.
//
// A file cannot say everything: see intel.Object.InJob.
func (f *JobFile) AddIndicator(o *intel.Object) error {
	return f.add(&f.indicators, func(e *encoder) {
		if !o.InJob() {
			e.fail("the file of a job cannot carry the %s %q", o.Type, o.Summary)
		}
		e.Open('{')
		e.Text("summary", o.Summary)
		e.Text("type", o.Type)
		e.fields(intel.KindIndicator.Scalars(""), o.Fields())
		e.jobTags(o.Tags())
		e.names("securityLabel", o.SecurityLabels())
		e.Close('}')
	})
}

// AddAssociation adds an association. One of its ends has to be a group.
func (f *JobFile) AddAssociation(a, b JobLink) error {
	return f.add(&f.associations, func(e *encoder) {
		if a.Kind == intel.KindIndicator && b.Kind == intel.KindIndicator {
			e.fail("the association of two indicators has no name")
		}
		e.Open('{')
		e.jobEnd(&a, "ref_1", "id_1", "type_1")
		e.jobEnd(&b, "ref_2", "id_2", "type_2")
		e.Close('}')
	})
}

// add adds an entry to a list of the file, or nothing if it is not valid.
func (f *JobFile) add(list *[]byte, entry func(*encoder)) error {
	e := &encoder{Writer: jsonwriter.Writer{Buf: *list}}
	if entry(e); e.err != nil {
		return e.err
	}
	*list = e.Buf
	return nil
}

// JobMark is a point in the making of a file.
type JobMark struct{ groups, indicators, associations int }

// Mark is the point where f is.
func (f *JobFile) Mark() JobMark {
	return JobMark{len(f.groups), len(f.indicators), len(f.associations)}
}

// Back takes away what was added since m.
func (f *JobFile) Back(m JobMark) {
	f.groups, f.indicators, f.associations = f.groups[:m.groups], f.indicators[:m.indicators], f.associations[:m.associations]
}

// jobList is a list of a file.
type jobList struct {
	key     string
	entries []byte
}

// lists are those with entries. An instance needs the associations last, and before 7.8.2 it
// does not know them.
func (f *JobFile) lists() []jobList {
	all := []jobList{{"group", f.groups}, {"indicator", f.indicators}, {"association", f.associations}}
	return slices.DeleteFunc(all, func(l jobList) bool { return len(l.entries) == 0 })
}

// Bytes is the file.
func (f *JobFile) Bytes() []byte {
	w := jsonwriter.Writer{Buf: make([]byte, 0, f.Len()+1)}
	w.Open('{')
	for _, l := range f.lists() {
		w.Key(l.key)
		w.Open('[')
		w.Buf = append(w.Buf, l.entries...)
		w.Close(']')
	}
	w.Close('}')
	return w.Bytes()
}

// Len is how many bytes the file has.
func (f *JobFile) Len() int {
	n := len(`{`)
	for _, l := range f.lists() {
		n += len(`"":[],`) + len(l.key) + len(l.entries) - len(`,`)
	}
	return max(n, len(`{}`)) // the last list has a } in place of its comma
}

// jobGroup writes a group, with those associations that are a part of it.
func (e *encoder) jobGroup(w intel.GroupWrite, links []JobLink) {
	t, ok := intel.GroupTypeNamed(w.Type)
	switch {
	case !ok:
		e.fail("%q is not a group type", w.Type)
		return
	case w.Name == "", w.XID == "":
		e.fail("a group of a job needs a name and an xid")
	case !t.InJob(func(field string) bool { _, has := w.Fields.Get(field); return has }):
		e.fail("the file of a job cannot carry the %s %q", t.Name, w.Name)
	}
	e.Open('{')
	e.Text("name", w.Name)
	e.Text("type", t.Name)
	e.Text("xid", w.XID)
	e.fields(intel.KindGroup.Scalars(t.Name), w.Fields)
	e.List("attribute", len(w.Attributes), func(i int) { e.jobAttribute(w.Attributes[i].Attribute) })
	e.jobTags(w.Tags)
	e.names("securityLabel", w.SecurityLabels)
	within := func(kind intel.Kind) []JobLink {
		return slices.DeleteFunc(slices.Clone(links), func(l JobLink) bool { return l.byID() || l.Kind != kind })
	}
	groups := within(intel.KindGroup)
	e.List("associatedGroupXid", len(groups), func(i int) { e.String(groups[i].XID) })
	indicators := within(intel.KindIndicator)
	e.List("associatedIndicators", len(indicators), func(i int) {
		e.Open('{')
		e.Text("summary", indicators[i].Summary)
		e.Text("indicatorType", indicators[i].Type)
		e.Close('}')
	})
	for i := range links {
		e.checkEnd(&links[i])
	}
	e.Close('}')
}

func (e *encoder) jobEnd(l *JobLink, ref, id, typ string) {
	e.checkEnd(l)
	switch {
	case l.byID():
		e.Int(id, l.ID)
	case l.Kind == intel.KindGroup:
		e.Text(ref, l.XID)
	default:
		e.Text(ref, l.Summary)
	}
	if l.Kind == intel.KindIndicator {
		e.Text(typ, l.Type)
	}
}

// checkEnd refuses an end that a file cannot name.
func (e *encoder) checkEnd(l *JobLink) {
	named := l.ID > 0 || !l.byID()
	switch l.Kind {
	case intel.KindGroup:
		named = named && l.Summary == ""
	case intel.KindIndicator:
		named = named && l.Type != "" && l.XID == ""
	default:
		e.fail("the file of a job has no association with a %s", l.Kind.Spec().Name)
	}
	if !named {
		e.fail("an association does not say with which %s", l.Kind.Spec().Name)
	}
}

func (e *encoder) jobAttribute(a intel.Attribute) {
	e.Open('{')
	e.Text("type", a.Type)
	e.Text("value", a.Value)
	e.NonEmpty("source", a.Source)
	e.flag("displayed", a.Default)
	e.flag("pinned", a.Pinned)
	e.names("securityLabel", a.SecurityLabels)
	e.Close('}')
}

func (e *encoder) jobTags(tags []intel.Tag) {
	if slices.ContainsFunc(tags, func(t intel.Tag) bool { return t.Name == "" }) {
		e.fail("a tag of a job has no name")
	}
	e.List("tag", len(tags), func(i int) { e.named("name", tags[i].Name) })
}

// names is a list of things that exist, by their names.
func (e *encoder) names(key string, names []string) {
	e.List(key, len(names), func(i int) { e.named("name", names[i]) })
}
