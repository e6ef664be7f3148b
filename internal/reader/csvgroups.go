package reader

import (
	"cmp"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// groupRow is a row of a CSV of groups.
type groupRow struct {
	Key          string `csv:"key"`
	Type         string `csv:"type"`
	Name         string `csv:"name"`
	XID          string `csv:"xid"`
	Owner        string `csv:"owner"`
	FileTextFrom string `csv:"fileTextFrom"`
}

// groups reads rows of groups.
func (m *mapper) groups(src rows) {
	each(src, m.batch(), func(rec *groupRow, r row) {
		m.made = append(m.made, m.group(rec, r))
	})
}

func (m *mapper) group(rec *groupRow, r row) *intel.Group {
	before := len(m.out.problems)
	m.out.refuse(r)
	e := m.written(intel.KindGroup, nil, r)
	g := &intel.Group{
		Pos:   intel.At(m.file, r.line, 0),
		Key:   strings.TrimSpace(rec.Key),
		Type:  strings.TrimSpace(rec.Type),
		Name:  strings.TrimSpace(rec.Name),
		XID:   strings.TrimSpace(rec.XID),
		Owner: cmp.Or(strings.TrimSpace(rec.Owner), m.owner),

		Fields: exact(e.Fields), Tags: exact(e.Tags), SecurityLabels: exact(e.SecurityLabels), Attributes: exact(e.Attributes),
	}
	m.warnMangled(r, fieldKey, g.Key)
	m.warnMangled(r, fieldXID, g.XID)
	for _, k := range intel.Kinds {
		m.refs(g, k, r)
	}
	if path := strings.TrimSpace(rec.FileTextFrom); path != "" {
		m.fileText(g, path, r)
	}
	g.Lists |= nonEmptyLists(g)
	g.Blame(m.out.problems[before:])
	return g
}

// nonEmptyLists are the lists that have entries. An empty cell does not empty a
// list of the instance.
func nonEmptyLists(g *intel.Group) intel.List {
	l := intel.MetadataLists(g.Tags, g.SecurityLabels, g.Attributes)
	for i := range g.Refs {
		l |= g.Refs[i].Kind.List()
	}
	return l
}

func (m *mapper) fileText(g *intel.Group, path string, r row) {
	if _, ok := g.Fields.Get(fieldFileText); ok {
		m.errorf(r, fieldFileTextFrom, "the row also has fileText: remove one of them")
		return
	}
	text, err := m.textFile(m.dir, path)
	if err != nil {
		m.errorf(r, fieldFileTextFrom, "%s: %v", message.Quote(path), err)
		return
	}
	g.Fields = append(g.Fields, intel.Field{Name: fieldFileText, Value: text, Pos: m.pos(r, fieldFileTextFrom)})
}

// refs reads a cell that lists associations of a kind.
func (m *mapper) refs(g *intel.Group, k intel.Kind, r row) {
	name := k.AssociationField()
	cell := m.cell(r, name)
	if cell == "" {
		return
	}
	pos := m.pos(r, name)
	items := m.list(cell)
	refs := make([]intel.Ref, 0, len(g.Refs)+len(items)) // no more than it needs: there are very many
	refs = append(refs, g.Refs...)
	for _, item := range items {
		ref, err := intel.ParseRef(k, item, pos)
		if err != nil {
			m.errorf(r, name, "%v", err)
			continue
		}
		if o := ref.NewObject(); o != nil {
			m.warnMangled(r, name, o.Summary)
		}
		refs = append(refs, ref)
	}
	g.Refs = refs
}

func (m *mapper) tags(cell string, r row) (out []intel.Tag) {
	pos := m.pos(r, fieldTags)
	for _, item := range m.list(cell) {
		t := intel.ParseTag(item)
		if t == (intel.Tag{}) {
			m.errorf(r, fieldTags, "%s has no technique ID: write it like techniqueId:T1566", message.Quote(item))
			continue
		}
		t.Pos = pos
		out = append(out, t)
	}
	return out
}

// list splits a cell at the separator. A backslash before the separator makes
// it part of an item. Blanks around items and empty items are removed.
func (m *mapper) list(cell string) []string {
	var out []string
	sep := m.opt.ListSeparator
	add := func(item string) {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	item := ""
	for cell != "" {
		before, after, ok := strings.Cut(cell, sep)
		if ok && strings.HasSuffix(before, `\`) {
			item += before[:len(before)-1] + sep
			cell = after
			continue
		}
		add(item + before)
		item, cell = "", after
	}
	add(item)
	return out
}
