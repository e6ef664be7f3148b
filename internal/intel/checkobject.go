package intel

import (
	"strings"
	"unicode/utf8"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// Object brings an indicator, artifact, case or victim asset as a reader
// delivers it into canonical form in place, and adds everything that is wrong
// with it to ps: Type in the API's spelling, Summary and Values from the summary
// or the value fields, whichever are given, the other scalars in Fields. An
// object with errors keeps what was written. Doing it again, with the same
// Checker or one that knows more types, is safe.
func (c *Checker) Object(o *Object, ps *Problems) {
	spec := o.Kind.Spec()
	k := check{Checker: c, ps: ps, pos: o.Pos, what: spec.Name}
	o.Type, o.Owner = strings.TrimSpace(o.Type), strings.TrimSpace(o.Owner)
	if o.Owner != "" && !spec.Owned {
		k.warnf(Pos{}, "owner %s is ignored: only groups and indicators have an owner", message.Quote(o.Owner))
	}
	if o.ID != 0 {
		k.onlyID(o)
		return
	}
	o.Fields = withoutEmpty(o.Fields)
	switch o.Kind {
	case KindIndicator:
		k.indicator(o)
	case KindArtifact:
		k.artifact(o)
	case KindVictimAsset:
		k.victimAsset(o)
	case KindGroup:
		panic("intel: a group is not an Object")
	default:
		k.named(o)
	}
	k.lists(o)
}

// onlyID checks an object that exists: it is pointed at, never changed.
func (k *check) onlyID(o *Object) {
	if o.ID < 0 {
		k.errorf(Pos{}, "%d is not an ID: IDs are greater than 0", o.ID)
	}
	var more []string
	if o.Type != "" {
		more = append(more, "type")
	}
	if o.Summary != "" {
		more = append(more, "summary")
	}
	for _, f := range withoutEmpty(o.Fields) {
		more = append(more, f.Name)
	}
	if len(o.Tags) > 0 {
		more = append(more, "tags")
	}
	if len(o.Attributes) > 0 {
		more = append(more, "attributes")
	}
	if len(o.SecurityLabels) > 0 {
		more = append(more, "securityLabels")
	}
	if more != nil {
		k.errorf(Pos{}, "%s with the id %d also has %s: with an id, only owner may be given", message.Article(k.what), o.ID, strings.Join(more, ", "))
	}
}

// lists checks the nested lists, which not every kind has.
func (k *check) lists(o *Object) {
	for _, list := range []struct {
		list List
		name string
		n    int
	}{{ListTags, "tags", len(o.Tags)}, {ListAttributes, "attributes", len(o.Attributes)}, {ListSecurityLabels, "securityLabels", len(o.SecurityLabels)}} {
		if list.n > 0 && !o.Kind.Spec().Accepts.Has(list.list) {
			k.errorf(Pos{}, "%s has no %s", message.Article(k.what), list.name)
		}
	}
	o.Tags = k.tags(o.Tags)
	o.SecurityLabels = k.securityLabels(o.SecurityLabels, samePos(o.Pos))
	o.Attributes = k.attributes(o.Attributes, false)
}

// scalars brings the fields into canonical form.
func (k *check) scalars(o *Object) {
	specs := o.Kind.Spec().Fields
	for i := range o.Fields {
		f := &o.Fields[i]
		spec, ok := findField(specs, f.Name)
		if !ok {
			k.errorf(f.Pos, "%s is not a field of %s%s", message.Quote(f.Name), message.Article(k.what), k.didYouMean(f.Name, objectFieldNames[o.Kind]))
			continue
		}
		k.field(f, spec)
	}
	var missing []string
	for i := range specs {
		if specs[i].Required {
			if _, ok := o.Fields.Get(specs[i].Name); !ok {
				missing = append(missing, specs[i].Name)
			}
		}
	}
	if missing != nil {
		k.errorf(Pos{}, "%s needs %s", message.Article(k.what), strings.Join(missing, ", "))
	}
}

// takeField moves the value of a field called name to where it belongs.
func takeField(o *Object, name string) (Field, bool) {
	for i, f := range o.Fields {
		if f.Name == name {
			o.Fields = append(o.Fields[:i], o.Fields[i+1:]...)
			return f, true
		}
	}
	return Field{}, false
}

// plainSummary trims and checks the name or value of an object that has no
// canonical form. called is what manifests call it.
func (k *check) checkSummary(o *Object, called string, pos Pos) {
	most := o.Kind.Spec().NameMax
	o.Summary = strings.TrimSpace(o.Summary)
	switch {
	case o.Summary == "":
		k.errorf(pos, "%s needs %s", message.Article(k.what), called)
	case !utf8.ValidString(o.Summary):
		k.errorf(pos, "%s %s of %s is not valid UTF-8", called, message.Quote(o.Summary), message.Article(k.what))
	case longerThan(o.Summary, most):
		k.errorf(pos, "%s %s of %s has %d characters: at most %d are accepted",
			called, message.Quote(o.Summary), message.Article(k.what), utf8.RuneCountInString(o.Summary), most)
	}
}

// plainField takes the name or value from a field, where a reader left it
// there.
func (k *check) moveToSummary(o *Object, name string) Pos {
	f, ok := takeField(o, name)
	if !ok {
		return Pos{}
	}
	if o.Summary != "" && strings.TrimSpace(o.Summary) != strings.TrimSpace(f.Value) {
		k.errorf(f.Pos, "%s %s of %s differs from its summary %s: remove one of them", name, message.Quote(f.Value), message.Article(k.what), message.Quote(o.Summary))
	}
	o.Summary = f.Value
	return f.Pos
}

// plain checks an object of a kind that has no rules of its own.
func (k *check) named(o *Object) {
	spec := o.Kind.Spec()
	if o.Type != "" && spec.Untyped {
		k.errorf(Pos{}, "%s has no type, but %s is given", message.Article(k.what), message.Quote(o.Type))
	}
	pos := k.moveToSummary(o, spec.Named)
	k.checkSummary(o, spec.Named, pos)
	k.scalars(o)
}

func (k *check) artifact(o *Object) {
	k.artifactType(o)
	k.named(o)
	id, hasID := o.Fields.Get("caseId")
	xid, hasXID := o.Fields.Get("caseXid")
	if _, ok := o.Fields.Get("fileData"); !ok && isFileType(o.Type) {
		k.errorf(Pos{}, "an artifact of type %s needs fileData: the content of the file in Base64", o.Type)
	}
	switch {
	case !hasID && !hasXID:
		k.errorf(Pos{}, "an artifact needs caseId or caseXid: it belongs to a case")
	case hasID && hasXID:
		k.errorf(Pos{}, "an artifact has caseId %s and caseXid %s: remove one of them", message.Quote(id), message.Quote(xid))
	}
}

// isFileType reports whether artifacts of a type are files, as their names say:
// Log File, Screenshot File.
func isFileType(typ string) bool { return strings.HasSuffix(spelling.Fold(typ), " file") }

// artifactType puts the type into the spelling of the instance, which alone
// knows all of them.
func (k *check) artifactType(o *Object) {
	if o.Type == "" {
		k.errorf(Pos{}, "an artifact needs a type, such as Email Address or IP Address")
		return
	}
	if k.in != nil && k.in.ArtifactTypes != nil {
		if typ, ok := spelling.Find(o.Type, k.in.ArtifactTypes); ok {
			o.Type = typ
			return
		}
		k.errorf(Pos{}, "type %s of an artifact does not exist on the instance%s", message.Quote(o.Type), orAdd(k.didYouMean(o.Type, k.in.ArtifactTypes)))
		return
	}
	if typ, ok := spelling.Find(o.Type, artifactTypes); ok {
		o.Type = typ
		return
	}
	k.warnOnce(Pos{}, "artifactType", o.Type, "type %s of an artifact is not built in; plan checks whether your instance has it%s",
		message.Quote(o.Type), k.didYouMean(o.Type, artifactTypes))
}

func (k *check) victimAsset(o *Object) {
	pos := k.moveToSummary(o, "summary")
	t, ok := VictimAssetTypeNamed(o.Type)
	if !ok {
		k.victimAssetType(o)
		return
	}
	o.Type, k.what = t.Name, "victim asset of type "+t.Name
	if p := k.moveToSummary(o, t.Value); p != (Pos{}) {
		pos = p
	}
	k.checkSummary(o, t.Value, pos)
	rest := o.Fields[:0:0]
	for _, f := range o.Fields {
		switch {
		case isVictimAssetValue(f.Name):
			k.errorf(f.Pos, "%s has no %s: its value is %s", message.Article(k.what), f.Name, t.Value)
		case isQualifier(f.Name) && f.Name != t.Qualifier:
			k.errorf(f.Pos, "%s has no %s", message.Article(k.what), f.Name)
		default:
			rest = append(rest, f)
		}
	}
	if len(rest) == len(o.Fields) { // nothing of another type
		k.scalars(o)
	}
	if t.Qualifier != "" && t.Qualifier != "addressType" {
		if _, ok := o.Fields.Get(t.Qualifier); !ok {
			k.warnf(Pos{}, "%s has no %s, which some instances require", message.Article(k.what), t.Qualifier)
		}
	}
}

func (k *check) victimAssetType(o *Object) {
	if o.Type == "" {
		k.errorf(Pos{}, "a victim asset needs a type: %s", strings.Join(victimAssetTypeNames, ", "))
		return
	}
	k.errorf(Pos{}, "type %s of a victim asset is not one of %s%s", message.Quote(o.Type), strings.Join(victimAssetTypeNames, ", "), k.didYouMean(o.Type, victimAssetTypeNames))
}

func isVictimAssetValue(name string) bool {
	for _, t := range VictimAssetTypes {
		if t.Value == name {
			return true
		}
	}
	return false
}

func isQualifier(name string) bool {
	for _, t := range VictimAssetTypes {
		if t.Qualifier == name && name != "" {
			return true
		}
	}
	return false
}
